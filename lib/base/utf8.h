/*
 * utf8 - telling text from other bytes
 *
 * UTF-8 as Unicode defines it: shortest forms only, no surrogates, nothing past
 * U+10FFFF. An invalid run is cut into the "maximal invalid parts" of the
 * Unicode standard (section 3.9), one U+FFFD for each.
 */
#ifndef TW_BASE_UTF8_H
#define TW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * Measure the sequence at `p`, which ends before `end`.
 *
 * Returns its length, 1 to 4; for an invalid one minus the length of its
 * maximal invalid part, -1 to -3. `p` lies before `end`.
 */
int utf8_step(const unsigned char *p, const unsigned char *end);

/*
 * Decode the valid sequence of `n` bytes at `p`.
 *
 * Returns its code point.
 */
uint32_t utf8_decode(const unsigned char *p, int n);

/*
 * Tell whether the code point `c` is no text but an order to a terminal: a control
 * of C0 or C1.
 *
 * Returns true when it is.
 */
bool utf8_is_control(uint32_t c);

/*
 * Tell whether the code point `c` is an order how to set text: where its lines
 * end, or in which direction it is written.
 *
 * Returns true when it is.
 */
bool utf8_is_layout(uint32_t c);

/*
 * Take off the mark that some editors put before the first line of a file (U+FEFF,
 * byte order mark).
 *
 * Returns the line without it.
 */
struct str utf8_without_mark(struct str first_line) MUST_USE;

/*
 * Tell whether all of `s` is UTF-8.
 *
 * Returns true when it is.
 */
bool utf8_valid(struct str s);

/*
 * Count the code points of `s`, which is valid.
 *
 * Returns the number.
 */
size_t utf8_count(struct str s);

/*
 * Append `s` with each maximal part that is not UTF-8 as one U+FFFD.
 */
void utf8_repair(struct buf *b, struct str s);

#endif
