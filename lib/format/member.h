/*
 * member - one member of a JSON object, as its readers give it
 *
 * Both readers, the fast one for our own spelling (jsonscan) and the full one
 * behind it (jsonr), speak in members, so that what a member means is written
 * once, above them.
 */
#ifndef TW_FORMAT_MEMBER_H
#define TW_FORMAT_MEMBER_H

#include <stdint.h>

#include "base/str.h"

enum member_kind {
	MEMBER_STRING,
	MEMBER_INT,
	MEMBER_REAL,
	MEMBER_TRUE,
	MEMBER_LIST,
	MEMBER_OBJECT,
};

struct member {
	struct str key; /* borrowed from the reader */
	enum member_kind kind;
	struct str text; /* borrowed; a string's bytes, else the JSON
	                        * text in our spelling */
	int64_t num;     /* the value of a MEMBER_INT */
};

#endif
