/*
 * Channel by channel, in two passes. The first reads all that is not chat, in
 * order of time, and keeps it: a few lines a minute. From the marks in it
 * follows in which windows chat has to be read event by event: those in which
 * somebody begins or ends to hear, as there a line of chat means something else
 * before and after. A mark `alive` of a collector that is certainly hearing
 * changes nothing. The second pass merges three sources: what was kept, the
 * windows that the server counted, and the events of those that it must not.
 */
#include "remote/pushdown.h"

#include <stdlib.h>

#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/bsonr.h"
#include "format/bsonw.h"
#include "format/hash.h"
#include "model/eventdoc.h"
#include "remote/collections.h"

#define BATCH      5000
#define SINCE_2000 INT64_C(946684800000) /* where the server's windows begin */

/* A line that is kept: of no chat, or of a window that is read whole. */
struct kept {
	int64_t ts;
	size_t at, len; /* in p->text */
	size_t number;  /* of its coming */
};

struct strs {
	struct str *p; /* owned */
	size_t n, cap;
};

struct pushdown {
	struct mongo *m; /* owned */
	const char *db;  /* borrowed */
	int64_t window_ms;
	struct map channels; /* in order of name */
	size_t channel;      /* the next one */

	struct event_reader *reader; /* owned */
	struct buf query, options;
	struct map collectors;
	int64_t *signs; /* owned; by collector: its last sign, if it hears */
	size_t cap_signs;

	struct buf text;   /* lines */
	struct kept *kept; /* owned; in order of time */
	size_t n_kept, cap_kept, next_kept;
	int64_t *whole; /* owned; begins of windows that are read, sorted */
	size_t n_whole, cap_whole, next_whole;

	struct mongo_cursor *parts; /* owned */
	bool has_part;              /* `item` is waiting */
	struct pushdown_item item;
	struct strs chatters, firsts, mentions;
	struct buf lists; /* mentions as JSON */
};

static int
compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Asks which channels there are. */
static bool
find_channels(
    struct pushdown *p, const struct rows_options *o, struct mongo_error *why)
{
	struct strs names = { 0 };
	struct mongo_cursor *c;
	struct bsonr_value v;
	size_t at, stage, in;
	struct str doc;
	int more = 0;

	at = bsonw_begin(&p->query);
	stage = bsonw_begin_doc(&p->query, STR("0"));
	in = bsonw_begin_doc(&p->query, STR("$group"));
	bsonw_str(&p->query, STR("_id"), STR("$meta.channel"));
	bsonw_end(&p->query, in);
	bsonw_end(&p->query, stage);
	stage = bsonw_begin_doc(&p->query, STR("1"));
	in = bsonw_begin_doc(&p->query, STR("$sort"));
	bsonw_int(&p->query, STR("_id"), 1);
	bsonw_end(&p->query, in);
	bsonw_end(&p->query, stage);
	bsonw_end(&p->query, at);
	at = bsonw_begin(&p->options);
	bsonw_bool(&p->options, STR("allowDiskUse"), true);
	bsonw_end(&p->options, at);
	if (o->channels->n == 0) {
		c = mongo_aggregate(p->m, p->db, COLLECTION_LOGS,
		    buf_view(&p->query), buf_view(&p->options));
		while ((more = mongo_cursor_next(c, &doc, why)) == 1)
			if (bsonr_find(doc, "_id", &v) &&
			    v.type == BSONW_STRING)
				(void)map_number(
				    &p->channels, v.text, hash_str(v.text, 0));
		mongo_cursor_free(c);
	}
	for (size_t i = 0; i < o->channels->n; i++) {
		names.p = xgrow(names.p, names.n, &names.cap, sizeof(*names.p));
		names.p[names.n++] = map_name(o->channels, i);
	}
	if (names.n > 0)
		qsort(names.p, names.n, sizeof(*names.p), compare_names);
	for (size_t i = 0; i < names.n; i++)
		(void)map_number(
		    &p->channels, names.p[i], hash_str(names.p[i], 0));
	free(names.p);

	return more == 0;
}

struct pushdown *
pushdown_new(
    const struct rows_options *o, int64_t window_ms, struct mongo_error *why)
{
	struct pushdown *p = xcalloc(1, sizeof(*p));

	p->db = mongo_uri_database(o->uri);
	p->window_ms = window_ms;
	p->reader = event_reader_new();
	p->m = mongo_connect(o->uri, o->app, why);
	if (p->m != NULL && find_channels(p, o, why))
		return p;
	pushdown_free(p);
	return NULL;
}

static int64_t
window_of(const struct pushdown *p, int64_t ts)
{
	int64_t rest = ts % p->window_ms;

	return ts - rest - (rest < 0 ? p->window_ms : 0);
}

/*
 * The first pass
 */

static void
begin_query(struct pushdown *p)
{
	buf_reset(&p->query);
	buf_reset(&p->options);
}

static void
add_list(struct buf *b, const char *op, const char *const *words, size_t n)
{
	struct buf key = { 0 };
	size_t list = bsonw_begin_list(b, str_of(op));

	for (size_t i = 0; i < n; i++)
		bsonw_str(b, bsonw_index(&key, i), str_of(words[i]));
	bsonw_end(b, list);
	buf_release(&key);
}

static const char *const no_chat[] = { "viewers", "offline", "mark" };

#define N_NO_CHAT (sizeof(no_chat) / sizeof(*no_chat))

/* Notes that the window of `ts` has to be read event by event. */
static void
add_whole(struct pushdown *p, int64_t ts)
{
	int64_t begin = window_of(p, ts);

	if (p->n_whole > 0 && p->whole[p->n_whole - 1] == begin)
		return;
	p->whole =
	    xgrow(p->whole, p->n_whole, &p->cap_whole, sizeof(*p->whole));
	p->whole[p->n_whole++] = begin;
}

/* Looks at a mark: does it change who hears? */
static void
note_mark(struct pushdown *p, const struct event *e)
{
	size_t n = p->collectors.n;
	size_t i = map_number(&p->collectors, e->by, hash_str(e->by, 0));
	struct chat_mark m = hearing_mark_of(e, (uint32_t)i);

	if (i == n) {
		p->signs = xgrow(p->signs, n, &p->cap_signs, sizeof(*p->signs));
		p->signs[i] = INT64_MIN;
	}
	if (m.kind == CHAT_MARK_OTHER)
		return;
	/* Hears certainly: a sign no longer ago than what kills. */
	if (m.kind != CHAT_MARK_SIGN || p->signs[i] == INT64_MIN ||
	    e->ts - p->signs[i] > HEARING_DEAD_MS)
		add_whole(p, e->ts);
	p->signs[i] = m.kind == CHAT_MARK_SIGN ? e->ts : INT64_MIN;
}

static int
compare_kept(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->ts != y->ts)
		return (x->ts > y->ts) - (x->ts < y->ts);
	return (x->number > y->number) - (x->number < y->number);
}

/* Keeps the lines of `rows`. */
static bool
keep_rows(
    struct pushdown *p, struct rows *rows, bool marks, struct mongo_error *why)
{
	struct errmsg reason;
	struct event e;
	struct str line;
	int more;

	while ((more = rows_next(rows, &line, why)) == 1) {
		if (!event_read(p->reader, line, &e, &reason))
			continue;
		if (marks && e.type == EVENT_MARK)
			note_mark(p, &e);
		p->kept =
		    xgrow(p->kept, p->n_kept, &p->cap_kept, sizeof(*p->kept));
		p->kept[p->n_kept] =
		    (struct kept){ e.ts, p->text.len, line.len, p->n_kept };
		p->n_kept++;
		buf_str(&p->text, line);
	}
	return more == 0;
}

/* Reads what of the present channel is no chat; or, with `from`, all that is in
 * one window. */
static bool
keep(struct pushdown *p, struct str channel, const int64_t *from,
    struct mongo_error *why)
{
	struct buf *q = &p->query;
	struct rows *rows;
	size_t at, in;
	bool ok;

	begin_query(p);
	at = bsonw_begin(q);
	bsonw_str(q, STR("meta.channel"), channel);
	in = bsonw_begin_doc(q, STR("type"));
	add_list(q, from == NULL ? "$in" : "$nin", no_chat, N_NO_CHAT);
	bsonw_end(q, in);
	if (from != NULL) {
		in = bsonw_begin_doc(q, STR("ts"));
		bsonw_date(q, STR("$gte"), *from);
		bsonw_date(q, STR("$lt"), *from + p->window_ms);
		bsonw_end(q, in);
	}
	bsonw_end(q, at);
	rows = rows_of_query(p->m, p->db, buf_view(q));
	ok = keep_rows(p, rows, from == NULL, why);
	rows_free(rows);
	return ok;
}

/*
 * What the server counts. The conditions are those of tally_add().
 */

/* A condition on an event, as the server's language has it. */
enum cond {
	IS_OURS, /* not a copy of a shared chat */
	IS_COPY,
	IS_MESSAGE, /* by type */
	IS_NOTICE,
	IS_SUB, /* any of three */
	IS_SUBGIFT,
	IS_RAID,
	IS_DELETE,
	IS_TIMEOUT,
	IS_BAN,
	HAS_BITS,
	HAS_PAID, /* or bits */
	HAS_FIRST,
	HAS_MENTIONS,
	NO_COND
};

/* Appends `key: {op: [a, b]}` where b is a string. */
static void
add_binary(
    struct buf *b, struct str key, const char *op, const char *x, struct str y)
{
	size_t at = bsonw_begin_doc(b, key);
	size_t list = bsonw_begin_list(b, str_of(op));

	bsonw_str(b, STR("0"), str_of(x));
	bsonw_str(b, STR("1"), y);
	bsonw_end(b, list);
	bsonw_end(b, at);
}

/* Appends `key: {$gt: [field, 0 or null]}`: a missing field is less than null.
 */
static void
add_above(struct buf *b, struct str key, const char *field, bool number)
{
	size_t at = bsonw_begin_doc(b, key);
	size_t list = bsonw_begin_list(b, STR("$gt"));

	bsonw_str(b, STR("0"), str_of(field));
	if (number)
		bsonw_int(b, STR("1"), 0);
	else
		bsonw_null(b, STR("1"));
	bsonw_end(b, list);
	bsonw_end(b, at);
}

static void
add_cond(struct buf *b, struct str key, enum cond c)
{
	static const char *const subs[] = { "sub", "resub", "subgift" };
	static const char *const types[] = { [IS_MESSAGE] = "message",
		[IS_NOTICE] = "notice",
		[IS_SUBGIFT] = "subgift",
		[IS_RAID] = "raid",
		[IS_DELETE] = "delete",
		[IS_TIMEOUT] = "timeout",
		[IS_BAN] = "ban" };
	size_t at, list, in;

	switch (c) {
	case IS_OURS:
		at = bsonw_begin_doc(b, key);
		list = bsonw_begin_list(b, STR("$not"));
		add_above(b, STR("0"), "$shared_from", false);
		bsonw_end(b, list);
		bsonw_end(b, at);
		break;
	case IS_COPY:
		add_above(b, key, "$shared_from", false);
		break;
	case IS_SUB:
		at = bsonw_begin_doc(b, key);
		list = bsonw_begin_list(b, STR("$in"));
		bsonw_str(b, STR("0"), STR("$type"));
		add_list(b, "1", subs, 3);
		bsonw_end(b, list);
		bsonw_end(b, at);
		break;
	case HAS_BITS:
		add_above(b, key, "$bits", true);
		break;
	case HAS_PAID:
		at = bsonw_begin_doc(b, key);
		list = bsonw_begin_list(b, STR("$or"));
		add_above(b, STR("0"), "$bits", true);
		add_above(b, STR("1"), "$paid", false);
		bsonw_end(b, list);
		bsonw_end(b, at);
		break;
	case HAS_FIRST:
		at = bsonw_begin_doc(b, key);
		list = bsonw_begin_list(b, STR("$eq"));
		bsonw_str(b, STR("0"), STR("$first"));
		bsonw_bool(b, STR("1"), true);
		bsonw_end(b, list);
		bsonw_end(b, at);
		break;
	case HAS_MENTIONS:
		in = bsonw_begin_doc(b, key);
		bsonw_str(b, STR("$isArray"), STR("$mentions"));
		bsonw_end(b, in);
		break;
	default:
		add_binary(b, key, "$eq", "$type", str_of(types[c]));
		break;
	}
}

/* Appends `key: {op: {$cond: [{$and: conditions}, field, otherwise]}}`; without
 * a field it counts ones. */
static void
add_figure(struct buf *b, const char *key, const char *op, const char *field,
    enum cond c1, enum cond c2, enum cond c3)
{
	const enum cond conds[] = { c1, c2, c3 };
	struct buf index = { 0 };
	size_t figure, cond, list, and, all, n = 0;

	figure = bsonw_begin_doc(b, str_of(key));
	cond = bsonw_begin_doc(b, str_of(op));
	list = bsonw_begin_list(b, STR("$cond"));
	and = bsonw_begin_doc(b, STR("0"));
	all = bsonw_begin_list(b, STR("$and"));
	for (size_t i = 0; i < 3; i++)
		if (conds[i] != NO_COND)
			add_cond(b, bsonw_index(&index, n++), conds[i]);
	bsonw_end(b, all);
	bsonw_end(b, and);
	if (field == NULL)
		bsonw_int(b, STR("1"), 1);
	else
		bsonw_str(b, STR("1"), str_of(field));
	if (strcmp(op, "$sum") == 0)
		bsonw_int(b, STR("2"), 0);
	else
		bsonw_str(b, STR("2"), STR("$$REMOVE"));
	bsonw_end(b, list);
	bsonw_end(b, cond);
	bsonw_end(b, figure);
	buf_release(&index);
}

static void
add_unary(struct buf *b, const char *key, const char *op, const char *field)
{
	size_t at = bsonw_begin_doc(b, str_of(key));

	bsonw_str(b, str_of(op), str_of(field));
	bsonw_end(b, at);
}

/* Appends the begin of an event's window. The server counts its windows from
 * the year 2000, we count ours from 1970: where that is not the same, times are
 * moved there and back. */
static void
add_window(const struct pushdown *p, struct buf *b)
{
	int64_t shift = SINCE_2000 % p->window_ms;
	size_t at = bsonw_begin_doc(b, STR("_id"));
	size_t trunc = bsonw_begin_doc(b, STR("$dateTrunc")), list, add;

	if (shift == 0) {
		bsonw_str(b, STR("date"), STR("$ts"));
	} else {
		add = bsonw_begin_doc(b, STR("date"));
		list = bsonw_begin_list(b, STR("$add"));
		bsonw_str(b, STR("0"), STR("$ts"));
		bsonw_int(b, STR("1"), shift);
		bsonw_end(b, list);
		bsonw_end(b, add);
	}
	bsonw_str(b, STR("unit"), STR("second"));
	bsonw_int(b, STR("binSize"), p->window_ms / MS_PER_S);
	bsonw_end(b, trunc);
	bsonw_end(b, at);
}

static void
add_group(const struct pushdown *p, struct buf *b)
{
	size_t at = bsonw_begin_doc(b, STR("$group")), in;

	add_window(p, b);
	in = bsonw_begin_doc(b, STR("events"));
	bsonw_int(b, STR("$sum"), 1);
	bsonw_end(b, in);
	add_unary(b, "first", "$min", "$ts");
	add_unary(b, "last", "$max", "$ts");
	add_figure(
	    b, "first_message", "$min", "$ts", IS_MESSAGE, NO_COND, NO_COND);
	add_figure(
	    b, "last_message", "$max", "$ts", IS_MESSAGE, NO_COND, NO_COND);
	add_figure(b, "messages", "$sum", NULL, IS_MESSAGE, IS_OURS, NO_COND);
	add_figure(
	    b, "messages_shared", "$sum", NULL, IS_MESSAGE, IS_COPY, NO_COND);
	add_figure(
	    b, "message_bits", "$sum", "$bits", IS_MESSAGE, IS_OURS, HAS_BITS);
	add_figure(
	    b, "notice_bits", "$sum", "$bits", IS_NOTICE, IS_OURS, HAS_BITS);
	add_figure(b, "cheers", "$sum", NULL, IS_MESSAGE, IS_OURS, HAS_BITS);
	add_figure(
	    b, "paid_messages", "$sum", NULL, IS_MESSAGE, IS_OURS, HAS_PAID);
	add_figure(b, "subs", "$sum", NULL, IS_SUB, IS_OURS, NO_COND);
	add_figure(b, "gifts", "$sum", NULL, IS_SUBGIFT, IS_OURS, NO_COND);
	add_figure(b, "raids", "$sum", NULL, IS_RAID, IS_OURS, NO_COND);
	add_figure(b, "deleted", "$sum", NULL, IS_DELETE, IS_OURS, NO_COND);
	add_figure(b, "timeouts", "$sum", NULL, IS_TIMEOUT, IS_OURS, NO_COND);
	add_figure(b, "bans", "$sum", NULL, IS_BAN, IS_OURS, NO_COND);
	add_figure(b, "chatters", "$addToSet", "$user_id", IS_MESSAGE, IS_OURS,
	    NO_COND);
	add_figure(b, "firsts", "$addToSet", "$user_id", IS_MESSAGE, IS_OURS,
	    HAS_FIRST);
	add_figure(b, "mentions", "$push", "$mentions", HAS_MENTIONS, IS_OURS,
	    NO_COND);
	bsonw_end(b, at);
}

/* Sends the pipeline for the present channel. */
static void
ask_parts(struct pushdown *p, struct str channel)
{
	struct buf *q = &p->query;
	size_t at, stage, in, not ;

	begin_query(p);
	at = bsonw_begin(q);
	stage = bsonw_begin_doc(q, STR("0"));
	in = bsonw_begin_doc(q, STR("$match"));
	bsonw_str(q, STR("meta.channel"), channel);
	not = bsonw_begin_doc(q, STR("type"));
	add_list(q, "$nin", no_chat, N_NO_CHAT);
	bsonw_end(q, not );
	bsonw_end(q, in);
	bsonw_end(q, stage);
	stage = bsonw_begin_doc(q, STR("1"));
	add_group(p, q);
	bsonw_end(q, stage);
	stage = bsonw_begin_doc(q, STR("2"));
	in = bsonw_begin_doc(q, STR("$sort"));
	bsonw_int(q, STR("_id"), 1);
	bsonw_end(q, in);
	bsonw_end(q, stage);
	bsonw_end(q, at);
	at = bsonw_begin(&p->options);
	bsonw_bool(&p->options, STR("allowDiskUse"), true);
	bsonw_int(&p->options, STR("batchSize"), BATCH);
	bsonw_end(&p->options, at);
	p->parts = mongo_aggregate(
	    p->m, p->db, COLLECTION_LOGS, buf_view(q), buf_view(&p->options));
}

/*
 * The second pass
 */

static void
add_str(struct strs *s, struct str v)
{
	s->p = xgrow(s->p, s->n, &s->cap, sizeof(*s->p));
	s->p[s->n++] = v;
}

static void
read_list(struct strs *to, struct str list)
{
	struct bsonr_value v;
	struct bsonr r;

	to->n = 0;
	if (!bsonr_init(&r, list))
		return;
	while (bsonr_next(&r, &v) == 1)
		if (v.type == BSONW_STRING)
			add_str(to, v.text);
}

/* Reads the lists of names, each as JSON. */
static void
read_mentions(struct pushdown *p, struct str list)
{
	struct bsonr_value v;
	struct bsonr r;

	p->mentions.n = 0;
	buf_reset(&p->lists);
	/* Nothing moves: the text is shorter than the document. */
	buf_room(&p->lists, list.len * 8);
	if (!bsonr_init(&r, list))
		return;
	while (bsonr_next(&r, &v) == 1) {
		size_t at = p->lists.len;

		if (v.type != BSONW_LIST || !bsonr_json(&p->lists, &v))
			continue;
		add_str(&p->mentions,
		    (struct str){ p->lists.p + at, p->lists.len - at });
	}
}

/* Reads the document `doc` of a window as a part. */
static void
read_part(struct pushdown *p, struct str doc)
{
	struct agg_part *part = &p->item.part;
	struct counts *n = &part->n;
	struct bsonr_value v;
	struct bsonr r;
	const struct {
		struct str key;
		int64_t *to;
	} numbers[] = { { STR("events"), &p->item.events },
		{ STR("first"), &part->first }, { STR("last"), &part->last },
		{ STR("first_message"), &part->first_message },
		{ STR("last_message"), &part->last_message },
		{ STR("messages"), &n->messages },
		{ STR("messages_shared"), &n->messages_shared },
		{ STR("cheers"), &n->cheers },
		{ STR("paid_messages"), &n->paid_messages },
		{ STR("subs"), &n->subs }, { STR("gifts"), &n->gifts },
		{ STR("raids"), &n->raids }, { STR("deleted"), &n->deleted },
		{ STR("timeouts"), &n->timeouts }, { STR("bans"), &n->bans } };

	p->item = (struct pushdown_item){ .is_part = true };
	part->channel = map_name(&p->channels, p->channel - 1);
	part->first_message = part->last_message = INT64_MIN;
	p->chatters.n = p->firsts.n = p->mentions.n = 0;
	if (!bsonr_init(&r, doc))
		return;
	while (bsonr_next(&r, &v) == 1) {
		for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
			if (str_eq(v.key, numbers[i].key) &&
			    v.type != BSONW_NULL)
				*numbers[i].to = v.num;
		if (str_eq(v.key, STR("message_bits")) ||
		    str_eq(v.key, STR("notice_bits")))
			n->bits += v.num;
		else if (str_eq(v.key, STR("chatters")))
			read_list(&p->chatters, v.text);
		else if (str_eq(v.key, STR("firsts")))
			read_list(&p->firsts, v.text);
		else if (str_eq(v.key, STR("mentions")))
			read_mentions(p, v.text);
	}
	part->ts = window_of(p, part->first);
	part->chatters = p->chatters.p;
	part->n_chatters = p->chatters.n;
	part->firsts = p->firsts.p;
	part->n_firsts = p->firsts.n;
	part->mentions = p->mentions.p;
	part->n_mentions = p->mentions.n;
}

/* Tells whether the window that begins at `ts` is read event by event. */
static bool
is_whole(struct pushdown *p, int64_t ts)
{
	while (p->next_whole < p->n_whole && p->whole[p->next_whole] < ts)
		p->next_whole++;
	return p->next_whole < p->n_whole && p->whole[p->next_whole] == ts;
}

/* Goes to the next part that counts: 1, 0, -1. */
static int
next_part(struct pushdown *p, struct mongo_error *why)
{
	struct str doc;
	int more;

	if (p->parts == NULL)
		return 0;
	while ((more = mongo_cursor_next(p->parts, &doc, why)) == 1) {
		read_part(p, doc);
		if (!is_whole(p, p->item.part.ts)) {
			p->has_part = true;
			return 1;
		}
	}
	mongo_cursor_free(p->parts);
	p->parts = NULL;
	return more;
}

/* Begins with the next channel. */
static bool
begin_channel(struct pushdown *p, struct mongo_error *why)
{
	struct str channel = map_name(&p->channels, p->channel++);

	buf_reset(&p->text);
	map_release(&p->collectors);
	p->n_kept = p->next_kept = p->n_whole = p->next_whole = 0;
	if (!keep(p, channel, NULL, why))
		return false;
	for (size_t i = 0; i < p->n_whole; i++)
		if (!keep(p, channel, &p->whole[i], why))
			return false;
	if (p->n_kept > 0)
		qsort(p->kept, p->n_kept, sizeof(*p->kept), compare_kept);
	ask_parts(p, channel);
	return true;
}

int
pushdown_next(
    struct pushdown *p, struct pushdown_item *item, struct mongo_error *why)
{
	for (;;) {
		const struct kept *k =
		    p->next_kept < p->n_kept ? &p->kept[p->next_kept] : NULL;

		if (!p->has_part && next_part(p, why) < 0)
			return -1;
		if (p->has_part && (k == NULL || p->item.part.first < k->ts)) {
			p->has_part = false;
			*item = p->item;
			return 1;
		}
		if (k != NULL) {
			*item = (struct pushdown_item){
				.line = { p->text.p + k->at, k->len }
			};
			p->next_kept++;
			return 1;
		}
		if (p->channel == p->channels.n)
			return 0;
		if (!begin_channel(p, why))
			return -1;
	}
}

void
pushdown_free(struct pushdown *p)
{
	if (p == NULL)
		return;
	mongo_cursor_free(p->parts);
	mongo_free(p->m);
	map_release(&p->channels);
	map_release(&p->collectors);
	event_reader_free(p->reader);
	buf_release(&p->query);
	buf_release(&p->options);

	buf_release(&p->text);
	buf_release(&p->lists);
	free(p->signs);
	free(p->kept);
	free(p->whole);
	free(p->chatters.p);
	free(p->firsts.p);
	free(p->mentions.p);
	free(p);
}
