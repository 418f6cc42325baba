/*
 * test_overlap - one chat that is heard twice for a while
 */
#include "tap.h"

#include "base/xalloc.h"
#include "model/overlap.h"
#include "rand.h"

#include <stdlib.h>

static void
test_few(void)
{
	struct overlap o = { 0 };

	ok(overlap_is_new(&o, 7, true), "the new one brings a line");
	ok(!overlap_is_new(&o, 7, false), "the old one the same");
	is_int((int64_t)o.n, 0, "which is forgotten");
	ok(overlap_is_new(&o, 7, false), "and the next that is equal is new");
	ok(overlap_is_new(&o, 7, false), "two of one connection are two");
	ok(!overlap_is_new(&o, 7, true), "the other brings the first");
	ok(!overlap_is_new(&o, 7, true), "and the second");
	ok(overlap_is_new(&o, 7, true), "a third is new");
	ok(overlap_is_new(&o, 8, false), "so is another line");
	is_int((int64_t)o.n, 2, "two are on their way");
	overlap_release(&o);
	is_int((int64_t)o.n, 0, "none after the release");
	ok(overlap_is_new(&o, 7, false), "it begins anew");
	overlap_release(&o);
	overlap_release(&o);

	ok(overlap_is_new(&o, 0, true), "a fingerprint of 0");
	ok(!overlap_is_new(&o, 0, false), "is like any other");
	ok(overlap_is_new(&o, UINT64_MAX, true) &&
		!overlap_is_new(&o, UINT64_MAX, false),
	    "the greatest, too");
	overlap_release(&o);
}

#define N_KEYS  40
#define N_LINES 400

/* Keys that fall on the same places and over the end of the table. */
static uint64_t
a_key(size_t i, int round)
{
	switch (round % 3) {
	case 0:
		return (uint64_t)(i * 1024 + 63);
	case 1:
		return (uint64_t)(i * 4096 + 1020 + i % 8);
	default:
		return (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	}
}

/*
 * Two streams, equal but for some lines that one of them misses: each line
 * comes out as often as the one that has it more often has it, and what both
 * have had is forgotten.
 */
static void
test_interleaved(void)
{
	uint64_t r = 9;
	int wrong = 0, late = 0, kept = 0;

	for (int round = 0; round < 600; round++) {
		struct overlap o = { 0 };
		size_t lines[N_LINES], at[2] = { 0 };
		bool missed[2][N_LINES];
		int heard[2][N_KEYS] = { { 0 } }, out[N_KEYS] = { 0 };
		size_t n = rand_below(&r, N_LINES);
		size_t keys = 1 + rand_below(&r, N_KEYS);
		size_t misses = rand_below(&r, 3) * 5, ahead = 0;

		for (size_t i = 0; i < n; i++) {
			lines[i] = rand_below(&r, keys);
			for (int s = 0; s < 2; s++)
				missed[s][i] = rand_below(&r, 100) < misses;
		}
		while (at[0] < n || at[1] < n) {
			int s = (int)rand_below(&r, 2), most;
			size_t k;

			/* At times one of them is far ahead. */
			if (rand_below(&r, 8) > 0 && round % 2 == 0)
				s = round / 2 % 2;
			if (at[s] == n)
				s = !s;
			k = lines[at[s]];
			if (missed[s][at[s]++])
				continue;
			heard[s][k]++;
			out[k] += overlap_is_new(&o, a_key(k, round), s == 1);
			most = heard[0][k] > heard[1][k] ? heard[0][k]
							 : heard[1][k];
			/* Not only in the end: at every moment. */
			late += out[k] != most;
		}
		for (size_t k = 0; k < keys; k++) {
			int most = heard[0][k] > heard[1][k] ? heard[0][k]
							     : heard[1][k];

			wrong += out[k] != most;
			ahead += heard[0][k] != heard[1][k];
		}
		kept += o.n != ahead;
		overlap_release(&o);
	}
	is_int(wrong, 0, "each line comes out max(count) times");
	is_int(late, 0, "and at once");
	is_int(kept, 0, "only what is on its way is kept");
}

/* One far ahead of the other, then the other comes after it. */
static void
test_many(void)
{
	struct overlap o = { 0 };
	uint64_t r = 4;
	const size_t n = 20000;
	uint64_t *keys = xcalloc(n, sizeof(*keys));
	int bad = 0;
	size_t cap;

	for (size_t i = 0; i < n; i++) {
		keys[i] = i % 2 == 0 ? rand_next(&r) : (uint64_t)i << 40;
		/* All of the odd ones at one place would be slow, not wrong. */
		keys[i] += i * 2654435761U;
		bad += !overlap_is_new(&o, keys[i], false);
	}
	is_int(bad, 0, "20000 lines of the old one");
	is_int((int64_t)o.n, (int64_t)n, "all are on their way");
	cap = o.cap;
	for (size_t i = n; i-- > 0;)
		bad += overlap_is_new(&o, keys[i], true);
	is_int(bad, 0, "none of them is new from the other");
	is_int((int64_t)o.n, 0, "nothing is left");
	for (size_t i = 0; i < n; i++)
		bad += !overlap_is_new(&o, keys[i], true) ||
		    overlap_is_new(&o, keys[i], false);
	is_int(bad, 0, "line by line");
	ok(o.cap == cap, "takes no more memory");
	overlap_release(&o);
	free(keys);
}

int
main(void)
{
	test_few();
	test_interleaved();
	test_many();
	return tap_done();
}
