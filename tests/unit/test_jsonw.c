/*
 * test_jsonw - JSON in our canonical spelling
 */
#include "tap.h"

#include "base/utf8.h"
#include "format/jsonw.h"
#include "pages.h"
#include "rand.h"

/* Spells one byte of ASCII, as tw-event(5) says. */
static void
spell_byte(struct buf *b, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c != '\0' ? strchr(from, c) : NULL;

	if (at != NULL)
		buf_printf(b, "\\%c", to[at - from]);
	else if (c < 0x20)
		buf_printf(b, "\\u%04x", c);
	else
		buf_byte(b, (char)c);
}

/* The same as jsonw_text(), byte by byte. */
static void
spell(struct buf *b, struct str s)
{
	struct buf text = { 0 };

	utf8_repair(&text, s);
	for (size_t i = 0; i < text.len; i++)
		spell_byte(b, (unsigned char)text.p[i]);
	buf_release(&text);
}

static bool
as_spelled(struct str s)
{
	struct buf got = { 0 }, want = { 0 };
	bool good;

	jsonw_text(&got, s);
	spell(&want, s);
	good = str_eq(buf_view(&got), buf_view(&want));
	buf_release(&got);
	buf_release(&want);
	return good;
}

static void
test_escapes(void)
{
	struct buf b = { 0 };

	jsonw_str(&b, STR("\"\\/\b\f\n\r\t"));
	is(buf_view(&b), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"", "the short escapes");
	buf_reset(&b);
	jsonw_str(&b, STR("\0\x01\x0b\x1f\x7f"));
	is(buf_view(&b), "\"\\u0000\\u0001\\u000b\\u001f\x7f\"",
	    "the other controls; 0x7f stays");
	buf_reset(&b);
	jsonw_str(&b, STR("\xc3\xa4\xe2\x80\xa8\xf0\x9f\x91\x89"));
	is(buf_view(&b), "\"\xc3\xa4\xe2\x80\xa8\xf0\x9f\x91\x89\"",
	    "wide characters stay as they are");
	buf_reset(&b);
	jsonw_str(&b, STR("a\xff\xe2\x82z"));
	is(buf_view(&b), "\"a\xef\xbf\xbd\xef\xbf\xbdz\"",
	    "what is not UTF-8 is one U+FFFD for each part");
	buf_reset(&b);
	jsonw_str(&b, STR(""));
	is(buf_view(&b), "\"\"", "nothing");
	buf_release(&b);
}

/* Every byte at every place of texts that are short, that fill a block of 16
 * bytes and that pass it. */
static void
test_every_byte(void)
{
	int bad = 0;

	for (size_t len = 1; len <= 40; len++)
		for (size_t at = 0; at < len; at++)
			for (int c = 0; c < 256; c++) {
				char text[40];

				memset(text, 'x', sizeof(text));
				text[at] = (char)c;
				bad += !as_spelled((struct str){ text, len });
			}
	is_int(bad, 0, "every byte at every place of 1 to 40");
}

static void
test_random(void)
{
	struct buf text = { 0 };
	uint64_t r = 8;
	int bad = 0;

	for (int i = 0; i < 20000; i++) {
		buf_reset(&text);
		rand_text(&r, &text, 1 + (size_t)i % 90, true);
		bad += !as_spelled(buf_view(&text));
	}
	for (int i = 0; i < 5000; i++) {
		buf_reset(&text);
		for (size_t n = rand_below(&r, 70); n > 0; n--)
			buf_byte(&text, (char)rand_next(&r));
		bad += !as_spelled(buf_view(&text));
	}
	is_int(bad, 0, "random texts are spelled byte by byte");
	buf_release(&text);
}

/* Writes `s` with the lead of a key, and holds it against its spelling. */
static bool
as_led(struct str s, size_t most)
{
	static const char lead[JSONW_LEAD] = ",\"key\":\"";
	struct buf got = { 0 }, want = { 0 };
	size_t n = strlen(lead), room = JSONW_LED_ROOM(s.len);
	bool good;

	buf_room(&got, room + 1);
	memset(got.p, '#', room + 1);
	got.len = (size_t)(jsonw_led(got.p, lead, n, s, most) - got.p);
	buf_lit(&want, ",\"key\":\"");
	spell(&want, s);
	buf_byte(&want, '"');
	good = str_eq(buf_view(&got), buf_view(&want)) && got.p[room] == '#';
	buf_release(&got);
	buf_release(&want);
	return good;
}

/* Texts of all lengths that are short to it and longer, with every kind of byte at
 * every place, in the middle of a page of memory and at its end. */
static void
test_led(void)
{
	static const char kinds[] = "x\"\\\n\x1f\x7f\x80\xff";
	size_t size;
	char *page = page_alone(&size);
	int bad = 0;

	memset(page, '"', size);
	for (size_t len = 0; len <= 70; len++)
		for (size_t at = 0; at <= len; at++)
			for (size_t kind = 0; kind < sizeof(kinds); kind++) {
				char *middle = page + 100;
				char *end = page + size - len;
				size_t most = 16 * (1 + kind % 3);

				memset(middle, 'x', len);
				memset(end, 'x', len);
				if (at < len)
					middle[at] = end[at] = kinds[kind];
				bad +=
				    !as_led((struct str){ middle, len }, most);
				bad += !as_led((struct str){ end, len }, most);
				bad += !as_led(
				    (struct str){ middle, len }, 64 - most);
				memset(middle, '"', len);
				memset(end, '"', len);
			}
	is_int(bad, 0, "behind a lead, of 0 to 70 bytes");
}

static void
test_members(void)
{
	struct buf b = { 0 };

	jsonw_member(&b, STR("a"), STR("x\"y"));
	jsonw_member(&b, STR("b"), STR(""));
	jsonw_member(&b, STR("c"), STR_ABSENT);
	jsonw_int(&b, STR("d"), 0);
	jsonw_int(&b, STR("e"), -42);
	jsonw_time(&b, STR("f"), 0);
	is(buf_view(&b),
	    ",\"a\":\"x\\\"y\",\"d\":0,\"e\":-42,"
	    "\"f\":\"1970-01-01T00:00:00.000Z\"",
	    "members, absent where there is nothing");
	buf_release(&b);
}

int
main(void)
{
	test_escapes();
	test_every_byte();
	test_random();
	test_led();
	test_members();
	return tap_done();
}
