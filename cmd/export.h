/*
 * export - the events of a database, written out
 *
 * What tw-load --export does. See tw-load(1).
 */
#ifndef TW_CMD_EXPORT_H
#define TW_CMD_EXPORT_H

#include "intake.h"

struct mongo_uri;

/*
 * Write the events of the database `uri` that `in` lets through to standard
 * output, one a line; what is no event is refused. Exits with TOOL_FAILED when
 * it cannot be read to its end.
 */
void export_events(struct intake *in, const struct mongo_uri *uri);

#endif
