/*
 * fuzz event: the fast reader against the full one, and against jansson's own
 * spelling of the lines; what is written of what was read is read again as the
 * same, also by way of a document. A line that others follow is read as it is alone.
 */
#include "fuzz.h"

#include "dump.h"
#include "model/eventdoc.h"

static struct event_reader *one, *two, *three;

/* What jansson writes of the line has to be the same event. */
static void
other_spellings(struct str line, struct str want)
{
	static struct buf dump, got;
	struct errmsg why;
	struct event e;

	for (size_t i = 0; i < DUMP_N; i++) {
		if (!dump_line(line, dump_spellings[i], &dump))
			return;
		must(event_read(two, buf_view(&dump), &e, &why));
		buf_reset(&got);
		event_write(&got, &e);
		must(str_eq(buf_view(&got), want));
	}
}

/* A document is made of the event, and a line of that. */
static void
by_document(const struct event *e, struct str want)
{
	static struct buf doc, line, got, scratch;
	struct errmsg why;
	struct event back;

	buf_reset(&doc);
	buf_reset(&line);
	buf_reset(&got);
	eventdoc_write(&doc, e, &scratch);
	must(eventdoc_line(&line, buf_view(&doc)));
	must(event_read(two, buf_view(&line), &back, &why));
	event_write(&got, &back);
	must(str_eq(buf_view(&got), want));
}

/* The line that `ahead` begins with, whose LF is not looked for: `alone` is what it
 * is by itself, NULL when it is not ours. */
static void
read_ahead(struct str ahead, struct str line, const struct event *alone)
{
	static struct buf got, want;
	struct event e;
	size_t len = event_read_ahead(three, ahead, &e);

	if (alone == NULL || ahead.len == line.len) {
		must(len == 0);
		return;
	}
	must(len == line.len);
	buf_reset(&got);
	buf_reset(&want);
	event_write(&got, &e);
	event_write(&want, alone);
	must(str_eq(buf_view(&got), buf_view(&want)));
}

/* `ahead` is the line and what follows it. */
static void
check_line(struct str line, struct str ahead)
{
	static struct buf fast_line, full_line;
	bool ours;
	struct event fast, full;
	struct errmsg why;

	ours = event_read_fast(one, line, &fast);
	read_ahead(ahead, line, ours ? &fast : NULL);
	if (ours) {
		must(event_read_full(two, line, &full, &why));
		buf_reset(&fast_line);
		buf_reset(&full_line);
		event_write(&fast_line, &fast);
		event_write(&full_line, &full);
		must(str_eq(buf_view(&fast_line), buf_view(&full_line)));
	}
	if (!event_read(one, line, &fast, &why)) {
		must(memchr(why.text, '\0', sizeof(why.text)) != NULL &&
		    why.text[0] != '\0');
		return;
	}
	fuzz_round_trip(&fast);
	buf_reset(&fast_line);
	event_write(&fast_line, &fast);
	other_spellings(line, buf_view(&fast_line));
	by_document(&fast, buf_view(&fast_line));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_str(data, size), line, ahead = rest;

	/* One after the other, as the readers learn the order of the keys. */
	one = event_reader_new();
	two = event_reader_new();
	three = event_reader_new();
	for (; fuzz_line(&rest, &line); ahead = rest)
		check_line(line, ahead);
	event_reader_free(one);
	event_reader_free(two);
	event_reader_free(three);
	return 0;
}
