#include "render/site.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "format/hash.h"
#include "format/html.h"
#include "render/chart.h"
#include "render/figure.h"
#include "render/html.h"
#include "render/view.h"

#define ON_AIR_MS (10 * MS_PER_MIN) /* heard of in that time: it goes on */
#define RECENT_MS (15 * MS_PER_MIN) /* of the live page's sparklines */
#define SCROLL                                                                 \
	"<div class=\"scroll\" tabindex=\"0\" role=\"group\" "                 \
	"aria-label=\"Table\">"

struct site {
	const struct report *r;
	const char *tz;
	const struct site_sink *sink; /* borrowed */
	struct str *channels;         /* owned */
	size_t n_channels;
	struct week *weeks; /* owned; with a stream, the newest first */
	size_t n_weeks;
	struct on_air *on_air; /* owned */
	size_t n_on_air;
	int64_t until;
	char latest[16];
	uint64_t mark;         /* of the page at hand; 0 = none */
	struct buf page, path; /* of the page at hand */
	struct buf line;       /* what a mark is made of */
	struct buf channel_list[2], week_list[2]; /* for root "", "../" */
};

static const char *const roots[2] = { "", "../" };

static void
put(struct site *s, struct str path)
{
	buf_reset(&s->path);
	buf_str(&s->path, path);
	buf_byte(&s->path, '\0');
	s->sink->put(s->sink->arg, s->path.p, buf_view(&s->page), s->mark);
	s->mark = 0;
	buf_reset(&s->page);
}

/* Makes the frame of a page, with its pickers, below the root or in a folder. */
static struct page
frame(const struct site *s, int depth, bool pickers)
{
	struct page p = { .root = roots[depth] };

	/* What changes each week stays away from the many pages of streams. */
	if (pickers) {
		p.latest = s->n_weeks > 0 ? s->latest : NULL;
		p.channels = buf_view(&s->channel_list[depth]);
		p.weeks = buf_view(&s->week_list[depth]);
	}
	return p;
}

static int
compare_weeks(const void *a, const void *b)
{
	const struct week *x = a, *y = b;

	return (x->monday < y->monday) - (x->monday > y->monday);
}

/* Finds the weeks in which a stream began. */
static void
find_weeks(struct site *s)
{
	size_t cap = 0, kept = 0;

	for (size_t i = 0; i < s->n_channels; i++) {
		struct history h;

		report_history(
		    s->r, s->channels[i], INT64_MIN, INT64_MAX, s->tz, &h);
		for (size_t k = 0; k < h.n_streams; k++) {
			struct week w = week_of(zone_date(h.streams[k].s->ts));

			if (s->n_weeks > 0 &&
			    s->weeks[s->n_weeks - 1].monday == w.monday)
				continue;
			s->weeks = xgrow(
			    s->weeks, s->n_weeks, &cap, sizeof(*s->weeks));
			s->weeks[s->n_weeks++] = w;
		}
		history_release(&h);
	}
	if (s->n_weeks == 0)
		return;
	qsort(s->weeks, s->n_weeks, sizeof(*s->weeks), compare_weeks);
	for (size_t i = 0; i < s->n_weeks; i++)
		if (kept == 0 ||
		    s->weeks[kept - 1].monday != s->weeks[i].monday)
			s->weeks[kept++] = s->weeks[i];
	s->n_weeks = kept;
}

static void
make_pickers(struct site *s)
{
	for (int depth = 0; depth < 2; depth++) {
		struct buf *c = &s->channel_list[depth];
		struct buf *w = &s->week_list[depth];

		buf_lit(c, "<details><summary>Channels</summary><ul>");
		for (size_t i = 0; i < s->n_channels; i++) {
			buf_printf(c, "<li><a href=\"%schannel/", roots[depth]);
			page_file(c, s->channels[i]);
			buf_lit(c, ".html\">");
			html_name(c, s->channels[i]);
			buf_lit(c, "</a></li>");
		}
		buf_lit(c, "</ul></details>");
		buf_lit(w, "<details><summary>Weeks</summary><ul>");
		for (size_t i = 0; i < s->n_weeks; i++) {
			buf_printf(w, "<li><a href=\"%sweek/", roots[depth]);
			week_add(w, s->weeks[i]);
			buf_lit(w, ".html\">");
			week_add(w, s->weeks[i]);
			buf_lit(w, "</a></li>");
		}
		buf_lit(w, "</ul></details>");
	}
}

static void
channel_link(struct buf *b, struct str channel)
{
	buf_lit(b, "<a href=\"channel/");
	page_file(b, channel);
	buf_lit(b, ".html\">");
	html_name(b, channel);
	buf_lit(b, "</a>");
}

/* Tells whether the channel has a page: only one of which the line of a stream was
 * read. */
static bool
has_page(const struct site *s, struct str channel)
{
	for (size_t i = 0; i < s->n_channels; i++)
		if (str_eq(s->channels[i], channel))
			return true;
	return false;
}

static void
data_until(struct buf *b, const struct site *s)
{
	buf_lit(b, "<p class=\"lead soft\">Data up to ");
	if (s->until == INT64_MIN)
		buf_lit(b, FIGURE_UNKNOWN);
	else
		figure_when(b, s->until);
	buf_lit(b, " (");
	html_text(b, str_of(s->tz));
	buf_lit(b, ")</p>\n");
}

/* The table of who is on air. */
static void
live_row(struct site *s, const struct on_air *o)
{
	struct buf *b = &s->page;
	const struct course *c = o->course;
	struct course_bucket all, minute;
	struct chart_point *p = xcalloc(c->n + 1, sizeof(*p));
	size_t recent, last;

	course_sum(c, 0, c->n, &all);
	recent = c->n > 0 ? (size_t)(RECENT_MS / c->width_ms) + 1 : 0;
	recent = recent < c->n ? recent : c->n;
	last = c->n > 0 ? (size_t)((MS_PER_MIN - 1) / c->width_ms) + 1 : 0;
	last = last < c->n ? last : c->n;
	course_sum(c, c->n - last, c->n, &minute);
	buf_lit(b, "<tr><th scope=\"row\">");
	if (has_page(s, o->channel))
		channel_link(b, o->channel);
	else
		html_name(b, o->channel);
	buf_lit(b, "<br><span class=\"soft\">");
	if (o->s != NULL && o->s->title.len > 0) {
		html_name(b, o->s->title);
		buf_lit(b, " \xc2\xb7 ");
	}
	buf_lit(b, "since ");
	figure_clock(b, o->s != NULL ? o->s->ts : c->from);
	buf_lit(b, "</span></th><td>");
	view_messages(c, p);
	if (recent > 0)
		chart_spark(b, STR("Messages of the last minutes"),
		    p + c->n - recent, recent);
	buf_lit(b, "</td><td>");
	figure_value(b, FIGURE_CENTS,
	    minute.heard > 0
		? (double)minute.messages / (double)(minute.heard * c->seconds)
		: STATS_UNKNOWN);
	buf_lit(b, "</td><td>");
	figure_value(b, FIGURE_COUNT, c->n > 0 ? c->viewers : STATS_UNKNOWN);
	buf_lit(b, "</td><td>");
	if (c->n > 0 && c->sampled != INT64_MIN)
		figure_clock(b, c->sampled);
	else
		buf_lit(b, FIGURE_UNKNOWN);
	buf_lit(b, "</td><td>");
	num_add_thousands(b, o->s != NULL ? o->s->n.bits : all.bits);
	buf_lit(b, "</td><td>");
	num_add_thousands(
	    b, o->s != NULL ? o->s->n.paid_messages : all.paid_messages);
	buf_lit(b, "</td><td>");
	figure_value(b, FIGURE_SHARE,
	    all.windows > 0 ? (double)all.heard / (double)all.windows
			    : STATS_UNKNOWN);
	buf_lit(b, "</td></tr>\n");
	free(p);
}

static void
live_table(struct site *s)
{
	struct buf *b = &s->page;

	if (s->n_on_air == 0) {
		buf_lit(b, "<p>Nobody is on air.</p>\n");
		return;
	}
	buf_lit(b,
	    SCROLL
	    "<table class=\"streams\"><thead><tr><th scope=\"col\">channel</th>"
	    "<th scope=\"col\">messages, last 15 min</th><th scope=\"col\">"
	    "messages a second</th><th scope=\"col\">viewers</th>"
	    "<th scope=\"col\">counted at</th><th scope=\"col\">bits so far"
	    "</th><th scope=\"col\">paid messages</th><th scope=\"col\">chat "
	    "heard</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n_on_air; i++)
		live_row(s, &s->on_air[i]);
	buf_lit(b, "</tbody></table></div>\n");
}

static void
put_live(struct site *s)
{
	struct page p = frame(s, 0, true);

	page_begin(&s->page, &p, STR("Live"));
	buf_lit(&s->page, "<h1>Live</h1>\n");
	data_until(&s->page, s);
	buf_lit(&s->page,
	    "<p data-reload hidden><label><input type=\"checkbox\" checked> "
	    "Read this page again every 15 seconds</label></p>\n");
	live_table(s);
	page_end(&s->page, &p);
	put(s, STR("live.html"));
}

static void
leaders(struct site *s, const struct weekly *w)
{
	static const int columns[] = { 6, 0, 2, 1, 3, 4 };
	struct buf *b = &s->page;

	buf_printf(b,
	    "<section><h2><a href=\"week/%s.html\">Week %s</a></h2>\n"
	    "<p class=\"soft\">By hours watched.</p>\n" SCROLL
	    "<table><thead><tr><th scope=\"col\">channel</th>",
	    w->week, w->week);
	for (size_t k = 0; k < sizeof(columns) / sizeof(*columns); k++) {
		buf_lit(b, "<th scope=\"col\">");
		figure_label(b, &figures[columns[k]], w->seconds);
		buf_lit(b, "</th>");
	}
	buf_lit(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < w->n_channels && i < 10; i++) {
		buf_lit(b, "<tr><th scope=\"row\">");
		channel_link(b, w->channels[i].name);
		buf_lit(b, "</th>");
		for (size_t k = 0; k < sizeof(columns) / sizeof(*columns);
		     k++) {
			const struct figure *f = &figures[columns[k]];

			buf_lit(b, "<td>");
			figure_value(b, f->form, f->get(&w->channels[i].now));
			buf_lit(b, "</td>");
		}
		buf_lit(b, "</tr>\n");
	}
	buf_lit(b, "</tbody></table></div></section>\n");
}

static void
all_channels(struct site *s)
{
	struct buf *b = &s->page;

	buf_lit(b,
	    "<section><h2>All channels</h2>\n" SCROLL
	    "<table><thead><tr><th scope=\"col\">channel</th><th scope=\"col\">"
	    "streams</th><th scope=\"col\">airtime</th><th scope=\"col\">"
	    "average viewers</th><th scope=\"col\">messages</th>"
	    "<th scope=\"col\">newest stream</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n_channels; i++) {
		struct page p = frame(s, 0, false);
		const struct stats *last;
		struct history h;

		report_history(
		    s->r, s->channels[i], INT64_MIN, INT64_MAX, s->tz, &h);
		last = h.streams[h.n_streams - 1].s;
		buf_lit(b, "<tr><th scope=\"row\">");
		channel_link(b, s->channels[i]);
		buf_printf(b, "</th><td>%zu</td><td>", h.n_streams);
		figure_value(b, FIGURE_TIME, (double)h.sum.airtime_ms);
		buf_lit(b, "</td><td>");
		figure_value(b, FIGURE_TENTHS, h.sum.viewers_avg);
		buf_lit(b, "</td><td>");
		num_add_thousands(b, h.sum.messages);
		buf_lit(b, "</td><td>");
		html_stream_link(b, &p, last->channel, last->stream_id);
		figure_when(b, last->ts);
		buf_lit(b, "</a></td></tr>\n");
		history_release(&h);
	}
	buf_lit(b, "</tbody></table></div></section>\n");
}

static void
put_index(struct site *s, const struct weekly *newest)
{
	struct page p = frame(s, 0, true);
	struct buf *b = &s->page;

	page_begin(b, &p, STR("Overview"));
	buf_lit(b, "<h1>Overview</h1>\n");
	data_until(b, s);
	buf_lit(b, "<section><h2><a href=\"live.html\">On air</a></h2>\n");
	live_table(s);
	buf_lit(b, "</section>\n");
	if (newest != NULL)
		leaders(s, newest);
	if (s->n_channels > 0)
		all_channels(s);
	if (s->n_weeks > 0) {
		buf_lit(b, "<section><h2>Weeks</h2>\n<p>");
		for (size_t i = 0; i < s->n_weeks; i++) {
			buf_lit(b, "<a href=\"week/");
			week_add(b, s->weeks[i]);
			buf_lit(b, ".html\">");
			week_add(b, s->weeks[i]);
			buf_lit(b, "</a> ");
		}
		buf_lit(b, "</p></section>\n");
	}
	page_end(b, &p);
	put(s, STR("index.html"));
}

static void
put_weeks(struct site *s)
{
	struct page p = frame(s, 1, true);
	struct buf path = { 0 };

	for (size_t i = 0; i < s->n_weeks; i++) {
		struct weekly w;

		report_weekly(s->r, s->weeks[i], s->tz, &w);
		html_weekly(&s->page, &w, &p);
		buf_reset(&path);
		buf_printf(&path, "week/%s.html", w.week);
		put(s, buf_view(&path));
		if (i == 0)
			put_index(s, &w);
		weekly_release(&w);
	}
	if (s->n_weeks == 0)
		put_index(s, NULL);
	buf_release(&path);
}

/* Makes a mark of all that the page of a stream is made of. */
static uint64_t
mark_of(struct site *s, const struct stream_view *v)
{
	const struct course *c = v->stream.course;
	uint64_t mark;

	buf_reset(&s->line);
	buf_str(&s->line, str_of(v->tz));
	stats_write(&s->line, v->stream.s);
	/* A line that is not as ours are may have these more exactly. */
	buf_add(&s->line, &v->stream.s->messages_avg,
	    sizeof(v->stream.s->messages_avg));
	buf_add(&s->line, &v->stream.s->viewers_avg,
	    sizeof(v->stream.s->viewers_avg));
	buf_add(&s->line, &c->from, sizeof(c->from));
	buf_add(&s->line, &c->width_ms, sizeof(c->width_ms));
	buf_add(&s->line, c->p, c->n * sizeof(*c->p));
	mark = hash_str(buf_view(&s->line), s->sink->version);
	return mark != 0 ? mark : 1;
}

/* Tells whether the page at `path` need not be made. */
static bool
is_known(struct site *s, struct buf *path, uint64_t mark)
{
	bool known;

	if (s->sink->known == NULL)
		return false;
	buf_byte(path, '\0');
	known = s->sink->known(s->sink->arg, path->p, mark);
	path->len--;
	return known;
}

static void
put_channel(struct site *s, struct str channel)
{
	struct page with = frame(s, 1, true), without = frame(s, 1, false);
	struct buf path = { 0 };
	struct history h;

	report_history(s->r, channel, INT64_MIN, INT64_MAX, s->tz, &h);
	html_history(&s->page, &h, &with);
	buf_lit(&path, "channel/");
	page_file(&path, channel);
	buf_lit(&path, ".html");
	put(s, buf_view(&path));
	for (size_t i = 0; i < h.n_streams; i++) {
		struct stream_view v = { h.streams[i], s->tz };

		uint64_t mark = mark_of(s, &v);

		buf_reset(&path);
		html_stream_path(&path, channel, v.stream.s->stream_id);
		if (is_known(s, &path, mark))
			continue;
		html_stream(&s->page, &v, &without);
		s->mark = mark;
		put(s, buf_view(&path));
	}
	history_release(&h);
	buf_release(&path);
}

void
site_render(
    const struct report *r, const char *tz, const struct site_sink *sink)
{
	struct site s = { .r = r, .tz = tz, .sink = sink };

	s.n_channels = report_channels(r, &s.channels);
	s.n_on_air = report_on_air(r, ON_AIR_MS, &s.on_air);
	s.until = report_until(r);
	find_weeks(&s);
	if (s.n_weeks > 0) {
		week_add(&s.path, s.weeks[0]);
		memcpy(s.latest, s.path.p, s.path.len < 15 ? s.path.len : 15);
	}
	make_pickers(&s);
	sink->put(sink->arg, "style.css", str_of(page_style), 0);
	sink->put(sink->arg, "script.js", str_of(page_script), 0);
	/* From the leaves to the root: no link leads to a page not yet there. */
	for (size_t i = 0; i < s.n_channels; i++)
		put_channel(&s, s.channels[i]);
	put_weeks(&s);
	put_live(&s);
	for (int i = 0; i < 2; i++) {
		buf_release(&s.channel_list[i]);
		buf_release(&s.week_list[i]);
	}
	free(s.channels);
	free(s.weeks);
	free(s.on_air);
	buf_release(&s.page);
	buf_release(&s.path);
	buf_release(&s.line);
}
