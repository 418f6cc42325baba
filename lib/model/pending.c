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

/* Appends the members of a set as they lie there, as their distances, of which
 * the lowest bit tells the direction: sorting them would cost more time than it
 * saves bytes. */
static void
put_set(struct buf *b, const struct idset *s)
{
	uint64_t last = 0;

	put(b, s->n);
	for (uint32_t i = 0; i < s->cap; i++) {
		uint64_t d = s->ids[i] - last;

		if (s->ids[i] == 0)
			continue;
		put(b, d << 1 ^ -(d >> 63));
		last = s->ids[i];
	}
}

static void
get_set(struct idset *s, const unsigned char **p)
{
	uint64_t id = 0;

	for (uint64_t n = get(p); n > 0; n--) {
		uint64_t d = get(p);

		id += d >> 1 ^ -(d & 1);
		idset_add(s, id);
	}
}

unsigned char *
pending_pack(struct pending *w, struct buf *scratch)
{
	const int64_t *counts = (const int64_t *)&w->tally.n;
	const struct tally *t = &w->tally;
	unsigned char *packed;
	uint32_t last = 0;

	if (w->n_entries > 0)
		return NULL;
	pending_sort(w);
	buf_reset(scratch);
	buf_byte(scratch, (char)w->counted);
	put(scratch, w->n_chat);
	for (size_t i = 0; i < w->n_chat; i++) {
		put(scratch, w->chat[i] - last);
		last = w->chat[i];
	}
	for (size_t i = 0; i < N_COUNTS; i++)
		put(scratch, (uint64_t)counts[i]);
	put(scratch, t->n_mentions);
	for (size_t i = 0; i < t->n_mentions; i++) {
		put(scratch, t->mentions[i].name);
		put(scratch, (uint64_t)t->mentions[i].n);
	}
	put_set(scratch, &t->chatters);
	put_set(scratch, &t->firsts);
	packed = xreallocarray(NULL, scratch->len, 1);
	memcpy(packed, scratch->p, scratch->len);
	return packed;
}

void
pending_unpack(struct pending *w, const unsigned char *packed)
{
	int64_t *counts = (int64_t *)&w->tally.n;
	struct tally *t = &w->tally;
	uint32_t last = 0;

	w->counted = *packed++ != 0;
	w->n_chat = get(&packed);
	if (w->n_chat > w->cap_chat) {
		w->cap_chat = w->n_chat;
		w->chat = xreallocarray(w->chat, w->cap_chat, sizeof(*w->chat));
	}
	for (size_t i = 0; i < w->n_chat; i++)
		w->chat[i] = last += (uint32_t)get(&packed);
	w->sorted = true;
	for (size_t i = 0; i < N_COUNTS; i++)
		counts[i] = (int64_t)get(&packed);
	for (uint64_t n = get(&packed); n > 0; n--) {
		uint32_t name = (uint32_t)get(&packed);

		tally_mention(t, name, (int64_t)get(&packed));
	}
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
