/*
 * missing - which lines of an input a database does not have
 *
 * How many they are, and the first of them, in whatever order they are found out.
 */
#ifndef TW_MODEL_MISSING_H
#define TW_MODEL_MISSING_H

#include <stdint.h>

/* Lines that are known one by one. */
#define MISSING_FIRST 20

struct missing_line {
	int64_t at;       /* which of all lines of the input */
	const char *name; /* borrowed; of its file */
	int64_t number;   /* in that */
	const char *why;  /* borrowed */
};

/* A zeroed one is empty. */
struct missing {
	int64_t n; /* lines */
	struct missing_line
	    first[MISSING_FIRST]; /* in the order of the input; as many as
	                           * there are */
};

/*
 * Count the line `line`.
 */
void missing_add(struct missing *m, struct missing_line line);

#endif
