#include "base/week.h"

#include "base/num.h"
#include "base/zone.h"

/* 1970-01-01 was a Thursday. */
static int64_t
monday_of(int64_t days)
{
	int64_t since = (days + 3) % 7;

	return days - (since < 0 ? since + 7 : since);
}

/* The Monday of the first week of `year`: the one that has 4 January. */
static int64_t
first_monday(int64_t year)
{
	return monday_of(tstamp_days((struct civil){ year, 1, 4 }));
}

bool
week_parse(struct str s, struct week *w)
{
	int64_t year, n;

	if (s.len != 8 || s.p[4] != '-' || s.p[5] != 'W')
		return false;
	year = num_whole((struct str){ s.p, 4 });
	n = num_whole((struct str){ s.p + 6, 2 });
	if (year < 1 || year > 9998 || n < 1)
		return false;
	w->monday = first_monday(year) + (n - 1) * 7;
	return w->monday < first_monday(year + 1);
}

struct week
week_of(struct civil date)
{
	return (struct week){ monday_of(tstamp_days(date)) };
}

void
week_add(struct buf *b, struct week w)
{
	int64_t year = tstamp_civil(w.monday + 3).year;

	buf_printf(b, "%04lld-W%02lld", (long long)year,
	    (long long)((w.monday - first_monday(year)) / 7 + 1));
}

int64_t
week_start(struct week w)
{
	return zone_day_start(tstamp_civil(w.monday));
}
