#include "model/missing.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "format/hash.h"

void
missing_add(struct missing *m, struct missing_line line)
{
	int64_t i = m->n++;

	if (i >= MISSING_FIRST) {
		i = MISSING_FIRST - 1;
		if (m->first[i].at < line.at)
			return;
	}
	for (; i > 0 && m->first[i - 1].at > line.at; i--)
		m->first[i] = m->first[i - 1];
	m->first[i] = line;
}

/* Forgets the keys of which nothing is missing. */
static void
sweep(struct missing *m)
{
	struct map all = m->keys;

	m->keys = (struct map){ 0 };
	for (size_t i = 0; i < all.n; i++)
		if (m->last[i].why != NULL)
			m->last[map_number(&m->keys, map_name(&all, i),
			    all.names[i].hash)] = m->last[i];
	map_release(&all);
}

void
missing_add_key(struct missing *m, struct str key, struct missing_line line)
{
	size_t n, i;

	if (m->keys.n == MISSING_KEYS) {
		sweep(m);
		/* Not for a few that are soon used up. */
		if (m->keys.n > MISSING_KEYS / 2)
			missing_settle(m);
	}
	n = m->keys.n;
	i = map_number(&m->keys, key, hash_str(key, 0));
	if (i == n)
		m->last = xgrow(m->last, n, &m->cap, sizeof(*m->last));
	m->last[i] = line;
}

void
missing_drop_key(struct missing *m, struct str key)
{
	size_t i = map_find(&m->keys, key, hash_str(key, 0));

	if (i != MAP_NONE)
		m->last[i].why = NULL;
}

void
missing_settle(struct missing *m)
{
	for (size_t i = 0; i < m->keys.n; i++)
		if (m->last[i].why != NULL)
			missing_add(m, m->last[i]);
	map_release(&m->keys);
}

void
missing_release(struct missing *m)
{
	map_release(&m->keys);
	free(m->last);
	*m = (struct missing){ 0 };
}
