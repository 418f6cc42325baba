/*
 * insert - how fast a server stores events that are ready
 *
 *   insert URI COLLECTION CONNECTIONS [BATCH] < events
 *
 * Makes documents of the events, in batches as tw-load makes them, and only then
 * begins to insert them, one batch after the other, looking for nothing. Each
 * connection is that of a process of its own, which has a part of the channels.
 * What tw-load can reach at best; prints the seconds that it took.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/now.h"
#include "base/xalloc.h"
#include "format/hash.h"
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

/* Inserts the documents `list` on a connection of its own. */
static void
insert(const char *uri, const char *collection, const struct str *list,
    size_t n, size_t batch)
{
	struct buf reply = { 0 };
	struct mongo_error error;
	struct mongo_uri *u;
	struct errmsg why;
	struct mongo *m;

	u = mongo_uri_new(uri, &why);
	if (u == NULL)
		errx(1, "%s", why.text);
	m = mongo_connect(u, "insert", &error);
	if (m == NULL)
		errx(1, "%s", error.why.text);
	for (size_t i = 0; i < n; i += batch)
		if (!mongo_insert(m, mongo_uri_database(u), collection,
			list + i, n - i < batch ? n - i : batch, &reply,
			&error))
			errx(1, "%s", error.why.text);
}

int
main(int argc, char **argv)
{
	struct event_reader *reader = event_reader_new();
	struct buf bytes = { 0 }, scratch = { 0 };
	size_t n = 0, cap = 0, connections, batch = LOADER_BATCH;
	struct doc *docs = NULL;
	struct errmsg why;
	struct input in;
	struct event e;
	struct str line;
	int64_t begin;
	int status;

	if (argc < 4)
		errx(2,
		    "usage: insert uri collection connections [batch] < events");
	connections = strtoul(argv[3], NULL, 10);
	if (argc > 4)
		batch = strtoul(argv[4], NULL, 10);
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
	for (size_t i = 0; i < n; i += GATHER)
		qsort(docs + i, n - i < GATHER ? n - i : GATHER, sizeof(*docs),
		    compare);
	begin = now_mono_ms();
	for (size_t c = 0; c < connections; c++) {
		struct str *list = xcalloc(n + 1, sizeof(*list));
		size_t own = 0;

		for (size_t i = 0; i < n; i++)
			if (hash_str(docs[i].channel, 0) % connections == c)
				list[own++] =
				    (struct str){ bytes.p + docs[i].at,
					    docs[i].len };
		if (fork() == 0) {
			insert(argv[1], argv[2], list, own, batch);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		if (status != 0)
			errx(1, "a part was not inserted");
	printf("%.3f\n", (double)(now_mono_ms() - begin) / 1000);
	return 0;
}
