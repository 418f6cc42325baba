#include "base/utf8.h"

int
utf8_step(const unsigned char *p, const unsigned char *end)
{
	unsigned char lo = 0x80, hi = 0xbf, lead = *p;
	int len;

	if (lead < 0x80)
		return 1;
	/* The second byte of some leads has a narrower range: that is where
	 * overlong forms, surrogates and what lies past U+10FFFF are cut. */
	if (lead >= 0xc2 && lead <= 0xdf) {
		len = 2;
	} else if (lead >= 0xe0 && lead <= 0xef) {
		len = 3;
		if (lead == 0xe0)
			lo = 0xa0;
		else if (lead == 0xed)
			hi = 0x9f;
	} else if (lead >= 0xf0 && lead <= 0xf4) {
		len = 4;
		if (lead == 0xf0)
			lo = 0x90;
		else if (lead == 0xf4)
			hi = 0x8f;
	} else {
		return -1;
	}
	for (int i = 1; i < len; i++) {
		if (p + i >= end || p[i] < lo || p[i] > hi)
			return -i;
		lo = 0x80;
		hi = 0xbf;
	}
	return len;
}

uint32_t
utf8_decode(const unsigned char *p, int n)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = *p & mask[n];

	for (int i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

bool
utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

bool
utf8_is_layout(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

struct str
utf8_without_mark(struct str first_line)
{
	struct str mark = STR("\xef\xbb\xbf");

	if (str_starts(first_line, mark)) {
		first_line.p += mark.len;
		first_line.len -= mark.len;
	}
	return first_line;
}

bool
utf8_valid(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;

	while (p < end) {
		int n = utf8_step(p, end);

		if (n < 0)
			return false;
		p += n;
	}
	return true;
}

size_t
utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

void
utf8_repair(struct buf *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;

	while (p < end) {
		int n = utf8_step(p, end);

		if (n > 0) {
			buf_add(b, p, (size_t)n);
			p += n;
		} else {
			buf_lit(b, UTF8_REPLACEMENT);
			p -= n;
		}
	}
}
