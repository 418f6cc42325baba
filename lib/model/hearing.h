/*
 * hearing - when the chat of a channel was heard
 *
 * Follows the collectors of one channel through its chat marks and lines, in
 * order of time, and knows for any stretch of time how much of it somebody was
 * connected (section 3.3 of the definitions). A collector that gives no sign
 * for HEARING_DEAD_MS has died at its last sign: what is said of a stretch is
 * certain when that much time has passed after it.
 */
#ifndef TW_MODEL_HEARING_H
#define TW_MODEL_HEARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

#define HEARING_DEAD_MS (150 * INT64_C(1000))

struct stretch {
	int64_t from, to; /* ms UTC, `to` exclusive */
};

struct stretches {
	struct stretch *p; /* owned; by `from` */
	size_t n, cap;
};

struct collector {
	uint32_t by;            /* number of its name */
	bool open;              /* hearing; the last stretch grows */
	struct stretches heard; /* the last one ends at its last sign */
	struct stretches gaps;  /* lines were dropped: taken out of `heard` */
};

struct hearing {
	struct collector *collectors; /* owned */
	size_t n, cap;
	int64_t known_from; /* its first chat mark; INT64_MAX = none yet */
};

/* A chat mark, as far as hearing is concerned. */
struct chat_mark {
	enum {
		CHAT_MARK_OTHER, /* no chat mark, or one that we do not know */
		CHAT_MARK_SIGN,  /* join, alive */
		CHAT_MARK_LOST,
		CHAT_MARK_GAP,
		CHAT_MARK_LEFT, /* stop, refused */
	} kind;
	uint32_t by;      /* number of the collector's name */
	int64_t from, to; /* LOST: `from` is when it ended, INT64_MIN =
	                     * at its last sign; GAP: what was dropped */
};

/*
 * Find out what the mark `e` means for hearing; `by` is the number of its
 * collector.
 *
 * Returns it.
 */
struct chat_mark hearing_mark_of(const struct event *e, uint32_t by);

/*
 * Take in the mark `m` of the time `ts`. Times never go back.
 */
void hearing_mark(struct hearing *h, int64_t ts, const struct chat_mark *m);

/*
 * Take in a line of chat of the time `ts`. Times never go back.
 */
void hearing_chat(struct hearing *h, int64_t ts);

/*
 * Measure how much of the time from `from` to before `to` was heard.
 *
 * Returns ms; -1 when it lies before the first chat mark.
 */
int64_t hearing_measure(const struct hearing *h, int64_t from, int64_t to);

/*
 * Measure the same as it looks at the moment `now`, which is not before `to`:
 * what is open, and has given a sign in the last HEARING_DEAD_MS, is heard up
 * to now.
 *
 * Returns as hearing_measure().
 */
int64_t hearing_measure_now(
    const struct hearing *h, int64_t from, int64_t to, int64_t now);

/*
 * Tell whether the moment `ts` is known to have been heard.
 *
 * Returns true when it is.
 */
bool hearing_covers(const struct hearing *h, int64_t ts);

/*
 * Forget what lies before `ts`.
 */
void hearing_forget(struct hearing *h, int64_t ts);

/*
 * Make `to` equal to `from`; what `to` held is freed.
 */
void hearing_copy(struct hearing *to, const struct hearing *from);

/*
 * Free what `h` holds.
 */
void hearing_release(struct hearing *h);

#endif
