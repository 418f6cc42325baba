/*
 * jsonr - any JSON object, member by member
 *
 * Wraps jansson. Members come in their order; of equal keys the last value, in
 * the place of the first. A lone surrogate escape is read as U+FFFD, which JSON
 * allows to be written but UTF-8 cannot hold. Of a list only the strings that
 * are not empty are given: our formats have no other lists. Members whose value
 * is null or false are passed over: absent means the same in our formats.
 */
#ifndef TW_FORMAT_JSONR_H
#define TW_FORMAT_JSONR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "format/member.h"

enum jsonr_kind { JSONR_BAD, JSONR_NULL, JSONR_OBJECT, JSONR_OTHER };

/* What is done with bytes that are not UTF-8. */
enum jsonr_bytes { JSONR_STRICT, JSONR_REPAIR };

struct jsonr; /* a reader, with the memory for one text */

/*
 * Make a reader.
 *
 * Returns it; the caller gives it to jsonr_free().
 */
struct jsonr *jsonr_new(void) MUST_USE;

/*
 * Read `text`, one JSON value. With JSONR_REPAIR each maximal part that is not
 * UTF-8 is read as U+FFFD, else it is an error.
 *
 * Returns what it is; JSONR_BAD, with `why`, when it is no JSON.
 */
enum jsonr_kind jsonr_read(struct jsonr *r, struct str text,
    enum jsonr_bytes bytes, struct errmsg *why) MUST_USE;

/*
 * Go to the next member of the object that was read.
 *
 * Returns 1; 0 after the last.
 * What `m` points to is borrowed until the next jsonr_read().
 */
int jsonr_next(struct jsonr *r, struct member *m) MUST_USE;

/*
 * Begin to walk over the list `key` of the object that was read.
 *
 * Returns false when it has no such list.
 */
bool jsonr_list(struct jsonr *r, const char *key) MUST_USE;

/*
 * Go to the next object of that list.
 *
 * Returns 1; 0 after the last; -1 when there is something else than an object.
 * `text` is the object on one line, without spaces, its members in their order;
 * borrowed until the next call.
 */
int jsonr_item(struct jsonr *r, struct str *text) MUST_USE;

/*
 * Look at the member `key` of the object that jsonr_item() has given.
 *
 * Returns its string, borrowed as that is; absent when it has none.
 */
struct str jsonr_item_string(const struct jsonr *r, const char *key) MUST_USE;

/*
 * Free the reader. NULL is fine.
 */
void jsonr_free(struct jsonr *r);

#endif
