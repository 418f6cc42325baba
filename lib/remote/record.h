/*
 * record - what a collector heard, on its way to the raw log, tw-raw(5)
 *
 * Takes lines and marks and never waits for whoever reads them: they go to a
 * queue that is emptied as far as the files or the pipe take it. A queue that
 * is full drops lines, whole ones, until there is room again, and a `gap` mark
 * for each channel says how many and between when. Marks are never dropped.
 * With files each channel has a queue and each line leaves it within
 * RECORD_LINGER_MS; without, all share the one of standard output.
 */
#ifndef TW_REMOTE_RECORD_H
#define TW_REMOTE_RECORD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/str.h"

#define RECORD_LINGER_MS 10 /* a line waits for others that long */

/* Ceilings of the queues, bytes. */
#define RECORD_PIPE_MAX    ((size_t)16 << 20) /* of standard output */
#define RECORD_CHANNEL_MAX ((size_t)2 << 20)  /* of a channel */
#define RECORD_STUCK_MAX   ((size_t)16 << 20) /* of all that cannot be written */

struct record;

struct record_options {
	const char *dir; /* borrowed; NULL = standard output */
	const char *by;  /* borrowed; who writes: the marks' `by` */
	size_t max_open; /* files open at once */
	bool sync;       /* bring all to the disk once a second */
};

struct record_counts {
	int64_t lines;   /* given to record_line() */
	int64_t dropped; /* of them lost */
	int64_t bytes;   /* written */
	int64_t waiting; /* bytes in the queues */
	/* How long the bytes of the last minute or two waited at most, and 99
	 * of 100 of them, ms; 511 stands for all that is longer. */
	int64_t late_max_ms, late_p99_ms;
	size_t files; /* open */
};

/*
 * Begin to write.
 *
 * Returns the record, for record_free(); NULL, with `why`.
 */
struct record *record_new(
    const struct record_options *o, struct errmsg *why) MUST_USE;

/*
 * Find the number of the channel `login`, a new one for a new channel; the torn
 * last line of its newest file is closed then.
 *
 * Returns the number, from 0 on.
 */
size_t record_channel(struct record *r, struct str login);

/*
 * Write the line `payload` that `source` (`irc` or `helix`) gave of the channel
 * with the number `channel` at `wall`, ms UTC.
 */
void record_line(struct record *r, size_t channel, int64_t wall,
    struct str source, struct str payload);

/*
 * Write the mark `name`. `rest` are its other members as canonical JSON, each
 * with a comma before it.
 */
void record_mark(struct record *r, size_t channel, int64_t wall,
    struct str name, struct str rest);

/*
 * Write the `lost` of a collector that died without one, if that is how the
 * channel's newest file ends (bury.h). Nothing happens when it died so long
 * before `wall` that tw-agg knows by itself, or with standard output.
 */
void record_bury(struct record *r, size_t channel, int64_t wall);

/*
 * Count a line of the channel as lost at `wall`: a `gap` mark will tell.
 */
void record_drop(struct record *r, size_t channel, int64_t wall);

/*
 * Close the file of a channel from which nothing more will come for now.
 */
void record_leave(struct record *r, size_t channel);

/*
 * Write what is due at `wall` (ms UTC) and `mono` (ms on a clock that does not
 * go back).
 *
 * Returns after how many ms it has to be called again, -1 when not before the
 * next line.
 */
int64_t record_tick(struct record *r, int64_t wall, int64_t mono);

/*
 * Say in `p` what the output waits for; a part of a poll().
 */
void record_poll(const struct record *r, struct pollfd *p);

/*
 * Look at what poll() found out.
 */
void record_polled(struct record *r, const struct pollfd *p);

/* What became of the output since the last call of record_news(). */
enum record_news {
	RECORD_QUIET,   /* nothing new */
	RECORD_TROUBLE, /* it cannot be written: `why` */
	RECORD_MENDED,  /* it can again */
	RECORD_CLOSED,  /* nobody reads standard output any more */
};

/*
 * Ask for news that a person should be told.
 *
 * Returns them. `why` is set with RECORD_TROUBLE.
 */
enum record_news record_news(struct record *r, struct errmsg *why);

/*
 * Look at the counters.
 *
 * Returns them as they are now.
 */
struct record_counts record_counts(const struct record *r);

/*
 * Write all that waits, gaps told, for at most `wait_ms`.
 *
 * Returns false, with `why`, when something could not be written.
 * Blocks until then.
 */
bool record_finish(
    struct record *r, int64_t wait_ms, struct errmsg *why) MUST_USE;

/*
 * Free the memory and close the files. NULL is fine.
 */
void record_free(struct record *r);

#endif
