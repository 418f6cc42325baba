/*
 * The table `event_fields` says for every key where it lives in struct event
 * and what form it has; `event_layouts` says for every type which keys it has
 * and in which order. Writing walks the layout. Reading takes members in any
 * order, looks the key up among all fields and keeps the value: a key that the
 * type does not have is read, too, but never written.
 */
#include "model/event.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/jsonr.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"
#include "model/eventkey.h"

const struct field_def event_fields[F_N] = {
/* clang-format off */
#define LEAD(lead) lead, sizeof(lead) - 1, UINT32_MAX >> (33 - sizeof(lead))
#define FIELD(name, form, member)                                              \
	{ { name, sizeof(name) - 1 }, form, offsetof(struct event, member),    \
	    LEAD(",\"" name "\":") }
#define TEXT(name, form, member)                                               \
	{ { name, sizeof(name) - 1 }, form, offsetof(struct event, member),    \
	    LEAD(",\"" name "\":\"") }
	/* clang-format on */
	[F_TS] = FIELD("ts", FORM_TIME, ts),
	[F_CHANNEL] = TEXT("channel", FORM_STR, channel),
	[F_TYPE] = TEXT("type", FORM_TYPE, type),
	[F_ID] = TEXT("id", FORM_STR, id),
	[F_USER] = TEXT("user", FORM_STR, user),
	[F_USER_ID] = TEXT("user_id", FORM_STR, user_id),
	[F_NAME] = TEXT("name", FORM_STR, name),
	[F_BADGES] = TEXT("badges", FORM_STR, badges),
	[F_BADGE_INFO] = TEXT("badge_info", FORM_STR, badge_info),
	[F_SHARED_FROM] = TEXT("shared_from", FORM_STR, shared_from),
	[F_BITS] = FIELD("bits", FORM_POSITIVE, bits),
	[F_PAID] = FIELD("paid", FORM_PAID, paid_amount),
	[F_FIRST] = FIELD("first", FORM_TRUE, first),
	[F_RETURNING] = FIELD("returning", FORM_TRUE, returning),
	[F_ACTION] = FIELD("action", FORM_TRUE, action),
	[F_REPLY_TO] = TEXT("reply_to", FORM_STR, reply_to),
	[F_REWARD] = TEXT("reward", FORM_STR, reward),
	[F_EFFECT] = TEXT("effect", FORM_STR, effect),
	[F_MONTHS] = FIELD("months", FORM_POSITIVE, months),
	[F_TIER] = TEXT("tier", FORM_STR, tier),
	[F_GIFT_MONTHS] = FIELD("gift_months", FORM_WHOLE, gift_months),
	[F_GIFT_COUNT] = FIELD("gift_count", FORM_WHOLE, gift_count),
	[F_RECIPIENT] = TEXT("recipient", FORM_STR, recipient),
	[F_RECIPIENT_ID] = TEXT("recipient_id", FORM_STR, recipient_id),
	[F_RAID_VIEWERS] = FIELD("raid_viewers", FORM_WHOLE, raid_viewers),
	[F_NOTICE] = TEXT("notice", FORM_STR, notice),
	[F_PARAMS] = FIELD("params", FORM_OBJECT, params),
	[F_DURATION_S] = FIELD("duration_s", FORM_WHOLE, duration_s),
	[F_TARGET_ID] = TEXT("target_id", FORM_STR, target_id),
	[F_MENTIONS] = FIELD("mentions", FORM_LIST, mentions),
	[F_TEXT] = TEXT("text", FORM_STR, text),
	[F_STREAM_ID] = TEXT("stream_id", FORM_STR, stream_id),
	[F_STARTED_AT] = FIELD("started_at", FORM_TIME, started_at),
	[F_VIEWERS] = FIELD("viewers", FORM_WHOLE, viewers),
	[F_TITLE] = TEXT("title", FORM_STR, title),
	[F_CATEGORY] = TEXT("category", FORM_STR, category),
	[F_LANGUAGE] = TEXT("language", FORM_STR, language),
	[F_TAGS] = FIELD("tags", FORM_LIST, tags),
	[F_MARK] = TEXT("mark", FORM_STR, mark),
	[F_BY] = TEXT("by", FORM_STR, by),
	[F_INTERVAL_S] = FIELD("interval_s", FORM_WHOLE, interval_s),
	[F_SINCE] = FIELD("since", FORM_TIME, since),
	[F_FROM] = FIELD("from", FORM_TIME, from),
	[F_TO] = FIELD("to", FORM_TIME, to),
	[F_REST] = FIELD("", FORM_REST, rest),
#undef FIELD
#undef TEXT
#undef LEAD
};

#define USER_KEYS                                                              \
	F_ID, F_USER, F_USER_ID, F_NAME, F_BADGES, F_BADGE_INFO, F_SHARED_FROM
/* The keys of a message between those and its text; K() is done for each. */
/* clang-format off */
#define MESSAGE_EXTRA(K)                                                       \
	K(F_BITS) K(F_PAID) K(F_FIRST) K(F_RETURNING) K(F_ACTION)              \
	K(F_REPLY_TO) K(F_REWARD) K(F_EFFECT) K(F_MENTIONS)
/* clang-format on */
#define SUB_KEYS                                                               \
	USER_KEYS, F_MONTHS, F_TIER, F_GIFT_MONTHS, F_RECIPIENT,               \
	    F_RECIPIENT_ID, F_MENTIONS, F_TEXT, F_END

const struct layout event_layouts[EVENT_N_TYPES] = {
#define NAMED(s)                                                               \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}
#define LISTED(f) f,
	[EVENT_MESSAGE] = { NAMED("message"),
	    { USER_KEYS, MESSAGE_EXTRA(LISTED) F_TEXT, F_END } },
#undef LISTED
	[EVENT_SUB] = { NAMED("sub"), { SUB_KEYS } },
	[EVENT_RESUB] = { NAMED("resub"), { SUB_KEYS } },
	[EVENT_SUBGIFT] = { NAMED("subgift"), { SUB_KEYS } },
	[EVENT_GIFTBOMB] = { NAMED("giftbomb"),
	    { USER_KEYS, F_TIER, F_GIFT_COUNT, F_END } },
	[EVENT_RAID] = { NAMED("raid"), { USER_KEYS, F_RAID_VIEWERS, F_END } },
	[EVENT_ANNOUNCEMENT] = { NAMED("announcement"),
	    { USER_KEYS, F_MENTIONS, F_TEXT, F_END } },
	[EVENT_NOTICE] = { NAMED("notice"),
	    { USER_KEYS, F_NOTICE, F_BITS, F_PARAMS, F_MENTIONS, F_TEXT,
		F_END } },
	[EVENT_CLEAR] = { NAMED("clear"),
	    { F_USER, F_USER_ID, F_DURATION_S, F_END } },
	[EVENT_TIMEOUT] = { NAMED("timeout"),
	    { F_USER, F_USER_ID, F_DURATION_S, F_END } },
	[EVENT_BAN] = { NAMED("ban"),
	    { F_USER, F_USER_ID, F_DURATION_S, F_END } },
	[EVENT_DELETE] = { NAMED("delete"),
	    { F_USER, F_TARGET_ID, F_TEXT, F_END } },
	[EVENT_VIEWERS] = { NAMED("viewers"),
	    { F_STREAM_ID, F_STARTED_AT, F_VIEWERS, F_USER_ID, F_NAME, F_TITLE,
		F_CATEGORY, F_LANGUAGE, F_TAGS, F_END } },
	[EVENT_OFFLINE] = { NAMED("offline"), { F_END } },
	[EVENT_MARK] = { NAMED("mark"), { F_MARK, F_BY, F_REST, F_END } },
#undef NAMED
};

#define N_SLOTS 128 /* of the key table: a power of 2, over twice F_N */

struct event_reader {
	struct jsonr *full; /* owned */
	struct buf strings; /* strings that had escapes */
	struct buf again;   /* the same, of the second pass over a mark */
	struct buf rest;    /* the other keys of a mark */
	unsigned char slots[N_SLOTS];    /* field + 1 by the hash of its key */
	unsigned char after[F_N + 1][2]; /* which strings last came after which:
	                                  * first the one that did so last */
};

void
event_clear(struct event *e)
{
	static const struct event empty = {
		.ts = INT64_MIN,
		.bits = EVENT_NO_NUMBER,
		.paid_amount = EVENT_NO_NUMBER,
		.paid_exponent = EVENT_NO_NUMBER,
		.months = EVENT_NO_NUMBER,
		.gift_months = EVENT_NO_NUMBER,
		.gift_count = EVENT_NO_NUMBER,
		.raid_viewers = EVENT_NO_NUMBER,
		.duration_s = EVENT_NO_NUMBER,
		.started_at = INT64_MIN,
		.viewers = EVENT_NO_NUMBER,
		.interval_s = EVENT_NO_NUMBER,
		.since = INT64_MIN,
		.from = INT64_MIN,
		.to = INT64_MIN,
	};
	size_t size = sizeof(*e);

	/* Compilers spell a copy of so many bytes as one instruction, slower
	 * than the C library's when they know how many. */
	__asm__("" : "+r"(size));
	memcpy(e, &empty, size);
}

struct str
event_type_name(enum event_type t)
{
	return event_layouts[t].name;
}

bool
event_is_chat(const struct event *e)
{
	return e->type != EVENT_VIEWERS && e->type != EVENT_OFFLINE &&
	    e->type != EVENT_MARK;
}

static void
write_paid(struct buf *b, const struct event *e)
{
	if (e->paid_currency.len == 0)
		return;
	buf_lit(b, ",\"paid\":{\"amount\":");
	num_add(b, e->paid_amount);
	jsonw_member(b, STR("currency"), e->paid_currency);
	jsonw_int(b, STR("exponent"), e->paid_exponent);
	buf_byte(b, '}');
}

/* Appends `,"key":`. */
static inline void
write_lead(struct buf *b, const struct field_def *f)
{
	if (!buf_room(b, JSONW_LEAD))
		return;
	memcpy(b->p + b->len, f->lead, JSONW_LEAD);
	b->len += f->lead_len;
}

/* Appends `,"key":` and the JSON text `json` as it is, or nothing. */
static void
write_json(struct buf *b, const struct field_def *f, struct str json)
{
	if (json.len == 0)
		return;
	write_lead(b, f);
	buf_str(b, json);
}

static inline ALWAYS_INLINE void
write_field(struct buf *b, const struct event *e, const struct field_def *f)
{
	const void *at = (const char *)e + f->at;

	switch (f->form) {
	case FORM_STR:
		if (((const struct str *)at)->len == 0)
			break;
		write_lead(b, f);
		jsonw_text(b, *(const struct str *)at);
		buf_byte(b, '"');
		break;
	case FORM_POSITIVE:
	case FORM_WHOLE:
		if (*(const int64_t *)at == EVENT_NO_NUMBER)
			break;
		write_lead(b, f);
		num_add(b, *(const int64_t *)at);
		break;
	case FORM_TRUE:
		if (*(const bool *)at)
			write_json(b, f, STR("true"));
		break;
	case FORM_TIME:
		if (*(const int64_t *)at != INT64_MIN)
			jsonw_time(b, f->key, *(const int64_t *)at);
		break;
	case FORM_LIST:
	case FORM_OBJECT:
		write_json(b, f, *(const struct str *)at);
		break;
	case FORM_PAID:
		write_paid(b, e);
		break;
	case FORM_REST:
		buf_str(b, e->rest);
		break;
	case FORM_TYPE:
		break;
	}
}

static void
write_any(struct buf *b, const struct event *e)
{
	const struct layout *l = &event_layouts[e->type];

	buf_lit(b, "{\"ts\":\"");
	tstamp_add(b, e->ts);
	buf_byte(b, '"');
	write_field(b, e, &event_fields[F_CHANNEL]);
	buf_lit(b, ",\"type\":\"");
	buf_str(b, l->name);
	buf_byte(b, '"');
	for (const enum field *key = l->keys; *key != F_END; key++)
		write_field(b, e, &event_fields[*key]);
}

/* Writes a string key at `p`, where there is room, or nothing; see jsonw_led(). */
static inline ALWAYS_INLINE char *
write_slice(char *p, enum field f, struct str s, size_t most)
{
	const struct field_def *def = &event_fields[f];

	return s.len == 0 ? p : jsonw_led(p, def->lead, def->lead_len, s, most);
}

/*
 * Writes as the walk over the layout would, with the form of each key known when it
 * is compiled. The strings of a message are slices of a line: those that nearly all
 * messages have are written one behind the other, in room that is made once.
 */
static void
write_message(struct buf *b, const struct event *e)
{
	static const char begin[] = "{\"ts\":\"";
	static const char type[] = ",\"type\":\"message\"";
	size_t lens = e->channel.len + e->id.len + e->user.len +
	    e->user_id.len + e->name.len + e->badges.len + e->badge_info.len;
	char *p;

	if (!buf_room(b,
		sizeof(begin) + TSTAMP_LEN + sizeof(type) +
		    7 * JSONW_LED_ROOM(0) + lens * JSONW_WORST))
		return;
	p = b->p + b->len;
	memcpy(p, begin, sizeof(begin) - 1);
	p += sizeof(begin) - 1;
	tstamp_write(p, e->ts);
	p += TSTAMP_LEN;
	*p++ = '"';
	p = write_slice(p, F_CHANNEL, e->channel, 32);
	memcpy(p, type, sizeof(type) - 1);
	p += sizeof(type) - 1;
	p = write_slice(p, F_ID, e->id, 48);
	p = write_slice(p, F_USER, e->user, 32);
	p = write_slice(p, F_USER_ID, e->user_id, 16);
	p = write_slice(p, F_NAME, e->name, 32);
	p = write_slice(p, F_BADGES, e->badges, 48);
	p = write_slice(p, F_BADGE_INFO, e->badge_info, 32);
	b->len = (size_t)(p - b->p);
#define WRITTEN(f) write_field(b, e, &event_fields[f]);
	WRITTEN(F_SHARED_FROM)
	MESSAGE_EXTRA(WRITTEN)
#undef WRITTEN
	if (!buf_room(b, JSONW_LED_ROOM(e->text.len)))
		return;
	p = write_slice(b->p + b->len, F_TEXT, e->text, 48);
	b->len = (size_t)(p - b->p);
}

void
event_write(struct buf *b, const struct event *e)
{
	if (LIKELY(e->type == EVENT_MESSAGE))
		write_message(b, e);
	else
		write_any(b, e);
	buf_lit(b, "}\n");
}

void
event_mark_json(struct buf *rest, struct str key, struct str json)
{
	buf_byte(rest, ',');
	jsonw_str(rest, key);
	buf_byte(rest, ':');
	buf_str(rest, json);
}

void
event_mark_str(struct buf *rest, struct str key, struct str value)
{
	if (value.len == 0)
		return;
	buf_byte(rest, ',');
	jsonw_str(rest, key);
	buf_byte(rest, ':');
	jsonw_str(rest, value);
}

static unsigned
key_hash(struct str key)
{
	unsigned char first = (unsigned char)key.p[0];
	unsigned char last = (unsigned char)key.p[key.len - 1];

	return (unsigned)(key.len * 31 + first * 7U + last * 3U) % N_SLOTS;
}

/* Tells whether `key` is the key of `f`: a call of memcmp() for every member of
 * every line costs more than the comparison itself. */
static inline bool
same_key(const struct field_def *f, struct str key)
{
	uint64_t a, b;
	uint32_t c, d;

	if (key.len != f->key.len)
		return false;
	if (key.len >= 8) {
		memcpy(&a, key.p, 8);
		memcpy(&b, f->key.p, 8);
		return a == b &&
		    memcmp(key.p + 8, f->key.p + 8, key.len - 8) == 0;
	}
	if (key.len >= 4) {
		memcpy(&c, key.p, 4);
		memcpy(&d, f->key.p, 4);
		if (c != d)
			return false;
		memcpy(&c, key.p + key.len - 4, 4);
		memcpy(&d, f->key.p + key.len - 4, 4);
		return c == d;
	}
	return memcmp(key.p, f->key.p, key.len) == 0;
}

/* Finds the field with this key; F_N for any other. */
static enum field
find_field(const struct event_reader *r, struct str key)
{
	if (key.len == 0)
		return F_N;
	for (unsigned i = key_hash(key); r->slots[i] != 0;
	     i = (i + 1) % N_SLOTS)
		if (same_key(&event_fields[r->slots[i] - 1], key))
			return r->slots[i] - 1;
	return F_N;
}

struct event_reader *
event_reader_new(void)
{
	struct event_reader *r = xcalloc(1, sizeof(*r));

	r->full = jsonr_new();
	memset(r->after, F_CHANNEL, sizeof(r->after));
	for (int f = 0; f < F_REST; f++) {
		unsigned i = key_hash(event_fields[f].key);

		while (r->slots[i] != 0)
			i = (i + 1) % N_SLOTS;
		r->slots[i] = (unsigned char)(f + 1);
	}
	return r;
}

void
event_reader_free(struct event_reader *r)
{
	if (r == NULL)
		return;
	jsonr_free(r->full);
	buf_release(&r->strings);
	buf_release(&r->again);
	buf_release(&r->rest);
	free(r);
}

static bool
read_type(struct str name, enum event_type *type)
{
	*type = EVENT_MESSAGE;
	if (LIKELY(str_eq(name, STR("message"))))
		return true;
	for (int t = 0; t < EVENT_N_TYPES; t++)
		if (str_eq(event_layouts[t].name, name)) {
			*type = (enum event_type)t;
			return true;
		}
	return false;
}

/*
 * Reads `{"amount":500,"currency":"USD","exponent":2}`: an object of our own
 * spelling in any order, as both readers give it.
 */
static bool
read_paid(struct event_reader *r, struct event *e, const struct member *m)
{
	struct jsonscan s;
	struct member in;
	int more;

	jsonscan_init(&s, m->text, &r->again);
	while ((more = jsonscan_next(&s, &in)) == 1) {
		if (in.kind == MEMBER_INT && in.num >= 0) {
			if (str_eq(in.key, STR("amount")))
				e->paid_amount = in.num;
			else if (str_eq(in.key, STR("exponent")))
				e->paid_exponent = in.num;
		} else if (in.kind == MEMBER_STRING &&
		    str_eq(in.key, STR("currency"))) {
			e->paid_currency = in.text;
		}
	}
	return more == 0 && e->paid_amount != EVENT_NO_NUMBER &&
	    e->paid_exponent != EVENT_NO_NUMBER && e->paid_currency.len != 0;
}

/* Keeps the value of member `m` as field `f`. False when it has the wrong
 * form for it. */
static bool
keep(struct event_reader *r, struct event *e, enum field f,
    const struct member *m)
{
	void *at = (char *)e + event_fields[f].at;

	switch (event_fields[f].form) {
	case FORM_STR:
		if (m->kind != MEMBER_STRING)
			return false;
		*(struct str *)at = m->text;
		return true;
	case FORM_TYPE:
		return m->kind == MEMBER_STRING && read_type(m->text, &e->type);
	case FORM_POSITIVE:
		if (m->kind != MEMBER_INT || m->num < 0)
			return false;
		*(int64_t *)at = m->num > 0 ? m->num : EVENT_NO_NUMBER;
		return true;
	case FORM_WHOLE:
		if (m->kind != MEMBER_INT || m->num < 0)
			return false;
		*(int64_t *)at = m->num;
		return true;
	case FORM_TRUE:
		*(bool *)at = true;
		return m->kind == MEMBER_TRUE;
	case FORM_TIME:
		return m->kind == MEMBER_STRING &&
		    tstamp_parse(m->text, (int64_t *)at);
	case FORM_LIST:
		if (m->kind != MEMBER_LIST)
			return false;
		*(struct str *)at =
		    str_eq(m->text, STR("[]")) ? STR_ABSENT : m->text;
		return true;
	case FORM_OBJECT:
		if (m->kind != MEMBER_OBJECT)
			return false;
		*(struct str *)at =
		    str_eq(m->text, STR("{}")) ? STR_ABSENT : m->text;
		return true;
	case FORM_PAID:
		return m->kind == MEMBER_OBJECT && read_paid(r, e, m);
	case FORM_REST:
		break;
	}
	return true;
}

#define OTHER_KEYS 8 /* in one line; a line with more is read in full */

/* What one pass over the members of a line has met. */
struct pass {
	uint64_t seen;    /* a bit for every field */
	enum field wrong; /* the first whose value has a wrong form, or F_N */
	struct str others[OTHER_KEYS]; /* keys that are no fields */
	size_t n_others;
};

/* Takes note of a key that is no field. False when it came before, or there are
 * too many. */
static bool
note_other(struct pass *pass, struct str key)
{
	for (size_t i = 0; i < pass->n_others; i++)
		if (str_eq(pass->others[i], key))
			return false;
	if (pass->n_others == OTHER_KEYS)
		return false;
	pass->others[pass->n_others++] = key;
	return true;
}

/* Takes member `m`, which is field `at` then. False when its key came before. */
static bool
take(struct event_reader *r, struct event *e, const struct member *m,
    struct pass *pass, enum field *at)
{
	enum field f = find_field(r, m->key);

	*at = f;
	if (f == F_N)
		return note_other(pass, m->key);
	if ((pass->seen & UINT64_C(1) << f) != 0)
		return false;
	pass->seen |= UINT64_C(1) << f;
	if (!keep(r, e, f, m) && pass->wrong == F_N)
		pass->wrong = f;
	return true;
}

/* Tells whether the keys of a mark have to have the form of field `f`. Any key
 * may stand in a mark; the times of one that we do not know are not ours. */
static bool
binds_marks(enum field f)
{
	return f <= F_TYPE || f == F_MARK || f == F_BY;
}

/* Names what is missing or wrong in `e`. NULL when it is an event. */
static const char *
defect(const struct event *e, const struct pass *pass)
{
	bool typed = (pass->seen & UINT64_C(1) << F_TYPE) != 0;
	bool mark = typed && e->type == EVENT_MARK;

	if (pass->wrong != F_N && (!mark || binds_marks(pass->wrong)))
		return event_fields[pass->wrong].key.p;
	if (e->ts == INT64_MIN)
		return "ts";
	if (e->channel.len == 0)
		return "channel";
	if (!typed)
		return "type";
	if (mark && e->mark.len == 0)
		return "mark";
	if (e->type != EVENT_VIEWERS)
		return NULL;
	return e->stream_id.len == 0        ? "stream_id"
	    : e->started_at == INT64_MIN    ? "started_at"
	    : e->viewers == EVENT_NO_NUMBER ? "viewers"
					    : NULL;
}

/* Adds a member of a mark to its rest, unless it has a place of its own. */
static void
add_rest(struct event_reader *r, const struct member *m)
{
	enum field f = find_field(r, m->key);

	if (f <= F_TYPE || f == F_MARK || f == F_BY)
		return;
	if (m->kind == MEMBER_STRING)
		event_mark_str(&r->rest, m->key, m->text);
	else if (m->kind == MEMBER_INT)
		event_mark_json(&r->rest, m->key, m->text);
}

/* Takes note that field `f` came after `before`. Only strings are expected. */
static void
learn(struct event_reader *r, enum field before, enum field f)
{
	unsigned char *after = r->after[before];

	if (f == F_N ||
	    (event_fields[f].form != FORM_STR &&
		event_fields[f].form != FORM_TYPE))
		return;
	after[1] = after[0];
	after[0] = (unsigned char)f;
}

/*
 * Reads the next member when it is one of the two strings that are expected after
 * the member `at`. Lines have their keys in one order, with some left out.
 *
 * Returns 1, and the field; 0 when it is another member; -1 when the line is not
 * ours, or has a key twice.
 */
static inline int
take_expected(struct event_reader *r, struct jsonscan *s, struct event *e,
    struct pass *pass, enum field *at)
{
	enum field before = *at;

	if (s->p == s->end || *s->p != ',')
		return 0;
	for (int i = 0; i < 2; i++) {
		enum field f = r->after[before][i];
		const struct field_def *def = &event_fields[f];
		bool plain = LIKELY(def->form == FORM_STR);
		struct str type;
		/* Where it belongs at once: to copy 16 bytes that were just
		 * written as twice 8 makes the processor wait. */
		int got =
		    jsonscan_expect(s, def->lead, def->lead_len, def->lead_mask,
			plain ? (struct str *)((char *)e + def->at) : &type);

		if (got == 0)
			continue;
		if (got < 0 || (pass->seen & UINT64_C(1) << f) != 0)
			return -1;
		pass->seen |= UINT64_C(1) << f;
		if (!plain && !read_type(type, &e->type) && pass->wrong == F_N)
			pass->wrong = f;
		if (UNLIKELY(i > 0))
			learn(r, before, f);
		*at = f;
		return 1;
	}
	return 0;
}

/* Reads the time that all our lines begin with. False when this one does not. */
static bool
take_time(struct jsonscan *s, struct event *e, struct pass *pass)
{
	struct str lead = STR("{\"ts\":\"");

	if (s->end - s->p < (ptrdiff_t)lead.len + TSTAMP_LEN + 2 ||
	    memcmp(s->p, lead.p, lead.len) != 0 ||
	    s->p[lead.len + TSTAMP_LEN] != '"' ||
	    !tstamp_read(s->p + lead.len, &e->ts))
		return false;
	s->p += lead.len + TSTAMP_LEN + 1;
	s->begun = true;
	pass->seen |= UINT64_C(1) << F_TS;
	return true;
}

/*
 * Reads the strings that nearly all lines have behind their time, until one is
 * another: as take_expected() would, which has to look up what comes next.
 *
 * Returns 0, and the field read last; -1 when the line is not ours.
 */
static int
take_usual(
    struct jsonscan *s, struct event *e, struct pass *pass, enum field *at)
{
	struct str type;
	int got;

#define USUAL(f, text)                                                         \
	got = jsonscan_expect(s, event_fields[f].lead,                         \
	    event_fields[f].lead_len, event_fields[f].lead_mask, text);        \
	if (got != 1)                                                          \
		return got;                                                    \
	pass->seen |= UINT64_C(1) << (f);                                      \
	*at = f;
	USUAL(F_CHANNEL, &e->channel)
	USUAL(F_TYPE, &type)
	if (!read_type(type, &e->type))
		pass->wrong = F_TYPE;
	USUAL(F_ID, &e->id)
	USUAL(F_USER, &e->user)
	USUAL(F_USER_ID, &e->user_id)
	USUAL(F_NAME, &e->name)
#undef USUAL
	return 0;
}

/* Reads the members of the line at `s`. False when it is not ours. */
static bool
take_all(struct event_reader *r, struct jsonscan *s, struct event *e,
    struct pass *pass)
{
	enum field at = F_TS;
	struct member m;
	int more;

	if (take_time(s, e, pass) && take_usual(s, e, pass, &at) < 0)
		return false;
	for (;;) {
		more = s->begun ? take_expected(r, s, e, pass, &at) : 0;
		if (more == 0) {
			enum field before = at;

			more = jsonscan_next(s, &m);
			if (more <= 0)
				return more == 0;
			if (!take(r, e, &m, pass, &at))
				return false;
			learn(r, before, at);
		}
		if (more < 0)
			return false;
	}
}

/* Reads the line at `s`, at its begin. False when it is not ours, or no event. */
static bool
read_ours(struct event_reader *r, struct jsonscan *s, struct event *e)
{
	const char *begin = s->p;
	struct jsonscan again;
	struct pass pass;
	struct member m;

	event_clear(e);
	pass.seen = 0;
	pass.wrong = F_N;
	pass.n_others = 0;
	if (!take_all(r, s, e, &pass) || defect(e, &pass) != NULL)
		return false;
	if (e->type != EVENT_MARK)
		return true;
	buf_reset(&r->rest);
	jsonscan_init(
	    &again, (struct str){ begin, (size_t)(s->p - begin) }, &r->again);
	while (jsonscan_next(&again, &m) == 1)
		add_rest(r, &m);
	e->rest = buf_view(&r->rest);
	return true;
}

bool
event_read_fast(struct event_reader *r, struct str line, struct event *e)
{
	struct jsonscan s;

	jsonscan_init(&s, line, &r->strings);
	return read_ours(r, &s, e);
}

size_t
event_read_ahead(struct event_reader *r, struct str ahead, struct event *e)
{
	struct jsonscan s;

	jsonscan_init_ahead(&s, ahead, &r->strings);
	return read_ours(r, &s, e) ? (size_t)(s.p - ahead.p) : 0;
}

bool
event_read_full(struct event_reader *r, struct str line, struct event *e,
    struct errmsg *why)
{
	struct pass pass;
	const char *bad;
	struct member m;
	enum field at;

	event_clear(e);
	pass.seen = 0;
	pass.wrong = F_N;
	pass.n_others = 0;
	switch (jsonr_read(r->full, line, JSONR_STRICT, why)) {
	case JSONR_BAD:
		return false;
	case JSONR_NULL:
	case JSONR_OTHER:
		errmsg_set(why, "no JSON object");
		return false;
	case JSONR_OBJECT:
		break;
	}
	buf_reset(&r->rest);
	while (jsonr_next(r->full, &m) == 1) {
		(void)take(r, e, &m, &pass, &at);
		add_rest(r, &m);
	}
	bad = defect(e, &pass);
	if (bad != NULL)
		errmsg_set(
		    why, "no event: %s is missing or not as it should be", bad);
	if (bad == NULL && e->type == EVENT_MARK)
		e->rest = buf_view(&r->rest);
	return bad == NULL;
}

bool
event_read(struct event_reader *r, struct str line, struct event *e,
    struct errmsg *why)
{
	return event_read_fast(r, line, e) || event_read_full(r, line, e, why);
}
