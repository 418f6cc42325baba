/*
 * test_tstamp - points in time as text
 */
#include "tap.h"

#include "base/tstamp.h"
#include "rand.h"

static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	31 };

static bool
is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* Steps through the days of 400 years with a calendar on the wall: each has
 * the number after the one before, and the number has that date. */
static void
test_days(void)
{
	struct civil d = { 1800, 1, 1 };
	/* 1800 to 1969 are 170 years with 41 leap days: 42 by four (1800,
	 * 1804, ..., 1968: 43), without 1800 and 1900: 41. */
	int64_t n = -(170 * 365 + 41);
	int bad = 0, days = 0;

	while (d.year < 2200) {
		struct civil got = tstamp_civil(n);
		int last =
		    month_days[d.month - 1] + (d.month == 2 && is_leap(d.year));

		bad += tstamp_days(d) != n || got.year != d.year ||
		    got.month != d.month || got.day != d.day;
		n++;
		days++;
		if (++d.day > last) {
			d.day = 1;
			d.month++;
		}
		if (d.month > 12) {
			d.month = 1;
			d.year++;
		}
	}
	is_int(days, 146097, "400 years have 146097 days");
	is_int(bad, 0, "each has its number and its date");
	is_int(tstamp_days((struct civil){ 1970, 1, 1 }), 0, "the epoch");
	is_int(tstamp_days((struct civil){ 0, 1, 1 }) * MS_PER_DAY, TSTAMP_MIN,
	    "the first day of year 0");
	is_int((tstamp_days((struct civil){ 9999, 12, 31 }) + 1) * MS_PER_DAY,
	    TSTAMP_MAX + 1, "the last day of year 9999");
	is_int(tstamp_days((struct civil){ 2026, 1, 32 }),
	    tstamp_days((struct civil){ 2026, 2, 1 }),
	    "days past the end of a month run on");
}

/* Times of one day after the other, and what is none in between: what was read or
 * written last changes nothing. */
static void
test_last_day(void)
{
	char text[TSTAMP_LEN];
	int64_t ms;

	ok(tstamp_read("2026-02-28T23:59:59.999Z", &ms), "a day");
	is_int(ms, INT64_C(1772323199999), "its last millisecond");
	ok(!tstamp_read("2026-02-29T00:00:00.000Z", &ms), "no day");
	ok(!tstamp_read("2026-02-29T00:00:00.000Z", &ms), "still none");
	ok(!tstamp_read("2026-02-28t00:00:00.000Z", &ms), "no T");
	ok(tstamp_read("2026-02-28T00:00:00.000Z", &ms), "the day again");
	is_int(ms, INT64_C(1772236800000), "its first millisecond");
	tstamp_write(text, INT64_C(1772323200000));
	is(((struct str){ text, TSTAMP_LEN }), "2026-03-01T00:00:00.000Z",
	    "the one after it");
	tstamp_write(text, INT64_C(1772323199999));
	is(((struct str){ text, TSTAMP_LEN }), "2026-02-28T23:59:59.999Z",
	    "and back");
	tstamp_write(text, -1);
	is(((struct str){ text, TSTAMP_LEN }), "1969-12-31T23:59:59.999Z",
	    "before 1970");
	ok(tstamp_read("1970-01-01T00:00:00.000Z", &ms) && ms == 0, "1970");
}

static void
test_write(void)
{
	struct buf b = { 0 };

	tstamp_add(&b, 0);
	is(buf_view(&b), "1970-01-01T00:00:00.000Z", "the epoch");
	buf_reset(&b);
	tstamp_add(&b, -1);
	is(buf_view(&b), "1969-12-31T23:59:59.999Z", "a moment before it");
	buf_reset(&b);
	tstamp_add(&b, TSTAMP_MIN);
	is(buf_view(&b), "0000-01-01T00:00:00.000Z", "the first moment");
	buf_reset(&b);
	tstamp_add(&b, TSTAMP_MAX);
	is(buf_view(&b), "9999-12-31T23:59:59.999Z", "the last moment");
	buf_reset(&b);
	tstamp_add(&b, TSTAMP_MAX + 1);
	is(buf_view(&b), "9999-12-31T23:59:59.999Z",
	    "the end of the last day, which cannot be written");
	buf_reset(&b);
	tstamp_add(&b, TSTAMP_MIN - 1);
	is(buf_view(&b), "0000-01-01T00:00:00.000Z",
	    "a moment before the first");
	buf_reset(&b);
	tstamp_add(&b, INT64_C(1700000000123));
	is(buf_view(&b), "2023-11-14T22:13:20.123Z", "1700000000123");
	buf_release(&b);
}

static void
test_round_trip(void)
{
	uint64_t r = 3;
	int bad = 0;

	for (int i = 0; i < 100000; i++) {
		int64_t ms = rand_between(&r, TSTAMP_MIN, TSTAMP_MAX);
		int64_t a = 0, b = 0;
		char text[TSTAMP_LEN];

		tstamp_write(text, ms);
		bad += !tstamp_read(text, &a) || a != ms;
		bad += !tstamp_parse((struct str){ text, TSTAMP_LEN }, &b) ||
		    b != ms;
	}
	is_int(bad, 0, "what is written is read, by both readers");
}

/* One wrong byte, at any place: both readers take or refuse it alike, and what
 * the strict one takes is what it would write. */
static void
test_strict(void)
{
	const char *good = "2026-11-23T12:00:00.123Z";
	int bad = 0;

	for (size_t at = 0; at < TSTAMP_LEN; at++)
		for (int c = 0; c < 256; c++) {
			char text[TSTAMP_LEN], again[TSTAMP_LEN];
			int64_t ms, other = 0;

			memcpy(text, good, TSTAMP_LEN);
			text[at] = (char)c;
			if (!tstamp_read(text, &ms))
				continue;
			tstamp_write(again, ms);
			bad += memcmp(again, text, TSTAMP_LEN) != 0;
			bad += !tstamp_parse(
				   (struct str){ text, TSTAMP_LEN }, &other) ||
			    other != ms;
		}
	is_int(bad, 0, "a strict time is spelled in one way only");
}

static void
test_parse(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1970-01-01T00:00:00.5Z", 500 },
		{ "1970-01-01T00:00:00.0009Z", 0 },
		{ "1970-01-01T00:00:00.123456789Z", 123 },
		{ "1970-01-01T00:00:01.999999999999999999999Z", 1999 },
		{ "1970-01-01T01:30:00+01:30", 0 },
		{ "1969-12-31T16:00:00-08:00", 0 },
		{ "1970-01-01T00:00:00-00:00", 0 },
		{ "1970-01-01T23:59:00+23:59", 0 },
		{ "2024-02-29T00:00:00Z", INT64_C(1709164800000) },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400000) },
		{ "9999-12-31T23:59:59.999Z", TSTAMP_MAX },
		{ "0000-01-01T00:00:00Z", TSTAMP_MIN },
	};
	static const char *const none[] = { "", "1970", "1970-01-01",
		"1970-01-01T00:00:00", "1970-01-01 00:00:00Z",
		"1970-01-01T00:00:00.Z", "1970-01-01T00:00:00,5Z",
		"1970-01-01T24:00:00Z", "1970-01-01T23:60:00Z",
		"1970-01-01T23:59:60Z", "1970-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z", "1970-01-01T00:00:00+1:00",
		"1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+24:00",
		"1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00ZZ",
		"-970-01-01T00:00:00Z", "0000-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", " 1970-01-01T00:00:00Z",
		"1970-01-01T00:00:00Z " };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		int64_t ms = -1;

		ok(tstamp_parse(str_of(good[i].text), &ms) && ms == good[i].ms,
		    "%s", good[i].text);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		int64_t ms;

		ok(!tstamp_parse(str_of(none[i]), &ms), "\"%s\" is none",
		    none[i]);
	}
}

static void
test_date(void)
{
	struct civil d = { 0 };

	ok(tstamp_parse_date(STR("2024-02-29"), &d) && d.year == 2024 &&
		d.month == 2 && d.day == 29,
	    "2024-02-29 is a date");
	ok(!tstamp_parse_date(STR("2026-02-29"), &d), "2026-02-29 is none");
	ok(!tstamp_parse_date(STR("2026-2-29"), &d), "nor is 2026-2-29");
	ok(!tstamp_parse_date(STR("2026-02-290"), &d), "nor is 2026-02-290");
}

int
main(void)
{
	test_days();
	test_last_day();
	test_write();
	test_round_trip();
	test_strict();
	test_parse();
	test_date();
	return tap_done();
}
