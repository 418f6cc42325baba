/*
 * missing - which lines of an input a database does not have
 *
 * How many they are, and the first of them, in whatever order they are found out.
 * Stats are in a database once for each key, as the last line says that has it: what
 * was found out of an earlier one does not count once another comes.
 */
#ifndef TW_MODEL_MISSING_H
#define TW_MODEL_MISSING_H

#include "base/map.h"

/* Lines that are known one by one. */
#define MISSING_FIRST 20

/*
 * Keys that are remembered, some 15 MB of them. Beyond that lines count at once, even
 * if others with their keys come: there may seem to be more missing than there are, in
 * an input of which much is, never less.
 */
#define MISSING_KEYS 100000

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
	    first[MISSING_FIRST];  /* in the order of the input; as many as
	                           * there are */
	struct map keys;           /* of stats */
	struct missing_line *last; /* owned; by number of the key; `why` is
	                            * NULL where nothing is missing */
	size_t cap;
};

/*
 * Count the line `line`.
 */
void missing_add(struct missing *m, struct missing_line line);

/*
 * Remember the line `line` of stats with the key `key`.
 */
void missing_add_key(
    struct missing *m, struct str key, struct missing_line line);

/*
 * Forget what was missing of `key`: another line has it, which counts instead.
 */
void missing_drop_key(struct missing *m, struct str key);

/*
 * Count what is remembered.
 */
void missing_settle(struct missing *m);

/*
 * Free what `m` holds.
 */
void missing_release(struct missing *m);

#endif
