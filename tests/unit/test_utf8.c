/*
 * test_utf8 - telling text from other bytes
 */
#include "tap.h"

#include "base/utf8.h"
#include "rand.h"

/* Table 3-7 of the Unicode standard: well-formed byte sequences. */
static const struct row {
	int len;
	unsigned char lo[4], hi[4];
} rows[] = {
	{ 1, { 0x00 }, { 0x7f } },
	{ 2, { 0xc2, 0x80 }, { 0xdf, 0xbf } },
	{ 3, { 0xe0, 0xa0, 0x80 }, { 0xe0, 0xbf, 0xbf } },
	{ 3, { 0xe1, 0x80, 0x80 }, { 0xec, 0xbf, 0xbf } },
	{ 3, { 0xed, 0x80, 0x80 }, { 0xed, 0x9f, 0xbf } },
	{ 3, { 0xee, 0x80, 0x80 }, { 0xef, 0xbf, 0xbf } },
	{ 4, { 0xf0, 0x90, 0x80, 0x80 }, { 0xf0, 0xbf, 0xbf, 0xbf } },
	{ 4, { 0xf1, 0x80, 0x80, 0x80 }, { 0xf3, 0xbf, 0xbf, 0xbf } },
	{ 4, { 0xf4, 0x80, 0x80, 0x80 }, { 0xf4, 0x8f, 0xbf, 0xbf } },
};

/* What utf8_step() should say, from the table: the whole of a row, or the
 * longest part that could have become one. */
static int
expected(const unsigned char *p, int n)
{
	int part = 1;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *w = &rows[i];
		int k = 0;

		while (
		    k < n && k < w->len && p[k] >= w->lo[k] && p[k] <= w->hi[k])
			k++;
		if (k == w->len)
			return k;
		if (k > part)
			part = k;
	}
	return -part;
}

static void
test_step(void)
{
	static const unsigned char other[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f,
		0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff };
	const size_t n = sizeof(other);
	int bad = 0;

	for (int lead = 0; lead < 256; lead++)
		for (int second = 0; second < 256; second++)
			for (size_t k = 0; k < n * n; k++) {
				unsigned char p[4] = { (unsigned char)lead,
					(unsigned char)second, other[k / n],
					other[k % n] };

				for (int len = 1; len <= 4; len++)
					bad += utf8_step(p, p + len) !=
					    expected(p, len);
			}
	is_int(bad, 0, "all leads and second bytes are as in table 3-7");
}

static void
test_repair(void)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "table 3-8, overlong forms",
		    "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "8A" },
		{ "table 3-9, surrogates",
		    "\xed\xa0\x80\xed\xbf\xbf\xed\xaf"
		    "\x41",
		    "8A" },
		{ "table 3-10, other ill-formed",
		    "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", "5A2B" },
		{ "table 3-11, truncated",
		    "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
		    "\x41",
		    "4A" },
		{ "the example of section 5.22",
		    "\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64",
		    "a3b1c2d" },
		{ "text stays", "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x91\x89z",
		    "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x91\x89z" },
		{ "a cut sequence at the end", "a\xf0\x9f\x91", "a1" },
		{ "nothing", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf want = { 0 }, got = { 0 };

		/* A digit stands for so many U+FFFD. */
		for (const char *p = cases[i].want; *p != '\0'; p++) {
			if (*p < '1' || *p > '9') {
				buf_byte(&want, *p);
				continue;
			}
			for (int k = 0; k < *p - '0'; k++)
				buf_lit(&want, UTF8_REPLACEMENT);
		}
		utf8_repair(&got, str_of(cases[i].in));
		ok(str_eq(buf_view(&got), buf_view(&want)), "%s",
		    cases[i].name);
		buf_release(&want);
		buf_release(&got);
	}
}

static void
test_random(void)
{
	struct buf in = { 0 }, out = { 0 }, again = { 0 };
	uint64_t r = 4;
	int bad = 0;

	for (int i = 0; i < 5000; i++) {
		buf_reset(&in);
		buf_reset(&out);
		buf_reset(&again);
		rand_text(&r, &in, 20, true);
		utf8_repair(&out, buf_view(&in));
		utf8_repair(&again, buf_view(&out));
		bad += !utf8_valid(buf_view(&out));
		bad += !str_eq(buf_view(&out), buf_view(&again));
		bad += utf8_valid(buf_view(&in)) !=
		    str_eq(buf_view(&in), buf_view(&out));
	}
	is_int(bad, 0, "what is repaired is valid; what is valid stays");
	buf_release(&in);
	buf_release(&out);
	buf_release(&again);
}

static void
test_orders(void)
{
	static const uint32_t layout[] = { 0x61c, 0x200e, 0x200f, 0x2028,
		0x202e, 0x2066, 0x2069 };
	static const uint32_t text[] = { ' ', '~', 0xa0, 0x61b, 0x61d, 0x200d,
		0x2010, 0x2027, 0x202f, 0x2065, 0x206a, 0x1f600 };

	ok(utf8_is_control(0) && utf8_is_control(0x1b) &&
		utf8_is_control(0x7f) && utf8_is_control(0x80) &&
		utf8_is_control(0x9f),
	    "controls");
	for (size_t i = 0; i < sizeof(layout) / sizeof(*layout); i++)
		ok(utf8_is_layout(layout[i]) && !utf8_is_control(layout[i]),
		    "U+%04X sets text", (unsigned)layout[i]);
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++)
		ok(!utf8_is_layout(text[i]) && !utf8_is_control(text[i]),
		    "U+%04X is text", (unsigned)text[i]);
	is_int(utf8_decode((const unsigned char *)"\xf0\x9f\x91\x89", 4),
	    0x1f449, "four bytes");
}

int
main(void)
{
	test_step();
	test_orders();
	test_repair();
	test_random();
	is_int(
	    (int64_t)utf8_count(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x91\x89")),
	    4, "code points are counted, not bytes");
	is_int((int64_t)utf8_count(STR("")), 0, "none in nothing");
	ok(utf8_valid(STR("")), "nothing is valid");
	ok(!utf8_valid(STR("a\xc3")), "a cut sequence is not");
	return tap_done();
}
