#include "format/jsonw.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/num.h"
#include "base/tstamp.h"
#include "base/utf8.h"

/* A byte of text needs at most six: \u00xx. */
#define JSONW_WORST 6

static void
escape(struct buf *b, unsigned char c)
{
	static const char digit[] = "0123456789abcdef";
	static const char letter[32] = { ['\b'] = 'b',
		['\f'] = 'f',
		['\n'] = 'n',
		['\r'] = 'r',
		['\t'] = 't' };
	char *p = b->p + b->len;

	*p++ = '\\';
	if (c >= 0x20 || letter[c] != '\0') {
		*p++ = c >= 0x20 ? (char)c : letter[c];
	} else {
		memcpy(p, "u00", 3);
		p[3] = digit[c >> 4];
		p[4] = digit[c & 15];
		p += 5;
	}
	b->len = (size_t)(p - b->p);
}

/*
 * Copies from `p` on while the bytes are plain ASCII, 16 at a time: a tally of
 * 1,000,000 chat lines showed the byte loop as the largest single cost.
 *
 * Returns where it stopped. There is room for 16 bytes more than are left.
 */
static const unsigned char *
copy_plain(struct buf *b, const unsigned char *p, const unsigned char *end)
{
	char *out = b->p + b->len;

#if defined(__SSE2__)
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i slash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(0x20);

	while (end - p >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		/* Signed: below 0x20 are the controls and all past 0x7f. */
		__m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, space),
		    _mm_or_si128(
			_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
		unsigned bits = (unsigned)_mm_movemask_epi8(odd);

		_mm_storeu_si128((__m128i *)(void *)out, v);
		if (bits != 0) {
			int n = __builtin_ctz(bits);

			out += n;
			b->len = (size_t)(out - b->p);
			return p + n;
		}
		p += 16;
		out += 16;
	}
#endif
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		*out++ = (char)*p++;
	b->len = (size_t)(out - b->p);
	return p;
}

/* Copies one sequence of bytes past 0x7f. Returns its end. */
static const unsigned char *
copy_wide(struct buf *b, const unsigned char *p, const unsigned char *end)
{
	int n = utf8_step(p, end);

	if (n > 0) {
		memcpy(b->p + b->len, p, (size_t)n);
		b->len += (size_t)n;
		return p + n;
	}
	memcpy(b->p + b->len, UTF8_REPLACEMENT, 3);
	b->len += 3;
	return p - n;
}

void
jsonw_text(struct buf *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;

	if (!buf_room(b, s.len * JSONW_WORST + 16))
		return;
	while (p < end) {
		p = copy_plain(b, p, end);
		while (p < end && *p >= 0x80)
			p = copy_wide(b, p, end);
		while (p < end && (*p < 0x20 || *p == '"' || *p == '\\'))
			escape(b, *p++);
	}
}

void
jsonw_str(struct buf *b, struct str s)
{
	buf_byte(b, '"');
	jsonw_text(b, s);
	buf_byte(b, '"');
}

/* Appends `,"key":`. */
static void
add_key(struct buf *b, struct str key)
{
	char *p;

	if (!buf_room(b, key.len + 4))
		return;
	p = b->p + b->len;
	*p++ = ',';
	*p++ = '"';
	memcpy(p, key.p, key.len);
	p += key.len;
	*p++ = '"';
	*p++ = ':';
	b->len = (size_t)(p - b->p);
}

void
jsonw_member(struct buf *b, struct str key, struct str value)
{
	if (value.len == 0)
		return;
	add_key(b, key);
	jsonw_str(b, value);
}

void
jsonw_int(struct buf *b, struct str key, int64_t value)
{
	add_key(b, key);
	num_add(b, value);
}

void
jsonw_time(struct buf *b, struct str key, int64_t ms)
{
	add_key(b, key);
	buf_byte(b, '"');
	tstamp_add(b, ms);
	buf_byte(b, '"');
}
