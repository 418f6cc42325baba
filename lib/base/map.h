/*
 * map - names and their numbers
 *
 * Gives each name that it is shown a number, 0, 1, 2, ... in the order of their
 * coming, and keeps them for good: the caller has arrays by that number. It
 * does not hash: the caller says what the name's hash is (format/hash.h).
 * A zeroed struct is an empty map.
 */
#ifndef TW_BASE_MAP_H
#define TW_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define MAP_NONE SIZE_MAX

struct map_name {
	uint64_t hash; /* as the caller gave it */
	char *p;       /* owned copy */
	size_t len;    /* bytes */
};

struct map {
	struct map_name *names; /* owned; by number */
	size_t n;               /* names */
	size_t cap;             /* of `names` */
	uint32_t *slots;        /* owned; number + 1, or 0 = free */
	size_t n_slots;         /* a power of 2, or 0 */
};

/*
 * Find the number of `name`, whose hash is `hash`.
 *
 * Returns the number, or MAP_NONE.
 */
size_t map_find(const struct map *m, struct str name, uint64_t hash);

/*
 * Find the number of `name`, whose hash is `hash`, or give it the next one.
 *
 * Returns the number; it is new when it is `m->n` as it was before. `name` is
 * copied.
 */
size_t map_number(struct map *m, struct str name, uint64_t hash);

/*
 * Look at the name with the number `i`.
 *
 * Returns a slice, borrowed until the release.
 */
struct str map_name(const struct map *m, size_t i);

/*
 * Free all that `m` holds.
 */
void map_release(struct map *m);

#endif
