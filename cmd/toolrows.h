/*
 * toolrows - what the mains share that read a database instead of files
 */
#ifndef TW_CMD_TOOLROWS_H
#define TW_CMD_TOOLROWS_H

#include "model/agg.h"
#include "tool.h"

/* Does what there is to do about one line. `line` is borrowed for the call. */
typedef void tool_row(void *arg, struct str line);

struct mongo_uri;

/*
 * Find out which database `option`, the value of --uri or NULL, means
 * (remote/mongouri.h); exits when it is none. Not in a build without MongoDB.
 *
 * Returns it, for mongo_uri_free().
 */
struct mongo_uri *tool_uri(enum tool_words words, const char *option) MUST_USE;

/* What is read of a database. */
enum tool_rows {
	TOOL_ROWS_LOGS,    /* events */
	TOOL_ROWS_WEEKS,   /* streams, and the windows that weeks want */
	TOOL_ROWS_WINDOWS, /* streams and all windows */
};

/*
 * Read what `what` says of the database `uri` (`-`: as TW_URI_FILE
 * says), of the channels that `f` lets through, and give each line to `take`,
 * with `arg`. Exits when the URI is wrong, or there is no MongoDB in this build.
 *
 * Returns TOOL_FAILED, having said why, when it cannot be read to its end, else
 * TOOL_DONE.
 */
enum tool_exit tool_each_row(const char *tool, const char *uri,
    enum tool_rows what, const struct tool_filter *f, enum tool_words words,
    tool_row *take, void *arg);

/* The same, for a part that the server counted of `events` events. */
typedef void tool_part(void *arg, const struct agg_part *part, int64_t events);

/*
 * Read the events of the database `uri` as tool_each_row() does, counted by the
 * server in windows of `window_ms` where it can.
 *
 * Returns as tool_each_row().
 */
enum tool_exit tool_each_part(const char *tool, const char *uri,
    const struct tool_filter *f, enum tool_words words, int64_t window_ms,
    tool_row *take, tool_part *take_part, void *arg);

#endif
