/*
 * test_missing - which lines of an input a database does not have
 */
#include "tap.h"

#include "model/missing.h"
#include "rand.h"

#define N 500

static const char file[] = "f";

static struct missing_line
line(int64_t at)
{
	return (struct missing_line){ at, file, at, "is not there" };
}

/* Whatever the order, the first lines are known. */
static void
test_first(void)
{
	struct missing m = { 0 };
	uint64_t rand = 7;
	int64_t lines[N];
	int bad = 0;

	for (int64_t i = 0; i < N; i++)
		lines[i] = 3 * i;
	for (size_t i = N - 1; i > 0; i--) {
		size_t k = rand_below(&rand, i + 1);
		int64_t one = lines[i];

		lines[i] = lines[k];
		lines[k] = one;
	}
	for (int64_t i = 0; i < N; i++) {
		missing_add(&m, line(lines[i]));
		for (int64_t k = 1; k <= i && k < MISSING_FIRST; k++)
			bad += m.first[k - 1].at >= m.first[k].at;
	}
	is_int(bad, 0, "they are in order at any time");
	is_int(m.n, N, "all are counted");
	for (int64_t i = 0; i < MISSING_FIRST; i++)
		bad += m.first[i].at != 3 * i;
	is_int(bad, 0, "these are the first");
}

int
main(void)
{
	test_first();
	return tap_done();
}
