/*
 * test_backoff - how long to wait before trying again
 */
#include "tap.h"

#include "base/backoff.h"
#include "rand.h"

static void
test_doubling(void)
{
	static const int64_t want[] = { 1000, 2000, 4000, 8000, 9000, 9000 };
	struct backoff b = { .first_ms = 1000, .max_ms = 9000 };

	for (size_t i = 0; i < 6; i++)
		is_int(backoff_next(&b, 0), want[i], "wait %zu, no luck", i);
	is_int(b.n, 6, "six waits");
	backoff_reset(&b);
	is_int(backoff_next(&b, 0), 1000, "again from the first");
}

/* The greatest that chance takes off is the half. */
static void
test_half(void)
{
	struct backoff b = { .first_ms = 1000, .max_ms = 3000 };

	is_int(backoff_next(&b, 500), 500, "the half of the first");
	is_int(backoff_next(&b, 1000), 1000, "the half of the second");
	is_int(backoff_next(&b, 1500), 1500, "the half of the limit");
	backoff_reset(&b);
	is_int(backoff_next(&b, 501), 1000, "the next number is 0 again");
	is_int(backoff_next(&b, 1), 1999, "one less");
}

static void
test_bounds(void)
{
	struct backoff none = { 0 }, low = { .first_ms = 5000, .max_ms = 70 },
		       one = { .first_ms = 1, .max_ms = 1 };
	uint64_t r = 3;
	int bad = 0, ends = 0;

	is_int(backoff_next(&none, UINT64_MAX), 0, "nothing to wait");
	is_int(backoff_next(&low, 0), 70, "the limit holds for the first");
	is_int(backoff_next(&one, UINT64_MAX), 1, "half of 1 ms is 1 ms");
	for (int i = 0; i < 3000; i++) {
		int64_t first = rand_between(&r, 1, 100);
		int64_t max = rand_between(&r, 1, 100000);
		struct backoff b = { .first_ms = first, .max_ms = max };
		int64_t due = first < max ? first : max;

		for (int n = 0; n < 30; n++) {
			int64_t ms = backoff_next(&b, rand_next(&r));

			bad += ms * 2 < due || ms > due;
			ends += ms == due;
			due = due * 2 < max ? due * 2 : max;
		}
	}
	is_int(bad, 0, "between the half and all of what is due");
	ok(ends > 0, "all of it, too");
}

/* A server that is away for a year. */
static void
test_long(void)
{
	struct backoff b = { .first_ms = 3, .max_ms = INT64_C(1) << 61 };
	int64_t last = 0;

	for (int i = 0; i < 200000; i++)
		last = backoff_next(&b, 0);
	is_int(last, INT64_C(1) << 61, "stays at the limit");
}

int
main(void)
{
	test_doubling();
	test_half();
	test_bounds();
	test_long();
	return tap_done();
}
