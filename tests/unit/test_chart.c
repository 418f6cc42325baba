/*
 * Round steps, points on pixels, columns of text.
 */
#include "tap.h"

#include "base/width.h"
#include "base/zone.h"
#include "render/chart.h"

static void
is_text(void (*add)(struct buf *b), const char *want, const char *name)
{
	struct buf b = { 0 };

	add(&b);
	is(buf_view(&b), want, "%s", name);
	buf_release(&b);
}

static void
spark(struct buf *b)
{
	/* A peak in a crowd of zeros, and a hole. */
	static const struct chart_point p[] = { { 0, 0 }, { 0, 70 }, { 0, 0 },
		{ 0, 0 }, { -1, -1 }, { -1, -1 }, { 10, 10 }, { 70, 70 } };

	chart_text_spark(b, p, 8, 4);
}

static void
bar(struct buf *b)
{
	chart_text_bar(b, 1, 2, 3);
	buf_byte(b, '|');
	chart_text_bar(b, 1, 1000000, 3);
	buf_byte(b, '|');
	chart_text_bar(b, 0, 5, 3);
}

static void
shorts(struct buf *b)
{
	static const double v[] = { 0, 7, 9.5, 950, 999.4, 1200, 12345,
		3400000 };

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		chart_short(b, v[i]);
		buf_byte(b, ' ');
	}
}

static size_t
count(const struct buf *b, const char *what)
{
	size_t n = 0, len = strlen(what);

	for (size_t i = 0; i + len <= b->len; i++)
		n += memcmp(b->p + i, what, len) == 0;
	return n;
}

/* A stream of 12 hours, each second another value. */
static void
test_time(void)
{
	static struct chart_point p[43200];
	struct chart_line line = { "viewers", "viewers", p, 43200 };
	struct chart c = { .title = STR("<b>\"x\""),
		.from = 0,
		.to = 43200 * MS_PER_S,
		.lines = &line,
		.n_lines = 1 };
	struct errmsg why;
	struct buf b = { 0 };

	ok(zone_set("UTC", &why), "UTC");
	for (int i = 0; i < 43200; i++)
		p[i].lo = p[i].hi = i % 2 ? 10 : 0;
	p[20000].hi = 900;
	for (int i = 30000; i < 33000; i++)
		p[i].lo = -1;
	chart_time(&b, &c);
	ok(b.len < 60000, "bounded: %zu bytes", b.len);
	ok(count(&b, ">1k<") == 1, "a round axis above the peak of 900");
	/* 900 of 1000 on 150 pixels: 15 from the top. */
	ok(count(&b, " 15.0V150.0") == 1, "the peak is there, down to 0");
	ok(count(&b, "<rect class=\"hole\"") == 1, "the hole is there");
	ok(count(&b, ">02:00<") == 1 && count(&b, ">10:00<") == 1,
	    "round times");
	ok(count(&b, "<b>") == 0, "a title is text");
	buf_release(&b);
}

/* 700 columns of 1.029 pixels, which are "1.0": the area ends with the line. */
static void
test_area(void)
{
	static struct chart_point p[700];
	struct chart_line line = { "viewers", "viewers", p, 700 };
	struct chart c = { .title = STR("t"),
		.from = 0,
		.to = 3500 * MS_PER_S,
		.lines = &line,
		.n_lines = 1 };
	struct buf b = { 0 };

	for (int i = 0; i < 700; i++)
		p[i].lo = p[i].hi = 4;
	chart_time(&b, &c);
	ok(count(&b, "V0.0H720.0V150.0Z") == 1, "no drift along an area");
	buf_reset(&b);
	chart_spark(&b, STR("t"), p, 96);
	ok(count(&b, "V0.0H120.0V24.0Z") == 1, "nor along a small one");
	buf_release(&b);
}

/* The clock under the pointer goes on from the offset of its time. */
static void
test_offsets(void)
{
	static const struct {
		const char *zone;
		int64_t from, to;
		const char *want;
	} charts[] = {
		{ "UTC", 0, MS_PER_HOUR, "\"0\"" },
		/* 2026-10-25, 00:00Z to 02:00Z: back at 01:00Z. */
		{ "Europe/Berlin", INT64_C(1792886400000),
		    INT64_C(1792893600000), "\"7200 1792890000000 3600\"" },
		/* The year 2026: there and back between days without. */
		{ "Europe/Berlin", INT64_C(1767225600000),
		    INT64_C(1798761600000),
		    "\"3600 1774746000000 7200 1792890000000 3600\"" },
		/* A thousand years: not without end. */
		{ "Europe/Berlin", 0, INT64_C(31556952000000), "\"3600 " },
	};
	struct errmsg why;
	struct buf b = { 0 };
	char want[128];

	for (size_t i = 0; i < sizeof(charts) / sizeof(*charts); i++) {
		struct chart c = { .title = STR("t"),
			.from = charts[i].from,
			.to = charts[i].to };

		buf_reset(&b);
		snprintf(want, sizeof(want), " data-offset=%s", charts[i].want);
		ok(zone_set(charts[i].zone, &why), "%s", charts[i].zone);
		chart_time(&b, &c);
		ok(count(&b, want) == 1 && b.len < 30000, "%s", want);
	}
	buf_release(&b);
}

static void
test_width(void)
{
	struct buf b = { 0 };

	is_int((int64_t)width_text(&b, STR("\xe6\x97\xa5\xe6\x9c\xac"), 10), 4,
	    "wide letters");
	is_int((int64_t)width_text(&b, STR("e\xcc\x81"), 10), 1, "a mark");
	is_int(
	    (int64_t)width_text(&b, STR("\xf0\x9f\x98\x80"), 10), 2, "emoji");
	buf_reset(&b);
	is_int((int64_t)width_text(
		   &b, STR("\033[1m\xe2\x80\xae\x9b\xc2\x9bx"), 20),
	    7, "controls, bidi marks, bytes that are no UTF-8");
	is(buf_view(&b), "?[1m\xef\xbf\xbd?x", "none gets through");
	buf_reset(&b);
	width_left(&b, STR("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), 4);
	is(buf_view(&b), "\xe6\x97\xa5\xe2\x80\xa6 ", "cut, and filled up");
	buf_reset(&b);
	width_right(&b, STR("12"), 5);
	is(buf_view(&b), "   12", "to the right");
	buf_reset(&b);
	width_left(&b, STR(""), 2);
	is(buf_view(&b), "  ", "nothing");
	buf_release(&b);
}

int
main(void)
{
	ok(chart_step(7, 4) == 2 && chart_step(8, 4) == 2 &&
		chart_step(9, 4) == 5 && chart_step(1073, 4) == 500 &&
		chart_step(0, 4) == 1 && chart_step(40001, 4) == 20000,
	    "steps are 1, 2 or 5 times a power of ten");
	is_text(spark, "\xe2\x96\x88\xe2\x96\x81\xc2\xb7\xe2\x96\x88",
	    "a sparkline");
	is_text(bar, "\xe2\x96\x88\xe2\x96\x8c|\xe2\x96\x8f|", "bars");
	is_text(shorts, "0 7 9.5 950 999 1.2k 12k 3.4M ", "short numbers");
	test_time();
	test_area();
	test_offsets();
	test_width();
	return tap_done();
}
