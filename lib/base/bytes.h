/*
 * bytes - sixteen bytes at once
 *
 * What the hot paths look for in many bytes: the places of one byte among
 * sixteen, as the bits of a mask, the first in bit 0. With SSE2 an instruction
 * or two, without it a loop that gives the same.
 */
#ifndef TW_BASE_BYTES_H
#define TW_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/attr.h"

#define BYTES_16 16

/*
 * Tell whether `n` bytes from `p` on can be read, whatever they are, where only the
 * first is known to be ours: they lie in the same page of memory.
 *
 * Returns true when they can.
 */
static inline bool
bytes_can_read(const void *p, size_t n)
{
	return !READS_ARE_CHECKED && ((uintptr_t)p & 4095) <= 4096 - n;
}

/*
 * Tell whether `n` bytes from `p` on can be read, where those before `end` are ours.
 *
 * Returns true when they can.
 */
static inline bool
bytes_has(const void *p, const void *end, ptrdiff_t n)
{
	ptrdiff_t ours = (const char *)end - (const char *)p;

	return ours >= n || (ours > 0 && bytes_can_read(p, (size_t)n));
}

/*
 * Find the byte `c` among the 16 bytes at `p`.
 *
 * Returns a mask of 16 bits.
 */
static inline unsigned
bytes_equal(const void *p, char c)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)p);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
#else
	const char *b = p;
	unsigned mask = 0;

	for (unsigned i = 0; i < BYTES_16; i++)
		mask |= (unsigned)(b[i] == c) << i;
	return mask;
#endif
}

/*
 * Find the word `c` among the 8 words of 16 bits at `p`, which need not be aligned.
 *
 * Returns a mask of 8 bits.
 */
static inline unsigned
bytes_equal_words(const void *p, uint16_t c)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)p);
	__m128i hit = _mm_cmpeq_epi16(v, _mm_set1_epi16((short)c));

	return (unsigned)_mm_movemask_epi8(
	    _mm_packs_epi16(hit, _mm_setzero_si128()));
#else
	unsigned mask = 0;
	uint16_t w;

	for (unsigned i = 0; i < BYTES_16 / sizeof(w); i++) {
		memcpy(&w, (const char *)p + i * sizeof(w), sizeof(w));
		mask |= (unsigned)(w == c) << i;
	}
	return mask;
#endif
}

/*
 * Find the bytes `a` and `b` among the 64 bytes at `p`; and note in `*seen`,
 * which stays true, whether `c` is among them.
 *
 * Returns a mask of 64 bits.
 */
static inline uint64_t
bytes_either64(const char *p, char a, char b, char c, bool *seen)
{
	uint64_t mask = 0;

#if defined(__SSE2__)
	__m128i any = _mm_setzero_si128();

	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128(
		    (const __m128i *)(p + (size_t)i * BYTES_16));
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(a)),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8(b)));

		any = _mm_or_si128(any, _mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(hit)
		    << (i * BYTES_16);
	}
	*seen |= _mm_movemask_epi8(any) != 0;
#else
	for (unsigned i = 0; i < 64; i++) {
		mask |= (uint64_t)(p[i] == a || p[i] == b) << i;
		*seen |= p[i] == c;
	}
#endif
	return mask;
}

/*
 * Compare the 16 bytes at `p` with those at `q`.
 *
 * Returns a mask of 16 bits: those that are equal.
 */
static inline unsigned
bytes_equal16(const void *p, const void *q)
{
#if defined(__SSE2__)
	return (unsigned)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p),
		_mm_loadu_si128((const __m128i *)q)));
#else
	const char *a = p, *b = q;
	unsigned mask = 0;

	for (unsigned i = 0; i < BYTES_16; i++)
		mask |= (unsigned)(a[i] == b[i]) << i;
	return mask;
#endif
}

/*
 * Find, among the 16 bytes at `p`, lower case letters, digits and `_`.
 *
 * Returns a mask of 16 bits.
 */
static inline unsigned
bytes_login(const void *p)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)p);
	/* Those in a range are at most its length behind its begin. */
	__m128i letter = _mm_sub_epi8(v, _mm_set1_epi8('a'));
	__m128i digit = _mm_sub_epi8(v, _mm_set1_epi8('0'));

	letter = _mm_cmpeq_epi8(
	    _mm_min_epu8(letter, _mm_set1_epi8('z' - 'a')), letter);
	digit = _mm_cmpeq_epi8(
	    _mm_min_epu8(digit, _mm_set1_epi8('9' - '0')), digit);
	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(_mm_or_si128(letter, digit),
		_mm_cmpeq_epi8(v, _mm_set1_epi8('_'))));
#else
	const unsigned char *b = p;
	unsigned mask = 0;

	for (unsigned i = 0; i < BYTES_16; i++)
		mask |= (unsigned)((b[i] >= 'a' && b[i] <= 'z') ||
			    (b[i] >= '0' && b[i] <= '9') || b[i] == '_')
		    << i;
	return mask;
#endif
}

/*
 * Find, among the 16 bytes at `p`, those that stand for themselves inside of a
 * JSON string: printable ASCII but `"` and `\`.
 *
 * Returns a mask of 16 bits.
 */
static inline unsigned
bytes_plain(const void *p)
{
#if defined(__SSE2__)
	__m128i v = _mm_loadu_si128((const __m128i *)p);

	/* Signed: up to 0x1f are the controls and all past 0x7f. */
	return (unsigned)_mm_movemask_epi8(
	    _mm_andnot_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
				 _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
		_mm_cmpgt_epi8(v, _mm_set1_epi8(0x1f))));
#else
	const unsigned char *b = p;
	unsigned mask = 0;

	for (unsigned i = 0; i < BYTES_16; i++)
		mask |= (unsigned)(b[i] >= 0x20 && b[i] < 0x80 && b[i] != '"' &&
			    b[i] != '\\')
		    << i;
	return mask;
#endif
}

/*
 * Find the others: those that do not stand for themselves, or may not.
 *
 * Returns a mask of 16 bits.
 */
static inline unsigned
bytes_odd(const void *p)
{
	return bytes_plain(p) ^ 0xffff;
}

/*
 * Find the first `a` or `b` from `p` on: for what is mostly near.
 *
 * Returns where it is; `end` when there is none.
 */
static inline const char *
bytes_find(const char *p, const char *end, char a, char b)
{
	for (; end - p >= BYTES_16; p += BYTES_16) {
		unsigned hits = bytes_equal(p, a) | bytes_equal(p, b);

		if (hits != 0)
			return p + __builtin_ctz(hits);
	}
	while (p < end && *p != a && *p != b)
		p++;
	return p;
}

#endif
