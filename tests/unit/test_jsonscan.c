/*
 * test_jsonscan - the fast reader of JSON, and that the full one agrees
 */
#include "tap.h"

#include "agree.h"
#include "format/jsonw.h"
#include "rand.h"

static struct jsonr *full;

/* Lines of our own spelling: both readers have to read them, equally. */
static void
test_ours(void)
{
	static const char *const lines[] = {
		"{\"a\":\"\"}",
		"{\"a\":\"b\",\"c\":\"\"}",
		"{\"a\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u0001\\u000b\\u001f\"}",
		"{\"\\n\":\"x\"}",
		"{\"\":\"x\"}",
		"{\"a\":0}",
		"{\"a\":-1,\"b\":999999999999999999,\"c\":-999999999999999999}",
		"{\"a\":0.5,\"b\":-1.25,\"c\":12.0001}",
		"{\"a\":true}",
		"{\"a\":[\"x\"],\"b\":[\"x\",\"\\\"y\\\"\",\"\\u0001\"]}",
		"{\"a\":{\"b\":\"c\",\"d\":1,\"e\":\"\"}}",
		"{\"a\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x91\x89\"}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		ok(agree_on(str_of(lines[i]), full) == AGREE_EQUAL, "%s",
		    lines[i]);
}

/* Lines that are not of our spelling, or that the full reader reads as
 * something else than what stands there. */
static void
test_left(void)
{
	static const char *const lines[] = { "", "{", "{}", "[]", "null", "1",
		"{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{,}",
		"{\"a\":1}x", "{\"a\":1} ", " {\"a\":1}", "{\"a\": 1}",
		"{\"a\" :1}", "{\"a\":1 }", "{\"a\":1, \"b\":2}", "{\"a\":01}",
		"{\"a\":-0}", "{\"a\":-0.5}", "{\"a\":-}", "{\"a\":1.}",
		"{\"a\":.5}", "{\"a\":1e3}", "{\"a\":1.5e3}", "{\"a\":+1}",
		"{\"a\":1234567890123456789}", "{\"a\":1.2.3}", "{\"a\":null}",
		"{\"a\":false}", "{\"a\":tru}", "{\"a\":truex}", "{\"a\":[]}",
		"{\"a\":[\"x\",]}", "{\"a\":[1]}", "{\"a\":[\"x\"",
		"{\"a\":{}}", "{\"a\":{\"b\":null}}",
		"{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{\"b\":1.5}}",
		"{\"a\":{\"b\":1}", "{\"a\":\"x}", "{\"a\":\"\\/\"}",
		"{\"a\":\"\\u0041\"}", "{\"a\":\"\\u001F\"}",
		"{\"a\":\"\\u00\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\",
		"{\"a\":\"\xff\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"\x01\"}",
		"{\"a\":\"\n\"}", "{a:1}", "{\"a\":'x'}" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		ok(agree_on(str_of(lines[i]), full) == AGREE_LEFT,
		    "left to the full reader: %s", lines[i]);
}

/* Valid JSON in nearly our spelling on which it is easy to disagree: the full
 * reader takes the last of equal keys, leaves out empty strings of lists and
 * takes no key with a NUL in it. */
static void
test_traps(void)
{
	static const char *const lines[] = {
		"{\"a\":{\"b\":1,\"b\":2}}",
		"{\"a\":{\"b\":\"1\",\"c\":\"2\",\"b\":\"3\"}}",
		"{\"a\":{\"\\u0000\":\"1\"}}",
		"{\"a\":[\"\"]}",
		"{\"a\":[\"x\",\"\",\"y\"]}",
		"{\"a\\u0000b\":1}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		ok(agree_on(str_of(lines[i]), full) != AGREE_NOT,
		    "no disagreement: %s", lines[i]);
}

/* Appends a key that did not come before: `n` numbers them. */
static void
random_key(uint64_t *r, struct buf *b, int n)
{
	struct buf text = { 0 };

	for (size_t i = rand_below(r, 6); i > 0; i--)
		buf_byte(&text, (char)(1 + rand_below(r, 127)));
	buf_printf(&text, "%d", n);
	jsonw_str(b, buf_view(&text));
	buf_release(&text);
}

static void
random_string(uint64_t *r, struct buf *b, bool empty)
{
	struct buf text = { 0 };

	rand_text(r, &text, rand_below(r, 40), true);
	if (!empty)
		buf_byte(&text, 'x');
	jsonw_str(b, buf_view(&text));
	buf_release(&text);
}

static void
random_int(uint64_t *r, struct buf *b)
{
	int64_t v = rand_between(
	    r, -INT64_C(999999999999999999), INT64_C(999999999999999999));

	buf_printf(b, "%lld", (long long)(v >> rand_below(r, 60)));
}

static void
random_value(uint64_t *r, struct buf *b)
{
	size_t n = 1 + rand_below(r, 4);

	switch (rand_below(r, 6)) {
	case 0:
		random_int(r, b);
		break;
	case 1:
		buf_printf(b, "%zu.%04zu", rand_below(r, 100000),
		    rand_below(r, 10000));
		break;
	case 2:
		buf_lit(b, "true");
		break;
	case 3:
		for (size_t i = 0; i < n; i++) {
			buf_byte(b, i == 0 ? '[' : ',');
			random_string(r, b, false);
		}
		buf_byte(b, ']');
		break;
	case 4:
		for (size_t i = 0; i < n; i++) {
			buf_byte(b, i == 0 ? '{' : ',');
			random_key(r, b, (int)i);
			buf_byte(b, ':');
			if (rand_below(r, 2) == 0)
				random_int(r, b);
			else
				random_string(r, b, true);
		}
		buf_byte(b, '}');
		break;
	default:
		random_string(r, b, true);
		break;
	}
}

static void
random_line(uint64_t *r, struct buf *b)
{
	size_t n = 1 + rand_below(r, 8);

	for (size_t i = 0; i < n; i++) {
		buf_byte(b, i == 0 ? '{' : ',');
		random_key(r, b, (int)i);
		buf_byte(b, ':');
		random_value(r, b);
	}
	buf_byte(b, '}');
}

static void
test_random(void)
{
	struct buf line = { 0 };
	uint64_t r = 9;
	int bad = 0, mutated = 0, equal = 0;

	for (int i = 0; i < 20000; i++) {
		buf_reset(&line);
		random_line(&r, &line);
		if (agree_on(buf_view(&line), full) != AGREE_EQUAL &&
		    bad++ == 0)
			printf("# %.*s\n", STR_ARGS(buf_view(&line)));
		for (int k = 0; k < 4; k++) {
			static const char some[] = "\"\\{}[]:,0u1 \n\xff\xc3"
						   "et-.";
			enum agree a;

			line.p[rand_below(&r, line.len)] =
			    some[rand_below(&r, sizeof(some) - 1)];
			a = agree_on(buf_view(&line), full);
			equal += a == AGREE_EQUAL;
			if (a == AGREE_NOT && mutated++ == 0)
				printf("# %.*s\n", STR_ARGS(buf_view(&line)));
		}
	}
	is_int(bad, 0, "both read what we write, equally");
	is_int(mutated, 0, "and agree on what they both read after changes");
	ok(equal > 5000, "%d changed lines were read by both", equal);
	buf_release(&line);
}

static void
test_list(void)
{
	struct buf scratch = { 0 };
	struct str rest = STR("[\"a\",\"\\\"b\\\"\",\"\",\"c]\"]"), s;
	static const char *const want[] = { "a", "\"b\"", "", "c]" };
	size_t n = 0;

	while (jsonscan_list_next(&rest, &scratch, &s) && n < 4) {
		is(s, want[n], "string %zu of a list", n);
		n++;
	}
	is_int((int64_t)n, 4, "four of them");
	rest = STR("");
	ok(!jsonscan_list_next(&rest, &scratch, &s), "none in nothing");
	rest = STR_ABSENT;
	ok(!jsonscan_list_next(&rest, &scratch, &s), "none in what is absent");
	buf_release(&scratch);
}

int
main(void)
{
	full = jsonr_new();
	test_ours();
	test_left();
	test_traps();
	test_random();
	test_list();
	jsonr_free(full);
	return tap_done();
}
