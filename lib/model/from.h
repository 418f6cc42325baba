/*
 * from - what the makers of events have in common
 *
 * fromchat, fromhelix and frommark each read one source of the raw log.
 */
#ifndef TW_MODEL_FROM_H
#define TW_MODEL_FROM_H

#include "base/buf.h"

enum from {
	FROM_EVENT,   /* it is an event */
	FROM_SKIPPED, /* it is nothing that we keep */
	FROM_REFUSED, /* it should be an event and cannot be read */
};

/* Memory for what an event cannot borrow from its line. */
struct scratch {
	struct buf text; /* values without their escapes */
	struct buf json; /* lists and objects in our spelling */
};

#endif
