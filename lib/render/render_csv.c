#include "base/num.h"
#include "base/tstamp.h"
#include "format/csv.h"
#include "render/figure.h"
#include "render/render.h"

static const char *const columns[] = { "streams", "open", "airtime_s",
	"viewers_max", "viewers_max_at", "messages_max", "messages_max_at",
	"viewers_avg", "messages_avg", "hours_watched", "messages",
	"chatters_sum", "bits", "paid_messages", "subs", "coverage_viewers",
	"coverage_chat" };

#define N_COLUMNS (sizeof(columns) / sizeof(*columns))

static void
add_int(struct buf *b, int64_t v)
{
	buf_byte(b, ',');
	if (v >= 0)
		num_add(b, v);
}

static void
add_time(struct buf *b, int64_t ms)
{
	buf_byte(b, ',');
	if (ms != INT64_MIN)
		tstamp_add(b, ms);
}

static void
add_ratio(struct buf *b, double v)
{
	buf_byte(b, ',');
	if (v >= 0)
		num_add_ratio(b, v);
}

/* Appends the columns in their order. */
static void
add_figures(struct buf *b, const struct weekly_figures *f)
{
	add_int(b, f->streams);
	add_int(b, f->open);
	buf_byte(b, ',');
	num_add_ms(b, f->airtime_ms);
	add_int(b, f->viewers_max);
	add_time(b, f->viewers_max_at);
	add_int(b, f->messages_max);
	add_time(b, f->messages_max_at);
	add_ratio(b, f->viewers_avg);
	add_ratio(b, f->messages_avg);
	add_ratio(b,
	    f->viewer_ms >= 0 ? (double)f->viewer_ms / MS_PER_HOUR
			      : STATS_UNKNOWN);
	add_int(b, f->messages);
	add_int(b, f->chatters_sum);
	add_int(b, f->bits);
	add_int(b, f->paid_messages);
	add_int(b, f->subs);
	add_ratio(b, f->coverage_viewers);
	add_ratio(b, f->coverage_chat);
}

void
render_csv_weekly(struct buf *b, const struct weekly *w)
{
	buf_lit(b, "week,tz,from,to,seconds,channel");
	for (size_t i = 0; i < N_COLUMNS; i++)
		buf_printf(b, ",%s", columns[i]);
	for (size_t i = 0; i < N_COLUMNS; i++)
		buf_printf(b, ",previous_%s", columns[i]);
	buf_lit(b, "\n");
	for (size_t i = 0; i < w->n_channels; i++) {
		const struct weekly_channel *c = &w->channels[i];

		buf_printf(b, "%s,%s,", w->week, w->tz);
		tstamp_add(b, w->from);
		buf_byte(b, ',');
		tstamp_add(b, w->to);
		add_int(b, w->seconds);
		buf_byte(b, ',');
		csv_text(b, c->name);
		add_figures(b, &c->now);
		if (c->has_previous)
			add_figures(b, &c->previous);
		else
			for (size_t k = 0; k < N_COLUMNS; k++)
				buf_byte(b, ',');
		buf_lit(b, "\n");
	}
}

/* Appends the figures of a stream, each with its time where it has one. */
static void
add_stream_figures(struct buf *b, const struct stats *s)
{
	for (size_t i = 0; i < n_stream_figures; i++) {
		const struct stream_figure *f = &stream_figures[i];
		double v = f->get(s);

		buf_byte(b, ',');
		if (v >= 0)
			figure_number(b, f->form, v);
		if (f->when != NULL)
			add_time(b, f->when(s));
	}
}

void
render_csv_history(struct buf *b, const struct history *h)
{
	buf_lit(b,
	    "channel,stream_id,started_at,ended_at,open,inferred,name,title,"
	    "category,language,seconds");
	for (size_t i = 0; i < n_stream_figures; i++) {
		buf_printf(b, ",%s", stream_figures[i].key);
		if (stream_figures[i].when != NULL)
			buf_printf(b, ",%s", stream_figures[i].when_key);
	}
	buf_lit(b, "\n");
	for (size_t i = 0; i < h->n_streams; i++) {
		const struct stats *s = h->streams[i].s;
		const struct str words[] = { s->name, s->title, s->category,
			s->language };

		csv_text(b, s->channel);
		buf_byte(b, ',');
		csv_text(b, s->stream_id);
		add_time(b, s->ts);
		add_time(b, s->ended_at);
		add_int(b, s->open);
		add_int(b, s->inferred);
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
			buf_byte(b, ',');
			csv_text(b, words[k]);
		}
		add_int(b, s->seconds);
		add_stream_figures(b, s);
		buf_lit(b, "\n");
	}
}

void
render_csv_stream(struct buf *b, const struct stream_view *v)
{
	struct course c;

	buf_lit(b,
	    "ts,seconds,viewers_min,viewers_max,messages,messages_min,"
	    "messages_max,bits,paid_messages,subs,raids,windows,heard\n");
	course_draw(v->stream.course, &c);
	for (size_t i = 0; i < c.n; i++) {
		const struct course_bucket *p = &c.p[i];
		bool chat = p->messages_max >= 0, known = course_is_known(p);

		tstamp_add(b, c.from + (int64_t)i * c.width_ms);
		buf_byte(b, ',');
		num_add_ms(b, c.width_ms);
		add_ratio(b, p->viewers_min);
		add_ratio(b, p->viewers_max);
		add_int(b, chat ? p->messages : STATS_UNKNOWN);
		add_int(b, p->messages_min);
		add_int(b, p->messages_max);
		add_int(b, known ? p->bits : STATS_UNKNOWN);
		add_int(b, known ? p->paid_messages : STATS_UNKNOWN);
		add_int(b, known ? p->subs : STATS_UNKNOWN);
		add_int(b, known ? p->raids : STATS_UNKNOWN);
		add_int(b, p->windows);
		add_int(b, p->heard);
		buf_lit(b, "\n");
	}
	course_release(&c);
}

void
render_csv_mentions(struct buf *b, const struct mentions_report *m)
{
	buf_lit(b,
	    "name,mentions,people,broadcaster,moderators,viewers,"
	    "per_1000_viewer_minutes,first,last,busiest_minute,"
	    "busiest_minute_mentions\n");
	for (size_t i = 0; i < m->n_names; i++) {
		const struct mentions_name *n = &m->names[i];

		csv_text(b, n->name);
		add_int(b, n->mentions);
		add_int(b, n->people);
		for (int k = 0; k < MENTIONS_N_WHO; k++)
			add_int(b, n->by[k]);
		add_ratio(b, n->per_1000_viewer_min);
		add_time(b, n->first);
		add_time(b, n->last);
		add_time(b, n->busiest);
		add_int(b, n->busiest_mentions);
		buf_lit(b, "\n");
	}
}
