/*
 * chart - a few honest pictures
 *
 * Lines over time, columns, a sparkline and a grid of weeks, as inline SVG for
 * pages; sparklines and bars of block letters for terminals. Axes begin at 0 and
 * have round ticks; times are those of the zone of this process. What is not
 * known is a hole, never 0. Of several values on one pixel the least and the
 * greatest are drawn, so that no peak vanishes and no picture has more points
 * than pixels. The text of a picture is HTML beside the SVG: it keeps its size
 * on a narrow screen. Every picture says in words what it shows; its caller puts
 * a table beside it.
 */
#ifndef TW_RENDER_CHART_H
#define TW_RENDER_CHART_H

#include <stdbool.h>

#include "base/buf.h"

#define CHART_COLUMNS 720 /* pixels across; there are never more points */

/* The values of one pixel; `lo` < 0 = a hole. */
struct chart_point {
	double lo, hi;
};

/* One line with its own axis; all lines of a picture share the time. */
struct chart_line {
	const char *label; /* what it is, and its unit */
	const char *kind;  /* class of its colour: viewers, chat, paid */
	const struct chart_point *p; /* borrowed; evenly over the time */
	size_t n;                    /* at most CHART_COLUMNS are drawn */
};

/* A moment with a name. */
struct chart_mark {
	int64_t at;
	const char *text; /* borrowed */
};

struct chart {
	struct str title;               /* what it shows, in words */
	int64_t from, to;               /* ms UTC */
	const struct chart_line *lines; /* borrowed */
	size_t n_lines;
	const struct chart_mark *marks; /* borrowed */
	size_t n_marks;
};

/* A stretch of time in a grid of weeks. */
struct chart_span {
	int64_t from, to; /* ms UTC */
	struct str title; /* what it is, in words; text */
	struct str link;  /* where it leads, or empty; text */
};

/*
 * Find a round step so that `n` of them reach `max`, and how many do.
 *
 * Returns the step: 1, 2 or 5 times a power of ten, at least 1.
 */
double chart_step(double max, int n);

/*
 * Append lines over time, one below the other.
 */
void chart_time(struct buf *b, const struct chart *c);

/*
 * Append `n` columns under `labels`, of which those are shown that are not
 * empty.
 */
void chart_columns(struct buf *b, struct str title, const double *v,
    const char *const *labels, size_t n);

/*
 * Append a small line without axes.
 */
void chart_spark(
    struct buf *b, struct str title, const struct chart_point *p, size_t n);

/*
 * Append a grid, a row for each day that has a span (at most `rows`, the last
 * ones), midnight to midnight.
 */
void chart_days(struct buf *b, struct str title, const struct chart_span *spans,
    size_t n, size_t rows);

/*
 * Append `n` values as block letters, a letter each: a dot for a hole, the
 * lowest block for 0. `columns` is the width of what is appended; several values
 * in one column show their greatest.
 */
void chart_text_spark(
    struct buf *b, const struct chart_point *p, size_t n, size_t columns);

/*
 * Append a bar of at most `columns` columns for `v` of `max`.
 */
void chart_text_bar(struct buf *b, double v, double max, size_t columns);

/*
 * Append a number with as few letters as tell it: 950, 1.2k, 12k, 3.4M.
 */
void chart_short(struct buf *b, double v);

#endif
