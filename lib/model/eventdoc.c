#include "model/eventdoc.h"

#include <endian.h>

#include "base/tstamp.h"
#include "format/bsonr.h"
#include "format/hash.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"
#include "model/eventkey.h"

/*
 * A server may give the keys of a document back in another order. That of an
 * event's keys is ours anyway; that of a mark, which may have any, is not. So a
 * mark has its keys twice: as they are, to be asked for, and as the text REST,
 * from which the line is made again.
 */
#define REST "rest"

void
eventdoc_id(
    const struct event *e, struct buf *scratch, unsigned char id[BSONW_OID_LEN])
{
	uint32_t seconds = htobe32((uint32_t)tstamp_second(e->ts));
	struct event bare;
	uint64_t hash;

	buf_reset(scratch);
	/* Those of chat alone have an id of Twitch's. */
	if (e->id.len > 0 && event_is_chat(e)) {
		buf_str(scratch, e->channel);
		buf_byte(scratch, '\0');
		buf_str(scratch, event_type_name(e->type));
		buf_byte(scratch, '\0');
		buf_str(scratch, e->id);
	} else {
		bare = *e;
		bare.mentions = STR_ABSENT;
		event_write(scratch, &bare);
		scratch->len--; /* without its LF */
	}
	hash = htobe64(hash_content(buf_view(scratch)));
	memcpy(id, &seconds, sizeof(seconds));
	memcpy(id + sizeof(seconds), &hash, sizeof(hash));
}

static void
write_paid(struct buf *b, const struct event *e)
{
	size_t at;

	if (e->paid_currency.len == 0)
		return;
	at = bsonw_begin_doc(b, STR("paid"));
	bsonw_int(b, STR("amount"), e->paid_amount);
	bsonw_str(b, STR("currency"), e->paid_currency);
	bsonw_int(b, STR("exponent"), e->paid_exponent);
	bsonw_end(b, at);
}

/* Tells whether `key` of a mark can be a key of its document. */
static bool
is_plain(struct str key)
{
	static const struct str ours[] = { { "ts", 2 }, { "meta", 4 },
		{ "type", 4 }, { "mark", 4 }, { "by", 2 }, { "channel", 7 },
		{ REST, sizeof(REST) - 1 } };

	for (size_t i = 0; i < key.len; i++)
		if (!((key.p[i] >= 'a' && key.p[i] <= 'z') ||
			(i > 0 && key.p[i] == '_')))
			return false;
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (str_eq(key, ours[i]))
			return false;
	return key.len > 0 && key.len <= 32;
}

/* Appends the keys of a mark, and the text that they were. */
static void
write_rest(struct buf *b, const struct event *e, struct buf *scratch)
{
	struct buf object = { 0 };
	struct jsonscan s;
	struct member m;
	int64_t ms;

	if (e->rest.len == 0)
		return;
	buf_byte(&object, '{');
	buf_add(&object, e->rest.p + 1, e->rest.len - 1);
	buf_byte(&object, '}');
	jsonscan_init(&s, buf_view(&object), scratch);
	while (jsonscan_next(&s, &m) == 1) {
		if (!is_plain(m.key))
			continue;
		if (m.kind == MEMBER_INT)
			bsonw_int(b, m.key, m.num);
		else if (m.kind != MEMBER_STRING)
			continue;
		else if (m.text.len == TSTAMP_LEN && tstamp_read(m.text.p, &ms))
			bsonw_date(b, m.key, ms);
		else
			bsonw_str(b, m.key, m.text);
	}
	buf_release(&object);
	bsonw_str(b, STR(REST), e->rest);
}

static void
write_field(struct buf *b, const struct event *e, const struct field_def *f,
    struct buf *scratch)
{
	const void *at = (const char *)e + f->at;
	const struct str *s = at;
	const int64_t *v = at;

	switch (f->form) {
	case FORM_STR:
		if (s->len > 0)
			bsonw_str(b, f->key, *s);
		break;
	case FORM_POSITIVE:
	case FORM_WHOLE:
		if (*v != EVENT_NO_NUMBER)
			bsonw_int(b, f->key, *v);
		break;
	case FORM_TRUE:
		if (*(const bool *)at)
			bsonw_bool(b, f->key, true);
		break;
	case FORM_TIME:
		if (*v != INT64_MIN)
			bsonw_date(b, f->key, *v);
		break;
	case FORM_LIST:
		if (s->len > 0)
			(void)bsonw_json(b, f->key, MEMBER_LIST, *s, scratch);
		break;
	case FORM_OBJECT:
		if (s->len > 0 &&
		    !bsonw_json(b, f->key, MEMBER_OBJECT, *s, scratch))
			bsonw_str(b, f->key, *s);
		break;
	case FORM_PAID:
		write_paid(b, e);
		break;
	case FORM_REST:
		write_rest(b, e, scratch);
		break;
	case FORM_TYPE:
		break;
	}
}

void
eventdoc_write(struct buf *b, const struct event *e, struct buf *scratch)
{
	const struct layout *l = &event_layouts[e->type];
	unsigned char id[BSONW_OID_LEN];
	size_t at = bsonw_begin(b), meta;

	eventdoc_id(e, scratch, id);
	bsonw_oid(b, STR("_id"), id);
	bsonw_date(b, STR("ts"), e->ts);
	meta = bsonw_begin_doc(b, STR("meta"));
	bsonw_str(b, STR("channel"), e->channel);
	bsonw_end(b, meta);
	bsonw_str(b, STR("type"), l->name);
	for (const enum field *f = l->keys; *f != F_END; f++)
		write_field(b, e, &event_fields[*f], scratch);
	bsonw_end(b, at);
}

static bool
add_value(struct buf *b, struct str key, const struct bsonr_value *v)
{
	buf_byte(b, ',');
	jsonw_str(b, key);
	buf_byte(b, ':');
	return bsonr_json(b, v);
}

/* Appends the keys of document `doc` behind `ts`; of a mark only those that are
 * not in its rest. */
static bool
add_keys(struct buf *b, struct str doc, bool mark)
{
	struct bsonr_value v;
	struct bsonr r;
	int more;

	if (!bsonr_init(&r, doc))
		return false;
	while ((more = bsonr_next(&r, &v)) == 1) {
		if (str_eq(v.key, STR("_id")) || str_eq(v.key, STR("ts")) ||
		    str_eq(v.key, STR("meta")))
			continue;
		if (mark && str_eq(v.key, STR(REST))) {
			buf_str(b, v.text);
			continue;
		}
		if (mark && !str_eq(v.key, STR("mark")) &&
		    !str_eq(v.key, STR("by")) && !str_eq(v.key, STR("type")))
			continue;
		/* An object that no document can be is kept as its text. */
		if (v.type == BSONW_STRING && str_eq(v.key, STR("params"))) {
			buf_lit(b, ",\"params\":");
			buf_str(b, v.text);
			continue;
		}
		if (!add_value(b, v.key, &v))
			return false;
	}
	return more == 0;
}

static bool
add_line(struct buf *b, struct str doc)
{
	struct bsonr_value v;
	bool mark;

	if (!bsonr_find(doc, "ts", &v) || v.type != BSONW_DATE)
		return false;
	buf_lit(b, "{\"ts\":");
	if (!bsonr_json(b, &v) || !bsonr_find(doc, "meta.channel", &v) ||
	    !add_value(b, STR("channel"), &v))
		return false;
	mark = bsonr_find(doc, "type", &v) && v.type == BSONW_STRING &&
	    str_eq(v.text, STR("mark"));
	if (!add_keys(b, doc, mark))
		return false;
	buf_byte(b, '}');
	return true;
}

bool
eventdoc_line(struct buf *b, struct str doc)
{
	size_t begin = b->len;

	if (add_line(b, doc))
		return true;
	b->len = begin;
	return false;
}
