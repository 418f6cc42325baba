/*
 * The entries lie in the order of their coming, so that a new one is written
 * behind the last. A table leads to them by their hash: two bytes of the hash for
 * each place, in groups of 8, and the number of the entry. One comparison of a
 * group's bytes tells that an event is new; these bytes are few enough to stay in
 * the processor's cache. The numbers are not: each is written some events later,
 * when its memory has come.
 */
#include "model/seen.h"

#include <assert.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/num.h"
#include "base/xalloc.h"
#include "format/hash.h"

#define CLOCKS    (1 << 16)
#define CAP_LEAST 1024
#define FREE      0 /* the tag of a free place */
#define GROUP     8 /* places that are looked at at once */

/* Finds the number of a channel in the map; a new one begins its clock at `ts`. */
static NEVER_INLINE uint32_t
look_up(struct seen *s, struct str channel, int64_t ts)
{
	size_t n = s->channels.n;
	size_t i = map_number(&s->channels, channel, hash_str(channel, 0));

	if (s->greatest == NULL)
		s->greatest = xcalloc(CLOCKS, sizeof(*s->greatest));
	if (i == n && i < CLOCKS)
		s->greatest[i] = ts;
	return (uint32_t)i;
}

/* Finds the number of the event's channel. The two words at its ends say all there
 * is to say of a login of 8 to 16 bytes: if it was met lately, no hash is needed. */
static uint32_t
channel_of(struct seen *s, const struct event *e)
{
	struct str name = e->channel;
	struct seen_channel *c;
	uint64_t first, last;

	if (name.len < 8 || name.len > 16)
		return look_up(s, name, e->ts);
	first = num_word(name.p);
	last = num_word(name.p + name.len - 8);
	c = &s->lately[(first * 3 + last) * UINT64_C(0x9e3779b97f4a7c15) >>
	    (64 - SEEN_LATELY_BITS)];
	if (UNLIKELY(
		c->first != first || c->last != last || c->len != name.len))
		*c = (struct seen_channel){ first, last, name.len,
			look_up(s, name, e->ts) };
	return c->number;
}

static bool
is_old(const struct seen *s, const struct seen_entry *x)
{
	int64_t greatest = s->greatest[x->channel], ts = (int64_t)x->ts;

	/* None is greater than the greatest: it was before 1970. */
	if (ts > greatest)
		ts -= INT64_C(1) << 48;
	return greatest - ts > SEEN_WINDOW_MS;
}

/* Maps a hash to a group without a division: as a fraction of the table. */
static size_t
group_of(const struct seen *s, uint64_t hash)
{
	return (size_t)((unsigned __int128)hash * s->n_groups >> 64);
}

/* The tag of an entry: of those bits of the hash that choose no group. */
static uint16_t
tag_of(uint64_t hash)
{
	uint16_t tag = (uint16_t)hash;

	return tag != FREE ? tag : 1;
}

/* Writes the numbers that are still to be written. */
static void
settle(struct seen *s)
{
	for (size_t i = 0; i < SEEN_LATE; i++)
		s->numbers[s->late[i].place] = s->late[i].number;
}

/*
 * Finds the entry with this hash.
 *
 * Returns it; or NULL, with the free place where it goes.
 */
static struct seen_entry *
find(struct seen *s, uint64_t hash, size_t *place)
{
	size_t g = group_of(s, hash);

	for (;; g = g + 1 < s->n_groups ? g + 1 : 0) {
		const uint16_t *tags = s->tags + g * GROUP;
		unsigned hits = bytes_equal_words(tags, tag_of(hash));
		unsigned freed = bytes_equal_words(tags, FREE);

		if (UNLIKELY(hits != 0))
			settle(s);
		for (; hits != 0; hits &= hits - 1) {
			size_t at = g * GROUP + (size_t)__builtin_ctz(hits);
			struct seen_entry *x = &s->entries[s->numbers[at]];

			if (x->hash == hash)
				return x;
		}
		if (LIKELY(freed != 0)) {
			*place = g * GROUP + (size_t)__builtin_ctz(freed);
			return NULL;
		}
	}
}

/* Makes entry `number` that which is found at `place`. */
static void
list(struct seen *s, size_t place, uint64_t hash, size_t number)
{
	struct seen_late *late = &s->late[number % SEEN_LATE];

	s->numbers[late->place] = late->number;
	*late = (struct seen_late){ (uint32_t)place, (uint32_t)number };
	__builtin_prefetch(&s->numbers[place], 1);
	s->tags[place] = tag_of(hash);
}

/* Throws out what is too old to count, and makes room for twice what is left. */
static void
sweep(struct seen *s)
{
	size_t live = 0, places, place;

	for (size_t i = 0; i < s->n; i++)
		if (!is_old(s, &s->entries[i]))
			s->entries[live++] = s->entries[i];
	s->n = live;
	s->cap = live * 2 > CAP_LEAST ? live * 2 : CAP_LEAST;
	s->n_groups = s->cap * 3 / 2 / GROUP;
	places = s->n_groups * GROUP;
	assert(places <= UINT32_MAX);
	s->entries = xreallocarray(s->entries, s->cap, sizeof(*s->entries));
	/* The tags first: so no group lies in two lines of the cache. */
	free(s->tags);
	s->tags = xtable(
	    places * sizeof(*s->tags) + (places + 1) * sizeof(*s->numbers));
	s->numbers = (uint32_t *)(s->tags + places);
	memset(s->tags, FREE, places * sizeof(*s->tags));
	for (size_t i = 0; i < SEEN_LATE; i++)
		s->late[i] = (struct seen_late){ (uint32_t)places, 0 };
	for (size_t i = 0; i < s->n; i++)
		if (find(s, s->entries[i].hash, &place) == NULL)
			list(s, place, s->entries[i].hash, i);
}

void
seen_expect(struct seen *s, const struct event *e)
{
	int64_t *greatest;

	s->channel = channel_of(s, e);
	greatest = &s->greatest[s->channel % CLOCKS];
	if (*greatest < e->ts)
		*greatest = e->ts;
	s->hash = 0;
	s->ts = e->ts;
	s->chat = event_is_chat(e);
	if (e->id.len == 0 || !event_is_chat(e))
		return;
	/* The seed keeps the ids of other channels and types apart. */
	s->hash = hash_str(e->id,
	    (uint64_t)s->channel * EVENT_N_TYPES + (uint64_t)e->type + 1);
	if (s->n_groups > 0)
		__builtin_prefetch(s->tags + group_of(s, s->hash) * GROUP, 1);
}

bool
seen_before(struct seen *s, struct str line)
{
	struct seen_entry *x;
	uint64_t hash = s->hash;
	size_t place = 0;

	if (!s->chat)
		return false;
	if (hash == 0)
		hash = hash_str(line, 0);
	if (s->n == s->cap)
		sweep(s);
	x = find(s, hash, &place);
	if (x != NULL && !is_old(s, x))
		return true;
	if (x == NULL) {
		list(s, place, hash, s->n);
		x = &s->entries[s->n++];
	}
	x->hash = hash;
	x->ts = (uint64_t)s->ts & (((uint64_t)1 << 48) - 1);
	x->channel = s->channel % CLOCKS;
	return false;
}

void
seen_release(struct seen *s)
{
	map_release(&s->channels);
	free(s->greatest);
	free(s->entries);
	free(s->tags);
	*s = (struct seen){ 0 };
}
