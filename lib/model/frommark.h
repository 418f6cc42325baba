/*
 * frommark - what a collector said of itself, as an event
 *
 * The rules of tw-event(5) for `mark` lines.
 */
#ifndef TW_MODEL_FROMMARK_H
#define TW_MODEL_FROMMARK_H

#include "format/jsonr.h"
#include "format/rawlog.h"
#include "model/event.h"
#include "model/from.h"

/*
 * Make an event of the payload of the `mark` line `raw`.
 *
 * Returns FROM_EVENT; or FROM_REFUSED, `what` is then borrowed and says why.
 * `e` borrows from the line, from `r` and from `scratch`, until the next use of
 * any of them.
 */
enum from frommark(struct event *e, const struct rawlog *raw, struct jsonr *r,
    struct scratch *scratch, struct str *what) MUST_USE;

#endif
