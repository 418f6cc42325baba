/*
 * test_week - ISO 8601 weeks
 */
#include "tap.h"

#include "base/week.h"
#include "base/zone.h"

static struct buf out;

static struct str
week_name(struct week w)
{
	buf_reset(&out);
	week_add(&out, w);
	return buf_view(&out);
}

/* The week of a day by the rule itself: that of its Thursday in the year of
 * its Thursday. 1970-01-01 was a Thursday. */
static void
rule(char *text, size_t size, int64_t day)
{
	int64_t since_monday = (day + 3) % 7;
	int64_t thursday = day - since_monday + 3;
	int64_t year = tstamp_civil(thursday).year;
	int64_t first = tstamp_days((struct civil){ year, 1, 1 });

	snprintf(text, size, "%04d-W%02d", (int)year,
	    (int)((thursday - first) / 7 + 1));
}

static void
test_rule(void)
{
	int64_t from = tstamp_days((struct civil){ 2004, 1, 1 });
	int64_t to = tstamp_days((struct civil){ 2031, 1, 1 });
	int bad = 0;

	for (int64_t day = from; day < to; day++) {
		struct week w = week_of(tstamp_civil(day)), again = { 0 };
		char want[32];

		rule(want, sizeof(want), day);
		bad += !str_eq(week_name(w), str_of(want));
		bad += w.monday > day || day - w.monday > 6;
		bad += !week_parse(str_of(want), &again) ||
		    again.monday != w.monday;
	}
	is_int(bad, 0, "all days of 2004 to 2030 are in their week");
}

/* The years of 53 weeks are those that begin on a Thursday, and leap years that
 * begin on a Wednesday. */
static void
test_long_years(void)
{
	static const int long_years[] = { 2004, 2009, 2015, 2020, 2026 };
	size_t k = 0;
	int bad = 0;

	for (int year = 2004; year <= 2030; year++) {
		bool is_long = k < 5 && long_years[k] == year;
		struct week w;
		char text[16];

		k += is_long;
		snprintf(text, sizeof(text), "%d-W53", year);
		bad += week_parse(str_of(text), &w) != is_long;
		snprintf(text, sizeof(text), "%d-W52", year);
		bad += !week_parse(str_of(text), &w);
	}
	is_int(bad, 0, "which years from 2004 to 2030 have a week 53");
}

static void
test_borders(void)
{
	is(week_name(week_of((struct civil){ 2026, 11, 23 })), "2026-W48",
	    "2026-11-23 is the Monday of week 48");
	is(week_name(week_of((struct civil){ 2027, 1, 3 })), "2026-W53",
	    "2027-01-03 is in the last week of 2026");
	is(week_name(week_of((struct civil){ 2027, 1, 4 })), "2027-W01",
	    "2027-01-04 is in the first of 2027");
	is(week_name(week_of((struct civil){ 2024, 12, 30 })), "2025-W01",
	    "2024-12-30 is in the first of 2025");
	is(week_name(week_of((struct civil){ 1969, 12, 31 })), "1970-W01",
	    "1969-12-31 is in the first of 1970");
	is(week_name(week_of((struct civil){ 1969, 12, 28 })), "1969-W52",
	    "1969-12-28 is in the last of 1969");
}

static void
test_parse(void)
{
	static const char *const none[] = { "", "2026", "2026-W", "2026-W4",
		"2026-W00", "2026-W54", "2025-W53", "2026W47", "2026-w47",
		"2026-W047", "2026-W47 ", " 2026-W47", "2026-W+7", "2026-W4x",
		"0000-W01", "9999-W01", "202a-W01", "-026-W01" };
	struct week w;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		ok(!week_parse(str_of(none[i]), &w), "\"%s\" is no week",
		    none[i]);
	ok(week_parse(STR("0001-W01"), &w), "the first week");
	ok(week_parse(STR("9998-W52"), &w), "the last week");
	is(week_name(w), "9998-W52", "is written as it was read");
}

static void
starts(const char *zone, const char *want)
{
	struct errmsg why;
	struct week w;
	bool good = zone_set(zone, &why) && week_parse(STR("2026-W44"), &w);

	buf_reset(&out);
	if (ok(good, "%s", zone))
		tstamp_add(&out, week_start(w));
	is(buf_view(&out), want, "where 2026-W44 starts in %s", zone);
}

int
main(void)
{
	test_rule();
	test_long_years();
	test_borders();
	test_parse();
	/* 2026-10-26, the day after Europe's clocks went back. */
	starts("UTC", "2026-10-26T00:00:00.000Z");
	starts("Europe/Berlin", "2026-10-25T23:00:00.000Z");
	starts("America/New_York", "2026-10-26T04:00:00.000Z");
	buf_release(&out);
	return tap_done();
}
