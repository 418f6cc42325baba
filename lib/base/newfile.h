/*
 * newfile - a file that becomes visible whole
 *
 * It is written aside, under its name with a dot before and `.tmp` behind, and
 * renamed: who looks sees the old file or the new one, never a part, and what a
 * kill leaves behind the next run takes over. Of two at once one waits.
 */
#ifndef TW_BASE_NEWFILE_H
#define TW_BASE_NEWFILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"

enum newfile_how {
	NEWFILE_SYNC = 1,    /* it is on the disk before its name is */
	NEWFILE_PRIVATE = 2, /* mode 0600; else 0666 less the umask */
};

/*
 * Make `text` the content of the file `path`. `how` is a set of newfile_how.
 *
 * Returns false, with errno, when that fails; nothing is changed then.
 */
bool newfile_write(const char *path, struct str text, unsigned how) MUST_USE;

#endif
