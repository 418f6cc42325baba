#include "remote/opmsg.h"

#include <string.h>

#define OPCODE       2013
#define CHECKSUM     1u /* flag bits of an answer: four bytes at the end; */
#define MORE_TO_COME 2u /* another one follows, which we never allow */
#define SEQUENCE     "documents"
#define DOC_MIN      5 /* bytes of an empty document */

static void
add_u32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		buf_byte(b, (char)(unsigned char)(v & 255));
}

static void
set_u32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = (char)(unsigned char)(v & 255);
}

static uint32_t
get_u32(const char *p)
{
	uint32_t v = 0;

	for (int i = 3; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

void
opmsg_write(struct buf *to, int32_t id, struct str command,
    const struct str *docs, size_t n)
{
	size_t begin = to->len, section;

	add_u32(to, 0);
	add_u32(to, (uint32_t)id);
	add_u32(to, 0);
	add_u32(to, OPCODE);
	add_u32(to, 0);
	buf_byte(to, 0);
	buf_str(to, command);
	if (n > 0) {
		buf_byte(to, 1);
		section = to->len;
		add_u32(to, 0);
		buf_add(to, SEQUENCE, sizeof(SEQUENCE));
		for (size_t i = 0; i < n; i++)
			buf_str(to, docs[i]);
		set_u32(to->p + section, (uint32_t)(to->len - section));
	}
	set_u32(to->p + begin, (uint32_t)(to->len - begin));
}

size_t
opmsg_length(const char *head)
{
	uint32_t len = get_u32(head);

	return len >= OPMSG_HEAD + 4 + 1 + DOC_MIN && len <= OPMSG_MAX ? len
								       : 0;
}

bool
opmsg_read(struct str message, int32_t id, struct str *doc)
{
	size_t at = OPMSG_HEAD + 4 + 1, end = message.len;
	uint32_t flags, len;

	if (message.len < at + DOC_MIN || get_u32(message.p) != message.len ||
	    get_u32(message.p + 8) != (uint32_t)id ||
	    get_u32(message.p + 12) != OPCODE)
		return false;
	flags = get_u32(message.p + OPMSG_HEAD);
	if ((flags & MORE_TO_COME) != 0 || message.p[at - 1] != 0)
		return false;
	if ((flags & CHECKSUM) != 0)
		end -= 4;
	len = get_u32(message.p + at);
	if (len < DOC_MIN || at + len != end)
		return false;
	*doc = (struct str){ message.p + at, len };
	return true;
}
