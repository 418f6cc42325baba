/*
 * week - ISO 8601 weeks
 *
 * A week begins on Monday and belongs to the year that has its Thursday, so a
 * year has 52 or 53 of them. Written `2026-W47`.
 */
#ifndef TW_BASE_WEEK_H
#define TW_BASE_WEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/tstamp.h"

struct week {
	int64_t monday; /* its first day, in days since 1970-01-01 */
};

/*
 * Read `2026-W47`.
 *
 * Returns false when `s` is no week of that year.
 */
bool week_parse(struct str s, struct week *w) MUST_USE;

/*
 * Find the week in which `date` lies.
 *
 * Returns the week.
 */
struct week week_of(struct civil date);

/*
 * Append `w` as `2026-W47`.
 */
void week_add(struct buf *b, struct week w);

/*
 * Find the first moment of `w` in the zone of this process (zone.h).
 *
 * Returns milliseconds UTC.
 */
int64_t week_start(struct week w);

#endif
