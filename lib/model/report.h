/*
 * report - what the streams of a week amount to
 *
 * Collects stats lines (of equal keys the later one counts) and sums up a week
 * beside the week before, channel by channel (section 5.1 of the definitions).
 * Each figure of the weekly report is computed here and nowhere else.
 */
#ifndef TW_MODEL_REPORT_H
#define TW_MODEL_REPORT_H

#include "base/map.h"
#include "base/week.h"
#include "model/course.h"
#include "model/stats.h"

/* Figures of one channel in one week. A ratio that is not known is
 * STATS_UNKNOWN, a time INT64_MIN. */
struct weekly_figures {
	int64_t streams;
	int64_t open;     /* of these not over when the input ended */
	int64_t inferred; /* of these known from chat alone */
	int64_t airtime_ms;
	int64_t viewers_max; /* or STATS_UNKNOWN */
	int64_t viewers_max_at;
	int64_t messages_max;
	int64_t messages_max_at;
	double viewers_avg;
	double messages_avg; /* messages a window */
	int64_t viewer_ms;   /* or STATS_UNKNOWN: no sample */
	int64_t messages;
	int64_t chatters_sum; /* summed over the streams */
	int64_t bits;
	int64_t paid_messages;
	int64_t subs;
	double coverage_viewers; /* 0 to 1 */
	double coverage_chat;    /* 0 to 1 */
};

/* One stream of a channel, for lists. Slices are the report's. */
struct weekly_stream {
	int64_t started_at, airtime_ms;
	struct str title, category, stream_id;
	bool open, inferred;
	double viewers_avg;  /* or STATS_UNKNOWN */
	int64_t viewers_max; /* or STATS_UNKNOWN */
	int64_t messages;
};

struct weekly_channel {
	struct str name; /* borrowed from the report */
	struct weekly_figures now, previous;
	bool has_previous;             /* there was a stream the week before */
	struct weekly_stream *streams; /* owned; this week's, by time */
	size_t n_streams;
};

struct weekly {
	char week[16], before[16];       /* 2026-W47 */
	const char *tz;                  /* borrowed; name of the zone */
	int64_t from, to;                /* ms UTC, `to` exclusive */
	int64_t seconds;                 /* of a window; the widest */
	struct weekly_channel *channels; /* owned; in the order of the report */
	size_t n_channels;
};

struct report; /* the stats lines that were read */

/*
 * Begin with no lines.
 *
 * Returns the report; the caller gives it to report_free().
 */
struct report *report_new(void) MUST_USE;

/*
 * Keep the courses of streams, too, or only that of the stream `id` where it is not
 * absent; at most `buckets` buckets of all together (100 bytes or so each): one for
 * each window, and when they are too many each stream gets fewer. Before the first
 * line. `id` is borrowed as long as `r` is.
 */
void report_keep_courses(struct report *r, size_t buckets, struct str id);

/*
 * Take in the line `s`, which is copied.
 */
void report_add(struct report *r, const struct stats *s);

/*
 * Find the newest stream.
 *
 * Returns when it began, ms UTC; INT64_MIN when there is none.
 */
int64_t report_newest(const struct report *r);

/* One stream of the report. */
struct report_stream {
	const struct stats *s;       /* its last line */
	const struct course *course; /* without buckets when none is kept */
};

/* Streams of one channel. */
struct history {
	struct str channel;
	const char *tz;                /* borrowed; name of the zone */
	int64_t from, to;              /* ms UTC, `to` exclusive; INT64_MIN and
	                             * INT64_MAX = no limit */
	int64_t seconds;               /* of a window; the widest */
	struct weekly_figures sum;     /* over the streams */
	struct report_stream *streams; /* owned; by time */
	size_t n_streams;
};

/*
 * List the channels in order of name.
 *
 * Returns how many; `*names` is the caller's, for free(), its slices are the
 * report's.
 */
size_t report_channels(const struct report *r, struct str **names);

/*
 * List the streams of `channel` that began in the given time, and sum them up.
 *
 * `to` is the caller's, for history_release(); it borrows from `r` and `tz`.
 */
void report_history(const struct report *r, struct str channel, int64_t from,
    int64_t until, const char *tz, struct history *to);

/*
 * Find the stream `id`, or the newest for `latest`, of `channel`, or of any when
 * that is absent.
 *
 * Returns how many there are; `*to` is the last of them in time.
 */
size_t report_find(const struct report *r, struct str channel, struct str id,
    struct report_stream *to);

/*
 * Tell whether the stream has more windows than its course: some were not in what was
 * read, or not in order of time, and so took the place of others.
 *
 * Returns true when that is so; false where no window was read at all.
 */
bool report_is_partial(const struct report_stream *s);

/* A stream that goes on. */
struct on_air {
	struct str channel, stream_id;
	const struct stats *s;       /* its line, or NULL: there is none yet */
	const struct course *course; /* has buckets, or `s` is there */
};

/*
 * Find the end of what was read: the greatest time in it.
 *
 * Returns ms UTC; INT64_MIN when there is nothing.
 */
int64_t report_until(const struct report *r);

/*
 * List the streams that are not over, as none of their channel began later, and of
 * which something was read that is at most `within_ms` older than report_until(), by
 * channel.
 *
 * Returns how many; `*list` is the caller's, for free().
 */
size_t report_on_air(
    const struct report *r, int64_t within_ms, struct on_air **list);

/*
 * Free what `h` holds.
 */
void history_release(struct history *h);

/*
 * Sum up the week `w`, in the zone of this process, whose name is `tz`.
 *
 * `to` is the caller's, for weekly_release(); it borrows from `r` and `tz`.
 */
void report_weekly(
    const struct report *r, struct week w, const char *tz, struct weekly *to);

/*
 * Free what `w` holds.
 */
void weekly_release(struct weekly *w);

/*
 * Free the report. NULL is fine.
 */
void report_free(struct report *r);

#endif
