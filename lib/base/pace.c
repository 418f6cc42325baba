#include "base/pace.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
pace_init(struct pace *p, size_t n, int64_t window_ms)
{
	*p = (struct pace){
		.at = xcalloc(n, sizeof(*p->at)), .n = n, .window_ms = window_ms
	};
	for (size_t i = 0; i < n; i++)
		p->at[i] = INT64_MIN / 2;
}

int64_t
pace_wait(const struct pace *p, int64_t now)
{
	int64_t free_ms = p->at[p->next] + p->window_ms;

	return free_ms <= now ? 0 : free_ms - now;
}

void
pace_take(struct pace *p, int64_t now)
{
	p->at[p->next] = now;
	p->next = (p->next + 1) % p->n;
}

void
pace_release(struct pace *p)
{
	free(p->at);
	*p = (struct pace){ 0 };
}
