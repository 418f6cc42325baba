#include "model/live.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"

#define SEEN_MS (10 * MS_PER_MIN) /* coverage looks back so far */

#define OUTSIDE 0 /* the "stream" of windows outside of streams */

/* The place of one window. */
struct window {
	uint64_t stream; /* hash of its id, or OUTSIDE */
	int64_t messages, chatters, bits, paid_messages;
	int64_t heard_ms; /* or STATS_UNKNOWN */
	bool written;     /* else nothing was read for this place */
};

/* What a stream has brought. */
struct sum {
	uint64_t stream;
	int64_t bits, paid_messages;
};

/* Time is counted in slots here: slot n begins at n times the width. */
struct channel {
	int64_t width;      /* ms, of a window; 0 = there is none yet */
	struct window *w;   /* owned; a ring, by slot */
	int64_t cap;        /* of it */
	int64_t first;      /* slot: the least that was read */
	int64_t last;       /* slot: the greatest, always written */
	int64_t heard_from; /* slot: the least of which it is known how much was
	                     * heard; INT64_MAX: none */
	/* Of windows that are kept no longer: the last stream among them, and
	 * what came outside of streams behind it. */
	struct sum stream, outside;
	int64_t sampled; /* ts of the last sample, or INT64_MIN */
	double viewers;
};

struct live {
	struct map names;
	struct channel **channels; /* owned; by number */
	size_t cap;
	int64_t until;
};

struct live *
live_new(void)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->until = INT64_MIN;
	return l;
}

static struct window *
at(const struct channel *c, int64_t slot)
{
	int64_t i = slot % c->cap;

	return &c->w[i < 0 ? i + c->cap : i];
}

static bool
is_kept(const struct channel *c, int64_t slot)
{
	return slot > c->last - c->cap;
}

/* Finds the window of the slot; NULL when none was read, or is kept. */
static const struct window *
find(const struct channel *c, int64_t slot)
{
	if (!is_kept(c, slot) || slot > c->last || !at(c, slot)->written)
		return NULL;
	return at(c, slot);
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

static void
sum_add(struct sum *s, int64_t bits, int64_t paid_messages)
{
	s->bits = num_sum(s->bits, bits);
	s->paid_messages = num_sum(s->paid_messages, paid_messages);
}

/* Moves on by the places up to `slot`, which is later than the last one. What
 * their windows brought stays with their stream; they leave in order of time, and
 * only the newest stream of a channel can come back, so one sum is enough. */
static void
pass(struct channel *c, int64_t slot)
{
	int64_t from = c->last - c->cap + 1, to = slot - c->cap;

	for (int64_t i = from; i <= to && i <= c->last; i++) {
		struct window *w = at(c, i);
		struct sum *s = &c->outside;

		if (!w->written)
			continue;
		if (w->stream != OUTSIDE) {
			s = &c->stream;
			if (s->stream != w->stream)
				*s = (struct sum){ .stream = w->stream };
			c->outside = (struct sum){ .stream = OUTSIDE };
		}
		sum_add(s, w->bits, w->paid_messages);
		w->written = false;
	}
	c->last = slot;
}

/* Makes the ring one for windows as long as `s`. False when it has others, and
 * `s` would be beside one of them, not after them all. */
static bool
fit(struct channel *c, const struct stats *s)
{
	int64_t width = s->seconds * MS_PER_S;
	int64_t cap = (SEEN_MS + width - 1) / width;

	if (c->width == width)
		return true;
	if (c->width > 0) {
		if (tstamp_slot(s->ts, c->width) <= c->last)
			return false;
		pass(c, c->last + c->cap);
		free(c->w);
	}
	c->width = width;
	c->cap = cap > LIVE_WINDOWS ? cap : LIVE_WINDOWS;
	c->w = xcalloc((size_t)c->cap, sizeof(*c->w));
	c->first = c->last = tstamp_slot(s->ts, width);
	c->heard_from = INT64_MAX;
	return true;
}

void
live_add(struct live *l, const struct stats *s)
{
	struct channel *c;
	int64_t slot, end = s->ts + s->seconds * MS_PER_S;

	if (s->type != STATS_WINDOW)
		return;
	c = channel_of(l, s->channel);
	if (!fit(c, s))
		return;
	slot = tstamp_slot(s->ts, c->width);
	if (!is_kept(c, slot))
		return;
	if (slot > c->last)
		pass(c, slot);
	*at(c, slot) = (struct window){ .stream = s->stream_id.len > 0
		    ? hash_str(s->stream_id, 0)
		    : OUTSIDE,
		.messages = s->n.messages,
		.chatters = s->n.chatters,
		.bits = s->n.bits,
		.paid_messages = s->n.paid_messages,
		.heard_ms = s->heard_ms < c->width ? s->heard_ms : c->width,
		.written = true };
	if (slot < c->first)
		c->first = slot;
	if (s->heard_ms >= 0 && slot < c->heard_from)
		c->heard_from = slot;
	if (s->viewers_max >= 0 && s->ts >= c->sampled)
		c->sampled = s->ts;
	/* The last that is known: its age stands beside it. */
	if (slot == c->last && s->viewers >= 0)
		c->viewers = s->viewers;
	if (end > l->until)
		l->until = end;
}

int64_t
live_until(const struct live *l)
{
	return l->until;
}

/* Sums up the present stream; outside of streams, what came since the last. */
static struct sum
present(const struct channel *c)
{
	struct sum sum = { .stream = at(c, c->last)->stream };

	for (int64_t slot = c->last; is_kept(c, slot); slot--) {
		const struct window *w = at(c, slot);

		if (!w->written)
			continue;
		if (w->stream == sum.stream)
			sum_add(&sum, w->bits, w->paid_messages);
		else if (sum.stream == OUTSIDE)
			return sum;
	}
	if (sum.stream == OUTSIDE)
		sum_add(&sum, c->outside.bits, c->outside.paid_messages);
	else if (sum.stream == c->stream.stream)
		sum_add(&sum, c->stream.bits, c->stream.paid_messages);
	return sum;
}

/* The figures of some time, in whole windows. */
struct past {
	int64_t ms; /* how long that is */
	int64_t messages, chatters;
	int64_t heard_ms;
	int64_t deaf_ms;   /* of windows that were read */
	int64_t unread_ms; /* no window, though one could be */
};

/* Looks back from `now` over at least `ms`. A window that is not over yet cannot
 * be there: what counts is what was over by then. Of a stream every window is
 * written; outside of streams quiet ones are not, so one that is missing says
 * nothing. */
static struct past
look_back(const struct channel *c, int64_t now, int64_t ms)
{
	int64_t end = tstamp_slot(now, c->width);
	int64_t n = (ms + c->width - 1) / c->width;
	struct past p = { .ms = n * c->width };
	bool all = at(c, c->last)->stream != OUTSIDE;

	for (int64_t slot = end - n; slot < end; slot++) {
		const struct window *w = find(c, slot);

		if (w == NULL) {
			p.unread_ms +=
			    all && slot > c->heard_from ? c->width : 0;
			continue;
		}
		p.messages += w->messages;
		p.chatters += w->chatters;
		if (w->heard_ms < 0)
			continue;
		p.heard_ms += w->heard_ms;
		p.deaf_ms += c->width - w->heard_ms;
	}
	return p;
}

static struct live_row
row_of(const struct live *l, size_t number, int64_t now)
{
	const struct channel *c = l->channels[number];
	struct live_row r = { .name = map_name(&l->names, number),
		.messages_s = STATS_UNKNOWN,
		.viewers = c->viewers,
		.viewers_age_ms = STATS_UNKNOWN,
		.coverage = STATS_UNKNOWN,
		.channel = number };
	struct past minute = look_back(c, now, MS_PER_MIN);
	struct past seen = look_back(c, now, SEEN_MS);
	struct sum sum = present(c);
	int64_t all_ms = seen.heard_ms + seen.deaf_ms + seen.unread_ms;

	r.on_air = sum.stream != OUTSIDE;
	r.bits = sum.bits;
	r.paid_messages = sum.paid_messages;
	r.messages = minute.messages;
	r.chatters_min = minute.chatters;
	if (minute.deaf_ms < minute.ms)
		r.messages_s = (double)minute.messages * MS_PER_S /
		    (double)(minute.ms - minute.deaf_ms);
	if (all_ms > 0)
		r.coverage = (double)seen.heard_ms / (double)all_ms;
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
	const struct channel *c = l->channels[channel];
	int64_t begin = tstamp_slot(now, c->width) - (int64_t)n;

	for (size_t i = 0; i < n; i++) {
		int64_t slot = begin + (int64_t)i;
		const struct window *w = find(c, slot);

		messages[i] = STATS_UNKNOWN;
		if (w == NULL && slot > c->first && is_kept(c, slot))
			messages[i] = 0;
		else if (w != NULL && (w->heard_ms > 0 || w->messages > 0))
			messages[i] = (double)w->messages;
	}
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->names.n; i++) {
		free(l->channels[i]->w);
		free(l->channels[i]);
	}
	free(l->channels);
	map_release(&l->names);
	free(l);
}
