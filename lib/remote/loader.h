/*
 * loader - documents into chatLogs and chatStats, exactly once in effect
 *
 * chatLogs is a time series collection, which takes anything twice. So under a
 * lease (lease.h) each batch is first looked for, and what is missing is
 * inserted. Whatever goes wrong on the way is the same case: nobody knows what
 * was stored, so the connection is thrown away, another one waits until the
 * server has seen the end of the first, and looks again. chatStats is a normal
 * collection whose documents are put in the place of older ones.
 */
#ifndef TW_REMOTE_LOADER_H
#define TW_REMOTE_LOADER_H

#include "format/bsonw.h"
#include "remote/mongo.h"

#define LOADER_LOGS  "chatLogs"
#define LOADER_STATS "chatStats"

/* Documents of one batch at most. */
#define LOADER_BATCH 20000

/* Called for document `i` of a batch that the server refuses for `why`. */
typedef void loader_refused(void *arg, size_t i, const char *why);

/* Called with something that a person may want to know while it waits. */
typedef void loader_say(void *arg, const char *text);

struct loader_options {
	const struct mongo_uri *uri; /* borrowed */
	int64_t wait_ms;     /* for another loader, or for a server that was
	                       * there before */
	int64_t retention_s; /* of events; 0 = not asked for */
	bool only_look;      /* nothing is written */
	loader_refused *refused;
	loader_say *say;
	mongo_idle *idle; /* NULL = nothing to do meanwhile */
	void *arg;        /* borrowed; of all of these */
};

struct loader_counts {
	int64_t fresh; /* were not there */
	int64_t there; /* were there, or twice in the input */
};

enum loader_result {
	LOADER_DONE,
	LOADER_FAILED, /* may go well next time */
	LOADER_WRONG,  /* trying again is no use */
};

struct loader;

/*
 * Connect.
 *
 * Returns LOADER_DONE with `*l`, which the caller gives to loader_free();
 * otherwise `why`.
 */
enum loader_result loader_new(const struct loader_options *o, struct loader **l,
    struct errmsg *why) MUST_USE;

/*
 * See to it that chatLogs is there (or chatStats, with `stats`), and what it has
 * to be. With only_look it may be missing.
 *
 * Returns LOADER_DONE, otherwise `why`.
 */
enum loader_result loader_prepare(
    struct loader *l, bool stats, struct errmsg *why) MUST_USE;

/*
 * Store the `n` events `docs`, at most LOADER_BATCH, and count in `counts`.
 * With only_look they are only looked for; `refused` is then called for those
 * that are not there.
 *
 * Returns LOADER_DONE once they are safe, otherwise `why`.
 */
enum loader_result loader_events(struct loader *l, const struct str *docs,
    size_t n, struct loader_counts *counts, struct errmsg *why) MUST_USE;

/*
 * The same for stats, of which the later of two with equal keys counts.
 */
enum loader_result loader_stats(struct loader *l, const struct str *docs,
    size_t n, struct loader_counts *counts, struct errmsg *why) MUST_USE;

/*
 * Let others in, for a while in which there is nothing to store.
 */
void loader_pause(struct loader *l);

/*
 * Count the events of `channel` between `from` and `to`, both included, and how
 * many of them are there more than once.
 *
 * Returns LOADER_DONE, otherwise `why`.
 */
enum loader_result loader_verify(struct loader *l, struct str channel,
    int64_t from, int64_t to, int64_t *n, int64_t *twice,
    struct errmsg *why) MUST_USE;

/*
 * Give the lease back and disconnect. NULL is fine.
 */
void loader_free(struct loader *l);

#endif
