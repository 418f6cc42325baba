#include "base/num.h"
#include "base/tstamp.h"
#include "format/csv.h"
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
