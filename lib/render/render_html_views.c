/*
 * The pages of a channel, of a stream and of mentions. What a picture shows
 * stands in a table below it, too, from which the script takes its values.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/html.h"
#include "render/chart.h"
#include "render/figure.h"
#include "render/html.h"
#include "render/view.h"

#define SCROLL                                                                 \
	"<div class=\"scroll\" tabindex=\"0\" role=\"group\" "                 \
	"aria-label=\"Table\">"
#define TABLE_ROWS 48 /* of the table of a picture, about */

void
html_name(struct buf *b, struct str s)
{
	buf_lit(b, "<bdi>");
	html_text(b, s);
	buf_lit(b, "</bdi>");
}

void
html_stream_path(struct buf *b, struct str channel, struct str stream_id)
{
	buf_lit(b, "stream/");
	page_file(b, channel);
	buf_byte(b, '.');
	page_file(b, stream_id);
	buf_lit(b, ".html");
}

void
html_stream_link(struct buf *b, const struct page *page, struct str channel,
    struct str stream_id)
{
	buf_printf(b, "<a href=\"%s", page->root);
	html_stream_path(b, channel, stream_id);
	buf_lit(b, "\">");
}

static void
tile(struct buf *b, const char *label, int64_t seconds, enum figure_form form,
    double v, int64_t when)
{
	buf_lit(b, "<div class=\"tile\">");
	html_text(b, str_of(label));
	if (seconds > 0)
		buf_printf(b, " in %lld&nbsp;s", (long long)seconds);
	buf_lit(b, "<b>");
	figure_value(b, form, v);
	buf_lit(b, "</b><span class=\"soft\">");
	if (v >= 0 && when != INT64_MIN)
		figure_when(b, when);
	buf_lit(b, "</span></div>\n");
}

/* Says how much was seen, when that is not all of it. */
static void
seen(struct buf *b, double viewers, double chat)
{
	if (viewers >= 1 && chat >= 1)
		return;
	buf_lit(b, "<p class=\"soft\">Seen of the airtime: viewers ");
	figure_value(b, FIGURE_SHARE, viewers);
	buf_lit(b, ", chat ");
	figure_value(b, FIGURE_SHARE, chat);
	buf_lit(b, ". What was not seen is in no average.</p>\n");
}

static void
footnotes(struct buf *b, bool open, bool inferred)
{
	if (open)
		buf_lit(b,
		    "<p class=\"soft\">* not over when the data ended.</p>\n");
	if (inferred)
		buf_lit(b,
		    "<p class=\"soft\">\xe2\x80\xa0 known from chat alone: "
		    "first to last message.</p>\n");
}

static void
signs(struct buf *b, const struct stats *s)
{
	if (s->open)
		buf_byte(b, '*');
	if (s->inferred)
		buf_lit(b, "\xe2\x80\xa0");
}

/*
 * A channel
 */

static void
history_days(struct buf *b, const struct history *h, const struct page *page)
{
	struct chart_span *spans = NULL;
	size_t n = 0, cap = 0;
	struct buf words = { 0 };
	size_t *at = xcalloc(h->n_streams * 2 + 2, sizeof(*at));

	for (size_t i = 0; i < h->n_streams; i++) {
		const struct stats *s = h->streams[i].s;

		at[i * 2] = words.len;
		figure_when(&words, s->ts);
		buf_lit(&words, ", ");
		figure_value(&words, FIGURE_TIME, (double)s->airtime_ms);
		at[i * 2 + 1] = words.len;
		if (page->root != NULL) {
			buf_str(&words, str_of(page->root));
			html_stream_path(&words, s->channel, s->stream_id);
		}
	}
	at[h->n_streams * 2] = words.len;
	for (size_t i = 0; i < h->n_streams; i++) {
		const char *p = words.p;
		struct chart_span span = { .title = { p + at[i * 2],
					       at[i * 2 + 1] - at[i * 2] },
			.link = { p + at[i * 2 + 1],
			    at[i * 2 + 2] - at[i * 2 + 1] } };
		struct view_stretch on;
		size_t k = 0;

		while (view_on_air(&h->streams[i], &k, &on)) {
			span.from = on.from;
			span.to = on.to;
			spans = xgrow(spans, n, &cap, sizeof(*spans));
			spans[n++] = span;
		}
	}
	buf_lit(b, "<section><h2>When</h2>\n");
	chart_days(b, STR("When it was on air, day by day"), spans, n, 35);
	buf_lit(b, "</section>\n");
	free(spans);
	free(at);
	buf_release(&words);
}

static void
history_row(
    struct buf *b, const struct report_stream *st, const struct page *page)
{
	static const char *const columns[] = { "airtime_s", "viewers_avg",
		"viewers_max", "messages", "messages_avg", "chatters", "bits",
		"paid_messages", "subs" };
	const struct stats *s = st->s;
	struct course drawn;
	struct chart_point *p;

	course_draw(st->course, &drawn);
	p = xcalloc(drawn.n + 1, sizeof(*p));
	buf_lit(b, "<tr><th scope=\"row\">");
	if (page->root != NULL)
		html_stream_link(b, page, s->channel, s->stream_id);
	figure_when(b, s->ts);
	if (page->root != NULL)
		buf_lit(b, "</a>");
	signs(b, s);
	buf_lit(b, "<br><span class=\"soft\">");
	html_name(b, s->title.len > 0 ? s->title : STR(FIGURE_UNKNOWN));
	if (s->category.len > 0) {
		buf_lit(b, " \xc2\xb7 ");
		html_name(b, s->category);
	}
	buf_lit(b, "</span></th><td>");
	view_messages(&drawn, p);
	if (drawn.n > 0)
		chart_spark(b, STR("Messages over the stream"), p, drawn.n);
	else
		buf_lit(b, FIGURE_UNKNOWN);
	buf_lit(b, "</td>");
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		const struct stream_figure *f = stream_figure(columns[i]);

		buf_lit(b, "<td>");
		figure_value(b, f->form, f->get(s));
		buf_lit(b, "</td>");
	}
	buf_lit(b, "</tr>\n");
	free(p);
	course_release(&drawn);
}

static void
history_table(struct buf *b, const struct history *h, const struct page *page)
{
	buf_printf(b,
	    "<section><h2>Streams</h2>\n" SCROLL
	    "<table class=\"streams\"><thead><tr>"
	    "<th scope=\"col\">began</th><th scope=\"col\">messages over "
	    "time</th><th scope=\"col\">airtime</th><th scope=\"col\">average "
	    "viewers</th><th scope=\"col\">highest</th><th scope=\"col\">"
	    "messages</th><th scope=\"col\">average in %lld s</th>"
	    "<th scope=\"col\">chatters</th><th scope=\"col\">bits</th>"
	    "<th scope=\"col\">paid</th><th scope=\"col\">subs</th></tr>"
	    "</thead>\n<tbody>\n",
	    (long long)h->seconds);
	for (size_t i = h->n_streams; i > 0; i--)
		history_row(b, &h->streams[i - 1], page);
	buf_lit(b, "</tbody></table></div>\n");
	footnotes(b, h->sum.open > 0, h->sum.inferred > 0);
	buf_lit(b, "</section>\n");
}

static void
history_figures(struct buf *b, const struct history *h)
{
	buf_lit(b,
	    "<section><h2>All figures</h2>\n<table class=\"figures\">"
	    "<thead><tr><th scope=\"col\">figure</th><th scope=\"col\">value"
	    "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n_figures; i++) {
		buf_lit(b, "<tr><th scope=\"row\">");
		figure_label(b, &figures[i], h->seconds);
		buf_lit(b, "</th><td>");
		figure_value(b, figures[i].form, figures[i].get(&h->sum));
		buf_lit(b, "</td></tr>\n");
	}
	buf_lit(b, "</tbody></table></section>\n");
}

void
html_history(struct buf *b, const struct history *h, const struct page *page)
{
	struct buf title = { 0 };

	buf_str(&title, h->channel);
	buf_lit(&title, ": history");
	page_begin(b, page, buf_view(&title));
	buf_lit(b, "<h1>");
	html_name(b, h->channel);
	buf_printf(
	    b, "</h1>\n<p class=\"lead soft\">%zu streams", h->n_streams);
	if (h->n_streams > 0) {
		buf_lit(b, ", ");
		figure_day(b, h->streams[0].s->ts);
		buf_lit(b, " " FIGURE_UNKNOWN " ");
		figure_day(b, h->streams[h->n_streams - 1].s->ended_at);
	}
	buf_lit(b, " (");
	html_text(b, str_of(h->tz));
	buf_lit(b, ")</p>\n");
	if (h->n_streams > 0) {
		buf_lit(b, "<div class=\"tiles\">\n");
		for (size_t i = 0; i < FIGURE_QUESTIONS; i++)
			tile(b, figures[i].label,
			    figures[i].per_window ? h->seconds : 0,
			    figures[i].form, figures[i].get(&h->sum),
			    figures[i].when != NULL ? figures[i].when(&h->sum)
						    : INT64_MIN);
		buf_lit(b, "</div>\n");
		seen(b, h->sum.coverage_viewers, h->sum.coverage_chat);
		history_days(b, h, page);
		history_table(b, h, page);
		history_figures(b, h);
	}
	page_end(b, page);
	buf_release(&title);
}

/*
 * A stream
 */

/* Collects marks with names: raids and peaks, by time. */
struct marks {
	struct chart_mark p[32];
	char text[32][48];
	size_t n;
};

static void
add_mark(struct marks *m, int64_t at, const char *what, int64_t shown_at)
{
	struct buf b = { 0 };
	size_t i = m->n;

	if (m->n == sizeof(m->p) / sizeof(*m->p))
		return;
	figure_clock(&b, shown_at);
	snprintf(m->text[i], sizeof(m->text[i]), "%s %.*s", what,
	    STR_ARGS(buf_view(&b)));
	buf_release(&b);
	for (; i > 0 && m->p[i - 1].at > at; i--)
		m->p[i] = m->p[i - 1];
	m->p[i] = (struct chart_mark){ at, m->text[m->n] };
	m->n++;
}

static void
find_marks(struct marks *m, const struct course *c)
{
	struct course_peak peaks[VIEW_PEAKS];
	size_t n = course_peaks(c, VIEW_APART_MS, peaks, VIEW_PEAKS);

	m->n = 0;
	for (size_t i = 0; i < n; i++)
		add_mark(m, peaks[i].at, "peak", peaks[i].at);
	for (size_t i = 0; i < c->n; i++) {
		int64_t at = c->from + (int64_t)i * c->width_ms;

		if (c->p[i].raids > 0)
			add_mark(m, at, "raid", at);
	}
}

/* The numbers of the picture, a row for a few of its buckets together. */
static void
stream_table(struct buf *b, const struct course *c)
{
	size_t step = (c->n + TABLE_ROWS - 1) / TABLE_ROWS;

	buf_lit(b,
	    "<details class=\"table\"><summary>The picture as a table"
	    "</summary>" SCROLL "<table><thead><tr><th scope=\"col\">from</th>"
	    "<th scope=\"col\">viewers, lowest</th><th scope=\"col\">highest"
	    "</th><th scope=\"col\">messages</th><th scope=\"col\">busiest "
	    "window</th><th scope=\"col\">bits</th><th scope=\"col\">paid "
	    "messages</th><th scope=\"col\">raids</th></tr></thead>\n"
	    "<tbody>\n");
	for (size_t i = 0; i < c->n; i += step) {
		struct course_bucket s;
		int64_t at = c->from + (int64_t)i * c->width_ms;

		course_sum(c, i, i + step < c->n ? i + step : c->n, &s);

		const int64_t sums[] = { s.bits, s.paid_messages, s.raids };

		buf_printf(b, "<tr data-at=\"%lld\" data-v=\"", (long long)at);
		figure_value(b, FIGURE_COUNT, s.viewers_max);
		buf_lit(b, " viewers, ");
		figure_value(b, FIGURE_COUNT,
		    s.heard > 0 ? (double)s.messages : STATS_UNKNOWN);
		buf_lit(b, " messages\"><th scope=\"row\">");
		figure_clock(b, at);
		buf_lit(b, "</th><td>");
		figure_value(b, FIGURE_COUNT, s.viewers_min);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_COUNT, s.viewers_max);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_COUNT,
		    s.heard > 0 ? (double)s.messages : STATS_UNKNOWN);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_COUNT, (double)s.messages_max);
		for (size_t k = 0; k < sizeof(sums) / sizeof(*sums); k++) {
			buf_lit(b, "</td><td>");
			figure_value(b, FIGURE_COUNT,
			    course_is_known(&s) ? (double)sums[k]
						: STATS_UNKNOWN);
		}
		buf_lit(b, "</td></tr>\n");
	}
	buf_lit(b, "</tbody></table></div></details>\n");
}

static void
stream_picture(struct buf *b, const struct stats *s, const struct course *c,
    const struct course *exact)
{
	struct chart_point *points = xcalloc(c->n * 4 + 1, sizeof(*points));
	struct chart_line lines[4];
	struct marks marks;
	char label[64];
	struct buf title = { 0 };
	struct chart chart = { .from = c->from,
		.to = c->from + (int64_t)c->n * c->width_ms,
		.lines = lines,
		.marks = marks.p };

	snprintf(
	    label, sizeof(label), "messages in %lld s", (long long)c->seconds);
	find_marks(&marks, exact);
	chart.n_marks = marks.n;
	if (s->viewer_ms >= 0) {
		view_viewers(c, points);
		lines[chart.n_lines++] =
		    (struct chart_line){ "viewers", "viewers", points, c->n };
	}
	view_messages(c, points + c->n);
	lines[chart.n_lines++] =
	    (struct chart_line){ label, "chat", points + c->n, c->n };
	if (s->n.bits > 0) {
		view_bits(c, points + 2 * c->n);
		lines[chart.n_lines++] = (struct chart_line){ "bits so far",
			"paid", points + 2 * c->n, c->n };
	}
	if (s->n.paid_messages > 0) {
		view_paid(c, points + 3 * c->n);
		lines[chart.n_lines++] =
		    (struct chart_line){ "paid messages so far", "paid",
			    points + 3 * c->n, c->n };
	}
	buf_printf(&title,
	    "Over the time of the stream: %smessages in %lld s%s%s. The numbers "
	    "are in the table below.",
	    s->viewer_ms >= 0 ? "viewers, " : "", (long long)c->seconds,
	    s->n.bits > 0 ? ", bits" : "",
	    s->n.paid_messages > 0 ? ", paid messages" : "");
	chart.title = buf_view(&title);
	chart_time(b, &chart);
	buf_lit(b,
	    "<p class=\"soft\">Shaded: not known. Where a pixel has several "
	    "values, the least and the greatest are drawn.</p>\n");
	free(points);
	buf_release(&title);
}

static void
stream_moments(struct buf *b, const struct course *c)
{
	struct course_peak peaks[VIEW_PEAKS];
	struct view_stretch *holes;
	size_t n = course_peaks(c, VIEW_APART_MS, peaks, VIEW_PEAKS);

	buf_lit(b, "<h3>Moments</h3>\n<ul>\n");
	for (size_t i = 0; i < n; i++) {
		buf_lit(b, "<li>Peak at ");
		figure_clock(b, peaks[i].at);
		buf_lit(b, ": ");
		num_add_thousands(b, peaks[i].messages);
		buf_printf(
		    b, " messages in %lld s</li>\n", (long long)c->seconds);
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->p[i].raids > 0) {
			buf_lit(b, "<li>Raid at ");
			figure_clock(b, c->from + (int64_t)i * c->width_ms);
			buf_lit(b, "</li>\n");
		}
	n = view_holes(c, &holes);
	for (size_t i = 0; i < n && i < VIEW_HOLES; i++) {
		buf_lit(b, "<li>Chat not heard from ");
		figure_clock(b, holes[i].from);
		buf_lit(b, " to ");
		figure_clock(b, holes[i].to);
		figure_moment(b, holes[i].to - holes[i].from);
		buf_lit(b, "</li>\n");
	}
	if (n > VIEW_HOLES)
		buf_printf(b, "<li>and not in %zu more stretches</li>\n",
		    n - VIEW_HOLES);
	buf_lit(b, "</ul>\n");
	if (!course_is_exact(c))
		buf_printf(b,
		    "<p class=\"soft\">Raids and holes are to %lld s.</p>\n",
		    (long long)(c->width_ms / MS_PER_S));
	free(holes);
}

static void
stream_figures_table(struct buf *b, const struct stats *s)
{
	buf_lit(b,
	    "<section><h2>All figures</h2>\n<table class=\"figures\">"
	    "<thead><tr><th scope=\"col\">figure</th><th scope=\"col\">value"
	    "</th><th scope=\"col\">when</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n_stream_figures; i++) {
		const struct stream_figure *f = &stream_figures[i];

		if (!f->shown)
			continue;
		buf_lit(b, "<tr><th scope=\"row\">");
		buf_str(b, str_of(f->label));
		if (f->per_window)
			buf_printf(b, " in %lld s", (long long)s->seconds);
		buf_printf(b, "</th><td data-key=\"%s\">", f->key);
		figure_value(b, f->form, f->get(s));
		buf_lit(b, "</td><td>");
		if (f->when != NULL && f->when(s) != INT64_MIN)
			figure_when(b, f->when(s));
		buf_lit(b, "</td></tr>\n");
	}
	buf_lit(b, "</tbody></table></section>\n");
}

static void
stream_head(struct buf *b, const struct stream_view *v, const struct page *page)
{
	const struct stats *s = v->stream.s;

	buf_lit(b, "<h1>");
	if (page->root != NULL) {
		buf_printf(b, "<a href=\"%schannel/", page->root);
		page_file(b, s->channel);
		buf_lit(b, ".html\">");
	}
	html_name(b, s->channel);
	if (page->root != NULL)
		buf_lit(b, "</a>");
	buf_lit(b, ", ");
	figure_when(b, s->ts);
	signs(b, s);
	buf_lit(b, "</h1>\n<p class=\"lead\">");
	html_name(b, s->title.len > 0 ? s->title : STR(FIGURE_UNKNOWN));
	if (s->category.len > 0) {
		buf_lit(b, " <span class=\"soft\">");
		html_name(b, s->category);
		buf_lit(b, "</span>");
	}
	buf_lit(b, "</p>\n<p class=\"soft\">");
	figure_day(b, s->ts);
	buf_lit(b, ", ");
	figure_clock(b, s->ts);
	buf_lit(b, " " FIGURE_UNKNOWN " ");
	figure_clock(b, s->ended_at);
	buf_lit(b, " (");
	html_text(b, str_of(v->tz));
	buf_lit(b, ")</p>\n");
}

void
html_stream(struct buf *b, const struct stream_view *v, const struct page *page)
{
	static const char *const tiles[] = { "viewers_max", "messages_max",
		"viewers_avg", "messages_avg", "airtime_s", "hours_watched",
		"chatters", "bits" };
	const struct stats *s = v->stream.s;
	const struct course *c = v->stream.course;
	struct course drawn;
	struct buf title = { 0 };

	buf_str(&title, s->channel);
	buf_lit(&title, ", ");
	figure_when(&title, s->ts);
	page_begin(b, page, buf_view(&title));
	stream_head(b, v, page);
	buf_lit(b, "<div class=\"tiles\">\n");
	for (size_t i = 0; i < sizeof(tiles) / sizeof(*tiles); i++) {
		const struct stream_figure *f = stream_figure(tiles[i]);

		tile(b, f->label, f->per_window ? s->seconds : 0, f->form,
		    f->get(s), f->when != NULL ? f->when(s) : INT64_MIN);
	}
	buf_lit(b, "</div>\n");
	seen(b, stream_figure("coverage_viewers")->get(s),
	    stream_figure("coverage_chat")->get(s));
	footnotes(b, s->open, s->inferred);
	if (c->n > 0) {
		buf_lit(b, "<section><h2>How it went</h2>\n");
		course_draw(c, &drawn);
		stream_picture(b, s, &drawn, c);
		stream_table(b, &drawn);
		course_release(&drawn);
		stream_moments(b, c);
		buf_lit(b, "</section>\n");
	}
	stream_figures_table(b, s);
	page_end(b, page);
	buf_release(&title);
}

void
render_html_history(struct buf *b, const struct history *h)
{
	html_history(b, h, &(struct page){ .script = true });
}

void
render_html_stream(struct buf *b, const struct stream_view *v)
{
	html_stream(b, v, &(struct page){ .script = true });
}

/*
 * Mentions
 */

static void
one_name(struct buf *b, const struct mentions_name *n)
{
	static const char *const hours[24] = { "0", "", "", "3", "", "", "6",
		"", "", "9", "", "", "12", "", "", "15", "", "", "18", "", "",
		"21", "", "" };
	struct buf title = { 0 };

	buf_lit(b, "<section><h2>");
	html_name(b, n->name);
	buf_lit(b, "</h2>\n<div class=\"tiles\">\n");
	tile(b, "mentions", 0, FIGURE_COUNT, (double)n->mentions, INT64_MIN);
	tile(b, "people", 0, FIGURE_COUNT, (double)n->people, INT64_MIN);
	tile(b, "per 1,000 viewer-minutes", 0, FIGURE_CENTS,
	    n->per_1000_viewer_min, INT64_MIN);
	tile(b, "busiest minute", 0, FIGURE_COUNT, (double)n->busiest_mentions,
	    n->busiest);
	buf_lit(b, "</div>\n<h3>By the hour of the day</h3>\n");
	buf_lit(&title, "Mentions of ");
	buf_str(&title, n->name);
	buf_lit(&title, " by the hour of the day");
	chart_columns(b, buf_view(&title), n->hours, hours, 24);
	buf_lit(b,
	    "<details class=\"table\"><summary>The picture as a table"
	    "</summary><table class=\"figures\"><thead><tr><th scope=\"col\">"
	    "hour</th><th scope=\"col\">mentions</th></tr></thead><tbody>");
	for (int i = 0; i < 24; i++)
		buf_printf(b,
		    "<tr><th scope=\"row\">%02d:00</th><td>%.0f</td></tr>", i,
		    n->hours[i]);
	buf_lit(b, "</tbody></table></details></section>\n");
	buf_release(&title);
}

void
render_html_mentions(struct buf *b, const struct mentions_report *m)
{
	const struct page page = { .script = true };

	page_begin(b, &page, STR("Mentions"));
	buf_lit(b, "<h1>Mentions</h1>\n<p class=\"lead soft\">");
	html_text(b, str_of(m->tz));
	if (!m->events)
		buf_lit(b, ", from windows alone: who said it is not known");
	if (m->viewer_ms >= 0) {
		buf_lit(b, ", ");
		figure_value(
		    b, FIGURE_COUNT, (double)m->viewer_ms / MS_PER_MIN);
		buf_lit(b, " viewer-minutes");
	}
	buf_lit(b,
	    "</p>\n" SCROLL
	    "<table class=\"names\"><thead><tr><th scope=\"col\">name</th>"
	    "<th scope=\"col\">mentions</th><th scope=\"col\">people</th>"
	    "<th scope=\"col\">per 1,000 viewer-minutes</th>"
	    "<th scope=\"col\">by the broadcaster</th><th scope=\"col\">by "
	    "moderators</th><th scope=\"col\">by viewers</th><th scope=\"col\">"
	    "first</th><th scope=\"col\">busiest minute</th></tr></thead>\n"
	    "<tbody>\n");
	for (size_t i = 0; i < m->n_names; i++) {
		const struct mentions_name *n = &m->names[i];

		buf_lit(b, "<tr><th scope=\"row\">");
		html_name(b, n->name);
		buf_lit(b, "</th><td>");
		num_add_thousands(b, n->mentions);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_COUNT, (double)n->people);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_CENTS, n->per_1000_viewer_min);
		for (int k = 0; k < MENTIONS_N_WHO; k++) {
			buf_lit(b, "</td><td>");
			figure_value(b, FIGURE_SHARE,
			    n->by[k] < 0
				? STATS_UNKNOWN
				: (double)n->by[k] / (double)n->mentions);
		}
		buf_lit(b, "</td><td>");
		figure_when(b, n->first);
		buf_lit(b, "</td><td>");
		figure_when(b, n->busiest);
		buf_printf(
		    b, " (%lld)</td></tr>\n", (long long)n->busiest_mentions);
	}
	buf_lit(b, "</tbody></table></div>\n");
	for (size_t i = 0; i < m->n_names; i++)
		one_name(b, &m->names[i]);
	page_end(b, &page);
}
