/*
 * total - what a stream amounts to so far
 *
 * The figures of a stream's line, tw-stats(5), section 3 of the definitions: the
 * windows that are written add up to them, and the samples of Helix. An inferred
 * stream, a run, has no samples.
 */
#ifndef TW_MODEL_TOTAL_H
#define TW_MODEL_TOTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/pending.h"
#include "model/sessions.h"
#include "model/stats.h"

struct total {
	bool run;
	int64_t started_at;
	int64_t ended_at; /* of a run */
	struct tally tally;
	int64_t windows, unknown, heard_ms;
	int64_t messages_max, messages_max_at;

	int64_t samples;     /* number of hits */
	int64_t viewers_sum; /* of all samples */
	int64_t viewer_ms, sampled_ms;
	int64_t viewers_max, viewers_max_at;
	int64_t airtime_ms;   /* of the segments before the last */
	int64_t begin;        /* of the last segment */
	int64_t last_ts;      /* the last sample: when, ... */
	int64_t last_viewers; /* ... how many ... */
	int64_t last_hold_ms; /* ... and how long it holds */
	char *words;          /* owned; of the last hit, see struct entry */
	size_t word_len[4];
};

/*
 * Begin with a stream that started at `started_at`, ms UTC.
 */
void total_init(struct total *t, int64_t started_at);

/*
 * Take in the sample of the hit `e`, which `kind` says more of, and whose words
 * are then owned by `t`; it holds for `hold_ms` at most.
 */
void total_sample(
    struct total *t, struct entry *e, enum session_kind kind, int64_t hold_ms);

/*
 * Tell how many viewers a window from `begin` on has without a sample in it.
 *
 * Returns those of the last sample while it holds, else STATS_UNKNOWN.
 */
double total_viewers(const struct total *t, int64_t begin);

/*
 * Add a window that is written: its line `w`, and what was counted in it.
 */
void total_window(
    struct total *t, const struct stats *w, const struct tally *counted);

/*
 * Count the event `e` that came late, to the window from `begin` on, which has
 * `messages` with it.
 */
void total_late(struct total *t, const struct event *e, struct map *names,
    int64_t begin, int64_t messages);

/*
 * Tell all that it amounts to.
 *
 * Returns a stream's line; its channel, seconds, stream_id, open and mentions are
 * not set. Borrows from `t`.
 */
struct stats total_figures(const struct total *t);

/*
 * Free what `t` holds.
 */
void total_release(struct total *t);

#endif
