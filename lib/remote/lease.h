/*
 * lease - one writer at a time into a time series collection
 *
 * A document in `twLocks` names the run that may write. It is held by nothing
 * but the connections of that run, which the server lists under the run's name:
 * as long as the server has one, nobody else writes, and once they have gone
 * nothing of them is still to come. No clock, no heartbeat (section 2 of the protocol).
 */
#ifndef TW_REMOTE_LEASE_H
#define TW_REMOTE_LEASE_H

#include "remote/mongo.h"

#define LEASE_RUN_LEN    16 /* bytes of a run's name */
#define LEASE_COLLECTION "twLocks"

struct lease {
	const char *db;   /* borrowed */
	const char *name; /* borrowed; of the collection */
	const char *user; /* borrowed; who we are to the server */
	char run[LEASE_RUN_LEN + 1];
	bool held;
	struct buf command, reply; /* scratch */
};

enum lease_result {
	LEASE_HELD,
	LEASE_BUSY,   /* another run holds it, and is alive */
	LEASE_FAILED, /* see the error */
};

/*
 * Give the run of `l` a new name, for a new connection; it holds nothing.
 *
 * Returns the name under which to connect, in `app`.
 */
void lease_begin(struct lease *l, struct buf *app);

/*
 * Try once to take the lease for the run of `l`, whose sealed connection is `m`.
 *
 * Returns LEASE_HELD, LEASE_BUSY, or LEASE_FAILED with `why`.
 */
enum lease_result lease_take(
    struct lease *l, struct mongo *m, struct mongo_error *why) MUST_USE;

/*
 * Write to the lease, which is held: once that is safe, so is all that was read
 * before on the same connection.
 *
 * Returns false with `why`.
 */
bool lease_touch(
    struct lease *l, struct mongo *m, struct mongo_error *why) MUST_USE;

/*
 * Ask whether somebody waits for the lease, which is held.
 *
 * Returns false with `why`.
 */
bool lease_wanted(struct lease *l, struct mongo *m, bool *wanted,
    struct mongo_error *why) MUST_USE;

/*
 * Give the lease back. `wanted` tells whether somebody waits for it.
 *
 * Returns false with `why`; it is then not ours any more, either.
 */
bool lease_give(struct lease *l, struct mongo *m, bool *wanted,
    struct mongo_error *why) MUST_USE;

/*
 * Free what `l` holds.
 */
void lease_release(struct lease *l);

#endif
