/*
 * fuzz bury: any bytes as the end of a raw file, and as the name of a collector.
 * What is found does not hang on where the tail begins, as long as the last mark
 * is in it, nor on a line that is not whole.
 */
#include "fuzz.h"

#include "remote/bury.h"

#define SELF "host/42/1795435000"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf text;
	struct bury b = { .until = 0 }, again = { .until = 0 };
	struct str s = fuzz_str(data, size);

	bury_read(&b, s);
	must(!b.open || b.marked);
	buf_reset(&text);
	buf_lit(&text, "torn\0\n2026-11-23T12:00:00.000Z\tmark\tk\t{}\nx\n");
	buf_str(&text, s);
	bury_read(&again, buf_view(&text));
	must(again.marked == b.marked && again.open == b.open);
	must(str_eq(buf_view(&again.by), buf_view(&b.by)));
	must(again.until == b.until || b.until == INT64_MIN);
	must(!bury_is_gone(s, STR(SELF)) || str_starts(s, STR("host/")));
	must(!bury_is_gone(STR(SELF), STR(SELF)));
	bury_release(&b);
	bury_release(&again);
	return 0;
}
