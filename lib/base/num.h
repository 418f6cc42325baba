/*
 * num - numbers as text, both ways
 *
 * Whole strings only: "5-00" is no number. Integers are 64 bits wide and at
 * most 18 digits long, so that sums have room. Nothing here asks the locale.
 */
#ifndef TW_BASE_NUM_H
#define TW_BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Look at the eight bytes at `p` together.
 *
 * Returns them with the first in the lowest byte, whatever the machine does.
 */
static inline uint64_t
num_word(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/*
 * Read `s` as a whole number of 1 to 18 decimal digits.
 *
 * Returns the number, or -1 when `s` is anything else.
 */
int64_t num_whole(struct str s);

/*
 * Add or multiply two numbers that are not negative.
 *
 * Returns the result, INT64_MAX where it would be greater than that.
 */
int64_t num_sum(int64_t a, int64_t b);
int64_t num_product(int64_t a, int64_t b);

/*
 * Append `v` in decimal.
 */
void num_add(struct buf *b, int64_t v);

/*
 * Append `ms` thousandths as a number of ones, at most three decimals, no
 * trailing zeros: 1500 is `1.5`, 2000 is `2`.
 */
void num_add_ms(struct buf *b, int64_t ms);

/*
 * Append `v` with at most four decimals: as "%.4f" prints it, then without
 * trailing zeros.
 */
void num_add_ratio(struct buf *b, double v);

/*
 * Append `v` in decimal with a comma between thousands.
 */
void num_add_thousands(struct buf *b, int64_t v);

#endif
