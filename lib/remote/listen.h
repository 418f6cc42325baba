/*
 * listen - who is heard, and on which connection
 *
 * Keeps up to ten thousand rooms joined over as many connections as they need
 * (a trunk: up to LISTEN_ROOMS rooms that share one), within Twitch's limits,
 * and writes to the record what they say, and the marks that tell when we heard
 * and when not. One step at a time, never waiting. twitch.md 1.2 to 1.6, design
 * 1 and 5.
 */
#ifndef TW_REMOTE_LISTEN_H
#define TW_REMOTE_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/str.h"
#include "remote/chat.h"
#include "remote/record.h"

#define LISTEN_ROOMS 90 /* on one connection */

struct listen;

/* Says `text` to a person: a warning, or what only the curious ask for. */
typedef void listen_words(void *arg, bool warning, const char *text);

struct listen_options {
	struct chat_net *net;   /* borrowed */
	struct record *record;  /* borrowed */
	const char *login;      /* borrowed; NULL = anonymous */
	const char *token_file; /* borrowed; the login's token is in it */
	size_t joins;           /* at most so many JOINs... */
	int64_t joins_ms;       /* ...in any so long */
	listen_words *words;
	void *arg; /* for `words` */
};

struct listen_counts {
	size_t rooms;       /* asked for */
	size_t heard;       /* of them heard */
	size_t refused;     /* of them that cannot be joined */
	size_t connections; /* ready */
	int64_t lines;      /* that named a room asked for */
	int64_t bytes;      /* received */
	int64_t overlong;   /* lines that were longer than SESSION_LINE_MAX */
	int64_t lost;       /* connections lost */
};

/*
 * Begin to listen, to nobody yet.
 *
 * Returns the listener, for listen_free().
 */
struct listen *listen_new(const struct listen_options *o) MUST_USE;

/*
 * Ask for the room of `login`. Nothing happens when it is asked for already.
 */
void listen_add(struct listen *l, struct str login);

/*
 * Leave the room of `login`, if it was asked for.
 */
void listen_remove(struct listen *l, struct str login);

/*
 * Do what is to be done now: read, connect, join, ping, mark.
 *
 * Returns for how many ms there is nothing to do unless a connection wakes.
 */
int64_t listen_step(struct listen *l);

/*
 * Ask whether going on is no use: a login or the tags were refused.
 *
 * Returns true, with `why`, when that is so.
 */
bool listen_is_refused(const struct listen *l, struct errmsg *why) MUST_USE;

/*
 * Read what has arrived, and end: each room that is heard gets its `stop`.
 */
void listen_stop(struct listen *l);

/*
 * Look at the counters.
 *
 * Returns them as they are now.
 */
struct listen_counts listen_counts(const struct listen *l);

/*
 * Close the connections and free the memory. NULL is fine.
 */
void listen_free(struct listen *l);

#endif
