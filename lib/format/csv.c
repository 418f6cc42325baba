#include "format/csv.h"

void
csv_text(struct buf *b, struct str s)
{
	bool quote = false, formula;

	formula = s.len > 0 && memchr("=+-@\t\r", *s.p, 6) != NULL;
	for (size_t i = 0; i < s.len; i++)
		quote |= memchr(",\"\r\n", s.p[i], 4) != NULL;
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
