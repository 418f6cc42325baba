#include "model/course.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"

static const struct course_bucket nothing = { .viewers_min = STATS_UNKNOWN,
	.viewers_max = STATS_UNKNOWN,
	.messages_min = STATS_UNKNOWN,
	.messages_max = STATS_UNKNOWN,
	.max_at = INT64_MIN };

/* Takes `from`, which is later, into `to`. */
static void
merge(struct course_bucket *to, const struct course_bucket *from)
{
	to->windows += from->windows;
	to->heard += from->heard;
	if (from->viewers_max >= 0) {
		if (to->viewers_max < 0 || from->viewers_min < to->viewers_min)
			to->viewers_min = from->viewers_min;
		if (from->viewers_max > to->viewers_max)
			to->viewers_max = from->viewers_max;
	}
	if (from->messages_max >= 0) {
		if (to->messages_max < 0 ||
		    from->messages_min < to->messages_min)
			to->messages_min = from->messages_min;
		if (from->messages_max > to->messages_max) {
			to->messages_max = from->messages_max;
			to->max_at = from->max_at;
		}
	}
	to->messages = num_sum(to->messages, from->messages);
	to->bits = num_sum(to->bits, from->bits);
	to->paid_messages = num_sum(to->paid_messages, from->paid_messages);
	to->subs = num_sum(to->subs, from->subs);
	to->raids = num_sum(to->raids, from->raids);
}

/* Makes one bucket of each two. */
static void
halve(struct course *c)
{
	size_t n = (c->n + 1) / 2;

	for (size_t i = 0; i < n; i++) {
		c->p[i] = c->p[i * 2];
		if (i * 2 + 1 < c->n)
			merge(&c->p[i], &c->p[i * 2 + 1]);
	}
	c->n = n;
	c->width_ms *= 2;
}

void
course_condense(struct course *c, size_t max)
{
	while (c->n > max)
		halve(c);
	if (c->cap > max && c->cap > 2 * c->n) {
		c->cap = c->n;
		c->p = xreallocarray(c->p, c->cap, sizeof(*c->p));
	}
}

static struct course_bucket
bucket_of(const struct stats *s)
{
	struct course_bucket b = nothing;

	b.windows = 1;
	b.heard = s->heard_ms != 0;
	b.viewers_min = b.viewers_max = s->viewers;
	if (s->viewers_max > s->viewers)
		b.viewers_max = (double)s->viewers_max;
	b.messages = s->n.messages;
	if (b.heard || s->n.messages > 0)
		b.messages_min = b.messages_max = s->n.messages;
	b.max_at = s->ts;
	b.bits = s->n.bits;
	b.paid_messages = s->n.paid_messages;
	b.subs = s->n.subs;
	b.raids = s->n.raids;
	return b;
}

bool
course_is_exact(const struct course *c)
{
	return c->width_ms == c->seconds * MS_PER_S;
}

bool
course_is_known(const struct course_bucket *b)
{
	return b->messages_max >= 0 || b->bits > 0 || b->paid_messages > 0 ||
	    b->subs > 0 || b->raids > 0;
}

void
course_add(struct course *c, const struct stats *s, size_t max)
{
	struct course_bucket b = bucket_of(s);
	size_t at;

	if (c->n == 0 || s->ts < c->from || s->seconds != c->seconds) {
		c->n = 0;
		c->from = c->last = s->ts;
		c->seconds = s->seconds;
		c->width_ms = s->seconds * MS_PER_S;
		c->sampled = INT64_MIN;
		c->viewers = STATS_UNKNOWN;
	}
	while ((s->ts - c->from) / c->width_ms >= (int64_t)max)
		halve(c);
	at = (size_t)((s->ts - c->from) / c->width_ms);
	if (!course_is_exact(c) && c->n > 0 && s->ts <= c->last) {
		c->n = at;
		c->last = s->ts;
	}
	while (c->n <= at) {
		c->p = xgrow(c->p, c->n, &c->cap, sizeof(*c->p));
		c->p[c->n++] = nothing;
	}
	if (course_is_exact(c))
		c->p[at] = nothing;
	merge(&c->p[at], &b);
	if (s->ts < c->last)
		return;
	c->last = s->ts;
	if (s->viewers >= 0)
		c->viewers = s->viewers;
	if (s->viewers_max >= 0)
		c->sampled = s->ts;
}

bool
course_has(const struct course *c, const struct stats *s)
{
	return c->n > 0 && s->seconds == c->seconds && s->ts >= c->from &&
	    s->ts <= c->last &&
	    (!course_is_exact(c) ||
		c->p[(s->ts - c->from) / c->width_ms].windows > 0);
}

void
course_drop(struct course *c, const struct stats *s)
{
	if (!course_is_exact(c) || !course_has(c, s))
		return;
	c->p[(s->ts - c->from) / c->width_ms] = nothing;
	while (c->n > 0 && c->p[c->n - 1].windows == 0)
		c->n--;
	c->last = c->from + ((int64_t)c->n - 1) * c->width_ms;
	/* What was counted last is gone. */
	if (c->sampled > c->last) {
		c->sampled = INT64_MIN;
		c->viewers = STATS_UNKNOWN;
	}
}

void
course_draw(const struct course *c, struct course *to)
{
	*to = *c;
	to->cap = c->n;
	to->p = xreallocarray(NULL, c->n, sizeof(*c->p));
	if (c->n > 0)
		memcpy(to->p, c->p, c->n * sizeof(*c->p));
	course_condense(to, COURSE_DRAWN);
}

size_t
course_peaks(const struct course *c, int64_t apart_ms,
    struct course_peak *peaks, size_t n)
{
	size_t found = 0;

	for (; found < n; found++) {
		const struct course_bucket *best = NULL;

		for (size_t i = 0; i < c->n; i++) {
			const struct course_bucket *b = &c->p[i];
			bool near = b->messages_max <= 0;

			for (size_t k = 0; k < found && !near; k++)
				near =
				    llabs(b->max_at - peaks[k].at) < apart_ms;
			if (!near &&
			    (best == NULL ||
				b->messages_max > best->messages_max))
				best = b;
		}
		if (best == NULL)
			break;
		peaks[found] =
		    (struct course_peak){ best->max_at, best->messages_max };
	}
	return found;
}

void
course_sum(
    const struct course *c, size_t from, size_t to, struct course_bucket *sum)
{
	*sum = nothing;
	for (size_t i = from; i < to; i++)
		merge(sum, &c->p[i]);
}

void
course_release(struct course *c)
{
	free(c->p);
	*c = (struct course){ 0 };
}
