/*
 * test_pattern - which names stand in a text
 */
#include "tap.h"

#include "format/pattern.h"
#include "temp.h"

static struct patterns *
load(const char *file, struct errmsg *why)
{
	return patterns_load(temp_file(str_of(file), ".txt"), why);
}

static struct str
match(struct patterns *p, struct buf *list, const char *text)
{
	buf_reset(list);
	patterns_match(p, str_of(text), list);
	return buf_view(list);
}

static void
test_match(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "nothing here", "" },
		{ "I drink ACME cola", "[\"acme\"]" },
		{ "acmes", "" },
		{ "new shoes", "[\"shoes\"]" },
		{ "acme boots", "[\"acme\",\"shoes\"]" },
		{ "shoes and boots and shoes", "[\"shoes\"]" },
		{ "\xc3\x84PFEL", "[\"Obst \\\"frisch\\\"\"]" },
		{ "\xc3\xa4pfel", "[\"Obst \\\"frisch\\\"\"]" },
		{ "x \xf0\x9f\x91\x89 y", "[\"hand\"]" },
		/* Not a word border: UCP knows that an umlaut is a letter. */
		{ "\xc3\xa4"
		  "acme",
		    "" },
	};
	struct errmsg why = { .text = "" };
	struct buf list = { 0 };
	struct str name;
	size_t i = 0;
	int64_t n;
	struct patterns *p = load("# what to look for\n"
				  "\n"
				  "acme\t\\bacme\\b\n"
				  "shoes\tshoes?\\b\n"
				  "  shoes \t  boots  \r\n"
				  "   # more\n"
				  "Obst \"frisch\"\t\xc3\xa4pfel\n"
				  "hand\t\xf0\x9f\x91\x89",
	    &why);

	if (!ok(p != NULL, "a file of patterns %s", why.text))
		return;
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++)
		is(match(p, &list, cases[k].text), cases[k].want, "\"%s\"",
		    cases[k].text);
	buf_reset(&list);
	buf_lit(&list, "x");
	patterns_match(p, STR("acme"), &list);
	is(buf_view(&list), "x[\"acme\"]", "a list is appended");
	ok(!patterns_gave_up(p, &i, &name, &n), "none gave up");
	patterns_free(p);
	buf_release(&list);
}

/* A pattern that would take for ever gives up, is counted, and is no match; the
 * others go on. */
static void
test_limit(void)
{
	struct errmsg why = { .text = "" };
	struct buf list = { 0 };
	struct str name;
	size_t i = 0;
	int64_t n = 0;
	struct patterns *p = load("ok\tb$\nslow\t^(a+)+$\nend\tab\n", &why);
	const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";

	if (!ok(p != NULL, "patterns %s", why.text))
		return;
	is(match(p, &list, text), "[\"ok\",\"end\"]", "two of three match");
	match(p, &list, text);
	is(match(p, &list, "aaa"), "[\"slow\"]", "the slow one can match");
	ok(patterns_gave_up(p, &i, &name, &n), "one gave up");
	is(name, "slow", "it is the slow one");
	is_int(n, 2, "on two texts");
	ok(!patterns_gave_up(p, &i, &name, &n), "no other did");
	patterns_free(p);
	buf_release(&list);
}

static void
test_refused(void)
{
	static const struct {
		const char *name, *file, *where;
	} cases[] = {
		{ "no tab", "a\tb\nacme\n", ":2: " },
		{ "spaces for a tab", "acme   x\n", ":1: " },
		{ "no name", "\tx\n", ":1: " },
		{ "a name of a CR only", "\r\tx\n", ":1: " },
		{ "no pattern", "a\t\n", ":1: " },
		{ "a bracket that is open", "a\tx\n\nb\t(x\n", ":3: " },
		{ "a pattern that is not UTF-8", "a\t\xff\n", ":1: " },
		{ "a name that is not UTF-8", "\xff\tx\n", ":1: " },
		{ "a name with a control character", "a\1b\tx\n", ":1: " },
	};
	struct errmsg why = { .text = "" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct patterns *p = load(cases[i].file, &why);

		ok(p == NULL && strstr(why.text, cases[i].where) != NULL,
		    "%s: %s", cases[i].name, why.text);
		patterns_free(p);
	}
	ok(patterns_load("/nonexistent/x", &why) == NULL &&
		strstr(why.text, "/nonexistent/x") != NULL,
	    "no such file: %s", why.text);
}

static void
test_empty(void)
{
	struct errmsg why = { .text = "" };
	struct buf list = { 0 };
	struct patterns *p = load("# nothing\n", &why);

	if (ok(p != NULL, "a file without patterns"))
		is(match(p, &list, "acme"), "", "matches nothing");
	patterns_free(p);
	patterns_free(NULL);
	buf_release(&list);
}

int
main(void)
{
	test_match();
	test_limit();
	test_refused();
	test_empty();
	temp_end();
	return tap_done();
}
