/*
 * live - what goes on in many channels right now
 *
 * Takes windows as tw-agg --live writes them and keeps the last minutes of each
 * channel, and what its present stream has brought so far. A window that comes
 * again takes the place of the one before, whosever stream it is. No clock: "now"
 * is told.
 *
 * A window has its place by its time, which is a multiple of its length. A span
 * such as the last minute is as many whole windows as it takes, one if they are
 * longer, up to the last that was over by "now": so figures do not depend on how
 * much of the next one has passed. The windows of a channel are equally long: those
 * of another length begin it anew when they come after all that is kept, and are
 * passed over before that.
 *
 * Memory: the windows of ten minutes a channel, and no fewer than LIVE_WINDOWS; 56
 * bytes each, so 7 kB from 5 s on, 34 kB of 1 s. A window older than these is
 * passed over.
 */
#ifndef TW_MODEL_LIVE_H
#define TW_MODEL_LIVE_H

#include "base/str.h"
#include "model/stats.h"

#define LIVE_WINDOWS 120 /* kept of a channel, at least: 10 minutes of 5 s */

/* What is shown of a channel. What is not known is STATS_UNKNOWN. */
struct live_row {
	struct str name;      /* borrowed from the live */
	bool on_air;          /* its newest window is of a stream */
	double messages_s;    /* messages a second in the last minute, holes
	                       * taken out */
	int64_t chatters_min; /* chatters of the windows of the last minute,
	                       * summed: who writes in two of them counts twice */
	double viewers;
	int64_t
	    viewers_age_ms; /* of the sample; STATS_UNKNOWN: there is none */
	int64_t bits, paid_messages; /* of the present stream, so far; outside
	                              * of streams, since the last one */
	double coverage;  /* heard of the last ten minutes, or since it is
	                   * known how much was heard, 0 to 1; on air, what
	                   * was not read was not heard */
	int64_t messages; /* in the last minute */
	size_t channel;   /* number, for live_messages() */
};

struct live; /* the channels */

/*
 * Begin with no channels.
 *
 * Returns the live; the caller gives it to live_free().
 */
struct live *live_new(void) MUST_USE;

/*
 * Take in the line `s`; streams are passed over.
 */
void live_add(struct live *l, const struct stats *s);

/*
 * Find the end of the last window.
 *
 * Returns ms UTC; INT64_MIN when there is none.
 */
int64_t live_until(const struct live *l);

/*
 * List the channels as they are at `now`, ms UTC: by messages of the last
 * minute, then viewers, then name.
 *
 * Returns how many; `*rows` is the caller's, for free().
 */
size_t live_rows(const struct live *l, int64_t now, struct live_row **rows);

/*
 * Measure the messages of the `n` windows that ended by `now`, the oldest first, in
 * channel number `channel`: STATS_UNKNOWN in a hole, before its first window and
 * where windows are kept no longer (`n` is at most LIVE_WINDOWS, then that is not
 * so), 0 where no window was written.
 */
void live_messages(const struct live *l, size_t channel, int64_t now,
    double *messages, size_t n);

/*
 * Free the live. NULL is fine.
 */
void live_free(struct live *l);

#endif
