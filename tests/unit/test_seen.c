/*
 * Which events came before: the 10 minutes, channels, types, ids and lines.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "model/seen.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static bool
before(struct seen *s, enum event_type type, const char *channel,
    const char *id, int64_t ts, const char *line)
{
	struct event e;

	event_clear(&e);
	e.type = type;
	e.channel = str_of(channel);
	e.id = str_of(id);
	e.ts = ts;
	seen_expect(s, &e);
	return seen_before(s, str_of(line));
}

static bool
message(struct seen *s, const char *channel, const char *id, int64_t ts)
{
	return before(s, EVENT_MESSAGE, channel, id, ts, "line");
}

static void
test_window(void)
{
	struct seen s = { 0 };

	ok(!message(&s, "eins", "m1", T0), "the first");
	ok(message(&s, "eins", "m1", T0), "the same again");
	ok(message(&s, "eins", "m1", T0 + SEEN_WINDOW_MS),
	    "10 minutes later it is a repeat");
	ok(!message(&s, "eins", "m1", T0 + SEEN_WINDOW_MS + 1),
	    "a ms later it is not");
	ok(message(&s, "eins", "m1", T0 + SEEN_WINDOW_MS + 2),
	    "and was kept anew");
	seen_release(&s);

	ok(!message(&s, "eins", "m1", T0), "kept");
	ok(!message(&s, "eins", "m2", T0 + SEEN_WINDOW_MS),
	    "the channel's time goes on");
	ok(message(&s, "eins", "m1", T0), "at most 10 minutes: a repeat");
	ok(!message(&s, "eins", "m3", T0 + SEEN_WINDOW_MS + 1), "and on again");
	ok(!message(&s, "eins", "m1", T0), "too old to be remembered");
	seen_release(&s);

	/* Before 1970 time is negative. */
	ok(!message(&s, "eins", "m1", -1), "kept");
	ok(message(&s, "eins", "m1", SEEN_WINDOW_MS - 1), "a repeat");
	ok(!message(&s, "eins", "m1", SEEN_WINDOW_MS), "a ms later it is not");
	seen_release(&s);

	/* More than 2^47 ms, which are 4,459 years. */
	ok(!message(&s, "eins", "m1", 0), "kept");
	ok(!message(&s, "eins", "m2", TSTAMP_MAX), "the end of time");
	ok(!message(&s, "eins", "m1", 0), "too old to be remembered");
	ok(message(&s, "eins", "m2", 0), "that is not");
	seen_release(&s);

	/* The time is the greatest, not the last. */
	ok(!message(&s, "eins", "m1", T0), "kept");
	ok(!message(&s, "eins", "m2", T0 + SEEN_WINDOW_MS + 1), "far on");
	ok(!message(&s, "eins", "m3", T0 + 1), "time going back is no help");
	ok(!message(&s, "eins", "m1", T0 + 2), "to an event that is too old");
	seen_release(&s);
	seen_release(&s);
}

static void
test_kinds(void)
{
	struct seen s = { 0 };
	enum event_type t;

	ok(!message(&s, "eins", "m1", T0), "kept");
	ok(!message(&s, "zwei", "m1", T0), "another channel");
	ok(message(&s, "zwei", "m1", T0), "there it repeats");
	ok(!message(&s, "zwei", "m2", T0 + 10 * SEEN_WINDOW_MS),
	    "its time is its own");
	ok(message(&s, "eins", "m1", T0 + 1), "the other has another");
	ok(!before(&s, EVENT_SUB, "eins", "m1", T0, "line"), "another type");
	ok(before(&s, EVENT_SUB, "eins", "m1", T0, "other"),
	    "with an id the line does not matter");
	ok(!before(&s, EVENT_CLEAR, "eins", "", T0, "a"), "by line");
	ok(before(&s, EVENT_CLEAR, "eins", "", T0, "a"), "the same line");
	ok(!before(&s, EVENT_CLEAR, "eins", "", T0, "b"), "another line");
	ok(!before(&s, EVENT_CLEAR, "eins", "", T0, ""), "an empty one");
	for (t = EVENT_VIEWERS; t <= EVENT_MARK; t++) {
		ok(!before(&s, t, "eins", "x", T0, "line"), "never %s",
		    event_type_name(t).p);
		ok(!before(&s, t, "eins", "x", T0, "line"), "nor again");
	}
	seen_release(&s);
}

/* Short ids, as test data and mock servers have them. */
static void
test_short_ids(void)
{
	struct seen s = { 0 };
	int wrong = 0, missed = 0;

	for (int round = 0; round < 2; round++)
		for (int c = 0; c < 40; c++)
			for (int t = 0; t < EVENT_VIEWERS; t++)
				for (int i = 1; i < 100; i++) {
					char channel[16], id[16];
					bool b;

					snprintf(channel, 16, "kanal%d", c);
					snprintf(id, 16, "m%d", i);
					b = before(&s, (enum event_type)t,
					    channel, id, T0, "line");
					wrong += round == 0 && b;
					missed += round == 1 && !b;
				}
	is_int(wrong, 0, "none of 47520 short ids is taken for another");
	is_int(missed, 0, "all are known again");
	seen_release(&s);
}

/* Channels that differ in one byte, or in their length alone: of all lengths, and
 * more than are kept at hand. Those of 8 to 16 bytes are known by their ends. */
static void
test_channels(void)
{
	struct seen s = { 0 };
	int wrong = 0, missed = 0, n = 0;

	for (int round = 0; round < 2; round++)
		for (size_t len = 1; len <= 25; len++)
			for (size_t at = 0; at <= len; at++) {
				char name[26] = { 0 };
				bool b;

				memset(name, 'a', len);
				if (at < len)
					name[at] = 'b';
				b = message(&s, name, "m1", T0);
				wrong += round == 0 && b;
				missed += round == 1 && !b;
				n += round;
			}
	is_int(n, 350, "so many channels");
	is_int(wrong, 0, "none is taken for another");
	is_int(missed, 0, "all are known again");
	seen_release(&s);
}

/* A year of one channel stays small. */
static void
test_memory(void)
{
	struct seen s = { 0 };
	int wrong = 0;

	for (int i = 0; i < 200000; i++) {
		char id[16];

		snprintf(id, 16, "n%d", i);
		wrong += message(&s, "eins", id, T0 + i * INT64_C(1000));
	}
	is_int(wrong, 0, "nothing new is a repeat");
	ok(s.cap <= 601 * 3, "room for %zu events for 601 of 10 minutes",
	    s.cap);
	seen_release(&s);
}

int
main(void)
{
	test_window();
	test_kinds();
	test_short_ids();
	test_channels();
	test_memory();
	return tap_done();
}
