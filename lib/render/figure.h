/*
 * figure - the figures of the weekly report, as people read them
 *
 * One table of what is shown, in which order, under which name and in which
 * form, for the forms that people read: text and HTML. What is not known is an
 * en dash, never 0.
 */
#ifndef TW_RENDER_FIGURE_H
#define TW_RENDER_FIGURE_H

#include "base/buf.h"
#include "model/report.h"

#define FIGURE_UNKNOWN "\xe2\x80\x93" /* en dash */

enum figure_form {
	FIGURE_COUNT,  /* 1,234 */
	FIGURE_TENTHS, /* 1,234.5 */
	FIGURE_CENTS,  /* 1,234.56 */
	FIGURE_TIME,   /* 12 h 05 min, from ms */
	FIGURE_SHARE,  /* 86.5 %, from 0 to 1; rounded down */
};

struct figure {
	const char *label;
	bool per_window; /* the label wants " in 5 s" behind it */
	bool coverage;   /* says how much was seen, not what */
	enum figure_form form;
	/* Returns the value; STATS_UNKNOWN. */
	double (*get)(const struct weekly_figures *f);
	/* Returns when it was, ms UTC; NULL = a figure of the whole week. */
	int64_t (*when)(const struct weekly_figures *f);
};

/* All of them; the first FIGURE_QUESTIONS are what people ask first. */
extern const struct figure figures[];
extern const size_t n_figures;
#define FIGURE_QUESTIONS 4

/* A figure of one stream, under the key that it has in tw-stats(5). */
struct stream_figure {
	const char *key, *label;
	bool shown;      /* to people; all of them are in JSON and CSV */
	bool per_window; /* the label wants " in 5 s" behind it */
	enum figure_form form;
	const char *when_key; /* key of `when` */
	/* Returns the value; STATS_UNKNOWN. */
	double (*get)(const struct stats *s);
	/* Returns when it was, ms UTC; NULL = no one moment. */
	int64_t (*when)(const struct stats *s);
};

/* In the order of tw-stats(5). */
extern const struct stream_figure stream_figures[];
extern const size_t n_stream_figures;

/*
 * Find the figure of a stream with the given key, which exists.
 *
 * Returns it.
 */
const struct stream_figure *stream_figure(const char *key);

/*
 * Append the value `v` of the given form as JSON and CSV have it.
 */
void figure_number(struct buf *b, enum figure_form form, double v);

/*
 * Append the label of `f`; `seconds` is the length of a window.
 */
void figure_label(struct buf *b, const struct figure *f, int64_t seconds);

/*
 * Append the value `v` in the given form.
 */
void figure_value(struct buf *b, enum figure_form form, double v);

/*
 * Append how much `now` is more or less than `before`, in percent with a sign.
 */
void figure_change(struct buf *b, double now, double before);

/*
 * Append the local time `ms` as `Mon 23 Nov 10:17`.
 */
void figure_when(struct buf *b, int64_t ms);

/*
 * Append the local time `ms` as `10:17`, and its date as `Mon 23 Nov 2026`.
 */
void figure_clock(struct buf *b, int64_t ms);
void figure_day(struct buf *b, int64_t ms);

/*
 * Append ` for 25 s` behind two clocks that do not show it: of less than a minute.
 */
void figure_moment(struct buf *b, int64_t ms);

/*
 * Append the local dates of a week: `Mon 23 Nov - Sun 29 Nov 2026`, with an en
 * dash.
 */
void figure_week(struct buf *b, const struct weekly *w);

#endif
