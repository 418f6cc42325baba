/*
 * zone - where a day begins
 *
 * Wraps the C library's time zone, which belongs to the process: chosen once,
 * at the start, by the tool. Only reports have a zone; everything that is
 * stored is UTC.
 */
#ifndef TW_BASE_ZONE_H
#define TW_BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/tstamp.h"

/*
 * Make `name`, such as `Europe/Berlin` or `UTC`, the zone of this process.
 *
 * Returns false with `why` when the system has no such zone, or it could not be
 * read.
 */
bool zone_set(const char *name, struct errmsg *why) MUST_USE;

/*
 * Find the first moment of the local day `date`.
 *
 * Returns milliseconds UTC. Where the clocks skip midnight it is the moment
 * after the jump, where they repeat it the first of the two.
 */
int64_t zone_day_start(struct civil date);

/*
 * Find the local date at `ms`.
 *
 * Returns the date.
 */
struct civil zone_date(int64_t ms);

/*
 * Measure how far the local clock is ahead of UTC at `ms`.
 *
 * Returns seconds.
 */
int64_t zone_offset_s(int64_t ms);

#endif
