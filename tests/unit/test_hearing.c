/*
 * When the chat was heard: signs, losses, death, gaps, several collectors.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "model/hearing.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define S  MS_PER_S

/* Takes in the mark `name` of collector `by` at `s` seconds after T0. */
static void
mark(struct hearing *h, int64_t s, uint32_t by, const char *name)
{
	struct chat_mark m;
	struct event e;

	event_clear(&e);
	e.type = EVENT_MARK;
	e.mark = str_of(name);
	m = hearing_mark_of(&e, by);
	hearing_mark(h, T0 + s * S, &m);
}

static void
lost(struct hearing *h, int64_t s, uint32_t by, int64_t since)
{
	struct chat_mark m;
	struct event e;

	event_clear(&e);
	e.type = EVENT_MARK;
	e.mark = STR("lost");
	e.since = since == INT64_MIN ? since : T0 + since * S;
	m = hearing_mark_of(&e, by);
	hearing_mark(h, T0 + s * S, &m);
}

static void
gap(struct hearing *h, int64_t s, uint32_t by, int64_t from, int64_t to)
{
	struct chat_mark m;
	struct event e;

	event_clear(&e);
	e.type = EVENT_MARK;
	e.mark = STR("gap");
	e.from = T0 + from * S;
	e.to = T0 + to * S;
	m = hearing_mark_of(&e, by);
	hearing_mark(h, T0 + s * S, &m);
}

/* What was heard between two moments, in seconds; -1 when not known. */
static int64_t
heard(const struct hearing *h, int64_t from, int64_t to)
{
	int64_t ms = hearing_measure(h, T0 + from * S, T0 + to * S);

	return ms < 0 ? ms : ms / S;
}

static struct hearing
nothing(void)
{
	return (struct hearing){ .known_from = INT64_MAX };
}

static void
test_marks(void)
{
	static const struct {
		const char *name;
		int kind;
	} marks[] = {
		{ "join", CHAT_MARK_SIGN },
		{ "alive", CHAT_MARK_SIGN },
		{ "lost", CHAT_MARK_LOST },
		{ "gap", CHAT_MARK_GAP },
		{ "stop", CHAT_MARK_LEFT },
		{ "refused", CHAT_MARK_LEFT },
		{ "poll", CHAT_MARK_OTHER },
		{ "error", CHAT_MARK_OTHER },
		{ "joined", CHAT_MARK_OTHER },
	};
	struct hearing h = nothing();
	struct event e;

	event_clear(&e);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		e.mark = str_of(marks[i].name);
		is_int(hearing_mark_of(&e, 3).kind, marks[i].kind, "mark %s",
		    marks[i].name);
	}
	is_int(hearing_mark_of(&e, 3).by, 3, "its collector");
	is_int(heard(&h, 0, 100), -1, "nothing known at first");
	mark(&h, 0, 1, "poll");
	mark(&h, 1, 1, "error");
	is_int(heard(&h, 0, 100), -1, "poll and error tell nothing");
	hearing_chat(&h, T0 + 2 * S);
	is_int(heard(&h, 0, 100), -1, "nor does chat without a collector");
	hearing_release(&h);
}

static void
test_join_lost(void)
{
	struct hearing h = nothing();

	mark(&h, 10, 1, "join");
	is_int(heard(&h, 0, 10), -1, "before the first chat mark: not known");
	is_int(heard(&h, 0, 11), 0, "at it known, and nothing yet");
	mark(&h, 70, 1, "alive");
	is_int(heard(&h, 0, 100), 60, "from join to alive");
	is_int(heard(&h, 20, 30), 10, "a part of it");
	is_int(heard(&h, 65, 75), 5, "over its end");
	lost(&h, 100, 1, 90);
	is_int(heard(&h, 0, 200), 80, "lost closes at `since`");
	mark(&h, 120, 1, "join");
	mark(&h, 130, 1, "stop");
	is_int(heard(&h, 0, 200), 90, "stop closes at its own time");
	is_int(heard(&h, 90, 120), 0, "a hole in between");
	mark(&h, 140, 1, "stop");
	is_int(heard(&h, 0, 200), 90, "what is closed stays as it is");
	mark(&h, 150, 1, "alive");
	mark(&h, 160, 1, "refused");
	is_int(heard(&h, 0, 200), 100, "alive opens, refused closes");
	ok(hearing_covers(&h, T0 + 10 * S), "the begin is covered");
	ok(hearing_covers(&h, T0 + 130 * S), "so is the end");
	ok(!hearing_covers(&h, T0 + 110 * S), "a hole is not");
	hearing_release(&h);

	mark(&h, 0, 1, "join");
	mark(&h, 60, 1, "alive");
	lost(&h, 100, 1, INT64_MIN);
	is_int(heard(&h, 0, 200), 60, "without `since` at the last sign");
	mark(&h, 110, 1, "join");
	lost(&h, 120, 1, 100);
	is_int(heard(&h, 0, 200), 60, "never before its begin");
	mark(&h, 130, 1, "join");
	lost(&h, 140, 1, 150);
	is_int(heard(&h, 0, 200), 70, "never after now");
	hearing_release(&h);

	mark(&h, 0, 1, "join");
	mark(&h, 60, 1, "alive");
	lost(&h, 100, 1, 30);
	is_int(heard(&h, 0, 200), 30, "`since` takes back what was a sign");
	hearing_release(&h);
}

static void
test_death(void)
{
	struct hearing h = nothing();

	mark(&h, 0, 1, "join");
	mark(&h, 150, 1, "alive");
	is_int(heard(&h, 0, 300), 150, "150 s without a sign: alive");
	mark(&h, 301, 1, "alive");
	is_int(heard(&h, 0, 400), 150, "151 s: it died at its last sign");
	mark(&h, 311, 1, "alive");
	is_int(heard(&h, 0, 400), 160, "and was opened again");
	hearing_release(&h);

	mark(&h, 0, 1, "join");
	hearing_chat(&h, T0 + 150 * S + 1);
	is_int(heard(&h, 0, 400), 0, "a ms more than 150 s is death");
	mark(&h, 200, 1, "join");
	hearing_chat(&h, T0 + 350 * S);
	is_int(heard(&h, 0, 400), 150, "chat at 150 s is a sign");
	hearing_release(&h);
}

static void
test_gap(void)
{
	struct hearing h = nothing();

	mark(&h, 0, 1, "join");
	mark(&h, 100, 1, "alive");
	gap(&h, 100, 1, 20, 30);
	is_int(heard(&h, 0, 100), 90, "a gap is taken out");
	is_int(heard(&h, 25, 35), 5, "also in part");
	is_int(heard(&h, 20, 30), 0, "and as a whole");
	gap(&h, 100, 1, 25, 40);
	is_int(heard(&h, 0, 100), 80, "gaps that overlap count once");
	gap(&h, 100, 1, 60, 50);
	is_int(heard(&h, 0, 100), 80, "one from end to begin is none");
	mark(&h, 100, 2, "join");
	gap(&h, 100, 2, 50, 60);
	is_int(heard(&h, 0, 100), 80, "another collector's hurts no one");
	hearing_release(&h);
}

static void
test_two(void)
{
	struct hearing h = nothing();

	mark(&h, 0, 1, "join");
	mark(&h, 30, 2, "join");
	mark(&h, 50, 1, "alive");
	lost(&h, 60, 1, 55);
	mark(&h, 90, 2, "alive");
	is_int(heard(&h, 0, 100), 90, "two that overlap: the union");
	gap(&h, 90, 1, 20, 40);
	is_int(heard(&h, 0, 100), 80, "a gap that the second fills in part");
	gap(&h, 90, 2, 60, 70);
	is_int(heard(&h, 0, 100), 70, "one that nobody fills");
	hearing_release(&h);

	mark(&h, 0, 1, "join");
	mark(&h, 0, 2, "join");
	hearing_chat(&h, T0 + 50 * S);
	is_int(heard(&h, 0, 100), 0, "chat with two open is no evidence");
	mark(&h, 60, 2, "stop");
	is_int(heard(&h, 0, 100), 60, "one goes");
	hearing_chat(&h, T0 + 80 * S);
	is_int(heard(&h, 0, 100), 80, "with one open it is");
	hearing_release(&h);
}

static void
test_chat(void)
{
	struct hearing h = nothing(), copy = nothing();

	mark(&h, 0, 1, "join");
	for (int s = 100; s <= 1000; s += 100)
		hearing_chat(&h, T0 + s * S);
	is_int(heard(&h, 0, 2000), 1000, "chat alone keeps it open");
	hearing_chat(&h, T0 + 1200 * S);
	is_int(heard(&h, 0, 2000), 1000, "and does not wake the dead");

	hearing_copy(&copy, &h);
	mark(&h, 1300, 1, "join");
	mark(&h, 1400, 1, "alive");
	is_int(heard(&copy, 0, 2000), 1000, "a copy stays as it was");
	is_int(heard(&h, 0, 2000), 1100, "the first goes on");
	hearing_forget(&h, T0 + 1250 * S);
	is_int(heard(&h, 1250, 2000), 100, "forgetting leaves what is after");
	hearing_copy(&copy, &h);
	is_int(heard(&copy, 1250, 2000), 100, "a copy over a copy");
	hearing_release(&copy);
	hearing_release(&h);
	is_int(heard(&h, 0, 2000), -1, "released: nothing known");
}

int
main(void)
{
	test_marks();
	test_join_lost();
	test_death();
	test_gap();
	test_two();
	test_chat();
	return tap_done();
}
