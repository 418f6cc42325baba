/*
 * test_tstamp_offset - fractions, offsets and bad dates in RFC 3339
 *
 * Cases by hand are in test_tstamp.c.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/tstamp.h"
#include "rand.h"

/* The same moment with any offset, any fraction, small or capital letters. */
static void
test_offsets(void)
{
	struct buf b = { 0 };
	uint64_t r = 71;
	int bad = 0;

	for (int round = 0; round < 100000; round++) {
		/* A day from both ends: no offset leaves the years. */
		int64_t ms = rand_between(
		    &r, TSTAMP_MIN + MS_PER_DAY, TSTAMP_MAX - MS_PER_DAY);
		int64_t min = rand_between(&r, -1439, 1439), got = 0;
		int64_t abs = min < 0 ? -min : min;
		bool small = rand_below(&r, 2) == 0;
		size_t digits = rand_below(&r, 12);

		buf_reset(&b);
		tstamp_add(&b, ms + min * MS_PER_MIN);
		b.len = 20 + (digits < 3 ? digits : 3);
		for (size_t i = 3; i < digits; i++)
			buf_byte(&b, (char)('0' + rand_below(&r, 10)));
		/* No point without digits. */
		b.len -= digits == 0;
		if (small)
			b.p[10] = 't';
		if (min == 0)
			buf_byte(&b, small ? 'z' : 'Z');
		else
			buf_printf(&b, "%c%02d:%02d", min < 0 ? '-' : '+',
			    (int)(abs / 60), (int)(abs % 60));
		/* What was not written is cut, towards the past. */
		for (int64_t unit = 1000, i = 0; i < 3; i++) {
			unit /= 10;
			if ((size_t)i >= digits)
				ms -= (ms - TSTAMP_MIN) / unit % 10 * unit;
		}
		if ((!tstamp_parse(buf_view(&b), &got) || got != ms) &&
		    bad++ == 0)
			printf("# %.*s\n", STR_ARGS(buf_view(&b)));
	}
	is_int(bad, 0, "100000 times with offsets and fractions");
	buf_release(&b);
}

/* All days that there could be: each month has those of the calendar. */
static void
test_dates(void)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	/* Leap, not leap; of the hundreds, only what 400 divides. */
	static const struct {
		int year;
		bool leap;
	} years[] = { { 0, true }, { 4, true }, { 100, false }, { 400, true },
		{ 1900, false }, { 1999, false }, { 2000, true },
		{ 2024, true }, { 2025, false }, { 2026, false },
		{ 2100, false }, { 9996, true }, { 9999, false } };
	int bad = 0;

	for (size_t y = 0; y < sizeof(years) / sizeof(*years); y++)
		for (int m = 0; m < 100; m++)
			for (int d = 0; d < 100; d++) {
				bool real = m >= 1 && m <= 12 && d >= 1 &&
				    d <= lengths[m - 1] +
					    (m == 2 && years[y].leap);
				struct civil c;
				char text[64];
				int64_t ms;

				snprintf(text, sizeof(text),
				    "%04d-%02d-%02dT12:00:00.000Z",
				    years[y].year, m, d);
				bad += tstamp_read(text, &ms) != real;
				bad += tstamp_parse(str_of(text), &ms) != real;
				bad +=
				    tstamp_parse_date(
					(struct str){ text, 10 }, &c) != real;
			}
	is_int(bad, 0, "only days of the calendar are dates");
}

static void
test_clock(void)
{
	int bad = 0;

	for (int part = 0; part < 3; part++)
		for (int v = 0; v < 100; v++) {
			bool real = v < (part == 0 ? 24 : 60);
			int at[3] = { 11, 12, 13 };
			char text[64];
			int64_t ms, want;

			at[part] = v;
			snprintf(text, sizeof(text),
			    "1970-01-01T%02d:%02d:%02d.007Z", at[0], at[1],
			    at[2]);
			want =
			    ((at[0] * 60 + at[1]) * 60 + at[2]) * MS_PER_S + 7;
			bad += tstamp_read(text, &ms) != real ||
			    (real && ms != want);
			bad += tstamp_parse(str_of(text), &ms) != real ||
			    (real && ms != want);
		}
	is_int(bad, 0, "24 hours, 60 minutes, 60 seconds, no leap second");
}

/* A time that is cut anywhere is none, and nothing behind it is read. */
static void
test_cut(void)
{
	static const char *const good[] = { "2026-11-23T12:00:00.123Z",
		"2026-11-23T12:00:00+01:30" };
	int bad = 0;

	for (size_t i = 0; i < 2; i++)
		for (size_t len = 0; len < strlen(good[i]); len++) {
			/* Alone in its memory: one byte too far is found
			 * out. */
			char *p = malloc(len + (len == 0));
			int64_t ms;

			if (p == NULL)
				return;
			memcpy(p, good[i], len);
			bad += tstamp_parse((struct str){ p, len }, &ms);
			free(p);
		}
	is_int(bad, 0, "no part of a time is one");
}

int
main(void)
{
	test_offsets();
	test_dates();
	test_clock();
	test_cut();
	return tap_done();
}
