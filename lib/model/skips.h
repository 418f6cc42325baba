/*
 * skips - what was passed over, by kind
 *
 * A kind is an IRC command or a few words of ours. Input can hold any number of
 * commands that nobody knows; past SKIPS_KINDS they are counted together.
 */
#ifndef TW_MODEL_SKIPS_H
#define TW_MODEL_SKIPS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/map.h"

#define SKIPS_KINDS 32

struct skips {
	struct map kinds;           /* names and numbers */
	int64_t n[SKIPS_KINDS + 1]; /* by kind; the last = all others */
};

/*
 * Count one of `kind`, which is copied.
 */
void skips_add(struct skips *s, struct str kind);

/*
 * Sum up.
 *
 * Returns how many were counted.
 */
int64_t skips_total(const struct skips *s);

/*
 * Append ` (PING 3, blank 1)`, or nothing when nothing was counted.
 */
void skips_describe(const struct skips *s, struct buf *b);

/*
 * Free what `s` holds.
 */
void skips_release(struct skips *s);

#endif
