/*
 * token - the app access token, from one run to the next
 *
 * Lies in a file that nobody else can read, written aside and renamed. It
 * belongs to a client id and the server that gave it; another one's is not
 * found. twitch.md 3.1.
 */
#ifndef TW_REMOTE_TOKEN_H
#define TW_REMOTE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "base/str.h"

struct token {
	struct buf text;      /* owned; empty = there is none */
	int64_t renew_at;     /* ms UTC; from then on it is time for another */
	int64_t validated_at; /* ms UTC; when the server last said it is good */
};

/*
 * Find out which file the token of `client_id` from the server `auth_url` lies
 * in: below $XDG_CACHE_HOME/tw, or ~/.cache/tw.
 *
 * Returns false when there is no such place. `path` is appended to and
 * terminated.
 */
bool token_path(
    struct buf *path, const char *auth_url, const char *client_id) MUST_USE;

/*
 * Read the token from the file `path`; what `t` was before is not looked at.
 *
 * Returns false when there is none that could be used.
 */
bool token_load(struct token *t, const char *path) MUST_USE;

/*
 * Write the token to the file `path`, and its folder if that is not there.
 *
 * Returns false, with `why`.
 */
bool token_save(
    const struct token *t, const char *path, struct errmsg *why) MUST_USE;

/*
 * Forget the token and wipe its memory.
 */
void token_release(struct token *t);

#endif
