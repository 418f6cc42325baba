/*
 * width - how many columns text takes on a terminal
 *
 * Without the locale: wide letters and emoji take two columns, marks that
 * combine none. What would move the cursor, turn the direction of writing or
 * join signs into one (controls of C0 and C1, bidi marks, joiners, variation
 * selectors) never gets through, so that a name cannot leave its column.
 */
#ifndef TW_BASE_WIDTH_H
#define TW_BASE_WIDTH_H

#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Append `s` as text for a terminal: controls become `?`, bidi marks and joiners
 * go, what is not UTF-8 becomes U+FFFD; no more than `columns` columns, the last
 * one an ellipsis where something was cut.
 *
 * Returns how many columns it takes.
 */
size_t width_text(struct buf *b, struct str s, size_t columns);

/*
 * Append `s` as width_text() does, with blanks up to `columns`, behind or, for
 * width_right(), before it.
 */
void width_left(struct buf *b, struct str s, size_t columns);
void width_right(struct buf *b, struct str s, size_t columns);

#endif
