#include "base/width.h"

#include <stdint.h>

#include "base/utf8.h"

struct range {
	uint32_t from, to;
};

/* Takes no column: combining marks, those of Unicode 15 that are common. */
static const struct range combining[] = { { 0x300, 0x36f }, { 0x483, 0x489 },
	{ 0x591, 0x5bd }, { 0x5bf, 0x5c7 }, { 0x610, 0x61a }, { 0x64b, 0x65f },
	{ 0x670, 0x670 }, { 0x6d6, 0x6dc }, { 0x6df, 0x6e4 }, { 0x6e7, 0x6ed },
	{ 0x711, 0x711 }, { 0x730, 0x74a }, { 0x900, 0x902 }, { 0x93a, 0x93a },
	{ 0x93c, 0x93c }, { 0x941, 0x948 }, { 0x94d, 0x94d }, { 0xe31, 0xe31 },
	{ 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0x302a, 0x302d },
	{ 0x3099, 0x309a }, { 0xfe20, 0xfe2f } };

/* Takes two columns: East Asian wide and full width, and emoji. */
static const struct range wide[] = { { 0x1100, 0x115f }, { 0x231a, 0x231b },
	{ 0x2329, 0x232a }, { 0x23e9, 0x23ec }, { 0x23f0, 0x23f0 },
	{ 0x23f3, 0x23f3 }, { 0x25fd, 0x25fe }, { 0x2614, 0x2615 },
	{ 0x2648, 0x2653 }, { 0x267f, 0x267f }, { 0x2693, 0x2693 },
	{ 0x26a1, 0x26a1 }, { 0x26aa, 0x26ab }, { 0x26bd, 0x26be },
	{ 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce }, { 0x26d4, 0x26d4 },
	{ 0x26ea, 0x26ea }, { 0x26f2, 0x26f3 }, { 0x26f5, 0x26f5 },
	{ 0x26fa, 0x26fa }, { 0x26fd, 0x26fd }, { 0x2705, 0x2705 },
	{ 0x270a, 0x270b }, { 0x2728, 0x2728 }, { 0x274c, 0x274c },
	{ 0x274e, 0x274e }, { 0x2753, 0x2755 }, { 0x2757, 0x2757 },
	{ 0x2795, 0x2797 }, { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf },
	{ 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 },
	{ 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xa960, 0xa97f },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe10, 0xfe19 },
	{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
	{ 0x16fe0, 0x18aff }, { 0x1b000, 0x1b2ff }, { 0x1f004, 0x1f004 },
	{ 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a },
	{ 0x1f1e6, 0x1f1ff }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 },
	{ 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca },
	{ 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 },
	{ 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc },
	{ 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f54e }, { 0x1f550, 0x1f567 },
	{ 0x1f57a, 0x1f57a }, { 0x1f595, 0x1f596 }, { 0x1f5a4, 0x1f5a4 },
	{ 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc },
	{ 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6d7 }, { 0x1f6dc, 0x1f6df },
	{ 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7eb },
	{ 0x1f7f0, 0x1f7f0 }, { 0x1f90c, 0x1f93a }, { 0x1f93c, 0x1f945 },
	{ 0x1f947, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd } };

/* Signs that are left out, as those of layout are: joiners, selectors, tags, and
 * others that show nothing or that terminals measure in different ways. */
static const struct range silent[] = { { 0xad, 0xad }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200d },
	{ 0x2060, 0x2065 }, { 0x206a, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0x1f3fb, 0x1f3ff }, { 0xe0000, 0xe0fff } };

static bool
is_in(const struct range *r, size_t n, uint32_t c)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c > r[mid].to)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && c >= r[lo].from;
}

#define IN(table, c) is_in(table, sizeof(table) / sizeof(*(table)), c)

/* What the next sign of a text becomes. */
struct sign {
	struct str text;
	size_t columns;
};

/* Takes the next sign from `*p` on. */
static struct sign
take(const unsigned char **p, const unsigned char *end)
{
	int n = utf8_step(*p, end);
	struct str text = { (const char *)*p, (size_t)(n > 0 ? n : -n) };
	uint32_t c;

	*p += text.len;
	if (n < 0)
		return (struct sign){ STR(UTF8_REPLACEMENT), 1 };
	c = utf8_decode((const unsigned char *)text.p, n);
	if (utf8_is_control(c))
		return (struct sign){ STR("?"), 1 };
	if (utf8_is_layout(c) || IN(silent, c))
		return (struct sign){ STR(""), 0 };
	return (struct sign){ text,
		IN(combining, c)  ? 0
		    : IN(wide, c) ? 2
				  : 1 };
}

size_t
width_text(struct buf *b, struct str s, size_t columns)
{
	const unsigned char *p = (const unsigned char *)s.p;
	const unsigned char *end = s.len > 0 ? p + s.len : p;
	size_t begin = b->len, used = 0, fits_len = begin, fits_used = 0;
	size_t marks = 0;

	if (s.len == 0)
		return 0;
	while (p < end) {
		struct sign sign = take(&p, end);

		/* A heap of marks on one letter is no text. */
		marks = sign.columns > 0 ? 0 : marks + (sign.text.len > 0);
		if (marks > 4)
			continue;
		if (used + sign.columns > columns) {
			b->len = fits_len;
			if (columns == 0)
				return 0;
			buf_lit(b, "\xe2\x80\xa6");
			return fits_used + 1;
		}
		buf_str(b, sign.text);
		used += sign.columns;
		if (used + 1 <= columns) {
			fits_len = b->len;
			fits_used = used;
		}
	}
	return used;
}

void
width_left(struct buf *b, struct str s, size_t columns)
{
	for (size_t used = width_text(b, s, columns); used < columns; used++)
		buf_byte(b, ' ');
}

void
width_right(struct buf *b, struct str s, size_t columns)
{
	size_t begin = b->len, used = width_text(b, s, columns);
	size_t len = b->len - begin, blanks = columns - used;

	if (!buf_room(b, blanks))
		return;
	memmove(b->p + begin + blanks, b->p + begin, len);
	memset(b->p + begin, ' ', blanks);
	b->len += blanks;
}
