/*
 * secret - what a file holds that nobody else is to see
 *
 * A token or a password, on the stack of whoever needs it for a moment: read,
 * used, wiped. It is never printed nor copied by this module.
 */
#ifndef TW_BASE_SECRET_H
#define TW_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/str.h"

struct secret {
	char bytes[512]; /* longer ones are cut: none of Twitch's is */
	struct str text; /* of them, without blanks and line ends behind it */
};

/*
 * Read the secret in the file `path`; `what` it is, for a person.
 *
 * Returns false, with `why`, when the file cannot be read or is empty.
 * The caller wipes `s` in any case.
 */
bool secret_read(struct secret *s, const char *path, const char *what,
    struct errmsg *why) MUST_USE;

/*
 * Tell whether everybody on the machine can read or write the file `path`.
 *
 * Returns true when it is so; false, too, when there is no such file.
 */
bool secret_is_open(const char *path) MUST_USE;

/*
 * Keep the memory of this process, in which a secret is about to be, from core
 * dumps and from the other processes of this user. As far as the system can.
 */
void secret_guard(void);

/*
 * Overwrite the secret.
 */
void secret_wipe(struct secret *s);

#endif
