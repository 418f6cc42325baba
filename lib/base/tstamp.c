#include "base/tstamp.h"

#include <assert.h>

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
	int64_t z = days + 719468, era;
	int doe, yoe, doy, mp;
	struct civil d;

	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = (int)(z - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	d.day = doy - (153 * mp + 2) / 5 + 1;
	d.month = mp < 10 ? mp + 3 : mp - 9;
	d.year = yoe + era * 400 + (d.month <= 2);
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

/* Reads two digits; far too great a number when one of them is none. */
static inline unsigned
two(const char *p)
{
	unsigned tens = (unsigned char)p[0] - '0';
	unsigned ones = (unsigned char)p[1] - '0';

	return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100000;
}

/* Every line of a raw log begins with this spelling: no loops. */
bool
tstamp_read(const char *p, int64_t *ms)
{
	unsigned year = two(p) * 100 + two(p + 2), month = two(p + 5);
	unsigned day = two(p + 8), h = two(p + 11), m = two(p + 14);
	unsigned s = two(p + 17), part = two(p + 20) * 10;
	unsigned last = (unsigned char)p[22] - '0';

	if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' ||
	    p[16] != ':' || p[19] != '.' || p[23] != 'Z')
		return false;
	if (year > 9999 || h > 23 || m > 59 || s > 59 || part > 990 ||
	    last > 9 || !valid_date((int)year, (int)month, (int)day))
		return false;
	*ms = tstamp_days((struct civil){ year, (int)month, (int)day }) *
		MS_PER_DAY +
	    ((int64_t)(h * 60 + m) * 60 + s) * MS_PER_S + part + last;
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
static void
put2(char *p, unsigned v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
}

void
tstamp_write(char *p, int64_t ms)
{
	int64_t days, rest;
	unsigned ms_of_day;
	struct civil d;

	assert(ms >= TSTAMP_MIN && ms <= TSTAMP_MAX);
	days = (ms >= 0 ? ms : ms - (MS_PER_DAY - 1)) / MS_PER_DAY;
	rest = ms - days * MS_PER_DAY;
	d = tstamp_civil(days);
	memcpy(p, "0000-00-00T00:00:00.000Z", TSTAMP_LEN);
	put2(p, (unsigned)d.year / 100);
	put2(p + 2, (unsigned)d.year % 100);
	put2(p + 5, (unsigned)d.month);
	put2(p + 8, (unsigned)d.day);
	ms_of_day = (unsigned)rest;
	put2(p + 11, ms_of_day / 3600000);
	put2(p + 14, ms_of_day / 60000 % 60);
	put2(p + 17, ms_of_day / 1000 % 60);
	put2(p + 20, ms_of_day % 1000 / 10);
	p[22] = (char)('0' + ms_of_day % 10);
}

void
tstamp_add(struct buf *b, int64_t ms)
{
	if (buf_room(b, TSTAMP_LEN)) {
		tstamp_write(b->p + b->len, ms);
		b->len += TSTAMP_LEN;
	}
}
