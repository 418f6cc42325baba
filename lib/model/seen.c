/*
 * The entries lie in the order of their coming, so that a new one is written
 * behind the last. They are found by a table of groups, each as large as a line
 * of the processor's cache: a byte of its hash for each entry, and its number.
 * One comparison of all these bytes tells nearly always that an event is new,
 * without a look at the entries.
 */
#include "model/seen.h"

#include <assert.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/xalloc.h"
#include "format/hash.h"

#define CLOCKS    (1 << 16)
#define CAP_LEAST 1024
#define FREE      0                         /* the byte of a free place */
#define PLACES    ((1U << SEEN_PLACES) - 1) /* a bit for each */
#define AHEAD     16 /* groups on their way from memory at a time */

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

/* Maps a hash to a group without a division: as a fraction of the table. */
static struct seen_group *
group_of(const struct seen *s, uint64_t hash)
{
	return s->groups +
	    (size_t)((unsigned __int128)hash * s->n_groups >> 64);
}

/* The byte of an entry: of those bits of the hash that choose no group. */
static unsigned char
tag_of(uint64_t hash)
{
	unsigned char tag = (unsigned char)hash;

	return tag != FREE ? tag : 1;
}

/*
 * Finds the entry with this hash.
 *
 * Returns it; or NULL, with the free place where it goes.
 */
static struct seen_entry *
find(const struct seen *s, uint64_t hash, struct seen_group **group, size_t *at)
{
	struct seen_group *g = group_of(s, hash);

	for (;; g = g + 1 < s->groups + s->n_groups ? g + 1 : s->groups) {
		unsigned hits = bytes_equal(g->tags, tag_of(hash));
		unsigned freed = bytes_equal(g->tags, FREE) & PLACES;

		for (hits &= PLACES; hits != 0; hits &= hits - 1) {
			struct seen_entry *x =
			    &s->entries[g->entry[__builtin_ctz(hits)]];

			if (x->hash == hash)
				return x;
		}
		if (LIKELY(freed != 0)) {
			*group = g;
			*at = (size_t)__builtin_ctz(freed);
			return NULL;
		}
	}
}

/* Lists the entries from the `i`-th on in the groups. */
static void
list(struct seen *s)
{
	struct seen_group *g;
	size_t at;

	for (size_t i = 0; i < s->n; i++) {
		uint64_t hash = s->entries[i].hash;

		if (i + AHEAD < s->n)
			__builtin_prefetch(
			    group_of(s, s->entries[i + AHEAD].hash), 1);
		if (find(s, hash, &g, &at) != NULL)
			continue;
		g->tags[at] = tag_of(hash);
		g->entry[at] = (uint32_t)i;
	}
}

/* Throws out what is too old to count, and makes room for twice what is left. */
static void
sweep(struct seen *s)
{
	size_t live = 0, groups;

	for (size_t i = 0; i < s->n; i++)
		if (!is_old(s, &s->entries[i]))
			s->entries[live++] = s->entries[i];
	s->n = live;
	s->cap = live * 2 > CAP_LEAST ? live * 2 : CAP_LEAST;
	assert(s->cap <= UINT32_MAX);
	s->entries = xreallocarray(s->entries, s->cap, sizeof(*s->entries));
	groups = s->cap / SEEN_PLACES * 3 / 2;
	if (groups != s->n_groups) {
		free(s->groups);
		s->groups = xaligned(groups, sizeof(*s->groups));
		s->n_groups = groups;
	}
	memset(s->groups, FREE, groups * sizeof(*s->groups));
	list(s);
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
	if (s->n_groups > 0)
		__builtin_prefetch(group_of(s, s->hash), 1);
}

bool
seen_before(struct seen *s, const struct event *e, struct str line)
{
	struct seen_group *g = NULL;
	struct seen_entry *x;
	uint64_t hash = s->hash;
	size_t at = 0;

	if (!event_is_chat(e))
		return false;
	if (hash == 0)
		hash = hash_str(line, 0);
	if (s->n == s->cap)
		sweep(s);
	x = find(s, hash, &g, &at);
	if (x != NULL && !is_old(s, x))
		return true;
	if (x == NULL) {
		g->tags[at] = tag_of(hash);
		g->entry[at] = (uint32_t)s->n;
		x = &s->entries[s->n++];
	}
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
	free(s->groups);
	*s = (struct seen){ 0 };
}
