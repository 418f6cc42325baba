/*
 * csv - values with commas between them, RFC 4180
 *
 * A field that begins like a formula is taken by spreadsheets as one; such text
 * gets an apostrophe before it, as what is in a report may be a stranger's.
 */
#ifndef TW_FORMAT_CSV_H
#define TW_FORMAT_CSV_H

#include "base/buf.h"

/*
 * Append `s` as one field, in quotes when it needs them.
 */
void csv_text(struct buf *b, struct str s);

#endif
