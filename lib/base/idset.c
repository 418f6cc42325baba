#include "base/idset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static size_t
find(const uint64_t *ids, uint32_t cap, uint64_t id)
{
	/* Fibonacci hashing: user ids are nearly consecutive numbers. */
	size_t mask = cap - 1;
	size_t i = (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & mask;

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

void
idset_add_all(struct idset *s, const struct idset *from)
{
	for (uint32_t i = 0; i < from->cap; i++)
		if (from->ids[i] != 0)
			idset_add(s, from->ids[i]);
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
