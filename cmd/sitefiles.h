/*
 * sitefiles - the files of a site
 *
 * Writes only what changed; each file aside, and renamed when it is whole, so
 * that a reader never sees half a page. `.pages` in its folder remembers of what
 * the pages of streams were made, so that most need not be made again; without
 * it they are, and only time is lost. It is not there while such pages are replaced:
 * a run that does not come to its end leaves no mark of a page that is another now.
 */
#ifndef TW_CMD_SITEFILES_H
#define TW_CMD_SITEFILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/map.h"

struct sitefiles {
	const char *folder; /* borrowed */
	int64_t written, kept;
	bool unmarked;    /* the marks that were read are no longer there */
	struct map paths; /* of the pages that have a mark */
	uint64_t *marks;  /* owned; by number of the path */
	size_t cap;
	struct buf old; /* between calls */
};

/*
 * Make the folder of a site, with those above it; exits when that fails.
 */
void sitefiles_make(const char *folder);

/*
 * Begin with the site in `folder`, whose marks are read, if it is there.
 */
void sitefiles_init(struct sitefiles *f, const char *folder);

/*
 * Write the file `path` of the site `arg`, a struct sitefiles, unless it holds
 * `content` already; exits when that fails. `mark` is kept for sitefiles_known(),
 * unless it is 0.
 */
void sitefiles_put(
    void *arg, const char *path, struct str content, uint64_t mark);

/*
 * Tell whether the file `path` is there and has that mark.
 *
 * Returns true when it is so.
 */
bool sitefiles_known(void *arg, const char *path, uint64_t mark);

/*
 * Write the marks down and free what `f` holds; exits when that fails.
 */
void sitefiles_close(struct sitefiles *f);

#endif
