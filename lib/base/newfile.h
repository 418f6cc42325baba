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

/*
 * Make `text` the content of the file `path`; with `sync` it is on the disk
 * before its name is.
 *
 * Returns false, with errno, when that fails; nothing is changed then.
 */
bool newfile_write(const char *path, struct str text, bool sync) MUST_USE;

#endif
