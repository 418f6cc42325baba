/*
 * test_timearg - times as people write them in a command
 */
#include "tap.h"

#include "base/timearg.h"
#include "base/tstamp.h"
#include "base/zone.h"

/* 2026-11-23T12:00:00Z: 56 years with 14 leap days to 2026-01-01, that is 20454
 * days; 326 to 23 November: 20780 x 86400 + 43200 s. */
#define NOW INT64_C(1795435200000)

static void
is_time(const char *text, const char *want)
{
	struct buf b = { 0 };
	int64_t ms = 0;

	if (ok(timearg_parse(str_of(text), NOW, &ms), "\"%s\" is a time", text))
		tstamp_add(&b, ms);
	is(buf_view(&b), want, "\"%s\"", text);
	buf_release(&b);
}

static void
test_times(void)
{
	static const char *const none[] = { "", "now", "ago", " ago", "2 ago x",
		"2h", "2h  ago", "h ago", "-2h ago", "2y ago", "1.5h ago",
		"2026-11", "2026-02-30", "2026-11-23T12:00:00", "12:00",
		"999999999999999999w ago", "2h ago " };
	struct errmsg why;
	int64_t ms;

	is_time("2026-11-23T12:00:00Z", "2026-11-23T12:00:00.000Z");
	is_time("2026-11-23T12:00:00.5+01:00", "2026-11-23T11:00:00.500Z");
	is_time("2h ago", "2026-11-23T10:00:00.000Z");
	is_time("90 ago", "2026-11-23T11:58:30.000Z");
	is_time("90s ago", "2026-11-23T11:58:30.000Z");
	is_time("0s ago", "2026-11-23T12:00:00.000Z");
	is_time("5m ago", "2026-11-23T11:55:00.000Z");
	is_time("1d ago", "2026-11-22T12:00:00.000Z");
	is_time("1w ago", "2026-11-16T12:00:00.000Z");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		ok(!timearg_parse(str_of(none[i]), NOW, &ms),
		    "\"%s\" is no time", none[i]);
	if (ok(zone_set("UTC", &why), "UTC"))
		is_time("2026-07-01", "2026-07-01T00:00:00.000Z");
	if (ok(zone_set("Europe/Berlin", &why), "Europe/Berlin"))
		is_time("2026-07-01", "2026-06-30T22:00:00.000Z");
}

static void
test_spans(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = { { "0", 0 }, { "90", 90000 }, { "90s", 90000 },
		{ "5m", 300000 }, { "2h", 7200000 }, { "1d", 86400000 },
		{ "1w", 604800000 }, { "060s", 60000 },
		{ "3660d", INT64_C(316224000000) } };
	static const char *const none[] = { "", "s", "1.5h", "-1", "+1", "1 h",
		"1h30m", "1H", "1ms", "3661d", "523w", "999999999999999999w",
		"9999999999999999999" };
	int64_t ms;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		ms = -1;
		ok(timearg_parse_span(str_of(good[i].text), &ms) &&
			ms == good[i].ms,
		    "\"%s\"", good[i].text);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		ok(!timearg_parse_span(str_of(none[i]), &ms),
		    "\"%s\" is no span", none[i]);
}

int
main(void)
{
	test_times();
	test_spans();
	return tap_done();
}
