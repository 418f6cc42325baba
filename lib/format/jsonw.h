/*
 * jsonw - JSON in our canonical spelling
 *
 * No spaces; escapes \" \\ \b \f \n \r \t and \u00xx for the other bytes below
 * 0x20; everything else as it is, and U+FFFD for each maximal part that is not
 * UTF-8. Equal input gives equal bytes.
 */
#ifndef TW_FORMAT_JSONW_H
#define TW_FORMAT_JSONW_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/str.h"

/*
 * Append the bytes of `s` as they stand inside of a JSON string, without the
 * quotes.
 */
void jsonw_text(struct buf *b, struct str s);

/*
 * Append `s` as a JSON string.
 */
void jsonw_str(struct buf *b, struct str s);

#define JSONW_LEAD   32
#define JSONW_BEHIND 48 /* bytes from the begin of a text that may be read */
#define JSONW_WORST  6  /* bytes that one of a text needs at most: \u00xx */

/* Room for a lead, a text of `len` bytes and its quote. */
#define JSONW_LED_ROOM(len) (JSONW_LEAD + JSONW_BEHIND + 1 + (len)*JSONW_WORST)

/*
 * Write at `p` the text `s` as it stands inside of a JSON string, and the quote that
 * ends it: jsonw_led() for one that is not short and plain.
 *
 * Returns the end of what was written.
 */
char *jsonw_any(char *p, struct str s) MUST_USE;

/*
 * Copy a text of at most `most` bytes, which is a multiple of 16, whatever its length
 * is: a branch for every length would be guessed wrongly too often. There is room
 * for `most`. What is read behind the text is not looked at.
 *
 * Returns false, with anything at `out`, when not all of it can stay as it is.
 */
static inline ALWAYS_INLINE bool
jsonw_copy(char *out, struct str s, size_t most)
{
	uint64_t plain = 0;

	/* Neither too long nor empty, and then perhaps nowhere. */
	if (UNLIKELY(s.len - 1 >= most || !bytes_can_read(s.p, most)))
		return false;
	for (size_t i = 0; i < most; i += BYTES_16) {
		plain |= (uint64_t)bytes_plain(s.p + i) << i;
		memcpy(out + i, s.p + i, BYTES_16);
	}
	return (~plain & ((UINT64_C(1) << s.len) - 1)) == 0;
}

/*
 * Write at `p`, where there is JSONW_LED_ROOM(s.len), the first `n` of the JSONW_LEAD
 * bytes at `lead`, which end with the quote that opens a string, then `s` inside of
 * it and the quote that ends it: for slices of a line, of which bytes behind `s` are
 * read, too (never those of another page of memory). Texts up to `most` bytes (16,
 * 32 or 48) are the quickest.
 *
 * Returns the end of what was written.
 */
static inline ALWAYS_INLINE char *
jsonw_led(char *p, const char *lead, size_t n, struct str s, size_t most)
{
	memcpy(p, lead, n <= BYTES_16 ? BYTES_16 : JSONW_LEAD);
	p += n;
	if (UNLIKELY(!jsonw_copy(p, s, most)))
		return jsonw_any(p, s);
	p += s.len;
	*p = '"';
	return p + 1;
}

/*
 * Append `,"key":"value"`, or nothing when `value` is empty or absent.
 *
 * `key` is written as it is.
 */
void jsonw_member(struct buf *b, struct str key, struct str value);

/*
 * Append `,"key":value`.
 *
 * `key` is written as it is.
 */
void jsonw_int(struct buf *b, struct str key, int64_t value);

/*
 * Append `,"key":"2026-11-23T12:00:00.123Z"`.
 *
 * `key` is written as it is; `ms` is milliseconds UTC.
 */
void jsonw_time(struct buf *b, struct str key, int64_t ms);

#endif
