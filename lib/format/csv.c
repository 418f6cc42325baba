#include "format/csv.h"

/* Tells whether a spreadsheet may take `s` for a formula: also a sign in full width is
 * one to some. */
static bool
is_formula(struct str s)
{
	return (s.len > 0 && memchr("=+-@\t\r\n", *s.p, 7) != NULL) ||
	    str_starts(s, STR("\xef\xbc\x9d")) ||
	    str_starts(s, STR("\xef\xbc\x8b")) ||
	    str_starts(s, STR("\xef\xbc\x8d")) ||
	    str_starts(s, STR("\xef\xbc\xa0"));
}

void
csv_text(struct buf *b, struct str s)
{
	bool quote = false, formula = is_formula(s);

	/* Also what parts fields where the comma is that of numbers. */
	for (size_t i = 0; i < s.len; i++)
		quote |= memchr(",;\t\"\r\n", s.p[i], 6) != NULL;
	if (quote)
		buf_byte(b, '"');
	if (formula)
		buf_byte(b, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_byte(b, '"');
		buf_byte(b, s.p[i]);
	}
	if (quote)
		buf_byte(b, '"');
}
