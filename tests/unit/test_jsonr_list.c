/*
 * test_jsonr_list - a list of objects, object by object, as text
 */
#include "tap.h"

#include "format/jsonr.h"
#include "format/jsonw.h"
#include "rand.h"

/* Walks over the list `data` of `text`: each object and a `;`, `!` for what is
 * none. */
static struct str
walk(struct buf *out, struct str text)
{
	struct jsonr *r = jsonr_new();
	struct errmsg why;
	struct str item;
	int more;

	buf_reset(out);
	if (jsonr_read(r, text, JSONR_STRICT, &why) == JSONR_BAD)
		buf_lit(out, "bad");
	else if (!jsonr_list(r, "data"))
		buf_lit(out, "missing");
	else
		while ((more = jsonr_item(r, &item)) != 0) {
			if (more == 1)
				buf_str(out, item);
			buf_byte(out, more == 1 ? ';' : '!');
		}
	jsonr_free(r);
	return buf_view(out);
}

/* What jsonr_item_string() says of an object: `-` for absent. */
static void
tells(struct str text, const char *want, const char *name)
{
	struct jsonr *r = jsonr_new();
	struct errmsg why;
	struct str item, got = STR("nothing");

	if (jsonr_read(r, text, JSONR_STRICT, &why) == JSONR_OBJECT &&
	    jsonr_list(r, "data") && jsonr_item(r, &item) == 1)
		got = jsonr_item_string(r, "type");
	is(got.p != NULL ? got : STR("-"), want, "%s", name);
	jsonr_free(r);
}

static void
test_string(void)
{
	tells(STR("{\"data\":[{\"type\":\"live\",\"x\":1}]}"), "live",
	    "a string of the item");
	tells(STR("{\"type\":\"no\",\"data\":[{\"type\":\"\"}]}"), "",
	    "an empty one");
	tells(STR("{\"type\":\"no\",\"data\":[{\"Type\":\"live\"}]}"), "-",
	    "none");
	tells(STR("{\"data\":[{\"type\":null}]}"), "-", "null is none");
	tells(STR("{\"data\":[{\"type\":1}]}"), "-", "nor is a number");
	tells(STR("{\"data\":[{\"type\":\"a\",\"type\":\"b\"}]}"), "b",
	    "the last of equal keys");
}

static void
test_few(void)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "an empty list", "{\"data\":[]}", "" },
		{ "empty objects", "{\"data\":[{},{ }]}", "{};{};" },
		{ "members in their order",
		    "{\"data\":[{\"z\":1,\"a\":2,\"m\":3,\"b\":4,\"0\":5}]}",
		    "{\"z\":1,\"a\":2,\"m\":3,\"b\":4,\"0\":5};" },
		{ "no spaces, one line",
		    "{ \"data\" : [\r\n\t{ \"a\" : [ 1 , 2 ] ,\n \"b\" : { "
		    "\"c\" : null } }\n ] }\n",
		    "{\"a\":[1,2],\"b\":{\"c\":null}};" },
		{ "spaces inside of strings stay",
		    "{\"data\":[{\"a b\": \" c  d \"}]}",
		    "{\"a b\":\" c  d \"};" },
		{ "all of it: null, false, empty",
		    "{\"data\":[{\"a\":null,\"b\":false,\"c\":true,\"d\":\"\","
		    "\"e\":[],\"f\":[\"\",null,{}]}]}",
		    "{\"a\":null,\"b\":false,\"c\":true,\"d\":\"\",\"e\":[],"
		    "\"f\":[\"\",null,{}]};" },
		{ "escapes",
		    "{\"data\":[{\"t\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}]}",
		    "{\"t\":\"\\\"\\\\/\\b\\f\\n\\r\\t\"};" },
		{ "escapes of what is plain",
		    "{\"data\":[{\"t\":\"\\u0041\\u00e4\\u20AC\"}]}",
		    "{\"t\":\"A\xc3\xa4\xe2\x82\xac\"};" },
		{ "a pair of surrogates",
		    "{\"data\":[{\"t\":\"\\ud83d\\uDC49\"}]}",
		    "{\"t\":\"\xf0\x9f\x91\x89\"};" },
		{ "lone surrogates",
		    "{\"data\":[{\"t\":\"\\ud83d\",\"u\":\"\\udc49x\",\"v\":"
		    "\"\\ud83d\\ud83d\\udc49\",\"w\":\"\\udc49\\ud83d\"}]}",
		    "{\"t\":\"\xef\xbf\xbd\",\"u\":\"\xef\xbf\xbdx\",\"v\":"
		    "\"\xef\xbf\xbd\xf0\x9f\x91\x89\",\"w\":"
		    "\"\xef\xbf\xbd\xef\xbf\xbd\"};" },
		{ "a backslash before what looks like one",
		    "{\"data\":[{\"t\":\"\\\\ud83d\"}]}",
		    "{\"t\":\"\\\\ud83d\"};" },
		{ "a line separator is none of ours",
		    "{\"data\":[{\"t\":\"\xe2\x80\xa8\"}]}",
		    "{\"t\":\"\xe2\x80\xa8\"};" },
		{ "of equal keys the last, in the first's place",
		    "{\"data\":[{\"a\":1,\"b\":2,\"a\":3}]}",
		    "{\"a\":3,\"b\":2};" },
		{ "of equal lists the last",
		    "{\"data\":[{\"a\":1}],\"data\":[{\"b\":1}]}",
		    "{\"b\":1};" },
		{ "no objects",
		    "{\"data\":[1,{\"a\":1},\"{}\",null,[],[{}],true,{}]}",
		    "!{\"a\":1};!!!!!{};" },
		{ "whole numbers",
		    "{\"data\":[{\"a\":0,\"b\":-5,\"c\":9223372036854775807}]}",
		    "{\"a\":0,\"b\":-5,\"c\":9223372036854775807};" },
		{ "no list", "{\"data\":{\"data\":[{}]}}", "missing" },
		{ "null for a list", "{\"data\":null}", "missing" },
		{ "a text for a list", "{\"data\":\"[{}]\"}", "missing" },
		{ "none at all", "{}", "missing" },
		{ "another case", "{\"Data\":[{}]}", "missing" },
		{ "a list outside", "[{\"data\":[{}]}]", "missing" },
		{ "a text", "\"data\"", "missing" },
		{ "null", "null", "missing" },
		{ "half of it", "{\"data\":[{\"a\":1}", "bad" },
		{ "nothing", "", "bad" },
	};
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(walk(&out, str_of(cases[i].in)), cases[i].want, "%s",
		    cases[i].name);
	buf_release(&out);
}

/* Controls are escaped, so that an item is one line; hex digits of either case
 * mean the same. */
static void
test_controls(void)
{
	struct buf in = { 0 }, out = { 0 };
	struct jsonr *r = jsonr_new();
	struct errmsg why;
	struct member m = { 0 };
	struct str item = STR("");
	bool good;

	buf_lit(&in, "{\"data\":[{\"t\":\"");
	for (int c = 0; c < 32; c++)
		buf_printf(&in, "\\u%04x", (unsigned)c);
	buf_lit(&in, "\x7f\"}]}");
	good =
	    jsonr_read(r, buf_view(&in), JSONR_STRICT, &why) == JSONR_OBJECT &&
	    jsonr_list(r, "data") && jsonr_item(r, &item) == 1;
	ok(good, "an object with all controls");
	good = true;
	for (size_t i = 0; i < item.len; i++)
		good &= (unsigned char)item.p[i] >= 32;
	ok(good && item.len > 32 * 2, "is one line without controls");
	buf_str(&out, item);
	good =
	    jsonr_read(r, buf_view(&out), JSONR_STRICT, &why) == JSONR_OBJECT &&
	    jsonr_next(r, &m) == 1 && m.text.len == 33 && m.text.p[32] == 0x7f;
	for (int c = 0; good && c < 32; c++)
		good = m.text.p[c] == c;
	ok(good, "and means the same");
	jsonr_free(r);
	buf_release(&in);
	buf_release(&out);
}

/* A walk over the list and one over the members do not disturb each other. */
static void
test_both(void)
{
	struct jsonr *r = jsonr_new();
	struct errmsg why;
	struct member m = { 0 };
	struct str item = STR(""), none;

	ok(!jsonr_list(r, "data"), "before anything was read there is no list");
	is_int(jsonr_item(r, &none), 0, "and no item");
	ok(jsonr_read(r,
	       STR("{\"data\":[{\"a\":1},{\"b\":[\"x\"]}],\"page\":{\"cursor\":"
		   "\"abc\"},\"more\":[{\"c\":3}]}"),
	       JSONR_STRICT, &why) == JSONR_OBJECT,
	    "two lists");
	is_int(jsonr_item(r, &none), 0, "no item before a list was chosen");
	ok(jsonr_list(r, "data") && jsonr_item(r, &item) == 1, "the first");
	ok(jsonr_next(r, &m) == 1 && str_eq(m.key, STR("data")), "a member");
	is(item, "{\"a\":1}", "the item is still there");
	ok(jsonr_item(r, &item) == 1, "the second");
	is(item, "{\"b\":[\"x\"]}", "as it is");
	ok(jsonr_next(r, &m) == 1 && str_eq(m.key, STR("page")) &&
		str_eq(m.text, STR("{\"cursor\":\"abc\"}")),
	    "the next member");
	is_int(jsonr_item(r, &item), 0, "no third");
	is_int(jsonr_item(r, &item), 0, "and none after it");
	ok(jsonr_list(r, "more") && jsonr_item(r, &item) == 1, "the other");
	is(item, "{\"c\":3}", "its item");
	ok(jsonr_list(r, "data") && jsonr_item(r, &item) == 1, "again");
	is(item, "{\"a\":1}", "from the first");
	ok(!jsonr_list(r, "page"), "an object is no list");
	is_int(jsonr_item(r, &item), 0, "and has no items");
	ok(jsonr_list(r, "data"), "once more");
	ok(jsonr_read(r, STR("{}"), JSONR_STRICT, &why) == JSONR_OBJECT,
	    "another text");
	is_int(jsonr_item(r, &item), 0, "has not the items of the last one");
	jsonr_free(r);
}

/* Objects of random strings in our spelling come out as they went in. */
static void
test_random(void)
{
	struct buf in = { 0 }, want = { 0 }, out = { 0 }, text = { 0 };
	uint64_t r = 21;
	int bad = 0;

	for (int round = 0; round < 2000; round++) {
		size_t n = rand_below(&r, 6);

		buf_reset(&in);
		buf_reset(&want);
		buf_lit(&in, "{\"n\":1, \"data\" : [");
		for (size_t i = 0; i < n; i++) {
			size_t begin;

			buf_str(&in, str_of(i > 0 ? " , " : ""));
			begin = in.len;
			buf_lit(&in, "{\"id\":\"");
			buf_printf(&in, "%zu\"", i);
			for (size_t k = rand_below(&r, 5); k > 0; k--) {
				buf_printf(&in, ",\"%c%zu\":",
				    (char)('a' + rand_below(&r, 26)), k);
				buf_reset(&text);
				do {
					buf_reset(&text);
					rand_text(&r, &text, 12, false);
					buf_byte(&text, 'x');
					/* jansson's \u00XX have capitals. */
				} while (memchr(text.p, 1, text.len) != NULL ||
				    memchr(text.p, 0x1f, text.len) != NULL);
				for (size_t c = 0; c < text.len; c++)
					if ((unsigned char)text.p[c] < 32)
						text.p[c] = '\n';
				jsonw_str(&in, buf_view(&text));
			}
			buf_byte(&in, '}');
			buf_add(&want, in.p + begin, in.len - begin);
			buf_byte(&want, ';');
		}
		buf_lit(&in, " ] }");
		walk(&out, buf_view(&in));
		bad += !str_eq(buf_view(&out), buf_view(&want));
	}
	is_int(bad, 0, "what is in our spelling stays as it is");
	buf_release(&in);
	buf_release(&want);
	buf_release(&out);
	buf_release(&text);
}

/* An item that is larger than any before it. */
static void
test_large(void)
{
	struct buf in = { 0 }, out = { 0 };

	buf_lit(&in, "{\"data\":[{\"a\":\"1\"},");
	buf_lit(&in, "{\"b\":\"");
	for (int i = 0; i < 200000; i++)
		buf_lit(&in, "\\u0001");
	buf_lit(&in, "\"},{\"c\":\"2\"}]}");
	walk(&out, buf_view(&in));
	is_int((int64_t)out.len,
	    (int64_t)(sizeof("{\"a\":\"1\"};{\"b\":\"\"};{\"c\":\"2\"};") - 1 +
		6 * 200000),
	    "a large item between two small ones");
	ok(str_starts(buf_view(&out), STR("{\"a\":\"1\"};{\"b\":\"\\u0001")),
	    "from its begin on");
	buf_release(&in);
	buf_release(&out);
}

int
main(void)
{
	test_string();
	test_few();
	test_controls();
	test_both();
	test_random();
	test_large();
	return tap_done();
}
