/*
 * hash - fingerprints of bytes
 *
 * XXH3 and XXH64, 64 bits, through xxhash. Not for secrets, nor against an enemy.
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

/*
 * Hash `s` into what is stored and has to stay the same for good: XXH64 with
 * the seed 0.
 *
 * Returns 64 bits.
 */
uint64_t hash_content(struct str s);

#endif
