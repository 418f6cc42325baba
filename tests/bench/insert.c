/*
 * insert - how fast a server stores events that are ready
 *
 *   insert URI COLLECTION < events
 *
 * Makes documents of the events, in batches as tw-load makes them, and only then
 * begins to insert them, one batch after the other, looking for nothing. What
 * tw-load can reach at best; prints the seconds that it took.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/now.h"
#include "base/xalloc.h"
#include "format/input.h"
#include "format/jsonw.h"
#include "model/eventdoc.h"
#include "remote/loader.h"
#include "remote/mongo.h"

#define GATHER 60000

struct doc {
	struct str channel;
	size_t at, len;
	size_t number;
};

static int
compare(const void *a, const void *b)
{
	const struct doc *x = a, *y = b;
	int c = str_cmp(x->channel, y->channel);

	return c != 0 ? c : (x->number > y->number) - (x->number < y->number);
}

int
main(int argc, char **argv)
{
	struct event_reader *reader = event_reader_new();
	struct buf bytes = { 0 }, scratch = { 0 }, reply = { 0 };
	size_t n = 0, cap = 0;
	struct doc *docs = NULL;
	struct str *list;
	struct mongo_error error;
	struct mongo_uri *u;
	struct errmsg why;
	struct input in;
	struct event e;
	struct mongo *m;
	struct str line;
	int64_t begin;

	if (argc != 3)
		errx(2, "usage: insert uri collection < events");
	if (!input_open(&in, "-", NULL, &why))
		errx(1, "%s", why.text);
	while (input_next(&in, &line, &why) == 1) {
		if (!event_read(reader, line, &e, &why))
			errx(1, "%s", why.text);
		docs = xgrow(docs, n, &cap, sizeof(*docs));
		docs[n] = (struct doc){ .at = bytes.len, .number = n };
		docs[n].channel.p = xcalloc(1, e.channel.len + 1);
		docs[n].channel.len = e.channel.len;
		memcpy((char *)(uintptr_t)docs[n].channel.p, e.channel.p,
		    e.channel.len);
		eventdoc_write(&bytes, &e, &scratch);
		docs[n].len = bytes.len - docs[n].at;
		n++;
	}
	input_close(&in);
	list = xcalloc(n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i += GATHER)
		qsort(docs + i, n - i < GATHER ? n - i : GATHER, sizeof(*docs),
		    compare);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct str){ bytes.p + docs[i].at, docs[i].len };
	u = mongo_uri_new(argv[1], &why);
	if (u == NULL)
		errx(1, "%s", why.text);
	m = mongo_connect(u, "insert", &error);
	if (m == NULL)
		errx(1, "%s", error.why.text);
	begin = now_mono_ms();
	for (size_t i = 0; i < n; i += LOADER_BATCH)
		if (!mongo_insert(m, mongo_uri_database(u), argv[2], list + i,
			n - i < LOADER_BATCH ? n - i : LOADER_BATCH, &reply,
			&error))
			errx(1, "%s", error.why.text);
	printf("%.3f\n", (double)(now_mono_ms() - begin) / 1000);
	return 0;
}
