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

static struct missing_line
differs(int64_t at)
{
	return (struct missing_line){ at, file, at, "differs" };
}

static void
test_keys(void)
{
	struct missing m = { 0 };

	missing_drop_key(&m, STR("a"));
	missing_add_key(&m, STR("a"), differs(1));
	missing_add_key(&m, STR("b"), differs(2));
	missing_drop_key(&m, STR("a"));
	missing_drop_key(&m, STR("b"));
	missing_add_key(&m, STR("b"), differs(4));
	missing_add_key(&m, STR("c"), differs(5));
	missing_add(&m, line(3));
	missing_settle(&m);
	is_int(m.n, 3, "a key that came again does not count");
	is_int(m.first[0].at, 3, "lines without a key are in between");
	is_int(m.first[1].at, 4, "of one that differed twice the last counts");
	is_int(m.first[2].at, 5, "of one that differed once that");
	missing_settle(&m);
	is_int(m.n, 3, "nothing counts twice");
	missing_release(&m);
}

/* Adds `n` keys from number `from` on; drops all but those that `keep` divides. */
static void
add_many(struct missing *m, int64_t from, int64_t n, int64_t keep)
{
	struct buf key = { 0 };

	for (int64_t i = from; i < from + n; i++) {
		buf_reset(&key);
		buf_printf(&key, "w:k:%lld:5", (long long)i);
		missing_add_key(m, buf_view(&key), differs(i));
		if (i % keep != 0)
			missing_drop_key(m, buf_view(&key));
	}
	buf_release(&key);
}

static void
test_many(void)
{
	struct missing m = { 0 };

	add_many(&m, 0, 4 * MISSING_KEYS, 10);
	ok(m.keys.n <= MISSING_KEYS, "so many keys and no more");
	missing_drop_key(&m, STR("w:k:0:5"));
	missing_settle(&m);
	is_int(m.n, 4 * MISSING_KEYS / 10 - 1,
	    "those that came again make room for others");
	is_int(m.first[0].at, 10, "which are known as before");
	missing_release(&m);

	add_many(&m, 0, 3 * MISSING_KEYS, 1);
	ok(m.keys.n <= MISSING_KEYS, "where all differ, no more, either");
	missing_settle(&m);
	is_int(m.n, 3 * MISSING_KEYS, "and each counts");
	is_int(m.first[0].at, 0, "with the first of them known");
	missing_release(&m);
}

int
main(void)
{
	test_first();
	test_keys();
	test_many();
	return tap_done();
}
