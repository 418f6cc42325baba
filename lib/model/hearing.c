#include "model/hearing.h"

#include <stdlib.h>

#include "base/xalloc.h"

static void
add_stretch(struct stretches *s, int64_t from, int64_t to)
{
	s->p = xgrow(s->p, s->n, &s->cap, sizeof(*s->p));
	s->p[s->n++] = (struct stretch){ from, to };
}

static struct stretch *
last(const struct collector *c)
{
	return &c->heard.p[c->heard.n - 1];
}

struct chat_mark
hearing_mark_of(const struct event *e, uint32_t by)
{
	struct chat_mark m = { CHAT_MARK_OTHER, by, e->from, e->to };

	if (str_eq(e->mark, STR("join")) || str_eq(e->mark, STR("alive"))) {
		m.kind = CHAT_MARK_SIGN;
	} else if (str_eq(e->mark, STR("lost"))) {
		m.kind = CHAT_MARK_LOST;
		m.from = e->since;
	} else if (str_eq(e->mark, STR("gap"))) {
		m.kind = CHAT_MARK_GAP;
	} else if (str_eq(e->mark, STR("stop")) ||
	    str_eq(e->mark, STR("refused"))) {
		m.kind = CHAT_MARK_LEFT;
	}
	return m;
}

/* Closes the collectors that gave no sign for too long before `ts`. */
static void
bury(struct hearing *h, int64_t ts)
{
	for (size_t i = 0; i < h->n; i++) {
		struct collector *c = &h->collectors[i];

		if (c->open && ts - last(c)->to > HEARING_DEAD_MS)
			c->open = false;
	}
}

static struct collector *
find(struct hearing *h, uint32_t by)
{
	struct collector *c;

	for (size_t i = 0; i < h->n; i++)
		if (h->collectors[i].by == by)
			return &h->collectors[i];
	h->collectors =
	    xgrow(h->collectors, h->n, &h->cap, sizeof(*h->collectors));
	c = &h->collectors[h->n++];
	*c = (struct collector){ .by = by };
	return c;
}

/* Ends the collector's hearing at `end`, which is not after now, `ts`. */
static void
close_at(struct collector *c, int64_t end, int64_t ts)
{
	struct stretch *s = last(c);

	if (end > ts)
		end = ts;
	s->to = end > s->from ? end : s->from;
	c->open = false;
}

void
hearing_mark(struct hearing *h, int64_t ts, const struct chat_mark *m)
{
	struct collector *c;

	if (m->kind == CHAT_MARK_OTHER)
		return;
	if (h->known_from == INT64_MAX)
		h->known_from = ts;
	bury(h, ts);
	c = find(h, m->by);
	switch (m->kind) {
	case CHAT_MARK_SIGN:
		if (!c->open)
			add_stretch(&c->heard, ts, ts);
		c->open = true;
		last(c)->to = ts;
		break;
	case CHAT_MARK_LOST:
		if (c->open)
			close_at(c,
			    m->from != INT64_MIN ? m->from : last(c)->to, ts);
		break;
	case CHAT_MARK_LEFT:
		if (c->open)
			close_at(c, ts, ts);
		break;
	case CHAT_MARK_GAP:
		if (m->from != INT64_MIN && m->to != INT64_MIN &&
		    m->from < m->to)
			add_stretch(&c->gaps, m->from, m->to);
		break;
	case CHAT_MARK_OTHER:
		break;
	}
}

void
hearing_chat(struct hearing *h, int64_t ts)
{
	struct collector *only = NULL;

	if (h->n == 0)
		return;
	bury(h, ts);
	for (size_t i = 0; i < h->n; i++) {
		if (!h->collectors[i].open)
			continue;
		if (only != NULL)
			return;
		only = &h->collectors[i];
	}
	if (only != NULL)
		last(only)->to = ts;
}

/*
 * The union is measured from the left: at `at` the furthest stretch that covers
 * it is followed to its end; where none does, the next one that begins is. A
 * gap cuts its own collector's stretches only, so a covered point is one in a
 * stretch of some collector and in none of that one's gaps.
 *
 * Finds how far from `at` on the collector heard, or, where it did not, where
 * it goes on: the other end is in `*next`.
 */
static int64_t
heard_until(const struct collector *c, int64_t at, int64_t to, int64_t *next)
{
	int64_t until = at;

	for (size_t i = 0; i < c->heard.n; i++) {
		const struct stretch *s = &c->heard.p[i];

		if (s->from <= at && at < s->to)
			until = until > s->to ? until : s->to;
		else if (s->from > at && s->from < *next && s->from < s->to)
			*next = s->from;
	}
	for (size_t i = 0; i < c->gaps.n; i++) {
		const struct stretch *g = &c->gaps.p[i];

		if (g->from <= at && at < g->to) {
			/* Deaf here; look again where the gap ends. */
			until = at;
			if (g->to < *next)
				*next = g->to;
			break;
		}
		if (g->from > at && g->from < until)
			until = g->from;
	}
	return until < to ? until : to;
}

int64_t
hearing_measure(const struct hearing *h, int64_t from, int64_t to)
{
	int64_t at = from, sum = 0;

	if (to <= h->known_from)
		return -1;
	while (at < to) {
		int64_t until = at, next = to;

		for (size_t i = 0; i < h->n; i++) {
			int64_t u =
			    heard_until(&h->collectors[i], at, to, &next);

			until = u > until ? u : until;
		}
		sum += until - at;
		at = until > at ? until : next;
	}
	return sum;
}

int64_t
hearing_measure_now(
    const struct hearing *h, int64_t from, int64_t to, int64_t now)
{
	struct hearing copy = { .known_from = INT64_MAX };
	int64_t ms;

	hearing_copy(&copy, h);
	bury(&copy, now);
	for (size_t i = 0; i < copy.n; i++)
		if (copy.collectors[i].open &&
		    last(&copy.collectors[i])->to < now)
			last(&copy.collectors[i])->to = now;
	ms = hearing_measure(&copy, from, to);
	hearing_release(&copy);
	return ms;
}

bool
hearing_covers(const struct hearing *h, int64_t ts)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct collector *c = &h->collectors[i];

		for (size_t k = 0; k < c->heard.n; k++)
			if (c->heard.p[k].from <= ts && ts <= c->heard.p[k].to)
				return true;
	}
	return false;
}

static void
forget(struct stretches *s, int64_t ts, bool keep_last)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->p[i].to >= ts || (keep_last && i + 1 == s->n))
			s->p[kept++] = s->p[i];
	s->n = kept;
}

void
hearing_forget(struct hearing *h, int64_t ts)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->n; i++) {
		struct collector *c = &h->collectors[i];

		forget(&c->heard, ts, c->open);
		forget(&c->gaps, ts, false);
		if (c->open || c->heard.n > 0 || c->gaps.n > 0) {
			h->collectors[kept++] = *c;
			continue;
		}
		free(c->heard.p);
		free(c->gaps.p);
	}
	h->n = kept;
}

static void
copy_stretches(struct stretches *to, const struct stretches *from)
{
	*to = (struct stretches){ NULL, from->n, from->n };
	if (from->n == 0)
		return;
	to->p = xcalloc(from->n, sizeof(*to->p));
	memcpy(to->p, from->p, from->n * sizeof(*to->p));
}

void
hearing_copy(struct hearing *to, const struct hearing *from)
{
	hearing_release(to);
	to->known_from = from->known_from;
	to->n = to->cap = from->n;
	to->collectors =
	    from->n > 0 ? xcalloc(from->n, sizeof(*to->collectors)) : NULL;
	for (size_t i = 0; i < from->n; i++) {
		to->collectors[i] = from->collectors[i];
		copy_stretches(
		    &to->collectors[i].heard, &from->collectors[i].heard);
		copy_stretches(
		    &to->collectors[i].gaps, &from->collectors[i].gaps);
	}
}

void
hearing_release(struct hearing *h)
{
	for (size_t i = 0; i < h->n; i++) {
		free(h->collectors[i].heard.p);
		free(h->collectors[i].gaps.p);
	}
	free(h->collectors);
	*h = (struct hearing){ .known_from = INT64_MAX };
}
