/*
 * pushdown - events counted where they lie
 *
 * Lets the server count the lines of chat, window by window, and fetches only
 * what it cannot count: samples, marks, and whole the few windows in which a
 * mark changes who hears. The aggregation that takes it all in (model/agg.h)
 * comes to the same figures as from the events.
 */
#ifndef TW_REMOTE_PUSHDOWN_H
#define TW_REMOTE_PUSHDOWN_H

#include "model/agg.h"
#include "remote/rows.h"

struct pushdown;

/* One thing to take in, in order of time within its channel. */
struct pushdown_item {
	bool is_part;
	struct str line;      /* an event, when it is no part */
	struct agg_part part; /* borrowed until the next call */
	int64_t events;       /* counted in the part */
};

/*
 * Begin with the events of `o` in windows of `window_ms`, which is at most
 * AGG_PART_MAX_MS.
 *
 * Returns it; NULL with `why`. The caller gives it to pushdown_free().
 */
struct pushdown *pushdown_new(const struct rows_options *o, int64_t window_ms,
    struct mongo_error *why) MUST_USE;

/*
 * Go to the next thing, channel by channel in order of name.
 *
 * Returns 1; 0 after the last; -1 with `why`.
 */
int pushdown_next(struct pushdown *p, struct pushdown_item *item,
    struct mongo_error *why) MUST_USE;

/*
 * Free it. NULL is fine.
 */
void pushdown_free(struct pushdown *p);

#endif
