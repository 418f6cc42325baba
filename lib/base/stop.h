/*
 * stop - signals as a descriptor
 *
 * SIGTERM and SIGINT (end), SIGHUP (read the configuration again) and SIGUSR1
 * (say how it goes) are blocked and read from a descriptor, so that whoever
 * waits for something waits for them, too, and nothing is ever done inside of a
 * handler. After the first SIGTERM or SIGINT both have their default again: a
 * second one kills.
 */
#ifndef TW_BASE_STOP_H
#define TW_BASE_STOP_H

#include "base/attr.h"

enum stop_order {
	STOP_NONE,   /* nothing has come */
	STOP_END,    /* SIGTERM or SIGINT */
	STOP_RELOAD, /* SIGHUP */
	STOP_STATUS, /* SIGUSR1 */
};

/*
 * Begin to catch the signals; before any thread is made.
 *
 * Returns a descriptor that is readable when an order has come; -1, with errno.
 */
int stop_init(void) MUST_USE;

/*
 * Take the next order from the descriptor `fd`.
 *
 * Returns it, STOP_NONE when there is none. Never blocks.
 */
enum stop_order stop_next(int fd);

#endif
