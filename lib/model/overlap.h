/*
 * overlap - one chat that is heard twice for a while
 *
 * While a room is handed over from one connection to another both bring its
 * lines. Each line is to be kept once, whichever connection brings it first;
 * two equal lines of one connection are two. So for each line the difference is
 * counted between how often the one and the other brought it. What both
 * brought is forgotten: only what is on its way takes memory. A zeroed struct
 * is an empty one.
 */
#ifndef TW_MODEL_OVERLAP_H
#define TW_MODEL_OVERLAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct overlap_line {
	uint64_t key; /* 0 = a free place */
	int ahead;    /* times the new brought it more often than the old */
};

struct overlap {
	struct overlap_line *lines; /* owned */
	size_t n;                   /* in use */
	size_t cap;                 /* places, a power of 2 */
};

/*
 * Note that a line with the fingerprint `key`, of room and line, was brought
 * by the new connection (`by_new`) or by the old one.
 *
 * Returns true when the other has not brought it before.
 */
bool overlap_is_new(struct overlap *o, uint64_t key, bool by_new) MUST_USE;

/*
 * Forget all lines.
 */
void overlap_release(struct overlap *o);

#endif
