#include "format/jsonw.h"

#include <stdint.h>

#include "base/bytes.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "base/utf8.h"

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
 * Copies a text that can stay as it is from end to end, as nearly all do, if it
 * is not too short. The last bytes are read together with some before them.
 *
 * Returns false, with anything at `out`, when it is not such a text.
 */
static inline bool
copy_whole(char *out, const char *p, size_t len)
{
	if (len < BYTES_16)
		return false;
	for (size_t i = 0; i + BYTES_16 < len; i += BYTES_16) {
		if (bytes_odd(p + i) != 0)
			return false;
		memcpy(out + i, p + i, BYTES_16);
	}
	memcpy(out + len - BYTES_16, p + len - BYTES_16, BYTES_16);
	return bytes_odd(p + len - BYTES_16) == 0;
}

/* Copies from `p` on while the bytes are plain ASCII. Returns where it
 * stopped. There is room for 16 bytes more than are left. */
static const unsigned char *
copy_plain(struct buf *b, const unsigned char *p, const unsigned char *end)
{
	char *out = b->p + b->len;

	while (bytes_has(p, end, BYTES_16)) {
		ptrdiff_t n = __builtin_ctz(bytes_odd(p) | 1U << BYTES_16);

		memcpy(out, p, BYTES_16);
		if (n > end - p)
			n = end - p;
		out += n;
		p += n;
		if (n < BYTES_16) {
			b->len = (size_t)(out - b->p);
			return p;
		}
	}
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

/* Appends a text for which there is room. */
static NEVER_INLINE void
add_text(struct buf *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;

	while (p < end) {
		p = copy_plain(b, p, end);
		while (p < end && *p >= 0x80)
			p = copy_wide(b, p, end);
		while (p < end && (*p < 0x20 || *p == '"' || *p == '\\'))
			escape(b, *p++);
	}
}

void
jsonw_text(struct buf *b, struct str s)
{
	if (!buf_room(b, s.len * JSONW_WORST + BYTES_16))
		return;
	if (LIKELY(copy_whole(b->p + b->len, s.p, s.len)))
		b->len += s.len;
	else
		add_text(b, s);
}

void
jsonw_str(struct buf *b, struct str s)
{
	buf_byte(b, '"');
	jsonw_text(b, s);
	buf_byte(b, '"');
}

NEVER_INLINE char *
jsonw_any(char *p, struct str s)
{
	/* There is room. */
	struct buf b = { .p = p, .cap = SIZE_MAX };

	if (copy_whole(p, s.p, s.len))
		b.len = s.len;
	else
		add_text(&b, s);
	p += b.len;
	*p = '"';
	return p + 1;
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
