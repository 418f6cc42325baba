/*
 * From events to windows and streams: figures worked out by hand.
 */
#define _GNU_SOURCE /* memmem */
#include "agg_feed.h"
#include "base/tstamp.h"
#include "rand.h"

/* An event of that time of the day, and the rest of its line. */
#define EVENT(ts, type, rest)                                                  \
	"{\"ts\":\"2026-11-23T" ts                                             \
	".000Z\",\"channel\":\"k\",\"type\":\"" type "\"" rest "}"

static struct agg *
begin(void)
{
	static const struct agg_options o = { 5000, 60000, 1800000, false };

	return agg_new(&o, spell, NULL);
}

/* The output has to be the `n` lines at `want`. */
static void
is_lines(
    const struct buf *got, const char *const *want, size_t n, const char *name)
{
	struct str rest = buf_view(got), line;

	for (size_t i = 0; i < n; i++) {
		line = rest;
		if (line.len > strlen(want[i]))
			line.len = strlen(want[i]);
		is(line, want[i], "%s, line %zu", name, i + 1);
		rest.p += line.len;
		rest.len -= line.len;
	}
	is(rest, "", "%s, no more", name);
}

static void
test_stream(void)
{
	static const char *const lines[] = {
		EVENT("12:00:00", "mark", ",\"mark\":\"join\",\"by\":\"b\""),
		EVENT("12:00:00", "viewers",
		    ",\"stream_id\":\"900\","
		    "\"started_at\":\"2026-11-23T11:59:50.000Z\","
		    "\"viewers\":10,\"title\":\"alt\""),
		EVENT("12:00:07", "message",
		    ",\"user_id\":\"11\",\"first\":true,"
		    "\"mentions\":[\"eins\"]"),
		EVENT(
		    "12:00:08", "message", ",\"user_id\":\"12\",\"bits\":100"),
		EVENT("12:00:10", "mark", ",\"mark\":\"alive\",\"by\":\"b\""),
		EVENT("12:00:10", "viewers",
		    ",\"stream_id\":\"900\","
		    "\"started_at\":\"2026-11-23T11:59:50.000Z\","
		    "\"viewers\":20,\"title\":\"neu\""),
	};
	static const char *const want[] = {
		WINDOW("11:59:50", ",\"stream_id\":\"900\",\"messages\":0}"),
		WINDOW("11:59:55", ",\"stream_id\":\"900\",\"messages\":0}"),
		WINDOW("12:00:00",
		    ",\"stream_id\":\"900\",\"viewers\":10,"
		    "\"viewers_max\":10,\"messages\":0,\"heard_s\":5}"),
		WINDOW("12:00:05",
		    ",\"stream_id\":\"900\",\"viewers\":10,"
		    "\"messages\":2,\"chatters\":2,\"bits\":100,"
		    "\"cheers\":1,\"paid_messages\":1,"
		    "\"mentions\":{\"eins\":1},\"heard_s\":5}"),
		WINDOW("12:00:10",
		    ",\"stream_id\":\"900\",\"viewers\":20,"
		    "\"viewers_max\":20,\"messages\":0,\"heard_s\":0}"),
		"{\"ts\":\"2026-11-23T11:59:50.000Z\","
		"\"channel\":\"k\",\"type\":\"stream\","
		"\"seconds\":5,\"stream_id\":\"900\","
		"\"started_at\":\"2026-11-23T11:59:50.000Z\","
		"\"ended_at\":\"2026-11-23T12:00:10.000Z\","
		"\"open\":true,\"title\":\"neu\","
		"\"airtime_s\":20,\"viewers_avg\":10,"
		"\"viewers_max\":20,"
		"\"viewers_max_at\":\"2026-11-23T12:00:10.000Z\","
		"\"viewer_s\":100,\"sampled_s\":10,"
		"\"hours_watched\":0.0278,\"messages\":2,"
		"\"messages_avg\":0.5,\"messages_max\":2,"
		"\"messages_max_at\":\"2026-11-23T12:00:05.000Z\","
		"\"chatters\":2,\"chatters_new\":1,\"bits\":100,"
		"\"cheers\":1,\"paid_messages\":1,"
		"\"mentions\":{\"eins\":1},\"heard_s\":10,"
		"\"windows\":5,\"coverage_viewers\":0.5,"
		"\"coverage_chat\":0.5}\n",
	};
	struct agg *a = begin();

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		ok(add(a, lines[i]), "taken in");
	is(buf_view(agg_output(a)), "", "nothing is certain yet");
	agg_end(a);
	is_lines(agg_output(a), want, sizeof(want) / sizeof(*want),
	    "a stream of 20 seconds");
	agg_free(a);
}

static void
test_inferred(void)
{
	struct agg *a = begin();
	struct str out;
	int lines = 0;

	ok(add(a, EVENT("12:00:00", "message", ",\"user_id\":\"1\"")) &&
		add(a, EVENT("12:01:00", "message", ",\"user_id\":\"1\"")),
	    "an imported log");
	agg_end(a);
	out = buf_view(agg_output(a));
	for (size_t i = 0; i + 1 < out.len; i++)
		if (out.p[i] == '\n') {
			lines++;
			out.p += i + 1;
			out.len -= i + 1;
			i = 0;
		}
	is_int(lines, 13, "13 windows, its end contained");
	is(out,
	    "{\"ts\":\"2026-11-23T12:00:00.000Z\","
	    "\"channel\":\"k\",\"type\":"
	    "\"stream\",\"seconds\":5,\"stream_id\":"
	    "\"~2026-11-23T12:00:00.000Z\",\"started_at\":"
	    "\"2026-11-23T12:00:00.000Z\",\"ended_at\":"
	    "\"2026-11-23T12:01:00.000Z\",\"inferred\":true,"
	    "\"airtime_s\":60,"
	    "\"messages\":2,\"messages_avg\":0.1538,"
	    "\"messages_max\":1,"
	    "\"messages_max_at\":\"2026-11-23T12:00:00.000Z\","
	    "\"chatters\":1,"
	    "\"windows\":13}\n",
	    "an inferred stream");
	agg_free(a);
}

/* Of two streams in one window the later has none of its own. */
static void
test_two_in_a_window(void)
{
	static const struct agg_options o = { 3600000, 60000, 60000, false };
	static const char want[] =
	    "\"started_at\":\"2026-11-23T12:01:40.000Z\",\"ended_at\":"
	    "\"2026-11-23T12:01:40.000Z\",\"inferred\":true,\"airtime_s\":0,"
	    "\"messages\":0,\"messages_max\":0,\"windows\":0}\n";
	struct agg *a = agg_new(&o, spell, NULL);
	struct str out;

	ok(add(a, EVENT("12:00:04", "message", "")) &&
		add(a, EVENT("12:01:40", "message", "")),
	    "a silence that is shorter than a window, and parts streams");
	agg_end(a);
	out = buf_view(agg_output(a));
	ok(out.len > sizeof(want), "there are lines");
	out.p += out.len - (sizeof(want) - 1);
	out.len = sizeof(want) - 1;
	is(out, want, "the second stream has a line, and nothing in it");
	agg_free(a);
}

/* A hit that comes late, and before the one by which windows before it were
 * given away. */
static void
test_late_hit(void)
{
#define HIT(ts, id)                                                            \
	EVENT(ts, "viewers",                                                   \
	    ",\"stream_id\":\"" id                                             \
	    "\",\"started_at\":\"2026-11-23T10:00:00.000Z\",\"viewers\":9")
	static const struct agg_options o = { 150000, 60000, 1800000, false };
	struct agg *a = agg_new(&o, spell, NULL);
	struct str out;

	ok(add(a, HIT("12:01:45", "7")), "a first hit");
	ok(add(a, EVENT("12:03:30", "offline", "")), "a miss");
	out = buf_view(agg_output(a));
	ok(out.len > 0 &&
		memmem(out.p, out.len, "\"stream_id\":\"7\"", 15) != NULL,
	    "the windows before are its");
	ok(!add(a, HIT("12:00:45", "6")), "one of another stream is late");
	ok(add(a, HIT("12:00:50", "7")), "one of the same is not");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p,
	       "\"ended_at\":\"2026-11-23T12:01:45.000Z\",\"open\":true") !=
		NULL,
	    "the stream ends with its own last hit");
	ok(strstr(agg_output(a)->p, "\"windows\":5,") != NULL,
	    "and has all five windows");
	agg_free(a);
}

/* A line of chat that comes late, long before the first hit. */
static void
test_late_chat(void)
{
	static const struct agg_options o = { 5000, 60000, 60000, false };
	struct agg *a = agg_new(&o, spell, NULL);
	struct str out;

	ok(add(a, HIT("12:01:45", "7")), "a first hit");
	ok(add(a, EVENT("12:02:50", "mark", ",\"mark\":\"join\",\"by\":\"b\"")),
	    "a mark");
	out = buf_view(agg_output(a));
	ok(out.len > 0 &&
		memmem(out.p, out.len, "\"stream_id\":\"7\"", 15) != NULL,
	    "the windows before are the stream's");
	ok(add(a, EVENT("12:00:10", "message", "")), "chat, late");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p, "inferred") == NULL, "makes no stream");
	/* From 11:51:45 to 12:01:45. */
	ok(strstr(agg_output(a)->p, "\"windows\":121,") != NULL &&
		strstr(agg_output(a)->p, "\"messages\":1,\"messages_avg\"") !=
		    NULL,
	    "and is one of the stream's");
	agg_free(a);
}

/* A hit that comes late and makes of the run before it none: the stream of
 * which windows are written stays the same. */
static void
test_late_hit_after_run(void)
{
	static const struct agg_options o = { 5000, 60000, 60000, false };
	struct agg *a = agg_new(&o, spell, NULL);

	ok(add(a, EVENT("12:01:45", "message", "")) &&
		add(a, HIT("12:03:30", "7")) &&
		add(a, EVENT("12:05:15", "message", "")),
	    "a run, and a stream from before it");
	ok(add(a, HIT("12:02:34", "7")), "a hit before the run was over");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p, "inferred") == NULL, "there is no run");
	/* From 11:53:30 to 12:03:30. */
	ok(strstr(agg_output(a)->p, "\"windows\":121,") != NULL,
	    "the stream has all its windows");
	agg_free(a);
}

/* A run of which a window is written, and chat that comes late and would make it
 * reach up to Helix's first answer. */
static void
test_late_chat_after_run(void)
{
	static const struct agg_options o = { 3600000, 60000, 1800000, false };
	struct agg *a = agg_new(&o, spell, NULL);

	ok(add(a, EVENT("11:50:00", "message", "")) &&
		add(a, EVENT("12:00:00", "message", "")) &&
		add(a, HIT("12:50:00", "7")) &&
		add(a, EVENT("13:37:00", "offline", "")),
	    "a run, which is over before Helix speaks");
	ok(agg_output(a)->len > 0, "its first window is written");
	ok(add(a, EVENT("12:25:00", "message", "")), "chat, late");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p,
	       "\"ended_at\":\"2026-11-23T12:25:00.000Z\","
	       "\"inferred\":true") != NULL,
	    "the run stays a stream, and is longer");
	ok(strstr(agg_output(a)->p, "\"windows\":2}") != NULL,
	    "with both its windows");
	agg_free(a);
}

/* A run that was over before Helix spoke, in the time of its stream. */
static void
test_run_before(void)
{
	static const struct agg_options o = { 1000, 60000, 60000, false };
	struct agg *a = agg_new(&o, spell, NULL);

	ok(add(a, EVENT("12:00:01", "message", "")) &&
		add(a, EVENT("12:02:01", "message", "")) &&
		add(a,
		    EVENT("12:02:11", "viewers",
			",\"stream_id\":\"7\",\"started_at\":"
			"\"2026-11-23T12:00:00.000Z\",\"viewers\":9")),
	    "chat, a silence, chat, a hit");
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p, "\"inferred\":true") != NULL,
	    "the first was a stream of its own");
	ok(strstr(agg_output(a)->p, "\"viewers_avg\":9,") != NULL,
	    "and that of Helix has its sample");
	agg_free(a);
}

static void
test_late(void)
{
	struct agg *a = begin();

	add(a, EVENT("12:00:00", "offline", ""));
	ok(add(a, EVENT("12:00:05", "message", "")), "outside of streams");
	ok(add(a, EVENT("12:00:04", "message", "")), "a little late");
	ok(add(a, EVENT("12:30:00", "message", "")), "half an hour later");
	is(buf_view(agg_output(a)),
	    WINDOW("12:00:00", ",\"messages\":1}")
		WINDOW("12:00:05", ",\"messages\":1}"),
	    "both windows came out");
	ok(!add(a, EVENT("12:00:06", "message", "")), "too late");
	buf_reset(agg_output(a));
	agg_end(a);
	is(buf_view(agg_output(a)), WINDOW("12:30:00", ",\"messages\":1}"),
	    "the rest");
	agg_free(a);
	agg_free(NULL);
}

/* Adds a line of the channel `c`, which goes on after its type with `rest`. */
static void
add_of(struct agg *a, int64_t ts, char c, const char *rest)
{
	struct buf line = { 0 };

	buf_lit(&line, "{\"ts\":\"");
	tstamp_add(&line, ts);
	buf_printf(&line, "\",\"channel\":\"%c\",\"type\":\"%s}", c, rest);
	buf_byte(&line, '\0');
	(void)!add(a, line.p);
	buf_release(&line);
}

/* Appends what is made of some chat of two channels, with silences and marks among
 * it; with `other`, a second collector comes to each and leaves at once. */
static void
random_chat(
    struct buf *out, uint64_t r, const struct agg_options *o, bool other)
{
	static const char *const said[] = {
		"message\",\"user_id\":\"1\"",
		"message\",\"user_id\":\"2\",\"bits\":5",
		"ban\"",
		"mark\",\"mark\":\"alive\",\"by\":\"a\"",
		"mark\",\"mark\":\"lost\",\"by\":\"a\"",
		"mark\",\"mark\":\"join\",\"by\":\"a\"",
	};
	struct agg *a = agg_new(o, spell, NULL);
	int64_t ts = INT64_C(1795435200000);

	for (const char *c = "kl"; *c != '\0'; c++) {
		add_of(a, ts, *c, said[5]);
		if (other) {
			add_of(
			    a, ts, *c, "mark\",\"mark\":\"join\",\"by\":\"b\"");
			add_of(
			    a, ts, *c, "mark\",\"mark\":\"stop\",\"by\":\"b\"");
		}
	}
	for (int i = 0; i < 400; i++) {
		ts += (int64_t)rand_below(
		    &r, rand_below(&r, 20) == 0 ? 200000 : 2000);
		for (const char *c = "kl"; *c != '\0'; c++) {
			size_t k = rand_below(&r, 60);

			add_of(a, ts - (int64_t)rand_below(&r, 3000), *c,
			    said[k < 6 ? k : k % 3]);
		}
	}
	agg_end(a);
	buf_str(out, buf_view(agg_output(a)));
	agg_free(a);
}

/* Of a window that holds nothing but chat only the ends are looked at, as long as
 * there was no second collector. That must make no difference. */
static void
test_ends(void)
{
	static const struct agg_options options[] = {
		{ 5000, 60000, 1800000, false },
		{ 1000, 0, 2000, false },
		{ 5000, 60000, 5000, false },
		{ 150000, 60000, 150000, false },
		{ 151000, 60000, 1800000, false },
		{ 5000, 60000, 1800000, true },
	};
	struct buf one = { 0 }, two = { 0 };
	int bad = 0;

	for (uint64_t r = 1; r <= 300; r++) {
		const struct agg_options *o = &options[r % 6];

		buf_reset(&one);
		buf_reset(&two);
		random_chat(&one, r, o, false);
		random_chat(&two, r, o, true);
		bad +=
		    one.len < 1000 || !str_eq(buf_view(&one), buf_view(&two));
	}
	is_int(bad, 0, "the ends of a window say what all its lines do");
	buf_release(&one);
	buf_release(&two);
}

/* Two collectors without a sign for 150 s: once the first is dead, a line of chat is
 * one of the second, before it dies, too. */
static void
test_two_silent(void)
{
	struct agg *a = begin();

	add(a, EVENT("12:00:00", "mark", ",\"mark\":\"join\",\"by\":\"a\""));
	add(a, EVENT("12:00:01", "mark", ",\"mark\":\"join\",\"by\":\"b\""));
	add(a, EVENT("12:02:30", "message", ""));
	add(a, EVENT("12:02:31", "message", ""));
	add(a, EVENT("12:02:32", "message", ""));
	agg_end(a);
	buf_byte(agg_output(a), '\0');
	ok(strstr(agg_output(a)->p, "\"messages\":3,\"heard_s\":2}\n") != NULL,
	    "heard up to the last line");
	agg_free(a);
}

int
main(void)
{
	reader = event_reader_new();
	test_stream();
	test_inferred();
	test_two_in_a_window();
	test_late_hit();
	test_late_chat();
	test_late_hit_after_run();
	test_late_chat_after_run();
	test_run_before();
	test_late();
	test_ends();
	test_two_silent();
	event_reader_free(reader);
	return tap_done();
}
