/*
 * bsonr - BSON documents, element by element
 *
 * Reads what a server sends, and trusts none of its lengths. Only the types
 * that we write ourselves have a meaning; of any other the element is given
 * without a value.
 */
#ifndef TW_FORMAT_BSONR_H
#define TW_FORMAT_BSONR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"
#include "format/bsonw.h"

struct bsonr {
	const char *p;   /* borrowed; where it reads */
	const char *end; /* of the document, before its last byte */
};

struct bsonr_value {
	struct str key;       /* borrowed from the document */
	enum bsonw_type type; /* others than those named are possible */
	struct str text; /* STRING, OID: its bytes; DOC, LIST: a document */
	int64_t num;     /* INT32, INT64, DATE, BOOL; of a DOUBLE cut */
	double real;     /* of a number */
};

/*
 * Begin to read `doc`, a whole document, which is borrowed.
 *
 * Returns false when it is none.
 */
bool bsonr_init(struct bsonr *r, struct str doc) MUST_USE;

/*
 * Read the next element.
 *
 * Returns 1; 0 at the end; -1 when the document is broken.
 */
int bsonr_next(struct bsonr *r, struct bsonr_value *v) MUST_USE;

/*
 * Find the element `key`, which may be a path of keys with dots in between.
 *
 * Returns false when it is not there.
 */
bool bsonr_find(
    struct str doc, const char *key, struct bsonr_value *v) MUST_USE;

/*
 * Append the value `v` as JSON in our spelling. Times are texts.
 *
 * Returns false when it has none.
 */
bool bsonr_json(struct buf *b, const struct bsonr_value *v) MUST_USE;

#endif
