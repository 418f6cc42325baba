/*
 * test_split - a stream that comes in pieces, line by line
 */
#include "tap.h"

#include "base/split.h"
#include "rand.h"

/* Writes a line as `<line>`, `<head|` when it is a head. */
static void
show(struct buf *out, struct str line, bool over)
{
	buf_byte(out, '<');
	buf_str(out, line);
	buf_byte(out, over ? '|' : '>');
}

/* Feeds `text` in pieces of 1 to `most` bytes; each piece is in memory of its
 * own, so that a line that outlives it is seen. */
static bool
feed(struct buf *out, struct str text, size_t max, size_t most, uint64_t r)
{
	struct split s = { .max = max };
	struct buf copy = { 0 };
	struct str line;
	bool over, good = true;

	while (text.len > 0) {
		size_t n = 1 + rand_below(&r, most);
		struct str piece;

		n = n < text.len ? n : text.len;
		buf_reset(&copy);
		buf_add(&copy, text.p, n);
		piece = buf_view(&copy);
		while (split_next(&s, &piece, &line, &over)) {
			good &= line.len <= max;
			show(out, line, over);
		}
		good &= piece.len == 0 && s.rest.len <= max + 1;
		memset(copy.p, '#', copy.len);
		text.p += n;
		text.len -= n;
		if (rand_below(&r, 4) == 0) {
			piece = STR("");
			good &= !split_next(&s, &piece, &line, &over);
		}
	}
	split_release(&s);
	buf_release(&copy);
	return good;
}

static void
test_few(void)
{
	static const struct {
		const char *name;
		struct str in;
		const char *want;
	} cases[] = {
#define CASE(name, in, want) { name, { in, sizeof(in) - 1 }, want }
		CASE("nothing", "", ""),
		CASE("a line", "abc\n", "<abc>"),
		CASE("CR LF", "abc\r\nde\r\n", "<abc><de>"),
		CASE("an unended line is none", "abc\nde", "<abc>"),
		CASE("nor is one with a CR", "abc\nde\r", "<abc>"),
		CASE("empty lines", "\n\r\n\na\n\n", "<><><><a><>"),
		CASE("one CR goes, not two", "a\r\r\n", "<a\r>"),
		CASE("a CR inside stays", "a\rb\r\n\rc\n", "<a\rb><\rc>"),
		CASE("as long as can be", "12345678\n", "<12345678>"),
		CASE("as long, CR LF", "12345678\r\n", "<12345678>"),
		CASE("one more", "123456789\n", "<12345678|"),
		CASE("one more, CR LF", "123456789\r\n", "<12345678|"),
		CASE("one more, a CR", "12345678\r\r\n", "<12345678|"),
		CASE("a CR at the ceiling", "1234567\r\n", "<1234567>"),
		CASE("two there", "1234567\r\r\n", "<1234567\r>"),
		CASE("a CR past it, not at the end", "12345678\rx\n",
		    "<12345678|"),
		CASE("much more, then others",
		    "123456789012345678901234567890\nab\r\n\n12345678\n",
		    "<12345678|<ab><><12345678>"),
		CASE("two heads", "123456789\n1234567890\nx\n",
		    "<12345678|<12345678|<x>"),
#undef CASE
	};
	struct buf got = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t most = 1; most <= 40; most += 13) {
			buf_reset(&got);
			ok(feed(&got, cases[i].in, 8, most, 1 + most),
			    "%s, pieces of %zu: in bounds", cases[i].name,
			    most);
			is(buf_view(&got), cases[i].want, "%s, pieces of %zu",
			    cases[i].name, most);
		}
	}
	buf_reset(&got);
	feed(&got, STR("a\0b\n\0\r\n"), 8, 2, 1);
	ok(str_eq(buf_view(&got), STR("<a\0b><\0>")), "NULs stay");
	buf_reset(&got);
	feed(&got, STR("\r\n\nx\n\rx\n"), 0, 2, 1);
	is(buf_view(&got), "<><><|<|", "a ceiling of 0 lets empty lines in");
	buf_release(&got);
}

/* What must come out, worked out from the whole text. */
static void
model(struct buf *out, struct str text, size_t max)
{
	size_t begin = 0;

	for (size_t i = 0; i < text.len; i++) {
		struct str line = { text.p + begin, i - begin };

		if (text.p[i] != '\n')
			continue;
		begin = i + 1;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		if (line.len > max)
			show(out, (struct str){ line.p, max }, true);
		else
			show(out, line, false);
	}
}

static void
test_cuts(void)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 40, 1000 };
	struct buf text = { 0 }, want = { 0 }, got = { 0 };
	uint64_t r = 11;
	int bad = 0, wrong = 0, heads = 0;

	for (int round = 0; round < 600; round++) {
		size_t max = rand_below(&r, 30);

		buf_reset(&text);
		for (size_t n = rand_below(&r, 20); n > 0; n--) {
			size_t len = rand_below(&r, 2) == 0
			    ? rand_below(&r, 4)
			    : max + rand_below(&r, 4);

			for (size_t i = 0; i < len; i++)
				buf_byte(
				    &text, "ab\r\0"[rand_below(&r, 16) % 4]);
			for (size_t k = rand_below(&r, 3); k > 0; k--)
				buf_byte(&text, '\r');
			if (n > 1 || rand_below(&r, 2) == 0)
				buf_byte(&text, '\n');
		}
		buf_reset(&want);
		model(&want, buf_view(&text), max);
		heads += memchr(buf_view(&want).p, '|', want.len) != NULL;
		for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
			buf_reset(&got);
			wrong += !feed(&got, buf_view(&text), max, cuts[i],
			    1 + rand_below(&r, 1000));
			bad += !str_eq(buf_view(&got), buf_view(&want));
		}
	}
	ok(heads > 100 && heads < 600, "some had lines that are too long");
	is_int(bad, 0, "any cut of a stream gives the same lines");
	is_int(wrong, 0, "none longer than the ceiling, nor kept beyond it");
	buf_release(&text);
	buf_release(&want);
	buf_release(&got);
}

/* A line without an end takes no more memory than its ceiling. */
static void
test_flood(void)
{
	static char bytes[4096];
	struct split s = { .max = 1000 };
	struct str piece, line;
	bool over = false;
	int n = 0;

	memset(bytes, 'x', sizeof(bytes));
	for (int i = 0; i < 2000; i++) {
		piece = (struct str){ bytes, sizeof(bytes) };
		n += split_next(&s, &piece, &line, &over);
	}
	is_int(n, 0, "8 MB without an end are no line");
	ok(s.rest.len <= 1001 && s.rest.cap <= 16384, "and are not kept");
	piece = STR("\nnext\n");
	ok(split_next(&s, &piece, &line, &over) && over && line.len == 1000,
	    "the head comes at its end");
	ok(split_next(&s, &piece, &line, &over) && !over &&
		str_eq(line, STR("next")),
	    "and the next line after it");
	split_release(&s);
}

static void
test_release(void)
{
	struct split s = { .max = 4 };
	struct str piece = STR("half"), line;
	bool over;

	ok(!split_next(&s, &piece, &line, &over), "half a line");
	split_release(&s);
	piece = STR("new\n");
	ok(split_next(&s, &piece, &line, &over) && !over &&
		str_eq(line, STR("new")),
	    "what was kept is forgotten");
	piece = STR("too long");
	ok(!split_next(&s, &piece, &line, &over), "half of one too long");
	split_release(&s);
	piece = STR("ok\n");
	ok(split_next(&s, &piece, &line, &over) && !over &&
		str_eq(line, STR("ok")),
	    "that it was too long, too");
	piece = STR("on");
	ok(!split_next(&s, &piece, &line, &over), "a begin");
	piece = STR("e\n");
	ok(split_next(&s, &piece, &line, &over) && str_eq(line, STR("one")),
	    "and its end");
	split_release(&s);
	piece = STR("two\n");
	ok(split_next(&s, &piece, &line, &over) && str_eq(line, STR("two")),
	    "released right after a line was given");
	split_release(&s);
}

int
main(void)
{
	test_few();
	test_cuts();
	test_flood();
	test_release();
	return tap_done();
}
