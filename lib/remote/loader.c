#include "remote/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/now.h"
#include "base/xalloc.h"
#include "format/bsonr.h"
#include "model/eventdoc.h"
#include "remote/lease.h"

#define WIRE_MIN     13   /* MongoDB 5.0, the first with time series */
#define HOLD_MS      2000 /* of the lease at a stretch, if others wait */
#define YIELD_MS     100  /* for them to take it */
#define POLL_MS      10   /* between two looks at a lease */
#define FIRST_MS     5000 /* for a server that was not there yet */
#define BACKOFF_MAX  1000 /* ms between two tries to connect */
#define RETRIES      5    /* of documents that the server did not want */
#define SAY_AFTER_MS 2000 /* of waiting */
#define NS_EXISTS    48
#define INDEX_NAMED  85 /* it exists with another name */
#define ID_END       (EVENTDOC_ID_AT + BSONW_OID_LEN)

enum step {
	STEP_DONE,
	STEP_AGAIN, /* the connection is no use any more */
	STEP_STOP,  /* see the error */
};

struct loader {
	struct loader_options o;
	struct mongo *m; /* owned; NULL = not connected */
	struct lease lease;
	int64_t held_ms; /* since when the lease is held */
	const char *db;  /* borrowed from the URI */

	/* Of the batch: which of its documents are there already. */
	uint32_t *slots; /* owned: document + 1, by _id */
	size_t n_slots;  /* a power of 2 */
	bool *there;     /* owned; by document */
	bool *again;     /* owned; the same as an earlier one of the batch */
	size_t cap;      /* documents that these have room for */
	struct str *missing;  /* owned; what is to be inserted */
	uint32_t *missing_at; /* owned; which documents these are */
	size_t n_missing;
	bool by_find; /* too many for one answer the last time */

	struct buf query, options, reply, key, app; /* scratch */
	struct name_list {
		struct str *p; /* owned; channels of the batch */
		size_t n, cap;
	} channels;
};

static void
pause_ms(int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/*
 * Connecting
 */

static void
disconnect(struct loader *l)
{
	mongo_free(l->m);
	l->m = NULL;
	l->lease.held = false;
}

/* Connects once. */
static bool
connect_once(struct loader *l, struct mongo_error *why)
{
	disconnect(l);
	lease_begin(&l->lease, &l->app);
	l->m = mongo_connect(l->o.uri, l->app.p, why);
	if (l->m == NULL)
		return false;
	mongo_seal(l->m);
	return true;
}

enum loader_result
loader_new(
    const struct loader_options *o, struct loader **to, struct errmsg *why)
{
	struct loader *l = xcalloc(1, sizeof(*l));
	struct mongo_error e;
	int64_t until;
	int wire;

	*to = l;
	l->o = *o;
	l->db = mongo_uri_database(o->uri);
	l->lease = (struct lease){
		.db = l->db, .name = LOADER_LOGS, .user = mongo_uri_user(o->uri)
	};
	until = now_mono_ms() + (o->wait_ms < FIRST_MS ? o->wait_ms : FIRST_MS);
	while (!connect_once(l, &e) &&
	    (e.result == MONGO_UNKNOWN || e.result == MONGO_UNREACHABLE) &&
	    now_mono_ms() < until)
		pause_ms(BACKOFF_MAX / 4);
	if (l->m == NULL) {
		*why = e.why;
		*to = NULL;
		loader_free(l);
		return e.result == MONGO_REFUSED ? LOADER_WRONG : LOADER_FAILED;
	}
	wire = mongo_wire_version(l->m);
	if (wire >= WIRE_MIN)
		return LOADER_DONE;
	errmsg_set(why,
	    "the server is too old: it speaks version %d of the protocol, and "
	    "time series want %d, which is MongoDB 5.0",
	    wire, WIRE_MIN);
	*to = NULL;
	loader_free(l);
	return LOADER_WRONG;
}

void
loader_pause(struct loader *l)
{
	struct mongo_error why;
	bool wanted;

	if (l->m == NULL || !l->lease.held)
		return;
	if (!lease_give(&l->lease, l->m, &wanted, &why))
		disconnect(l);
	else if (wanted)
		pause_ms(YIELD_MS);
}

void
loader_free(struct loader *l)
{
	if (l == NULL)
		return;
	loader_pause(l);
	disconnect(l);
	lease_release(&l->lease);
	free(l->slots);
	free(l->there);
	free(l->again);
	free(l->missing);
	free(l->missing_at);
	free(l->channels.p);
	buf_release(&l->query);
	buf_release(&l->options);
	buf_release(&l->reply);
	buf_release(&l->key);
	buf_release(&l->app);
	free(l);
}

/*
 * Collections
 */

/* Looks for the collection `name`: 1 with what the server says of it in
 * l->reply, 0 when there is none, -1. */
static int
find_collection(struct loader *l, const char *name, struct bsonr_value *v,
    struct mongo_error *why)
{
	struct buf *b = &l->query;
	size_t at, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_int(b, STR("listCollections"), 1);
	in = bsonw_begin_doc(b, STR("filter"));
	bsonw_str(b, STR("name"), str_of(name));
	bsonw_end(b, in);
	bsonw_end(b, at);
	if (!mongo_command(l->m, l->db, buf_view(b), &l->reply, why))
		return -1;
	return bsonr_find(buf_view(&l->reply), "cursor.firstBatch.0", v);
}

/* Tells whether the string at `path` in `doc` is `want`, and says what it is. */
static bool
has(struct str doc, const char *path, const char *want, struct buf *is)
{
	struct bsonr_value v;

	if (!bsonr_find(doc, path, &v) || v.type != BSONW_STRING)
		v.text = STR("nothing");
	else if (str_eq(v.text, str_of(want)))
		return true;
	buf_printf(is, "%s%s is %.*s, not %s", is->len > 0 ? "; " : "", path,
	    STR_ARGS(v.text), want);
	return false;
}

/* Compares chatLogs as it is with what it has to be. */
static bool
compare_logs(struct loader *l, struct str doc, struct errmsg *why)
{
	struct bsonr_value v;
	struct buf is = { 0 };
	int64_t expire = 0;
	bool same;

	has(doc, "type", "timeseries", &is);
	if (is.len == 0) {
		has(doc, "options.timeseries.timeField", "ts", &is);
		has(doc, "options.timeseries.metaField", "meta", &is);
		has(doc, "options.timeseries.granularity", "seconds", &is);
		if (bsonr_find(doc, "options.expireAfterSeconds", &v))
			expire = v.num;
		if (l->o.retention_s > 0 && expire != l->o.retention_s)
			buf_printf(&is,
			    "%sexpireAfterSeconds is %lld, not %lld (the "
			    "command collMod changes it)",
			    is.len > 0 ? "; " : "", (long long)expire,
			    (long long)l->o.retention_s);
	}
	if (is.len > 0)
		errmsg_set(why,
		    "%s.%s exists with other options: %.*s; see tw-mongo(7)",
		    l->db, LOADER_LOGS, STR_ARGS(buf_view(&is)));
	same = is.len == 0;
	buf_release(&is);
	return same;
}

static bool
create_logs(struct loader *l, struct mongo_error *why)
{
	struct buf *b = &l->query;
	size_t at, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("create"), STR(LOADER_LOGS));
	in = bsonw_begin_doc(b, STR("timeseries"));
	bsonw_str(b, STR("timeField"), STR("ts"));
	bsonw_str(b, STR("metaField"), STR("meta"));
	bsonw_str(b, STR("granularity"), STR("seconds"));
	bsonw_end(b, in);
	if (l->o.retention_s > 0)
		bsonw_int(b, STR("expireAfterSeconds"), l->o.retention_s);
	bsonw_end(b, at);
	/* Another loader may have been faster: it is compared all the same. */
	return mongo_command(l->m, l->db, buf_view(b), &l->reply, why) ||
	    why->code == NS_EXISTS;
}

static bool
create_index(struct loader *l, bool stats, struct mongo_error *why)
{
	struct buf *b = &l->query;
	size_t at, list, doc, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("createIndexes"),
	    stats ? STR(LOADER_STATS) : STR(LOADER_LOGS));
	list = bsonw_begin_list(b, STR("indexes"));
	doc = bsonw_begin_doc(b, STR("0"));
	in = bsonw_begin_doc(b, STR("key"));
	if (stats) {
		bsonw_int(b, STR("type"), 1);
		bsonw_int(b, STR("channel"), 1);
	} else {
		bsonw_int(b, STR("meta.channel"), 1);
	}
	bsonw_int(b, STR("ts"), 1);
	bsonw_end(b, in);
	bsonw_str(b, STR("name"),
	    stats ? STR("type_1_channel_1_ts_1") : STR("meta.channel_1_ts_1"));
	bsonw_end(b, doc);
	bsonw_end(b, list);
	bsonw_end(b, at);
	/* The same under another name does as well. */
	return mongo_command(l->m, l->db, buf_view(b), &l->reply, why) ||
	    why->code == INDEX_NAMED;
}

/* One try at loader_prepare(). */
static enum step
prepare(struct loader *l, bool stats, struct mongo_error *why)
{
	const char *name = stats ? LOADER_STATS : LOADER_LOGS;
	struct bsonr_value v;
	int there = find_collection(l, name, &v, why);

	if (there == 0 && l->o.only_look)
		return STEP_DONE;
	if (there == 0 && !stats) {
		if (!create_logs(l, why))
			goto failed;
		there = find_collection(l, name, &v, why);
	}
	if (there < 0)
		goto failed;
	if (!stats && !compare_logs(l, v.text, &why->why)) {
		why->result = MONGO_REFUSED;
		return STEP_STOP;
	}
	if (l->o.only_look || create_index(l, stats, why))
		return STEP_DONE;
failed:
	return why->result == MONGO_UNKNOWN || why->result == MONGO_UNREACHABLE
	    ? STEP_AGAIN
	    : STEP_STOP;
}

/*
 * Trying until it is done
 */

/* Takes the lease, waiting for others. */
static enum step
hold(struct loader *l, int64_t until, struct mongo_error *why)
{
	int64_t begin = now_mono_ms();
	bool said = false;

	if (l->lease.held && now_mono_ms() - l->held_ms > HOLD_MS) {
		loader_pause(l);
		if (l->m == NULL) {
			why->result = MONGO_UNKNOWN;
			errmsg_set(&why->why, "the connection is lost");
			return STEP_AGAIN;
		}
	}
	while (!l->lease.held) {
		int64_t now;

		switch (lease_take(&l->lease, l->m, why)) {
		case LEASE_HELD:
			l->held_ms = now_mono_ms();
			return STEP_DONE;
		case LEASE_FAILED:
			return why->result == MONGO_UNKNOWN ||
				why->result == MONGO_UNREACHABLE
			    ? STEP_AGAIN
			    : STEP_STOP;
		case LEASE_BUSY:
			break;
		}
		now = now_mono_ms();
		if (now >= until) {
			why->result = MONGO_UNREACHABLE;
			errmsg_set(&why->why,
			    "another tw-load is at work on %s.%s; see --wait",
			    l->db, LOADER_LOGS);
			return STEP_STOP;
		}
		if (!said && now - begin > SAY_AFTER_MS) {
			l->o.say(l->o.arg,
			    "another tw-load is at work; waiting for it");
			said = true;
		}
		pause_ms(POLL_MS);
	}
	return STEP_DONE;
}

/* One try at storing a batch, on a connection that stands. */
typedef enum step attempt(
    struct loader *l, void *batch, int64_t until, struct mongo_error *why);

static enum step
try_prepare(
    struct loader *l, void *batch, int64_t until, struct mongo_error *why)
{
	(void)until;
	return prepare(l, *(const bool *)batch, why);
}

/*
 * Tries until it is done, or the time is over. What is done twice does no harm:
 * each try looks first.
 */
static enum loader_result
persist(struct loader *l, attempt *try, void *batch, struct errmsg *why)
{
	int64_t until = now_mono_ms() + l->o.wait_ms, delay = POLL_MS;
	struct mongo_error e = { .result = MONGO_UNKNOWN };
	bool said = false;

	for (;;) {
		enum step s = STEP_AGAIN;

		if (l->m != NULL || connect_once(l, &e))
			s = try(l, batch, until, &e);
		else if (e.result == MONGO_REFUSED || e.result == MONGO_DENIED)
			s = STEP_STOP;
		if (s == STEP_DONE)
			return LOADER_DONE;
		if (s == STEP_STOP || now_mono_ms() >= until) {
			*why = e.why;
			return e.result == MONGO_REFUSED && try == try_prepare
			    ? LOADER_WRONG
			    : LOADER_FAILED;
		}
		disconnect(l);
		if (!said && delay > BACKOFF_MAX / 2) {
			l->o.say(l->o.arg, e.why.text);
			said = true;
		}
		pause_ms(delay);
		delay = delay * 2 < BACKOFF_MAX ? delay * 2 : BACKOFF_MAX;
	}
}

enum loader_result
loader_prepare(struct loader *l, bool stats, struct errmsg *why)
{
	return persist(l, try_prepare, &stats, why);
}

/*
 * Events
 */

struct batch {
	const struct str *docs;
	size_t n;
	int64_t from, to; /* ms UTC, the times of its events */
	int64_t fresh;    /* were missing at the first look; -1 = not looked */
	int64_t refused;  /* by the server */
	int tries;        /* of inserting what was refused */
};

/* The bytes of the _id of a document that we wrote. */
static const char *
id_of(struct str doc)
{
	return doc.p + EVENTDOC_ID_AT;
}

static size_t
slot_of(const struct loader *l, const char *id)
{
	uint64_t hash;

	/* The last eight bytes are a hash already. */
	memcpy(&hash, id + BSONW_OID_LEN - sizeof(hash), sizeof(hash));
	return (size_t)hash & (l->n_slots - 1);
}

/* Finds the document with this _id; n when there is none. */
static size_t
find_id(const struct loader *l, const struct batch *b, const char *id)
{
	for (size_t i = slot_of(l, id); l->slots[i] != 0;
	     i = (i + 1) & (l->n_slots - 1)) {
		size_t doc = l->slots[i] - 1;

		if (memcmp(id_of(b->docs[doc]), id, BSONW_OID_LEN) == 0)
			return doc;
	}
	return b->n;
}

static void
make_room(struct loader *l, size_t n)
{
	if (n <= l->cap)
		return;
	l->cap = n > LOADER_BATCH ? n : LOADER_BATCH;
	for (l->n_slots = 1024; l->n_slots < 2 * l->cap;)
		l->n_slots *= 2;
	free(l->slots);
	free(l->there);
	free(l->again);
	free(l->missing);
	free(l->missing_at);
	l->slots = xcalloc(l->n_slots, sizeof(*l->slots));
	l->there = xcalloc(l->cap, sizeof(*l->there));
	l->again = xcalloc(l->cap, sizeof(*l->again));
	l->missing = xcalloc(l->cap, sizeof(*l->missing));
	l->missing_at = xcalloc(l->cap, sizeof(*l->missing_at));
}

/* Notes a channel of the batch; they come one after the other. */
static void
note_channel(struct loader *l, struct str channel)
{
	struct name_list *c = &l->channels;

	for (size_t i = c->n; i > 0; i--)
		if (str_eq(c->p[i - 1], channel))
			return;
	c->p = xgrow(c->p, c->n, &c->cap, sizeof(*c->p));
	c->p[c->n++] = channel;
}

/* Reads where in our own document the time and the channel stand: behind the
 * _id `\t ts \0 <8 bytes>`, then `\3 meta \0 <4> \2 channel \0 <4> text`. */
static void
look_at(struct str doc, int64_t *ts, struct str *channel)
{
	const char *p = doc.p + ID_END + 4;
	uint32_t len = 0;
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	*ts = (int64_t)v;
	p += 8 + 6 + 4 + 9;
	for (int i = 3; i >= 0; i--)
		len = len << 8 | (unsigned char)p[i];
	*channel = (struct str){ p + 4, len - 1 };
}

/* Puts the documents in the table, and finds out what the batch is about. */
static void
index_batch(struct loader *l, struct batch *b)
{
	struct str channel, last = STR_ABSENT;
	int64_t ts;

	make_room(l, b->n);
	memset(l->slots, 0, l->n_slots * sizeof(*l->slots));
	memset(l->there, 0, b->n * sizeof(*l->there));
	memset(l->again, 0, b->n * sizeof(*l->again));
	l->channels.n = 0;
	b->from = INT64_MAX;
	b->to = INT64_MIN;
	for (size_t i = 0; i < b->n; i++) {
		const char *id = id_of(b->docs[i]);
		size_t at = slot_of(l, id);

		if (find_id(l, b, id) != b->n) {
			l->again[i] = true;
			continue;
		}
		while (l->slots[at] != 0)
			at = (at + 1) & (l->n_slots - 1);
		l->slots[at] = (uint32_t)i + 1;
		look_at(b->docs[i], &ts, &channel);
		b->from = ts < b->from ? ts : b->from;
		b->to = ts > b->to ? ts : b->to;
		if (!str_eq(channel, last))
			note_channel(l, channel);
		last = channel;
	}
}

/* Appends the condition that all documents of the batch meet, and few others.
 */
static void
add_match(struct loader *l, const struct batch *b, struct buf *to)
{
	size_t at, in;

	at = bsonw_begin_doc(to, STR("meta.channel"));
	in = bsonw_begin_list(to, STR("$in"));
	for (size_t i = 0; i < l->channels.n; i++)
		bsonw_str(to, bsonw_index(&l->key, i), l->channels.p[i]);
	bsonw_end(to, in);
	bsonw_end(to, at);
	at = bsonw_begin_doc(to, STR("ts"));
	bsonw_date(to, STR("$gte"), b->from);
	bsonw_date(to, STR("$lte"), b->to);
	bsonw_end(to, at);
}

static void
mark_there(struct loader *l, const struct batch *b, const struct bsonr_value *v)
{
	size_t i;

	if (v->type != BSONW_OID)
		return;
	i = find_id(l, b, v->text.p);
	if (i < b->n)
		l->there[i] = true;
}

/* Asks for all _ids in one document: a third of the price of one each. */
static struct mongo_cursor *
ask_at_once(struct loader *l, const struct batch *b)
{
	struct buf *q = &l->query;
	size_t at = bsonw_begin(q), stage, in, push;

	stage = bsonw_begin_doc(q, STR("0"));
	in = bsonw_begin_doc(q, STR("$match"));
	add_match(l, b, q);
	bsonw_end(q, in);
	bsonw_end(q, stage);
	stage = bsonw_begin_doc(q, STR("1"));
	in = bsonw_begin_doc(q, STR("$group"));
	bsonw_int(q, STR("_id"), 0);
	push = bsonw_begin_doc(q, STR("ids"));
	bsonw_str(q, STR("$push"), STR("$_id"));
	bsonw_end(q, push);
	bsonw_end(q, in);
	bsonw_end(q, stage);
	bsonw_end(q, at);
	at = bsonw_begin(&l->options);
	bsonw_end(&l->options, at);
	return mongo_aggregate(
	    l->m, l->db, LOADER_LOGS, buf_view(q), buf_view(&l->options));
}

/* Asks for the _ids one by one: for when there are too many. */
static struct mongo_cursor *
ask_each(struct loader *l, const struct batch *b)
{
	size_t at = bsonw_begin(&l->query), in;

	add_match(l, b, &l->query);
	bsonw_end(&l->query, at);
	at = bsonw_begin(&l->options);
	in = bsonw_begin_doc(&l->options, STR("projection"));
	bsonw_int(&l->options, STR("_id"), 1);
	bsonw_end(&l->options, in);
	bsonw_int(&l->options, STR("batchSize"), LOADER_BATCH);
	bsonw_end(&l->options, at);
	return mongo_find(l->m, l->db, LOADER_LOGS, buf_view(&l->query),
	    buf_view(&l->options));
}

/* Finds out which documents of the batch are there. */
static bool
read_back(struct loader *l, const struct batch *b, struct mongo_error *why)
{
	struct mongo_cursor *c;
	struct bsonr_value v;
	struct bsonr r;
	struct str doc;
	size_t n = 0;
	int more;

	buf_reset(&l->query);
	buf_reset(&l->options);
	c = l->by_find ? ask_each(l, b) : ask_at_once(l, b);
	while ((more = mongo_cursor_next(c, &doc, why)) == 1) {
		n++;
		if (!bsonr_find(doc, l->by_find ? "_id" : "ids", &v))
			continue;
		if (l->by_find) {
			mark_there(l, b, &v);
			continue;
		}
		if (!bsonr_init(&r, v.text))
			continue;
		while (bsonr_next(&r, &v) == 1)
			mark_there(l, b, &v);
	}
	mongo_cursor_free(c);
	if (more < 0 && why->result == MONGO_REFUSED && !l->by_find) {
		/* More than fits in one document. */
		l->by_find = true;
		return read_back(l, b, why);
	}
	if (l->by_find && n < 4 * (size_t)LOADER_BATCH)
		l->by_find = false;
	return more == 0;
}

static void
collect_missing(struct loader *l, const struct batch *b)
{
	l->n_missing = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (l->there[i] || l->again[i])
			continue;
		l->missing_at[l->n_missing] = (uint32_t)i;
		l->missing[l->n_missing++] = b->docs[i];
	}
}

/* Gives up the documents that the server named in its errors and that are not
 * there: it will not have them. */
static void
refuse(struct loader *l, struct batch *b)
{
	struct bsonr_value list, v, e;
	struct bsonr r;
	char why[256];

	if (!bsonr_find(buf_view(&l->reply), "writeErrors", &list) ||
	    !bsonr_init(&r, list.text))
		return;
	while (bsonr_next(&r, &v) == 1) {
		size_t doc;

		if (v.type != BSONW_DOC || !bsonr_find(v.text, "index", &e) ||
		    e.num < 0 || (size_t)e.num >= l->n_missing)
			continue;
		doc = l->missing_at[e.num];
		if (l->there[doc])
			continue;
		if (!bsonr_find(v.text, "errmsg", &e))
			e.text = STR("the server will not have it");
		snprintf(why, sizeof(why), "%.*s", STR_ARGS(e.text));
		/* It counts as settled from here on. */
		l->there[doc] = true;
		b->refused++;
		l->o.refused(l->o.arg, doc, why);
	}
}

static enum step
step_of(const struct mongo_error *why)
{
	return why->result == MONGO_UNKNOWN || why->result == MONGO_UNREACHABLE
	    ? STEP_AGAIN
	    : STEP_STOP;
}

/* Inserts what is missing; what the server will not have is looked for once
 * more before it is given up: an error may come although it was stored. */
static enum step
insert_missing(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct bsonr_value v;

	if (mongo_insert(l->m, l->db, LOADER_LOGS, l->missing, l->n_missing,
		&l->reply, why))
		return STEP_DONE;

	if (why->result != MONGO_REFUSED ||
	    !bsonr_find(buf_view(&l->reply), "writeErrors.0", &v))
		return step_of(why);
	if (!read_back(l, b, why))
		return step_of(why);
	refuse(l, b);
	collect_missing(l, b);
	if (l->n_missing == 0)
		return lease_touch(&l->lease, l->m, why) ? STEP_DONE
							 : step_of(why);
	if (++b->tries == RETRIES) {
		why->result = MONGO_UNKNOWN;
		return STEP_STOP;
	}
	return insert_missing(l, b, why);
}

static enum step
try_events(
    struct loader *l, void *batch, int64_t until, struct mongo_error *why)
{
	struct batch *b = batch;
	enum step s = STEP_DONE;

	if (!l->o.only_look) {
		s = hold(l, until, why);
		if (s != STEP_DONE)
			return s;
	}
	mongo_on_idle(l->m, l->o.idle, l->o.arg);
	if (!read_back(l, b, why)) {
		s = step_of(why);
	} else {
		collect_missing(l, b);
		if (b->fresh < 0)
			b->fresh = (int64_t)l->n_missing;
		if (l->o.only_look)
			s = STEP_DONE;
		else if (l->n_missing > 0)
			s = insert_missing(l, b, why);
		else if (!lease_touch(&l->lease, l->m, why))
			s = step_of(why);
	}
	mongo_on_idle(l->m, NULL, NULL);
	return s;
}

enum loader_result
loader_events(struct loader *l, const struct str *docs, size_t n,
    struct loader_counts *counts, struct errmsg *why)
{
	struct batch b = { .docs = docs, .n = n, .fresh = -1 };
	enum loader_result r;

	index_batch(l, &b);
	r = persist(l, try_events, &b, why);
	if (r != LOADER_DONE)
		return r;
	if (l->o.only_look)
		for (size_t i = 0; i < l->n_missing; i++)
			l->o.refused(
			    l->o.arg, l->missing_at[i], "is not there");
	counts->fresh += b.fresh - b.refused;
	counts->there += (int64_t)n - b.fresh;
	return LOADER_DONE;
}

/*
 * Stats
 */

static struct str
stats_id(struct str doc)
{
	struct bsonr_value v;

	return bsonr_find(doc, "_id", &v) ? v.text : STR_ABSENT;
}

static void
add_upsert(struct buf *q, struct str key, struct str doc)
{
	size_t at = bsonw_begin_doc(q, key), in;

	in = bsonw_begin_doc(q, STR("q"));
	bsonw_str(q, STR("_id"), stats_id(doc));
	bsonw_end(q, in);
	bsonw_doc(q, STR("u"), doc);
	bsonw_bool(q, STR("upsert"), true);
	bsonw_end(q, at);
}

/* Reports what the server would not have. Returns false when it may have it
 * next time. */
static bool
refuse_stats(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct bsonr_value list, v, e, index;
	struct bsonr r;
	char text[256];

	if (!bsonr_find(buf_view(&l->reply), "writeErrors", &list) ||
	    !bsonr_init(&r, list.text))
		return true;
	while (bsonr_next(&r, &v) == 1) {
		if (v.type != BSONW_DOC || !bsonr_find(v.text, "code", &e) ||
		    !bsonr_find(v.text, "index", &index) || index.num < 0 ||
		    (size_t)index.num >= b->n)
			continue;
		/* Two loaders made the same document at the same time. */
		if (e.num == 11000) {
			why->result = MONGO_UNKNOWN;
			errmsg_set(
			    &why->why, "another tw-load writes the same");
			return false;
		}
		if (!bsonr_find(v.text, "errmsg", &e))
			e.text = STR("the server will not have it");
		snprintf(text, sizeof(text), "%.*s", STR_ARGS(e.text));
		l->o.refused(l->o.arg, (size_t)index.num, text);
		b->refused++;
	}
	return true;
}

static enum step
upsert(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct buf *q = &l->query;
	struct bsonr_value v, list;
	struct bsonr r;
	size_t at, in;

	buf_reset(q);
	at = bsonw_begin(q);
	bsonw_str(q, STR("update"), STR(LOADER_STATS));
	in = bsonw_begin_list(q, STR("updates"));
	for (size_t i = 0; i < b->n; i++)
		add_upsert(q, bsonw_index(&l->key, i), b->docs[i]);
	bsonw_end(q, in);
	bsonw_bool(q, STR("ordered"), false);
	in = bsonw_begin_doc(q, STR("writeConcern"));
	bsonw_str(q, STR("w"), STR("majority"));
	bsonw_bool(q, STR("j"), true);
	bsonw_end(q, in);
	bsonw_end(q, at);
	if (!mongo_command(l->m, l->db, buf_view(q), &l->reply, why))
		return step_of(why);
	if (bsonr_find(buf_view(&l->reply), "writeConcernError", &v)) {
		why->result = MONGO_UNKNOWN;
		errmsg_set(&why->why, "the write did not reach the majority");
		return STEP_AGAIN;
	}
	b->fresh = b->refused = 0;
	if (!refuse_stats(l, b, why))
		return STEP_AGAIN;
	if (!bsonr_find(buf_view(&l->reply), "upserted", &list) ||
	    !bsonr_init(&r, list.text))
		return STEP_DONE;
	while (bsonr_next(&r, &v) == 1)
		b->fresh++;
	return STEP_DONE;
}

/* Looks for the documents of the batch. */
static enum step
look_for_stats(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct mongo_cursor *c;
	size_t at, in, list;
	struct str doc;
	int more;
	int64_t n = 0;

	buf_reset(&l->query);
	buf_reset(&l->options);
	at = bsonw_begin(&l->query);
	in = bsonw_begin_doc(&l->query, STR("_id"));
	list = bsonw_begin_list(&l->query, STR("$in"));
	for (size_t i = 0; i < b->n; i++)
		bsonw_str(
		    &l->query, bsonw_index(&l->key, i), stats_id(b->docs[i]));
	bsonw_end(&l->query, list);
	bsonw_end(&l->query, in);
	bsonw_end(&l->query, at);
	at = bsonw_begin(&l->options);
	bsonw_end(&l->options, at);
	for (size_t i = 0; i < b->n; i++)
		l->there[i] = false;
	c = mongo_find(l->m, l->db, LOADER_STATS, buf_view(&l->query),
	    buf_view(&l->options));
	while ((more = mongo_cursor_next(c, &doc, why)) == 1)
		for (size_t i = 0; i < b->n; i++)
			if (!l->there[i] &&
			    str_eq(stats_id(doc), stats_id(b->docs[i]))) {
				l->there[i] = true;
				n++;
			}
	mongo_cursor_free(c);
	if (more < 0)
		return step_of(why);
	b->fresh = (int64_t)b->n - n;
	return STEP_DONE;
}

static enum step
try_stats(struct loader *l, void *batch, int64_t until, struct mongo_error *why)
{
	(void)until;
	return l->o.only_look ? look_for_stats(l, batch, why)
			      : upsert(l, batch, why);
}

enum loader_result
loader_stats(struct loader *l, const struct str *docs, size_t n,
    struct loader_counts *counts, struct errmsg *why)
{
	struct batch b = { .docs = docs, .n = n };
	enum loader_result r;

	make_room(l, n);
	r = persist(l, try_stats, &b, why);
	if (r != LOADER_DONE)
		return r;
	if (l->o.only_look)
		for (size_t i = 0; i < n; i++)
			if (!l->there[i])
				l->o.refused(l->o.arg, i, "is not there");
	counts->fresh += b.fresh;
	counts->there += (int64_t)n - b.fresh - b.refused;
	return LOADER_DONE;
}

/*
 * Verifying
 */

struct verify {
	struct str channel;
	int64_t from, to;
	int64_t n, twice;
};

static enum step
try_verify(
    struct loader *l, void *batch, int64_t until, struct mongo_error *why)
{
	struct verify *v = batch;
	struct buf *q = &l->query;
	struct bsonr_value value;
	struct mongo_cursor *c;
	size_t at, stage, in, sum;
	struct str doc;
	int more;

	(void)until;
	buf_reset(q);
	buf_reset(&l->options);
	v->n = v->twice = 0;
	at = bsonw_begin(q);
	stage = bsonw_begin_doc(q, STR("0"));
	in = bsonw_begin_doc(q, STR("$match"));
	bsonw_str(q, STR("meta.channel"), v->channel);
	sum = bsonw_begin_doc(q, STR("ts"));
	bsonw_date(q, STR("$gte"), v->from);
	bsonw_date(q, STR("$lte"), v->to);
	bsonw_end(q, sum);
	bsonw_end(q, in);
	bsonw_end(q, stage);
	stage = bsonw_begin_doc(q, STR("1"));
	in = bsonw_begin_doc(q, STR("$group"));
	bsonw_str(q, STR("_id"), STR("$_id"));
	sum = bsonw_begin_doc(q, STR("n"));
	bsonw_int(q, STR("$sum"), 1);
	bsonw_end(q, sum);
	bsonw_end(q, in);
	bsonw_end(q, stage);
	stage = bsonw_begin_doc(q, STR("2"));
	in = bsonw_begin_doc(q, STR("$group"));
	bsonw_str(q, STR("_id"), STR("$n"));
	sum = bsonw_begin_doc(q, STR("ids"));
	bsonw_int(q, STR("$sum"), 1);
	bsonw_end(q, sum);
	bsonw_end(q, in);
	bsonw_end(q, stage);
	bsonw_end(q, at);
	at = bsonw_begin(&l->options);
	bsonw_bool(&l->options, STR("allowDiskUse"), true);
	bsonw_end(&l->options, at);
	c = mongo_aggregate(
	    l->m, l->db, LOADER_LOGS, buf_view(q), buf_view(&l->options));
	while ((more = mongo_cursor_next(c, &doc, why)) == 1) {
		int64_t times;

		if (!bsonr_find(doc, "_id", &value))
			continue;
		times = value.num;
		if (!bsonr_find(doc, "ids", &value))
			continue;
		v->n += times * value.num;
		if (times > 1)
			v->twice += value.num;
	}
	mongo_cursor_free(c);
	return more < 0 ? step_of(why) : STEP_DONE;
}

enum loader_result
loader_verify(struct loader *l, struct str channel, int64_t from, int64_t to,
    int64_t *n, int64_t *twice, struct errmsg *why)
{
	struct verify v = { .channel = channel, .from = from, .to = to };
	enum loader_result r = persist(l, try_verify, &v, why);

	*n = v.n;
	*twice = v.twice;
	return r;
}
