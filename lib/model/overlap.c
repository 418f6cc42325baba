#include "model/overlap.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* The key is a good hash already. */
static size_t
find(const struct overlap_line *lines, size_t cap, uint64_t key)
{
	size_t i = (size_t)key & (cap - 1);

	while (lines[i].key != 0 && lines[i].key != key)
		i = (i + 1) & (cap - 1);
	return i;
}

static void
grow(struct overlap *o)
{
	size_t cap = o->cap != 0 ? o->cap * 2 : 64;
	struct overlap_line *lines = xcalloc(cap, sizeof(*lines));

	for (size_t i = 0; i < o->cap; i++)
		if (o->lines[i].key != 0)
			lines[find(lines, cap, o->lines[i].key)] = o->lines[i];
	free(o->lines);
	o->lines = lines;
	o->cap = cap;
}

/* Frees place `i` and moves up those behind it that belong further ahead. */
static void
take_out(struct overlap *o, size_t i)
{
	size_t mask = o->cap - 1, at = i;

	for (;;) {
		size_t home;

		at = (at + 1) & mask;
		if (o->lines[at].key == 0)
			break;
		home = (size_t)o->lines[at].key & mask;
		/* It may stand at `i` when that is not before its home. */
		if (((at - home) & mask) >= ((at - i) & mask)) {
			o->lines[i] = o->lines[at];
			i = at;
		}
	}
	o->lines[i].key = 0;
	o->n--;
}

bool
overlap_is_new(struct overlap *o, uint64_t key, bool by_new)
{
	int step = by_new ? 1 : -1;
	struct overlap_line *l;
	bool is_new;
	size_t i;

	if (key == 0)
		key = 1;
	if (o->n >= o->cap / 2)
		grow(o);
	i = find(o->lines, o->cap, key);
	l = &o->lines[i];
	if (l->key == 0) {
		*l = (struct overlap_line){ .key = key, .ahead = step };
		o->n++;
		return true;
	}
	is_new = by_new ? l->ahead >= 0 : l->ahead <= 0;
	l->ahead += step;
	if (l->ahead == 0)
		take_out(o, i);
	return is_new;
}

void
overlap_release(struct overlap *o)
{
	free(o->lines);
	*o = (struct overlap){ 0 };
}
