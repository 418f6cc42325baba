#include "model/live.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"

struct window {
	int64_t ts, seconds;
	int64_t messages, chatters, bits, paid_messages, heard_ms;
	double viewers;
	bool sampled;
};

struct channel {
	struct window w[LIVE_WINDOWS]; /* a ring, by time */
	size_t first, n;
	char *stream_id;             /* owned; of the newest window, or NULL */
	int64_t bits, paid_messages; /* of that stream */
	int64_t sampled;             /* ts of the last sample, or INT64_MIN */
	double viewers;
};

struct live {
	struct map names;
	struct channel **channels; /* owned; by number */
	size_t cap;
	int64_t until;
	int64_t seconds; /* of the newest window */
};

struct live *
live_new(void)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->until = INT64_MIN;
	l->seconds = 5;
	return l;
}

static struct window *
at(struct channel *c, size_t i)
{
	return &c->w[(c->first + i) % LIVE_WINDOWS];
}

static struct channel *
channel_of(struct live *l, struct str name)
{
	size_t n = l->names.n;
	size_t i = map_number(&l->names, name, hash_str(name, 0));

	if (i == n) {
		l->channels =
		    xgrow(l->channels, n, &l->cap, sizeof(*l->channels));
		l->channels[i] = xcalloc(1, sizeof(struct channel));
		l->channels[i]->sampled = INT64_MIN;
		l->channels[i]->viewers = STATS_UNKNOWN;
	}
	return l->channels[i];
}

/* Takes the sums of another stream back to 0. */
static void
choose_stream(struct channel *c, struct str id)
{
	struct str old = c->stream_id != NULL ? str_of(c->stream_id) : STR("");

	if (str_eq(old, id))
		return;
	free(c->stream_id);
	c->stream_id = NULL;
	c->bits = c->paid_messages = 0;
	if (id.len > 0) {
		c->stream_id = xcalloc(id.len + 1, 1);
		memcpy(c->stream_id, id.p, id.len);
	}
}

/* Finds the place of the window: that of an equal one, the end, or NULL when it
 * is older than what is kept or was never there. */
static struct window *
place(struct channel *c, int64_t ts, bool *again)
{
	*again = false;
	for (size_t i = c->n; i > 0; i--) {
		struct window *w = at(c, i - 1);

		if (w->ts == ts) {
			*again = true;
			return w;
		}
		if (w->ts < ts && i < c->n)
			return NULL;
		if (w->ts < ts)
			break;
		if (i == 1)
			return NULL;
	}
	if (c->n == LIVE_WINDOWS) {
		c->first = (c->first + 1) % LIVE_WINDOWS;
		c->n--;
	}
	return at(c, c->n++);
}

void
live_add(struct live *l, const struct stats *s)
{
	struct channel *c;
	struct window *w;
	bool again;

	if (s->type != STATS_WINDOW)
		return;
	c = channel_of(l, s->channel);
	w = place(c, s->ts, &again);
	if (w == NULL)
		return;
	if (again) {
		c->bits -= w->bits;
		c->paid_messages -= w->paid_messages;
	} else {
		choose_stream(c, s->stream_id);
	}
	*w = (struct window){ .ts = s->ts,
		.seconds = s->seconds,
		.messages = s->n.messages,
		.chatters = s->n.chatters,
		.bits = s->n.bits,
		.paid_messages = s->n.paid_messages,
		.heard_ms = s->heard_ms,
		.viewers = s->viewers,
		.sampled = s->viewers_max >= 0 };
	c->bits = num_sum(c->bits, w->bits);
	c->paid_messages = num_sum(c->paid_messages, w->paid_messages);
	if (w->sampled && w->ts >= c->sampled)
		c->sampled = w->ts;
	/* The last that is known: its age stands beside it. */
	if (at(c, c->n - 1) == w && w->viewers >= 0)
		c->viewers = w->viewers;
	if (s->ts + s->seconds * MS_PER_S > l->until) {
		l->until = s->ts + s->seconds * MS_PER_S;
		l->seconds = s->seconds;
	}
}

int64_t
live_until(const struct live *l)
{
	return l->until;
}

static struct live_row
row_of(const struct live *l, size_t number, int64_t now)
{
	struct channel *c = l->channels[number];
	struct live_row r = { .name = map_name(&l->names, number),
		.on_air = c->stream_id != NULL,
		.messages_s = STATS_UNKNOWN,
		.viewers = c->viewers,
		.viewers_age_ms = STATS_UNKNOWN,
		.bits = c->bits,
		.paid_messages = c->paid_messages,
		.coverage = STATS_UNKNOWN,
		.channel = number };
	int64_t deaf_ms = 0, heard_ms = 0, all_ms = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct window *w = at(c, i);
		int64_t ms = w->seconds * MS_PER_S;

		if (w->heard_ms >= 0) {
			heard_ms += w->heard_ms < ms ? w->heard_ms : ms;
			all_ms += ms;
		}
		if (w->ts + ms <= now - MS_PER_MIN || w->ts >= now)
			continue;
		r.messages += w->messages;
		r.chatters_min += w->chatters;
		deaf_ms +=
		    w->heard_ms >= 0 && w->heard_ms < ms ? ms - w->heard_ms : 0;
	}
	if (deaf_ms < MS_PER_MIN)
		r.messages_s = (double)r.messages * MS_PER_S /
		    (double)(MS_PER_MIN - deaf_ms);
	if (all_ms > 0)
		r.coverage = (double)heard_ms / (double)all_ms;
	if (c->sampled != INT64_MIN)
		r.viewers_age_ms = now > c->sampled ? now - c->sampled : 0;
	return r;
}

static int
compare(const void *a, const void *b)
{
	const struct live_row *x = a, *y = b;

	if (x->messages != y->messages)
		return x->messages > y->messages ? -1 : 1;
	if (x->viewers > y->viewers || x->viewers < y->viewers)
		return x->viewers > y->viewers ? -1 : 1;
	return str_cmp(x->name, y->name);
}

size_t
live_rows(const struct live *l, int64_t now, struct live_row **rows)
{
	*rows = xcalloc(l->names.n + 1, sizeof(**rows));
	for (size_t i = 0; i < l->names.n; i++)
		(*rows)[i] = row_of(l, i, now);
	qsort(*rows, l->names.n, sizeof(**rows), compare);
	return l->names.n;
}

void
live_messages(const struct live *l, size_t channel, int64_t now,
    double *messages, size_t n)
{
	struct channel *c = l->channels[channel];
	int64_t width = l->seconds * MS_PER_S;
	int64_t end = now / width * width;

	for (size_t i = 0; i < n; i++) {
		int64_t ts = end - (int64_t)(n - i) * width;

		messages[i] = c->n > 0 && ts > at(c, 0)->ts ? 0 : STATS_UNKNOWN;
	}
	for (size_t i = 0; i < c->n; i++) {
		const struct window *w = at(c, i);
		int64_t back = (end - w->ts) / width;

		if (w->ts >= end || back < 1 || back > (int64_t)n)
			continue;
		messages[n - (size_t)back] =
		    w->heard_ms <= 0 && w->messages == 0 ? STATS_UNKNOWN
							 : (double)w->messages;
	}
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->names.n; i++) {
		free(l->channels[i]->stream_id);
		free(l->channels[i]);
	}
	free(l->channels);
	map_release(&l->names);
	free(l);
}
