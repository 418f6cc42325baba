/*
 * idset - a set of 64-bit numbers
 *
 * Open addressing, a power of two of places, at most three quarters of them in
 * use: 11 to 22 bytes a member; of 1024 and less at most half: 16 to 32 bytes. A zeroed struct is an empty set and owns
 * nothing. A set that is only read, all of it, may be a list: in the order in which
 * its ids were given, without free places between them. Adding to it makes places.
 */
#ifndef TW_BASE_IDSET_H
#define TW_BASE_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct idset {
	uint64_t *ids; /* owned; 0 = a free place */
	uint32_t n;    /* members */
	uint32_t cap;  /* places */
	uint32_t left; /* members that may come before it has to grow */
	bool listed;   /* the members are the first `n` of ids */
};

/*
 * Put `id`, which is not 0, into the set.
 *
 * Returns true when it was not there.
 */
bool idset_add(struct idset *s, uint64_t id);

/*
 * Look for `id`, which is not 0.
 *
 * Returns true when it is in the set.
 */
bool idset_has(const struct idset *s, uint64_t id);

/*
 * Put all members of `from` into `s`.
 */
void idset_add_all(struct idset *s, const struct idset *from);

/*
 * Make of `s`, which is empty, a list of `n` ids: different ones, and not 0.
 *
 * Returns where the caller is to put them.
 */
uint64_t *idset_list(struct idset *s, uint32_t n) MUST_USE;

/*
 * Write the members of `s` to `ids`, which has room for one more than there are:
 * what lies behind the last is overwritten.
 */
void idset_copy(const struct idset *s, uint64_t *ids);

/*
 * Empty `s` and keep its memory.
 */
void idset_clear(struct idset *s);

/*
 * Free the memory of `s` and leave it empty.
 */
void idset_release(struct idset *s);

#endif
