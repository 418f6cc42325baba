/*
 * split - a stream that comes in pieces, line by line
 *
 * For a socket: the caller has some bytes and wants the lines in them. What is
 * not a whole line yet is kept for the next piece. Splits at LF and strips one
 * CR before it. Of a line that is longer than the ceiling only its head is
 * kept; it is handed out at the line's end, and said to be a head. Any cut of a
 * stream into pieces gives the same lines.
 */
#ifndef TW_BASE_SPLIT_H
#define TW_BASE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

struct split {
	struct buf rest; /* owned; the begin of a line */
	size_t max;      /* ceiling of a line without its end, bytes */
	bool over;       /* the line in `rest` is longer than that */
	bool given;      /* `rest` was handed out: it goes at the next call */
};

/*
 * Take the next line from `piece`, which is moved on.
 *
 * Returns true; false when `piece` is used up.
 * `line` is borrowed until the next call, or from `piece`. `over` says that it
 * is only the head of a line that is longer than `max`.
 */
bool split_next(
    struct split *s, struct str *piece, struct str *line, bool *over) MUST_USE;

/*
 * Forget what is kept of an unended line, and free the memory.
 */
void split_release(struct split *s);

#endif
