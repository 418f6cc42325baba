/*
 * bytes - sixteen bytes at once
 *
 * What the hot paths look for in many bytes: the places of one byte among
 * sixteen, as the bits of a mask, the first in bit 0. With SSE2 an instruction
 * or two, without it a loop that gives the same.
 */
#ifndef TW_BASE_BYTES_H
#define TW_BASE_BYTES_H

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BYTES_16 16

/*
 * Find the byte `c` among the 16 bytes at `p`.
 *
 * Returns a mask of 16 bits.
 */
static inline unsigned
bytes_equal(const void *p, unsigned char c)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)p);

	return (unsigned)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(v, _mm_set1_epi8((char)c)));
#else
	const unsigned char *b = p;
	unsigned mask = 0;

	for (unsigned i = 0; i < BYTES_16; i++)
		mask |= (unsigned)(b[i] == c) << i;
	return mask;
#endif
}

#endif
