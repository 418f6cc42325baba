#include "model/statsdoc.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/bsonr.h"
#include "format/jsonr.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"

struct statsdoc {
	struct jsonr *full; /* owned */
	struct buf strings; /* strings that had escapes */
	struct buf inner;   /* the same, of objects inside */
};

struct statsdoc *
statsdoc_new(void)
{
	struct statsdoc *d = xcalloc(1, sizeof(*d));

	d->full = jsonr_new();
	return d;
}

void
statsdoc_free(struct statsdoc *d)
{
	if (d == NULL)
		return;
	jsonr_free(d->full);
	buf_release(&d->strings);
	buf_release(&d->inner);
	free(d);
}

void
statsdoc_id(struct buf *b, const struct stats *s)
{
	buf_str(b, s->type == STATS_WINDOW ? STR("w:") : STR("s:"));
	buf_str(b, s->channel);
	buf_byte(b, ':');
	if (s->type == STATS_STREAM) {
		buf_str(b, s->stream_id);
		return;
	}
	buf_printf(b, "%lld:%lld", (long long)tstamp_second(s->ts),
	    (long long)s->seconds);
}

/* Tells whether `key` holds a time. */
static bool
is_time(struct str key)
{
	static const struct str keys[] = { { "ts", 2 }, { "started_at", 10 },
		{ "ended_at", 8 }, { "viewers_max_at", 14 },
		{ "messages_max_at", 15 } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

static bool
add_member(struct statsdoc *d, struct buf *b, const struct member *m)
{
	int64_t ms;

	/* No key of ours: one that a document cannot have at its top. */
	if (m->key.len == 0 || *m->key.p == '$' || str_eq(m->key, STR("_id")) ||
	    memchr(m->key.p, '.', m->key.len) != NULL)
		return true;
	if (m->kind == MEMBER_STRING && is_time(m->key)) {
		if (!tstamp_parse(m->text, &ms))
			return false;
		bsonw_date(b, m->key, ms);
		return true;
	}
	return bsonw_member(b, m, &d->inner);
}

static bool
add_members(struct statsdoc *d, struct buf *b, struct str line)
{
	size_t before = b->len;
	struct errmsg why;
	struct jsonscan s;
	struct member m;
	int more;

	jsonscan_init(&s, line, &d->strings);
	while ((more = jsonscan_next(&s, &m)) == 1)
		if (!add_member(d, b, &m))
			break;
	if (more == 0)
		return true;
	b->len = before;
	if (jsonr_read(d->full, line, JSONR_STRICT, &why) != JSONR_OBJECT)
		return false;
	while (jsonr_next(d->full, &m) == 1)
		if (!add_member(d, b, &m))
			return false;
	return true;
}

bool
statsdoc_write(
    struct statsdoc *d, struct buf *b, struct str line, const struct stats *s)
{
	size_t before = b->len, at;
	struct buf id = { 0 };
	bool done;

	at = bsonw_begin(b);
	statsdoc_id(&id, s);
	bsonw_str(b, STR("_id"), buf_view(&id));
	buf_release(&id);
	done = add_members(d, b, line);
	bsonw_end(b, at);
	if (!done)
		b->len = before;
	return done;
}

struct str
statsdoc_key(struct str doc)
{
	struct bsonr_value v;

	return bsonr_find(doc, "_id", &v) ? v.text : STR_ABSENT;
}

bool
statsdoc_line(struct buf *b, struct str doc)
{
	char sep = '{';
	struct bsonr_value v;
	struct bsonr r;
	int more;

	if (!bsonr_init(&r, doc))
		return false;
	while ((more = bsonr_next(&r, &v)) == 1) {
		if (str_eq(v.key, STR("_id")))
			continue;
		buf_byte(b, sep);
		sep = ',';
		jsonw_str(b, v.key);
		buf_byte(b, ':');
		if (!bsonr_json(b, &v))
			return false;
	}
	buf_byte(b, '}');
	return more == 0 && sep == ',';
}
