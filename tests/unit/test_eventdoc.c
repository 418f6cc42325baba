/*
 * test_eventdoc - events and stats as documents, and back
 *
 * The _ids are for good: what is in a database was stored under them. They were
 * computed with another implementation of XXH64.
 */
#include "tap.h"

#include "format/bsonr.h"
#include "model/event.h"
#include "model/eventdoc.h"
#include "model/statsdoc.h"

#define BEGIN                                                                  \
	"{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":\"kanal_eins\","     \
	"\"type\":"

#define ID_1 "6b042ac0f75716ed422b6edd"
#define ID_2 "6b042ac09cab231e473bc636"
#define ID_3 "ffffffffb7c1f10201f094ca"

static struct event_reader *reader;

static bool
read_line(const char *line, struct event *e)
{
	struct errmsg why;

	return event_read(reader, str_of(line), e, &why);
}

static void
id_is(const char *line, const char *want, const char *what)
{
	unsigned char id[BSONW_OID_LEN];
	struct buf scratch = { 0 }, hex = { 0 };
	struct event e;

	if (ok(read_line(line, &e), "%s: is an event", what)) {
		eventdoc_id(&e, &scratch, id);
		for (size_t i = 0; i < sizeof(id); i++)
			buf_printf(&hex, "%02x", id[i]);
		is(buf_view(&hex), want, "%s", what);
	}
	buf_release(&scratch);
	buf_release(&hex);
}

/* What comes back, read and written, is the line. */
static void
comes_back(const char *line)
{
	struct buf doc = { 0 }, scratch = { 0 }, back = { 0 };
	struct errmsg why;
	struct event e;

	ok(read_line(line, &e), "an event: %.60s", line + 80);
	eventdoc_write(&doc, &e, &scratch);
	ok(eventdoc_line(&back, buf_view(&doc)) &&
		event_read(reader, buf_view(&back), &e, &why),
	    "its document is one");
	buf_reset(&scratch);
	event_write(&scratch, &e);
	scratch.len--;
	is(buf_view(&scratch), line, "and comes back");
	buf_release(&doc);
	buf_release(&scratch);
	buf_release(&back);
}

static void
test_stats(void)
{
	static const char line[] = BEGIN
	    "\"stream\",\"seconds\":5,\"stream_id\":\"41\",\"started_at\":"
	    "\"2026-11-23T12:00:00.123Z\",\"ended_at\":"
	    "\"2026-11-23T13:00:00.123Z\",\"airtime_s\":3600,\"messages\":7,"
	    "\"messages_max\":1,\"mentions\":{\"$d\":1,\"a.b\":2},"
	    "\"heard_s\":1.125,\"windows\":721}";
	struct statsdoc *d = statsdoc_new();
	struct stats_reader *r = stats_reader_new();
	struct buf doc = { 0 }, back = { 0 };
	struct bsonr_value v;
	struct errmsg why;
	struct stats s;

	ok(stats_read(r, str_of(line), &s, &why), "a line of stats");
	ok(statsdoc_write(d, &doc, str_of(line), &s), "is a document");
	ok(bsonr_find(buf_view(&doc), "_id", &v) &&
		str_eq(v.text, STR("s:kanal_eins:41")),
	    "with its key");
	ok(bsonr_find(buf_view(&doc), "started_at", &v) && v.type == BSONW_DATE,
	    "and times");
	ok(statsdoc_line(&back, buf_view(&doc)), "it is a line");
	is(buf_view(&back), line, "the same");
	statsdoc_free(d);
	stats_reader_free(r);
	buf_release(&doc);
	buf_release(&back);
}

int
main(void)
{
	reader = event_reader_new();
	id_is(BEGIN "\"message\",\"id\":\"m1\",\"text\":\"a\"}", ID_1,
	    "with an id");
	id_is(BEGIN "\"message\",\"id\":\"m1\",\"mentions\":[\"x\"],\"text\":"
		    "\"b\"}",
	    ID_1, "the rest of it does not count");
	id_is(BEGIN "\"clear\"}", ID_2, "without an id");
	id_is("{\"ts\":\"1969-12-31T23:59:59.999Z\",\"channel\":\"k\","
	      "\"type\":\"clear\"}",
	    ID_3, "before 1970");
	comes_back(BEGIN "\"message\",\"id\":\"m1\",\"bits\":5,\"paid\":{"
			 "\"amount\":500,\"currency\":\"USD\",\"exponent\":2},"
			 "\"first\":true,\"mentions\":[\"a\",\"b.c\"],\"text\":"
			 "\"\\u0000 \\\" \xf0\x9f\x94\xa5\"}");
	comes_back(BEGIN "\"notice\",\"notice\":\"n\",\"params\":{\"z\":\"1\","
			 "\"a.b\":\"2\",\"$c\":\"\"}}");
	comes_back(BEGIN "\"viewers\",\"stream_id\":\"1\",\"started_at\":"
			 "\"2026-11-23T11:00:00.000Z\",\"viewers\":0,\"tags\":"
			 "[\"x\"]}");
	comes_back(BEGIN "\"mark\",\"mark\":\"lost\",\"by\":\"h\",\"why\":"
			 "\"w\",\"since\":\"2026-11-23T11:00:00.000Z\"}");
	comes_back(BEGIN "\"mark\",\"mark\":\"odd\",\"_id\":\"x\",\"meta\":1,"
			 "\"\":\"e\",\"rest\":\"r\",\"a.b\":\"c\"}");
	test_stats();
	event_reader_free(reader);
	return tap_done();
}
