/*
 * Stats lines as documents and back, in our spelling and in others.
 */
#include "tap.h"

#include "format/bsonr.h"
#include "model/statsdoc.h"

#define WINDOW                                                                 \
	"{\"ts\":\"2026-11-23T12:00:00.000Z\",\"channel\":\"k\",\"type\":"     \
	"\"window\",\"seconds\":5"
#define HOUR_BEFORE "{\"ts\":\"1969-12-31T23:59:59.500Z\",\"channel\":\"k\","

static struct stats_reader *reader;
static struct statsdoc *docs;
static struct buf doc, back;

/* Makes a document of `line`. */
static bool
write(const char *line)
{
	struct errmsg why;
	struct stats s;

	buf_reset(&doc);
	if (!stats_read(reader, str_of(line), &s, &why)) {
		ok(false, "%s: %s", line, why.text);
		return false;
	}
	return statsdoc_write(docs, &doc, str_of(line), &s);
}

static void
becomes(const char *line, const char *want, const char *id, const char *name)
{
	struct bsonr_value v;

	ok(write(line), "%s: a document", name);
	buf_reset(&back);
	ok(statsdoc_line(&back, buf_view(&doc)), "%s: a line again", name);
	is(buf_view(&back), want, "%s", name);
	ok(bsonr_find(buf_view(&doc), "_id", &v), "%s: has a key", name);
	is(v.text, id, "%s: its key", name);
}

int
main(void)
{
	reader = stats_reader_new();
	docs = statsdoc_new();
	becomes(WINDOW ",\"viewers\":41.5,\"messages\":3,\"mentions\":"
		       "{\"eins\":2}}",
	    WINDOW
	    ",\"viewers\":41.5,\"messages\":3,\"mentions\":{\"eins\":2}}",
	    "w:k:1795435200:5", "in our spelling");
	becomes(
	    "{ \"type\": \"window\", \"seconds\": 5, \"channel\": \"k\", "
	    "\"ts\": \"2026-11-23T13:00:00+01:00\", \"messages\": 0, "
	    "\"bits\": null, \"new\": true, \"a.b\": 1, \"$c\": 2, \"_id\": 3, \"\": 4 }",
	    "{\"type\":\"window\",\"seconds\":5,\"channel\":\"k\",\"ts\":"
	    "\"2026-11-23T12:00:00.000Z\",\"messages\":0,\"new\":true}",
	    "w:k:1795435200:5",
	    "in another, without keys that no document can have");
	becomes(HOUR_BEFORE "\"type\":\"window\",\"seconds\":5,\"messages\":1}",
	    HOUR_BEFORE "\"type\":\"window\",\"seconds\":5,\"messages\":1}",
	    "w:k:-1:5", "before 1970: its whole second");
	ok(!write(WINDOW
	       ",\"messages\":1,\"ended_at\":\"2026-11-23T12:00:00.000Z\","
	       "\"mentions\":{\"a\":{\"b\":1}}}"),
	    "an object in an object is none of ours");
	is(buf_view(&doc), "", "and leaves nothing behind");
	ok(!write(
	       "{ \"type\":\"window\",\"seconds\":5,\"channel\":\"k\","
	       "\"ts\":\"2026-11-23T12:00:00.000Z\",\"messages\":1,\"new\":{\"a\":{}}}"),
	    "in any spelling");
	ok(!statsdoc_line(&back, STR("")), "no document");
	statsdoc_free(docs);
	statsdoc_free(NULL);
	stats_reader_free(reader);
	buf_release(&doc);
	buf_release(&back);
	return tap_done();
}
