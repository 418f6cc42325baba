/*
 * test_zone - where a day begins
 *
 * What is expected was worked out from the rules of the zones: Europe changes
 * its clocks on the last Sundays of March and October at 01:00 UTC, the United
 * States on the second Sunday of March and the first of November at 02:00 local
 * time.
 */
#include "tap.h"

#include "base/zone.h"

/* The moment that is written as `text`. */
static int64_t
at(const char *text)
{
	int64_t ms = INT64_MIN;

	if (!tstamp_parse(str_of(text), &ms))
		ok(false, "%s is a time", text);
	return ms;
}

static void
begins(const char *date, const char *want)
{
	struct civil d = { 0 };
	struct buf b = { 0 };

	ok(tstamp_parse_date(str_of(date), &d), "%s is a date", date);
	tstamp_add(&b, zone_day_start(d));
	is(buf_view(&b), want, "where %s begins", date);
	buf_release(&b);
}

/* How many hours the day `date` has. */
static int64_t
hours_of(int64_t year, int month, int day)
{
	struct civil d = { year, month, day };
	struct civil next = tstamp_civil(tstamp_days(d) + 1);

	return (zone_day_start(next) - zone_day_start(d)) / MS_PER_HOUR;
}

static bool
set(const char *name)
{
	struct errmsg why;

	return zone_set(name, &why);
}

/* Every day of many years begins where its date begins, and the moment before
 * has another date. */
static void
test_every_day(const char *name)
{
	int64_t from = tstamp_days((struct civil){ 2000, 1, 1 });
	int64_t to = tstamp_days((struct civil){ 2031, 1, 1 });
	int bad = 0;

	for (int64_t day = from; day < to; day++) {
		int64_t start = zone_day_start(tstamp_civil(day));

		bad += tstamp_days(zone_date(start)) != day;
		bad += tstamp_days(zone_date(start - 1)) != day - 1;
	}
	is_int(bad, 0, "%s: all days of 2000 to 2030", name);
}

static void
test_utc(void)
{
	ok(set("UTC"), "UTC is a zone");
	begins("2026-11-23", "2026-11-23T00:00:00.000Z");
	is_int(zone_offset_s(at("2026-07-01T00:00:00Z")), 0, "is UTC");
	begins("1969-12-31", "1969-12-31T00:00:00.000Z");
	test_every_day("UTC");
}

static void
test_berlin(void)
{
	struct civil d;

	ok(set("Europe/Berlin"), "Europe/Berlin is a zone");
	begins("2026-11-23", "2026-11-22T23:00:00.000Z");
	begins("2026-07-01", "2026-06-30T22:00:00.000Z");
	/* 2026-03-29 and 2026-10-25 are Sundays. */
	is_int(hours_of(2026, 3, 29), 23, "a day of 23 hours");
	is_int(hours_of(2026, 10, 25), 25, "a day of 25 hours");
	is_int(hours_of(2026, 3, 28), 24, "the day before has 24");
	is_int(hours_of(2026, 10, 26), 24, "the day after, too");
	is_int(zone_offset_s(at("2026-03-29T00:59:59.999Z")), 3600,
	    "before the clocks go forward");
	is_int(zone_offset_s(at("2026-03-29T01:00:00Z")), 7200, "and after");
	d = zone_date(at("2026-12-31T23:00:00Z"));
	ok(d.year == 2027 && d.month == 1 && d.day == 1,
	    "the year begins an hour earlier");
	d = zone_date(at("2026-12-31T22:59:59.999Z"));
	ok(d.year == 2026 && d.month == 12 && d.day == 31, "not a moment more");
	test_every_day("Europe/Berlin");
}

static void
test_new_york(void)
{
	ok(set("America/New_York"), "America/New_York is a zone");
	begins("2026-11-23", "2026-11-23T05:00:00.000Z");
	begins("2026-07-04", "2026-07-04T04:00:00.000Z");
	/* 2026-03-08 and 2026-11-01 are Sundays. */
	is_int(hours_of(2026, 3, 8), 23, "a day of 23 hours");
	is_int(hours_of(2026, 11, 1), 25, "a day of 25 hours");
	is_int(zone_offset_s(at("1969-12-31T23:59:59.999Z")), -18000,
	    "before the epoch");
	test_every_day("America/New_York");
}

static void
test_odd(void)
{
	/* Clocks went from 00:00 to 01:00 on 2018-11-04 in Brazil. */
	if (ok(set("America/Sao_Paulo"), "America/Sao_Paulo is a zone"))
		begins("2018-11-04", "2018-11-04T03:00:00.000Z");
	/* Samoa had no 2011-12-30: UTC-10 on the 29th, UTC+14 on the 31st. */
	if (ok(set("Pacific/Apia"), "Pacific/Apia is a zone")) {
		begins("2011-12-29", "2011-12-29T10:00:00.000Z");
		begins("2011-12-30", "2011-12-30T10:00:00.000Z");
		begins("2011-12-31", "2011-12-30T10:00:00.000Z");
		begins("2012-01-01", "2011-12-31T10:00:00.000Z");
	}
	/* Clocks went from 00:01 back to 23:01 on 2006-10-29: from UTC-2:30 to
	 * UTC-3:30, so that midnight came at 02:30 and at 03:30. */
	if (ok(set("America/St_Johns"), "America/St_Johns is a zone"))
		begins("2006-10-29", "2006-10-29T02:30:00.000Z");
	if (ok(set("Asia/Kathmandu"), "Asia/Kathmandu is a zone"))
		begins("2026-11-23", "2026-11-22T18:15:00.000Z");
}

static void
test_unknown(void)
{
	static const char *const none[] = { "", "Europe/Berlim", "Europe",
		"/etc/localtime", "../zoneinfo/UTC", "CET-1CEST", "zone.tab",
		"Europe/Berlin/" };
	struct errmsg why;

	ok(set("Europe/Berlin"), "a good zone first");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		why.text[0] = '\0';
		ok(!zone_set(none[i], &why) && why.text[0] != '\0',
		    "\"%s\" is no zone, and a reason is given", none[i]);
	}
	begins("2026-11-23", "2026-11-22T23:00:00.000Z");
}

int
main(void)
{
	test_utc();
	test_berlin();
	test_new_york();
	test_odd();
	test_unknown();
	return tap_done();
}
