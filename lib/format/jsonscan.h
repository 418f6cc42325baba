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
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "format/member.h"

struct jsonscan {
	const char *p;   /* borrowed; where it reads */
	const char *end; /* of the line */
	struct buf
	    *scratch; /* borrowed; has room for all strings of the line */
	bool begun;
};

/*
 * Begin to read `line`, a whole JSON object.
 *
 * `line` is borrowed, and so is `scratch`, for strings with escapes: it is
 * reset, and the members' slices are good until it changes.
 */
void jsonscan_init(struct jsonscan *s, struct str line, struct buf *scratch);

/*
 * Read the next member.
 *
 * Returns 1; 0 at the end of the object and of the line; -1 when this is not
 * our spelling.
 */
int jsonscan_next(struct jsonscan *s, struct member *m) MUST_USE;

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
int jsonscan_expect(struct jsonscan *s, const char *lead, size_t n,
    uint32_t mask, struct str *text) MUST_USE;

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
