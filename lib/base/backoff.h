/*
 * backoff - how long to wait before trying again
 *
 * Doubles from try to try up to a limit. A half of each wait is left to chance,
 * so that those who failed together do not come back together.
 */
#ifndef TW_BASE_BACKOFF_H
#define TW_BASE_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t first_ms; /* the longest first wait */
	int64_t max_ms;   /* the longest wait of all */
	int n;            /* waits since the last reset */
};

/*
 * Find the next wait; `random` is any random number.
 *
 * Returns ms, between the half of what is due and all of it.
 */
int64_t backoff_next(struct backoff *b, uint64_t random);

/*
 * Begin anew: it works again.
 */
void backoff_reset(struct backoff *b);

#endif
