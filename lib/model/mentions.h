/*
 * mentions - how often a name fell, when, and who said it
 *
 * Takes event lines that tw-parse --mentions made, and stats lines, in any
 * order. Events say who and when; streams say for how many viewer-minutes it
 * could have been heard. Without a single event the windows stand for them:
 * they know how often and when, not who. Copies from other rooms do not count,
 * as in tw-stats(5).
 */
#ifndef TW_MODEL_MENTIONS_H
#define TW_MODEL_MENTIONS_H

#include "base/str.h"
#include "model/event.h"
#include "model/stats.h"

enum mentions_who {
	MENTIONS_BROADCASTER,
	MENTIONS_MODERATORS,
	MENTIONS_VIEWERS,
	MENTIONS_N_WHO
};

struct mentions_name {
	struct str name; /* borrowed from the mentions */
	int64_t mentions;
	int64_t people;             /* or STATS_UNKNOWN */
	int64_t by[MENTIONS_N_WHO]; /* of the mentions, by whose they were; or
	                              * STATS_UNKNOWN */
	double per_1000_viewer_min; /* or STATS_UNKNOWN */
	int64_t first, last;        /* ms UTC; begin of the window without
	                              * events */
	int64_t busiest;            /* begin of the busiest minute, ms UTC */
	int64_t busiest_mentions;   /* in that minute */
	double hours[24];           /* by the hour of the local day */
};

struct mentions_report {
	const char *tz;              /* borrowed; name of the zone */
	int64_t from, to;            /* limits, or INT64_MIN and INT64_MAX */
	int64_t viewer_ms;           /* of the streams; or STATS_UNKNOWN */
	bool events;                 /* from events, not from windows */
	struct mentions_name *names; /* owned; by mentions, then name */
	size_t n_names;
};

struct mentions; /* what was read so far */

/*
 * Begin with nothing; what is before `from` or not before `to` (ms UTC) does not
 * count. A stream counts when it began in between.
 *
 * Returns the mentions; the caller gives them to mentions_free().
 */
struct mentions *mentions_new(int64_t from, int64_t to) MUST_USE;

/*
 * Take in a line of either kind.
 */
void mentions_add_event(struct mentions *m, const struct event *e);
void mentions_add_stats(struct mentions *m, const struct stats *s);

/*
 * Sum up, once all is read. The hours are those of the zone of this process, whose
 * name is `tz`.
 *
 * `to` is the caller's, for mentions_report_release(); it borrows from `m`.
 */
void mentions_sum(
    struct mentions *m, const char *tz, struct mentions_report *to);

/*
 * Free what `r` holds.
 */
void mentions_report_release(struct mentions_report *r);

/*
 * Free the mentions. NULL is fine.
 */
void mentions_free(struct mentions *m);

#endif
