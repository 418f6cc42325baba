/*
 * The page of a week: one file that needs nothing else, or one of a site. Pictures are
 * inline SVG with a title and labels; every number in them stands in a table, too.
 * The frame and the style are those of page.h.
 */
#include "base/num.h"
#include "base/tstamp.h"
#include "format/html.h"
#include "render/figure.h"
#include "render/html.h"
#include "render/render.h"

/* Sizes in the SVG's own units, which are CSS pixels at full width. */
#define BAR_LEFT   170 /* where bars begin, right of their labels */
#define BAR_WIDTH  430 /* of the longest bar */
#define BAR_HEIGHT 14
#define BAR_STEP   26
#define SVG_WIDTH  720

/* Appends figure `f` of `w`, or an en dash. */
static void
value_of(struct buf *b, const struct figure *f, const struct weekly_figures *w)
{
	figure_value(b, f->form, w != NULL ? f->get(w) : STATS_UNKNOWN);
}

static const struct weekly_figures *
previous(const struct weekly_channel *c)
{
	return c->has_previous ? &c->previous : NULL;
}

static void
change(struct buf *b, const struct figure *f, const struct weekly_channel *c)
{
	figure_change(b, f->get(&c->now),
	    c->has_previous ? f->get(&c->previous) : STATS_UNKNOWN);
}

/* Appends the signs of the footnotes. */
static void
signs(struct buf *b, const struct weekly_figures *f)
{
	if (f->open > 0)
		buf_byte(b, '*');
	if (f->inferred > 0)
		buf_lit(b, "\xe2\x80\xa0");
}

/* One bar of a picture; its value stands at its end. */
struct bar {
	struct str label; /* left of it; empty = goes with the one above */
	double value;     /* or STATS_UNKNOWN */
	bool before;      /* of the week before */
	bool open, inferred;
};

static void
svg_begin(struct buf *b, struct str title, size_t n_bars)
{
	buf_printf(b,
	    "<div class=\"pic scroll\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"Picture\"><svg viewBox=\"0 0 %d %zu\" "
	    "role=\"img\">\n<title>",
	    SVG_WIDTH, n_bars * BAR_STEP + 6);
	html_text(b, title);
	buf_lit(b, "</title>\n");
}

/* Appends bar number `i`, drawn to the scale of `max`. */
static void
svg_bar(struct buf *b, size_t i, const struct bar *bar, double max)
{
	double v = bar->value > 0 ? bar->value : 0;
	double width = max > 0 ? v / max * BAR_WIDTH : 0;
	size_t y = i * BAR_STEP + 6;

	buf_printf(b, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">",
	    BAR_LEFT - 8, y + BAR_HEIGHT - 3);
	html_text(b, bar->label);
	buf_printf(b,
	    "</text><rect class=\"%s\" x=\"%d\" y=\"%zu\" "
	    "width=\"%.1f\" height=\"%d\" rx=\"2\"/><text x=\"%.1f\" "
	    "y=\"%zu\">",
	    bar->before ? "before" : "now", BAR_LEFT, y, width, BAR_HEIGHT,
	    BAR_LEFT + width + 6, y + BAR_HEIGHT - 3);
	figure_value(b, FIGURE_TENTHS, bar->value);
	if (bar->open)
		buf_byte(b, '*');
	if (bar->inferred)
		buf_lit(b, "\xe2\x80\xa0");
	buf_lit(b, "</text>\n");
}

/* What the bars of all channels show: hours watched, or messages where no
 * channel was sampled. */
static double
size_of(const struct weekly_figures *f, bool hours)
{
	if (!hours)
		return (double)f->messages;
	return f->viewer_ms < 0 ? STATS_UNKNOWN
				: (double)f->viewer_ms / MS_PER_HOUR;
}

static void
overview_picture(struct buf *b, const struct weekly *w)
{
	struct buf title = { 0 };
	bool hours = false;
	double max = 0;
	size_t n = 0;

	for (size_t i = 0; i < w->n_channels; i++)
		hours |= w->channels[i].now.viewer_ms > 0;
	for (size_t i = 0; i < w->n_channels; i++) {
		const struct weekly_channel *c = &w->channels[i];
		double v = size_of(&c->now, hours);
		double before =
		    c->has_previous ? size_of(&c->previous, hours) : 0;

		max = v > max ? v : max;
		max = before > max ? before : max;
	}
	buf_printf(&title, "%s by channel: %s, and below it %s",
	    hours ? "Hours watched" : "Messages", w->week, w->before);
	buf_printf(b, "<h3>%s</h3>\n", hours ? "Hours watched" : "Messages");
	svg_begin(b, buf_view(&title), w->n_channels * 2);
	for (size_t i = 0; i < w->n_channels; i++) {
		const struct weekly_channel *c = &w->channels[i];
		struct bar now = { c->name, size_of(&c->now, hours), false,
			c->now.open > 0, c->now.inferred > 0 };
		struct bar before = { STR(""),
			c->has_previous ? size_of(&c->previous, hours)
					: STATS_UNKNOWN,
			true, false, false };

		svg_bar(b, n++, &now, max);
		svg_bar(b, n++, &before, max);
	}
	buf_lit(b, "</svg></div>\n");
	buf_printf(b,
	    "<p class=\"soft\">Each channel: %s above, %s below.</p>\n",
	    w->week, w->before);
	buf_release(&title);
}

static void
overview(struct buf *b, const struct weekly *w)
{
	static const int columns[] = { 0, 2, 1, 3, 4, 6 };

	buf_lit(b,
	    "<section><h2>All channels</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">"
	    "<table><thead><tr><th>channel</th>");
	for (size_t k = 0; k < sizeof(columns) / sizeof(*columns); k++) {
		buf_lit(b, "<th>");
		figure_label(b, &figures[columns[k]], w->seconds);
		buf_lit(b, "</th>");
	}
	buf_lit(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < w->n_channels; i++) {
		const struct weekly_channel *c = &w->channels[i];

		buf_printf(b, "<tr><th><a href=\"#c%zu\">", i);
		html_text(b, c->name);
		buf_lit(b, "</a>");
		signs(b, &c->now);
		buf_lit(b, "</th>");
		for (size_t k = 0; k < sizeof(columns) / sizeof(*columns);
		     k++) {
			buf_lit(b, "<td>");
			value_of(b, &figures[columns[k]], &c->now);
			buf_lit(b, "</td>");
		}
		buf_lit(b, "</tr>\n");
	}
	buf_lit(b, "</tbody></table></div>\n");
	overview_picture(b, w);
	buf_lit(b, "</section>\n");
}

/* The four questions, large. */
static void
tiles(struct buf *b, const struct weekly *w, const struct weekly_channel *c)
{
	buf_lit(b, "<div class=\"tiles\">\n");
	for (size_t i = 0; i < FIGURE_QUESTIONS; i++) {
		const struct figure *f = &figures[i];

		buf_lit(b, "<div class=\"tile\">");
		figure_label(b, f, w->seconds);
		buf_lit(b, "<b>");
		value_of(b, f, &c->now);
		buf_lit(b, "</b><span class=\"soft\">");
		change(b, f, c);
		if (f->when != NULL && f->when(&c->now) != INT64_MIN) {
			buf_lit(b, ", ");
			figure_when(b, f->when(&c->now));
		}
		buf_lit(b, "</span></div>\n");
	}
	buf_lit(b, "</div>\n");
}

static void
figures_table(
    struct buf *b, const struct weekly *w, const struct weekly_channel *c)
{
	buf_printf(b,
	    "<h3>All figures</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>"
	    "<thead><tr><th scope=\"col\">figure</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">change</th></tr>"
	    "</thead>\n<tbody>\n",
	    w->week, w->before);
	for (size_t i = 0; i < n_figures; i++) {
		buf_lit(b, "<tr><th>");
		figure_label(b, &figures[i], w->seconds);
		buf_lit(b, "</th><td>");
		value_of(b, &figures[i], &c->now);
		buf_lit(b, "</td><td>");
		value_of(b, &figures[i], previous(c));
		buf_lit(b, "</td><td>");
		change(b, &figures[i], c);
		buf_lit(b, "</td></tr>\n");
	}
	buf_lit(b, "</tbody></table></div>\n");
}

static void
streams_picture(struct buf *b, const struct weekly_channel *c)
{
	bool viewers = c->now.viewer_ms >= 0;
	struct buf label = { 0 };
	double max = 0;

	for (size_t i = 0; i < c->n_streams; i++) {
		const struct weekly_stream *s = &c->streams[i];
		double v = viewers ? s->viewers_avg : (double)s->messages;

		max = v > max ? v : max;
	}
	buf_printf(b, "<h3>Streams: %s</h3>\n",
	    viewers ? "average viewers" : "messages");
	buf_printf(&label, "%s of each stream of ",
	    viewers ? "Average viewers" : "Messages");
	buf_str(&label, c->name);
	svg_begin(b, buf_view(&label), c->n_streams);
	for (size_t i = 0; i < c->n_streams; i++) {
		const struct weekly_stream *s = &c->streams[i];

		buf_reset(&label);
		figure_when(&label, s->started_at);
		svg_bar(b, i,
		    &(struct bar){ buf_view(&label),
			viewers ? s->viewers_avg : (double)s->messages, false,
			s->open, s->inferred },
		    max);
	}
	buf_lit(b, "</svg></div>\n");
	buf_release(&label);
}

static void
streams_table(
    struct buf *b, const struct weekly_channel *c, const struct page *page)
{
	buf_lit(b,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr><th>began</th>"
	    "<th>airtime</th><th>average viewers</th><th>highest</th>"
	    "<th>messages</th><th class=\"text\">title, category</th>"
	    "</tr></thead>\n"
	    "<tbody>\n");
	for (size_t i = 0; i < c->n_streams; i++) {
		const struct weekly_stream *s = &c->streams[i];

		buf_lit(b, "<tr><td>");
		if (page->root != NULL)
			html_stream_link(b, page, c->name, s->stream_id);
		figure_when(b, s->started_at);
		if (page->root != NULL)
			buf_lit(b, "</a>");
		buf_str(b,
		    str_of(s->open        ? "*"
			    : s->inferred ? "\xe2\x80\xa0"
					  : ""));
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_TIME, (double)s->airtime_ms);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_TENTHS, s->viewers_avg);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_COUNT, (double)s->viewers_max);
		buf_lit(b, "</td><td>");
		num_add_thousands(b, s->messages);
		buf_lit(b, "</td><td class=\"text\">");
		html_name(b, s->title.len > 0 ? s->title : STR(FIGURE_UNKNOWN));
		if (s->category.len > 0) {
			buf_lit(b, " <span class=\"soft\">");
			html_name(b, s->category);
			buf_lit(b, "</span>");
		}
		buf_lit(b, "</td></tr>\n");
	}
	buf_lit(b, "</tbody></table></div>\n");
}

static void
notes(struct buf *b, const struct weekly_figures *f)
{
	if (f->coverage_viewers < 1 || f->coverage_chat < 1) {
		buf_lit(b, "<p class=\"soft\">Seen of the airtime: viewers ");
		figure_value(b, FIGURE_SHARE, f->coverage_viewers);
		buf_lit(b, ", chat ");
		figure_value(b, FIGURE_SHARE, f->coverage_chat);
		buf_lit(b, ". What was not seen is in no average.</p>\n");
	}
	if (f->open > 0)
		buf_printf(b,
		    "<p class=\"soft\">* %lld of the streams %s not "
		    "over when the data ended.</p>\n",
		    (long long)f->open, f->open == 1 ? "was" : "were");
	if (f->inferred > 0)
		buf_printf(b,
		    "<p class=\"soft\">\xe2\x80\xa0 %lld of the "
		    "streams %s known from chat alone: first to last message."
		    "</p>\n",
		    (long long)f->inferred, f->inferred == 1 ? "is" : "are");
}

static void
channel(
    struct buf *b, const struct weekly *w, size_t i, const struct page *page)
{
	const struct weekly_channel *c = &w->channels[i];

	buf_printf(b, "<section id=\"c%zu\"><h2>", i);
	if (page->root != NULL) {
		buf_printf(b, "<a href=\"%schannel/", page->root);
		page_file(b, c->name);
		buf_lit(b, ".html\">");
	}
	html_text(b, c->name);
	if (page->root != NULL)
		buf_lit(b, "</a>");
	signs(b, &c->now);
	buf_lit(b, "</h2>\n");
	tiles(b, w, c);
	notes(b, &c->now);
	streams_picture(b, c);
	streams_table(b, c, page);
	figures_table(b, w, c);
	buf_lit(b, "</section>\n");
}

void
html_weekly(struct buf *b, const struct weekly *w, const struct page *page)
{
	struct buf title = { 0 };

	buf_printf(&title, "Week %s", w->week);
	page_begin(b, page, buf_view(&title));
	buf_printf(b, "<h1>Week %s</h1>\n<p class=\"lead\">", w->week);
	figure_week(b, w);
	buf_lit(b, " (");
	html_text(b, str_of(w->tz));
	buf_printf(b,
	    "), beside %s. <span class=\"soft\">A stream counts in "
	    "the week in which it began.</span></p>\n",
	    w->before);
	if (w->n_channels == 0)
		buf_lit(b,
		    "<p>" FIGURE_UNKNOWN " no stream began in this week</p>\n");
	if (w->n_channels > 1)
		overview(b, w);
	for (size_t i = 0; i < w->n_channels; i++)
		channel(b, w, i, page);
	buf_printf(b,
	    "<section class=\"soft\"><p>" FIGURE_UNKNOWN " means: not "
	    "known. Viewer averages are weighted by time; message averages are "
	    "per %lld seconds that were heard. Hours watched: viewers "
	    "\xc3\x97 hours. Chatters are counted once a stream.</p></section>\n",
	    (long long)w->seconds);
	page_end(b, page);
	buf_release(&title);
}

void
render_html_weekly(struct buf *b, const struct weekly *w)
{
	html_weekly(b, w, &(struct page){ 0 });
}
