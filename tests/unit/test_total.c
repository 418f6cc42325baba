/*
 * What a stream amounts to: samples and windows, worked out by hand.
 */
#include "tap.h"

#include <stdlib.h>

#include "model/total.h"

#define T0   INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define MIN  INT64_C(60000)
#define HOLD (3 * MIN)

static void
sample(struct total *t, int64_t ts, int64_t viewers, enum session_kind kind,
    const char *title)
{
	struct entry e = { .kind = ENTRY_HIT,
		.ts = ts,
		.started_at = T0,
		.viewers = viewers,
		.words = strdup(title) };

	e.word_len[1] = strlen(title);
	total_sample(t, &e, kind, HOLD);
	ok(e.words == NULL, "its words are taken");
}

static void
window(struct total *t, int64_t ts, int64_t messages, int64_t heard_ms)
{
	struct stats w = { .ts = ts, .heard_ms = heard_ms };
	struct tally counted = { .n = { .messages = messages } };

	w.n = counted.n;
	total_window(t, &w, &counted);
}

static void
test_samples(void)
{
	struct total t;
	struct stats st;

	total_init(&t, T0);
	is_int((int64_t)total_viewers(&t, T0), STATS_UNKNOWN, "no sample yet");
	sample(&t, T0 + MIN, 100, SESSION_STREAM, "one");
	sample(&t, T0 + 3 * MIN, 40, SESSION_GOES_ON, "two");
	is_int((int64_t)total_viewers(&t, T0 + 6 * MIN), 40, "it holds 3 min");
	is_int((int64_t)total_viewers(&t, T0 + 6 * MIN + 1), STATS_UNKNOWN,
	    "and no longer");
	/* 10 min without a poll: the 40 count for 3 of them. */
	sample(&t, T0 + 13 * MIN, 100, SESSION_GOES_ON, "three");
	/* Away for 7 min: that is no airtime, nobody watched. */
	sample(&t, T0 + 20 * MIN, 10, SESSION_SEGMENT, "four");
	sample(&t, T0 + 21 * MIN, 12, SESSION_GOES_ON, "five");
	st = total_figures(&t);
	is_int(st.viewer_ms, (100 * 2 + 40 * 3 + 10 * 1) * MIN,
	    "viewers by time: 100 for 2 min, 40 for 3, 10 for 1");
	is_int(st.sampled_ms, 6 * MIN, "6 min of them are known");
	ok(st.viewers_avg == 55, "330 / 6 = 55");
	is_int(st.viewers_max, 100, "the most");
	is_int(st.viewers_max_at, T0 + MIN, "the earliest of equals");
	is_int(st.airtime_ms, (13 + 1) * MIN, "13 min from its begin, and 1");
	is_int(st.ended_at, T0 + 21 * MIN, "up to the last sample");
	is(st.title, "five", "the last title");
	ok(st.name.len == 0, "no name");
	ok(!st.inferred, "Helix told of it");
	total_release(&t);
}

static void
test_one_sample(void)
{
	struct total t;
	struct stats st;

	total_init(&t, T0);
	sample(&t, T0, 7, SESSION_STREAM, "");
	st = total_figures(&t);
	ok(st.viewers_avg == 7, "one sample: it is the average");
	is_int(st.viewer_ms, 0, "for no time");
	is_int(st.airtime_ms, 0, "no airtime");
	total_release(&t);
}

static void
test_windows(void)
{
	struct total t;
	struct stats st;
	struct map names = { 0 };
	struct event e;

	total_init(&t, T0);
	t.run = true;
	t.ended_at = T0 + 12000;
	is_int(total_figures(&t).messages_max_at, INT64_MIN, "no window yet");
	window(&t, T0, 3, STATS_UNKNOWN);
	st = total_figures(&t);
	is_int(
	    st.heard_ms, STATS_UNKNOWN, "nothing is known of what was heard");
	window(&t, T0 + 5000, 4, 5000);
	window(&t, T0 + 10000, 4, 1000);
	st = total_figures(&t);
	is_int(st.n.messages, 11, "3 + 4 + 4 messages");
	is_int(st.messages_max, 4, "the busiest");
	is_int(st.messages_max_at, T0 + 5000, "the earliest of equals");
	is_int(st.windows, 3, "three windows");
	is_int(st.unknown, 1, "one of which nothing is known");
	is_int(st.heard_ms, 6000, "5 + 1 s");
	is_int(st.airtime_ms, 12000, "a run: from first to last message");
	is_int(st.viewer_ms, STATS_UNKNOWN, "without samples");
	ok(st.inferred, "inferred");

	event_clear(&e);
	e.type = EVENT_MESSAGE;
	total_late(&t, &e, &names, T0, 4);
	st = total_figures(&t);
	is_int(st.n.messages, 12, "one more");
	is_int(st.messages_max_at, T0, "its window is as busy, and earlier");
	total_late(&t, &e, &names, T0 + 10000, 5);
	st = total_figures(&t);
	is_int(st.messages_max, 5, "and one that makes another the busiest");
	is_int(st.messages_max_at, T0 + 10000, "that");
	map_release(&names);
	total_release(&t);
}

int
main(void)
{
	test_samples();
	test_one_sample();
	test_windows();
	return tap_done();
}
