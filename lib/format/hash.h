/*
 * hash - fingerprints of bytes
 *
 * XXH3, 64 bits, through xxhash. Not for secrets, nor against an enemy.
 */
#ifndef TW_FORMAT_HASH_H
#define TW_FORMAT_HASH_H

#include <stdint.h>

#include "base/str.h"

/*
 * Hash `s`, starting from `seed`.
 *
 * Returns 64 bits; another seed gives other bits.
 */
uint64_t hash_str(struct str s, uint64_t seed);

#endif
