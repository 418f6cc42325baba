/*
 * test_lines - a byte stream, line by line, whatever way it is cut
 */
#include "tap.h"

#include "base/lines.h"
#include "rand.h"

/* A stream that comes in reads of at most `most` bytes, of random lengths. */
struct stream {
	struct str left;
	size_t most;
	uint64_t r;
	bool fails; /* at its end */
};

static ssize_t
stream_read(void *arg, char *p, size_t n)
{
	struct stream *s = arg;

	if (s->left.len == 0)
		return s->fails ? -1 : 0;
	if (n > s->left.len)
		n = s->left.len;
	if (n > s->most)
		n = s->most;
	n = 1 + rand_below(&s->r, n);
	memcpy(p, s->left.p, n);
	s->left.p += n;
	s->left.len -= n;
	return (ssize_t)n;
}

/* As lines_next(); every other time a line is taken as a caller does who finds its
 * end without help, where there is one and it is not too long. */
static int
next_line(struct lines *l, struct str *line, uint64_t *r)
{
	struct str ahead = lines_ahead(l);
	const char *lf = ahead.len > 0 && rand_below(r, 2) == 0
	    ? memchr(ahead.p, '\n', ahead.len)
	    : NULL;

	if (lf == NULL)
		return lines_next(l, line);
	*line = (struct str){ ahead.p, (size_t)(lf - ahead.p) };
	lines_take(l, line->len);
	return 1;
}

/*
 * Reads all of `text` and writes each line with its length before it and a mark
 * behind it: `;` for a line, `!` for one without LF, `>` for one that came in
 * pieces.
 *
 * Returns false when a line no longer than `max` came in pieces, a longer one
 * did not, or the lines' numbers are wrong.
 */
static bool
describe(struct buf *out, struct str text, size_t max, size_t most, uint64_t r)
{
	struct stream s = { text, most, r, false };
	struct buf whole = { 0 };
	struct lines l;
	struct str line;
	bool good = true, pieces = false;
	int64_t number = 1;

	lines_init(&l, stream_read, &s, max);
	while (next_line(&l, &line, &r) == 1) {
		good &= l.number == number && l.cont == pieces;
		buf_str(&whole, line);
		pieces |= l.part;
		if (l.part)
			continue;
		good &= pieces == (whole.len > max);
		buf_printf(out, "%zu", whole.len);
		buf_byte(out, ':');
		buf_str(out, buf_view(&whole));
		buf_byte(out, l.unended ? '!' : ';');
		if (pieces)
			buf_byte(out, '>');
		buf_reset(&whole);
		pieces = false;
		number++;
	}
	good &= l.offset == (int64_t)text.len && l.number == number - 1;
	good &= whole.len == 0;
	lines_release(&l);
	buf_release(&whole);
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
		CASE("one line", "abc\n", "3:abc;"),
		CASE("no LF at the end", "abc\nde", "3:abc;2:de!"),
		CASE("empty lines", "\n\na\n", "0:;0:;1:a;"),
		CASE("an LF alone", "\n", "0:;"),
		CASE("CR stays", "a\r\nb\r", "2:a\r;2:b\r!"),
		CASE("no other line ends",
		    "a\x0b\x0c\xe2\x80\xa8"
		    "b\n",
		    "7:a\x0b\x0c\xe2\x80\xa8"
		    "b;"),
		CASE("just as long as can be", "12345678\n", "8:12345678;"),
		CASE("as long, and no LF", "12345678", "8:12345678!"),
#undef CASE
	};
	struct buf got = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&got);
		ok(describe(&got, cases[i].in, 8, 1, 1), "%s: numbers",
		    cases[i].name);
		is(buf_view(&got), cases[i].want, "%s", cases[i].name);
	}
	buf_reset(&got);
	describe(&got, STR("a\0b\0\n\0"), 8, 1, 1);
	ok(str_eq(buf_view(&got), STR("4:a\0b\0;1:\0!")), "NULs stay");
	buf_release(&got);
}

/* The lines of a stream with lines around the ceiling, in any cut. */
static void
test_cuts(void)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 40, 1000, 100000 };
	struct buf text = { 0 }, want = { 0 }, got = { 0 };
	uint64_t r = 6;
	int bad = 0, wrong = 0;

	for (int round = 0; round < 200; round++) {
		size_t max = 1 + rand_below(&r, 60);

		buf_reset(&text);
		for (size_t n = rand_below(&r, 20); n > 0; n--) {
			size_t len = rand_below(&r, 2) == 0
			    ? rand_below(&r, 8)
			    : max - 1 + rand_below(&r, 70);

			for (size_t i = 0; i < len; i++)
				buf_byte(&text,
				    (char)(rand_below(&r, 9) == 0
					    ? '\0'
					    : 'a' + (char)rand_below(&r, 26)));
			if (n > 1 || rand_below(&r, 2) == 0)
				buf_byte(&text, '\n');
		}
		buf_reset(&want);
		wrong += !describe(&want, buf_view(&text), max, 1, 1);
		for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
			buf_reset(&got);
			wrong += !describe(&got, buf_view(&text), max, cuts[i],
			    1 + rand_below(&r, 1000));
			bad += !str_eq(buf_view(&got), buf_view(&want));
		}
	}
	is_int(bad, 0, "any cut of a stream gives the same lines");
	is_int(wrong, 0, "lines past the ceiling, and only they, in pieces");
	buf_release(&text);
	buf_release(&want);
	buf_release(&got);
}

/* Lines that are much longer than what is read at once. */
static void
test_long(void)
{
	struct buf text = { 0 };
	struct stream s;
	struct lines l;
	struct str line = { 0 };
	size_t sum = 0;
	int n = 0;

	for (int i = 0; i < 300000; i++)
		buf_byte(&text, (char)('a' + i % 26));
	buf_lit(&text, "\nnext\n");
	s = (struct stream){ buf_view(&text), 100000, 7, false };
	lines_init(&l, stream_read, &s, 300000);
	ok(lines_next(&l, &line) == 1 && line.len == 300000 && !l.part,
	    "a long line comes whole");
	ok(line.len == 300000 && memcmp(line.p, text.p, line.len) == 0,
	    "with all its bytes");
	ok(lines_next(&l, &line) == 1 && str_eq(line, STR("next")),
	    "and the next one after it");
	lines_release(&l);

	s = (struct stream){ buf_view(&text), 5000, 7, false };
	lines_init(&l, stream_read, &s, 100000);
	while (lines_next(&l, &line) == 1 && l.part) {
		n++;
		sum += line.len;
	}
	sum += line.len;
	ok(n > 0 && l.cont && sum == 300000, "pieces add up to the line");
	ok(lines_next(&l, &line) == 1 && !l.cont && l.number == 2 &&
		str_eq(line, STR("next")),
	    "and the next line is the second");
	lines_release(&l);
	buf_release(&text);
}

static void
test_failure(void)
{
	struct stream s = { STR("one\ntwo\nthr"), 100, 1, true };
	struct str line;
	struct lines l;

	lines_init(&l, stream_read, &s, 100);
	ok(lines_next(&l, &line) == 1 && str_eq(line, STR("one")), "one");
	ok(lines_next(&l, &line) == 1 && str_eq(line, STR("two")), "two");
	ok(lines_next(&l, &line) == -1, "half a line before an error is none");
	is_int(l.number, 2, "the last number is that of the last whole line");
	lines_release(&l);
}

int
main(void)
{
	test_few();
	test_cuts();
	test_long();
	test_failure();
	return tap_done();
}
