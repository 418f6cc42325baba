/*
 * The week: first all channels, a line each, then each channel beside its week before. 100
 * columns, no colours: it is read in a terminal, in a mail and on paper.
 */
#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/utf8.h"
#include "base/width.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "render/chart.h"
#include "render/figure.h"
#include "render/render.h"
#include "render/view.h"

#define NAME_WIDTH  24
#define LABEL_WIDTH 36

/* Appends the figure in `cell`, right-aligned in `width` columns, and empties it. A
 * figure that is wider is not cut, nor does it run into the one before. */
static void
right(struct buf *b, struct buf *cell, size_t width)
{
	size_t n = utf8_count(buf_view(cell));

	do
		buf_byte(b, ' ');
	while (++n < width);
	buf_str(b, buf_view(cell));
	buf_reset(cell);
}

/* Appends the name of a channel with the signs of its footnotes. */
static void
add_name(struct buf *b, struct buf *cell, const struct weekly_channel *c,
    size_t width)
{
	buf_reset(cell);
	buf_str(cell, c->name);
	if (c->now.open > 0)
		buf_byte(cell, '*');
	if (c->now.inferred > 0)
		buf_lit(cell, "\xe2\x80\xa0");
	width_left(b, buf_view(cell), width);
	buf_reset(cell);
}

static void
overview(struct buf *b, struct buf *cell, const struct weekly *w)
{
	static const struct {
		const char *above, *head;
		enum figure_form form;
		int figure; /* in figures[] */
		size_t width;
	} columns[] = {
		{ "viewers", "highest", FIGURE_COUNT, 0, 12 },
		{ "", "average", FIGURE_TENTHS, 2, 13 },
		{ "messages", "highest", FIGURE_COUNT, 1, 12 },
		{ "", "average", FIGURE_CENTS, 3, 11 },
		{ "", "streams", FIGURE_COUNT, 4, 9 },
		{ "", "hours watched", FIGURE_TENTHS, 6, 18 },
	};
	size_t n = sizeof(columns) / sizeof(*columns);

	width_left(b, STR(""), NAME_WIDTH);
	for (size_t i = 0; i < 3; i++) {
		buf_str(cell, str_of(columns[i].above));
		if (i == 2)
			buf_printf(cell, " in %lld s", (long long)w->seconds);
		right(b, cell, columns[i].width);
	}
	buf_byte(b, '\n');
	width_left(b, STR("channel"), NAME_WIDTH);
	for (size_t i = 0; i < n; i++) {
		buf_str(cell, str_of(columns[i].head));
		right(b, cell, columns[i].width);
	}
	buf_byte(b, '\n');
	for (size_t k = 0; k < w->n_channels; k++) {
		add_name(b, cell, &w->channels[k], NAME_WIDTH);
		for (size_t i = 0; i < n; i++) {
			const struct figure *f = &figures[columns[i].figure];

			figure_value(
			    cell, columns[i].form, f->get(&w->channels[k].now));
			right(b, cell, columns[i].width);
		}
		buf_byte(b, '\n');
	}
	buf_byte(b, '\n');
}

static void
row(struct buf *b, struct buf *cell, const struct weekly_channel *c,
    const struct figure *f, int64_t seconds)
{
	double now = f->get(&c->now);
	double before = c->has_previous ? f->get(&c->previous) : STATS_UNKNOWN;

	buf_lit(cell, "  ");
	figure_label(cell, f, seconds);
	width_left(b, buf_view(cell), LABEL_WIDTH);
	buf_reset(cell);
	figure_value(cell, f->form, now);
	right(b, cell, 16);
	figure_value(cell, f->form, before);
	right(b, cell, 16);
	figure_change(cell, now, before);
	right(b, cell, 12);
	if (f->when != NULL && f->when(&c->now) != INT64_MIN) {
		buf_lit(b, "  ");
		figure_when(b, f->when(&c->now));
	}
	buf_byte(b, '\n');
}

/* Says how much of the airtime was seen, unless that is all of it. */
static void
coverage(struct buf *b, const struct weekly_figures *f)
{
	if (f->coverage_viewers >= 1 && f->coverage_chat >= 1)
		return;
	buf_lit(b, "  seen of the airtime: viewers ");
	figure_value(b, FIGURE_SHARE, f->coverage_viewers);
	buf_lit(b, ", chat ");
	figure_value(b, FIGURE_SHARE, f->coverage_chat);
	buf_byte(b, '\n');
}

static void
footnotes(struct buf *b, const struct weekly_figures *f)
{
	if (f->open > 0)
		buf_printf(b,
		    "  * %lld of the streams %s not over when the "
		    "data ended\n",
		    (long long)f->open, f->open == 1 ? "was" : "were");
	if (f->inferred > 0)
		buf_printf(b,
		    "  \xe2\x80\xa0 %lld of the streams %s known "
		    "from chat alone: first to last message\n",
		    (long long)f->inferred, f->inferred == 1 ? "is" : "are");
}

static void
channel(struct buf *b, struct buf *cell, const struct weekly *w,
    const struct weekly_channel *c)
{
	add_name(b, cell, c, LABEL_WIDTH);
	buf_str(cell, str_of(w->week));
	right(b, cell, 16);
	buf_str(cell, str_of(w->before));
	right(b, cell, 16);
	buf_lit(cell, "change");
	right(b, cell, 12);
	buf_byte(b, '\n');
	for (size_t i = 0; i < n_figures; i++)
		if (!figures[i].coverage)
			row(b, cell, c, &figures[i], w->seconds);
	coverage(b, &c->now);
	footnotes(b, &c->now);
}

void
render_text_weekly(struct buf *b, const struct weekly *w)
{
	struct buf cell = { 0 };

	buf_printf(b, "Week %s: ", w->week);
	figure_week(b, w);
	buf_printf(b, " (%s), beside %s\n\n", w->tz, w->before);
	if (w->n_channels == 0)
		buf_lit(b, FIGURE_UNKNOWN " no stream began in this week\n");
	if (w->n_channels > 1)
		overview(b, &cell, w);
	for (size_t i = 0; i < w->n_channels; i++) {
		if (i > 0)
			buf_byte(b, '\n');
		channel(b, &cell, w, &w->channels[i]);
	}
	buf_release(&cell);
}

#define SPARK 24

/* Appends the messages of the course as block letters. */
static void
spark(struct buf *b, const struct course *c, size_t columns)
{
	struct course drawn;
	struct chart_point *p;

	course_draw(c, &drawn);
	p = xcalloc(drawn.n + 1, sizeof(*p));
	view_messages(&drawn, p);
	chart_text_spark(b, p, drawn.n, columns);
	free(p);
	course_release(&drawn);
}

static void
stream_row(struct buf *b, struct buf *cell, const struct report_stream *st)
{
	static const struct {
		const char *key;
		size_t width;
	} columns[] = { { "viewers_avg", 11 }, { "viewers_max", 9 },
		{ "messages", 9 }, { "chatters", 8 }, { "bits", 8 } };
	const struct stats *s = st->s;

	figure_when(cell, s->ts);
	buf_str(cell,
	    s->open           ? STR("*")
		: s->inferred ? STR("\xe2\x80\xa0")
			      : STR(""));
	width_left(b, buf_view(cell), 18);
	buf_reset(cell);
	figure_value(cell, FIGURE_TIME, (double)s->airtime_ms);
	right(b, cell, 12);
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		const struct stream_figure *f = stream_figure(columns[i].key);

		figure_value(cell, f->form, f->get(s));
		right(b, cell, columns[i].width);
	}
	buf_lit(b, " ");
	spark(b, st->course, SPARK);
	while (b->len > 0 && b->p[b->len - 1] == ' ')
		b->len--;
	buf_lit(b, "\n  ");
	width_left(b, s->stream_id, 16);
	width_text(b, s->title.len > 0 ? s->title : STR(FIGURE_UNKNOWN), 54);
	if (s->category.len > 0) {
		buf_lit(b, " \xc2\xb7 ");
		width_text(b, s->category, 24);
	}
	buf_byte(b, '\n');
}

#define SLOTS 48 /* half hours of a day, by the clock on the wall */

/* The half hours of the day from `from` to before `to` in which `s` was on air: a bit
 * for each. Where the clock is set back two of them share one. */
static uint64_t
slots_on_air(const struct report_stream *s, int64_t from, int64_t to)
{
	struct view_stretch on;
	uint64_t slots = 0;
	size_t at = 0;

	if (s->s->ts >= to || s->s->ended_at < from)
		return 0;
	while (view_on_air(s, &at, &on))
		for (int64_t t = from; t < to; t += 30 * MS_PER_MIN) {
			int64_t wall = t + zone_offset_s(t) * MS_PER_S;

			if (on.from < t + 30 * MS_PER_MIN && on.to > t)
				slots |= UINT64_C(1)
				    << wall / (30 * MS_PER_MIN) % SLOTS;
		}
	return slots;
}

/* A row of 48 half hours for each day of the last weeks: when it was on air. */
static void
schedule(struct buf *b, struct buf *cell, const struct history *h)
{
	int64_t first, day;

	if (h->n_streams == 0)
		return;
	day = tstamp_days(zone_date(h->streams[h->n_streams - 1].s->ended_at));
	first = tstamp_days(zone_date(h->streams[0].s->ts));
	if (first < day - 20)
		first = day - 20;
	buf_lit(b,
	    "On air (a column is half an hour)\n"
	    "                  0           6           12          18\n");
	for (; day >= first; day--) {
		int64_t from = zone_day_start(tstamp_civil(day));
		int64_t to = zone_day_start(tstamp_civil(day + 1));
		uint64_t slots = 0;

		for (size_t i = 0; i < h->n_streams; i++)
			slots |= slots_on_air(&h->streams[i], from, to);
		figure_day(cell, from);
		width_left(b, buf_view(cell), 18);
		buf_reset(cell);
		for (int i = 0; i < SLOTS; i++)
			buf_str(b,
			    (slots >> i & 1) != 0 ? STR("\xe2\x96\x88")
						  : STR("\xc2\xb7"));
		buf_byte(b, '\n');
	}
	buf_byte(b, '\n');
}

void
render_text_history(struct buf *b, const struct history *h)
{
	struct buf cell = { 0 };

	width_text(b, h->channel, 40);
	buf_printf(b, ": %zu streams (%s)\n\n", h->n_streams, h->tz);
	for (size_t i = 0; i < n_figures && h->n_streams > 0; i++) {
		if (figures[i].coverage)
			continue;
		buf_lit(&cell, "  ");
		figure_label(&cell, &figures[i], h->seconds);
		width_left(b, buf_view(&cell), LABEL_WIDTH);
		buf_reset(&cell);
		figure_value(&cell, figures[i].form, figures[i].get(&h->sum));
		right(b, &cell, 16);
		if (figures[i].when != NULL &&
		    figures[i].when(&h->sum) != INT64_MIN) {
			buf_lit(b, "  ");
			figure_when(b, figures[i].when(&h->sum));
		}
		buf_byte(b, '\n');
	}
	coverage(b, &h->sum);
	buf_byte(b, '\n');
	schedule(b, &cell, h);
	buf_lit(b,
	    "began                  airtime    average  highest messages "
	    "chatters    bits messages over time\n");
	for (size_t i = h->n_streams; i > 0; i--)
		stream_row(b, &cell, &h->streams[i - 1]);
	footnotes(b, &h->sum);
	buf_release(&cell);
}

static void
stream_lines(struct buf *b, const struct course *c)
{
	struct chart_point *p = xcalloc(c->n + 1, sizeof(*p));

	if (c->n > 0) {
		buf_lit(b, "\n  viewers   ");
		view_viewers(c, p);
		chart_text_spark(b, p, c->n, 80);
		buf_lit(b, "\n  messages  ");
		view_messages(c, p);
		chart_text_spark(b, p, c->n, 80);
		buf_lit(b, "\n            ");
		figure_clock(b, c->from);
		/* Under the last column that is drawn. */
		for (size_t i = 10; i < (c->n < 80 ? c->n : 80); i++)
			buf_byte(b, ' ');
		figure_clock(b, c->last);
		buf_lit(b,
		    "\n  a dot is a hole: nothing is known of that "
		    "time\n");
	}
	free(p);
}

static void
stream_moments(struct buf *b, const struct course *c)
{
	struct course_peak peaks[VIEW_PEAKS];
	struct view_stretch *holes;
	size_t n = course_peaks(c, VIEW_APART_MS, peaks, VIEW_PEAKS);

	buf_byte(b, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_lit(b, "  peak  ");
		figure_when(b, peaks[i].at);
		buf_printf(b, "  %lld messages in %lld s\n",
		    (long long)peaks[i].messages, (long long)c->seconds);
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->p[i].raids > 0) {
			buf_lit(b, "  raid  ");
			figure_when(b, c->from + (int64_t)i * c->width_ms);
			buf_byte(b, '\n');
		}
	n = view_holes(c, &holes);
	for (size_t i = 0; i < n && i < VIEW_HOLES; i++) {
		buf_lit(b, "  hole  ");
		figure_when(b, holes[i].from);
		buf_lit(b, " " FIGURE_UNKNOWN " ");
		figure_clock(b, holes[i].to);
		buf_lit(b, "  chat not heard");
		figure_moment(b, holes[i].to - holes[i].from);
		buf_byte(b, '\n');
	}
	if (n > VIEW_HOLES)
		buf_printf(b, "  and %zu more holes\n", n - VIEW_HOLES);
	if (!course_is_exact(c))
		buf_printf(b, "  raids and holes are to %lld s\n",
		    (long long)(c->width_ms / MS_PER_S));
	free(holes);
}

void
render_text_stream(struct buf *b, const struct stream_view *v)
{
	const struct stats *s = v->stream.s;
	struct course drawn;
	struct buf cell = { 0 };

	width_text(b, s->channel, 40);
	buf_lit(b, ", ");
	figure_when(b, s->ts);
	buf_printf(b, " (%s)%s%s\n  ", v->tz,
	    s->open ? ", not over when the data ended" : "",
	    s->inferred ? ", known from chat alone" : "");
	width_text(b, s->title.len > 0 ? s->title : STR(FIGURE_UNKNOWN), 96);
	buf_lit(b, "\n  ");
	width_text(
	    b, s->category.len > 0 ? s->category : STR(FIGURE_UNKNOWN), 96);
	buf_lit(b, "\n\n");
	for (size_t i = 0; i < n_stream_figures; i++) {
		const struct stream_figure *f = &stream_figures[i];

		if (!f->shown)
			continue;
		buf_printf(&cell, "  %s", f->label);
		if (f->per_window)
			buf_printf(&cell, " in %lld s", (long long)s->seconds);
		width_left(b, buf_view(&cell), LABEL_WIDTH);
		buf_reset(&cell);
		figure_value(&cell, f->form, f->get(s));
		right(b, &cell, 16);
		if (f->when != NULL && f->when(s) != INT64_MIN) {
			buf_lit(b, "  ");
			figure_when(b, f->when(s));
		}
		buf_byte(b, '\n');
	}
	course_draw(v->stream.course, &drawn);
	stream_lines(b, &drawn);
	course_release(&drawn);
	if (v->stream.course->n > 0)
		stream_moments(b, v->stream.course);
	buf_release(&cell);
}

static void
add_share(struct buf *cell, int64_t part, int64_t all)
{
	figure_value(cell, FIGURE_SHARE,
	    part >= 0 && all > 0 ? (double)part / (double)all : STATS_UNKNOWN);
}

void
render_text_mentions(struct buf *b, const struct mentions_report *m)
{
	struct buf cell = { 0 };
	double max = m->n_names > 0 ? (double)m->names[0].mentions : 0;

	buf_printf(b, "Mentions (%s)%s\n\n", m->tz,
	    m->events ? "" : ", from windows alone: who said it is not known");
	if (m->n_names == 0)
		buf_lit(b, FIGURE_UNKNOWN " no name fell\n");
	else
		buf_lit(b,
		    "name                mentions   people  per 1,000   "
		    "caster     mods  viewers  busiest minute\n"
		    "                                      viewer-min\n");
	for (size_t i = 0; i < m->n_names; i++) {
		const struct mentions_name *n = &m->names[i];
		struct chart_point hours[24];

		width_left(b, n->name, 18);
		num_add_thousands(&cell, n->mentions);
		right(b, &cell, 10);
		figure_value(&cell, FIGURE_COUNT, (double)n->people);
		right(b, &cell, 9);
		figure_value(&cell, FIGURE_CENTS, n->per_1000_viewer_min);
		right(b, &cell, 11);
		for (int k = 0; k < MENTIONS_N_WHO; k++) {
			add_share(&cell, n->by[k], n->mentions);
			right(b, &cell, 9);
		}
		buf_lit(b, "  ");
		figure_when(b, n->busiest);
		buf_printf(b, " (%lld)\n  ", (long long)n->busiest_mentions);
		chart_text_bar(&cell, (double)n->mentions, max, 16);
		width_left(b, buf_view(&cell), 18);
		buf_reset(&cell);
		buf_lit(b, "0 h ");
		for (int k = 0; k < 24; k++)
			hours[k].lo = hours[k].hi = n->hours[k];
		chart_text_spark(b, hours, 24, 24);
		buf_lit(b, " 24 h  first ");
		figure_when(b, n->first);
		buf_lit(b, ", last ");
		figure_when(b, n->last);
		buf_byte(b, '\n');
	}
	if (m->viewer_ms >= 0) {
		buf_lit(b, "\nViewer-minutes of the streams: ");
		figure_value(
		    b, FIGURE_COUNT, (double)m->viewer_ms / MS_PER_MIN);
		buf_byte(b, '\n');
	}
	buf_release(&cell);
}
