#include "base/map.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* Finds the slot of `name`, or the free one where it would be. */
static size_t
find_slot(const struct map *m, struct str name, uint64_t hash)
{
	size_t mask = m->n_slots - 1, i = hash & mask;

	for (; m->slots[i] != 0; i = (i + 1) & mask) {
		const struct map_name *n = &m->names[m->slots[i] - 1];

		if (n->hash == hash &&
		    str_eq(map_name(m, m->slots[i] - 1), name))
			break;
	}
	return i;
}

static void
grow(struct map *m)
{
	free(m->slots);
	m->n_slots = m->n_slots != 0 ? m->n_slots * 2 : 16;
	m->slots = xcalloc(m->n_slots, sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++) {
		size_t at = m->names[i].hash & (m->n_slots - 1);

		while (m->slots[at] != 0)
			at = (at + 1) & (m->n_slots - 1);
		m->slots[at] = (uint32_t)i + 1;
	}
}

size_t
map_find(const struct map *m, struct str name, uint64_t hash)
{
	size_t at;

	if (m->n_slots == 0)
		return MAP_NONE;
	at = find_slot(m, name, hash);
	return m->slots[at] != 0 ? m->slots[at] - 1 : MAP_NONE;
}

size_t
map_number(struct map *m, struct str name, uint64_t hash)
{
	struct map_name *n;
	size_t at;

	if (m->n * 2 >= m->n_slots)
		grow(m);
	at = find_slot(m, name, hash);
	if (m->slots[at] != 0)
		return m->slots[at] - 1;
	m->names = xgrow(m->names, m->n, &m->cap, sizeof(*m->names));
	n = &m->names[m->n];
	n->hash = hash;
	n->len = name.len;
	n->p = xcalloc(name.len + 1, 1);
	if (name.len != 0)
		memcpy(n->p, name.p, name.len);
	m->slots[at] = (uint32_t)++m->n;
	return m->n - 1;
}

struct str
map_name(const struct map *m, size_t i)
{
	return (struct str){ m->names[i].p, m->names[i].len };
}

void
map_release(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->names[i].p);
	free(m->names);
	free(m->slots);
	*m = (struct map){ 0 };
}
