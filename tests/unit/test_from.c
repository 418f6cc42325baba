/*
 * Events of what Helix said and of what collectors say.
 */
#include "tap.h"

#include "model/fromhelix.h"
#include "model/frommark.h"

#define PREFIX                                                                 \
	"{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":\"kanal_eins\","     \
	"\"type\":"

static struct jsonr *reader;
static struct scratch scratch;
static struct buf line;
static struct str what;

static enum from
make(enum rawlog_source source, const char *channel, const char *payload)
{
	struct rawlog raw = { .received = INT64_C(1795435200123),
		.source = source,
		.channel = str_of(channel),
		.payload = str_of(payload) };
	struct event e;
	enum from r;

	what = STR_ABSENT;
	r = source == RAWLOG_HELIX
	    ? fromhelix(&e, &raw, reader, &what)
	    : frommark(&e, &raw, reader, &scratch, &what);
	buf_reset(&line);
	if (r == FROM_EVENT)
		event_write(&line, &e);
	return r;
}

static enum from
helix(const char *payload)
{
	return make(RAWLOG_HELIX, "kanal_eins", payload);
}

static enum from
mark(const char *payload)
{
	return make(RAWLOG_MARK, "kanal_eins", payload);
}

static void
test_helix(void)
{
	is_int(helix("null"), FROM_EVENT, "a miss");
	is(buf_view(&line), PREFIX "\"offline\"}\n", "its line");
	is_int(make(RAWLOG_HELIX, "", "null"), FROM_REFUSED, "of no channel");
	is_int(helix("{\"id\":\"900\",\"user_id\":\"77\",\"user_login\":"
		     "\"kanal_eins\",\"user_name\":\"Kanal\",\"game_name\":"
		     "\"Chess\",\"type\":\"live\",\"title\":\"A \\ud800 b\","
		     "\"tags\":[\"x\",\"\",\"y\"],\"viewer_count\":0,"
		     "\"started_at\":\"2026-11-23T11:59:00.9999Z\","
		     "\"language\":\"de\",\"is_mature\":true}"),
	    FROM_EVENT, "a stream");
	is(buf_view(&line),
	    PREFIX "\"viewers\",\"stream_id\":\"900\",\"started_at\":"
		   "\"2026-11-23T11:59:00.999Z\",\"viewers\":0,\"user_id\":"
		   "\"77\",\"name\":\"Kanal\",\"title\":\"A \xef\xbf\xbd b\","
		   "\"category\":\"Chess\",\"language\":\"de\",\"tags\":"
		   "[\"x\",\"y\"]}\n",
	    "its line");
	is_int(helix("{\"id\":\"1\",\"started_at\":\"2026-11-23T12:00:00Z\","
		     "\"viewer_count\":1,\"tags\":[],\"title\":\"\xff\"}"),
	    FROM_EVENT, "the least");
	is(buf_view(&line),
	    PREFIX "\"viewers\",\"stream_id\":\"1\",\"started_at\":"
		   "\"2026-11-23T12:00:00.000Z\",\"viewers\":1,\"title\":"
		   "\"\xef\xbf\xbd\"}\n",
	    "its line: no empty list");
	is_int(helix("{\"id\":\"1\",\"type\":\"\"}"), FROM_SKIPPED,
	    "an error inside of Helix");
	is(what, "helix type \"\"", "is named");
	is_int(helix("{\"id\":\"1\",\"user_login\":\"kanal_zwei\"}"),
	    FROM_REFUSED, "another channel's");
	is_int(helix("{\"started_at\":\"2026-11-23T12:00:00Z\","
		     "\"viewer_count\":1}"),
	    FROM_REFUSED, "without id");
	is_int(helix("{\"id\":\"1\",\"viewer_count\":1}"), FROM_REFUSED,
	    "without started_at");
	is_int(helix("{\"id\":\"1\",\"viewer_count\":1,\"started_at\":\"x\"}"),
	    FROM_REFUSED, "with one that cannot be read");
	is_int(helix("{\"id\":\"1\",\"started_at\":\"2026-11-23T12:00:00Z\"}"),
	    FROM_REFUSED, "without viewer_count");
	is_int(helix("{\"id\":\"1\",\"started_at\":\"2026-11-23T12:00:00Z\","
		     "\"viewer_count\":1.5}"),
	    FROM_REFUSED, "with a fraction of one");
	is_int(helix("{\"id\":\"1\",\"started_at\":\"2026-11-23T12:00:00Z\","
		     "\"viewer_count\":-1}"),
	    FROM_REFUSED, "with a negative one");
	is_int(helix("[]"), FROM_REFUSED, "a list");
	is_int(helix("{"), FROM_REFUSED, "no JSON");
	ok(what.len > 0, "with a reason");
}

static void
test_mark(void)
{
	is_int(mark("{\"n\":3,\"by\":\"hier\",\"why\":\"a\\u0001b\",\"ts\":"
		    "\"x\",\"channel\":\"y\",\"type\":\"z\",\"mark\":\"lost\","
		    "\"list\":[\"a\"],\"yes\":true,\"empty\":\"\","
		    "\"no\":null}"),
	    FROM_EVENT, "a mark");
	is(buf_view(&line),
	    PREFIX "\"mark\",\"mark\":\"lost\",\"by\":\"hier\",\"n\":3,"
		   "\"why\":\"a\\u0001b\"}\n",
	    "its line: texts and integers, mark and by first");
	is_int(mark("{\"mark\":\"start\"}"), FROM_EVENT, "the least");
	is(buf_view(&line), PREFIX "\"mark\",\"mark\":\"start\"}\n",
	    "its line");
	is_int(mark("{\"by\":\"hier\"}"), FROM_REFUSED, "without mark");
	is_int(mark("{\"mark\":\"\"}"), FROM_REFUSED, "with an empty one");
	is_int(mark("{\"mark\":5}"), FROM_REFUSED, "with a number");
	is_int(mark("null"), FROM_REFUSED, "no object");
	is_int(mark("x"), FROM_REFUSED, "no JSON");
	is_int(make(RAWLOG_MARK, "", "{\"mark\":\"start\"}"), FROM_REFUSED,
	    "of no channel");
	is(what, "a mark of no channel", "with a reason");
}

int
main(void)
{
	reader = jsonr_new();
	test_helix();
	test_mark();
	jsonr_free(reader);
	buf_release(&scratch.text);
	buf_release(&scratch.json);
	buf_release(&line);
	return tap_done();
}
