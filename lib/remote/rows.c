#include "remote/rows.h"

#include <stdlib.h>

#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/bsonr.h"
#include "format/bsonw.h"
#include "model/eventdoc.h"
#include "model/statsdoc.h"
#include "remote/collections.h"

#define BATCH 5000 /* documents in one answer of the server */

/* A line of the present millisecond. */
struct tied {
	size_t at, len; /* in `text` */
	int rank;
};

struct rows {
	struct mongo *m; /* owned, unless `borrowed` */
	bool borrowed;
	struct mongo_cursor *c; /* owned */
	bool logs;
	struct event_reader *reader; /* owned */
	struct buf spelled;    /* a document as a line, keys as they came */
	struct buf text, next; /* lines of this millisecond; of the next */
	struct tied *tied;     /* owned; of `text` */
	size_t n, cap, given;
	int64_t ts, next_ts;
	int next_rank;
	bool end;
};

/* Appends the condition for `o`; `channel` is the name of its key. */
static void
add_match(struct buf *b, const struct rows_options *o, const char *channel)
{
	struct buf key = { 0 };
	size_t at, in;

	if (o->channels->n > 0) {
		at = bsonw_begin_doc(b, str_of(channel));
		in = bsonw_begin_list(b, STR("$in"));
		for (size_t i = 0; i < o->channels->n; i++)
			bsonw_str(
			    b, bsonw_index(&key, i), map_name(o->channels, i));
		bsonw_end(b, in);
		bsonw_end(b, at);
	}
	if (o->since_ms != INT64_MIN || o->until_ms != INT64_MAX) {
		at = bsonw_begin_doc(b, STR("ts"));
		if (o->since_ms != INT64_MIN)
			bsonw_date(b, STR("$gte"), o->since_ms);
		if (o->until_ms != INT64_MAX)
			bsonw_date(b, STR("$lt"), o->until_ms);
		bsonw_end(b, at);
	}
	buf_release(&key);
}

/* Appends the condition for the stats that a report looks at: the streams, and
 * of the windows those of which nothing is known. */
static void
add_wanted_stats(struct buf *b)
{
	size_t list = bsonw_begin_list(b, STR("$or")), at, in;

	at = bsonw_begin_doc(b, STR("0"));
	bsonw_str(b, STR("type"), STR("stream"));
	bsonw_end(b, at);
	at = bsonw_begin_doc(b, STR("1"));
	bsonw_str(b, STR("type"), STR("window"));
	in = bsonw_begin_doc(b, STR("heard_s"));
	bsonw_bool(b, STR("$exists"), false);
	bsonw_end(b, in);
	bsonw_end(b, at);
	bsonw_end(b, list);
}

/* Asks for the documents that match `filter`; events in order of time. */
static void
ask(struct rows *r, const char *db, struct str filter, bool windows)
{
	struct buf options = { 0 };
	size_t at, in;

	at = bsonw_begin(&options);
	if (r->logs) {
		in = bsonw_begin_doc(&options, STR("sort"));
		bsonw_int(&options, STR("ts"), 1);
		bsonw_end(&options, in);
	}
	if (windows) {
		/* In the order of an index that is there. */
		in = bsonw_begin_doc(&options, STR("sort"));
		bsonw_int(&options, STR("type"), 1);
		bsonw_int(&options, STR("channel"), 1);
		bsonw_int(&options, STR("ts"), 1);
		bsonw_end(&options, in);
	}
	bsonw_bool(&options, STR("allowDiskUse"), true);
	bsonw_int(&options, STR("batchSize"), BATCH);
	bsonw_end(&options, at);
	r->c =
	    mongo_find(r->m, db, r->logs ? COLLECTION_LOGS : COLLECTION_STATS,
		filter, buf_view(&options));
	buf_release(&options);
}

static struct rows *
rows_new(bool logs)
{
	struct rows *r = xcalloc(1, sizeof(*r));

	r->logs = logs;
	r->reader = event_reader_new();
	r->ts = r->next_ts = INT64_MIN;
	return r;
}

static struct rows *
open_rows(const struct rows_options *o, bool logs, struct mongo_error *why)
{
	struct rows *r = rows_new(logs);
	struct buf filter = { 0 };
	size_t at;

	r->m = mongo_connect(o->uri, o->app, why);
	if (r->m == NULL) {
		rows_free(r);
		return NULL;
	}
	at = bsonw_begin(&filter);
	add_match(&filter, o, logs ? "meta.channel" : "channel");
	if (!logs && !o->windows)
		add_wanted_stats(&filter);
	bsonw_end(&filter, at);
	ask(r, mongo_uri_database(o->uri), buf_view(&filter),
	    !logs && o->windows);
	buf_release(&filter);
	return r;
}

struct rows *
rows_of_query(struct mongo *m, const char *db, struct str filter)
{
	struct rows *r = rows_new(true);

	r->m = m;
	r->borrowed = true;
	ask(r, db, filter, false);
	return r;
}

struct rows *
rows_of_logs(const struct rows_options *o, struct mongo_error *why)
{
	return open_rows(o, true, why);
}

struct rows *
rows_of_stats(const struct rows_options *o, struct mongo_error *why)
{
	return open_rows(o, false, why);
}

/*
 * Ranks what happened in the same millisecond: that hearing begins and how often
 * is polled goes before what was heard and polled, and that it ends after.
 */
static int
rank(const struct event *e)
{
	if (e->type == EVENT_VIEWERS || e->type == EVENT_OFFLINE)
		return 1;
	if (e->type != EVENT_MARK)
		return 2;
	return str_eq(e->mark, STR("poll")) || str_eq(e->mark, STR("join")) ||
		str_eq(e->mark, STR("alive"))
	    ? 0
	    : 3;
}

/* Reads the next document into r->next: 1, 0, -1. */
static int
fetch(struct rows *r, struct mongo_error *why)
{
	struct errmsg reason;
	struct bsonr_value v;
	struct event e;
	struct str doc;
	int more = mongo_cursor_next(r->c, &doc, why);

	buf_reset(&r->next);
	buf_reset(&r->spelled);
	if (more != 1)
		return more;
	if (!r->logs) {
		if (!statsdoc_line(&r->next, doc))
			buf_lit(&r->next, "{}");
		return 1;
	}
	r->next_ts = bsonr_find(doc, "ts", &v) ? v.num : r->ts;
	r->next_rank = 3;
	if (!eventdoc_line(&r->spelled, doc) ||
	    !event_read(r->reader, buf_view(&r->spelled), &e, &reason)) {
		/* Not one of ours. */
		if (r->spelled.len > 0)
			buf_str(&r->next, buf_view(&r->spelled));
		else
			buf_lit(&r->next, "{}");
		return 1;
	}
	r->next_rank = rank(&e);
	event_write(&r->next, &e);
	r->next.len--; /* without its LF */
	return 1;
}

static void
add_tied(struct rows *r)
{
	struct str line = buf_view(&r->next);
	size_t at = r->n;

	r->tied = xgrow(r->tied, r->n, &r->cap, sizeof(*r->tied));
	for (; at > 0; at--) {
		const struct tied *t = &r->tied[at - 1];
		int c = t->rank - r->next_rank;

		if (c == 0)
			c = str_cmp(
			    (struct str){ r->text.p + t->at, t->len }, line);
		if (c <= 0)
			break;
		r->tied[at] = r->tied[at - 1];
	}
	r->tied[at] = (struct tied){ r->text.len, line.len, r->next_rank };
	r->n++;
	buf_str(&r->text, line);
}

/* Collects the lines of the next millisecond. 1, 0 when there are none, -1. */
static int
collect(struct rows *r, struct mongo_error *why)
{
	int more;

	buf_reset(&r->text);
	r->n = r->given = 0;
	if (r->next.len > 0) {
		r->ts = r->next_ts;
		add_tied(r);
	}
	while (!r->end) {
		more = fetch(r, why);
		if (more < 0)
			return -1;
		r->end = more == 0;
		if (r->end || (r->n > 0 && r->next_ts != r->ts))
			break;
		r->ts = r->next_ts;
		add_tied(r);
	}
	if (r->end)
		buf_reset(&r->next);
	return r->n > 0;
}

int
rows_next(struct rows *r, struct str *line, struct mongo_error *why)
{
	int more;

	if (!r->logs) {
		more = fetch(r, why);
		*line = buf_view(&r->next);
		return more;
	}
	if (r->given == r->n) {
		more = collect(r, why);
		if (more != 1)
			return more;
	}
	*line = (struct str){ r->text.p + r->tied[r->given].at,
		r->tied[r->given].len };
	r->given++;
	return 1;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	mongo_cursor_free(r->c);
	if (!r->borrowed)
		mongo_free(r->m);
	event_reader_free(r->reader);
	buf_release(&r->spelled);
	buf_release(&r->text);
	buf_release(&r->next);
	free(r->tied);
	free(r);
}
