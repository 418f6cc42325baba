#include "remote/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/bsonw.h"
#include "model/eventdoc.h"

#define ROOM_MIN 4096 /* documents */
#define ID_END   (EVENTDOC_ID_AT + BSONW_OID_LEN)

/* The bytes of the _id of a document that we wrote. */
static const char *
id_of(struct str doc)
{
	return doc.p + EVENTDOC_ID_AT;
}

static size_t
slot_of(const struct batch *b, const char *id)
{
	uint64_t hash;

	/* The last eight bytes are a hash already. */
	memcpy(&hash, id + BSONW_OID_LEN - sizeof(hash), sizeof(hash));
	return (size_t)hash & (b->n_slots - 1);
}

/* Finds the document with this _id; n when there is none. */
static size_t
find_id(const struct batch *b, const char *id)
{
	for (size_t i = slot_of(b, id); b->slots[i] != 0;
	     i = (i + 1) & (b->n_slots - 1)) {
		size_t doc = b->slots[i] - 1;

		if (memcmp(id_of(b->docs[doc]), id, BSONW_OID_LEN) == 0)
			return doc;
	}
	return b->n;
}

void
batch_make_room(struct batch *b, size_t n)
{
	if (n <= b->cap)
		return;
	b->cap = n > ROOM_MIN ? n : ROOM_MIN;
	for (b->n_slots = 1024; b->n_slots < 2 * b->cap;)
		b->n_slots *= 2;
	free(b->slots);
	free(b->there);
	free(b->again);
	free(b->other);
	free(b->missing);
	free(b->missing_at);
	b->slots = xcalloc(b->n_slots, sizeof(*b->slots));
	b->there = xcalloc(b->cap, sizeof(*b->there));
	b->again = xcalloc(b->cap, sizeof(*b->again));
	b->other = xcalloc(b->cap, sizeof(*b->other));
	b->missing = xcalloc(b->cap, sizeof(*b->missing));
	b->missing_at = xcalloc(b->cap, sizeof(*b->missing_at));
}

/* Notes a channel of the batch; they come one after the other. */
static void
note_channel(struct batch *b, struct str channel)
{
	struct batch_names *c = &b->channels;

	for (size_t i = c->n; i > 0; i--)
		if (str_eq(c->p[i - 1], channel))
			return;
	c->p = xgrow(c->p, c->n, &c->cap, sizeof(*c->p));
	c->p[c->n++] = channel;
}

/* Reads where in our own document the time and the channel stand: behind the
 * _id `\t ts \0 <8 bytes>`, then `\3 meta \0 <4> \2 channel \0 <4> text`. */
static void
look_at(struct str doc, int64_t *ts, struct str *channel)
{
	const char *p = doc.p + ID_END + 4;
	uint32_t len = 0;
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	*ts = (int64_t)v;
	p += 8 + 6 + 4 + 9;
	for (int i = 3; i >= 0; i--)
		len = len << 8 | (unsigned char)p[i];
	*channel = (struct str){ p + 4, len - 1 };
}

/* Puts the document `i` in the table, unless it is there, or in one of `others`.
 */
static bool
put(struct batch *b, size_t i, const struct batch *const *others,
    size_t n_others)
{
	const char *id = id_of(b->docs[i]);
	size_t at = slot_of(b, id);

	if (find_id(b, id) != b->n)
		return false;
	for (size_t k = 0; k < n_others; k++)
		if (find_id(others[k], id) != others[k]->n)
			return false;
	while (b->slots[at] != 0)
		at = (at + 1) & (b->n_slots - 1);
	b->slots[at] = (uint32_t)i + 1;
	return true;
}

void
batch_begin(struct batch *b, const struct str *docs, size_t n,
    const struct batch *const *others, size_t n_others)
{
	struct str channel, last = STR_ABSENT;
	int64_t ts;

	batch_make_room(b, n);
	b->docs = docs;
	b->n = n;
	b->fresh = -1;
	b->refused = 0;
	b->tries = 0;
	b->n_missing = 0;
	memset(b->slots, 0, b->n_slots * sizeof(*b->slots));
	memset(b->there, 0, n * sizeof(*b->there));
	memset(b->again, 0, n * sizeof(*b->again));
	b->channels.n = 0;
	b->from = INT64_MAX;
	b->to = INT64_MIN;
	for (size_t i = 0; i < n; i++) {
		if (!put(b, i, others, n_others)) {
			b->again[i] = true;
			continue;
		}
		look_at(docs[i], &ts, &channel);
		/* An `_id` tells the second: an event that is there may have
		 * another millisecond of it. */
		ts = tstamp_second(ts) * MS_PER_S;
		b->from = ts < b->from ? ts : b->from;
		b->to = ts + MS_PER_S - 1 > b->to ? ts + MS_PER_S - 1 : b->to;
		if (!str_eq(channel, last))
			note_channel(b, channel);
		last = channel;
	}
}

void
batch_match(struct batch *b, struct buf *to)
{
	size_t at, in;

	at = bsonw_begin_doc(to, STR("meta.channel"));
	in = bsonw_begin_list(to, STR("$in"));
	for (size_t i = 0; i < b->channels.n; i++)
		bsonw_str(to, bsonw_index(&b->key, i), b->channels.p[i]);
	bsonw_end(to, in);
	bsonw_end(to, at);
	at = bsonw_begin_doc(to, STR("ts"));
	bsonw_date(to, STR("$gte"), b->from);
	bsonw_date(to, STR("$lte"), b->to);
	bsonw_end(to, at);
}

void
batch_mark(struct batch *b, struct str id)
{
	size_t i = find_id(b, id.p);

	if (i < b->n)
		b->there[i] = true;
}

void
batch_collect(struct batch *b)
{
	b->n_missing = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (b->there[i] || b->again[i])
			continue;
		b->missing_at[b->n_missing] = (uint32_t)i;
		b->missing[b->n_missing++] = b->docs[i];
	}
}

void
batch_release(struct batch *b)
{
	free(b->slots);
	free(b->there);
	free(b->again);
	free(b->other);
	free(b->missing);
	free(b->missing_at);
	free(b->channels.p);
	buf_release(&b->key);
	*b = (struct batch){ 0 };
}
