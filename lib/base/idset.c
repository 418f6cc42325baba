#include "base/idset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define AHEAD 32 /* places whose ids are on their way at once */

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

static void
grow(struct idset *s)
{
	uint32_t cap = s->cap != 0 ? s->cap * 2 : 4;
	uint64_t *ids;

	assert(cap > s->cap);
	ids = xcalloc(cap, sizeof(*ids));
	for (uint32_t i = 0; i < s->cap; i++)
		if (s->ids[i] != 0)
			ids[find(ids, cap, s->ids[i])] = s->ids[i];
	free(s->ids);
	s->ids = ids;
	s->cap = cap;
}

bool
idset_add(struct idset *s, uint64_t id)
{
	size_t i;

	assert(id != 0);
	if (s->n >= s->cap / 4 * 3)
		grow(s);
	i = find(s->ids, s->cap, id);
	if (s->ids[i] == id)
		return false;
	s->ids[i] = id;
	s->n++;
	return true;
}

bool
idset_has(const struct idset *s, uint64_t id)
{
	assert(id != 0);
	return s->n > 0 && s->ids[find(s->ids, s->cap, id)] == id;
}

void
idset_add_all(struct idset *s, const struct idset *from)
{
	for (uint32_t i = 0; i < from->cap; i += AHEAD) {
		uint32_t end = from->cap - i < AHEAD ? from->cap : i + AHEAD;

		/* Those of a whole stream are in nobody's cache. */
		for (uint32_t at = i; at < end && s->cap > 0; at++)
			__builtin_prefetch(
			    &s->ids[first_place(s->cap, from->ids[at])], 1);
		for (uint32_t at = i; at < end; at++)
			if (from->ids[at] != 0)
				(void)idset_add(s, from->ids[at]);
	}
}

void
idset_clear(struct idset *s)
{
	if (s->n > 0)
		memset(s->ids, 0, s->cap * sizeof(*s->ids));
	s->n = 0;
}

void
idset_release(struct idset *s)
{
	free(s->ids);
	*s = (struct idset){ 0 };
}
