/*
 * test_bson - BSON documents, written and read
 */
#include "tap.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "format/bsonr.h"
#include "format/bsonw.h"
#include "rand.h"

/* Known bytes, from the specification of BSON. */
static void
test_known(void)
{
	static const char hello[] =
	    "\x16\x00\x00\x00\x02hello\x00\x06\x00\x00\x00world\x00\x00";
	struct buf b = { 0 };
	size_t at = bsonw_begin(&b);

	bsonw_str(&b, STR("hello"), STR("world"));
	bsonw_end(&b, at);
	ok(str_eq(buf_view(&b), (struct str){ hello, sizeof(hello) - 1 }),
	    "the example of the specification");
	buf_release(&b);
}

static void
test_json(void)
{
	struct buf b = { 0 }, json = { 0 }, key = { 0 }, scratch = { 0 };
	struct bsonr_value v = { .type = BSONW_DOC };
	size_t at = bsonw_begin(&b), in;

	bsonw_int(&b, STR("i"), -1);
	bsonw_int(&b, STR("l"), INT64_C(1) << 40);
	bsonw_double(&b, STR("d"), 2.5);
	bsonw_bool(&b, STR("t"), true);
	bsonw_date(&b, STR("w"), -1);
	in = bsonw_begin_list(&b, STR("a"));
	bsonw_str(&b, bsonw_index(&key, 0), STR("x\"\0y"));
	bsonw_end(&b, in);
	ok(bsonw_json(&b, STR("o"), MEMBER_OBJECT,
	       STR("{\"k\":\"v\\n\",\"n\":7}"), &scratch),
	    "an object of strings and integers");
	ok(!bsonw_json(
	       &b, STR("p"), MEMBER_OBJECT, STR("{\"k\":[1]}"), &scratch),
	    "no other object");
	bsonw_end(&b, at);
	v.text = buf_view(&b);
	ok(bsonr_json(&json, &v), "it is JSON");
	is(buf_view(&json),
	    "{\"i\":-1,\"l\":1099511627776,\"d\":2.5,\"t\":true,"
	    "\"w\":\"1969-12-31T23:59:59.999Z\",\"a\":[\"x\\\"\\u0000y\"],"
	    "\"o\":{\"k\":\"v\\n\",\"n\":7}}",
	    "as JSON");
	ok(bsonr_find(buf_view(&b), "o.n", &v) && v.num == 7, "a path");
	ok(bsonr_find(buf_view(&b), "a.0", &v) && v.text.len == 4,
	    "into a list");
	ok(!bsonr_find(buf_view(&b), "o.x", &v), "a path that is not there");
	ok(!bsonr_find(buf_view(&b), "i.x", &v), "through no document");
	buf_release(&b);
	buf_release(&json);
	buf_release(&key);
	buf_release(&scratch);
}

/* Whatever is cut off or changed, nothing outside of the document is read. */
static void
test_broken(void)
{
	struct buf b = { 0 }, json = { 0 };
	size_t at = bsonw_begin(&b), whole = 0;
	uint64_t r = 5;
	struct bsonr_value v;
	struct bsonr reader;
	char *copy;

	bsonw_str(&b, STR("text"), STR("some text"));
	bsonw_doc(&b, STR("doc"), STR("\x05\0\0\0\0"));
	bsonw_oid(&b, STR("_id"), "0123456789ab");
	bsonw_end(&b, at);
	for (int i = 0; i < 20000; i++) {
		size_t len = rand_below(&r, b.len + 1);

		copy = xcalloc(len + 1, 1);
		memcpy(copy, b.p, len);
		if (len > 0 && i % 2 == 0)
			copy[rand_below(&r, len)] = (char)rand_below(&r, 256);
		v = (struct bsonr_value){ .type = BSONW_DOC,
			.text = { copy, len } };
		buf_reset(&json);
		whole += bsonr_json(&json, &v);
		if (bsonr_init(&reader, v.text))
			while (bsonr_next(&reader, &v) == 1)
				whole += v.key.len == 0;
		free(copy);
	}
	ok(whole < 20000, "broken documents are read to where they are so");
	ok(!bsonr_init(&reader, STR("\x05\0\0\0")), "too short");
	ok(!bsonr_init(&reader, STR("\x06\0\0\0\0")), "longer than it is");
	ok(bsonr_init(&reader, STR("\x09\0\0\0\x08t\0\2\0")) &&
		bsonr_next(&reader, &v) == -1,
	    "neither true nor false");
	buf_release(&b);
	buf_release(&json);
}

int
main(void)
{
	test_known();
	test_json();
	test_broken();
	return tap_done();
}
