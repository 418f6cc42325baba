/*
 * What a stream is, when it is over and when it comes back; runs of messages.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "model/sessions.h"

#define T0  INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define MIN MS_PER_MIN
#define H   MS_PER_HOUR
#define GAP (30 * MIN)

static struct session_run run;
static struct past past;

static int
hit(struct sessions *s, int64_t ts, uint32_t id, int64_t started_at)
{
	while (sessions_pass(s, ts, false, &run))
		;
	return (int)sessions_hit(s, ts, id, started_at).kind;
}

static void
miss(struct sessions *s, int64_t ts)
{
	while (sessions_pass(s, ts, false, &run))
		;
	sessions_miss(s, ts);
}

/* Begins anew: a channel with one stream, 7, that was hit at T0. */
static void
begin(struct sessions *s)
{
	sessions_init(s, &past, GAP);
	is_int(hit(s, T0, 7, T0 - MIN), SESSION_STREAM, "a first hit");
}

static void
test_misses(void)
{
	struct sessions s;

	begin(&s);
	miss(&s, T0 + MIN);
	ok(s.under_way, "one miss is no end");
	is_int(hit(&s, T0 + 2 * MIN, 7, T0 - MIN), SESSION_GOES_ON,
	    "a false offline: it goes on");
	is_int(s.misses, 0, "a hit forgives the misses before");

	begin(&s);
	miss(&s, T0 + MIN);
	miss(&s, T0 + 2 * MIN);
	miss(&s, T0 + 3 * MIN);
	miss(&s, T0 + 10 * MIN - 1);
	ok(s.under_way, "four misses within 10 minutes are no end");
	miss(&s, T0 + 10 * MIN);
	ok(!s.under_way, "a fifth at 10 minutes is one");
	is_int(s.last_hit, T0, "the last hit stays the last hit");

	begin(&s);
	miss(&s, T0 + 20 * MIN);
	miss(&s, T0 + 40 * MIN);
	ok(s.under_way, "two misses are no end, however late");
	miss(&s, T0 + 41 * MIN);
	ok(!s.under_way, "the third is");

	begin(&s);
	miss(&s, T0 + MIN);
	miss(&s, T0 + 2 * MIN);
	hit(&s, T0 + 3 * MIN, 7, T0 - MIN);
	miss(&s, T0 + 14 * MIN);
	miss(&s, T0 + 15 * MIN);
	ok(s.under_way, "misses before a hit do not count after it");
	miss(&s, T0 + 16 * MIN);
	ok(!s.under_way, "three after it do");
}

static void
test_silence(void)
{
	struct sessions s;

	begin(&s);
	is_int(hit(&s, T0 + 6 * H - 1, 7, T0 - MIN), SESSION_GOES_ON,
	    "a ms less than 6 h without hit or miss");
	begin(&s);
	is_int(hit(&s, T0 + 6 * H, 7, T0 - MIN), SESSION_SEGMENT,
	    "6 h without hit or miss");
	begin(&s);
	miss(&s, T0 + 5 * H);
	is_int(hit(&s, T0 + 10 * H, 7, T0 - MIN), SESSION_GOES_ON,
	    "a miss in between breaks the silence");
	begin(&s);
	ok(!sessions_pass(&s, T0 + 6 * H, false, &run),
	    "no run ends with a stream");
	ok(!s.under_way, "the stream does, by time alone");
}

static void
test_back(void)
{
	struct session_hit h;
	struct sessions s;

	begin(&s);
	is_int(hit(&s, T0 + 48 * H, 7, T0 - MIN), SESSION_SEGMENT,
	    "48 h after its last hit it may come back");
	is_int(hit(&s, T0 + 48 * H + MIN, 7, T0 - MIN), SESSION_GOES_ON,
	    "and goes on");
	begin(&s);
	is_int(hit(&s, T0 + 48 * H + 1, 7, T0 - MIN), SESSION_IGNORED,
	    "later it may not");
	is_int(hit(&s, T0 + 48 * H + 2, 8, T0 + 48 * H), SESSION_STREAM,
	    "another may come");
	begin(&s);
	for (int i = 10; i < 13; i++)
		miss(&s, T0 + i * MIN);
	h = sessions_hit(&s, T0 + 20 * MIN, 7, T0 - MIN);
	is_int(h.kind, SESSION_SEGMENT, "back after its end: a new segment");
	is_int(h.stream, SESSIONS_FIRST, "of the same stream");
}

static void
test_ids(void)
{
	struct session_hit h;
	struct sessions s;

	begin(&s);
	h = sessions_hit(&s, T0 + MIN, 8, T0 + MIN);
	is_int(h.kind, SESSION_STREAM, "another id is another stream");
	is_int(h.stream, SESSIONS_FIRST + 1, "the second");
	is_int(hit(&s, T0 + 2 * MIN, 7, T0 - MIN), SESSION_IGNORED,
	    "an older started_at is ignored");
	is_int(hit(&s, T0 + 2 * MIN, 9, T0), SESSION_IGNORED,
	    "also of an id never seen");
	is_int(hit(&s, T0 + 3 * MIN, 7, T0 + 2 * MIN), SESSION_IGNORED,
	    "the stream before does not come back");
	is_int(hit(&s, T0 + 4 * MIN, 8, T0 + MIN), SESSION_GOES_ON,
	    "the newest goes on");
	is_int(hit(&s, T0 + 5 * MIN, 9, T0 + MIN), SESSION_STREAM,
	    "an equal started_at is not older");
	is_int(hit(&s, T0 + 6 * MIN, 7, T0 + 5 * MIN), SESSION_IGNORED,
	    "nor does the one before that");
	is_int(s.n, SESSIONS_FIRST + 3, "three streams");

	begin(&s);
	for (int i = 10; i < 13; i++)
		miss(&s, T0 + i * MIN);
	is_int(hit(&s, T0 + 20 * MIN, 8, T0 + 19 * MIN), SESSION_STREAM,
	    "a new stream after an end");
	is_int(hit(&s, T0 + 21 * MIN, 7, T0 - MIN), SESSION_IGNORED,
	    "only the newest comes back");
}

static void
test_runs(void)
{
	struct sessions s;

	sessions_init(&s, &past, GAP);
	sessions_message(&s, T0);
	ok(!sessions_pass(&s, T0 + GAP, false, &run),
	    "a silence as long as the gap does not part");
	sessions_message(&s, T0 + GAP);
	ok(!sessions_pass(&s, T0 + 2 * GAP, false, &run), "nor does another");
	ok(sessions_pass(&s, T0 + 2 * GAP + 1, false, &run),
	    "a longer one does");
	is_int(run.stream, 0, "the first run");
	is_int(run.first, T0, "from its first message");
	is_int(run.last, T0 + GAP, "to its last");
	ok(!sessions_pass(&s, T0 + 2 * GAP + 1, false, &run), "it ends once");
	sessions_message(&s, T0 + 2 * GAP + 1);
	ok(sessions_end(&s, &run), "the input ends a run");
	is_int(run.stream, 1, "the second");
	is_int(run.first, T0 + 2 * GAP + 1, "of one message");
	is_int(run.last, run.first, "first and last");
	ok(!sessions_end(&s, &run), "there is no third");

	sessions_init(&s, &past, GAP);
	sessions_message(&s, T0);
	is_int(hit(&s, T0 + MIN, 7, T0), SESSION_STREAM, "Helix speaks");
	ok(!sessions_end(&s, &run), "the run under way is none");
	sessions_message(&s, T0 + 2 * MIN);
	ok(!sessions_end(&s, &run), "nor is any later one");

	sessions_init(&s, &past, GAP);
	sessions_message(&s, T0);
	miss(&s, T0 + MIN);
	sessions_message(&s, T0 + 2 * MIN);
	ok(!sessions_end(&s, &run), "a miss is Helix, too");

	sessions_init(&s, &past, GAP);
	sessions_message(&s, T0);
	sessions_decide(&s);
	sessions_message(&s, T0 + MIN);
	ok(!sessions_pass(&s, T0 + 2 * MIN, false, &run),
	    "a run that is decided goes on");
	ok(sessions_pass(&s, T0 + 2 * MIN, true, &run), "until Helix speaks");
	ok(run.first == T0 && run.last == T0 + MIN, "and stays what it was");

	sessions_init(&s, &past, GAP);
	sessions_message(&s, T0);
	ok(sessions_pass(&s, T0 + GAP + MIN, false, &run),
	    "a run before Helix");
	is_int(sessions_hit(&s, T0 + GAP + MIN, 7, T0).stream, SESSIONS_FIRST,
	    "streams are counted by themselves");
}

int
main(void)
{
	test_misses();
	test_silence();
	test_back();
	test_ids();
	test_runs();
	sessions_forget(&past);
	return tap_done();
}
