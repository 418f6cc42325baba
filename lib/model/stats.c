#include "model/stats.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/jsonr.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"

/* The counters in the order of both lines, behind `messages...`. */
static const struct counter {
	struct str key;
	size_t at; /* offset in struct counts */
} counters[] = {
#define COUNTER(name)                                                          \
	{                                                                      \
		{ #name, sizeof(#name) - 1 }, offsetof(struct counts, name)    \
	}
	COUNTER(messages),
	COUNTER(messages_shared),
	COUNTER(chatters),
	COUNTER(bits),
	COUNTER(cheers),
	COUNTER(paid_messages),
	COUNTER(subs),
	COUNTER(gifts),
	COUNTER(raids),
	COUNTER(deleted),
	COUNTER(timeouts),
	COUNTER(bans),
#undef COUNTER
};

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

enum { AFTER_MESSAGES = 1, AFTER_CHATTERS = 3 };

/* Appends the counters `from` to before `to` that are not 0. */
static void
write_counters(struct buf *b, const struct counts *n, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		int64_t v =
		    *(const int64_t *)((const char *)n + counters[i].at);

		if (v != 0)
			jsonw_int(b, counters[i].key, v);
	}
}

/* Appends `,"key":`. */
static void
write_key(struct buf *b, const char *key)
{
	buf_lit(b, ",\"");
	buf_str(b, str_of(key));
	buf_lit(b, "\":");
}

static void
write_seconds(struct buf *b, const char *key, int64_t ms)
{
	write_key(b, key);
	num_add_ms(b, ms);
}

static void
write_ratio(struct buf *b, const char *key, double v)
{
	write_key(b, key);
	num_add_ratio(b, v);
}

static void
write_mentions(struct buf *b, const struct stats *s)
{
	if (s->mentions.len == 0)
		return;
	write_key(b, "mentions");
	buf_str(b, s->mentions);
}

static void
write_window(struct buf *b, const struct stats *s)
{
	jsonw_member(b, STR("stream_id"), s->stream_id);
	if (s->viewers >= 0)
		write_ratio(b, "viewers", s->viewers);
	if (s->viewers_max >= 0)
		jsonw_int(b, STR("viewers_max"), s->viewers_max);
	jsonw_int(b, STR("messages"), s->n.messages);
	write_counters(b, &s->n, AFTER_MESSAGES, N_COUNTERS);
	write_mentions(b, s);
	if (s->heard_ms >= 0)
		write_seconds(b, "heard_s", s->heard_ms);
}

static void
write_viewers(struct buf *b, const struct stats *s)
{
	if (s->viewer_ms < 0)
		return;
	write_ratio(b, "viewers_avg", s->viewers_avg);
	jsonw_int(b, STR("viewers_max"), s->viewers_max);
	jsonw_time(b, STR("viewers_max_at"), s->viewers_max_at);
	write_seconds(b, "viewer_s", s->viewer_ms);
	write_seconds(b, "sampled_s", s->sampled_ms);
	write_ratio(b, "hours_watched", (double)s->viewer_ms / MS_PER_HOUR);
}

/* The share of `part_ms` in the airtime, at most 1. */
static void
write_coverage(
    struct buf *b, const char *key, int64_t part_ms, const struct stats *s)
{
	if (part_ms < 0 || s->airtime_ms <= 0)
		return;
	if (part_ms > s->airtime_ms)
		part_ms = s->airtime_ms;
	write_ratio(b, key, (double)part_ms / (double)s->airtime_ms);
}

static void
write_stream(struct buf *b, const struct stats *s)
{
	int64_t heard_ms = (s->heard_ms >= 0 ? s->heard_ms : 0) +
	    s->unknown * s->seconds * MS_PER_S;

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
	write_seconds(b, "airtime_s", s->airtime_ms);
	write_viewers(b, s);
	jsonw_int(b, STR("messages"), s->n.messages);
	/* Holes do not count, quiet windows do, and so do those of which
	 * nothing is known. */
	if (heard_ms > 0)
		write_ratio(b, "messages_avg",
		    (double)(s->n.messages * s->seconds * MS_PER_S) /
			(double)heard_ms);
	jsonw_int(b, STR("messages_max"), s->messages_max);
	if (s->messages_max_at != INT64_MIN)
		jsonw_time(b, STR("messages_max_at"), s->messages_max_at);
	write_counters(b, &s->n, AFTER_MESSAGES, AFTER_CHATTERS);
	if (s->chatters_new != 0)
		jsonw_int(b, STR("chatters_new"), s->chatters_new);
	write_counters(b, &s->n, AFTER_CHATTERS, N_COUNTERS);
	write_mentions(b, s);
	if (s->heard_ms >= 0)
		write_seconds(b, "heard_s", s->heard_ms);
	jsonw_int(b, STR("windows"), s->windows);
	if (s->viewer_ms >= 0)
		write_coverage(b, "coverage_viewers", s->sampled_ms, s);
	write_coverage(b, "coverage_chat", s->heard_ms, s);
}

void
stats_write(struct buf *b, const struct stats *s)
{
	buf_lit(b, "{\"ts\":\"");
	tstamp_add(b, s->ts);
	buf_lit(b, "\",\"channel\":\"");
	jsonw_text(b, s->channel);
	if (s->type == STATS_WINDOW)
		buf_lit(b, "\",\"type\":\"window\",\"seconds\":");
	else
		buf_lit(b, "\",\"type\":\"stream\",\"seconds\":");
	num_add(b, s->seconds);
	if (s->type == STATS_WINDOW)
		write_window(b, s);
	else
		write_stream(b, s);
	buf_lit(b, "}\n");
}
