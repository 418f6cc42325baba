/*
 * fuzz libbson: documents as libbson, the driver's library, sees them. What we
 * write of any event or stats line it holds for valid; and of any bytes that it
 * holds for a document we read the same keys and the same values.
 */
#include "fuzz.h"

#include <bson/bson.h>

#include "format/bsonr.h"
#include "model/eventdoc.h"
#include "model/statsdoc.h"

#define DEPTH 30

static void
must_agree(struct str doc, const bson_t *b, int depth)
{
	struct bsonr_value v;
	struct bsonr r;
	bson_iter_t it;
	bson_t in;
	int more = -1;

	must(bsonr_init(&r, doc));
	must(bson_iter_init(&it, b));
	while (bson_iter_next(&it)) {
		const char *text;
		uint32_t len;
		const uint8_t *p;

		more = bsonr_next(&r, &v);
		if (more < 0)
			return; /* a type that nobody sends us */
		must(more == 1);
		must(str_eq(v.key, str_of(bson_iter_key(&it))));
		switch (bson_iter_type(&it)) {
		case BSON_TYPE_UTF8:
			text = bson_iter_utf8(&it, &len);
			must(str_eq(v.text, (struct str){ text, len }));
			break;
		case BSON_TYPE_INT32:
			must(v.num == bson_iter_int32(&it));
			break;
		case BSON_TYPE_INT64:
			must(v.num == bson_iter_int64(&it));
			break;
		case BSON_TYPE_DATE_TIME:
			must(v.num == bson_iter_date_time(&it));
			break;
		case BSON_TYPE_BOOL:
			must((v.num != 0) == bson_iter_bool(&it));
			break;
		case BSON_TYPE_DOUBLE: {
			double d = bson_iter_double(&it);

			must(memcmp(&d, &v.real, sizeof(d)) == 0);
			break;
		}
		case BSON_TYPE_DOCUMENT:
		case BSON_TYPE_ARRAY:
			if (bson_iter_type(&it) == BSON_TYPE_DOCUMENT)
				bson_iter_document(&it, &len, &p);
			else
				bson_iter_array(&it, &len, &p);
			if (bson_init_static(&in, p, len) && depth < DEPTH)
				must_agree((struct str){ (const char *)p, len },
				    &in, depth + 1);
			break;
		default:
			break;
		}
	}
	/* Of binary data libbson knows old kinds, with a length inside. */
	must(bsonr_next(&r, &v) <= 0 || (int)v.type == BSON_TYPE_BINARY);
}

static void
must_be_valid(struct str doc)
{
	bson_t b;
	size_t at;

	must(bson_init_static(&b, (const uint8_t *)doc.p, doc.len));
	must(bson_validate(
	    &b, BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL, &at));
	must_agree(doc, &b, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_reader *events;
	static struct stats_reader *stats;
	static struct statsdoc *docs;
	static struct buf doc, scratch;
	struct str bytes = fuzz_str(data, size);
	struct errmsg why;
	struct event e;
	struct stats s;
	bson_t b;
	size_t at;

	if (events == NULL) {
		events = event_reader_new();
		stats = stats_reader_new();
		docs = statsdoc_new();
	}
	buf_reset(&doc);
	if (size >= 5 && bson_init_static(&b, data, size) &&
	    bson_validate(
		&b, BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL, &at)) {
		must_agree(bytes, &b, 0);
	} else if (event_read(events, bytes, &e, &why)) {
		eventdoc_write(&doc, &e, &scratch);
		must_be_valid(buf_view(&doc));
	} else if (stats_read(stats, bytes, &s, &why) &&
	    statsdoc_write(docs, &doc, bytes, &s)) {
		must_be_valid(buf_view(&doc));
	}
	return 0;
}
