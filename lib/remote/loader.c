#include "remote/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/now.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/bsonr.h"
#include "model/statsdoc.h"
#include "remote/batch.h"
#include "remote/collections.h"
#include "remote/lease.h"

#define WIRE_MIN     13    /* MongoDB 5.0, the first with time series */
#define HOLD_MS      2000  /* of the lease at a stretch, if others wait */
#define YIELD_MS     100   /* for them to take it */
#define POLL_MS      10    /* between two looks at a lease */
#define FIRST_MS     5000  /* for a server that was not there yet */
#define BACKOFF_MAX  1000  /* ms between two tries to connect */
#define RETRIES      5     /* of documents that the server did not want */
#define STORE_MS     30000 /* for the majority to have it */
#define SAY_AFTER_MS 2000  /* of waiting */

enum step {
	STEP_DONE,
	STEP_AGAIN, /* the connection is no use any more */
	STEP_STOP,  /* see the error */
};

/* Where the batch of a flight is. */
enum stage {
	LANDED, /* nothing is on its way */
	LOOKING,
	INSERTING,
};

struct flight {
	enum stage stage;
	struct mongo
	    *own;    /* owned; NULL = not connected; of the first: unused */
	bool proved; /* the lease was written on it, since it was taken */
	struct batch batch;
	struct loader_counts *counts; /* borrowed */
};

struct loader {
	struct loader_options o;
	struct mongo *m; /* owned; NULL = not connected; of the first flight */
	size_t most;     /* flights, for which there are connections */
	struct lease lease;
	int64_t held_ms; /* since when the lease is held */
	const char *db;  /* borrowed from the URI */
	bool by_find;    /* too many for one answer the last time */

	struct flight flights[LOADER_FLIGHTS];
	struct batch stats;

	struct buf query, options, reply, app, key; /* scratch */
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
	for (size_t k = 1; k < LOADER_FLIGHTS; k++) {
		mongo_free(l->flights[k].own);
		l->flights[k].own = NULL;
	}
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
	l->most = LOADER_FLIGHTS;
	l->db = mongo_uri_database(o->uri);
	l->lease = (struct lease){ .db = l->db,
		.name = COLLECTION_LOGS,
		.user = mongo_uri_user(o->uri) };
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

static size_t
in_flight(const struct loader *l)
{
	size_t n = 0;

	for (size_t k = 0; k < LOADER_FLIGHTS; k++)
		n += l->flights[k].stage != LANDED;
	return n;
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
	if (in_flight(l) == 0)
		loader_pause(l);
	disconnect(l);
	lease_release(&l->lease);
	for (size_t i = 0; i < LOADER_FLIGHTS; i++)
		batch_release(&l->flights[i].batch);
	batch_release(&l->stats);
	buf_release(&l->query);
	buf_release(&l->options);
	buf_release(&l->reply);
	buf_release(&l->key);
	buf_release(&l->app);
	free(l);
}

/*
 * Trying until it is done
 */

/* What to do about an error of a step that can be done again. */
static enum step
step_of(const struct mongo_error *why)
{
	return why->result == MONGO_UNKNOWN || why->result == MONGO_UNREACHABLE
	    ? STEP_AGAIN
	    : STEP_STOP;
}

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
			for (size_t k = 1; k < LOADER_FLIGHTS; k++)
				l->flights[k].proved = false;
			return STEP_DONE;
		case LEASE_FAILED:
			return step_of(why);
		case LEASE_BUSY:
			break;
		}
		now = now_mono_ms();
		if (now >= until) {
			why->result = MONGO_UNREACHABLE;
			errmsg_set(&why->why,
			    "another tw-load is at work on %s.%s; see --wait",
			    l->db, COLLECTION_LOGS);
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
	const bool *stats = batch;
	bool done;

	(void)until;
	done = *stats ? collections_stats(l->m, l->db, l->o.only_look, why)
		      : collections_logs(
			    l->m, l->db, l->o.retention_s, l->o.only_look, why);
	return done ? STEP_DONE : step_of(why);
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
	enum loader_result r = loader_settle(l, why);

	return r != LOADER_DONE ? r : persist(l, try_prepare, &stats, why);
}

/*
 * Events
 */

static void
mark(struct batch *b, const struct bsonr_value *v)
{
	if (v->type == BSONW_OID)
		batch_mark(b, v->text);
}

static void
mark_all(struct batch *b, struct str list)
{
	struct bsonr_value v;
	struct bsonr r;

	if (bsonr_init(&r, list))
		while (bsonr_next(&r, &v) == 1)
			mark(b, &v);
}

/* Appends the stages that make one document of all _ids: a third of the price of
 * a document each. */
static void
add_stages(struct batch *b, struct buf *q)
{
	size_t stage, in, push;

	stage = bsonw_begin_doc(q, STR("0"));
	in = bsonw_begin_doc(q, STR("$match"));
	batch_match(b, q);
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
}

static struct mongo_cursor *
ask_at_once(struct loader *l, struct batch *b)
{
	size_t at = bsonw_begin(&l->query);

	add_stages(b, &l->query);
	bsonw_end(&l->query, at);
	at = bsonw_begin(&l->options);
	bsonw_end(&l->options, at);
	return mongo_aggregate(l->m, l->db, COLLECTION_LOGS,
	    buf_view(&l->query), buf_view(&l->options));
}

/* Asks for the _ids one by one: for when there are too many. */
static struct mongo_cursor *
ask_each(struct loader *l, struct batch *b)
{
	size_t at = bsonw_begin(&l->query), in;

	batch_match(b, &l->query);
	bsonw_end(&l->query, at);
	at = bsonw_begin(&l->options);
	in = bsonw_begin_doc(&l->options, STR("projection"));
	bsonw_int(&l->options, STR("_id"), 1);
	bsonw_end(&l->options, in);
	bsonw_int(&l->options, STR("batchSize"), LOADER_BATCH);
	bsonw_end(&l->options, at);
	return mongo_find(l->m, l->db, COLLECTION_LOGS, buf_view(&l->query),
	    buf_view(&l->options));
}

/* Finds out which documents of the batch are there. */
static bool
read_back(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct mongo_cursor *c;
	struct bsonr_value v;
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
			mark(b, &v);
			continue;
		}
		mark_all(b, v.text);
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

static size_t
flight_of(const struct loader *l, const struct batch *b)
{
	size_t k = 0;

	while (k < LOADER_FLIGHTS && b != &l->flights[k].batch)
		k++;
	return k;
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
		    e.num < 0 || (size_t)e.num >= b->n_missing)
			continue;
		doc = b->missing_at[e.num];
		if (b->there[doc])
			continue;
		if (!bsonr_find(v.text, "errmsg", &e))
			e.text = STR("the server will not have it");
		snprintf(why, sizeof(why), "%.*s", STR_ARGS(e.text));
		/* It counts as settled from here on. */
		b->there[doc] = true;
		b->refused++;
		l->o.refused(l->o.arg, flight_of(l, b), doc, why);
	}
}

/* Inserts what is missing; what the server will not have is looked for once
 * more before it is given up: an error may come although it was stored. */
static enum step
insert_missing(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct bsonr_value v;

	if (mongo_insert(l->m, l->db, COLLECTION_LOGS, b->missing, b->n_missing,
		&l->reply, why))
		return STEP_DONE;

	if (why->result != MONGO_REFUSED ||
	    !bsonr_find(buf_view(&l->reply), "writeErrors.0", &v))
		return step_of(why);
	if (!read_back(l, b, why))
		return step_of(why);
	refuse(l, b);
	batch_collect(b);
	if (b->n_missing == 0)
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
		batch_collect(b);
		if (b->fresh < 0)
			b->fresh = (int64_t)b->n_missing;
		if (l->o.only_look)
			s = STEP_DONE;
		else if (b->n_missing > 0)
			s = insert_missing(l, b, why);
		else if (!lease_touch(&l->lease, l->m, why))
			s = step_of(why);
	}
	mongo_on_idle(l->m, NULL, NULL);
	return s;
}

/*
 * Flights
 */

static struct mongo *
connection(const struct loader *l, size_t k)
{
	return k == 0 ? l->m : l->flights[k].own;
}

/* Ends flight `k`, whose batch is safe. */
static void
land(struct loader *l, size_t k)
{
	struct flight *f = &l->flights[k];
	struct batch *b = &f->batch;

	if (l->o.only_look)
		for (size_t i = 0; i < b->n_missing; i++)
			l->o.refused(
			    l->o.arg, k, b->missing_at[i], "is not there");
	f->counts->fresh += b->fresh - b->refused;
	f->counts->there += (int64_t)b->n - b->fresh;
	f->stage = LANDED;
}

/* Completes the batch of flight `k`, alone. */
static enum loader_result
complete(struct loader *l, size_t k, struct errmsg *why)
{
	enum loader_result r =
	    persist(l, try_events, &l->flights[k].batch, why);

	if (r == LOADER_DONE)
		land(l, k);
	return r;
}

/* Nobody knows what became of what is on its way: the connections go, and each
 * batch begins anew. */
static enum loader_result
start_over(struct loader *l, struct errmsg *why)
{
	enum loader_result r = LOADER_DONE;

	disconnect(l);
	for (size_t k = 0; k < LOADER_FLIGHTS && r == LOADER_DONE; k++)
		if (l->flights[k].stage != LANDED)
			r = complete(l, k, why);
	return r;
}

static bool
send_look(struct loader *l, size_t k, struct mongo_error *why)
{
	struct buf *q = &l->query;
	size_t at, in;

	buf_reset(q);
	at = bsonw_begin(q);
	bsonw_str(q, STR("aggregate"), STR(COLLECTION_LOGS));
	in = bsonw_begin_list(q, STR("pipeline"));
	add_stages(&l->flights[k].batch, q);
	bsonw_end(q, in);
	in = bsonw_begin_doc(q, STR("cursor"));
	bsonw_end(q, in);
	bsonw_str(q, STR("$db"), str_of(l->db));
	bsonw_end(q, at);
	return mongo_send(connection(l, k), buf_view(q), NULL, 0, why);
}

static bool
send_insert(struct loader *l, size_t k, struct mongo_error *why)
{
	struct batch *b = &l->flights[k].batch;
	struct buf *q = &l->query;
	size_t at, in;

	buf_reset(q);
	at = bsonw_begin(q);
	bsonw_str(q, STR("insert"), STR(COLLECTION_LOGS));
	bsonw_bool(q, STR("ordered"), false);
	in = bsonw_begin_doc(q, STR("writeConcern"));
	bsonw_str(q, STR("w"), STR("majority"));
	bsonw_bool(q, STR("j"), true);
	bsonw_int(q, STR("wtimeout"), STORE_MS);
	bsonw_end(q, in);
	bsonw_str(q, STR("$db"), str_of(l->db));
	bsonw_end(q, at);
	return mongo_send(
	    connection(l, k), buf_view(q), b->missing, b->n_missing, why);
}

/* Takes what a look found; false when that is no whole answer. */
static bool
take_look(struct batch *b, struct str reply)
{
	struct bsonr_value v;

	if (!bsonr_find(reply, "cursor.id", &v) || v.num != 0 ||
	    !bsonr_find(reply, "cursor.firstBatch", &v))
		return false;
	if (bsonr_find(v.text, "0.ids", &v))
		mark_all(b, v.text);
	batch_collect(b);
	if (b->fresh < 0)
		b->fresh = (int64_t)b->n_missing;
	return true;
}

/* Tells whether an insert was a plain success. */
static bool
is_stored(const struct batch *b, struct str reply)
{
	struct bsonr_value v;

	return !bsonr_find(reply, "writeErrors", &v) &&
	    !bsonr_find(reply, "writeConcernError", &v) &&
	    bsonr_find(reply, "n", &v) && v.num == (int64_t)b->n_missing;
}

/* Goes on with flight `k`, for which an answer comes. */
static bool
step(struct loader *l, size_t k, struct mongo_error *why)
{
	struct flight *f = &l->flights[k];
	struct mongo *m = connection(l, k);

	if (!mongo_receive(m, &l->reply, why)) {
		/* More than fits in one document. */
		if (f->stage == LOOKING && why->result == MONGO_REFUSED)
			l->by_find = true;
		return false;
	}
	if (f->stage == INSERTING) {
		if (!is_stored(&f->batch, buf_view(&l->reply)))
			return false;
		land(l, k);
		return true;
	}
	if (!take_look(&f->batch, buf_view(&l->reply)))
		return false;
	if (f->batch.n_missing > 0) {
		f->stage = INSERTING;
		return send_insert(l, k, why);
	}
	if (!lease_touch(&l->lease, m, why))
		return false;
	land(l, k);
	return true;
}

/* Goes on with what is on its way, which is something, by one answer; with `now`
 * only if that is there. */
static enum loader_result
wait_for_answer(struct loader *l, bool now, struct errmsg *why)
{
	struct mongo *all[LOADER_FLIGHTS];
	size_t of[LOADER_FLIGHTS], n = 0;
	struct mongo_error e;
	int i;

	for (size_t k = 0; k < LOADER_FLIGHTS; k++)
		if (l->flights[k].stage != LANDED) {
			all[n] = connection(l, k);
			of[n++] = k;
		}
	i = mongo_wait(all, n, now, l->o.idle, l->o.arg);
	if ((i < 0 && now) || (i >= 0 && step(l, of[i], &e)))
		return LOADER_DONE;
	return start_over(l, why);
}

enum loader_result
loader_go_on(struct loader *l, struct errmsg *why)
{
	return in_flight(l) == 0 ? LOADER_DONE : wait_for_answer(l, true, why);
}

enum loader_result
loader_settle(struct loader *l, struct errmsg *why)
{
	enum loader_result r = LOADER_DONE;

	while (r == LOADER_DONE && in_flight(l) > 0)
		r = wait_for_answer(l, false, why);
	return r;
}

bool
loader_has_room(const struct loader *l)
{
	return in_flight(l) < l->most;
}

enum loader_result
loader_room(struct loader *l, size_t *flight, struct errmsg *why)
{
	enum loader_result r = LOADER_DONE;

	while (r == LOADER_DONE && !loader_has_room(l))
		r = wait_for_answer(l, false, why);
	*flight = 0;
	while (
	    *flight + 1 < LOADER_FLIGHTS && l->flights[*flight].stage != LANDED)
		++*flight;
	return r;
}

static enum step
try_hold(struct loader *l, void *batch, int64_t until, struct mongo_error *why)
{
	(void)batch;
	return hold(l, until, why);
}

/* Sees to it that the lease is held, and lets others in now and then. */
static enum loader_result
keep_lease(struct loader *l, size_t k, struct errmsg *why)
{
	struct mongo *m = connection(l, k);
	enum loader_result r = LOADER_DONE;
	struct mongo_error e;
	bool wanted;

	if (l->lease.held && m != NULL &&
	    now_mono_ms() - l->held_ms > HOLD_MS) {
		if (!lease_wanted(&l->lease, m, &wanted, &e))
			r = start_over(l, why);
		else if (wanted && (r = loader_settle(l, why)) == LOADER_DONE)
			loader_pause(l);
		else
			l->held_ms = now_mono_ms();
	}
	/* Nothing is on its way without it. */
	if (r == LOADER_DONE && !l->lease.held)
		r = persist(l, try_hold, NULL, why);
	return r;
}

/* Makes the connection of flight `k`, not the first, one that holds the lease,
 * too. */
static bool
join(struct loader *l, size_t k, struct mongo_error *why)
{
	struct flight *f = &l->flights[k];

	if (f->own == NULL) {
		f->own = mongo_connect(l->o.uri, l->app.p, why);
		f->proved = false;
		if (f->own == NULL) {
			/* Perhaps there may be no more of them. */
			l->most = k;
			return false;
		}
		mongo_seal(f->own);
	}
	f->proved = f->proved ||
	    (mongo_same_server(l->m, f->own) &&
		lease_touch(&l->lease, f->own, why));
	return f->proved;
}

enum loader_result
loader_events(struct loader *l, size_t flight, const struct str *docs, size_t n,
    struct loader_counts *counts, struct errmsg *why)
{
	struct flight *f = &l->flights[flight];
	const struct batch *others[LOADER_FLIGHTS];
	enum loader_result r = LOADER_DONE;
	struct mongo_error e;
	size_t n_others = 0;

	f->counts = counts;
	for (size_t k = 0; k < LOADER_FLIGHTS; k++)
		if (l->flights[k].stage != LANDED)
			others[n_others++] = &l->flights[k].batch;
	batch_begin(&f->batch, docs, n, others, n_others);
	if (l->o.only_look)
		return complete(l, flight, why);
	if (f->batch.channels.n == 0) {
		/* All of it is on its way with others. */
		f->batch.fresh = 0;
		land(l, flight);
		return LOADER_DONE;
	}
	if (l->by_find)
		r = loader_settle(l, why);
	if (r == LOADER_DONE)
		r = keep_lease(l, flight, why);
	if (r != LOADER_DONE)
		return r;
	if (l->by_find)
		return complete(l, flight, why);
	f->stage = LOOKING;
	if ((flight == 0 || join(l, flight, &e)) && send_look(l, flight, &e))
		return LOADER_DONE;
	return start_over(l, why);
}

/*
 * Stats
 */

static void
add_upsert(struct buf *q, struct str key, struct str doc)
{
	size_t at = bsonw_begin_doc(q, key), in;

	in = bsonw_begin_doc(q, STR("q"));
	bsonw_str(q, STR("_id"), statsdoc_key(doc));
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
		l->o.refused(l->o.arg, LOADER_FLIGHTS, (size_t)index.num, text);
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
	bsonw_str(q, STR("update"), STR(COLLECTION_STATS));
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

/* Compares what the server has with what it would have from the batch: the server
 * keeps a document byte for byte. */
static void
compare_stats(struct batch *b, struct str doc)
{
	struct str key = statsdoc_key(doc);

	for (size_t i = 0; i < b->n; i++)
		if (!b->there[i] && str_eq(key, statsdoc_key(b->docs[i]))) {
			b->there[i] = true;
			b->other[i] = !str_eq(doc, b->docs[i]);
		}
}

/* Looks for the documents of the batch. */
static enum step
look_for_stats(struct loader *l, struct batch *b, struct mongo_error *why)
{
	struct mongo_cursor *c;
	size_t at, in, list;
	struct str doc;
	int more;

	buf_reset(&l->query);
	buf_reset(&l->options);
	at = bsonw_begin(&l->query);
	in = bsonw_begin_doc(&l->query, STR("_id"));
	list = bsonw_begin_list(&l->query, STR("$in"));
	for (size_t i = 0; i < b->n; i++)
		bsonw_str(&l->query, bsonw_index(&l->key, i),
		    statsdoc_key(b->docs[i]));
	bsonw_end(&l->query, list);
	bsonw_end(&l->query, in);
	bsonw_end(&l->query, at);
	at = bsonw_begin(&l->options);
	bsonw_end(&l->options, at);
	for (size_t i = 0; i < b->n; i++)
		b->there[i] = b->other[i] = false;
	c = mongo_find(l->m, l->db, COLLECTION_STATS, buf_view(&l->query),
	    buf_view(&l->options));
	while ((more = mongo_cursor_next(c, &doc, why)) == 1)
		compare_stats(b, doc);
	mongo_cursor_free(c);
	if (more < 0)
		return step_of(why);
	b->fresh = 0;
	for (size_t i = 0; i < b->n; i++)
		b->fresh += !b->there[i];
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
	struct batch *b = &l->stats;
	enum loader_result r = loader_settle(l, why);

	if (r != LOADER_DONE)
		return r;
	batch_make_room(b, n);
	b->docs = docs;
	b->n = n;
	b->fresh = b->refused = 0;
	r = persist(l, try_stats, b, why);
	if (r != LOADER_DONE)
		return r;
	for (size_t i = 0; l->o.only_look && i < n; i++)
		if (!b->there[i] || b->other[i])
			l->o.refused(l->o.arg, LOADER_FLIGHTS, i,
			    b->other[i] ? "is there, but differs"
					: "is not there");
	counts->fresh += b->fresh;
	counts->there += (int64_t)n - b->fresh - b->refused;
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
	    l->m, l->db, COLLECTION_LOGS, buf_view(q), buf_view(&l->options));
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
	/* Whole seconds: one that is there twice may differ in the rest. */
	struct verify v = { .channel = channel,
		.from = tstamp_second(from) * MS_PER_S,
		.to = tstamp_second(to) * MS_PER_S + MS_PER_S - 1 };
	enum loader_result r = loader_settle(l, why);

	if (r == LOADER_DONE)
		r = persist(l, try_verify, &v, why);

	*n = v.n;
	*twice = v.twice;
	return r;
}
