/*
 * test_skips - what was passed over, by kind
 */
#include "tap.h"

#include "model/skips.h"

int
main(void)
{
	struct skips s = { 0 };
	struct buf b = { 0 };
	char kind[8] = "PING";

	skips_describe(&s, &b);
	is(buf_view(&b), "", "nothing was skipped");
	is_int(skips_total(&s), 0, "none");
	skips_add(&s, str_of(kind));
	kind[0] = 'X';
	skips_add(&s, STR("blank"));
	skips_add(&s, STR("PING"));
	skips_describe(&s, &b);
	is(buf_view(&b), " (PING 2, blank 1)", "two kinds, as they came");
	for (int i = 0; i < 1500; i++)
		skips_add(&s, STR("blank"));
	buf_reset(&b);
	skips_describe(&s, &b);
	is(buf_view(&b), " (PING 2, blank 1,501)", "thousands");
	for (int i = 0; i < 100; i++) {
		snprintf(kind, sizeof(kind), "K%d", i);
		skips_add(&s, str_of(kind));
	}
	skips_add(&s, STR("PING"));
	is_int((int64_t)s.kinds.n, SKIPS_KINDS, "kinds have a limit");
	is_int(skips_total(&s), 1604, "all are counted: 3 + 1500 + 100 + 1");
	buf_reset(&b);
	skips_describe(&s, &b);
	/* 2 + 30 kinds have a name, 70 are left. */
	ok(str_starts(buf_view(&b), STR(" (PING 3, blank 1,501, K0 1, ")),
	    "the known ones stay");
	ok(b.len > 11 && memcmp(b.p + b.len - 11, ", other 70)", 11) == 0,
	    "the others together");
	skips_release(&s);
	buf_release(&b);
	return tap_done();
}
