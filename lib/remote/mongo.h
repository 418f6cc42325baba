/*
 * mongo - a connection to a MongoDB server
 *
 * The only file that knows libmongoc; documents go in and out as BSON bytes
 * (format/bsonw.h, bsonr.h). One struct mongo is one client of one thread. It
 * never tries again by itself, and never connects again once it is sealed:
 * whoever holds something by being connected knows when it is lost.
 */
#ifndef TW_REMOTE_MONGO_H
#define TW_REMOTE_MONGO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "base/str.h"

enum mongo_result {
	MONGO_DONE,
	MONGO_REFUSED,     /* the server answered, and said no */
	MONGO_UNKNOWN,     /* no answer, or one that may change: try again */
	MONGO_UNREACHABLE, /* no server; nothing was sent */
	MONGO_DENIED,      /* wrong password, or not allowed */
};

/* Why something was not done. */
struct mongo_error {
	enum mongo_result result;
	int code;          /* the server's, or 0 */
	struct errmsg why; /* without any secret */
};

struct mongo_uri;    /* where the server is, and who we are */
struct mongo;        /* a client */
struct mongo_cursor; /* the documents of an answer */

/*
 * Does some work while an answer is not there yet.
 *
 * Returns false when there is no more to do before the answer.
 */
typedef bool mongo_idle(void *arg);

/*
 * Read the URI `text`. Options that the library does not know are an error.
 *
 * Returns it; NULL with `why`, in which no password stands. The caller gives it
 * to mongo_uri_free(). The library is then in use: mongo_cleanup() at the end.
 */
struct mongo_uri *mongo_uri_new(const char *text, struct errmsg *why) MUST_USE;

/*
 * Look at what stands in a URI.
 *
 * Returns the database, `twitch` when it names none; the user, "" for nobody;
 * whether there is a password. Borrowed from `u`.
 */
const char *mongo_uri_database(const struct mongo_uri *u);
const char *mongo_uri_user(const struct mongo_uri *u);
bool mongo_uri_has_password(const struct mongo_uri *u);

/*
 * Free `u`. NULL is fine.
 */
void mongo_uri_free(struct mongo_uri *u);

/*
 * Connect to the server, and see to it that it is one that can be written to.
 * `app` is the name under which the server lists the connection.
 *
 * Returns the client; NULL with `why`. The caller gives it to mongo_free().
 * `u` is borrowed until then. Blocks, at most as long as the URI's
 * connectTimeoutMS for each host.
 */
struct mongo *mongo_connect(const struct mongo_uri *u, const char *app,
    struct mongo_error *why) MUST_USE;

/*
 * From now on `m` makes no connection: what it has is all that it will have.
 */
void mongo_seal(struct mongo *m);

/*
 * While `m` waits for an answer it calls `idle` with `arg`; NULL = nothing.
 */
void mongo_on_idle(struct mongo *m, mongo_idle *idle, void *arg);

/*
 * Tell which version of the protocol the server speaks: 13 is MongoDB 5.0.
 *
 * Returns it.
 */
int mongo_wire_version(const struct mongo *m);

/*
 * Run the command `command`, a document, on database `db`.
 *
 * Returns true, with the answer in `reply`, which is reset first; false with
 * `why`. Errors that stand inside of an answer, of single documents, are the
 * caller's to look for.
 */
bool mongo_command(struct mongo *m, const char *db, struct str command,
    struct buf *reply, struct mongo_error *why) MUST_USE;

/*
 * Send the command `command`, a document with `$db`, to the server that can be
 * written to; the `n` documents `docs` are its field `documents`, 0 = it has none.
 * Does not wait for the answer: until mongo_receive() `m` does nothing else.
 *
 * Returns true when it is sent; false with `why`, when nobody knows that.
 */
bool mongo_send(struct mongo *m, struct str command, const struct str *docs,
    size_t n, struct mongo_error *why) MUST_USE;

/*
 * Wait until the answer begins to come at one of the `n` clients `all`, each of
 * which has sent something; meanwhile `idle` is called with `arg`, NULL = nothing.
 * With `now` it does not wait, and calls nothing.
 *
 * Returns which; -1 when nothing came, for as long as the URI's
 * socketTimeoutMS.
 */
int mongo_wait(struct mongo *const *all, size_t n, bool now, mongo_idle *idle,
    void *arg) MUST_USE;

/*
 * Read the answer to what was sent.
 *
 * Returns true, with the answer in `reply`, which is reset first; false with
 * `why`: the server said no, or the connection is no use any more. Errors that
 * stand inside of an answer are the caller's to look for.
 */
bool mongo_receive(
    struct mongo *m, struct buf *reply, struct mongo_error *why) MUST_USE;

/*
 * Tell whether two clients write to the same server, as far as each has seen.
 */
bool mongo_same_server(const struct mongo *a, const struct mongo *b);

/*
 * Insert the `n` documents `docs`, in any order, as far as each can be, and
 * wait until they are safe: in the journal, and with the majority.
 *
 * Returns true when all are; false with `why`. With MONGO_REFUSED `reply` tells
 * in `writeErrors` which were not.
 */
bool mongo_insert(struct mongo *m, const char *db, const char *collection,
    const struct str *docs, size_t n, struct buf *reply,
    struct mongo_error *why) MUST_USE;

/*
 * Ask for the documents that match `filter`, or that the list `pipeline` makes;
 * `options` is a document.
 *
 * Returns the cursor; the caller gives it to mongo_cursor_free(), before `m`.
 */
struct mongo_cursor *mongo_find(struct mongo *m, const char *db,
    const char *collection, struct str filter, struct str options) MUST_USE;
struct mongo_cursor *mongo_aggregate(struct mongo *m, const char *db,
    const char *collection, struct str pipeline, struct str options) MUST_USE;

/*
 * Go to the next document.
 *
 * Returns 1; 0 after the last; -1 with `why`.
 * `doc` is borrowed until the next call.
 */
int mongo_cursor_next(
    struct mongo_cursor *c, struct str *doc, struct mongo_error *why) MUST_USE;

/*
 * Free `c`. NULL is fine.
 */
void mongo_cursor_free(struct mongo_cursor *c);

/*
 * Disconnect. NULL is fine.
 */
void mongo_free(struct mongo *m);

/*
 * Free what the library holds; nothing here may be called after.
 */
void mongo_cleanup(void);

#endif
