#define XXH_INLINE_ALL
#include "format/hash.h"

#include <xxhash.h>

uint64_t
hash_str(struct str s, uint64_t seed)
{
	return XXH3_64bits_withSeed(s.p, s.len, seed);
}
