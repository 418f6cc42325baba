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

#include "base/buf.h"
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

/*
 * Append the first `n` of the JSONW_LEAD bytes at `lead`, which end with the
 * quote that opens a string, then `s` inside of it and the quote that ends it:
 * for slices of a line, of which bytes behind `s` are read, too (never those of
 * another page of memory).
 */
void jsonw_led(struct buf *b, const char *lead, size_t n, struct str s);

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
