#include "format/bsonw.h"

#include <endian.h>
#include <stdlib.h>

#include "base/num.h"
#include "format/jsonscan.h"

/* Appends `n` bytes, the least first, of `v`. */
static void
add_le(struct buf *b, uint64_t v, size_t n)
{
	v = htole64(v);
	buf_add(b, &v, n);
}

/* Appends what every element begins with. */
static void
lead(struct buf *b, enum bsonw_type type, struct str key)
{
	if (!buf_room(b, key.len + 2))
		return;
	b->p[b->len] = (char)type;
	if (key.len > 0)
		memcpy(b->p + b->len + 1, key.p, key.len);
	b->p[b->len + 1 + key.len] = '\0';
	b->len += key.len + 2;
}

size_t
bsonw_begin(struct buf *b)
{
	size_t at = b->len;

	add_le(b, 0, 4);
	return at;
}

size_t
bsonw_begin_doc(struct buf *b, struct str key)
{
	lead(b, BSONW_DOC, key);
	return bsonw_begin(b);
}

size_t
bsonw_begin_list(struct buf *b, struct str key)
{
	lead(b, BSONW_LIST, key);
	return bsonw_begin(b);
}

void
bsonw_end(struct buf *b, size_t at)
{
	uint32_t len;

	buf_byte(b, '\0');
	len = htole32((uint32_t)(b->len - at));
	memcpy(b->p + at, &len, sizeof(len));
}

void
bsonw_str(struct buf *b, struct str key, struct str value)
{
	lead(b, BSONW_STRING, key);
	add_le(b, value.len + 1, 4);
	buf_str(b, value);
	buf_byte(b, '\0');
}

void
bsonw_int(struct buf *b, struct str key, int64_t value)
{
	bool small = value >= INT32_MIN && value <= INT32_MAX;

	lead(b, small ? BSONW_INT32 : BSONW_INT64, key);
	add_le(b, (uint64_t)value, small ? 4 : 8);
}

void
bsonw_double(struct buf *b, struct str key, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	lead(b, BSONW_DOUBLE, key);
	add_le(b, bits, 8);
}

void
bsonw_bool(struct buf *b, struct str key, bool value)
{
	lead(b, BSONW_BOOL, key);
	buf_byte(b, value ? 1 : 0);
}

void
bsonw_null(struct buf *b, struct str key)
{
	lead(b, BSONW_NULL, key);
}

void
bsonw_date(struct buf *b, struct str key, int64_t ms)
{
	lead(b, BSONW_DATE, key);
	add_le(b, (uint64_t)ms, 8);
}

void
bsonw_oid(struct buf *b, struct str key, const void *oid)
{
	lead(b, BSONW_OID, key);
	buf_add(b, oid, BSONW_OID_LEN);
}

void
bsonw_doc(struct buf *b, struct str key, struct str doc)
{
	lead(b, BSONW_DOC, key);
	buf_str(b, doc);
}

struct str
bsonw_index(struct buf *key, size_t i)
{
	buf_reset(key);
	num_add(key, (int64_t)i);
	return buf_view(key);
}

bool
bsonw_json(struct buf *b, struct str key, enum member_kind kind,
    struct str json, struct buf *scratch)
{
	struct buf number = { 0 };
	struct str rest = json, s;
	size_t before = b->len, at, n = 0;
	struct jsonscan scan;
	struct member m;
	int more = 0;

	if (kind == MEMBER_LIST) {
		at = bsonw_begin_list(b, key);
		while (jsonscan_list_next(&rest, scratch, &s))
			bsonw_str(b, bsonw_index(&number, n++), s);
		buf_release(&number);
	} else {
		at = bsonw_begin_doc(b, key);
		jsonscan_init(&scan, json, scratch);
		while ((more = jsonscan_next(&scan, &m)) == 1)
			if (m.kind == MEMBER_STRING)
				bsonw_str(b, m.key, m.text);
			else if (m.kind == MEMBER_INT)
				bsonw_int(b, m.key, m.num);
			else
				break;
	}
	bsonw_end(b, at);
	if (more != 0)
		b->len = before;
	return more == 0;
}

bool
bsonw_member(struct buf *b, const struct member *m, struct buf *scratch)
{
	char text[64], *end;

	switch (m->kind) {
	case MEMBER_STRING:
		bsonw_str(b, m->key, m->text);
		return true;
	case MEMBER_INT:
		bsonw_int(b, m->key, m->num);
		return true;
	case MEMBER_TRUE:
		bsonw_bool(b, m->key, true);
		return true;
	case MEMBER_REAL:
		if (m->text.len >= sizeof(text))
			return false;
		memcpy(text, m->text.p, m->text.len);
		text[m->text.len] = '\0';
		bsonw_double(b, m->key, strtod(text, &end));
		return *end == '\0';
	case MEMBER_LIST:
	case MEMBER_OBJECT:
		break;
	}
	return bsonw_json(b, m->key, m->kind, m->text, scratch);
}
