/*
 * event - what happened, tw-event(5)
 *
 * One struct for all types of events; which fields a type has, their order and
 * their spelling stand in one table (event.c), from which lines are written and
 * by which they are read. Absent is an empty slice, false or EVENT_NO_NUMBER,
 * never a value of its own.
 */
#ifndef TW_MODEL_EVENT_H
#define TW_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "base/str.h"

#define EVENT_NO_NUMBER (-1)

enum event_type {
	EVENT_MESSAGE,
	EVENT_SUB,
	EVENT_RESUB,
	EVENT_SUBGIFT,
	EVENT_GIFTBOMB,
	EVENT_RAID,
	EVENT_ANNOUNCEMENT,
	EVENT_NOTICE,
	EVENT_CLEAR,
	EVENT_TIMEOUT,
	EVENT_BAN,
	EVENT_DELETE,
	EVENT_VIEWERS,
	EVENT_OFFLINE,
	EVENT_MARK,
	EVENT_N_TYPES
};

/* All slices are borrowed from the line or from the reader's memory. */
struct event {
	int64_t ts;         /* ms UTC */
	struct str channel; /* login */
	enum event_type type;

	struct str id;
	struct str user; /* login */
	struct str user_id;
	struct str name; /* display name; of `viewers` the channel's */
	struct str badges;
	struct str badge_info;
	struct str shared_from; /* room id; a copy from another room */

	int64_t bits;             /* > 0 */
	int64_t paid_amount;      /* whole number of 10^-exponent units */
	struct str paid_currency; /* empty = nothing paid */
	int64_t paid_exponent;
	bool first;
	bool returning;
	bool action;
	struct str reply_to;
	struct str reward;
	struct str effect;

	int64_t months; /* > 0 */
	struct str tier;
	int64_t gift_months;
	int64_t gift_count;
	struct str recipient;
	struct str recipient_id;
	int64_t raid_viewers;
	struct str notice;
	struct str params; /* a JSON object in our spelling */

	int64_t duration_s;
	struct str target_id;
	struct str mentions; /* a JSON list of strings in our spelling */
	struct str text;

	struct str stream_id;
	int64_t started_at; /* ms UTC; INT64_MIN = absent */
	int64_t viewers;
	struct str title;
	struct str category;
	struct str language;
	struct str tags; /* a JSON list of strings in our spelling */

	struct str mark;    /* its name */
	struct str by;      /* which collector */
	int64_t interval_s; /* of `poll` */
	int64_t since;      /* of `lost`, ms UTC; INT64_MIN = absent */
	int64_t from, to;   /* of `gap`, ms UTC; INT64_MIN = absent */
	struct str rest;    /* its keys after `mark` and `by`, as members in
	                       * our spelling, each with a comma before it */
};

/* Reads event lines; holds the memory of the one that it read last. */
struct event_reader;

/*
 * Set `e` to nothing: all fields absent.
 */
void event_clear(struct event *e);

/*
 * Tell how type `t` is spelled.
 *
 * Returns its name.
 */
struct str event_type_name(enum event_type t);

/*
 * Tell whether `e` was heard in chat, as opposed to asked of Helix or said by a
 * collector.
 *
 * Returns true for what IRC lines are made into.
 */
bool event_is_chat(const struct event *e);

/*
 * Append `e` as a line in canonical spelling, with its LF.
 */
void event_write(struct buf *b, const struct event *e);

/*
 * Append one key of a mark and its value to `rest`, as `e->rest` holds them.
 */
void event_mark_str(struct buf *rest, struct str key, struct str value);

/*
 * Append one key of a mark to `rest`, its value a JSON text in our spelling.
 */
void event_mark_json(struct buf *rest, struct str key, struct str json);

/*
 * Make a reader.
 *
 * Returns it; the caller gives it to event_reader_free().
 */
struct event_reader *event_reader_new(void) MUST_USE;

/*
 * Read `line`, without its LF: any JSON object that is an event, in any
 * spelling; our own is read fast.
 *
 * Returns false with `why` when it is none.
 * `e` borrows from `line` and from `r` until the next call.
 */
bool event_read(struct event_reader *r, struct str line, struct event *e,
    struct errmsg *why) MUST_USE;

/*
 * Read the line that `ahead`, what is there to be read of a stream, begins with,
 * if it is one of our own spelling: it then ends where its object does, and nobody
 * had to look for its LF.
 *
 * Returns its length without its LF; 0 when it is to be looked for and given to
 * event_read(). `e` borrows as there.
 */
size_t event_read_ahead(
    struct event_reader *r, struct str ahead, struct event *e) MUST_USE;

/*
 * Read `line` in one way only: the fast one, or the full one behind it. For
 * tests, which hold the two against each other.
 *
 * Returns as event_read(); the fast one is false without a reason for what it
 * leaves to the other.
 */
bool event_read_fast(
    struct event_reader *r, struct str line, struct event *e) MUST_USE;
bool event_read_full(struct event_reader *r, struct str line, struct event *e,
    struct errmsg *why) MUST_USE;

/*
 * Free the reader. NULL is fine.
 */
void event_reader_free(struct event_reader *r);

#endif
