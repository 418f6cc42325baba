/*
 * test_jsonr - any JSON object, member by member
 */
#include "tap.h"

#include "format/jsonr.h"

static struct jsonr *reader;

/* Reads `text` and shows its members: key, kind, text. */
static struct str
members(struct buf *out, struct str text, enum jsonr_bytes bytes)
{
	static const char kinds[] = "sirtlo";
	struct errmsg why = { .text = "" };
	struct member m;

	buf_reset(out);
	switch (jsonr_read(reader, text, bytes, &why)) {
	case JSONR_BAD:
		buf_printf(out, "bad%s", why.text[0] != '\0' ? "" : " ???");
		return buf_view(out);
	case JSONR_NULL:
		return STR("null");
	case JSONR_OTHER:
		return STR("other");
	case JSONR_OBJECT:
		break;
	}
	while (jsonr_next(reader, &m) == 1) {
		buf_str(out, m.key);
		buf_byte(out, ' ');
		buf_byte(out, kinds[m.kind]);
		buf_byte(out, ' ');
		buf_str(out, m.text);
		if (m.kind == MEMBER_INT)
			buf_printf(out, "=%lld", (long long)m.num);
		buf_byte(out, ';');
	}
	return buf_view(out);
}

static void
test_members(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{}", "" },
		{ "null", "null" },
		{ " null ", "null" },
		{ "[]", "other" },
		{ "\"x\"", "other" },
		{ "1", "other" },
		{ "true", "other" },
		{ "", "bad" },
		{ "{", "bad" },
		{ "{}x", "bad" },
		{ "{\"a\":1,}", "bad" },
		{ "{'a':1}", "bad" },
		{ "{\"a\":\"\xff\"}", "bad" },
		{ "{\"a\":\"x\",\"b\":\"\"}", "a s x;b s ;" },
		{ " { \"a\" : \"x\" , \"b\" : 2 } ", "a s x;b i 2=2;" },
		{ "{\"b\":1,\"a\":2}", "b i 1=1;a i 2=2;" },
		{ "{\"a\":1,\"b\":2,\"a\":3}", "a i 3=3;b i 2=2;" },
		{ "{\"a\":-0,\"b\":9223372036854775807}",
		    "a i 0=0;b i 9223372036854775807=9223372036854775807;" },
		{ "{\"a\":null,\"b\":false,\"c\":true}", "c t true;" },
		{ "{\"a\":1.5,\"b\":1e3}", "a r 1.5;b r 1000;" },
		{ "{\"\\u0061\":\"\\u00e4\\/\\ud83d\\udc49\"}",
		    "a s \xc3\xa4/\xf0\x9f\x91\x89;" },
		{ "{\"a\":[]}", "a l [];" },
		{ "{\"a\":[ \"x\" , \"\", 1, null, \"y\\u000a\", [\"z\"] ]}",
		    "a l [\"x\",\"y\\n\"];" },
		{ "{\"a\":{ \"b\" : 1, \"c\" : [ \"d\" ], \"e\" : null }}",
		    "a o {\"b\":1,\"c\":[\"d\"],\"e\":null};" },
		{ "{\"a\":{\"b\":1,\"b\":2}}", "a o {\"b\":2};" },
	};
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(members(&out, str_of(cases[i].text), JSONR_STRICT),
		    cases[i].want, "%s", cases[i].text);
	buf_release(&out);
}

#define FFFD "\xef\xbf\xbd"

static void
test_surrogates(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{\"a\":\"\\ud83d\"}", "a s " FFFD ";" },
		{ "{\"a\":\"\\udc49x\"}", "a s " FFFD "x;" },
		{ "{\"a\":\"\\ud83dx\\udc49\"}", "a s " FFFD "x" FFFD ";" },
		{ "{\"a\":\"\\ud83d\\ud83d\\udc49\"}",
		    "a s " FFFD "\xf0\x9f\x91\x89;" },
		{ "{\"a\":\"\\uD83D\\uDC49\"}", "a s \xf0\x9f\x91\x89;" },
		{ "{\"a\":\"\\udc49\\ud83d\"}", "a s " FFFD FFFD ";" },
		{ "{\"a\":\"\\\\ud83d\"}", "a s \\ud83d;" },
		{ "{\"a\":\"\\\\\\ud83d\"}", "a s \\" FFFD ";" },
		{ "{\"a\":\"\\ud83d\\u0041\"}", "a s " FFFD "A;" },
		{ "{\"a\":\"\\ud83", "bad" },
		{ "{\"a\":\"\\", "bad" },
		{ "{\"a\":\"\\ud83d\\", "bad" },
	};
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(members(&out, str_of(cases[i].text), JSONR_STRICT),
		    cases[i].want, "%s", cases[i].text);
	buf_release(&out);
}

static void
test_repair(void)
{
	struct buf out = { 0 };

	is(members(&out, STR("{\"a\":\"x\xff\xe2\x82y\"}"), JSONR_REPAIR),
	    "a s x" FFFD FFFD "y;", "bytes that are not UTF-8 are repaired");
	is(members(&out, STR("{\"\xff\":[\"\xc3\"]}"), JSONR_REPAIR),
	    FFFD " l [\"" FFFD "\"];", "in keys and lists, too");
	is(members(&out, STR("{\"a\":\"\xc3\xa4\"}"), JSONR_REPAIR),
	    "a s \xc3\xa4;", "good ones are left alone");
	ok(str_eq(members(&out, STR("{\"a\":\"x\\u0000y\"}"), JSONR_STRICT),
	       STR("a s x\0y;")),
	    "a NUL may be written");
	buf_release(&out);
}

/* A list far longer than the text around it: slices never move. */
static void
test_borrowed(void)
{
	struct buf text = { 0 };
	struct errmsg why;
	struct member list, object, last;

	buf_lit(&text, "{\"a\":[\"x\"");
	for (int i = 0; i < 2000; i++)
		buf_lit(&text, ",\"\\u0001\"");
	buf_lit(&text, "],\"b\":{\"c\":0.1");
	for (int i = 0; i < 2000; i++)
		buf_printf(&text, ",\"c%d\":0.1", i);
	buf_lit(&text, "},\"c\":[\"z\"]}");
	if (ok(jsonr_read(reader, buf_view(&text), JSONR_STRICT, &why) ==
		    JSONR_OBJECT,
		"a long object"))
		ok(jsonr_next(reader, &list) == 1 &&
			jsonr_next(reader, &object) == 1 &&
			jsonr_next(reader, &last) == 1 &&
			str_starts(list.text, STR("[\"x\",\"\\u0001\"")) &&
			str_starts(object.text, STR("{\"c\":0.1")) &&
			str_eq(last.text, STR("[\"z\"]")),
		    "members are good until the next text");
	buf_release(&text);
}

int
main(void)
{
	reader = jsonr_new();
	test_members();
	test_surrogates();
	test_repair();
	test_borrowed();
	jsonr_free(reader);
	jsonr_free(NULL);
	return tap_done();
}
