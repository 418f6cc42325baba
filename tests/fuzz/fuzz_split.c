/*
 * fuzz split: the lines of any bytes are the same whether they come at once or
 * in pieces, of the sizes that the first bytes say.
 */
#include "fuzz.h"

#include "base/split.h"

#define LINE_MAX_BYTES 16 /* small, so that lines are too long for it */
#define N_SIZES        4  /* bytes before the stream: how it is cut */

/* Appends the lines of `piece`, each with a mark behind it. */
static void
feed(struct split *s, struct buf *out, struct str piece)
{
	struct str line;
	bool over;

	while (split_next(s, &piece, &line, &over)) {
		must(line.len <= LINE_MAX_BYTES);
		must(!over || line.len == LINE_MAX_BYTES);
		must(memchr(line.p, '\n', line.len) == NULL);
		buf_str(out, line);
		buf_byte(out, over ? '+' : '\n');
		buf_byte(out, '\n');
	}
	must(piece.len == 0);
	must(s->rest.len <= LINE_MAX_BYTES + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf whole, pieces, copy;
	struct split a = { .max = LINE_MAX_BYTES }, b = a;
	struct str all;

	if (size < N_SIZES)
		return 0;
	all = fuzz_str(data + N_SIZES, size - N_SIZES);
	buf_reset(&whole);
	buf_reset(&pieces);
	feed(&a, &whole, all);
	for (size_t i = 0; all.len > 0; i++) {
		size_t n = data[i % N_SIZES] % 24; /* also nothing */

		n = n < all.len ? n : all.len;
		n = n > 0 || i % N_SIZES > 0 ? n : 1;
		/* Elsewhere each time: what is kept may not lie in it. */
		buf_reset(&copy);
		buf_add(&copy, all.p, n);
		feed(&b, &pieces, buf_view(&copy));
		if (n > 0)
			memset(copy.p, '#', n);
		all.p += n;
		all.len -= n;
	}
	must(str_eq(buf_view(&whole), buf_view(&pieces)));
	split_release(&a);
	split_release(&b);
	return 0;
}
