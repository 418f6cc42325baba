/*
 * test_csv - values with commas between them
 */
#include "tap.h"

#include "format/csv.h"

int
main(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "plain text", "plain text" },
		{ "a,b", "\"a,b\"" },
		{ "say \"x\"", "\"say \"\"x\"\"\"" },
		{ "\"", "\"\"\"\"" },
		{ "two\nlines", "\"two\nlines\"" },
		{ "a\rb", "\"a\rb\"" },
		{ "=1+1", "'=1+1" },
		{ "+1", "'+1" },
		{ "-1", "'-1" },
		{ "@x", "'@x" },
		{ "\tx", "\"'\tx\"" },
		{ "\n=1", "\"'\n=1\"" },
		{ "\xef\xbc\x9d"
		  "1+1",
		    "'\xef\xbc\x9d"
		    "1+1" },
		{ "\xef\xbc\x9e", "\xef\xbc\x9e" },
		{ "a;=1+1;b", "\"a;=1+1;b\"" },
		{ "a\t=1", "\"a\t=1\"" },
		{ "=a,b", "\"'=a,b\"" },
		{ "a=b", "a=b" },
		{ "\xc3\xa4", "\xc3\xa4" },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&b);
		csv_text(&b, str_of(cases[i].text));
		is(buf_view(&b), cases[i].want, "\"%s\"", cases[i].text);
	}
	buf_release(&b);
	return tap_done();
}
