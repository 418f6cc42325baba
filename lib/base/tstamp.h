/*
 * tstamp - points in time as text
 *
 * Inside a program a time is milliseconds since 1970, UTC; outside it is RFC
 * 3339. Years 0000 to 9999, no leap second. Knows nothing of zones (zone.h)
 * nor of the clock (now.h).
 */
#ifndef TW_BASE_TSTAMP_H
#define TW_BASE_TSTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

#define TSTAMP_LEN 24 /* bytes of 2026-11-23T12:00:00.123Z */
#define TSTAMP_MIN INT64_C(-62167219200000)
#define TSTAMP_MAX INT64_C(253402300799999)

#define MS_PER_S    INT64_C(1000)
#define MS_PER_MIN  (60 * MS_PER_S)
#define MS_PER_HOUR (60 * MS_PER_MIN)
#define MS_PER_DAY  (24 * MS_PER_HOUR)

struct civil {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

/*
 * Read the one spelling that we write: `2026-11-23T12:00:00.123Z`.
 *
 * Returns false when the 24 bytes at `p` are anything else, or no real time.
 */
bool tstamp_read(const char *p, int64_t *ms) MUST_USE;

/*
 * Read any RFC 3339 date-time; fractions are cut to milliseconds.
 *
 * Returns false when `s` is none, or lies outside of the years 0 to 9999.
 */
bool tstamp_parse(struct str s, int64_t *ms) MUST_USE;

/*
 * Read a date, `2026-11-23`.
 *
 * Returns false when `s` is no date.
 */
bool tstamp_parse_date(struct str s, struct civil *date) MUST_USE;

/*
 * Write `ms` in our spelling to the 24 bytes at `p`; what lies beyond TSTAMP_MIN or
 * TSTAMP_MAX as these.
 */
void tstamp_write(char *p, int64_t ms);

/*
 * Append `ms` in our spelling; what lies beyond TSTAMP_MIN or TSTAMP_MAX as
 * that.
 */
void tstamp_add(struct buf *b, int64_t ms);

/*
 * Find the stretch of `length` ms in which `ms` lies, of those that follow each other
 * from 1970 on, and before it.
 *
 * Returns its number: that which begins with 1970 is 0.
 */
static inline int64_t
tstamp_slot(int64_t ms, int64_t length)
{
	return ms / length - (ms % length < 0);
}

/*
 * Find the second in which `ms` lies.
 *
 * Returns seconds since 1970, negative before it.
 */
static inline int64_t
tstamp_second(int64_t ms)
{
	return tstamp_slot(ms, MS_PER_S);
}

/*
 * Count the days from 1970-01-01 to `date`, negative before it.
 *
 * Returns the number; days past the end of a month run on into the next.
 */
int64_t tstamp_days(struct civil date);

/*
 * Find the date that is `days` after 1970-01-01.
 *
 * Returns the date in the proleptic Gregorian calendar.
 */
struct civil tstamp_civil(int64_t days);

#endif
