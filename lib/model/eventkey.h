/*
 * eventkey - the keys of events: where each lives, what it holds, who has it
 *
 * The two tables by which events are written and read in every spelling: as
 * lines (event.c) and as documents (eventdoc.c). For these two alone.
 */
#ifndef TW_MODEL_EVENTKEY_H
#define TW_MODEL_EVENTKEY_H

#include <stddef.h>
#include <stdint.h>

#include "format/jsonw.h"
#include "model/event.h"

enum form {
	FORM_STR,
	FORM_TYPE,
	FORM_POSITIVE, /* integer > 0 */
	FORM_WHOLE,    /* integer >= 0 */
	FORM_TRUE,
	FORM_TIME,
	FORM_LIST,
	FORM_OBJECT,
	FORM_PAID,
	FORM_REST, /* all other keys of a mark */
};

enum field {
	F_TS,
	F_CHANNEL,
	F_TYPE,
	F_ID,
	F_USER,
	F_USER_ID,
	F_NAME,
	F_BADGES,
	F_BADGE_INFO,
	F_SHARED_FROM,
	F_BITS,
	F_PAID,
	F_FIRST,
	F_RETURNING,
	F_ACTION,
	F_REPLY_TO,
	F_REWARD,
	F_EFFECT,
	F_MONTHS,
	F_TIER,
	F_GIFT_MONTHS,
	F_GIFT_COUNT,
	F_RECIPIENT,
	F_RECIPIENT_ID,
	F_RAID_VIEWERS,
	F_NOTICE,
	F_PARAMS,
	F_DURATION_S,
	F_TARGET_ID,
	F_MENTIONS,
	F_TEXT,
	F_STREAM_ID,
	F_STARTED_AT,
	F_VIEWERS,
	F_TITLE,
	F_CATEGORY,
	F_LANGUAGE,
	F_TAGS,
	F_MARK,
	F_BY,
	F_INTERVAL_S,
	F_SINCE,
	F_FROM,
	F_TO,
	F_REST,
	F_N,
	F_END = F_N
};

struct field_def {
	struct str key;
	enum form form;
	size_t at; /* offset in struct event */
	/* `,"key":` as it is written; with the quote that follows for a string. */
	char lead[JSONW_LEAD];
	uint32_t lead_len;
	uint32_t lead_mask; /* a bit for each byte of it */
};

struct layout {
	struct str name;
	enum field keys[20]; /* up to F_END */
};

extern const struct field_def event_fields[F_N];
extern const struct layout event_layouts[EVENT_N_TYPES]; /* by type */

#endif
