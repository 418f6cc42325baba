/*
 * statsdoc - a stats line as a document, tw-mongo(7)
 *
 * The document has the line's own keys, times as times, and an `_id` that is
 * the line's key: a later line takes the place of an earlier one.
 */
#ifndef TW_MODEL_STATSDOC_H
#define TW_MODEL_STATSDOC_H

#include "model/stats.h"

/* Makes documents of lines; holds memory for one. */
struct statsdoc;

/*
 * Make one.
 *
 * Returns it; the caller gives it to statsdoc_free().
 */
struct statsdoc *statsdoc_new(void) MUST_USE;

/*
 * Append the key of `s`: `w:<channel>:<epoch s>:<seconds>` or
 * `s:<channel>:<stream_id>`.
 */
void statsdoc_id(struct buf *b, const struct stats *s);

/*
 * Append the document of the line `line`, which has been read as `s`.
 *
 * Returns false when there is something in it that no document can hold.
 */
bool statsdoc_write(struct statsdoc *d, struct buf *b, struct str line,
    const struct stats *s) MUST_USE;

/*
 * Find the key in the document `doc`.
 *
 * Returns it, borrowed from `doc`; absent when there is none.
 */
struct str statsdoc_key(struct str doc);

/*
 * Append the document `doc` as a line of JSON, without LF: stats_read() takes
 * it.
 *
 * Returns false when there is something in it that no line has.
 */
bool statsdoc_line(struct buf *b, struct str doc) MUST_USE;

/*
 * Free it. NULL is fine.
 */
void statsdoc_free(struct statsdoc *d);

#endif
