#include "model/pending.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define SPARE_CHAT 1024 /* lines of a window whose memory is kept */
#define N_COUNTS   (sizeof(struct counts) / sizeof(int64_t))

/* struct counts is looked at as a list of numbers. */
_Static_assert(sizeof(struct counts) % sizeof(int64_t) == 0, "numbers only");

void
pending_entry(struct pending *w, int64_t begin, struct entry *e)
{
	uint32_t offset = (uint32_t)(e->ts - begin);

	for (size_t i = 0; i < w->n_chat; i++)
		e->ties += w->chat[i] >> 1 == offset;
	w->entries = xgrow(
	    w->entries, w->n_entries, &w->cap_entries, sizeof(*w->entries));
	w->entries[w->n_entries++] = *e;
	w->sorted = false;
}

void
pending_chat(struct pending *w, int64_t begin, int64_t ts, bool message)
{
	w->chat = xgrow(w->chat, w->n_chat, &w->cap_chat, sizeof(*w->chat));
	w->chat[w->n_chat++] = (uint32_t)(ts - begin) << 1 | message;
	w->sorted = false;
}

static int
compare_chat(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void
pending_sort(struct pending *w)
{
	bool in_order = true;

	if (w->sorted)
		return;
	for (size_t i = 1; i < w->n_chat && in_order; i++)
		in_order = w->chat[i - 1] <= w->chat[i];
	if (!in_order)
		qsort(w->chat, w->n_chat, sizeof(*w->chat), compare_chat);
	for (size_t i = 1; i < w->n_entries; i++) {
		struct entry e = w->entries[i];
		size_t at = i;

		for (; at > 0 && w->entries[at - 1].ts > e.ts; at--)
			w->entries[at] = w->entries[at - 1];
		w->entries[at] = e;
	}
	w->sorted = true;
}

/* Appends `v` in as few bytes as it needs: seven bits in each, the lowest first,
 * and the eighth where more follow. */
static void
put(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_byte(b, (char)(v | 0x80));
	buf_byte(b, (char)v);
}

static uint64_t
get(const unsigned char **p)
{
	uint64_t v = 0;
	unsigned shift = 0;

	for (; **p >= 0x80; shift += 7)
		v |= (uint64_t)(*(*p)++ & 0x7f) << shift;
	return v | (uint64_t) * (*p)++ << shift;
}

/* How many bytes each number up to `most` needs in a list: 2, 4 or 8. */
static size_t
width_of(uint64_t most)
{
	return most <= UINT16_MAX ? sizeof(uint16_t)
	    : most <= UINT32_MAX  ? sizeof(uint32_t)
				  : sizeof(uint64_t);
}

static inline void
store(char *p, size_t width, uint64_t v)
{
	uint16_t v16 = (uint16_t)v;
	uint32_t v32 = (uint32_t)v;

	if (width == sizeof(v16))
		memcpy(p, &v16, sizeof(v16));
	else if (width == sizeof(v32))
		memcpy(p, &v32, sizeof(v32));
	else
		memcpy(p, &v, sizeof(v));
}

static inline uint64_t
load(const unsigned char *p, size_t width)
{
	uint16_t v16;
	uint32_t v32;
	uint64_t v;

	if (width == sizeof(v16)) {
		memcpy(&v16, p, sizeof(v16));
		return v16;
	}
	if (width == sizeof(v32)) {
		memcpy(&v32, p, sizeof(v32));
		return v32;
	}
	memcpy(&v, p, sizeof(v));
	return v;
}

/* Appends how wide they are, and makes room for `n` numbers. Returns where they
 * go. */
static char *
put_list(struct buf *b, size_t n, size_t width)
{
	char *p;

	buf_byte(b, (char)width);
	buf_room(b, n * width);
	p = b->p + b->len;
	b->len += n * width;
	return p;
}

/*
 * Appends the members of a set as they lie there, as distances to the least, all of
 * the same width: each in as few bytes as it needs would take little less memory
 * where ids are small, more where they are Twitch's, and far more time.
 */
static void
put_set(struct buf *b, const struct idset *s, struct buf *scratch)
{
	uint64_t least = UINT64_MAX, most = 0;
	const uint64_t *ids;
	size_t width;
	char *p;

	put(b, s->n);
	if (s->n == 0)
		return;
	buf_reset(scratch);
	buf_room(scratch, (s->n + (size_t)1) * sizeof(*ids));
	idset_copy(s, (uint64_t *)scratch->p);
	ids = (const uint64_t *)scratch->p;
	for (uint32_t i = 0; i < s->n; i++) {
		least = ids[i] < least ? ids[i] : least;
		most = ids[i] > most ? ids[i] : most;
	}
	put(b, least);
	width = width_of(most - least);
	p = put_list(b, s->n, width);
	for (uint32_t i = 0; i < s->n; i++)
		store(p + i * width, width, ids[i] - least);
}

static void
get_set(struct idset *s, const unsigned char **p)
{
	uint32_t n = (uint32_t)get(p);
	uint64_t least, *ids;
	size_t width;

	if (n == 0)
		return;
	least = get(p);
	width = *(*p)++;
	ids = idset_list(s, n);
	for (uint32_t i = 0; i < n; i++)
		ids[i] = least + load(*p + i * width, width);
	*p += n * width;
}

/* Appends the times of the lines of chat, which are in order. */
static void
put_chat(struct buf *b, const uint32_t *chat, size_t n)
{
	size_t width = width_of(n > 0 ? chat[n - 1] : 0);
	char *p;

	put(b, n);
	p = put_list(b, n, width);
	for (size_t i = 0; i < n; i++)
		store(p + i * width, width, chat[i]);
}

static void
get_chat(struct pending *w, const unsigned char **p)
{
	size_t n = get(p), width = *(*p)++;

	if (n > w->cap_chat) {
		w->cap_chat = n;
		w->chat = xreallocarray(w->chat, n, sizeof(*w->chat));
	}
	w->n_chat = n;
	for (size_t i = 0; i < n; i++)
		w->chat[i] = (uint32_t)load(*p + i * width, width);
	*p += n * width;
}

unsigned char *
pending_pack(struct pending *w, struct packing *to)
{
	const int64_t *counts = (const int64_t *)&w->tally.n;
	const struct tally *t = &w->tally;
	struct buf *b = &to->packed;
	unsigned char *packed;

	if (w->n_entries > 0)
		return NULL;
	pending_sort(w);
	buf_reset(b);
	buf_byte(b, (char)w->counted);
	for (size_t i = 0; i < N_COUNTS; i++)
		put(b, (uint64_t)counts[i]);
	put(b, t->n_mentions);
	for (size_t i = 0; i < t->n_mentions; i++) {
		put(b, t->mentions[i].name);
		put(b, (uint64_t)t->mentions[i].n);
	}
	put_chat(b, w->chat, w->n_chat);
	put_set(b, &t->chatters, &to->ids);
	put_set(b, &t->firsts, &to->ids);
	packed = xreallocarray(NULL, b->len, 1);
	memcpy(packed, b->p, b->len);
	return packed;
}

void
packing_release(struct packing *p)
{
	buf_release(&p->packed);
	buf_release(&p->ids);
}

void
pending_unpack(struct pending *w, const unsigned char *packed)
{
	int64_t *counts = (int64_t *)&w->tally.n;
	struct tally *t = &w->tally;

	w->counted = *packed++ != 0;
	w->sorted = true;
	for (size_t i = 0; i < N_COUNTS; i++)
		counts[i] = (int64_t)get(&packed);
	for (uint64_t n = get(&packed); n > 0; n--) {
		uint32_t name = (uint32_t)get(&packed);

		tally_mention(t, name, (int64_t)get(&packed));
	}
	get_chat(w, &packed);
	get_set(&t->chatters, &packed);
	get_set(&t->firsts, &packed);
}

bool
pending_reset(struct pending *w)
{
	if (w->cap_chat > SPARE_CHAT || !tally_reset(&w->tally))
		return false;
	for (size_t i = 0; i < w->n_entries; i++)
		free(w->entries[i].words);
	w->n_entries = w->n_chat = 0;
	w->counted = w->sorted = false;
	return true;
}

void
pending_free(struct pending *w)
{
	if (w == NULL)
		return;
	tally_release(&w->tally);
	for (size_t i = 0; i < w->n_entries; i++)
		free(w->entries[i].words);
	free(w->entries);
	free(w->chat);
	free(w);
}
