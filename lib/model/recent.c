#include "model/recent.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct recent_window *
recent_get(struct recent *r, int64_t index, const struct recent_window *fresh)
{
	size_t at = r->n;

	while (at > 0 && r->p[at - 1].index > index)
		at--;
	if (at > 0 && r->p[at - 1].index == index)
		return &r->p[at - 1];
	r->p = xgrow(r->p, r->n, &r->cap, sizeof(*r->p));
	memmove(r->p + at + 1, r->p + at, (r->n - at) * sizeof(*r->p));
	r->n++;
	r->p[at] = *fresh;
	r->p[at].index = index;
	return &r->p[at];
}

void
recent_forget(struct recent *r, int64_t index)
{
	size_t n = 0;

	while (n < r->n && r->p[n].index < index)
		tally_release(&r->p[n++].tally);
	r->n -= n;
	if (n > 0)
		memmove(r->p, r->p + n, r->n * sizeof(*r->p));
}

void
recent_release(struct recent *r)
{
	recent_forget(r, INT64_MAX);
	free(r->p);
	*r = (struct recent){ 0 };
}
