/*
 * lag - how long lines were under way
 *
 * Twitch says when it sent a line, the collector when it came. The median of
 * the difference tells whether the collector's clock can be believed.
 */
#ifndef TW_MODEL_LAG_H
#define TW_MODEL_LAG_H

#include <stdbool.h>
#include <stdint.h>

#define LAG_LIMIT_MS 60000 /* longer ones are counted as this long */
#define LAG_STEP_MS  100
#define LAG_STEPS    (2 * LAG_LIMIT_MS / LAG_STEP_MS + 1)

struct lag {
	int64_t n;                /* lines */
	int64_t early;            /* of these less than -1 s under way */
	int64_t late;             /* of these more than 5 s under way */
	int64_t steps[LAG_STEPS]; /* lines by time under way, from the limit */
};

/*
 * Add a line that was received at `received` and sent at `sent`, ms UTC;
 * INT64_MIN = not known.
 */
void lag_add(struct lag *l, int64_t received, int64_t sent);

/*
 * Tell whether the median is not between -1 s and 5 s.
 *
 * Returns true when that is so; `median` is then the median in ms, to
 * LAG_STEP_MS.
 */
bool lag_is_odd(const struct lag *l, int64_t *median);

#endif
