/*
 * test_week_years - weeks and days of the years 2000 to 2040
 *
 * By the other wording of the rule: week 1 is the one with 4 January. That of
 * the Thursday is in test_week.c. Clocks of Berlin change on the last Sundays
 * of March and October.
 */
#include "tap.h"

#include "base/week.h"
#include "base/zone.h"

#define FROM 2000
#define TO   2040

/* Years that begin on a Thursday, and leap years that begin on a Wednesday. */
static const int long_years[] = { 2004, 2009, 2015, 2020, 2026, 2032, 2037 };

static bool
is_long(int year)
{
	for (size_t i = 0; i < sizeof(long_years) / sizeof(*long_years); i++)
		if (long_years[i] == year)
			return true;
	return false;
}

static bool
is_named(struct week w, int year, int n)
{
	struct buf b = { 0 };
	char want[32];
	bool good;

	snprintf(want, sizeof(want), "%04d-W%02d", year, n);
	week_add(&b, w);
	good = str_eq(buf_view(&b), str_of(want));
	buf_release(&b);
	return good;
}

/* Goes from Monday to Monday: 2000-01-03 was the first of 2000-W01, as
 * 2000-01-04 was a Tuesday. Each year has 52 weeks, or 53. */
static void
test_weeks(void)
{
	int64_t monday = tstamp_days((struct civil){ 2000, 1, 3 });
	int bad = 0, fourth = 0;

	for (int year = FROM; year <= TO; year++) {
		int64_t jan4 = tstamp_days((struct civil){ year, 1, 4 });

		fourth += jan4 < monday || jan4 > monday + 6;
		for (int n = 1; n <= 52 + is_long(year); n++, monday += 7)
			for (int64_t d = monday; d < monday + 7; d++) {
				struct week w = week_of(tstamp_civil(d));

				bad +=
				    w.monday != monday || !is_named(w, year, n);
			}
	}
	is_int(fourth, 0, "4 January is in week 1");
	is_int(bad, 0, "all days of 2000 to 2040 are in their week");
	is_int(monday, tstamp_days((struct civil){ 2040, 12, 31 }),
	    "2040-12-31 is the first Monday of 2041");
}

/* What is no week of its year is not read; what is, is the right one. */
static void
test_parse(void)
{
	int bad = 0;

	for (int year = FROM; year <= TO; year++)
		for (int n = 0; n < 100; n++) {
			bool real = n >= 1 && n <= 52 + is_long(year);
			char text[32];
			struct week w;

			snprintf(text, sizeof(text), "%04d-W%02d", year, n);
			bad += week_parse(str_of(text), &w) != real ||
			    (real && !is_named(w, year, n));
		}
	is_int(bad, 0, "which weeks 2000 to 2040 have");
}

/* 1970-01-01 was a Thursday; both months have 31 days. */
static bool
is_last_sunday(struct civil d)
{
	return d.day > 24 && (tstamp_days(d) + 4) % 7 == 0;
}

static void
test_berlin(void)
{
	int64_t from = tstamp_days((struct civil){ FROM, 1, 1 });
	int64_t to = tstamp_days((struct civil){ TO + 1, 1, 1 });
	int bad = 0, short_days = 0, long_days = 0;

	for (int64_t day = from; day < to; day++) {
		struct civil d = tstamp_civil(day);
		int64_t start = zone_day_start(d);
		int64_t ms = zone_day_start(tstamp_civil(day + 1)) - start;
		int want = 24;

		if (is_last_sunday(d) && d.month == 3)
			want = 23;
		if (is_last_sunday(d) && d.month == 10)
			want = 25;
		short_days += ms == 23 * MS_PER_HOUR;
		long_days += ms == 25 * MS_PER_HOUR;
		bad += ms != want * MS_PER_HOUR;
		bad += tstamp_days(zone_date(start)) != day ||
		    tstamp_days(zone_date(start + ms - 1)) != day;
	}
	is_int(bad, 0, "each day has its hours");
	is_int(short_days, 41, "one of 23 hours a year");
	is_int(long_days, 41, "and one of 25");
}

/* The week of the change in spring is an hour short, that in autumn long. */
static void
test_week_hours(void)
{
	static const struct {
		const char *week, *next;
		int hours;
	} cases[] = {
		{ "2026-W12", "2026-W13", 168 },
		{ "2026-W13", "2026-W14", 167 }, /* 23 to 29 March */
		{ "2026-W43", "2026-W44", 169 }, /* 19 to 25 October */
		{ "2026-W53", "2027-W01", 168 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct week a, b;

		if (!ok(week_parse(str_of(cases[i].week), &a) &&
			    week_parse(str_of(cases[i].next), &b),
			"%s is read", cases[i].week))
			continue;
		is_int((week_start(b) - week_start(a)) / MS_PER_HOUR,
		    cases[i].hours, "hours of %s", cases[i].week);
	}
}

int
main(void)
{
	struct errmsg why = { .text = "" };

	test_weeks();
	test_parse();
	if (ok(zone_set("Europe/Berlin", &why), "Berlin %s", why.text)) {
		test_berlin();
		test_week_hours();
	}
	ok(!zone_set("Europe/Bonn", &why) && why.text[0] != '\0',
	    "an unknown zone: %s", why.text);
	is_int(zone_offset_s(0), 3600, "leaves the zone as it was");
	return tap_done();
}
