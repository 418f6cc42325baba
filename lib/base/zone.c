#define _GNU_SOURCE /* tm_gmtoff */
#include "base/zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/xalloc.h"

/*
 * Reads the file of zone `name` from the system's folder into `text`, at least
 * its end. The C library itself takes an unknown name for UTC without a word.
 */
static bool
read_zone(const char *name, struct buf *text, struct errmsg *why)
{
	const char *dir = getenv("TZDIR");
	char path[512], chunk[4096];
	FILE *f = NULL;
	size_t got;
	int n;

	errno = ENOENT;
	n = snprintf(path, sizeof(path), "%s/%s",
	    dir != NULL ? dir : "/usr/share/zoneinfo", name);
	if (*name != '\0' && *name != '/' && strstr(name, "..") == NULL &&
	    n > 0 && (size_t)n < sizeof(path))
		f = fopen(path, "re");
	if (f == NULL) {
		errmsg_system(why);
		return false;
	}
	while ((got = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(text, chunk, got);
	errno = ferror(f) ? errno : ENOENT;
	errmsg_system(why);
	fclose(f);
	return text->len >= 4 && memcmp(text->p, "TZif", 4) == 0;
}

static struct tm
local(int64_t ms)
{
	time_t s = (time_t)((ms >= 0 ? ms : ms - 999) / 1000);
	struct tm tm = { 0 };

	localtime_r(&s, &tm);
	return tm;
}

/*
 * Tells whether a zone ever differs from UTC in the years to come: its file's
 * last line is the rule for them, as in TZ, and that of UTC is a name and 0.
 */
static bool
differs_from_utc(struct str file)
{
	const char *p, *end = file.p + file.len;

	if (file.len < 2 || end[-1] != '\n')
		return false;
	for (p = --end; p > file.p && p[-1] != '\n';)
		p--;
	if (p < end && *p == '<')
		p = memchr(p, '>', (size_t)(end - p));
	else
		while (p < end && *p != '-' && (*p < '0' || *p > '9'))
			p++;
	if (p != NULL && p < end && *p == '>')
		p++;
	return p != NULL && p < end && !(end - p == 1 && *p == '0');
}

/*
 * Tells whether the C library has read the zone's file, too. When it could not,
 * for want of memory or descriptors, it takes UTC without a word.
 */
static bool
is_in_force(struct str file)
{
	const int64_t winter = INT64_C(2208988800000); /* 2040-01-01 */
	const int64_t summer = INT64_C(2224713600000); /* 2040-07-01 */

	return !differs_from_utc(file) || zone_offset_s(winter) != 0 ||
	    zone_offset_s(summer) != 0;
}

bool
zone_set(const char *name, struct errmsg *why)
{
	bool utc = strcmp(name, "UTC") == 0, good;
	struct buf file = { 0 };

	if (!utc && !read_zone(name, &file, why)) {
		if (why->passing)
			errmsg_where(why, "%s", name);
		else
			errmsg_set(why,
			    "%s: no such time zone here (is tzdata installed?)",
			    name);
		buf_release(&file);
		return false;
	}
	/* "UTC0" needs no file. */
	if (setenv("TZ", utc ? "UTC0" : name, 1) != 0)
		xalloc_failed();
	tzset();
	good = utc || is_in_force(buf_view(&file));
	if (!good) {
		errmsg_set(why, "%s: the time zone could not be read", name);
		why->passing = true;
	}
	buf_release(&file);
	return good;
}

struct civil
zone_date(int64_t ms)
{
	struct tm tm = local(ms);

	return (struct civil){ tm.tm_year + INT64_C(1900), tm.tm_mon + 1,
		tm.tm_mday };
}

int64_t
zone_offset_s(int64_t ms)
{
	return local(ms).tm_gmtoff;
}

int64_t
zone_day_start(struct civil date)
{
	int64_t day = tstamp_days(date);
	/* No zone is further than 26 hours from UTC; local dates grow with
	 * time, but for an hour that a clock repeats, so the first moment can
	 * be searched for. */
	int64_t lo = day * MS_PER_DAY - 26 * MS_PER_HOUR;
	int64_t hi = day * MS_PER_DAY + 26 * MS_PER_HOUR;

	/* Where a clock repeats an hour across midnight dates do not only
	 * grow: then midnight by the offset before is the first. */
	int64_t first = day * MS_PER_DAY - zone_offset_s(lo) * MS_PER_S;

	if (tstamp_days(zone_date(first)) == day &&
	    tstamp_days(zone_date(first - 1)) < day)
		return first;
	while (lo < hi) {
		int64_t mid = lo + (hi - lo) / 2;

		if (tstamp_days(zone_date(mid)) >= day)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}
