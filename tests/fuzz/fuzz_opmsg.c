/*
 * fuzz opmsg: any bytes as what a server answers. An answer that is taken is as
 * long as it says, answers what was asked, and its document lies inside of it.
 */
#include "fuzz.h"

#include "remote/opmsg.h"

/* Reads four bytes, the least first. */
static uint32_t
four(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	    (uint32_t)b[3] << 24;
}

/* An answer as a server writes it, with the document `doc`, is taken. */
static void
take_own(struct str doc)
{
	static struct buf b;
	struct str got;

	buf_reset(&b);
	opmsg_write(&b, 0, doc, NULL, 0);
	must(opmsg_length(b.p) == b.len);
	must(opmsg_read(buf_view(&b), 0, &got));
	must(str_eq(got, doc));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = fuzz_str(data, size), doc;
	size_t len;
	int32_t id;

	if (size < OPMSG_HEAD)
		return 0;
	len = opmsg_length(s.p);
	must(len == 0 || (len > OPMSG_HEAD && len <= OPMSG_MAX));
	id = (int32_t)four(s.p + 8);
	if (opmsg_read(s, id, &doc)) {
		must(size == four(s.p) && size == len);
		must(doc.p > s.p && doc.p + doc.len <= s.p + s.len);
		must(doc.len == four(doc.p));
		must(!opmsg_read(s, id ^ 1, &doc));
		take_own(doc);
	}
	return 0;
}
