/*
 * errmsg - the reason of a failure, for a person
 *
 * One line, lower case, without the name of the program: what, where, why. It
 * is cut at its end when it is too long, as it is only ever read by people.
 */
#ifndef TW_BASE_ERRMSG_H
#define TW_BASE_ERRMSG_H

#include <stdbool.h>

#include "base/attr.h"

struct errmsg {
	char text[512]; /* terminated; empty when nothing was said */
	bool passing;   /* the system failed, nothing that was asked for is
			   wrong: it may go well next time */
};

/*
 * Set `why` to the printf format `fmt` with its arguments. What would be an order
 * to a terminal becomes a ? a byte, whoever it is quoted from.
 */
void errmsg_set(struct errmsg *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Set `why` to what errno says. It is passing unless that tells of a wrong name
 * or of missing rights.
 */
void errmsg_system(struct errmsg *why);

/*
 * Put the printf format `fmt` with its arguments and `: ` before what is there.
 */
void errmsg_where(struct errmsg *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
