#include "model/seen.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "format/hash.h"

#define CLOCKS    (1 << 16)
#define CAP_LEAST 1024

/* Finds the number of the event's channel and moves its clock on. */
static uint32_t
channel_of(struct seen *s, const struct event *e)
{
	size_t n = s->channels.n;
	size_t i =
	    map_number(&s->channels, e->channel, hash_str(e->channel, 0));

	if (s->greatest == NULL)
		s->greatest = xcalloc(CLOCKS, sizeof(*s->greatest));
	if (i == n && i < CLOCKS)
		s->greatest[i] = e->ts;
	if (s->greatest[i % CLOCKS] < e->ts)
		s->greatest[i % CLOCKS] = e->ts;
	return (uint32_t)i;
}

static bool
is_old(const struct seen *s, const struct seen_entry *x)
{
	return (int64_t)x->ts < s->greatest[x->channel] - SEEN_WINDOW_MS;
}

/* Maps a hash to a place without a division: as a fraction of the table. */
static size_t
place_of(const struct seen *s, uint64_t hash)
{
	return (size_t)((unsigned __int128)hash * s->cap >> 64);
}

/*
 * Finds the place of an equal event, or the one where it would go: the first
 * on the way whose event is too old to count, else a free one.
 */
static struct seen_entry *
find(const struct seen *s, uint64_t hash)
{
	struct seen_entry *reuse = NULL;

	for (size_t i = place_of(s, hash);; i = i + 1 < s->cap ? i + 1 : 0) {
		struct seen_entry *x = &s->entries[i];

		if (x->hash == 0)
			return reuse != NULL ? reuse : x;
		if (x->hash == hash)
			return x;
		if (reuse == NULL && is_old(s, x))
			reuse = x;
	}
}

/* Throws out what is too old to count, and makes room if that is not enough. */
static void
sweep(struct seen *s)
{
	struct seen_entry *old = s->entries;
	size_t cap = s->cap, live = 0;

	for (size_t i = 0; i < cap; i++)
		live += old[i].hash != 0 && !is_old(s, &old[i]);
	s->cap = live * 3 > CAP_LEAST ? live * 3 : CAP_LEAST;
	s->entries = xcalloc(s->cap, sizeof(*s->entries));
	s->n = live;
	for (size_t i = 0; i < cap; i++)
		if (old[i].hash != 0 && !is_old(s, &old[i]))
			*find(s, old[i].hash) = old[i];
	free(old);
}

void
seen_expect(struct seen *s, const struct event *e)
{
	s->channel = channel_of(s, e);
	s->hash = 0;
	if (e->id.len == 0 || !event_is_chat(e))
		return;
	/* The seed keeps the ids of other channels and types apart. */
	s->hash = hash_str(e->id,
	    (uint64_t)s->channel * EVENT_N_TYPES + (uint64_t)e->type + 1);
	if (s->cap > 0)
		__builtin_prefetch(&s->entries[place_of(s, s->hash)], 1);
}

bool
seen_before(struct seen *s, const struct event *e, struct str line)
{
	struct seen_entry *x;
	uint64_t hash = s->hash;

	if (!event_is_chat(e))
		return false;
	if (e->id.len == 0)
		hash = hash_str(line, 0);
	hash += hash == 0;
	if (s->n * 3 >= s->cap * 2)
		sweep(s);
	x = find(s, hash);
	if (x->hash == hash && !is_old(s, x))
		return true;
	s->n += x->hash == 0;
	x->hash = hash;
	x->ts = (uint64_t)e->ts & (((uint64_t)1 << 48) - 1);
	x->channel = s->channel % CLOCKS;
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
