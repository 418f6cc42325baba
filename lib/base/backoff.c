#include "base/backoff.h"

int64_t
backoff_next(struct backoff *b, uint64_t random)
{
	int64_t due = b->first_ms;

	for (int i = 0; i < b->n && due < b->max_ms; i++)
		due *= 2;
	if (due > b->max_ms)
		due = b->max_ms;
	b->n++;
	return due - (int64_t)(random % ((uint64_t)due / 2 + 1));
}

void
backoff_reset(struct backoff *b)
{
	b->n = 0;
}
