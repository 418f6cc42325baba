/*
 * fuzz event: the fast reader against the full one, and what is written of what
 * was read is read again as the same.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_reader *one, *two;
	static struct buf fast_line, full_line;
	struct str line = fuzz_str(data, size);
	struct event fast, full;
	struct errmsg why;

	if (one == NULL) {
		one = event_reader_new();
		two = event_reader_new();
	}
	if (event_read_fast(one, line, &fast)) {
		must(event_read_full(two, line, &full, &why));
		buf_reset(&fast_line);
		buf_reset(&full_line);
		event_write(&fast_line, &fast);
		event_write(&full_line, &full);
		must(str_eq(buf_view(&fast_line), buf_view(&full_line)));
	}
	if (event_read(one, line, &fast, &why))
		fuzz_round_trip(&fast);
	else
		must(memchr(why.text, '\0', sizeof(why.text)) != NULL &&
		    why.text[0] != '\0');
	return 0;
}
