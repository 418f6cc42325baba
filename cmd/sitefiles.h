/*
 * sitefiles - the files of a site
 *
 * Writes only what changed; each file aside, and renamed when it is whole, so
 * that a reader never sees half a page.
 */
#ifndef TW_CMD_SITEFILES_H
#define TW_CMD_SITEFILES_H

#include <stdint.h>

#include "base/buf.h"

struct sitefiles {
	const char *folder; /* borrowed */
	int64_t written, kept;
	struct buf path, old; /* between calls */
};

/*
 * Write the file `path` of the site `arg`, a struct sitefiles, unless it holds
 * `content` already; exits when that fails.
 */
void sitefiles_put(void *arg, const char *path, struct str content);

#endif
