#include "base/timearg.h"

#include "base/num.h"
#include "base/tstamp.h"
#include "base/zone.h"

static int64_t
unit_ms(char c)
{
	switch (c) {
	case 's':
		return MS_PER_S;
	case 'm':
		return MS_PER_MIN;
	case 'h':
		return MS_PER_HOUR;
	case 'd':
		return MS_PER_DAY;
	case 'w':
		return 7 * MS_PER_DAY;
	default:
		return 0;
	}
}

bool
timearg_parse_span(struct str s, int64_t *ms)
{
	int64_t unit = MS_PER_S, n;

	if (s.len > 0 && unit_ms(s.p[s.len - 1]) != 0)
		unit = unit_ms(s.p[--s.len]);
	n = num_whole(s);
	if (n < 0 || num_product(n, unit) > 3660 * MS_PER_DAY)
		return false;
	*ms = n * unit;
	return true;
}

bool
timearg_parse(struct str s, int64_t now, int64_t *ms)
{
	struct civil date;
	int64_t span;

	if (tstamp_parse(s, ms))
		return true;
	if (tstamp_parse_date(s, &date)) {
		*ms = zone_day_start(date);
		return true;
	}
	if (s.len > 4 && memcmp(s.p + s.len - 4, " ago", 4) == 0 &&
	    timearg_parse_span((struct str){ s.p, s.len - 4 }, &span)) {
		*ms = now - span;
		return true;
	}
	return false;
}
