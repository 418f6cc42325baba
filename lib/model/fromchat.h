/*
 * fromchat - what a line of IRC says, as an event
 *
 * The rules of tw-event(5) for everything that is heard in chat.
 */
#ifndef TW_MODEL_FROMCHAT_H
#define TW_MODEL_FROMCHAT_H

#include "format/irc.h"
#include "format/rawlog.h"
#include "model/event.h"
#include "model/from.h"

/*
 * Make an event of the IRC line `m`.
 *
 * Returns what it is; `what` is then, but for an event, borrowed and says which
 * kind was skipped, or why it was refused.
 * `raw` is the line that it came in.
 * `e` borrows from the line and from `scratch`, until either changes.
 */
enum from fromchat(struct event *e, const struct irc *m,
    const struct rawlog *raw, struct scratch *scratch,
    struct str *what) MUST_USE;

#endif
