/*
 * fromhelix - what Helix said of a channel, as an event
 *
 * The rules of tw-event(5) for `helix` lines: a stream object as Get Streams
 * gives it, or `null` for a channel that was asked for and is not live.
 */
#ifndef TW_MODEL_FROMHELIX_H
#define TW_MODEL_FROMHELIX_H

#include "format/jsonr.h"
#include "format/rawlog.h"
#include "model/event.h"
#include "model/from.h"

/*
 * Make an event of the payload of the `helix` line `raw`.
 *
 * Returns what it is; `what` is then, but for an event, borrowed and says which
 * kind was skipped, or why it was refused.
 * `e` borrows from the line and from `r`, until the next use of either.
 */
enum from fromhelix(struct event *e, const struct rawlog *raw, struct jsonr *r,
    struct str *what) MUST_USE;

#endif
