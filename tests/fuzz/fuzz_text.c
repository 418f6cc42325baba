/*
 * fuzz text: any bytes as a time, a number, a week, a length of time, held
 * against what libc makes of them: strtoll(), timegm(), strftime(). What is
 * written is read as the same.
 */
#include "fuzz.h"

#include <time.h>

#include "base/num.h"
#include "base/timearg.h"
#include "base/tstamp.h"
#include "base/week.h"
#include "base/zone.h"

#define NOW INT64_C(1763899200123)

/* Tells whether `s` has the form `form`: 0 is a digit, else the byte itself. */
static bool
has_form(struct str s, const char *form)
{
	if (s.len != strlen(form))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (form[i] == '0' ? s.p[i] < '0' || s.p[i] > '9'
				   : s.p[i] != form[i])
			return false;
	return true;
}

static int
digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (p[i] - '0');
	return v;
}

/*
 * Makes seconds since 1970 of the date-time that begins at `p`, whose digits
 * are digits; false when there is no such time.
 */
static bool
libc_seconds(const char *p, int64_t *s)
{
	struct tm tm = { 0 }, back;
	time_t t;

	tm.tm_year = digits(p, 4) - 1900;
	tm.tm_mon = digits(p + 5, 2) - 1;
	tm.tm_mday = digits(p + 8, 2);
	tm.tm_hour = digits(p + 11, 2);
	tm.tm_min = digits(p + 14, 2);
	tm.tm_sec = digits(p + 17, 2);
	back = tm;
	/* timegm() makes the 2nd of March of the 30th of February. */
	t = timegm(&back);
	*s = (int64_t)t;
	return back.tm_year == tm.tm_year && back.tm_mon == tm.tm_mon &&
	    back.tm_mday == tm.tm_mday && back.tm_hour == tm.tm_hour &&
	    back.tm_min == tm.tm_min && back.tm_sec == tm.tm_sec;
}

/* Splits `s` as RFC 3339 says it. Returns false when it is none. */
static bool
slow_time(struct str s, int64_t *ms)
{
	int64_t seconds, offset = 0, part = 0;
	struct str head = { s.p, 19 }, tail;
	size_t i = 19, n = 0;

	if (s.len < 20 ||
	    !(has_form(head, "0000-00-00T00:00:00") ||
		has_form(head, "0000-00-00t00:00:00")) ||
	    !libc_seconds(s.p, &seconds))
		return false;
	if (s.p[i] == '.') {
		for (i++; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			if (n++ < 3)
				part = part * 10 + (s.p[i] - '0');
		if (n == 0)
			return false;
		for (; n < 3; n++)
			part *= 10;
	}
	tail = (struct str){ s.p + i, s.len - i };
	if (!has_form(tail, "Z") && !has_form(tail, "z")) {
		if (!has_form(tail, "+00:00") && !has_form(tail, "-00:00"))
			return false;
		if (digits(tail.p + 1, 2) > 23 || digits(tail.p + 4, 2) > 59)
			return false;
		offset =
		    digits(tail.p + 1, 2) * 3600 + digits(tail.p + 4, 2) * 60;
		offset = *tail.p == '-' ? -offset : offset;
	}
	*ms = (seconds - offset) * 1000 + part;
	return *ms >= TSTAMP_MIN && *ms <= TSTAMP_MAX;
}

/* Writes `ms` as strftime() does. */
static void
libc_time(char p[TSTAMP_LEN + 1], int64_t ms)
{
	time_t t = (time_t)((ms >= 0 ? ms : ms - 999) / 1000);
	struct tm tm;
	char text[40];

	gmtime_r(&t, &tm);
	/* %Y does not pad. */
	snprintf(text, sizeof(text), "%04d", tm.tm_year + 1900);
	strftime(text + 4, sizeof(text) - 4, "-%m-%dT%H:%M:%S", &tm);
	snprintf(p, TSTAMP_LEN + 1, "%.19s.%03dZ", text,
	    (int)(ms - (int64_t)t * 1000));
}

static void
check_time(struct str s)
{
	static struct buf b;
	char text[TSTAMP_LEN + 1];
	int64_t ms, want, again;
	bool good = tstamp_parse(s, &ms);

	must(good == slow_time(s, &want));
	if (good) {
		must(ms == want);
		buf_reset(&b);
		tstamp_add(&b, ms);
		libc_time(text, ms);
		must(str_eq(buf_view(&b), str_of(text)));
		must(tstamp_read(b.p, &again) && again == ms);
		must(tstamp_parse(buf_view(&b), &again) && again == ms);
	}
	if (s.len >= TSTAMP_LEN) {
		struct str first = { s.p, TSTAMP_LEN };

		good = tstamp_read(s.p, &ms);
		must(good ==
		    (has_form(first, "0000-00-00T00:00:00.000Z") &&
			slow_time(first, &want)));
		must(!good || ms == want);
	}
}

static void
check_date(struct str s)
{
	struct civil date;
	char text[20];
	int64_t want;
	bool good = tstamp_parse_date(s, &date);

	if (!has_form(s, "0000-00-00")) {
		must(!good);
		return;
	}
	snprintf(text, sizeof(text), "%.10sT00:00:00", s.p);
	must(good == libc_seconds(text, &want));
	if (good) {
		struct civil back = tstamp_civil(tstamp_days(date));

		must(tstamp_days(date) * 86400 == want);
		must(back.year == date.year && back.month == date.month &&
		    back.day == date.day);
	}
}

static void
check_number(struct str s)
{
	static struct buf b;
	char text[64], want[64];
	int64_t v = num_whole(s);
	bool all = s.len >= 1 && s.len <= 18;

	for (size_t i = 0; i < s.len; i++)
		all = all && s.p[i] >= '0' && s.p[i] <= '9';
	must(all == (v >= 0));
	must(all || v == -1);
	if (!all)
		return;
	snprintf(text, sizeof(text), "%.*s", STR_ARGS(s));
	must(v == strtoll(text, NULL, 10));
	buf_reset(&b);
	num_add(&b, -v);
	snprintf(want, sizeof(want), "%lld", (long long)-v);
	must(str_eq(buf_view(&b), str_of(want)));
	buf_reset(&b);
	num_add_ms(&b, v);
	buf_byte(&b, '\0');
	snprintf(want, sizeof(want), "%lld.%03lld", (long long)(v / 1000),
	    (long long)(v % 1000));
	must(strncmp(b.p, want, b.len - 1) == 0);
	must(strspn(want + b.len - 1, "0.") == strlen(want) - (b.len - 1));
	must(b.len < 3 || memchr(b.p, '.', b.len) == NULL ||
	    (b.p[b.len - 2] != '0' && b.p[b.len - 2] != '.'));
}

/* The week of the day with strftime(), which knows ISO 8601. */
static void
libc_week(char text[16], int64_t days)
{
	time_t t = (time_t)(days * 86400);
	struct tm tm;
	char year[16], week[8];

	gmtime_r(&t, &tm);
	strftime(year, sizeof(year), "%G", &tm);
	strftime(week, sizeof(week), "%V", &tm);
	snprintf(text, 16, "%04d-W%.2s", atoi(year), week);
}

static void
check_week(struct str s)
{
	static struct buf b;
	char text[16];
	struct week w;
	int64_t ms;

	if (!week_parse(s, &w)) {
		/* There is no such week: its days are of another. */
		if (!has_form(s, "0000-W00") || digits(s.p, 4) < 1 ||
		    digits(s.p, 4) > 9998)
			return;
		ms = tstamp_days((struct civil){ digits(s.p, 4), 1, 4 });
		ms += (digits(s.p + 6, 2) - 1) * 7;
		libc_week(text, ms);
		must(!str_eq(s, str_of(text)));
		return;
	}
	must(has_form(s, "0000-W00"));
	buf_reset(&b);
	week_add(&b, w);
	must(str_eq(buf_view(&b), s));
	for (int day = 0; day < 7; day++) {
		libc_week(text, w.monday + day);
		must(str_eq(s, str_of(text)));
		must(week_of(tstamp_civil(w.monday + day)).monday == w.monday);
	}
	/* The first moment of a day is of it, the one before is not. */
	ms = week_start(w);
	must(tstamp_days(zone_date(ms)) >= w.monday);
	must(tstamp_days(zone_date(ms - 1)) < w.monday);
}

static void
check_argument(struct str s)
{
	static const char units[] = "smhdw";
	static const int64_t unit_s[] = { 1, 60, 3600, 86400, 604800 };
	struct str number = s;
	struct civil date;
	int64_t ms, want, unit = 1, span;
	const char *u;

	if (s.len > 0 && s.p[s.len - 1] != '\0' &&
	    (u = strchr(units, s.p[s.len - 1])) != NULL) {
		unit = unit_s[u - units];
		number.len--;
	}
	want = num_whole(number);
	must(timearg_parse_span(s, &span) ==
	    (want >= 0 && want <= INT64_C(3660) * 86400 / unit));
	if (!timearg_parse(s, NOW, &ms))
		return;
	if (tstamp_parse(s, &want)) {
		must(ms == want);
	} else if (tstamp_parse_date(s, &date)) {
		must(tstamp_days(zone_date(ms)) >= tstamp_days(date));
		must(tstamp_days(zone_date(ms - 1)) < tstamp_days(date));
	} else {
		must(str_eq((struct str){ s.p + s.len - 4, 4 }, STR(" ago")));
		must(timearg_parse_span((struct str){ s.p, s.len - 4 }, &span));
		must(ms == NOW - span);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* One that has no clock changes, one with them at midnight, one that
	 * skipped a day, and the farthest from UTC. */
	static const char *const zones[] = { "UTC", "Europe/Berlin",
		"America/Havana", "Pacific/Apia", "Pacific/Kiritimati",
		"America/Scoresbysund" };
	static size_t zone = SIZE_MAX;
	struct errmsg why;
	struct str s;

	if (size == 0)
		return 0;
	if (zone != data[0] % (sizeof(zones) / sizeof(*zones))) {
		zone = data[0] % (sizeof(zones) / sizeof(*zones));
		/* Without tzdata there is only UTC. */
		if (!zone_set(zones[zone], &why))
			must(zone != 0);
	}
	s = fuzz_str(data + 1, size - 1);
	check_time(s);
	check_date(s);
	check_number(s);
	check_week(s);
	check_argument(s);
	return 0;
}
