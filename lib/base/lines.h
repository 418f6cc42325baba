/*
 * lines - a byte stream, line by line
 *
 * Reads from any source that a function pointer can stand for and hands out
 * slices of its own memory, without the LF. A line longer than the ceiling
 * comes in pieces, so that whoever refuses it can still keep it whole; nothing
 * is ever cut off or put together wrongly. Splits at LF only: chat text is full
 * of other things that some call line ends.
 */
#ifndef TW_BASE_LINES_H
#define TW_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/str.h"

/* Reads at most `n` bytes to `p`. Returns how many, 0 at the end, -1. */
typedef ssize_t lines_source(void *arg, char *p, size_t n);

struct lines {
	lines_source *source; /* where the bytes come from */
	void *arg;            /* borrowed; the source's own */
	char *p;              /* owned: what was read and not handed out */
	size_t cap;           /* bytes allocated */
	size_t max;           /* ceiling of a line, bytes */
	size_t pos;           /* begin of the next line */
	size_t seen;          /* no LF between `pos` and here */
	size_t end;           /* end of what was read */
	bool nul;             /* there may be a NUL in what was read */
	bool eof;             /* the source has nothing more */
	bool part;            /* this is a piece; more of its line follows */
	bool cont;            /* this goes on with the line before */
	bool unended;         /* this last line had no LF */
	int64_t number;       /* of this line, from 1 */
	int64_t offset;       /* bytes handed out so far */
};

/*
 * Begin to read lines of at most `max` bytes from `source`.
 *
 * `arg` is borrowed until the release.
 */
void lines_init(struct lines *l, lines_source *source, void *arg, size_t max);

/*
 * Hand out the next line, or the next piece of one that is too long.
 *
 * Returns 1; 0 at the end; -1 when the source failed: what it gave before and
 * was not a whole line is not handed out.
 * `line` is borrowed until the next call.
 * Blocks when the source does.
 */
int lines_next(struct lines *l, struct str *line) MUST_USE;

/*
 * Look at what was read and not handed out, for a caller who can tell where a line
 * ends without its LF being looked for: from the begin of the next line on, at most
 * one byte more than the ceiling.
 *
 * Returns it, borrowed until the next call; nothing when there is nothing, or the
 * next piece goes on with a line.
 */
static inline struct str
lines_ahead(const struct lines *l)
{
	size_t len = l->end - l->pos;

	if (len == 0 || l->part)
		return STR_ABSENT;
	return (struct str){ l->p + l->pos, len <= l->max ? len : l->max + 1 };
}

/*
 * Take the next line, of `len` bytes, as lines_next() would hand it out: there is an
 * LF behind it, and none in it.
 */
static inline void
lines_take(struct lines *l, size_t len)
{
	l->cont = false;
	l->number++;
	l->pos += len + 1;
	l->seen = l->pos;
	l->offset += (int64_t)len + 1;
}

/*
 * Free the memory of `l`.
 */
void lines_release(struct lines *l);

#endif
