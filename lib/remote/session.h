/*
 * session - an IRC session with Twitch on one connection
 *
 * Logs in, asks for tags, answers pings and sends its own when it is quiet, and
 * hands out the lines that name a room. It knows no rooms: who wants to join
 * one sends the JOIN. A zeroed struct is a closed session. twitch.md 1.2 to
 * 1.6.
 */
#ifndef TW_REMOTE_SESSION_H
#define TW_REMOTE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/split.h"
#include "base/str.h"
#include "format/irc.h"
#include "remote/chat.h"

#define SESSION_LINE_MAX 65536 /* bytes; of longer lines only the head comes */
#define SESSION_READ     65536 /* bytes that session_next() wants to read to */

enum session_phase {
	SESSION_CLOSED,
	SESSION_CONNECTING,
	SESSION_LOGIN, /* the server has not welcomed us yet */
	SESSION_READY,
};

/* Why a session cannot go on. */
enum session_end {
	SESSION_GOES_ON,
	SESSION_LOST,          /* the connection; another may do */
	SESSION_LOGIN_REFUSED, /* `why` is what the server said */
	SESSION_TAGS_REFUSED,
};

struct session_login {
	const char *nick;       /* borrowed; NULL = anonymous */
	const char *token_file; /* borrowed; with a nick */
};

struct session {
	struct chat *chat; /* owned */
	struct session_login login;
	enum session_phase phase;
	enum session_end end;
	bool tags;         /* the server gives them, and... */
	bool commands;     /* ...what this capability brings */
	bool welcome;      /* it has taken the login */
	bool pinged;       /* our PING was not answered yet */
	bool reconnect;    /* it asked us to connect anew */
	int64_t phase_ms;  /* when the phase began, mono */
	int64_t ping_ms;   /* when our PING was sent, mono */
	int64_t heard_ms;  /* when the last byte came, mono */
	int64_t heard_at;  /* the same, ms UTC */
	int64_t bytes;     /* received */
	struct str piece;  /* what was read and not looked at */
	struct split in;   /* owned */
	char nick[32];     /* ours, terminated */
	struct errmsg why; /* of the end */
};

struct session_line {
	struct str text; /* as Twitch sent it; borrowed until the next call */
	struct irc_head head;
	bool over; /* only the head of a line that is too long */
};

/*
 * Begin a session: connect.
 *
 * `mono` is ms on a clock that does not go back; `login` is copied.
 */
void session_open(struct session *s, struct chat_net *net,
    const struct session_login *login, int64_t mono);

/*
 * Do what is due: log in, ping, give up. Sets `s->end` when it is over.
 */
void session_step(struct session *s, int64_t mono);

/*
 * Hand out the next line that names a room, or is too long to tell. What is
 * read goes to the SESSION_READ bytes at `space`, which are the session's until
 * the return of 0. Reads `*reads` times at most, and counts that down: a server
 * that sends on and on is not listened to alone.
 *
 * Returns 1; 0 when there is no more for now, or no read is left, or the session
 * is over.
 */
int session_next(struct session *s, char *space, int *reads,
    struct session_line *line) MUST_USE;

/*
 * Tell whether there may be something to read.
 *
 * Returns false when there is nothing.
 */
bool session_readable(const struct session *s);

/*
 * Send `bytes`, whole lines.
 */
void session_send(struct session *s, struct str bytes);

/*
 * Close the session and free its memory.
 */
void session_close(struct session *s);

#endif
