#include "render/render.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "format/jsonw.h"
#include "render/figure.h"
#include "render/view.h"

static void
add_seconds(struct buf *b, const char *key, int64_t ms)
{
	buf_printf(b, ",\"%s\":", key);
	num_add_ms(b, ms);
}

static void
add_ratio(struct buf *b, const char *key, double v)
{
	if (v < 0)
		return;
	buf_printf(b, ",\"%s\":", key);
	num_add_ratio(b, v);
}

static void
add_figures(struct buf *b, const struct weekly_figures *f)
{
	buf_lit(b, "\"streams\":");
	num_add(b, f->streams);
	jsonw_int(b, STR("open"), f->open);
	add_seconds(b, "airtime_s", f->airtime_ms);
	if (f->viewers_max >= 0) {
		jsonw_int(b, STR("viewers_max"), f->viewers_max);
		jsonw_time(b, STR("viewers_max_at"), f->viewers_max_at);
	}
	jsonw_int(b, STR("messages_max"), f->messages_max);
	if (f->messages_max_at != INT64_MIN)
		jsonw_time(b, STR("messages_max_at"), f->messages_max_at);
	add_ratio(b, "viewers_avg", f->viewers_avg);
	add_ratio(b, "messages_avg", f->messages_avg);
	if (f->viewer_ms >= 0)
		add_ratio(
		    b, "hours_watched", (double)f->viewer_ms / MS_PER_HOUR);
	jsonw_int(b, STR("messages"), f->messages);
	jsonw_int(b, STR("chatters_sum"), f->chatters_sum);
	jsonw_int(b, STR("bits"), f->bits);
	jsonw_int(b, STR("paid_messages"), f->paid_messages);
	jsonw_int(b, STR("subs"), f->subs);
	add_ratio(b, "coverage_viewers", f->coverage_viewers);
	add_ratio(b, "coverage_chat", f->coverage_chat);
}

void
render_json_weekly(struct buf *b, const struct weekly *w)
{
	buf_printf(b, "{\"report\":\"weekly\",\"week\":\"%s\"", w->week);
	jsonw_member(b, STR("tz"), str_of(w->tz));
	jsonw_time(b, STR("from"), w->from);
	jsonw_time(b, STR("to"), w->to);
	jsonw_int(b, STR("seconds"), w->seconds);
	buf_lit(b, ",\"channels\":[");
	for (size_t i = 0; i < w->n_channels; i++) {
		const struct weekly_channel *c = &w->channels[i];

		buf_str(
		    b, i > 0 ? STR(",{\"channel\":") : STR("{\"channel\":"));
		jsonw_str(b, c->name);
		buf_byte(b, ',');
		add_figures(b, &c->now);
		if (c->has_previous) {
			buf_lit(b, ",\"previous\":{");
			add_figures(b, &c->previous);
			buf_byte(b, '}');
		}
		buf_byte(b, '}');
	}
	buf_lit(b, "]}\n");
}

/* Appends the stream as members, without a comma before the first. */
static void
add_stream(struct buf *b, const struct stats *s)
{
	buf_lit(b, "\"channel\":");
	jsonw_str(b, s->channel);
	jsonw_member(b, STR("stream_id"), s->stream_id);
	jsonw_time(b, STR("started_at"), s->ts);
	jsonw_time(b, STR("ended_at"), s->ended_at);
	if (s->open)
		buf_lit(b, ",\"open\":true");
	if (s->inferred)
		buf_lit(b, ",\"inferred\":true");
	jsonw_member(b, STR("name"), s->name);
	jsonw_member(b, STR("title"), s->title);
	jsonw_member(b, STR("category"), s->category);
	jsonw_member(b, STR("language"), s->language);
	jsonw_int(b, STR("seconds"), s->seconds);
	for (size_t i = 0; i < n_stream_figures; i++) {
		const struct stream_figure *f = &stream_figures[i];
		double v = f->get(s);

		if (v >= 0) {
			buf_printf(b, ",\"%s\":", f->key);
			figure_number(b, f->form, v);
		}
		if (f->when != NULL && f->when(s) != INT64_MIN)
			jsonw_time(b, str_of(f->when_key), f->when(s));
	}
	if (s->mentions.len > 0) {
		buf_lit(b, ",\"mentions\":");
		buf_str(b, s->mentions);
	}
}

static void
add_limits(struct buf *b, int64_t from, int64_t to)
{
	if (from != INT64_MIN)
		jsonw_time(b, STR("from"), from);
	if (to != INT64_MAX)
		jsonw_time(b, STR("to"), to);
}

void
render_json_history(struct buf *b, const struct history *h)
{
	buf_lit(b, "{\"report\":\"history\"");
	jsonw_member(b, STR("channel"), h->channel);
	jsonw_member(b, STR("tz"), str_of(h->tz));
	add_limits(b, h->from, h->to);
	jsonw_int(b, STR("seconds"), h->seconds);
	buf_lit(b, ",\"sum\":{");
	add_figures(b, &h->sum);
	buf_lit(b, "},\"streams\":[");
	for (size_t i = 0; i < h->n_streams; i++) {
		buf_str(b, i > 0 ? STR(",{") : STR("{"));
		add_stream(b, h->streams[i].s);
		buf_byte(b, '}');
	}
	buf_lit(b, "]}\n");
}

static void
add_course(struct buf *b, const struct course *c)
{
	buf_lit(b, ",\"course\":[");
	for (size_t i = 0; i < c->n; i++) {
		const struct course_bucket *p = &c->p[i];

		buf_str(b, i > 0 ? STR(",{\"ts\":\"") : STR("{\"ts\":\""));
		tstamp_add(b, c->from + (int64_t)i * c->width_ms);
		buf_byte(b, '"');
		add_seconds(b, "seconds", c->width_ms);
		add_ratio(b, "viewers_min", p->viewers_min);
		add_ratio(b, "viewers_max", p->viewers_max);
		if (p->messages_max >= 0) {
			jsonw_int(b, STR("messages"), p->messages);
			jsonw_int(b, STR("messages_min"), p->messages_min);
			jsonw_int(b, STR("messages_max"), p->messages_max);
		}
		if (course_is_known(p)) {
			jsonw_int(b, STR("bits"), p->bits);
			jsonw_int(b, STR("paid_messages"), p->paid_messages);
			jsonw_int(b, STR("subs"), p->subs);
			jsonw_int(b, STR("raids"), p->raids);
		}
		jsonw_int(b, STR("windows"), p->windows);
		jsonw_int(b, STR("heard"), p->heard);
		buf_byte(b, '}');
	}
	buf_byte(b, ']');
}

void
render_json_stream(struct buf *b, const struct stream_view *v)
{
	struct course_peak peaks[VIEW_PEAKS];
	struct view_stretch *holes;
	struct course drawn;
	size_t n;

	buf_lit(b, "{\"report\":\"stream\"");
	jsonw_member(b, STR("tz"), str_of(v->tz));
	buf_byte(b, ',');
	add_stream(b, v->stream.s);
	buf_lit(b, ",\"peaks\":[");
	n = course_peaks(v->stream.course, VIEW_APART_MS, peaks, VIEW_PEAKS);
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i > 0 ? STR(",{\"ts\":\"") : STR("{\"ts\":\""));
		tstamp_add(b, peaks[i].at);
		buf_byte(b, '"');
		jsonw_int(b, STR("messages"), peaks[i].messages);
		buf_byte(b, '}');
	}
	buf_lit(b, "],\"holes\":[");
	n = view_holes(v->stream.course, &holes);
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i > 0 ? STR(",{\"from\":\"") : STR("{\"from\":\""));
		tstamp_add(b, holes[i].from);
		buf_byte(b, '"');
		jsonw_time(b, STR("to"), holes[i].to);
		buf_byte(b, '}');
	}
	buf_byte(b, ']');
	free(holes);
	course_draw(v->stream.course, &drawn);
	add_course(b, &drawn);
	course_release(&drawn);
	buf_lit(b, "}\n");
}

static void
add_name(struct buf *b, const struct mentions_name *n)
{
	static const char *const who[MENTIONS_N_WHO] = { "broadcaster",
		"moderators", "viewers" };

	buf_lit(b, "{\"name\":");
	jsonw_str(b, n->name);
	jsonw_int(b, STR("mentions"), n->mentions);
	if (n->people >= 0)
		jsonw_int(b, STR("people"), n->people);
	for (int k = 0; k < MENTIONS_N_WHO; k++)
		if (n->by[k] >= 0)
			jsonw_int(b, str_of(who[k]), n->by[k]);
	add_ratio(b, "per_1000_viewer_minutes", n->per_1000_viewer_min);
	jsonw_time(b, STR("first"), n->first);
	jsonw_time(b, STR("last"), n->last);
	jsonw_time(b, STR("busiest_minute"), n->busiest);
	jsonw_int(b, STR("busiest_minute_mentions"), n->busiest_mentions);
	buf_lit(b, ",\"hours\":[");
	for (int k = 0; k < 24; k++) {
		if (k > 0)
			buf_byte(b, ',');
		num_add(b, (int64_t)n->hours[k]);
	}
	buf_lit(b, "]}");
}

void
render_json_mentions(struct buf *b, const struct mentions_report *m)
{
	buf_lit(b, "{\"report\":\"mentions\"");
	jsonw_member(b, STR("tz"), str_of(m->tz));
	add_limits(b, m->from, m->to);
	if (m->viewer_ms >= 0)
		add_ratio(
		    b, "viewer_minutes", (double)m->viewer_ms / MS_PER_MIN);
	buf_lit(b, ",\"names\":[");
	for (size_t i = 0; i < m->n_names; i++) {
		if (i > 0)
			buf_byte(b, ',');
		add_name(b, &m->names[i]);
	}
	buf_lit(b, "]}\n");
}
