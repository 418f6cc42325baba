/*
 * course - how one stream went, window by window, in bounded space
 *
 * The windows of a stream in order of time, merged in pairs as often as is
 * needed to stay under a number of buckets. A bucket keeps the least and the
 * greatest of its windows beside their sums, so that no peak and no lull ever
 * vanishes, and a hole stays a hole. As long as nothing is merged, a window that comes
 * again takes its own place, and one that became another stream's can be taken out;
 * after that what comes again begins the course anew from there: so lines that are read
 * twice count once either way.
 */
#ifndef TW_MODEL_COURSE_H
#define TW_MODEL_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/stats.h"

#define COURSE_DRAWN 720 /* buckets; no picture has more pixels across */

struct course_bucket {
	int32_t windows; /* 0 = none was read: nothing is known */
	int32_t heard;   /* of these no hole */
	double viewers_min, viewers_max; /* or STATS_UNKNOWN */
	int64_t messages;
	int64_t messages_min, messages_max; /* of a window that was heard, or
	                                     * STATS_UNKNOWN */
	int64_t max_at; /* begin of the busiest window, ms UTC */
	int64_t bits, paid_messages, subs, raids;
};

struct course {
	int64_t from;    /* begin of the first bucket, ms UTC */
	int64_t last;    /* begin of the last window, ms UTC */
	int64_t sampled; /* begin of the last window with a sample, or
	                   * INT64_MIN */
	double viewers; /* of the last window that has them, or STATS_UNKNOWN */
	int64_t seconds;         /* of a window */
	int64_t width_ms;        /* of a bucket */
	struct course_bucket *p; /* owned */
	size_t n, cap;
};

/* A moment when more was written than around it. */
struct course_peak {
	int64_t at; /* begin of the window, ms UTC */
	int64_t messages;
};

/*
 * Take in the window `s`; at most `max` buckets stay, at least 2.
 */
void course_add(struct course *c, const struct stats *s, size_t max);

/*
 * Tell whether the window `s` is in the course: one of its length and its time.
 *
 * Returns true when it is; where windows are merged, true for all between the first and
 * the last.
 */
bool course_has(const struct course *c, const struct stats *s);

/*
 * Take the window `s`, which became another stream's, out of the course, if it is
 * there and nothing is merged.
 */
void course_drop(struct course *c, const struct stats *s);

/*
 * Tell whether each bucket is one window: peaks, holes and raids are then to the
 * window.
 *
 * Returns true when it is.
 */
bool course_is_exact(const struct course *c);

/*
 * Make `to` the course `c` in at most COURSE_DRAWN buckets. It is the caller's, for
 * course_release().
 */
void course_draw(const struct course *c, struct course *to);

/*
 * Tell whether anything is known of chat in a bucket: none of its windows was heard
 * otherwise, and its sums are no zeros.
 *
 * Returns true when there is.
 */
bool course_is_known(const struct course_bucket *b);

/*
 * Merge buckets until at most `max` are left, at least 2.
 */
void course_condense(struct course *c, size_t max);

/*
 * Find the `n` busiest windows that are at least `apart_ms` from each other.
 *
 * Returns how many there are; those of `peaks` are by number of messages.
 */
size_t course_peaks(const struct course *c, int64_t apart_ms,
    struct course_peak *peaks, size_t n);

/*
 * Sum up the buckets `from` to before `to`.
 */
void course_sum(
    const struct course *c, size_t from, size_t to, struct course_bucket *sum);

/*
 * Free what `c` holds.
 */
void course_release(struct course *c);

#endif
