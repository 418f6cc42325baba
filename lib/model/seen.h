/*
 * seen - which events came before
 *
 * Twitch may deliver a line twice, two collectors hear the same chat, files
 * overlap. Equal events are those with the same channel, type and id, without
 * an id those with the same line; one is a repeat when an equal one was kept
 * whose `ts` is at most 10 minutes older than the greatest `ts` so far in that
 * channel. Needs 25 to 50 bytes for each event of the last 10 minutes of every
 * channel.
 */
#ifndef TW_MODEL_SEEN_H
#define TW_MODEL_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "model/event.h"

#define SEEN_WINDOW_MS (10 * 60 * INT64_C(1000))

/* Times of chat are those of the years 1970 to 9999, which fit 48 bits. Past
 * 65,536 channels some share a clock: the later one's. */
struct seen_entry {
	uint64_t hash;         /* of what makes events equal */
	uint64_t ts : 48;      /* of the event that was kept, ms UTC */
	uint64_t channel : 16; /* number */
};

#define SEEN_LATE 16

/* A number that is still to be written. */
struct seen_late {
	uint32_t place;
	uint32_t number; /* of an entry */
};

#define SEEN_LATELY_BITS 7

/* A channel that was met lately. */
struct seen_channel {
	uint64_t first; /* 8 bytes of its name */
	uint64_t last;  /* 8 bytes; they may overlap */
	size_t len;     /* bytes of its name; 0 = none */
	uint32_t number;
};

struct seen {
	struct map channels; /* names and numbers */
	struct seen_channel lately[1 << SEEN_LATELY_BITS];
	int64_t *greatest;          /* owned; by channel, ms UTC */
	struct seen_entry *entries; /* owned; in the order of their coming */
	size_t n;                   /* entries */
	size_t cap;                 /* room for entries */
	uint16_t *tags;             /* owned; one for each place */
	uint32_t *numbers;          /* behind them; of the entry of each place,
	                             * and one that is nobody's */
	size_t n_groups;            /* of places */
	struct seen_late late[SEEN_LATE];
	/* The event that was announced. */
	uint32_t channel;
	bool chat;     /* it was heard in chat: others never repeat */
	uint64_t hash; /* 0 = it has no id */
	int64_t ts;    /* ms UTC */
};

/*
 * Announce the event `e`, so that the memory that it needs is on its way until
 * seen_before() is asked.
 */
void seen_expect(struct seen *s, const struct event *e);

/*
 * Take note of the event that was announced last, whose line is `line`.
 *
 * Returns true when it repeats an event that was kept.
 */
bool seen_before(struct seen *s, struct str line);

/*
 * Free what `s` holds. A zeroed one is fine.
 */
void seen_release(struct seen *s);

#endif
