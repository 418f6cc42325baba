/*
 * eventdoc - an event as a document, tw-mongo(7)
 *
 * The document has the event's own keys, `channel` in `meta`, and an `_id` made
 * of what the event is: the same event has the same one wherever it comes from.
 */
#ifndef TW_MODEL_EVENTDOC_H
#define TW_MODEL_EVENTDOC_H

#include "format/bsonw.h"
#include "model/event.h"

/* Where in a document that we wrote its _id stands: behind its length, its type
 * and its key. */
#define EVENTDOC_ID_AT 9

/*
 * Make the _id of event `e`: four bytes, the seconds of its time, and a hash of
 * eight bytes; the least changing first. `scratch` is used up.
 */
void eventdoc_id(const struct event *e, struct buf *scratch,
    unsigned char id[BSONW_OID_LEN]);

/*
 * Append the document of `e`. `scratch` is used up.
 */
void eventdoc_write(struct buf *b, const struct event *e, struct buf *scratch);

/*
 * Append the document `doc` as a line of JSON, without LF, its keys in the order
 * in which the server gave them: event_read() takes it.
 *
 * Returns false, and appends nothing, when there is something in it that no event
 * has.
 */
bool eventdoc_line(struct buf *b, struct str doc) MUST_USE;

#endif
