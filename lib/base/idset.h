/*
 * idset - a set of 64-bit numbers
 *
 * Open addressing, a power of two of places, at most three quarters of them in
 * use: 11 to 22 bytes a member. A zeroed struct is an empty set and owns
 * nothing.
 */
#ifndef TW_BASE_IDSET_H
#define TW_BASE_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idset {
	uint64_t *ids; /* owned; 0 = a free place */
	uint32_t n;    /* members */
	uint32_t cap;  /* places */
};

/*
 * Put `id`, which is not 0, into the set.
 *
 * Returns true when it was not there.
 */
bool idset_add(struct idset *s, uint64_t id);

/*
 * Put all members of `from` into `s`.
 */
void idset_add_all(struct idset *s, const struct idset *from);

/*
 * Empty `s` and keep its memory.
 */
void idset_clear(struct idset *s);

/*
 * Free the memory of `s` and leave it empty.
 */
void idset_release(struct idset *s);

#endif
