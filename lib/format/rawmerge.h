/*
 * rawmerge - several raw logs as one, in order of time
 *
 * Lines come by the time at which they were received (bare ones by their own, a
 * line without a time by that of the line before); an input's time never goes
 * back, equal times come in the order of the operands, and each input keeps its
 * own order. With many inputs, files are open only while their turn lasts, so
 * that a year of day files needs no more than the channels of one day.
 */
#ifndef TW_FORMAT_RAWMERGE_H
#define TW_FORMAT_RAWMERGE_H

#include "base/errmsg.h"
#include "format/input.h"
#include "format/irc.h"
#include "format/rawlog.h"

/* A line and what was found out about it on the way. Slices are borrowed until
 * the next line. */
struct rawline {
	struct str line;  /* as it was read, without its LF */
	const char *name; /* of the input, for messages */
	int64_t number;   /* in the input, from 1 */
	bool part;        /* a piece of a line that is too long: more follows */
	bool cont;        /* a piece that goes on with the one before */
	bool unended;     /* the input ends without an LF behind it */
	bool blank;       /* nothing but spaces in it */
	const char *defect; /* why it cannot be read, or NULL */
	struct rawlog raw;  /* its prefix */
	struct irc irc;     /* when the source is IRC or bare */
	bool has_command;   /* of `irc` */
};

struct rawmerge; /* the inputs */

/*
 * Begin to merge the `n` operands `paths`.
 *
 * Returns the merge; the caller gives it to rawmerge_free(). `paths` and
 * `tie` (see unpack_open()) are borrowed until then.
 */
struct rawmerge *rawmerge_new(
    char *const *paths, size_t n, const struct unpack_tie *tie);

/*
 * Read the next line.
 *
 * Returns 1; 0 at the end of all inputs; -1 with `why`, which begins with the
 * input's name, when one of them cannot be read (any further): the next call
 * goes on with the others.
 * `line` is borrowed until the next call.
 */
int rawmerge_next(struct rawmerge *m, const struct rawline **line,
    struct errmsg *why) MUST_USE;

/*
 * Measure what was read from the files themselves so far.
 *
 * Returns bytes.
 */
int64_t rawmerge_offset(const struct rawmerge *m);

/*
 * Measure the files themselves.
 *
 * Returns bytes; 0 when one of them is no regular file.
 */
int64_t rawmerge_size(const struct rawmerge *m);

/*
 * Close everything. NULL is fine.
 */
void rawmerge_free(struct rawmerge *m);

#endif
