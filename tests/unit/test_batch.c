/*
 * test_batch - which events of a batch are to be inserted
 */
#include "tap.h"

#include "format/bsonr.h"
#include "model/event.h"
#include "model/eventdoc.h"
#include "remote/batch.h"

#define N 6

static struct buf bytes[N];
static struct str docs[N];

/* Makes the document of a message of `channel` in the second `i`. */
static void
make(struct event_reader *reader, size_t i, const char *channel)
{
	struct buf line = { 0 }, scratch = { 0 };
	struct errmsg why;
	struct event e;

	buf_printf(&line,
	    "{\"ts\":\"2026-11-23T12:00:0%zu.000Z\",\"channel\":\"%s\","
	    "\"type\":\"message\",\"id\":\"i%zu\",\"text\":\"t\"}",
	    i, channel, i);
	ok(event_read(reader, buf_view(&line), &e, &why), "event %zu", i);
	eventdoc_write(&bytes[i], &e, &scratch);
	docs[i] = buf_view(&bytes[i]);
	buf_release(&line);
	buf_release(&scratch);
}

static struct str
id_of(size_t i)
{
	return (struct str){ docs[i].p + EVENTDOC_ID_AT, BSONW_OID_LEN };
}

static void
match_is(struct batch *b, int64_t seconds, const char *what)
{
	struct buf q = { 0 };
	struct bsonr_value from = { 0 }, to = { 0 };
	size_t at = bsonw_begin(&q);

	batch_match(b, &q);
	bsonw_end(&q, at);
	if (ok(bsonr_find(buf_view(&q), "ts.$gte", &from) &&
		    bsonr_find(buf_view(&q), "ts.$lte", &to),
		"%s: times", what))
		is_int(to.num - from.num, seconds * 1000 + 999,
		    "%s: whole seconds", what);
	buf_release(&q);
}

int
main(void)
{
	struct event_reader *reader = event_reader_new();
	struct batch a = { 0 }, b = { 0 };
	const struct batch *beside = &a;
	struct str twice[4], other[3];

	for (size_t i = 0; i < N; i++)
		make(reader, i, i % 2 == 0 ? "even" : "odd");

	twice[0] = docs[0];
	twice[1] = docs[1];
	twice[2] = docs[0];
	twice[3] = docs[4];
	batch_begin(&a, twice, 4, NULL, 0);
	is_int((int64_t)a.channels.n, 2, "two channels");
	match_is(&a, 4, "a batch");
	batch_collect(&a);
	is_int((int64_t)a.n_missing, 3, "the same is missing once");
	ok(a.again[2] && !a.again[0], "the later one is the same");
	batch_mark(&a, id_of(1));
	batch_mark(&a, id_of(5));
	batch_collect(&a);
	is_int((int64_t)a.n_missing, 2, "what is there is not missing");
	ok(a.missing[0].p == docs[0].p && a.missing_at[1] == 3, "in order");

	/* Beside another one that is on its way. */
	other[0] = docs[1];
	other[1] = docs[3];
	other[2] = docs[4];
	batch_begin(&b, other, 3, &beside, 1);
	batch_collect(&b);
	is_int((int64_t)b.n_missing, 1, "what is on its way is left to that");
	ok(b.missing[0].p == docs[3].p && b.again[0] && b.again[2],
	    "the one that is not");
	is_int((int64_t)b.channels.n, 1, "only its channel is asked for");
	match_is(&b, 0, "beside another one");
	batch_begin(&b, twice, 4, &beside, 1);
	is_int((int64_t)b.channels.n, 0, "nothing of its own");

	batch_begin(&b, other, 3, NULL, 0);
	batch_collect(&b);
	is_int((int64_t)b.n_missing, 3, "and afresh");

	batch_release(&a);
	batch_release(&b);
	for (size_t i = 0; i < N; i++)
		buf_release(&bytes[i]);
	event_reader_free(reader);
	return tap_done();
}
