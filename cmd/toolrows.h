/*
 * toolrows - what the mains share that read a database instead of files
 */
#ifndef TW_CMD_TOOLROWS_H
#define TW_CMD_TOOLROWS_H

#include "model/agg.h"
#include "intake.h"

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
 * Read what `what` says of the database `in->uri` (`-`: as TW_URI_FILE says), of
 * the channels that are let through, and give each line to intake_row(). Exits
 * when the URI is wrong, or there is no MongoDB in this build.
 *
 * Returns TOOL_FAILED, having said why, when it cannot be read to its end, else
 * TOOL_DONE.
 */
enum tool_exit tool_each_row(struct intake *in, enum tool_rows what);

/* Does what there is to do about a part that the server counted, of `events`
 * events. */
typedef void tool_part(void *arg, const struct agg_part *part, int64_t events);

/*
 * Read the events of the database `in->uri` as tool_each_row() does, counted by
 * the server in windows of `window_ms` where it can: `take_part` gets what it
 * counted, with `in->arg`.
 *
 * Returns as tool_each_row().
 */
enum tool_exit tool_each_part(
    struct intake *in, int64_t window_ms, tool_part *take_part);

#endif
