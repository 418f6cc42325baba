/*
 * toolrows - what the mains share that read a database instead of files
 */
#ifndef TW_CMD_TOOLROWS_H
#define TW_CMD_TOOLROWS_H

#include "tool.h"

/* Does what there is to do about one line. `line` is borrowed for the call. */
typedef void tool_row(void *arg, struct str line);

/*
 * Read the stats, or the events, of the database `uri` (`-`: as TW_URI_FILE
 * says), of the channels that `f` lets through, and give each line to `take`,
 * with `arg`. Exits when the URI is wrong, or there is no MongoDB in this build.
 *
 * Returns TOOL_FAILED, having said why, when it cannot be read to its end, else
 * TOOL_DONE.
 */
enum tool_exit tool_each_row(const char *tool, const char *uri, bool stats,
    const struct tool_filter *f, enum tool_words words, tool_row *take,
    void *arg);

#endif
