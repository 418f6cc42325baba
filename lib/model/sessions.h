/*
 * sessions - which stream it is
 *
 * Follows what Helix said of one channel, in order of time, and decides what a
 * stream is, when it is over, and when it comes back (section 3.2 of the
 * definitions). For a channel of which Helix has said nothing yet, runs of
 * messages with silences between them stand for streams. Copying the struct
 * copies the state: of two copies, the one that is behind comes to the same
 * streams as the other, or that one is made anew from it.
 */
#ifndef TW_MODEL_SESSIONS_H
#define TW_MODEL_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSIONS_BACK_MS                                                       \
	(48 * 3600 * INT64_C(1000)) /* a stream may come back */
#define SESSIONS_NONE INT64_MIN     /* there has not been one yet */

/* The number of a channel's first stream. Runs have the numbers from 0 on: how
 * many there were says nothing about which stream it is. */
#define SESSIONS_FIRST (INT64_C(1) << 32)

/* The ids of the streams before the newest, in their order. Copies of a machine
 * share them: each knows how many of them it has come to. */
struct past {
	uint32_t *ids; /* owned; see sessions_forget() */
	size_t cap;
};

struct sessions {
	struct past *past; /* borrowed */
	size_t n_past;
	int64_t gap_ms; /* the silence between two runs is longer */
	int64_t runs;   /* so far: the number of the next one */
	int64_t n;      /* the number of the next stream */

	bool helix;         /* Helix has said something */
	bool under_way;     /* the newest stream's last segment may go on */
	uint32_t id;        /* the newest stream's, a number */
	int64_t stream;     /* its number; SESSIONS_NONE */
	int64_t started_at; /* the newest stream's */
	int64_t last_hit;   /* the newest stream's */
	int64_t last_poll;  /* hit or miss that counted, while under way */
	int misses;         /* since the last hit */

	bool in_run;         /* a run of messages may go on */
	bool decided;        /* it stands for a stream, whatever comes */
	int64_t first, last; /* its messages */
};

/* What a hit is. */
enum session_kind {
	SESSION_IGNORED, /* cached, or back too late: as if not there */
	SESSION_STREAM,  /* the first hit of a new stream */
	SESSION_SEGMENT, /* the stream is back: a new segment of it */
	SESSION_GOES_ON, /* the next hit in a segment */
};

struct session_hit {
	enum session_kind kind;
	int64_t stream; /* which stream, counted from SESSIONS_FIRST */
};

/* A run of messages that is over. */
struct session_run {
	int64_t stream;      /* which stream it stands for, counted from 0 */
	int64_t first, last; /* its first and its last message, ms UTC */
};

/*
 * Begin with a channel of which nothing is known. `past` is zeroed, and borrowed
 * by this and all copies.
 *
 * `gap_ms` is the silence that is not yet long enough to part two runs.
 */
void sessions_init(struct sessions *s, struct past *past, int64_t gap_ms);

/*
 * Free what `past` holds.
 */
void sessions_forget(struct past *past);

/*
 * Note that Helix has spoken: from here on it alone decides, also of a run under
 * way.
 */
void sessions_helix(struct sessions *s);

/*
 * Note that the run under way stands for a stream for good: its windows are out.
 * What comes late may lengthen it, and Helix ends it.
 */
void sessions_decide(struct sessions *s);

/*
 * Let time pass up to `ts`: streams end and runs end; with `helix`, because Helix
 * speaks then, a run that is decided does too.
 *
 * Returns true, with `run`, when a run has ended. To be called before each of the
 * calls below, for their own `ts`.
 */
bool sessions_pass(
    struct sessions *s, int64_t ts, bool helix, struct session_run *run);

/*
 * Take in a hit of the stream `id` (a number) that began at `started_at`.
 *
 * Returns what it is.
 */
struct session_hit sessions_hit(
    struct sessions *s, int64_t ts, uint32_t id, int64_t started_at);

/*
 * Take in a miss.
 */
void sessions_miss(struct sessions *s, int64_t ts);

/*
 * Take in a message.
 */
void sessions_message(struct sessions *s, int64_t ts);

/*
 * End the input: the run that may have gone on ends here.
 *
 * Returns true, with `run`, when there was one.
 */
bool sessions_end(struct sessions *s, struct session_run *run);

#endif
