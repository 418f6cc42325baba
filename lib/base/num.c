#include "base/num.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Reads eight digits at once: pairs, then pairs of pairs, in the bytes of a
 * word, the first digit in the lowest byte.
 *
 * Returns the number, or -1 when one of them is no digit.
 */
static int64_t
eight_digits(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
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

int64_t
num_whole(struct str s)
{
	int64_t v = 0;

	if (s.len < 1 || s.len > 18)
		return -1;
	for (; s.len >= 8; s.p += 8, s.len -= 8) {
		int64_t part = eight_digits(s.p);

		if (part < 0)
			return -1;
		v = v * 100000000 + part;
	}
	for (size_t i = 0; i < s.len; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9)
			return -1;
		v = v * 10 + d;
	}
	return v;
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
