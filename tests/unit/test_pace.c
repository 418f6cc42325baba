/*
 * test_pace - at most so many in any so long
 */
#include "tap.h"

#include "base/pace.h"
#include "rand.h"

static void
test_few(void)
{
	struct pace p;

	pace_init(&p, 2, 100);
	is_int(pace_wait(&p, 0), 0, "the first at once, at 0");
	pace_take(&p, 0);
	is_int(pace_wait(&p, 30), 0, "the second, too");
	pace_take(&p, 30);
	is_int(pace_wait(&p, 30), 70, "the third when the first is gone");
	is_int(pace_wait(&p, 99), 1, "not a ms before");
	is_int(pace_wait(&p, 100), 0, "then");
	pace_take(&p, 100);
	is_int(pace_wait(&p, 100), 30, "the fourth waits for the second");
	is_int(pace_wait(&p, 1000), 0, "not for longer");
	pace_take(&p, 1000);
	is_int(pace_wait(&p, 1000), 0, "two again after a pause");
	pace_take(&p, 1000);
	is_int(pace_wait(&p, 1000), 100, "and no third");
	pace_release(&p);
	pace_release(&p);

	pace_init(&p, 1, 5);
	is_int(pace_wait(&p, INT64_C(-1000000)), 0, "any clock");
	pace_take(&p, INT64_C(-1000000));
	is_int(pace_wait(&p, INT64_C(-999999)), 4, "also a negative one");
	pace_release(&p);
}

#define N_TIMES 2000

/*
 * Takes whenever it may, on a clock of random steps. No window holds more than
 * `n`, and nobody waits for longer than that needs.
 */
static void
test_windows(void)
{
	static int64_t at[N_TIMES];
	uint64_t r = 5;
	int crowded = 0, wrong = 0, early = 0;

	for (int round = 0; round < 60; round++) {
		size_t n = 1 + rand_below(&r, 25), k = 0;
		int64_t window = rand_between(&r, 1, 400);
		int64_t step = rand_between(&r, 0, 3 * window / (int64_t)n + 1);
		int64_t now = rand_between(&r, -100000, 100000);
		struct pace p;

		pace_init(&p, n, window);
		while (k < N_TIMES) {
			int64_t wait = pace_wait(&p, now), want = 0;

			if (k >= n && at[k - n] + window > now)
				want = at[k - n] + window - now;
			wrong += wait != want;
			if (wait > 0) {
				early += pace_wait(&p, now + wait - 1) != 1 ||
				    pace_wait(&p, now + wait) != 0;
				now += rand_below(&r, 2) == 0
				    ? wait
				    : rand_between(&r, 0, wait);
				continue;
			}
			pace_take(&p, now);
			at[k++] = now;
			now += rand_between(&r, 0, step);
		}
		for (size_t i = n; i < k; i++)
			crowded += at[i] - at[i - n] < window;
		pace_release(&p);
	}
	is_int(crowded, 0, "no window holds more than n");
	is_int(wrong, 0, "the wait is as long as it has to be");
	is_int(early, 0, "and over when it said");
}

int
main(void)
{
	test_few();
	test_windows();
	return tap_done();
}
