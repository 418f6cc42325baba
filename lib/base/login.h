/*
 * login - the name of a channel
 *
 * `[a-z0-9_]{1,25}`, lower case, twitch.md 1.5. Anything else is refused where
 * it comes in: scripts make file names of logins, and a comma or a space in one
 * would spoil a JOIN.
 */
#ifndef TW_BASE_LOGIN_H
#define TW_BASE_LOGIN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"

#define LOGIN_MAX 25 /* bytes; Twitch gives no longer ones */

struct login {
	char p[LOGIN_MAX + 1]; /* terminated */
};

/*
 * Tell whether `s` is a login, spelled as in the raw log.
 *
 * Returns true when it is.
 */
bool login_is(struct str s);

/*
 * Make a login of `s` as people write it, with a `#` and in any case.
 *
 * Returns false when it is none even so.
 */
bool login_fold(struct str s, struct login *login) MUST_USE;

#endif
