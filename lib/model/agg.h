/*
 * agg - from events to windows and streams
 *
 * Takes the events of all channels, nearly in order of time, and gives windows
 * and streams as soon as they are certain (section 3.4 of the definitions).
 * What is written never changes, with one exception that the definitions name:
 * a stream that comes back has its line written anew. To spare readers most of
 * that, a stream's line is held back, with what follows it in its channel, for
 * as long as the stream may come back and what follows is at most AGG_HELD_MAX
 * bytes. (Live all of this is given up for speed, see agg_pass().) No clock, no I/O: the same events give the same lines.
 */
#ifndef TW_MODEL_AGG_H
#define TW_MODEL_AGG_H

#include "model/event.h"
#include "model/hearing.h"
#include "model/stats.h"

#define AGG_HELD_MAX ((size_t)1024 * 1024)

struct agg_options {
	int64_t window_ms; /* length of a window, whole seconds */
	int64_t hold_ms;   /* how far the watermark stays behind */
	int64_t gap_ms;    /* of a silence between inferred streams, at most */
	bool live;         /* see agg_pass() */
};

/*
 * Spell `s`, which is certain, at the end of `b`, or leave it out.
 *
 * `first_ts` is the time of the first event of its channel, ms UTC. `s` and
 * what it points to are borrowed for the call.
 */
typedef void agg_speller(
    void *arg, const struct stats *s, int64_t first_ts, struct buf *b);

struct agg; /* everything that is not certain yet */

/*
 * Begin with no channels. `spell` is given `arg` and every line.
 *
 * Returns the aggregation; the caller gives it to agg_free().
 */
struct agg *agg_new(
    const struct agg_options *o, agg_speller *spell, void *arg) MUST_USE;

/*
 * Take in the event `e`.
 *
 * Returns false when it is late: its window is already written.
 */
bool agg_add(struct agg *a, const struct event *e) MUST_USE;

/* What a server has counted of the lines of chat in one window of a channel,  in
 * which no mark changes who hears. */
struct agg_part {
	struct str channel;
	int64_t ts;                          /* its begin, ms UTC */
	struct counts n;                     /* but n.chatters */
	const struct str *chatters, *firsts; /* user ids */
	size_t n_chatters, n_firsts;
	const struct str *mentions; /* of each event, a JSON list */
	size_t n_mentions;
	int64_t first, last;                 /* lines of chat, ms UTC */
	int64_t first_message, last_message; /* INT64_MIN = none */
};

/* The longest window of which parts can be taken in: in a longer one a collector
 * may die between two lines of chat. */
#define AGG_PART_MAX_MS HEARING_DEAD_MS

/*
 * Take in the part `p`, which has not to be in the events, too.
 *
 * Returns false when it is late.
 */
bool agg_add_part(struct agg *a, const struct agg_part *p) MUST_USE;

/*
 * Let the wall clock be `now`, ms UTC, for an aggregation that is live: the
 * windows that have ended come out, as they stand. Nothing waits for a decision
 * then: a stream goes on until it is over, an open collector hears up to now.
 * Chat that comes later, and at most `hold_ms` behind, is added, and the line of
 * its window comes again at the next call: of equal keys the later one counts.
 * A sample or mark that comes later counts in the window that is open.
 */
void agg_pass(struct agg *a, int64_t now);

/*
 * Look at the lines that have come out.
 *
 * Returns them; the caller resets the buf when they are written.
 */
struct buf *agg_output(struct agg *a);

/*
 * End the input: what is left of the next channel in order of name comes out.
 *
 * Returns false when that was so for all.
 */
bool agg_end_next(struct agg *a) MUST_USE;

/*
 * End the input for all channels.
 */
void agg_end(struct agg *a);

/*
 * Free everything. NULL is fine.
 */
void agg_free(struct agg *a);

#endif
