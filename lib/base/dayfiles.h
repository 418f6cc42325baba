/*
 * dayfiles - a file for each name and UTC day, appended to
 *
 * `DIR/<name>/<date>.log`. Any number of names, a bounded number of open files:
 * one that was not used for long makes room. What is written goes to
 * the end of the file in one write. A file that does not end in LF when it is
 * met for the first time was torn by a crash; its last line is closed with NUL
 * LF, so that half a line never passes for a whole one (design.md 1). Whoever
 * writes holds a shared lock, so that another process's half-done write is not
 * taken for a torn line.
 *
 * What is written is personal: files are made with mode 0640, folders with 0750,
 * less the umask. A file's last name is never followed when it is a symbolic link,
 * and is written to only when it is an ordinary file; `DIR` may be a link.
 */
#ifndef TW_BASE_DAYFILES_H
#define TW_BASE_DAYFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "base/str.h"

#define DAYFILES_DATE 10 /* bytes of 2026-11-23 */

struct dayfiles;

/* Whose file, and of which day. */
struct dayfiles_at {
	size_t number;    /* the name's, from 0 */
	struct str name;  /* a login */
	const char *date; /* DAYFILES_DATE bytes, not terminated */
};

/*
 * Begin to write below the folder `dir`, which is made when it is not there.
 *
 * Returns the files, for dayfiles_free(); NULL, with `why`.
 * `dir` is borrowed. `max_open` is at least 1. `sync` says that dayfiles_sync()
 * will be called: a file that is closed is brought to the disk before.
 */
struct dayfiles *dayfiles_new(
    const char *dir, size_t max_open, bool sync, struct errmsg *why) MUST_USE;

/*
 * Close the torn last line of the newest file of `name`, if there is one.
 *
 * Returns 1 when a line was closed, 0 when there was none; -1, with errno.
 */
int dayfiles_mend(struct dayfiles *d, struct str name) MUST_USE;

/*
 * Set `tail` to the last lines of the newest file of `name`, of at most `len`
 * bytes; to nothing while somebody has it open to write.
 *
 * Returns true when there is more before them.
 */
bool dayfiles_tail(
    struct dayfiles *d, struct str name, size_t len, struct buf *tail);

/*
 * Append `bytes` to the file `at`. `inside` says that they go on with a line
 * of which a part was written.
 *
 * Returns how many were written, perhaps not all; -1, with errno: ESTALE when
 * that part is not at the end of the file any more, as somebody has removed it.
 * Then the line has to be written from its begin.
 */
ssize_t dayfiles_write(struct dayfiles *d, const struct dayfiles_at *at,
    struct str bytes, bool inside) MUST_USE;

/*
 * Close the files that somebody has removed: what is written next goes to new
 * ones.
 */
void dayfiles_look(struct dayfiles *d);

/*
 * Bring what was written since the last call to the disk.
 *
 * Returns false, with errno, when that failed for a file.
 * Blocks until it is there.
 */
bool dayfiles_sync(struct dayfiles *d) MUST_USE;

/*
 * Close the file of the name with the number `number`, if it is open.
 */
void dayfiles_leave(struct dayfiles *d, size_t number);

/*
 * Count the files that are open.
 *
 * Returns the number.
 */
size_t dayfiles_open(const struct dayfiles *d);

/*
 * Close all files and free the memory. NULL is fine.
 */
void dayfiles_free(struct dayfiles *d);

#endif
