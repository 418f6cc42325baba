/*
 * loader - documents into chatLogs and chatStats, exactly once in effect
 *
 * chatLogs is a time series collection, which takes anything twice. So under a
 * lease (lease.h) each batch is first looked for, and what is missing is
 * inserted. Up to LOADER_FLIGHTS batches are on their way at once, each on a
 * connection of its own. Why each event is there once:
 *
 * - Batches on their way have no _id in common: what a later one shares with an
 *   earlier one is left to that (batch.h). So what one flight sees or does not see
 *   of another does not matter; all other batches were safe before it looked.
 * - Look and insert of a flight go over the same connection, to the server that
 *   the lease was taken at: all bear the name of the run, and but for the first
 *   one none carries anything before the lease was written on it, after it was
 *   made, and again after the lease was given back and taken. None connects
 *   again. So as long as one may still write, the server lists the run, and nobody
 *   takes the lease; it is given back only when nothing is on its way.
 * - Anything but a plain success, at any, is the same case: nobody knows what
 *   was stored. All connections are thrown away; another one, of another run,
 *   waits until the server has seen the end of them; and every batch that was
 *   on its way is looked for again and completed, one after the other.
 * - No mark or file says how far a load has come. What a crash leaves is some
 *   of the documents of some batches, in any order, and the next load looks.
 *
 * A batch counts as stored when the server said so, journal and majority; one
 * with nothing missing, once the lease was written behind the look.
 *
 * chatStats is a normal collection whose documents are put in the place of older
 * ones.
 */
#ifndef TW_REMOTE_LOADER_H
#define TW_REMOTE_LOADER_H

#include "format/bsonw.h"
#include "remote/mongo.h"

/* Documents of one batch, at most. */
#define LOADER_BATCH 15000

/* Batches of events that are on their way at once. */
#define LOADER_FLIGHTS 3

/*
 * Called for document `i`, that the server refuses for `why`, of the batch of
 * `flight`; LOADER_FLIGHTS stands for stats. With only_look it is called for one that
 * is not there, or is stats of which others have the key, and `why` stays for good.
 */
typedef void loader_refused(
    void *arg, size_t flight, size_t i, const char *why);

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
 * Tell whether loader_room() would not wait.
 */
bool loader_has_room(const struct loader *l);

/*
 * Wait until another batch can set out; its number is then in `flight`, and what
 * the batch before it with that number borrowed is the caller's again.
 *
 * Returns LOADER_DONE, otherwise `why`.
 */
enum loader_result loader_room(
    struct loader *l, size_t *flight, struct errmsg *why) MUST_USE;

/*
 * Let the `n` events `docs`, at most LOADER_BATCH, set out as `flight`, which loader_room() gave, and
 * count them in `counts` once they are safe. All are borrowed until the flight is
 * given again, or loader_settle() has returned. With only_look they are only
 * looked for, at once; `refused` is then called for those that are not there.
 *
 * Returns LOADER_DONE when they are on their way, otherwise `why`.
 */
enum loader_result loader_events(struct loader *l, size_t flight,
    const struct str *docs, size_t n, struct loader_counts *counts,
    struct errmsg *why) MUST_USE;

/*
 * Go on with what is on its way as far as the server has answered, without
 * waiting for it.
 *
 * Returns LOADER_DONE, otherwise `why`.
 */
enum loader_result loader_go_on(struct loader *l, struct errmsg *why) MUST_USE;

/*
 * Wait until all that is on its way is safe.
 *
 * Returns LOADER_DONE, otherwise `why`.
 */
enum loader_result loader_settle(struct loader *l, struct errmsg *why) MUST_USE;

/*
 * Store the `n` stats `docs`, at most LOADER_BATCH, of which the later of two with
 * equal keys counts, and count in `counts`. Events on their way are waited for.
 * With only_look they are only looked for, and those count as there whose key is.
 *
 * Returns LOADER_DONE once they are safe, otherwise `why`.
 */
enum loader_result loader_stats(struct loader *l, const struct str *docs,
    size_t n, struct loader_counts *counts, struct errmsg *why) MUST_USE;

/*
 * Let others in, for a while in which there is nothing to store and nothing on
 * its way.
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
