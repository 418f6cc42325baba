/*
 * tally - what was counted in a window or a stream
 *
 * The counters of tw-stats(5), section 3.1 of the definitions: one place where
 * an event is turned into figures. A stream's tally is the sum of the tallies
 * of its windows; people are counted once in each.
 */
#ifndef TW_MODEL_TALLY_H
#define TW_MODEL_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/idset.h"
#include "base/map.h"
#include "model/event.h"

/* The counters, in the order of their lines. */
struct counts {
	int64_t messages;
	int64_t messages_shared; /* copies from other rooms */
	int64_t chatters;        /* distinct user ids */
	int64_t bits;
	int64_t cheers;        /* messages with bits */
	int64_t paid_messages; /* messages with bits or money */
	int64_t subs;
	int64_t gifts; /* of the subs */
	int64_t raids;
	int64_t deleted;
	int64_t timeouts;
	int64_t bans;
};

struct mention {
	uint32_t name; /* number in the map of names */
	int64_t n;     /* events */
};

struct tally {
	struct counts n;          /* but n.chatters: see tally_counts() */
	struct mention *mentions; /* owned; in the order of their coming */
	size_t n_mentions, cap_mentions;
	struct idset chatters; /* user ids, see tally_user() */
	struct idset firsts;   /* of these who wrote for the first time */
};

/*
 * Count the event `e`; `names` gives mentions their numbers.
 *
 * Returns true when it counted for anything.
 */
bool tally_add(struct tally *t, const struct event *e, struct map *names);

/*
 * Count what a server has counted: a person who wrote, and whether for the first
 * time; the names of one event, a JSON list in our spelling.
 */
void tally_user(struct tally *t, struct str user_id, bool first);
void tally_names(struct tally *t, struct str json, struct map *names);

/*
 * Count `n` events more that speak of the name with this number.
 */
void tally_mention(struct tally *t, uint32_t name, int64_t n);

/*
 * Add all that `from` holds to `t`.
 */
void tally_merge(struct tally *t, const struct tally *from);

/*
 * Look at the counters.
 *
 * Returns them, chatters too.
 */
struct counts tally_counts(const struct tally *t);

/*
 * Append the mentions as an object, names in bytewise order; nothing when there
 * are none.
 */
void tally_mentions(
    const struct tally *t, const struct map *names, struct buf *json);

/*
 * Empty `t` and keep its memory.
 *
 * Returns false, with nothing done, when that is more than is worth keeping.
 */
bool tally_reset(struct tally *t) MUST_USE;

/*
 * Free what `t` holds and leave it empty.
 */
void tally_release(struct tally *t);

#endif
