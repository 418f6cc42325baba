#include "render/chart.h"

#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "format/html.h"
#include "render/figure.h"

#define PANEL_HEIGHT 150 /* of one line, in pixels of the page */
#define TICKS        4   /* of an axis of values, about */
#define NAME_PERCENT 25  /* of the width that the name of a mark takes */

double
chart_step(double max, int n)
{
	double step = 1;

	while (step * n < max) {
		if (step * 2 * n >= max)
			return step * 2;
		if (step * 5 * n >= max)
			return step * 5;
		step *= 10;
	}
	return step;
}

void
chart_short(struct buf *b, double v)
{
	static const char units[] = { '\0', 'k', 'M', 'G' };
	size_t i = 0;

	for (; v >= 999.5 && i + 1 < sizeof(units); i++)
		v /= 1000;
	if (v < 9.95 && fabs(v - floor(v + 0.5)) > 0.04)
		buf_printf(b, "%.1f", v);
	else
		buf_printf(b, "%.0f", v);
	if (i > 0)
		buf_byte(b, units[i]);
}

static double
greatest(const struct chart_point *p, size_t n)
{
	double max = 0;

	for (size_t i = 0; i < n; i++)
		max = p[i].lo >= 0 && p[i].hi > max ? p[i].hi : max;
	return max;
}

/* Puts `n` points on at most `columns` pixels. The list is the caller's. */
static struct chart_point *
fold(const struct chart_point *p, size_t n, size_t columns, size_t *n_folded)
{
	size_t m = n < columns ? n : columns;
	struct chart_point *f = xcalloc(m + 1, sizeof(*f));

	for (size_t i = 0; i < m; i++)
		f[i].lo = f[i].hi = -1;
	for (size_t i = 0; i < n; i++) {
		struct chart_point *to = &f[i * m / n];

		if (p[i].lo < 0)
			continue;
		if (to->lo < 0 || p[i].lo < to->lo)
			to->lo = p[i].lo;
		if (p[i].hi > to->hi)
			to->hi = p[i].hi;
	}
	*n_folded = m;
	return f;
}

/*
 * Appends the path of the points over 0 to `width`, 0 to `height` for `max`. A
 * pixel with several values is a stroke from the greatest to the least; a hole
 * ends the path; a point alone between holes is a short stroke.
 */
static void
path(struct buf *b, const struct chart_point *p, size_t n, double max,
    double width, double height)
{
	double dx = width / (double)(n > 0 ? n : 1);
	bool down = false;

	for (size_t i = 0; i < n; i++) {
		double x = ((double)i + 0.5) * dx;
		double hi = height - (max > 0 ? p[i].hi / max * height : 0);
		double lo = height - (max > 0 ? p[i].lo / max * height : 0);

		if (p[i].lo < 0) {
			down = false;
			continue;
		}
		buf_printf(b, "%c%.1f %.1f", down ? 'L' : 'M', x, hi);
		if (lo - hi >= 0.05)
			buf_printf(b, "V%.1f", lo);
		if (!down && (i + 1 == n || p[i + 1].lo < 0))
			buf_printf(b, "h%.1f", dx / 2);
		down = true;
	}
}

/* The same as an area down to 0. Each column ends where it should, not so far
 * behind the one before: what is rounded would add up along the path. */
static void
area(struct buf *b, const struct chart_point *p, size_t n, double max,
    double width, double height)
{
	double dx = width / (double)(n > 0 ? n : 1);
	bool down = false;

	for (size_t i = 0; i <= n; i++) {
		bool hole = i == n || p[i].lo < 0;

		if (hole && down)
			buf_printf(b, "V%.1fZ", height);
		if (!hole) {
			double y = max > 0 ? p[i].hi / max * height : 0;

			if (!down)
				buf_printf(
				    b, "M%.1f %.1f", (double)i * dx, height);
			buf_printf(
			    b, "V%.1fH%.1f", height - y, (double)(i + 1) * dx);
		}
		down = !hole;
	}
}

/* Appends a clear rectangle for each stretch of holes. */
static void
holes(struct buf *b, const struct chart_point *p, size_t n, double height)
{
	double dx = (double)CHART_COLUMNS / (double)(n > 0 ? n : 1);
	size_t end;

	for (size_t i = 0; i < n; i = end + 1) {
		for (end = i; end < n && p[end].lo < 0;)
			end++;
		if (end > i)
			buf_printf(b,
			    "<rect class=\"hole\" x=\"%.1f\" y=\"0\" "
			    "width=\"%.1f\" height=\"%.0f\"/>",
			    (double)i * dx, (double)(end - i) * dx, height);
	}
}

/* Finds the round number of minutes so that at most `n` of them fit. */
static int64_t
time_step(int64_t ms, int n)
{
	static const int minutes[] = { 1, 2, 5, 10, 15, 30, 60, 120, 180, 360,
		720, 1440 };
	size_t i = 0;

	while (i + 1 < sizeof(minutes) / sizeof(*minutes) &&
	    minutes[i] * MS_PER_MIN * n < ms)
		i++;
	/* Days and days, where a time is far off. */
	if (minutes[i] * MS_PER_MIN * n < ms)
		return (ms / n / MS_PER_DAY + 1) * MS_PER_DAY;
	return minutes[i] * MS_PER_MIN;
}

static double
percent(const struct chart *c, int64_t at)
{
	return (double)(at - c->from) * 100 / (double)(c->to - c->from);
}

/* Appends the ticks of the time as HTML; each second one is of class `o`, for a
 * narrow screen to leave out. */
static void
time_ticks(struct buf *b, const struct chart *c)
{
	int64_t step = time_step(c->to - c->from, 9);
	int64_t offset = zone_offset_s(c->from) * MS_PER_S;
	int64_t at = (c->from + offset + step - 1) / step * step - offset;

	buf_lit(b, "<div class=\"xs\" aria-hidden=\"true\">");
	for (int i = 0; at <= c->to; at += step, i++) {
		double x = percent(c, at);

		if (x < 2 || x > 98)
			continue;
		buf_printf(b, "<span%s style=\"left:%.2f%%\">",
		    i % 2 ? " class=\"o\"" : "", x);
		figure_clock(b, at);
		buf_lit(b, "</span>");
	}
	buf_lit(b, "</div>");
}

static void
one_line(struct buf *b, const struct chart *c, const struct chart_line *l)
{
	double max = greatest(l->p, l->n), step = chart_step(max, TICKS);
	int ticks = max > 0 ? (int)ceil(max / step) : 1;
	double top = ticks * step;
	struct chart_point *p;
	size_t n;

	p = fold(l->p, l->n, CHART_COLUMNS, &n);
	buf_printf(b, "<div class=\"panel %s\"><div class=\"yl\">", l->kind);
	html_text(b, str_of(l->label));
	buf_lit(b, "</div><div class=\"plot\">");
	buf_printf(b,
	    "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
	    "aria-hidden=\"true\">",
	    CHART_COLUMNS, PANEL_HEIGHT);
	holes(b, p, n, PANEL_HEIGHT);
	buf_lit(b, "<path class=\"grid\" d=\"");
	for (int i = 0; i <= ticks; i++)
		buf_printf(b, "M0 %.1fH%d",
		    PANEL_HEIGHT - (double)i / ticks * PANEL_HEIGHT,
		    CHART_COLUMNS);
	buf_lit(b, "\"/><path class=\"fill\" d=\"");
	area(b, p, n, top, CHART_COLUMNS, PANEL_HEIGHT);
	buf_lit(b, "\"/><path class=\"line\" d=\"");
	path(b, p, n, top, CHART_COLUMNS, PANEL_HEIGHT);
	buf_lit(b, "\"/>");
	for (size_t i = 0; i < c->n_marks; i++)
		buf_printf(b, "<path class=\"mark\" d=\"M%.1f 0V%d\"/>",
		    percent(c, c->marks[i].at) * CHART_COLUMNS / 100,
		    PANEL_HEIGHT);
	buf_lit(b, "</svg><div class=\"ys\" aria-hidden=\"true\">");
	for (int i = 0; i <= ticks; i++) {
		buf_printf(b, "<span style=\"bottom:%.2f%%\">",
		    (double)i * 100 / ticks);
		chart_short(b, i * step);
		buf_lit(b, "</span>");
	}
	buf_lit(b, "</div></div></div>");
	free(p);
}

/* Appends the names of the marks; one that would cover the one before it goes
 * into the next of three rows, and where that is full, too, is left out. */
static void
mark_names(struct buf *b, const struct chart *c)
{
	double until[3] = { -100, -100, -100 };

	if (c->n_marks == 0)
		return;
	buf_lit(b, "<div class=\"marks\" aria-hidden=\"true\">");
	for (size_t i = 0; i < c->n_marks; i++) {
		double x = percent(c, c->marks[i].at);
		double left = x > 70 ? x - NAME_PERCENT : x;
		int row = 0;

		while (row < 3 && left < until[row])
			row++;
		if (row == 3)
			continue;
		until[row] = left + NAME_PERCENT;
		buf_printf(b, "<span class=\"r%d%s\" style=\"%s:%.2f%%\">", row,
		    x > 70 ? " e" : "", x > 70 ? "right" : "left",
		    x > 70 ? 100 - x : x);
		html_text(b, str_of(c->marks[i].text));
		buf_lit(b, "</span>");
	}
	buf_lit(b, "</div>");
}

/* Finds where between `a` and `e` the clock is set; `e` when it is not. */
static int64_t
find_shift(int64_t a, int64_t e)
{
	int64_t offset = zone_offset_s(a);

	if (zone_offset_s(e - 1) == offset)
		return e;
	while (e - a > 1) {
		int64_t mid = a + (e - a) / 2;

		if (zone_offset_s(mid) == offset)
			a = mid;
		else
			e = mid;
	}
	return e;
}

/* Appends how many seconds the clock is ahead of UTC at first, then each time at which
 * it is set and what it is ahead from then on. It is looked for once a day, or once a
 * pixel where that is longer. */
static void
offsets(struct buf *b, const struct chart *c)
{
	int64_t step = (c->to - c->from) / CHART_COLUMNS;
	int64_t offset = zone_offset_s(c->from);

	if (step < MS_PER_DAY)
		step = MS_PER_DAY;
	buf_printf(b, "%lld", (long long)offset);
	for (int64_t at = c->from; at < c->to;) {
		at = find_shift(at, at + step < c->to ? at + step : c->to);
		if (at == c->to || zone_offset_s(at) == offset)
			continue;
		offset = zone_offset_s(at);
		buf_printf(b, " %lld %lld", (long long)at, (long long)offset);
	}
}

void
chart_time(struct buf *b, const struct chart *c)
{
	buf_lit(b, "<div class=\"chart\" role=\"img\" aria-label=\"");
	html_text(b, c->title);
	buf_printf(b, "\" data-from=\"%lld\" data-to=\"%lld\" data-offset=\"",
	    (long long)c->from, (long long)c->to);
	offsets(b, c);
	buf_lit(b, "\">");
	mark_names(b, c);
	for (size_t i = 0; i < c->n_lines; i++)
		one_line(b, c, &c->lines[i]);
	time_ticks(b, c);
	buf_lit(b, "</div>\n");
}

void
chart_columns(struct buf *b, struct str title, const double *v,
    const char *const *labels, size_t n)
{
	double max = 0;

	for (size_t i = 0; i < n; i++)
		max = v[i] > max ? v[i] : max;
	buf_lit(b, "<div class=\"columns\" role=\"img\" aria-label=\"");
	html_text(b, title);
	buf_printf(b,
	    "\"><svg viewBox=\"0 0 %zu 100\" preserveAspectRatio=\"none\" "
	    "aria-hidden=\"true\"><path class=\"bar\" d=\"",
	    n * 10);
	for (size_t i = 0; i < n; i++)
		if (v[i] > 0)
			buf_printf(b, "M%zu.5 100V%.1fh9V100Z", i * 10,
			    100 - v[i] / max * 98);
	buf_lit(b, "\"/></svg><div class=\"xs\" aria-hidden=\"true\">");
	for (size_t i = 0; i < n; i++)
		if (*labels[i] != '\0')
			buf_printf(b, "<span style=\"left:%.2f%%\">%s</span>",
			    ((double)i + 0.5) * 100 / (double)n, labels[i]);
	buf_lit(b, "</div></div>\n");
}

void
chart_spark(
    struct buf *b, struct str title, const struct chart_point *p, size_t n)
{
	struct chart_point *f;
	double max;

	f = fold(p, n, 120, &n);
	max = greatest(f, n);
	buf_lit(b,
	    "<svg class=\"spark\" viewBox=\"0 0 120 24\" role=\"img\" "
	    "preserveAspectRatio=\"none\" aria-label=\"");
	html_text(b, title);
	buf_lit(b, "\"><path class=\"fill\" d=\"");
	area(b, f, n, max, 120, 24);
	buf_lit(b, "\"/></svg>");
	free(f);
}

/* How far the day that has begun at `from` has gone at `t`, by the clock on the wall
 * just before `t` or after it, %. */
static double
wall_percent(int64_t from, int64_t t, bool before)
{
	int64_t shift = zone_offset_s(before ? t - 1 : t) - zone_offset_s(from);

	return (double)(t - from + shift * MS_PER_S) * 100 / MS_PER_DAY;
}

/* The bar of `span` from `a` to `e`, within the day that has begun at `from`. */
static void
day_bar(struct buf *b, const struct chart_span *span, int64_t from, int64_t a,
    int64_t e)
{
	bool link = span->link.len > 0;
	double left = wall_percent(from, a, false);

	buf_str(b, link ? STR("<a href=\"") : STR("<i title=\""));
	if (link) {
		html_text(b, span->link);
		buf_lit(b, "\" title=\"");
	}
	html_text(b, span->title);
	if (link) {
		buf_lit(b, "\" aria-label=\"");
		html_text(b, span->title);
	}
	buf_printf(b, "\" style=\"left:%.2f%%;width:%.2f%%\"></%c>", left,
	    wall_percent(from, e, true) - left, link ? 'a' : 'i');
}

/* One day of a grid. */
static void
grid_row(struct buf *b, int64_t day, const struct chart_span *spans, size_t n)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil date = tstamp_civil(day);
	int64_t from = zone_day_start(date);
	int64_t to = zone_day_start(tstamp_civil(day + 1));
	int64_t weekday = ((day + 3) % 7 + 7) % 7;

	buf_printf(b,
	    "<div class=\"day%s\"><span class=\"dl\">%.3s %d %.3s</span>"
	    "<span class=\"dt\">",
	    weekday == 6 ? " sun" : "", days + weekday * 3, date.day,
	    months + (date.month - 1) * 3);
	for (size_t i = 0; i < n; i++) {
		int64_t a = spans[i].from > from ? spans[i].from : from;
		int64_t e = spans[i].to < to ? spans[i].to : to;

		if (a >= to || e <= from)
			continue;
		for (int64_t until; a < e; a = until) {
			until = find_shift(a, e);
			day_bar(b, &spans[i], from, a, until);
		}
	}
	buf_lit(b, "</span></div>");
}

void
chart_days(struct buf *b, struct str title, const struct chart_span *spans,
    size_t n, size_t rows)
{
	int64_t first = 0, last = -1;

	for (size_t i = 0; i < n; i++) {
		int64_t day = tstamp_days(zone_date(spans[i].from));
		int64_t end = tstamp_days(zone_date(spans[i].to - 1));

		first = i == 0 || day < first ? day : first;
		last = i == 0 || end > last ? end : last;
	}
	/* From a Monday on. */
	first -= ((first + 3) % 7 + 7) % 7;
	if (last - first + 1 > (int64_t)rows)
		first = last + 1 - (int64_t)rows;
	buf_lit(b, "<div class=\"days\" role=\"group\" aria-label=\"");
	html_text(b, title);
	buf_lit(b,
	    "\"><div class=\"day head\" aria-hidden=\"true\">"
	    "<span class=\"dl\"></span><span class=\"dt\">");
	for (int h = 0; h < 24; h += 6)
		buf_printf(
		    b, "<b style=\"left:%d%%\">%02d:00</b>", h * 100 / 24, h);
	buf_lit(b, "</span></div>");
	for (int64_t day = last; n > 0 && day >= first; day--)
		grid_row(b, day, spans, n);
	buf_lit(b, "</div>\n");
}

static const char *const blocks[] = { "\xe2\x96\x81", "\xe2\x96\x82",
	"\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
	"\xe2\x96\x87", "\xe2\x96\x88" };

void
chart_text_spark(
    struct buf *b, const struct chart_point *p, size_t n, size_t columns)
{
	struct chart_point *f = fold(p, n, columns, &n);
	double max = greatest(f, n);

	for (size_t i = 0; i < n; i++) {
		int step = max > 0 ? (int)(f[i].hi / max * 7 + 0.5) : 0;

		if (f[i].lo < 0)
			buf_lit(b, "\xc2\xb7");
		else
			buf_str(b, str_of(blocks[step]));
	}
	for (; n < columns; n++)
		buf_byte(b, ' ');
	free(f);
}

void
chart_text_bar(struct buf *b, double v, double max, size_t columns)
{
	static const char *const parts[] = { "", "\xe2\x96\x8f", "\xe2\x96\x8e",
		"\xe2\x96\x8d", "\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a",
		"\xe2\x96\x89" };
	size_t eighths = max > 0 && v > 0
	    ? (size_t)(v / max * (double)columns * 8 + 0.5)
	    : 0;

	/* Something is never nothing. */
	if (v > 0 && eighths == 0)
		eighths = 1;
	for (; eighths >= 8; eighths -= 8)
		buf_lit(b, "\xe2\x96\x88");
	buf_str(b, str_of(parts[eighths]));
}
