/*
 * test_buf - growing bytes and their ceiling
 */
#include "tap.h"

#include "rand.h"

static void
test_plain(void)
{
	struct buf b = { 0 };
	char *p;
	size_t cap;

	is(buf_view(&b), "", "a zeroed buf is empty");
	ok(buf_view(&b).p != NULL, "its view is empty, not absent");
	buf_lit(&b, "ab");
	buf_byte(&b, 'c');
	buf_str(&b, STR_ABSENT);
	buf_add(&b, "", 0);
	buf_str(&b, STR("de"));
	buf_printf(&b, "-%d-%s", 42, "f");
	is(buf_view(&b), "abcde-42-f", "what was added comes in its order");
	p = b.p;
	cap = b.cap;
	buf_reset(&b);
	ok(b.len == 0 && b.p == p && b.cap == cap, "a reset keeps the memory");
	buf_printf(&b, "%s", "");
	is(buf_view(&b), "", "an empty format adds nothing");
	ok(!buf_over(&b), "nothing is over where there is no ceiling");
	buf_release(&b);
	ok(b.p == NULL && b.cap == 0, "a release frees");
	buf_release(&b);
}

static void
test_ceiling(void)
{
	struct buf b = { .max = 8 };

	buf_lit(&b, "12345678");
	ok(!buf_over(&b), "what just fits is not over");
	is(buf_view(&b), "12345678", "and it is there");
	buf_byte(&b, '9');
	ok(buf_over(&b), "one byte past the ceiling is over");
	is(buf_view(&b), "12345678", "and not added");
	buf_reset(&b);
	ok(!buf_over(&b), "a reset forgets that");
	buf_lit(&b, "123456789");
	ok(buf_over(&b) && b.len == 0, "nothing is ever cut");
	buf_lit(&b, "123");
	ok(buf_over(&b), "over stays until the reset");
	buf_reset(&b);
	buf_printf(&b, "%s", "12345678");
	ok(!buf_over(&b), "a format that just fits is not over");
	is(buf_view(&b), "12345678", "and it is there");
	buf_printf(&b, "%d", 1);
	ok(buf_over(&b), "a format past the ceiling is over");
	buf_release(&b);
	ok(b.max == 8, "a release keeps the ceiling");
}

/* Adds pieces of all lengths under a ceiling, which is held against what a
 * plain array says. */
static void
test_random(void)
{
	static char want[4096];
	uint64_t r = 1;
	int bad = 0;

	for (int round = 0; round < 300; round++) {
		struct buf b = { .max = 1 + rand_below(&r, 2000) };
		size_t len = 0;
		bool over = false;

		for (int i = 0; i < 50; i++) {
			char piece[300];
			size_t n = rand_below(&r, sizeof(piece));

			memset(piece, 'a' + i % 26, sizeof(piece));
			if (len + n <= b.max) {
				memcpy(want + len, piece, n);
				len += n;
			} else {
				over = true;
			}
			buf_add(&b, piece, n);
			bad += b.len > b.max || buf_over(&b) != over;
			if (bad > 0)
				break;
		}
		bad += !str_eq(buf_view(&b), (struct str){ want, len });
		buf_release(&b);
	}
	is_int(bad, 0, "the ceiling holds however the memory grew");
}

int
main(void)
{
	test_plain();
	test_ceiling();
	test_random();
	return tap_done();
}
