/*
 * optout - who must not be kept
 *
 * A file of Twitch user ids, one a line, each perhaps with names behind it, and
 * what of a line stands for one of these users: the fields in which somebody is
 * named, never a text that only contains the same letters. A user is told by
 * id; by name only where there is no id, as in CLEARMSG. Names are learned
 * from the lines that are of such a user. See tw-privacy(7).
 */
#ifndef TW_MODEL_OPTOUT_H
#define TW_MODEL_OPTOUT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "format/irc.h"
#include "model/event.h"

/* How a text is escaped where it stands. */
enum optout_escapes {
	OPTOUT_PLAIN, /* not at all */
	OPTOUT_TAG,   /* as the value of an IRC tag */
	OPTOUT_JSON,  /* as a JSON string, without its quotes */
};

struct optout; /* the users */

/*
 * Read the file `path`, as it is: compressed it is none.
 *
 * Returns the users, perhaps none; NULL with `why`, which names the line, when
 * the file cannot be read or a line of it is not as it should be. The caller
 * gives them to optout_free().
 */
struct optout *optout_load(const char *path, struct errmsg *why) MUST_USE;

/*
 * Tell what in the file may be meant in another way than it is taken.
 *
 * Returns words for a person, borrowed, which name the line; or NULL.
 */
const char *optout_doubt(const struct optout *o);

/*
 * Tell whether one of the users stands in a field of the line `m`: wrote it, is
 * answered, is given something, is banned, ... Learns their names.
 *
 * Returns true when one does.
 */
bool optout_irc(struct optout *o, const struct irc *m);

/*
 * Tell the same of the event `e`, as far as it still shows: who is answered is
 * known only by the ids of the messages that were asked about before. What is
 * said of a channel (viewers, marks) is nobody's. Learns names and messages.
 *
 * Returns true when one does.
 */
bool optout_event(struct optout *o, const struct event *e);

/*
 * Tell whether the id or a name of one of the users stands in `line` as a word,
 * with escapes of any kind. For lines that cannot be read any better.
 *
 * Returns true when one is.
 */
bool optout_word(struct optout *o, struct str line);

/*
 * Overwrite the names of the users that stand in the text at `p` as words with as
 * many `*`. Capitals do not matter. A word begins and ends where a login could not
 * go on; what is no part of a login, at either end of a name, needs no such limit.
 * Escapes are overwritten as a whole or not at all.
 *
 * Returns true when there was one.
 */
bool optout_mask(
    struct optout *o, char *p, size_t len, enum optout_escapes escapes);

/*
 * Append to `b` the names that were learned from lines, one a line, each once,
 * with a to z for A to Z; not those that only the file gives, and none with a
 * control character or a `#` in it, which no such file can hold.
 */
void optout_names(const struct optout *o, struct buf *b);

/*
 * Free them. NULL is fine.
 */
void optout_free(struct optout *o);

#endif
