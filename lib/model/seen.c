#include "model/seen.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "format/hash.h"

/* Finds the number of the event's channel and moves its clock on. */
static uint32_t
channel_of(struct seen *s, const struct event *e)
{
	size_t n = s->channels.n;
	size_t i =
	    map_number(&s->channels, e->channel, hash_str(e->channel, 0));

	if (i == n) {
		s->greatest = xgrow(
		    s->greatest, n, &s->greatest_cap, sizeof(*s->greatest));
		s->greatest[i] = e->ts;
	}
	if (s->greatest[i] < e->ts)
		s->greatest[i] = e->ts;
	return (uint32_t)i;
}

static bool
is_old(const struct seen *s, const struct seen_entry *x)
{
	return x->ts < s->greatest[x->channel] - SEEN_WINDOW_MS;
}

/* Finds the place of an equal event that still counts, or a free one. */
static struct seen_entry *
find(const struct seen *s, uint64_t hash, uint32_t channel)
{
	size_t mask = s->cap - 1, i = hash & mask;

	for (; s->entries[i].hash != 0; i = (i + 1) & mask)
		if (s->entries[i].hash == hash &&
		    s->entries[i].channel == channel)
			break;
	return &s->entries[i];
}

/* Throws out what is too old to count, and makes room if that is not enough. */
static void
sweep(struct seen *s)
{
	struct seen_entry *old = s->entries;
	size_t cap = s->cap, live = 0;

	for (size_t i = 0; i < cap; i++)
		live += old[i].hash != 0 && !is_old(s, &old[i]);
	s->cap = cap != 0 ? cap : 1024;
	while (live * 4 >= s->cap)
		s->cap *= 2;
	s->entries = xcalloc(s->cap, sizeof(*s->entries));
	s->n = live;
	for (size_t i = 0; i < cap; i++)
		if (old[i].hash != 0 && !is_old(s, &old[i]))
			*find(s, old[i].hash, old[i].channel) = old[i];
	free(old);
}

bool
seen_before(struct seen *s, const struct event *e, struct str line)
{
	uint32_t channel = channel_of(s, e);
	struct seen_entry *x;
	uint64_t hash;

	if (!event_is_chat(e))
		return false;
	/* The seed keeps ids of different types apart from each other, and
	 * from lines. */
	hash = e->id.len > 0 ? hash_str(e->id, (uint64_t)e->type + 1)
			     : hash_str(line, 0);
	hash += hash == 0;
	if (s->n * 2 >= s->cap)
		sweep(s);
	x = find(s, hash, channel);
	if (x->hash != 0 && !is_old(s, x))
		return true;
	s->n += x->hash == 0;
	*x = (struct seen_entry){ hash, e->ts, channel };
	/* One that is too old itself is a repeat of nothing, and nothing will
	 * be one of it, but it has to be kept. */
	return false;
}

void
seen_release(struct seen *s)
{
	map_release(&s->channels);
	free(s->greatest);
	free(s->entries);
	*s = (struct seen){ 0 };
}
