/*
 * recent - windows that are written and may be written again, live
 *
 * The figures of those to which late chat may still be added. In order of time.
 */
#ifndef TW_MODEL_RECENT_H
#define TW_MODEL_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tally.h"

struct recent_window {
	int64_t index; /* it begins at index x its length */
	struct tally tally;
	double viewers;
	int64_t viewers_max, heard_ms;
	int64_t stream; /* whose it is; negative = no stream's */
	uint32_t id;    /* number of that stream's id */
	bool changed;   /* since it was written */
};

/* A zeroed one is empty. */
struct recent {
	struct recent_window *p; /* owned; by index */
	size_t n, cap;
};

/*
 * Find the window `index`; one that is not there is made of `fresh`, as it had
 * nothing to be written for.
 *
 * Returns it, borrowed until the next call.
 */
struct recent_window *recent_get(
    struct recent *r, int64_t index, const struct recent_window *fresh);

/*
 * Forget the windows before `index`.
 */
void recent_forget(struct recent *r, int64_t index);

/*
 * Free all of them.
 */
void recent_release(struct recent *r);

#endif
