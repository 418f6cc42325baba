/*
 * rows - lines read from the database instead of from a file
 *
 * Gives the documents of chatLogs or chatStats back as the lines that they were
 * made of, in our spelling. Events come in order of time; those of the same
  * millisecond in an order that depends on nothing but themselves. Of the stats
 * only those are read that the report looks at.
 */
#ifndef TW_REMOTE_ROWS_H
#define TW_REMOTE_ROWS_H

#include "base/map.h"
#include "remote/mongo.h"

struct rows_options {
	const struct mongo_uri *uri; /* borrowed */
	const char *app;             /* name of the tool, for the server */
	const struct map *channels;  /* borrowed; none in it = all */
	int64_t since_ms;            /* INT64_MIN = no limit */
	int64_t until_ms;            /* exclusive; INT64_MAX = no limit */
	bool windows;                /* of the stats all windows, by time, not
	                              * only those that the weeks want */
};

struct rows;

/*
 * Begin to read events, or stats.
 *
 * Returns the rows; NULL with `why`. The caller gives them to rows_free().
 */
struct rows *rows_of_logs(
    const struct rows_options *o, struct mongo_error *why) MUST_USE;
struct rows *rows_of_stats(
    const struct rows_options *o, struct mongo_error *why) MUST_USE;

/*
 * Begin to read the events of database `db` that match `filter`, a document,
 * through `m`, which is borrowed.
 *
 * Returns the rows.
 */
struct rows *rows_of_query(
    struct mongo *m, const char *db, struct str filter) MUST_USE;

/*
 * Read the next line, without its LF.
 *
 * Returns 1; 0 after the last; -1 with `why`. A document that is none of ours is
 * given as `line` all the same, for the caller to refuse.
 * `line` is borrowed until the next call.
 */
int rows_next(
    struct rows *r, struct str *line, struct mongo_error *why) MUST_USE;

/*
 * Free them. NULL is fine.
 */
void rows_free(struct rows *r);

#endif
