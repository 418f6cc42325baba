/*
 * Windows as the clock passes them: nothing waits, what comes late is added.
 */
#include "agg_feed.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define EVENT(ts, type, rest)                                                  \
	"{\"ts\":\"2026-11-23T" ts "Z\",\"channel\":\"k\",\"type\":\"" type    \
	"\"" rest "}"
#define HIT(ts, n)                                                             \
	EVENT(ts, "viewers",                                                   \
	    ",\"stream_id\":\"7\",\"started_at\":\"2026-11-23T12:00:00.000Z\"" \
	    ",\"viewers\":" n)

/* Lets the clock be `s` seconds after T0; the output has to be `want`. */
static void
pass(struct agg *a, int64_t s, const char *want, const char *name)
{
	agg_pass(a, T0 + s * 1000);
	is(buf_view(agg_output(a)), want, "%s", name);
	buf_reset(agg_output(a));
}

static const struct agg_options o = { 5000, 10000, 1800000, true };

/* Without polls a silence would make a stream of the windows before it, which
 * are written by then. */
static void
test_without_polls(void)
{
	struct agg *a = agg_new(&o, spell, NULL);

	ok(add(a, EVENT("12:00:02.000", "message", ",\"user_id\":\"1\"")),
	    "no polls: a message");
	pass(a, 5, WINDOW("12:00:00", ",\"messages\":1,\"chatters\":1}"),
	    "its window, of no stream");
	ok(add(a, EVENT("12:40:02.000", "message", ",\"user_id\":\"2\"")),
	    "another after a long silence");
	pass(a, 2405, WINDOW("12:40:00", ",\"messages\":1,\"chatters\":1}"),
	    "its window, and no line of a stream before it");
	agg_end(a);
	is(buf_view(agg_output(a)), "", "nor one at the end");
	agg_free(a);
}

/* What was taken is written, also when the next pass is far away, or none. */
static void
test_nothing_lost(void)
{
	struct agg *a = agg_new(&o, spell, NULL);

	ok(add(a, EVENT("12:00:02.000", "message", ",\"user_id\":\"1\"")),
	    "a message");
	pass(a, 5, WINDOW("12:00:00", ",\"messages\":1,\"chatters\":1}"),
	    "its window");
	ok(add(a, EVENT("12:00:03.000", "message", ",\"user_id\":\"1\"")),
	    "another, late");
	pass(a, 60, WINDOW("12:00:00", ",\"messages\":2,\"chatters\":1}"),
	    "the window again, although the clock has jumped");
	ok(add(a, EVENT("12:00:59.000", "message", ",\"user_id\":\"1\"")),
	    "one more, late");
	agg_end(a);
	is(buf_view(agg_output(a)),
	    WINDOW("12:00:55", ",\"messages\":1,\"chatters\":1}"),
	    "its window at the end");
	agg_free(a);
}

/* Of equally busy windows the earliest counts, also when it grew later. */
static void
test_busiest(void)
{
	struct agg *a = agg_new(&o, spell, NULL);

	ok(add(a, HIT("12:00:00.000", "1")) &&
		add(a, EVENT("12:00:01.000", "message", "")) &&
		add(a, EVENT("12:00:06.000", "message", "")) &&
		add(a, EVENT("12:00:07.000", "message", "")),
	    "a window with one message, one with two");
	agg_pass(a, T0 + 10000);
	ok(add(a, EVENT("12:00:02.000", "message", "")), "one more, late");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p,
	       "\"messages_max\":2,\"messages_max_at\":"
	       "\"2026-11-23T12:00:00.000Z\"") != NULL,
	    "the first is the busiest");
	agg_free(a);
}

/* Chat long before the first hit does not shift the numbers of streams. */
static void
test_chat_before(void)
{
	static const struct agg_options hours = { 3600000, 10000, 60000, true };
	struct agg *a = agg_new(&hours, spell, NULL);

	ok(add(a, HIT("12:00:00.000", "9")), "a hit");
	ok(add(a, EVENT("11:36:40.000", "message", "")), "chat, before it");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p, "\"viewers_avg\":9,") != NULL,
	    "the stream has its sample");
	agg_free(a);
}

int
main(void)
{
	struct agg *a = agg_new(&o, spell, NULL);

	reader = event_reader_new();
	ok(add(a,
	       EVENT("12:00:00.000", "mark",
		   ",\"mark\":\"join\",\"by\":\"h/1/1\"")),
	    "join");
	ok(add(a, HIT("12:00:01.000", "10")), "a hit");
	ok(add(a, EVENT("12:00:02.000", "message", ",\"user_id\":\"1\"")),
	    "a message");
	pass(a, 4, "", "a window that is not over");
	pass(a, 5,
	    WINDOW("12:00:00",
		",\"stream_id\":\"7\",\"viewers\":10,\"viewers_max\":10,"
		"\"messages\":1,\"chatters\":1,\"heard_s\":5}"),
	    "one that is: in its stream, heard up to now");
	pass(a, 5, "", "once");
	pass(a, 10,
	    WINDOW("12:00:05",
		",\"stream_id\":\"7\",\"viewers\":10,\"messages\":0,"
		"\"heard_s\":5}"),
	    "a quiet one, without an event; the sample holds");
	ok(add(a,
	       EVENT(
		   "12:00:03.000", "message", ",\"user_id\":\"2\",\"bits\":5")),
	    "chat that comes 7 s late is taken");
	pass(a, 11,
	    WINDOW("12:00:00",
		",\"stream_id\":\"7\",\"viewers\":10,\"viewers_max\":10,"
		"\"messages\":2,\"chatters\":2,\"bits\":5,\"cheers\":1,"
		"\"paid_messages\":1,\"heard_s\":5}"),
	    "and its window comes again");
	ok(add(a, HIT("12:00:09.000", "30")), "a sample that comes late");
	pass(a, 15,
	    WINDOW("12:00:10",
		",\"stream_id\":\"7\",\"viewers\":30,\"viewers_max\":30,"
		"\"messages\":0,\"heard_s\":5}"),
	    "counts in the window that was open");
	pass(a, 16, "", "nothing new");
	ok(!add(a, EVENT("12:00:01.000", "message", ",\"user_id\":\"3\"")),
	    "chat that is more than the hold behind is late");
	ok(add(a, EVENT("12:00:11.000", "message", ",\"user_id\":\"3\"")),
	    "chat for the window before");
	pass(a, 17,
	    WINDOW("12:00:10",
		",\"stream_id\":\"7\",\"viewers\":30,\"viewers_max\":30,"
		"\"messages\":1,\"chatters\":1,\"heard_s\":5}"),
	    "it comes again");
	ok(add(a, EVENT("12:00:12.000", "message", ",\"user_id\":\"4\"")),
	    "and once more");
	agg_end(a);
	ok(str_starts(buf_view(agg_output(a)),
	       STR("{\"ts\":\"2026-11-23T12:00:10.000Z\",")) &&
		strstr((buf_byte(agg_output(a), '\0'), agg_output(a)->p),
		    "\"messages\":2,\"chatters\":2,") != NULL,
	    "at the end it comes, too");
	ok(strstr((buf_byte(agg_output(a), '\0'), agg_output(a)->p),
	       "\"type\":\"stream\",\"seconds\":5,\"stream_id\":\"7\"") != NULL,
	    "at the end the stream has its line");
	ok(strstr(agg_output(a)->p, "\"messages\":4,") != NULL,
	    "with what came late");
	ok(strstr(agg_output(a)->p, "\"bits\":5,") != NULL, "and its bits");
	agg_free(a);
	test_without_polls();
	test_nothing_lost();
	test_busiest();
	test_chat_before();
	event_reader_free(reader);
	return tap_done();
}
