/*
 * test_opmsg - messages of the MongoDB wire protocol
 */
#include "tap.h"

#include "format/bsonw.h"
#include "remote/opmsg.h"

/* An answer to number 7: flags, the document {}, and `tail` bytes behind it. */
static struct buf
answer(char flags, size_t tail)
{
	struct buf b = { 0 };
	char bytes[] = { 0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, (char)0xdd, 7, 0,
		0, flags, 0, 0, 0, 0, 5, 0, 0, 0, 0 };

	bytes[0] = (char)(sizeof(bytes) + tail);
	buf_add(&b, bytes, sizeof(bytes));
	for (size_t i = 0; i < tail; i++)
		buf_byte(&b, 'x');
	return b;
}

static void
reads(char flags, size_t tail, int32_t id, bool want, const char *what)
{
	struct buf b = answer(flags, tail);
	struct str doc;
	bool got = opmsg_read(buf_view(&b), id, &doc);

	ok(got == want && (!got || doc.len == 5), "%s", what);
	buf_release(&b);
}

int
main(void)
{
	static const char command[] = { 5, 0, 0, 0, 0 };
	static const char want[] = { 51, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
		(char)0xdd, 7, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1, 24, 0, 0,
		0, 'd', 'o', 'c', 'u', 'm', 'e', 'n', 't', 's', 0, 5, 0, 0, 0,
		0, 5, 0, 0, 0, 0 };
	struct str one = { command, sizeof(command) };
	struct str docs[] = { one, one };
	struct buf b = { 0 };
	struct str doc;

	opmsg_write(&b, 7, one, docs, 2);
	ok(b.len == sizeof(want) && memcmp(b.p + 4, want + 4, b.len - 4) == 0,
	    "a command with documents");
	is_int((int64_t)opmsg_length(b.p), (int64_t)b.len, "its length");
	buf_reset(&b);
	opmsg_write(&b, 7, one, NULL, 0);
	is_int((int64_t)b.len, 26, "one without");
	buf_release(&b);

	reads(0, 0, 7, true, "an answer");
	reads(1, 4, 7, true, "with a checksum");
	reads(0, 0, 8, false, "to something else");
	reads(0, 4, 7, false, "with something behind it");
	reads(2, 0, 7, false, "with more to come");
	b = answer(0, 0);
	for (size_t n = 0; n < b.len; n++)
		if (opmsg_read((struct str){ b.p, n }, 7, &doc))
			ok(false, "cut after %zu bytes", n);
	b.p[21] = 127;
	ok(!opmsg_read(buf_view(&b), 7, &doc), "a document longer than it");
	b.p[3] = 127;
	is_int((int64_t)opmsg_length(b.p), 0, "too long");
	b.p[3] = 0;
	b.p[0] = 25;
	is_int((int64_t)opmsg_length(b.p), 0, "too short");
	buf_release(&b);
	return tap_done();
}
