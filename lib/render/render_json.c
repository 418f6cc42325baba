#include "render/render.h"

#include "base/num.h"
#include "base/tstamp.h"
#include "format/jsonw.h"

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
