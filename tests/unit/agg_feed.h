/*
 * agg_feed - lines of events into an aggregation
 */
#ifndef TW_TESTS_AGG_FEED_H
#define TW_TESTS_AGG_FEED_H

#include "tap.h"

#include "model/agg.h"

/* A line of that time of the day, and the rest of it. */
#define WINDOW(ts, rest)                                                       \
	"{\"ts\":\"2026-11-23T" ts                                             \
	".000Z\",\"channel\":\"k\",\"type\":\"window\",\"seconds\":5" rest     \
	"\n"

static struct event_reader *reader;

static void
spell(void *arg, const struct stats *s, int64_t first_ts, struct buf *b)
{
	(void)arg;
	(void)first_ts;
	stats_write(b, s);
}

static bool
add(struct agg *a, const char *line)
{
	struct errmsg why;
	struct event e;

	if (!event_read(reader, str_of(line), &e, &why)) {
		ok(false, "event %s: %s", line, why.text);
		return false;
	}
	return agg_add(a, &e);
}

#endif
