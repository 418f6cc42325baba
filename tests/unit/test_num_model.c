/*
 * test_num_model - numbers against readers and writers without any art
 *
 * Cases by hand are in test_num.c.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/num.h"
#include "rand.h"

/* Reads digit by digit. */
static int64_t
naive(struct str s)
{
	int64_t v = 0;

	if (s.len < 1 || s.len > 18)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static void
test_whole(void)
{
	/* The neighbours of the digits, and what makes sums carry over. */
	static const char odd[] = "/:. -+\t\0\xb0\xb9\x7f\x80\xfa\xff"
				  "aEx";
	uint64_t r = 61;
	int bad = 0, numbers = 0;

	for (int round = 0; round < 200000; round++) {
		size_t len = rand_below(&r, 22);
		/* Of its own size, so that one byte too far is found out. */
		char *p = malloc(len + (len == 0));
		struct str s = { p, len };

		if (p == NULL)
			return;
		for (size_t i = 0; i < len; i++)
			p[i] = (char)('0' + rand_below(&r, 10));
		if (len > 0 && rand_below(&r, 2) == 0)
			for (size_t k = 1 + rand_below(&r, 3); k > 0; k--)
				p[rand_below(&r, len)] =
				    odd[rand_below(&r, sizeof(odd) - 1)];
		bad += num_whole(s) != naive(s);
		numbers += naive(s) >= 0;
		free(p);
	}
	is_int(bad, 0, "200000 strings are read as digit by digit");
	ok(numbers > 50000, "%d of them were numbers", numbers);
}

/* Drops zeros at the end behind a point, and the point. */
static void
trim(char *text)
{
	size_t n = strlen(text);

	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	text[n] = '\0';
}

static void
test_ratio(void)
{
	static const struct {
		double v;
		const char *want;
	} cases[] = {
		{ 0.5, "0.5" },
		{ 10, "10" },
		{ 1000000, "1000000" },
		{ 0.1, "0.1" },
		{ 0.0625, "0.0625" },
		/* Halves of the last decimal that a double holds exactly go
		 * to the even one. */
		{ 0.03125, "0.0312" },
		{ 0.09375, "0.0938" },
		{ 0.00005, "0.0001" }, /* a little more than it looks */
		{ 0.99994, "0.9999" },
		{ 9.99996, "10" },
		{ 41.33333333, "41.3333" },
		{ -1.5, "-1.5" },
		{ -20, "-20" },
		{ 3.10, "3.1" },
	};
	struct buf b = { 0 };
	uint64_t r = 62;
	int bad = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&b);
		num_add_ratio(&b, cases[i].v);
		is(buf_view(&b), cases[i].want, "%.8f", cases[i].v);
	}
	for (int round = 0; round < 50000; round++) {
		double v = (double)rand_between(&r, -100000000, 100000000) /
		    (double)(1 + rand_below(&r, 20000));
		char want[64];

		snprintf(want, sizeof(want), "%.4f", v);
		trim(want);
		buf_reset(&b);
		num_add_ratio(&b, v);
		bad += !str_eq(buf_view(&b), str_of(want));
	}
	is_int(bad, 0, "50000 ratios are as %%.4f prints them, trimmed");
	buf_release(&b);
}

static void
test_ms(void)
{
	struct buf b = { 0 };
	uint64_t r = 63;
	int bad = 0;

	for (int round = 0; round < 50000; round++) {
		int64_t ms = rand_between(&r, -200000, 200000), u;
		char want[64];

		u = ms < 0 ? -ms : ms;
		snprintf(want, sizeof(want), "%s%" PRId64 ".%03" PRId64,
		    ms < 0 ? "-" : "", u / 1000, u % 1000);
		trim(want);
		buf_reset(&b);
		num_add_ms(&b, ms);
		bad += !str_eq(buf_view(&b), str_of(want));
	}
	is_int(bad, 0, "50000 numbers of thousandths");
	buf_release(&b);
}

/* Without its commas it is the number; they stand where they should. */
static void
test_thousands(void)
{
	struct buf b = { 0 };
	uint64_t r = 64;
	int bad = 0;

	for (int round = 0; round < 50000; round++) {
		int64_t v = (int64_t)rand_next(&r) >> rand_below(&r, 64);
		char plain[32], want[32];
		size_t n = 0;

		snprintf(want, sizeof(want), "%" PRId64, v);
		buf_reset(&b);
		num_add_thousands(&b, v);
		for (size_t i = 0; i < b.len; i++) {
			bool comma = (b.len - i) % 4 == 0 && i > (v < 0);

			bad += (b.p[i] == ',') != comma;
			if (b.p[i] != ',' && n < sizeof(plain) - 1)
				plain[n++] = b.p[i];
		}
		plain[n] = '\0';
		bad += strcmp(plain, want) != 0;
	}
	is_int(bad, 0, "50000 numbers with commas");
	buf_release(&b);
}

int
main(void)
{
	test_whole();
	test_ratio();
	test_ms();
	test_thousands();
	return tap_done();
}
