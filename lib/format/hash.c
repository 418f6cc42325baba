#define XXH_INLINE_ALL
#include "format/hash.h"

#include <xxhash.h>

uint64_t
hash_str(struct str s, uint64_t seed)
{
	uint64_t h = XXH3_64bits(s.p, s.len);

	/* The seed comes in afterwards: xxhash adds its own seed to so few
	 * bits of a short text that "m1" with one seed may equal "m2" with
	 * another. */
	h += seed * UINT64_C(0x9e3779b97f4a7c15);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

uint64_t
hash_content(struct str s)
{
	return XXH64(s.p != NULL ? s.p : "", s.len, 0);
}
