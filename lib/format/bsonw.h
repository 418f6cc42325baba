/*
 * bsonw - BSON documents, written into a buf
 *
 * What MongoDB stores and understands: each call appends one element. Nothing
 * is checked, as all text in here has been read as UTF-8 before; keys hold no
 * NUL. A document is open between bsonw_begin() and bsonw_end(), and so is a
 * list, whose keys are written for the caller.
 */
#ifndef TW_FORMAT_BSONW_H
#define TW_FORMAT_BSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "format/member.h"

enum bsonw_type {
	BSONW_DOUBLE = 0x01,
	BSONW_STRING = 0x02,
	BSONW_DOC = 0x03,
	BSONW_LIST = 0x04,
	BSONW_OID = 0x07,
	BSONW_BOOL = 0x08,
	BSONW_DATE = 0x09,
	BSONW_NULL = 0x0a,
	BSONW_INT32 = 0x10,
	BSONW_INT64 = 0x12,
};

#define BSONW_OID_LEN 12

/*
 * Begin a document at the end of `b`.
 *
 * Returns where, for bsonw_end().
 */
size_t bsonw_begin(struct buf *b);

/*
 * Begin a document, or a list, that is the value of `key`.
 *
 * Returns where, for bsonw_end().
 */
size_t bsonw_begin_doc(struct buf *b, struct str key);
size_t bsonw_begin_list(struct buf *b, struct str key);

/*
 * End the document or list that was begun at `at`.
 */
void bsonw_end(struct buf *b, size_t at);

/*
 * Append an element of that type.
 */
void bsonw_str(struct buf *b, struct str key, struct str value);
void bsonw_int(struct buf *b, struct str key, int64_t value);
void bsonw_double(struct buf *b, struct str key, double value);
void bsonw_bool(struct buf *b, struct str key, bool value);
void bsonw_null(struct buf *b, struct str key);

/*
 * Append a point in time, `ms` UTC.
 */
void bsonw_date(struct buf *b, struct str key, int64_t ms);

/*
 * Append the 12 bytes at `oid` as an ObjectId.
 */
void bsonw_oid(struct buf *b, struct str key, const void *oid);

/*
 * Append the whole document `doc`.
 */
void bsonw_doc(struct buf *b, struct str key, struct str doc);

/*
 * Append the key of the `i`th value of a list, counted from 0, to `key`, which
 * is reset first.
 *
 * Returns it, borrowed from `key`.
 */
struct str bsonw_index(struct buf *key, size_t i);

/*
 * Append the JSON list or object `json`, in our spelling, as the value of
 * `key`; `scratch` is used up.
 *
 * Returns false when it is no list of strings, and no object of strings and
 * integers; `b` is then as it was.
 */
bool bsonw_json(struct buf *b, struct str key, enum member_kind kind,
    struct str json, struct buf *scratch);

/*
 * Append the member `m` of a JSON object, as bsonw_json() does for lists and
 * objects.
 *
 * Returns false when it cannot be said in BSON.
 */
bool bsonw_member(struct buf *b, const struct member *m, struct buf *scratch);

#endif
