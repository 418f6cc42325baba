/*
 * timearg - times as people write them in a command
 *
 * RFC 3339 (`2026-11-23T12:00:00Z`), a date (its begin in the zone of this
 * process), or a while ago (`2h ago`; s, m, h, d, w).
 */
#ifndef TW_BASE_TIMEARG_H
#define TW_BASE_TIMEARG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/*
 * Read the time `s`.
 *
 * Returns false when it is none of the forms.
 * `now` is the present, ms UTC, from which "ago" counts.
 */
bool timearg_parse(struct str s, int64_t now, int64_t *ms) MUST_USE;

/*
 * Read a length of time: `90`, `90s`, `5m`, `2h`, `1d`, `1w`, whole numbers.
 *
 * Returns false when `s` is none, or longer than ten years.
 */
bool timearg_parse_span(struct str s, int64_t *ms) MUST_USE;

#endif
