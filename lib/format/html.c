#include "format/html.h"

void
html_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		switch (c) {
		case '&':
			buf_lit(b, "&amp;");
			break;
		case '<':
			buf_lit(b, "&lt;");
			break;
		case '>':
			buf_lit(b, "&gt;");
			break;
		case '"':
			buf_lit(b, "&quot;");
			break;
		case '\'':
			buf_lit(b, "&#39;");
			break;
		case 0xc2:
			/* Controls, too: U+0080 to U+009F. */
			if (i + 1 < s.len && (unsigned char)s.p[i + 1] < 0xa0) {
				buf_byte(b, ' ');
				i++;
				break;
			}
			buf_byte(b, (char)c);
			break;
		default:
			buf_byte(b, c < 0x20 || c == 0x7f ? ' ' : (char)c);
			break;
		}
	}
}
