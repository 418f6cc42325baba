/*
 * stats - lines of figures, tw-stats(5)
 *
 * What a window or a stream amounts to, and how it is spelled. Written by
 * tw-agg, read by everything that reports.
 */
#ifndef TW_MODEL_STATS_H
#define TW_MODEL_STATS_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "model/tally.h"

#define STATS_UNKNOWN (-1) /* of a figure that has no value */

/* Greater counts are nonsense, and sums of them would not be numbers: they are
 * written as this, and refused. */
#define STATS_COUNT_MAX INT64_C(1000000000000000)

/* An average of counts: no greater than one of them. */
static inline double
stats_average(double v)
{
	return v < (double)STATS_COUNT_MAX ? v : (double)STATS_COUNT_MAX;
}

enum stats_type { STATS_WINDOW, STATS_STREAM };

/* One line of either type; what the other type has is not set. Slices are
 * borrowed. */
struct stats {
	enum stats_type type;
	int64_t ts; /* ms UTC: a window's begin, a stream's */
	struct str channel;
	int64_t seconds;      /* length of a window */
	struct str stream_id; /* empty for a window outside of streams */
	struct counts n;
	struct str mentions; /* JSON object of name and number, or empty */
	int64_t viewers_max; /* or STATS_UNKNOWN */
	int64_t heard_ms;    /* or STATS_UNKNOWN */

	double viewers; /* window: mean; or STATS_UNKNOWN */

	int64_t started_at; /* stream: as read; `ts` again */
	int64_t ended_at;   /* stream: ms UTC */
	bool open;          /* not over when the input ended */
	bool inferred;      /* from chat alone */
	struct str name, title, category, language;
	int64_t airtime_ms;
	double viewers_avg; /* or STATS_UNKNOWN */
	int64_t viewers_max_at;
	int64_t viewer_ms; /* viewers x ms; or STATS_UNKNOWN: no sample */
	int64_t sampled_ms;
	double messages_avg; /* as read, or STATS_UNKNOWN; when a line is
	                      * written it is worked out anew */
	int64_t messages_max;
	int64_t messages_max_at; /* INT64_MIN = there is no window */
	int64_t chatters_new;
	int64_t windows;
	int64_t unknown; /* windows before the first chat mark; not in
	                        * the line */
};

/* Reads stats lines; holds the memory of the one that it read last. */
struct stats_reader;

/*
 * Append `s` as a line in canonical spelling, with its LF.
 */
void stats_write(struct buf *b, const struct stats *s);

/*
 * Make a reader.
 *
 * Returns it; the caller gives it to stats_reader_free().
 */
struct stats_reader *stats_reader_new(void) MUST_USE;

/*
 * Read `line`, without its LF: any JSON object that is a stats line, with all
 * figures that those of its type have even when they are 0.
 *
 * Returns false with `why`, which names the key, when it is none.
 * `s` borrows from `line` and from `r` until the next call.
 */
bool stats_read(struct stats_reader *r, struct str line, struct stats *s,
    struct errmsg *why) MUST_USE;

/*
 * Free the reader. NULL is fine.
 */
void stats_reader_free(struct stats_reader *r);

#endif
