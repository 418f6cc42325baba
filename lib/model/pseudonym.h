/*
 * pseudonym - events without the people in them
 *
 * Puts a pseudonym in the place of every user id, login and message id of an
 * event: 32 hexadecimal digits of an HMAC with a key, so the same from file to
 * file with the same key, and another with another. Takes out names, texts and
 * what else describes a person; keeps what figures are made of. What is said of
 * a channel stays, but for what its broadcaster wrote. See tw-privacy(7).
 */
#ifndef TW_MODEL_PSEUDONYM_H
#define TW_MODEL_PSEUDONYM_H

#include "base/attr.h"
#include "base/errmsg.h"
#include "model/event.h"

#define PSEUDONYM_KEY_MIN 32 /* bytes */

struct pseudonyms; /* the key */

/*
 * Read the key in the file `path`: at least PSEUDONYM_KEY_MIN bytes, which
 * nobody but the file's owner may read.
 *
 * Returns it; NULL with `why`. The caller gives it to pseudonyms_free().
 */
struct pseudonyms *pseudonyms_load(
    const char *path, struct errmsg *why) MUST_USE;

/*
 * Take the people out of `e`.
 *
 * `e` borrows from `p` until the next call.
 */
void pseudonymize(struct pseudonyms *p, struct event *e);

/*
 * Wipe the key and free it. NULL is fine.
 */
void pseudonyms_free(struct pseudonyms *p);

#endif
