/*
 * test_lag - how long lines were under way
 */
#include "tap.h"

#include "model/lag.h"

#define T INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct lag l;

/* Begins anew with `n` lines that were under way for `ms`. */
static void
lines(int n, int64_t ms)
{
	while (n-- > 0)
		lag_add(&l, T + ms, T);
}

static void
begin(void)
{
	memset(&l, 0, sizeof(l));
}

static void
test_few(void)
{
	int64_t median = 0;

	begin();
	ok(!lag_is_odd(&l, &median), "no lines, nothing odd");
	lag_add(&l, INT64_MIN, T);
	lag_add(&l, T, INT64_MIN);
	is_int(l.n, 0, "times that are not known do not count");
	lines(3, 0);
	ok(!lag_is_odd(&l, &median), "at once is as it should be");
}

static void
test_limits(void)
{
	int64_t median = 0;

	begin();
	lines(1, -1000);
	ok(!lag_is_odd(&l, &median), "-1 s is not odd");
	begin();
	lines(1, 5000);
	ok(!lag_is_odd(&l, &median), "nor are 5 s");
	begin();
	lines(1, -1001);
	ok(lag_is_odd(&l, &median), "a ms less is");
	is_int(median, -1100, "its median, to the 100 ms below");
	begin();
	lines(1, 5001);
	ok(lag_is_odd(&l, &median), "a ms more is");
	is_int(median, 5000, "its median");
}

static void
test_median(void)
{
	int64_t median = 0;

	begin();
	lines(50, 7000);
	lines(50, 200);
	ok(!lag_is_odd(&l, &median), "half of the lines late: not odd");
	lines(1, 7000);
	ok(lag_is_odd(&l, &median), "more than half: odd");
	is_int(median, 7000, "the median is a late one");
	begin();
	lines(40, -30000);
	lines(20, 200);
	lines(40, 30000);
	ok(!lag_is_odd(&l, &median), "early and late even out");
	begin();
	lines(10, 6000);
	lines(10, 8000);
	lines(10, 9000);
	ok(lag_is_odd(&l, &median), "all late");
	is_int(median, 8000, "the one in the middle");
	begin();
	lines(3, INT64_C(86400000));
	ok(lag_is_odd(&l, &median), "a day late");
	is_int(median, LAG_LIMIT_MS, "counts as a minute");
	begin();
	lines(3, INT64_C(-86400000));
	ok(lag_is_odd(&l, &median), "a day early");
	is_int(median, -LAG_LIMIT_MS, "counts as a minute, too");
}

/* Any lines: as sorting them says. */
static void
test_all(void)
{
	int bad = 0;

	for (int64_t a = -3000; a <= 9000; a += 500)
		for (int64_t b = -3000; b <= 9000; b += 500)
			for (int64_t c = -3000; c <= 9000; c += 500) {
				int64_t lo = a < b ? a : b, hi = a < b ? b : a;
				int64_t middle = c < lo ? lo : c > hi ? hi : c;
				int64_t median = middle;
				bool odd;

				begin();
				lines(1, a);
				lines(1, b);
				lines(1, c);
				odd = lag_is_odd(&l, &median);
				bad += odd != (middle < -1000 || middle > 5000);
				bad += median != middle;
			}
	is_int(bad, 0, "three lines: odd when the one in the middle is");
}

int
main(void)
{
	test_few();
	test_limits();
	test_median();
	test_all();
	return tap_done();
}
