/*
 * seen - which events came before
 *
 * Twitch may deliver a line twice, two collectors hear the same chat, files
 * overlap. Equal events are those with the same channel, type and id, without
 * an id those with the same line; one is a repeat when an equal one was kept
 * whose `ts` is at most 10 minutes older than the greatest `ts` so far in that
 * channel. Keeps 24 bytes for each event of the last 10 minutes of every
 * channel, in a table up to four times as large.
 */
#ifndef TW_MODEL_SEEN_H
#define TW_MODEL_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "model/event.h"

#define SEEN_WINDOW_MS (10 * 60 * INT64_C(1000))

struct seen_entry {
	uint64_t hash;    /* of what makes events equal; 0 = a free place */
	int64_t ts;       /* of the event that was kept, ms UTC */
	uint32_t channel; /* number */
};

struct seen {
	struct map channels; /* names and numbers */
	int64_t *greatest;   /* owned; by channel, ms UTC */
	size_t greatest_cap;
	struct seen_entry *entries; /* owned; open addressing */
	size_t n;                   /* places in use */
	size_t cap;                 /* places; a power of 2, or 0 */
};

/*
 * Take note of the event `e`, whose line is `line`.
 *
 * Returns true when it repeats an event that was kept.
 */
bool seen_before(struct seen *s, const struct event *e, struct str line);

/*
 * Free what `s` holds. A zeroed one is fine.
 */
void seen_release(struct seen *s);

#endif
