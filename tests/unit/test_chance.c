/*
 * test_chance - random numbers
 */
#include "tap.h"

#include "base/chance.h"

#define N 1000

int
main(void)
{
	static uint64_t v[N];
	uint64_t ones = 0, zeros = 0;
	int same = 0, bits = 0;

	for (int i = 0; i < N; i++) {
		v[i] = chance();
		ones |= v[i];
		zeros |= ~v[i];
		bits += __builtin_popcountll(v[i]);
		for (int k = 0; k < i; k++)
			same += v[k] == v[i];
	}
	is_int(same, 0, "no two are equal");
	ok(~ones == 0, "each bit is set at times");
	ok(~zeros == 0, "and is not at times");
	/* 64000 fair bits: 126 is a standard deviation, this is eight. */
	ok(bits > 31000 && bits < 33000, "a half of all is set");
	return tap_done();
}
