/*
 * fuzz spell: any bytes as text to be written somewhere. JSON is read back by
 * jansson, CSV and HTML by a few lines here, a terminal's text has its width.
 */
#include "fuzz.h"

#include <jansson.h>

#include "base/utf8.h"
#include "base/width.h"
#include "format/csv.h"
#include "format/html.h"
#include "format/jsonw.h"
#include "remote/http.h"

/* Decodes UTF-8 by the definition. Returns the length, 0 when it is none. */
static size_t
decode(const unsigned char *p, size_t left, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80            ? 1
	    : p[0] >= 0xc0 && p[0] < 0xe0 ? 2
	    : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
	    : p[0] >= 0xf0 && p[0] < 0xf8 ? 4
					  : 0;

	if (n == 0 || n > left)
		return 0;
	*c = n == 1 ? p[0] : p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000)
	    ? 0
	    : n;
}

/* Tells whether `s` is UTF-8; counts its code points. */
static bool
slow_valid(struct str s, size_t *count)
{
	uint32_t c;

	*count = 0;
	for (size_t i = 0, n; i < s.len; i += n, ++*count) {
		n = decode((const unsigned char *)s.p + i, s.len - i, &c);
		if (n == 0)
			return false;
	}
	return true;
}

static void
check_utf8(struct str s, struct buf *repaired)
{
	size_t n;
	bool valid = slow_valid(s, &n);

	must(utf8_valid(s) == valid);
	must(!valid || utf8_count(s) == n);
	buf_reset(repaired);
	utf8_repair(repaired, s);
	must(slow_valid(buf_view(repaired), &n));
	must(!valid || str_eq(buf_view(repaired), s));
}

static void
check_json(struct str s, struct str repaired)
{
	static struct buf b;
	json_t *v;

	buf_reset(&b);
	jsonw_str(&b, s);
	v = json_loadb(b.p, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	must(v != NULL && json_is_string(v));
	must(str_eq(repaired,
	    (struct str){ json_string_value(v), json_string_length(v) }));
	json_decref(v);
	must(memchr(b.p, '\n', b.len) == NULL);
}

/* The signs that begin a formula, narrow and wide, and what hides them. */
static bool
is_formula(struct str s)
{
	static const char *const signs[] = { "=", "+", "-", "@", "\t", "\r",
		"\n", "\uff1d", "\uff0b", "\uff0d", "\uff20" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (str_starts(s, str_of(signs[i])))
			return true;
	return false;
}

/* RFC 4180: in quotes, which are doubled, or without any of `",;` tab CR LF. */
static void
check_csv(struct str s)
{
	static struct buf b, plain;
	struct str got = s;

	buf_reset(&b);
	buf_reset(&plain);
	csv_text(&b, s);
	if (b.len > 0 && b.p[0] == '"') {
		must(b.len >= 2 && b.p[b.len - 1] == '"');
		for (size_t i = 1; i < b.len - 1; i++) {
			if (b.p[i] == '"')
				must(++i < b.len - 1 && b.p[i] == '"');
			buf_byte(&plain, b.p[i]);
		}
	} else {
		for (size_t i = 0; i < b.len; i++)
			must(memchr("\",;\t\r\n", b.p[i], 6) == NULL);
		buf_str(&plain, buf_view(&b));
	}
	got = buf_view(&plain);
	if (got.len > s.len) {
		must(*got.p == '\'' && is_formula(s));
		got.p++;
		got.len--;
	}
	must(str_eq(got, s));
	must(got.p != plain.p || !is_formula(got));
}

static void
check_html(struct str s)
{
	static struct buf b;
	struct str left;

	buf_reset(&b);
	html_text(&b, s);
	for (left = buf_view(&b); left.len > 0; left.p++, left.len--) {
		must(memchr("<>\"'", *left.p, 4) == NULL);
		must((unsigned char)*left.p >= 0x20);
		must(*left.p != '&' || str_starts(left, STR("&lt;")) ||
		    str_starts(left, STR("&gt;")) ||
		    str_starts(left, STR("&amp;")) ||
		    str_starts(left, STR("&quot;")) ||
		    str_starts(left, STR("&#39;")));
	}
}

static void
check_width(struct str s, size_t columns)
{
	static struct buf b;
	size_t n, count;

	buf_reset(&b);
	n = width_text(&b, s, columns);
	must(n <= columns);
	must(slow_valid(buf_view(&b), &count));
	for (size_t i = 0; i < b.len; i++)
		must((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7f);
	for (int right = 0; right < 2; right++) {
		static struct buf again;

		buf_reset(&b);
		buf_reset(&again);
		(right ? width_right : width_left)(&b, s, columns);
		/* What fits is as wide as it says, and is not cut any more. */
		must(width_text(&again, buf_view(&b), 1000) == columns);
		must(str_eq(buf_view(&b), buf_view(&again)));
	}
}

static void
check_url(struct str s)
{
	static struct buf b;
	size_t at = 0;

	buf_reset(&b);
	http_escape(&b, s);
	for (size_t i = 0; i < b.len; i++, at++) {
		char hex[3] = { 0 };

		must(at < s.len);
		if (b.p[i] != '%') {
			must(b.p[i] == s.p[at] && b.p[i] > ' ' &&
			    b.p[i] < 0x7f && strchr("&=?#+/", b.p[i]) == NULL);
			continue;
		}
		must(i + 2 < b.len);
		memcpy(hex, b.p + i + 1, 2);
		must((char)strtol(hex, NULL, 16) == s.p[at]);
		i += 2;
	}
	must(at == s.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf repaired;
	struct str s;

	if (size == 0)
		return 0;
	s = fuzz_str(data + 1, size - 1);
	check_utf8(s, &repaired);
	check_json(s, buf_view(&repaired));
	check_csv(buf_view(&repaired));
	check_html(buf_view(&repaired));
	check_width(s, data[0]);
	check_url(s);
	return 0;
}
