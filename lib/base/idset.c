#include "base/idset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define SMALL 1024 /* places */
#define AHEAD 32   /* places whose ids are on their way at once */

/* The place where `id` is looked for first. */
static inline size_t
first_place(uint32_t cap, uint64_t id)
{
	/* Fibonacci hashing: user ids are nearly consecutive numbers. */
	return (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (cap - 1);
}

static inline size_t
find(const uint64_t *ids, uint32_t cap, uint64_t id)
{
	size_t mask = cap - 1;
	size_t i = first_place(cap, id);

	while (ids[i] != 0 && ids[i] != id)
		i = (i + 1) & mask;
	return i;
}

/* How many members `cap` places are for. Small sets are many and change all the time:
 * half empty, a look mostly ends where it begins. */
static inline uint32_t
room(uint32_t cap)
{
	return cap <= SMALL ? cap / 2 : cap / 4 * 3;
}

/* How many places `n` members need. */
static uint32_t
places_for(uint32_t n)
{
	uint32_t cap = 4;

	while (room(cap) < n) {
		assert(cap * 2 > cap);
		cap *= 2;
	}
	return cap;
}

/* Makes places for at least one member more. */
static void
grow(struct idset *s)
{
	uint32_t used = s->listed ? s->n : s->cap, cap = places_for(s->n + 1);
	uint64_t *ids = xcalloc(cap, sizeof(*ids));

	for (uint32_t i = 0; i < used; i++)
		if (s->ids[i] != 0)
			ids[find(ids, cap, s->ids[i])] = s->ids[i];
	free(s->ids);
	s->ids = ids;
	s->cap = cap;
	s->left = room(cap) - s->n;
	s->listed = false;
}

bool
idset_add(struct idset *s, uint64_t id)
{
	size_t i;

	assert(id != 0);
	if (s->left == 0)
		grow(s);
	i = find(s->ids, s->cap, id);
	if (s->ids[i] == id)
		return false;
	s->ids[i] = id;
	s->n++;
	s->left--;
	return true;
}

bool
idset_has(const struct idset *s, uint64_t id)
{
	assert(id != 0);
	for (uint32_t i = 0; s->listed && i < s->n; i++)
		if (s->ids[i] == id)
			return true;
	return s->n > 0 && !s->listed && s->ids[find(s->ids, s->cap, id)] == id;
}

/*
 * Copies those of the `n` places at `from` that are in use to `ids`. Which are in
 * use is chance: to ask each would be a wrong guess of the processor every few.
 *
 * Returns how many.
 */
static inline uint32_t
take_used(uint64_t *ids, const uint64_t *from, uint32_t n)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < n; i++) {
		ids[used] = from[i];
		used += from[i] != 0;
	}
	return used;
}

void
idset_add_all(struct idset *s, const struct idset *from)
{
	uint32_t places = from->listed ? from->n : from->cap;

	if (s == from)
		return;
	for (uint32_t i = 0; i < places; i += AHEAD) {
		uint32_t n = places - i < AHEAD ? places - i : AHEAD;
		uint64_t ids[AHEAD];

		n = take_used(ids, from->ids + i, n);
		/* Those of a whole stream are in nobody's cache. */
		for (uint32_t k = 0; k < n && s->left > 0; k++)
			__builtin_prefetch(
			    &s->ids[first_place(s->cap, ids[k])], 1);
		for (uint32_t k = 0; k < n; k++)
			(void)idset_add(s, ids[k]);
	}
}

uint64_t *
idset_list(struct idset *s, uint32_t n)
{
	assert(s->n == 0);
	if (n > s->cap) {
		free(s->ids);
		s->cap = places_for(n);
		s->ids = xcalloc(s->cap, sizeof(*s->ids));
	}
	s->n = n;
	s->left = 0;
	s->listed = true;
	return s->ids;
}

void
idset_copy(const struct idset *s, uint64_t *ids)
{
	if (s->n > 0)
		take_used(ids, s->ids, s->listed ? s->n : s->cap);
}

void
idset_clear(struct idset *s)
{
	if (s->n > 0)
		memset(s->ids, 0, s->cap * sizeof(*s->ids));
	s->n = 0;
	s->left = room(s->cap);
	s->listed = false;
}

void
idset_release(struct idset *s)
{
	free(s->ids);
	*s = (struct idset){ 0 };
}
