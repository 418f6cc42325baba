/*
 * rand - numbers that look random and are the same in every run
 *
 * A generator begins as any number that is not 0. Not for anything but tests.
 */
#ifndef TW_TESTS_RAND_H
#define TW_TESTS_RAND_H

#include <stdint.h>

#include "base/buf.h"

/*
 * Draw 64 bits (xorshift64*).
 *
 * Returns them; `*r` moves on.
 */
static inline uint64_t
rand_next(uint64_t *r)
{
	*r ^= *r >> 12;
	*r ^= *r << 25;
	*r ^= *r >> 27;
	return *r * UINT64_C(0x2545f4914f6cdd1d);
}

/*
 * Draw a number below `n`, which is not 0.
 *
 * Returns it.
 */
static inline size_t
rand_below(uint64_t *r, size_t n)
{
	return (size_t)((rand_next(r) >> 16) % n);
}

/*
 * Draw a number from `lo` to `hi`.
 *
 * Returns it.
 */
static inline int64_t
rand_between(uint64_t *r, int64_t lo, int64_t hi)
{
	return lo + (int64_t)((rand_next(r) >> 1) % ((uint64_t)(hi - lo) + 1));
}

/*
 * Append one of the `n` strings of `from`.
 */
static inline void
rand_pick(uint64_t *r, struct buf *b, const char *const *from, size_t n)
{
	buf_str(b, str_of(from[rand_below(r, n)]));
}

/*
 * Append at most `max` pieces of text of all kinds: plain, wide, controls, what
 * JSON escapes, and, when `broken`, bytes that are not UTF-8.
 */
static inline void
rand_text(uint64_t *r, struct buf *b, size_t max, bool broken)
{
	static const char *const odd[] = { "\"", "\\", "\\\\", "\n", "\r", "\t",
		"\b", "\f", "\x01", "\x1f", "\x7f", "/", "\xc3\xa4",
		"\xe2\x80\xa8", "\xef\xbf\xbd", "\xf0\x9f\x91\x89", ":", ";",
		"=", " ", "{", "}", "[", "]", ",", "\\u0041", "null" };
	static const char *const bad[] = { "\x80", "\xc0\xaf", "\xe2\x80",
		"\xed\xa0\x80", "\xf0\x9f", "\xff", "\xf4\x90\x80\x80" };
	size_t n = rand_below(r, max + 1);

	for (size_t i = 0; i < n; i++) {
		size_t what = rand_below(r, 8);

		if (what == 0)
			rand_pick(r, b, odd, sizeof(odd) / sizeof(*odd));
		else if (what == 1 && broken)
			rand_pick(r, b, bad, sizeof(bad) / sizeof(*bad));
		else if (what == 2)
			buf_byte(b, (char)rand_below(r, 128));
		else
			buf_byte(b, (char)('a' + rand_below(r, 26)));
	}
}

#endif
