#include "base/num.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Reads the eight digits of a word, see num_word(), at once: pairs, then pairs
 * of pairs.
 *
 * Returns the number, or -1 when one of them is no digit.
 */
static inline int64_t
eight_digits(uint64_t v)
{
	/* A digit is 0x30 to 0x39: the high half is 3, also after adding 6. */
	if (((v & UINT64_C(0xf0f0f0f0f0f0f0f0)) |
		((v + UINT64_C(0x0606060606060606)) &
		    UINT64_C(0xf0f0f0f0f0f0f0f0)) >>
		    4) != UINT64_C(0x3333333333333333))
		return -1;
	v -= UINT64_C(0x3030303030303030);
	v = v * 10 + (v >> 8);
	v = ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
		(v >> 16 & UINT64_C(0x000000ff000000ff)) *
		    UINT64_C(0x0000271000000001)) >>
	    32;
	return (int64_t)v;
}

/* Reads the digits `s`, one by one, behind those of `v`. */
static inline int64_t
one_by_one(int64_t v, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9)
			return -1;
		v = v * 10 + d;
	}
	return v;
}

/* Reads 8 to 18 digits: the first eight, the rest as the last eight with zeros
 * for what was read, and what still lies between them. */
static int64_t
long_whole(struct str s)
{
	static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000,
		1000000, 10000000, 100000000 };
	int64_t high, low;
	uint64_t keep;

	assert(s.len >= 8 && s.len <= 18);
	high = eight_digits(num_word(s.p));
	s.p += 8;
	s.len -= 8;
	if (high < 0)
		return -1;
	/* A user id has nine digits, or one more or less: that is faster then. */
	if (s.len <= 3)
		return one_by_one(high, s);
	if (s.len > 8) {
		low = num_whole((struct str){ s.p, s.len - 8 });
		if (low < 0)
			return -1;
		high = high * tens[s.len - 8] + low;
		s.p += s.len - 8;
		s.len = 8;
	}
	keep = UINT64_MAX << 8 * (8 - s.len);
	low = eight_digits((num_word(s.p + s.len - 8) & keep) |
	    (UINT64_C(0x3030303030303030) & ~keep));
	return low >= 0 ? high * tens[s.len] + low : -1;
}

int64_t
num_whole(struct str s)
{
	if (s.len < 1 || s.len > 18)
		return -1;
	return s.len >= 8 ? long_whole(s) : one_by_one(0, s);
}

int64_t
num_sum(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

int64_t
num_product(int64_t a, int64_t b)
{
	int64_t product;

	return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

void
num_add(struct buf *b, int64_t v)
{
	char digits[20], *p = digits + sizeof(digits);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (v < 0)
		buf_byte(b, '-');
	buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

void
num_add_ms(struct buf *b, int64_t ms)
{
	char digits[3];
	size_t n = sizeof(digits);
	int64_t part;

	if (ms < 0) {
		buf_byte(b, '-');
		ms = -ms;
	}
	num_add(b, ms / 1000);
	part = ms % 1000;
	if (part == 0)
		return;
	digits[0] = (char)('0' + part / 100);
	digits[1] = (char)('0' + part / 10 % 10);
	digits[2] = (char)('0' + part % 10);
	while (n > 1 && digits[n - 1] == '0')
		n--;
	buf_byte(b, '.');
	buf_add(b, digits, n);
}

void
num_add_ratio(struct buf *b, double v)
{
	char text[400];
	int n = snprintf(text, sizeof(text), "%.4f", v);

	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	buf_add(b, text, (size_t)n);
}

void
num_add_thousands(struct buf *b, int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, v);

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
			buf_byte(b, ',');
		buf_byte(b, digits[i]);
	}
}
