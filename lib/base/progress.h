/*
 * progress - a line on the terminal while the work is long
 *
 * Shown only when it was asked for, after the first two seconds, once a second,
 * always in the same place; gone when the work is done.
 */
#ifndef TW_BASE_PROGRESS_H
#define TW_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *f;          /* borrowed; where to show, NULL = nowhere */
	const char *what; /* borrowed; the name of the tool */
	int64_t begin_ms; /* when the work began, any clock */
	int64_t shown_ms; /* when the line was last drawn, same clock */
	int64_t total;    /* bytes to do; 0 = not known */
};

/*
 * Draw the line if it is time for it: `lines` and `bytes` are done.
 *
 * `now` is the present on the clock of `begin_ms`, ms.
 */
void progress_show(
    struct progress *p, int64_t now, int64_t lines, int64_t bytes);

/*
 * Wipe the line if there is one.
 */
void progress_end(struct progress *p);

#endif
