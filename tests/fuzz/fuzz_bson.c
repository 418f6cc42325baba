/*
 * fuzz bson: any bytes are read as far as they are a document; what is read as
 * an event is one again once it is written.
 */
#include "fuzz.h"

#include "format/bsonr.h"
#include "model/eventdoc.h"
#include "model/statsdoc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf line, doc, scratch, again;
	static struct event_reader *reader;
	struct str bytes = fuzz_str(data, size);
	struct errmsg why;
	struct event e;

	if (reader == NULL)
		reader = event_reader_new();
	buf_reset(&line);
	(void)!statsdoc_line(&line, bytes);
	buf_reset(&line);
	if (!eventdoc_line(&line, bytes) ||
	    !event_read(reader, buf_view(&line), &e, &why))
		return 0;
	buf_reset(&doc);
	buf_reset(&again);
	event_write(&again, &e);
	eventdoc_write(&doc, &e, &scratch);
	buf_reset(&line);
	must(eventdoc_line(&line, buf_view(&doc)));
	must(event_read(reader, buf_view(&line), &e, &why));
	buf_reset(&scratch);
	event_write(&scratch, &e);
	must(str_eq(buf_view(&scratch), buf_view(&again)));
	return 0;
}
