/*
 * pace - at most so many in any so long
 *
 * Remembers when the last `n` were let through and lets one more through only
 * when the first of these is older than the window: no window of that length,
 * wherever it begins, holds more than `n`.
 */
#ifndef TW_BASE_PACE_H
#define TW_BASE_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
	int64_t *at; /* owned; a ring of times, ms */
	size_t n;    /* places in the ring */
	size_t next; /* the place of the next: the oldest */
	int64_t window_ms;
};

/*
 * Begin to let `n` (at least 1) through in any `window_ms`.
 */
void pace_init(struct pace *p, size_t n, int64_t window_ms);

/*
 * Find out how long the next one has to wait at `now`, ms on any clock that
 * does not go back.
 *
 * Returns ms, 0 when it may go at once.
 */
int64_t pace_wait(const struct pace *p, int64_t now);

/*
 * Let one through at `now`; pace_wait() was 0.
 */
void pace_take(struct pace *p, int64_t now);

/*
 * Free what `p` holds.
 */
void pace_release(struct pace *p);

#endif
