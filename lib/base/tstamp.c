#include "base/tstamp.h"

#include "base/num.h"

#define DAY_LEN 11 /* bytes of 2026-11-23T */
#define ERAS    5 /* cycles of 400 years before the year 0 that days may lie in */

/* Days from civil and back: the era arithmetic of 400-year cycles that start
 * on 1 March, so that the leap day is the last day of a year. */
int64_t
tstamp_days(struct civil d)
{
	int64_t y = d.year - (d.month <= 2), era, doe;
	int yoe, doy;

	era = (y >= 0 ? y : y - 399) / 400;
	yoe = (int)(y - era * 400);
	doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	doe = (int64_t)yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct civil
tstamp_civil(int64_t days)
{
	/* Of a whole number of cycles before the year 0, so that divisions are
	 * those of small numbers without a sign. */
	unsigned z = (unsigned)(days + 719468 + ERAS * 146097);
	unsigned era = z / 146097, doe = z % 146097;
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	struct civil d;

	d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int64_t)yoe + ((int64_t)era - ERAS) * 400 + (d.month <= 2);
	return d;
}

/* Reads `n` digits. Returns -1 when one is none. */
static int
digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		unsigned d = (unsigned char)p[i] - '0';

		if (d > 9)
			return -1;
		v = v * 10 + (int)d;
	}
	return v;
}

static bool
valid_date(int y, int m, int d)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

	return y >= 0 && m >= 1 && m <= 12 && d >= 1 &&
	    d <= month_days[m - 1] + (m == 2 && leap);
}

bool
tstamp_parse_date(struct str s, struct civil *date)
{
	int y, m, d;

	if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	y = digits(s.p, 4);
	m = digits(s.p + 5, 2);
	d = digits(s.p + 8, 2);
	if (!valid_date(y, m, d))
		return false;
	*date = (struct civil){ y, m, d };
	return true;
}

/* Reads the first 19 bytes of a date-time, without its fraction and zone. */
static bool
read_seconds(const char *p, int64_t *ms)
{
	struct civil date;
	int h, m, s;

	if (!tstamp_parse_date((struct str){ p, 10 }, &date) ||
	    (p[10] != 'T' && p[10] != 't') || p[13] != ':' || p[16] != ':')
		return false;
	h = digits(p + 11, 2);
	m = digits(p + 14, 2);
	s = digits(p + 17, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
		return false;
	*ms = tstamp_days(date) * MS_PER_DAY + h * MS_PER_HOUR +
	    m * MS_PER_MIN + s * MS_PER_S;
	return true;
}

/*
 * Reads eight bytes of a spelling. `zero` is how it looks with the digit 0
 * everywhere, `most` has 0x76 for each digit and 0x7f for each other byte.
 *
 * Returns a word in whose bytes the digits are pairs: what 10 times the digit
 * here and the next one make. Sets bits in `wrong` when it is another spelling.
 */
static inline uint64_t
eight_bytes(const char *p, const char *zero, uint64_t most, uint64_t *wrong)
{
	/* Digits become 0 to 9, and what is as it has to be 0. */
	uint64_t v = num_word(p) ^ num_word(zero);

	*wrong |= (v | (v + most)) & UINT64_C(0x8080808080808080);
	return v * 10 + (v >> 8);
}

/* The day that was met last: times that follow each other are mostly of one day,
 * and what a calendar has to say of it is said once. */
static _Thread_local struct {
	int64_t begin;          /* ms UTC */
	char text[DAY_LEN + 1]; /* `2026-11-23T` */
} day = { 0, "1970-01-01T" };

/* Makes the day that the DAY_LEN bytes at `p` spell the last one. False when they
 * spell none. */
static bool
read_day(const char *p)
{
	struct civil date;

	if (!tstamp_parse_date((struct str){ p, 10 }, &date) || p[10] != 'T')
		return false;
	day.begin = tstamp_days(date) * MS_PER_DAY;
	memcpy(day.text, p, DAY_LEN);
	return true;
}

/* Tells whether the DAY_LEN bytes at `p` spell the last day. */
static inline bool
is_last_day(const char *p)
{
	return num_word(p) == num_word(day.text) &&
	    num_word(p + DAY_LEN - 8) == num_word(day.text + DAY_LEN - 8);
}

/* Every line of a raw log begins with this spelling: no loops. */
bool
tstamp_read(const char *p, int64_t *ms)
{
	uint64_t wrong = 0;
	uint64_t hour = eight_bytes(
	    p + DAY_LEN, "00:00:00", UINT64_C(0x76767f76767f7676), &wrong);
	uint64_t part = eight_bytes(
	    p + 16, ":00.000Z", UINT64_C(0x7f7676767f76767f), &wrong);
	unsigned h = hour & 255, m = hour >> 24 & 255, s = hour >> 48 & 255;
	unsigned last = (unsigned char)p[22] - '0';

	if (wrong != 0 || h > 23 || m > 59 || s > 59 ||
	    (UNLIKELY(!is_last_day(p)) && !read_day(p)))
		return false;
	*ms = day.begin + (int64_t)((h * 60 + m) * 60 + s) * MS_PER_S +
	    (part >> 32 & 255) * 10 + last;
	return true;
}

/* Reads `Z` or `+hh:mm` at the end of a date-time: all of `s`. */
static bool
read_offset(struct str s, int64_t *ms)
{
	int h, m;

	if (s.len == 1 && (*s.p == 'Z' || *s.p == 'z')) {
		*ms = 0;
		return true;
	}
	if (s.len != 6 || (*s.p != '+' && *s.p != '-') || s.p[3] != ':')
		return false;
	h = digits(s.p + 1, 2);
	m = digits(s.p + 4, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	*ms = (h * MS_PER_HOUR + m * MS_PER_MIN) * (*s.p == '-' ? -1 : 1);
	return true;
}

bool
tstamp_parse(struct str s, int64_t *ms)
{
	int64_t t, offset;
	size_t i = 19, first;

	if (s.len < 20 || !read_seconds(s.p, &t))
		return false;
	if (s.p[i] == '.') {
		int64_t unit = 100;

		first = ++i;
		for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			t += (s.p[i] - '0') * unit;
			unit /= 10;
		}
		if (i == first)
			return false;
	}
	if (!read_offset((struct str){ s.p + i, s.len - i }, &offset))
		return false;
	t -= offset;
	if (t < TSTAMP_MIN || t > TSTAMP_MAX)
		return false;
	*ms = t;
	return true;
}

/* Writes `v`, 0 to 99, as two digits. */
static inline void
put2(char *p, unsigned v)
{
	static const char digits[] = "0001020304050607080910111213141516171819"
				     "2021222324252627282930313233343536373839"
				     "4041424344454647484950515253545556575859"
				     "6061626364656667686970717273747576777879"
				     "8081828384858687888990919293949596979899";

	memcpy(p, digits + v * 2, 2);
}

/* Makes the day of `ms` the last one. */
static NEVER_INLINE void
write_day(int64_t ms)
{
	int64_t days = (ms - TSTAMP_MIN) / MS_PER_DAY + TSTAMP_MIN / MS_PER_DAY;
	struct civil d = tstamp_civil(days);
	unsigned year = (unsigned)d.year;

	day.begin = days * MS_PER_DAY;
	put2(day.text, year / 100);
	put2(day.text + 2, year % 100);
	put2(day.text + 5, (unsigned)d.month);
	put2(day.text + 8, (unsigned)d.day);
}

void
tstamp_write(char *p, int64_t ms)
{
	unsigned rest;

	/* The week or window of a time may begin or end beyond what can be
	 * written. */
	if (ms < TSTAMP_MIN)
		ms = TSTAMP_MIN;
	if (ms > TSTAMP_MAX)
		ms = TSTAMP_MAX;
	if (UNLIKELY((uint64_t)ms - (uint64_t)day.begin >= MS_PER_DAY))
		write_day(ms);
	rest = (unsigned)(ms - day.begin);
	memcpy(p, day.text, DAY_LEN);
	memcpy(p + DAY_LEN, "00:00:00.000Z", TSTAMP_LEN - DAY_LEN);
	put2(p + 11, rest / 3600000);
	put2(p + 14, rest / 60000 % 60);
	put2(p + 17, rest / 1000 % 60);
	put2(p + 20, rest % 1000 / 10);
	p[22] = (char)('0' + rest % 10);
}

void
tstamp_add(struct buf *b, int64_t ms)
{
	if (buf_room(b, TSTAMP_LEN)) {
		tstamp_write(b->p + b->len, ms);
		b->len += TSTAMP_LEN;
	}
}
