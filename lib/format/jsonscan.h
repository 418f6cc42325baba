/*
 * jsonscan - the fast reader of JSON objects in our own spelling
 *
 * Reads what jsonw writes: no spaces, our escapes, lists of strings, objects of
 * strings and integers. It never guesses: whatever else it meets is "not ours"
 * and goes to the full reader (jsonr), with which it agrees on every line that
 * it does read. One thing is left to the caller: to notice a key that comes
 * twice, as the caller looks keys up anyway, and to take such a line there, too.
 */
#ifndef TW_FORMAT_JSONSCAN_H
#define TW_FORMAT_JSONSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "format/member.h"

struct jsonscan {
	const char *p;   /* borrowed; where it reads */
	const char *end; /* of the line, or of what there is */
	struct buf
	    *scratch; /* borrowed; has room for all strings of the line */
	bool begun;
	bool ahead; /* the object ends before an LF, not at `end` */
};

/*
 * Begin to read `line`, a whole JSON object.
 *
 * `line` is borrowed, and so is `scratch`, for strings with escapes: it is
 * reset, and the members' slices are good until it changes.
 */
void jsonscan_init(struct jsonscan *s, struct str line, struct buf *scratch);

/*
 * Begin to read the object that is the first line of `text`, which has its LF:
 * nobody had to look for it before. None of our spelling has an LF in it, so it
 * reads what it would if it were given that line.
 *
 * `text` and `scratch` are borrowed as above.
 */
void jsonscan_init_ahead(
    struct jsonscan *s, struct str text, struct buf *scratch);

/*
 * Read the next member.
 *
 * Returns 1; 0 at the end of the object and of the line; -1 when this is not
 * our spelling.
 */
int jsonscan_next(struct jsonscan *s, struct member *m) MUST_USE;

/* The place of the first bit of `odd` from `p` on, at most `end`. */
static inline const char *
jsonscan_first(const char *p, uint32_t odd, const char *end)
{
	p += __builtin_ctz(odd);
	return p < end ? p : end;
}

/*
 * Pass over what needs no look in a string, from `p` on: printable ASCII but `"` `\`.
 *
 * Returns where it ends, at most at `end`.
 */
static inline const char *
jsonscan_plain(const char *p, const char *end)
{
	uint32_t odd;

	/* Most strings end in their first sixteen bytes. How long the others are is
	 * chance: in greater steps the processor guesses wrong less often. */
	if (LIKELY(bytes_has(p, end, 3 * BYTES_16))) {
		odd = bytes_odd(p);
		if (odd != 0)
			return jsonscan_first(p, odd, end);
		p += BYTES_16;
		odd = bytes_odd(p) | bytes_odd(p + BYTES_16) << BYTES_16;
		if (odd != 0)
			return jsonscan_first(p, odd, end);
		p += 2 * BYTES_16;
	}
	for (; bytes_has(p, end, BYTES_16); p += BYTES_16) {
		odd = bytes_odd(p);
		if (odd != 0)
			return jsonscan_first(p, odd, end);
	}
	while (p < end && (unsigned char)*p >= 0x20 &&
	    (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p < end ? p : end;
}

/*
 * Read the rest of a string that begins where `s` reads, behind its opening quote,
 * and is plain up to `p`.
 *
 * Returns false when it is not in our spelling.
 */
bool jsonscan_rest(
    struct jsonscan *s, const char *p, struct str *text) MUST_USE;

#define JSONSCAN_LEAD 32

/*
 * Read the next member as a string, if it begins with `lead`: `,"key":"` of `n`
 * bytes, at most 31, with anything behind it up to JSONSCAN_LEAD; `mask` has a bit
 * for each byte that counts. For lines whose next key is known beforehand. Never
 * for the first member, which has no comma.
 *
 * Returns 1; 0, with nothing read, when the member is another; -1 when this is
 * not our spelling.
 */
static inline ALWAYS_INLINE int
jsonscan_expect(struct jsonscan *s, const char *lead, size_t n, uint32_t mask,
    struct str *text)
{
	const char *p = s->p;
	size_t left = (size_t)(s->end - p);
	uint32_t same;

	if (UNLIKELY(left < JSONSCAN_LEAD) &&
	    (left <= n || !bytes_can_read(p, JSONSCAN_LEAD)))
		return 0;
	same = bytes_equal16(p, lead);
	if (mask > UINT16_MAX)
		same |= bytes_equal16(p + BYTES_16, lead + BYTES_16) << 16;
	if ((same & mask) != mask)
		return 0;
	s->p = p + n;
	p = jsonscan_plain(s->p, s->end);
	if (UNLIKELY(p == s->end) || UNLIKELY(*p != '"'))
		return jsonscan_rest(s, p, text) ? 1 : -1;
	*text = (struct str){ s->p, (size_t)(p - s->p) };
	s->p = p + 1;
	return 1;
}

/*
 * Walk over the strings of a list in our spelling: `rest` begins as the text of
 * a MEMBER_LIST.
 *
 * Returns false after the last. `s` is a slice of it, or of `scratch` where it
 * had escapes, until the next call.
 */
bool jsonscan_list_next(
    struct str *rest, struct buf *scratch, struct str *s) MUST_USE;

#endif
