#define _GNU_SOURCE /* tm_gmtoff */
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Tells whether the system's time zone folder holds a file `name`. The C
 * library itself takes an unknown name for UTC without a word. */
static bool
exists(const char *name)
{
	const char *dir = getenv("TZDIR");
	char path[512], magic[4];
	FILE *f;
	bool ok;
	int n;

	if (*name == '\0' || *name == '/' || strstr(name, "..") != NULL)
		return false;
	n = snprintf(path, sizeof(path), "%s/%s",
	    dir != NULL ? dir : "/usr/share/zoneinfo", name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	ok = fread(magic, 1, 4, f) == 4 && memcmp(magic, "TZif", 4) == 0;
	fclose(f);
	return ok;
}

bool
zone_set(const char *name, struct errmsg *why)
{
	if (strcmp(name, "UTC") != 0 && !exists(name)) {
		errmsg_set(why,
		    "%s: no such time zone here (is tzdata installed?)", name);
		return false;
	}
	/* "UTC0" needs no file. */
	if (setenv("TZ", strcmp(name, "UTC") == 0 ? "UTC0" : name, 1) != 0) {
		errmsg_set(why, "%s: cannot be set", name);
		return false;
	}
	tzset();
	return true;
}

static struct tm
local(int64_t ms)
{
	time_t s = (time_t)((ms >= 0 ? ms : ms - 999) / 1000);
	struct tm tm = { 0 };

	localtime_r(&s, &tm);
	return tm;
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
