/*
 * test_html - a stranger's text in a page
 */
#include "tap.h"

#include "format/html.h"

int
main(void)
{
	struct buf b = { 0 };
	int bad = 0;

	html_text(&b, STR("<b onclick=\"x('y')\">&amp;</b>"));
	is(buf_view(&b),
	    "&lt;b onclick=&quot;x(&#39;y&#39;)&quot;&gt;&amp;amp;&lt;/b&gt;",
	    "nothing of it is markup");
	buf_reset(&b);
	html_text(&b, STR("a\0b\x01\n\x7f\xc3\xa4"));
	is(buf_view(&b), "a b   \xc3\xa4", "controls are spaces");
	buf_reset(&b);
	html_text(&b, STR("a\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0\xc2"));
	is(buf_view(&b), "a   \xc2\xa0\xc2", "those of eight bits, too");
	buf_reset(&b);
	html_text(&b, STR(""));
	is(buf_view(&b), "", "nothing");
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;

		buf_reset(&b);
		html_text(&b, (struct str){ &byte, 1 });
		for (size_t i = 0; i < b.len; i++)
			bad += memchr("<>\"'", b.p[i], 4) != NULL ||
			    (unsigned char)b.p[i] < 0x20;
		bad += b.len == 0 || (b.p[0] == '&' && b.p[b.len - 1] != ';');
	}
	is_int(bad, 0, "no byte gets out of its place");
	buf_release(&b);
	return tap_done();
}
