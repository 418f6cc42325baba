/*
 * test_num - numbers as text, both ways
 */
#include "tap.h"

#include <float.h>
#include <inttypes.h>

#include "base/num.h"
#include "rand.h"

static struct buf out;

static struct str
shown(void (*add)(struct buf *, int64_t), int64_t v)
{
	buf_reset(&out);
	add(&out, v);
	return buf_view(&out);
}

static struct str
ratio(double v)
{
	buf_reset(&out);
	num_add_ratio(&out, v);
	return buf_view(&out);
}

static void
test_whole(void)
{
	static const char *const none[] = { "", " ", "-1", "+1", " 1", "1 ",
		"5-00", "1.0", "0x1", "1e3", "1234567890123456789",
		"0000000000000000000", "12345678:", "/2345678", "1234567a",
		"123456781234567/" };

	is_int(num_whole(STR("0")), 0, "0");
	is_int(num_whole(STR("007")), 7, "leading zeros");
	is_int(num_whole(STR("12345678")), 12345678, "eight digits");
	is_int(num_whole(STR("123456789")), 123456789, "nine digits");
	is_int(num_whole(STR("999999999999999999")), 999999999999999999,
	    "eighteen digits");
	is_int(num_whole(STR("000000000000000000")), 0, "eighteen zeros");
	is_int(num_whole(STR_ABSENT), -1, "absent is no number");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		is_int(num_whole(str_of(none[i])), -1, "\"%s\" is no number",
		    none[i]);
}

/* Any byte at any place of a number of any length. */
static void
test_every_byte(void)
{
	int bad = 0;

	for (size_t len = 1; len <= 18; len++)
		for (size_t at = 0; at < len; at++)
			for (int c = 0; c < 256; c++) {
				char text[18];
				uint64_t want = 0;

				memset(text, '7', sizeof(text));
				text[at] = (char)c;
				for (size_t i = 0; i < len; i++)
					want = want * 10 +
					    (uint64_t)(i == at ? c - '0' : 7);
				if (c < '0' || c > '9')
					want = UINT64_MAX;
				bad += num_whole((struct str){ text, len }) !=
				    (int64_t)want;
			}
	is_int(bad, 0, "every byte at every place of 1 to 18");
}

static void
test_round_trip(void)
{
	uint64_t r = 2;
	int bad = 0;

	for (int i = 0; i < 20000; i++) {
		int64_t v = (int64_t)(rand_next(&r) >> (1 + i % 63));
		char want[32];

		snprintf(want, sizeof(want), "%" PRId64, v);
		bad += !str_eq(shown(num_add, v), str_of(want));
		if (v < INT64_C(1000000000000000000))
			bad += num_whole(buf_view(&out)) != v;
		snprintf(want, sizeof(want), "%" PRId64, -v);
		bad += !str_eq(shown(num_add, -v), str_of(want));
	}
	is_int(bad, 0, "what is written reads back");
}

static void
test_sums(void)
{
	is_int(num_sum(2, 3), 5, "2 + 3");
	is_int(num_sum(INT64_MAX, 0), INT64_MAX, "the greatest + 0");
	is_int(num_sum(INT64_MAX, 1), INT64_MAX, "a sum stops at the greatest");
	is_int(num_sum(INT64_MAX, INT64_MAX), INT64_MAX, "twice the greatest");
	is_int(num_product(6, 7), 42, "6 x 7");
	is_int(num_product(INT64_MAX, 0), 0, "the greatest x 0");
	/* 3037000499^2 is the greatest square below 2^63. */
	is_int(num_product(3037000499, 3037000499), 9223372030926249001,
	    "the greatest square");
	is_int(num_product(3037000500, 3037000500), INT64_MAX,
	    "a product stops at the greatest");
}

static void
test_add(void)
{
	is(shown(num_add, 0), "0", "0");
	is(shown(num_add, -1), "-1", "-1");
	is(shown(num_add, INT64_MAX), "9223372036854775807", "the greatest");
	is(shown(num_add, INT64_MIN), "-9223372036854775808", "the least");
	is(shown(num_add_ms, 0), "0", "0 ms");
	is(shown(num_add_ms, 2000), "2", "2000 ms");
	is(shown(num_add_ms, 1500), "1.5", "1500 ms");
	is(shown(num_add_ms, 1050), "1.05", "1050 ms");
	is(shown(num_add_ms, 1), "0.001", "1 ms");
	is(shown(num_add_ms, 90), "0.09", "90 ms");
	is(shown(num_add_ms, -1500), "-1.5", "-1500 ms");
	is(shown(num_add_thousands, 0), "0", "thousands: 0");
	is(shown(num_add_thousands, 999), "999", "thousands: 999");
	is(shown(num_add_thousands, 1000), "1,000", "thousands: 1000");
	is(shown(num_add_thousands, 123456), "123,456", "thousands: 123456");
	is(shown(num_add_thousands, 1234567), "1,234,567", "thousands: 7");
	is(shown(num_add_thousands, -100), "-100", "thousands: -100");
	is(shown(num_add_thousands, -123456), "-123,456", "thousands: -123456");
	is(shown(num_add_thousands, INT64_MAX), "9,223,372,036,854,775,807",
	    "thousands: the greatest");
}

static void
test_ratio(void)
{
	is(ratio(0), "0", "0");
	is(ratio(2), "2", "2");
	is(ratio(100), "100", "zeros before the point stay");
	is(ratio(1.5), "1.5", "1.5");
	is(ratio(1.0 / 3), "0.3333", "a third");
	is(ratio(2.0 / 3), "0.6667", "two thirds");
	is(ratio(0.00004), "0", "less than half of the last decimal");
	is(ratio(0.00006), "0.0001", "more than half of it");
	is(ratio(0.99999), "1", "rounded up to a whole number");
	is(ratio(1234567.125), "1234567.125", "three decimals");
	ok(ratio(DBL_MAX).len == 309, "the greatest double, whole");
}

int
main(void)
{
	test_whole();
	test_every_byte();
	test_round_trip();
	test_sums();
	test_add();
	test_ratio();
	buf_release(&out);
	return tap_done();
}
