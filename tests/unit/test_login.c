/*
 * test_login - the name of a channel
 */
#include "tap.h"

#include "base/login.h"
#include "pages.h"

#define LONGEST "abcdefghijklmnopqrstuvwxy" /* 25 */

static void
test_is(void)
{
	static const char *const good[] = { "a", "0", "_", "kanal_eins", "1234",
		"__x__", LONGEST };
	static const char *const bad[] = { "", "A", "kanal-eins", "a b", "a,b",
		"#a", "a/b", "..", ".", "a.log", "a\n", "\xc3\xa4", LONGEST "z",
		"a\x7f", "a`", "a{", "a@", "a[", "a:", "a/", "a^", "a?" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ok(login_is(str_of(good[i])), "\"%s\" is one", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!login_is(str_of(bad[i])), "\"%s\" is none", bad[i]);
	ok(!login_is(STR("a\0b")), "nor is one with a NUL");
	ok(!login_is(STR_ABSENT), "nor nothing");
}

static void
test_fold(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "Kanal_Eins", "kanal_eins" },
		{ "#KANAL", "kanal" },
		{ "#" LONGEST, LONGEST },
		{ "AZ09_az", "az09_az" },
		{ "#_", "_" },
	};
	static const char *const bad[] = { "", "#", "##a", "a#", " a", "a ",
		"a\r", "@a", "[", "\xc3\x84", "#" LONGEST "z", LONGEST "z",
		"\x01", "a\x40" };
	struct login login;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memset(&login, 'x', sizeof(login));
		ok(login_fold(str_of(cases[i].in), &login), "\"%s\" is one",
		    cases[i].in);
		is(str_of(login.p), cases[i].want, "folded");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!login_fold(str_of(bad[i]), &login), "\"%s\" is none",
		    bad[i]);
	ok(!login_fold(STR("a\0"), &login), "nor is one with a NUL");
	ok(!login_fold(STR_ABSENT, &login), "nor nothing");
}

/* All bytes, alone: what fold takes is what is, but for the case. */
static void
test_bytes(void)
{
	int bad = 0, n = 0;

	for (int c = 0; c < 256; c++) {
		char byte = (char)c;
		struct login login;
		bool upper = c >= 'A' && c <= 'Z';
		bool is_one = login_is((struct str){ &byte, 1 });
		bool folds = login_fold((struct str){ &byte, 1 }, &login);

		n += is_one;
		bad += folds != (is_one || upper);
		bad += folds && login.p[0] != (upper ? c + 32 : c);
	}
	is_int(n, 37, "26 letters, 10 digits and one more");
	is_int(bad, 0, "capitals fold to them");
}

/* Every byte at every place of all lengths, in the middle of a page of memory and
 * at its end, where nothing behind may be looked at. */
static void
test_places(void)
{
	size_t size;
	char *page = page_alone(&size);
	int bad = 0;

	memset(page, 'x', size);
	for (size_t len = 1; len <= LOGIN_MAX; len++)
		for (size_t at = 0; at < len; at++)
			for (int c = 0; c < 256; c++) {
				char *middle = page + 100,
				     *end = page + size - len;
				bool want = (c >= 'a' && c <= 'z') ||
				    (c >= '0' && c <= '9') || c == '_';

				middle[at] = end[at] = (char)c;
				bad += login_is((struct str){ middle, len }) !=
				    want;
				bad +=
				    login_is((struct str){ end, len }) != want;
				middle[at] = end[at] = 'x';
			}
	is_int(bad, 0, "every byte at every place of 1 to 25");
}

int
main(void)
{
	test_is();
	test_fold();
	test_bytes();
	test_places();
	return tap_done();
}
