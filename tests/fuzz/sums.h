/*
 * sums - what must hold of the lines that tw-agg writes, tw-stats(5)
 *
 * Keeps the lines as a reader of them does (of equal keys the later one counts)
 * and checks: a stream's figures are the sums over its windows; windows come in
 * order of time, begin at multiples of their length, and hold nothing that is
 * less than nothing.
 */
#ifndef TW_TESTS_SUMS_H
#define TW_TESTS_SUMS_H

#include "base/map.h"
#include "format/hash.h"
#include "fuzz.h"
#include "model/stats.h"

#define SUMS_MAX 3000 /* windows that are looked at */

struct sums_line {
	struct stats s;
	char channel[32], id[64]; /* what `s` has of them */
};

struct sums {
	struct sums_line *windows, *streams; /* by their coming */
	size_t n_windows, n_streams, cap_windows, cap_streams;
	struct map numbers; /* of windows, by channel and time */
	bool live;          /* windows come again */
	bool over;          /* there were too many, or too long names */
};

/* The counters of a line, in the order of the struct. */
#define SUMS_COUNTERS (sizeof(struct counts) / sizeof(int64_t))

static inline int64_t
sums_counter(const struct counts *n, size_t i)
{
	int64_t v;

	memcpy(&v, (const char *)n + i * sizeof(v), sizeof(v));
	return v;
}

static inline struct sums_line *
sums_put(struct sums_line **list, size_t *n, size_t *cap)
{
	if (*n == *cap) {
		*cap = *cap * 2 + 16;
		*list = realloc(*list, *cap * sizeof(**list));
		if (*list == NULL)
			err(1, "realloc");
	}
	return &(*list)[(*n)++];
}

/* Copies what `s` borrows. */
static inline void
sums_keep(struct sums_line *l, const struct stats *s)
{
	l->s = *s;
	memcpy(l->channel, s->channel.p, s->channel.len);
	if (s->stream_id.len > 0)
		memcpy(l->id, s->stream_id.p, s->stream_id.len);
}

static inline bool
sums_is_channel(const struct sums_line *l, struct str channel)
{
	return str_eq(channel, (struct str){ l->channel, l->s.channel.len });
}

static inline bool
sums_is_id(const struct sums_line *l, struct str id)
{
	return str_eq(id, (struct str){ l->id, l->s.stream_id.len });
}

/*
 * Finds the window of that channel and time; a new one if `make` says so.
 *
 * Returns it; NULL when there is none.
 */
static inline struct sums_line *
sums_window(struct sums *t, struct str channel, int64_t ts, bool make)
{
	static struct buf key;
	size_t i;
	uint64_t hash;

	buf_reset(&key);
	buf_add(&key, &ts, sizeof(ts));
	buf_str(&key, channel);
	hash = hash_str(buf_view(&key), 0);
	i = make ? map_number(&t->numbers, buf_view(&key), hash)
		 : map_find(&t->numbers, buf_view(&key), hash);
	if (i == MAP_NONE)
		return NULL;
	return i < t->n_windows
	    ? &t->windows[i]
	    : sums_put(&t->windows, &t->n_windows, &t->cap_windows);
}

/*
 * Checks and keeps the line `s`.
 */
static inline void
sums_add(struct sums *t, const struct stats *s)
{
	struct sums_line *l = NULL;
	int64_t last_ts = INT64_MIN;
	bool window = s->type == STATS_WINDOW;

	if (s->channel.len > sizeof(l->channel) ||
	    s->stream_id.len > sizeof(l->id) || t->n_windows == SUMS_MAX) {
		t->over = true;
		return;
	}
	for (size_t i = 0; i < SUMS_COUNTERS; i++)
		must(sums_counter(&s->n, i) >= 0);
	must(s->n.gifts <= s->n.subs);
	must(s->n.cheers <= s->n.paid_messages);
	must(s->n.paid_messages <= s->n.messages);
	must(s->n.chatters <= s->n.messages);
	if (window) {
		size_t i = t->n_windows;

		/* That of before, of the channel. */
		while (
		    i > 0 && !sums_is_channel(&t->windows[i - 1], s->channel))
			i--;
		last_ts = i > 0 ? t->windows[i - 1].s.ts : INT64_MIN;
		l = sums_window(t, s->channel, s->ts, true);
	}
	for (size_t i = 0; !window && i < t->n_streams; i++)
		if (sums_is_channel(&t->streams[i], s->channel) &&
		    sums_is_id(&t->streams[i], s->stream_id))
			l = &t->streams[i];
	if (window) {
		must(s->ts % (s->seconds * 1000) == 0);
		must(s->heard_ms <= s->seconds * 1000);
		must(s->viewers_max < 0 || s->viewers >= 0);
		must(s->viewers_max < 0 ||
		    s->viewers <= (double)s->viewers_max + 0.00005);
		must(t->live || last_ts < s->ts);
	}
	if (l == NULL)
		l = sums_put(&t->streams, &t->n_streams, &t->cap_streams);
	sums_keep(l, s);
}

/* Holds the stream `l` against its windows. */
static inline void
sums_check_stream(const struct sums *t, const struct sums_line *l)
{
	const struct stats *s = &l->s;
	int64_t n[SUMS_COUNTERS] = { 0 }, windows = 0, heard_ms = 0;
	int64_t most = 0, most_at = INT64_MIN, chatters = 0;
	struct str channel = { l->channel, s->channel.len };
	struct str id = { l->id, s->stream_id.len };

	for (size_t i = 0; i < t->n_windows; i++) {
		const struct stats *w = &t->windows[i].s;

		if (!sums_is_channel(&t->windows[i], channel) ||
		    !sums_is_id(&t->windows[i], id))
			continue;
		windows++;
		for (size_t k = 0; k < SUMS_COUNTERS; k++)
			n[k] += sums_counter(&w->n, k);
		heard_ms += w->heard_ms > 0 ? w->heard_ms : 0;
		if (most_at == INT64_MIN || w->n.messages > most) {
			most = w->n.messages;
			most_at = w->ts;
		}
		if (w->n.chatters > chatters)
			chatters = w->n.chatters;
	}
	must(windows == s->windows);
	for (size_t k = 0; k < SUMS_COUNTERS; k++)
		if (k != offsetof(struct counts, chatters) / sizeof(int64_t))
			must(n[k] == sums_counter(&s->n, k));
	must(s->n.chatters >= chatters);
	must(s->n.chatters <=
	    n[offsetof(struct counts, chatters) / sizeof(int64_t)]);
	must(s->chatters_new <= s->n.chatters);
	must(heard_ms == (s->heard_ms > 0 ? s->heard_ms : 0));
	must(most == s->messages_max);
	must(most_at == s->messages_max_at);
	must(s->airtime_ms >= 0);
	must(!s->open || !s->inferred);
	must(s->viewer_ms < 0 || s->sampled_ms <= s->airtime_ms);
	must(s->viewer_ms < 0 ||
	    s->viewers_avg <= (double)s->viewers_max + 0.0001);
}

/*
 * Checks all that was kept against each other, and forgets it.
 */
static inline void
sums_end(struct sums *t)
{
	/* Live, the line of a stream may have been written before a window that
	 * came late was written again: tw-agg(1) says which to keep. */
	for (size_t i = 0; i < t->n_streams && !t->over && !t->live; i++)
		sums_check_stream(t, &t->streams[i]);
	/* No window of a stream that there is not. */
	for (size_t i = 0; i < t->n_windows && !t->over; i++) {
		const struct sums_line *w = &t->windows[i];
		bool found = w->s.stream_id.len == 0;

		for (size_t k = 0; k < t->n_streams && !found; k++)
			found =
			    sums_is_channel(&t->streams[k],
				(struct str){ w->channel, w->s.channel.len }) &&
			    sums_is_id(&t->streams[k],
				(struct str){ w->id, w->s.stream_id.len });
		must(found);
	}
	map_release(&t->numbers);
	free(t->windows);
	free(t->streams);
	*t = (struct sums){ .live = t->live };
}

#endif
