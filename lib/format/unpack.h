/*
 * unpack - the bytes of a file, compressed or not
 *
 * Reads plain files, zstd and gzip alike, told apart by their first bytes, also
 * from a pipe. Several compressed pieces one after the other are read as one.
 * A compressed file that ends too early is an error, never a short file.
 */
#ifndef TW_FORMAT_UNPACK_H
#define TW_FORMAT_UNPACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/errmsg.h"

struct unpack; /* an open file */

/* What is to be done before a read that has to wait: somebody may be waiting for
 * what came of all that was read so far. */
struct unpack_tie {
	void (*flush)(void *arg);
	void *arg; /* borrowed */
};

/*
 * Open the file `path`, or standard input for `-`.
 *
 * Returns the open file; NULL with `why` when it cannot be read, or is a
 * directory. The caller gives it to unpack_free().
 * `tie` is borrowed; NULL = nothing.
 */
struct unpack *unpack_open(const char *path, const struct unpack_tie *tie,
    struct errmsg *why) MUST_USE;

/*
 * Read at most `n` bytes to `p`: a lines_source (base/lines.h).
 *
 * Returns how many; 0 at the end; -1 on an error, see unpack_why().
 * `arg` is the struct unpack.
 */
ssize_t unpack_read(void *arg, char *p, size_t n);

/*
 * Tell what went wrong in unpack_read().
 *
 * Returns the reason, borrowed until unpack_free().
 */
const struct errmsg *unpack_why(const struct unpack *u);

/*
 * Measure what has been read from the file itself.
 *
 * Returns bytes, compressed ones where it is compressed.
 */
int64_t unpack_offset(const struct unpack *u);

/*
 * Measure the file itself.
 *
 * Returns bytes; -1 when it is not a regular file.
 */
int64_t unpack_size(const struct unpack *u);

/*
 * Wait until a read has something to give, at most `wait_ms`.
 *
 * Returns false when the time is over first.
 */
bool unpack_ready(const struct unpack *u, int wait_ms);

/*
 * Close the file. NULL is fine.
 */
void unpack_free(struct unpack *u);

#endif
