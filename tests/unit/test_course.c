/*
 * How a stream went, in few buckets: figures worked out by hand; no peak, no
 * lull and no hole is ever lost.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "model/course.h"
#include "rand.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct stats
window(int i, int64_t messages, double viewers)
{
	return (struct stats){ .type = STATS_WINDOW,
		.ts = T0 + i * 5000,
		.seconds = 5,
		.n = { .messages = messages, .bits = 10 },
		.viewers = viewers,
		.viewers_max = STATS_UNKNOWN,
		.heard_ms = 5000 };
}

static void
test_few(void)
{
	struct course c = { 0 };
	struct course_peak peaks[3];
	struct course_bucket sum;
	struct stats s;

	for (int i = 0; i < 5; i++) {
		s = window(i, i == 3 ? 9 : i, 100 - i);
		if (i == 1)
			s.heard_ms = s.n.messages = 0;
		if (i == 2) {
			s.viewers_max = 120;
			s.n.raids = 1;
		}
		course_add(&c, &s, 4);
	}
	/* Five windows in four buckets: pairs. */
	is_int((int64_t)c.n, 3, "three buckets");
	is_int(c.width_ms, 10000, "of two windows");
	is_int(c.p[0].messages, 0, "messages of the first");
	is_int(c.p[0].messages_min, 0, "its least window that was heard");
	is_int(c.p[0].windows, 2, "its windows");
	is_int(c.p[0].heard, 1, "one of them is a hole");
	ok(c.p[0].viewers_min == 99 && c.p[0].viewers_max == 100,
	    "viewers of the first");
	is_int(c.p[1].messages, 11, "messages of the second: 2 + 9");
	is_int(c.p[1].messages_min, 2, "its quietest window");
	is_int(c.p[1].messages_max, 9, "its busiest");
	is_int(c.p[1].max_at, T0 + 15000, "and when that was");
	ok(c.p[1].viewers_max == 120, "the highest sample of a window counts");
	is_int(c.p[1].raids, 1, "a raid");
	is_int(c.sampled, T0 + 10000, "the last sample");
	ok(c.viewers == 96, "the last viewers");
	course_sum(&c, 0, c.n, &sum);
	is_int(sum.messages, 15, "all messages");
	is_int(sum.bits, 50, "all bits");
	is_int((int64_t)course_peaks(&c, 10000, peaks, 3), 1,
	    "one peak: 4 at 20 s is too near");
	ok(peaks[0].messages == 9 && peaks[0].at == T0 + 15000, "9 at 15 s");
	is_int((int64_t)course_peaks(&c, 5000, peaks, 3), 2, "two, nearer");
	is_int(peaks[1].messages, 4, "4 at 20 s");
	course_release(&c);
}

static void
test_holes(void)
{
	struct course c = { 0 };
	struct stats s = window(0, 1, STATS_UNKNOWN);

	course_add(&c, &s, 8);
	s = window(3, 2, STATS_UNKNOWN);
	course_add(&c, &s, 8);
	is_int((int64_t)c.n, 4, "a window that is not there has its place");
	is_int(c.p[1].windows, 0, "nothing is known of it");
	ok(c.p[1].messages_max == STATS_UNKNOWN, "not even 0 messages");
	ok(c.p[0].viewers_max == STATS_UNKNOWN, "no viewers known");
	course_release(&c);
}

/* The same lines again count once. */
static void
test_again(void)
{
	struct course c = { 0 };
	struct course_bucket sum;
	struct stats s;

	for (int twice = 0; twice < 2; twice++)
		for (int i = 0; i < 50; i++) {
			s = window(i, i, 5);
			course_add(&c, &s, 8);
		}
	course_sum(&c, 0, c.n, &sum);
	is_int(sum.messages, 49 * 50 / 2, "messages of 50 windows read twice");
	is_int(sum.windows, 50, "and their number");
	s = window(49, 7, 5);
	course_add(&c, &s, 100);
	ok(c.n <= 8, "a later window with an equal key");
	s = window(-1, 3, 5);
	course_add(&c, &s, 8);
	is_int((int64_t)c.n, 1, "an earlier begin starts anew");
	is_int(c.from, T0 - 5000, "there");
	course_release(&c);
}

/* Nothing is merged: a window that comes again, as a live one does, takes its own place,
 * and those behind it stay. */
static void
test_live(void)
{
	struct course c = { 0 }, drawn;
	struct stats s;

	for (int i = 0; i < 2000; i++) {
		s = window(i, 1, 5);
		course_add(&c, &s, 2000);
	}
	s = window(1990, 7, 3);
	course_add(&c, &s, 2000);
	s = window(1, 2, 3);
	s.heard_ms = s.n.messages = s.n.bits = 0;
	course_add(&c, &s, 2000);
	ok(course_is_exact(&c), "a bucket for each window");
	is_int((int64_t)c.n, 2000, "all of them");
	is_int(c.p[1990].messages, 7, "what is written again counts");
	is_int(c.p[1999].messages, 1, "and what came behind it, too");
	is_int(c.p[1990].windows, 1, "once");
	ok(c.viewers == 5, "the last viewers are those of the last window");
	ok(!course_is_known(&c.p[1]) && course_is_known(&c.p[2]),
	    "of a hole nothing is known");
	course_draw(&c, &drawn);
	ok(drawn.n == 500 && drawn.width_ms == 20000 &&
		!course_is_exact(&drawn),
	    "2,000 are drawn as 500 of four");
	is_int(drawn.p[0].messages, 3, "of which the first has a hole in it");
	is_int(drawn.p[497].messages, 10, "1988 to 1991: 1 + 1 + 7 + 1");
	is_int(c.p[0].windows, 1, "the course stays");
	course_release(&drawn);
	course_release(&c);
	course_draw(&c, &drawn);
	is_int((int64_t)drawn.n, 0, "nothing of nothing");
	course_release(&drawn);
}

/* Whatever the number of buckets: sums, peaks and lulls are those of the
 * windows. */
static void
test_any(void)
{
	uint64_t seed = 7;
	bool good = true;

	for (int round = 0; round < 200; round++) {
		struct course c = { 0 };
		struct course_bucket sum;
		size_t max = 2 + (size_t)(rand_next(&seed) % 30);
		int n = 1 + (int)(rand_next(&seed) % 400);
		int64_t all = 0, top = -1, low = INT64_MAX;

		for (int i = 0; i < n; i++) {
			int64_t m = (int64_t)(rand_next(&seed) % 1000);
			struct stats s = window(i, m, 1);

			course_add(&c, &s, max);
			all += m;
			top = m > top ? m : top;
			low = m < low ? m : low;
		}
		course_sum(&c, 0, c.n, &sum);
		good &= c.n <= max && sum.messages == all &&
		    sum.messages_max == top && sum.messages_min == low &&
		    sum.windows == n;
		course_condense(&c, 2);
		course_sum(&c, 0, c.n, &sum);
		good &=
		    c.n <= 2 && sum.messages_max == top && sum.messages == all;
		course_release(&c);
	}
	ok(good, "200 courses of any length");
}

int
main(void)
{
	test_few();
	test_holes();
	test_again();
	test_live();
	test_any();
	return tap_done();
}
