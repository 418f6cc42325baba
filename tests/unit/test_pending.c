/*
 * A window that waits: what is packed comes back as it was.
 */
#include "tap.h"

#include <stdlib.h>

#include "model/pending.h"

#define BEGIN INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct pending *
new_window(void)
{
	return calloc(1, sizeof(struct pending));
}

static bool
same_sets(const struct idset *a, const struct idset *b)
{
	struct idset both = { 0 };
	bool same;

	idset_add_all(&both, a);
	idset_add_all(&both, b);
	same = a->n == b->n && both.n == a->n;
	idset_release(&both);
	return same;
}

static bool
same(const struct pending *a, const struct pending *b)
{
	bool good = a->counted == b->counted && a->n_chat == b->n_chat &&
	    memcmp(&a->tally.n, &b->tally.n, sizeof(a->tally.n)) == 0 &&
	    a->tally.n_mentions == b->tally.n_mentions &&
	    same_sets(&a->tally.chatters, &b->tally.chatters) &&
	    same_sets(&a->tally.firsts, &b->tally.firsts);

	for (size_t i = 0; good && i < a->n_chat; i++)
		good = a->chat[i] == b->chat[i];
	for (size_t i = 0; good && i < a->tally.n_mentions; i++)
		good = a->tally.mentions[i].name == b->tally.mentions[i].name &&
		    a->tally.mentions[i].n == b->tally.mentions[i].n;
	return good && b->sorted && b->n_entries == 0;
}

/* Packs `w` and looks at what comes out. */
static void
round_trip(struct pending *w, const char *what)
{
	struct pending *again = new_window();
	struct packing scratch = { 0 };
	unsigned char *packed = pending_pack(w, &scratch);

	ok(packed != NULL && w->sorted, "%s: %zu bytes", what,
	    scratch.packed.len);
	pending_unpack(again, packed);
	ok(same(w, again), "%s: as it was", what);
	free(packed);
	packed = pending_pack(again, &scratch);
	free(packed);
	ok(pending_reset(again) && again->n_chat == 0 &&
		again->tally.chatters.n == 0 && !again->counted,
	    "%s: emptied", what);
	pending_free(again);
	packing_release(&scratch);
}

static void
test_pack(void)
{
	struct pending *w = new_window();

	round_trip(w, "nothing");
	pending_chat(w, BEGIN, BEGIN + 4999, true);
	pending_chat(w, BEGIN, BEGIN, false);
	pending_chat(w, BEGIN, BEGIN, true);
	pending_chat(w, BEGIN, BEGIN, true);
	w->counted = true;
	w->tally.n =
	    (struct counts){ 1, 2, 0, INT64_MAX, 4, 5, 6, 7, 8, 9, 127, 128 };
	tally_user(&w->tally, STR("0"), false);
	tally_user(&w->tally, STR("999999999999999999"), true);
	tally_user(&w->tally, STR("no number: its hash"), false);
	tally_user(&w->tally, STR("no number: its hash"), true);
	tally_mention(&w->tally, 3, 200);
	tally_mention(&w->tally, 0, 1);
	round_trip(w, "a few");
	for (int i = 0; i < 500; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%d", 900000000 + i * 7919 % 100000);
		tally_user(&w->tally, str_of(id), i % 3 == 0);
		pending_chat(w, BEGIN, BEGIN + i * 7919 % 5000, i % 2 == 0);
	}
	round_trip(w, "many");
	/* A window of an hour. */
	pending_chat(w, BEGIN, BEGIN + 3599999, true);
	round_trip(w, "late in it");
	pending_free(w);
}

/* Ids at the ends of each width: the least and one that is `apart` from it. */
static void
test_widths(void)
{
	static const uint64_t apart[] = { 1, UINT16_MAX, UINT16_MAX + 1ULL,
		UINT32_MAX, UINT32_MAX + 1ULL, UINT64_MAX - 2 };

	for (size_t i = 0; i < sizeof(apart) / sizeof(*apart); i++) {
		struct pending *w = new_window();
		char what[40];

		idset_add(&w->tally.chatters, 2);
		idset_add(&w->tally.chatters, 2 + apart[i]);
		idset_add(&w->tally.firsts, UINT64_MAX);
		idset_add(&w->tally.firsts, UINT64_MAX - apart[i]);
		snprintf(what, sizeof(what), "ids %llx apart",
		    (unsigned long long)apart[i]);
		round_trip(w, what);
		pending_free(w);
	}
}

/* What was unpacked can be added to, as what is late is. */
static void
test_added(void)
{
	struct pending *w = new_window(), *again = new_window();
	struct packing scratch = { 0 };
	unsigned char *packed;

	for (uint64_t id = 1; id <= 13; id++)
		idset_add(&w->tally.chatters, id * 1000);
	packed = pending_pack(w, &scratch);
	pending_unpack(again, packed);
	free(packed);
	ok(!idset_add(&again->tally.chatters, 13000) &&
		again->tally.chatters.n == 13,
	    "one that is there is there");
	ok(idset_add(&again->tally.chatters, 13001) &&
		again->tally.chatters.n == 14,
	    "another is added");
	idset_add(&w->tally.chatters, 13001);
	ok(same_sets(&w->tally.chatters, &again->tally.chatters),
	    "and all are there");
	packed = pending_pack(again, &scratch);
	ok(pending_reset(again), "emptied");
	pending_unpack(again, packed);
	free(packed);
	ok(same_sets(&w->tally.chatters, &again->tally.chatters),
	    "packed once more");
	pending_free(w);
	pending_free(again);
	packing_release(&scratch);
}

static void
test_entries(void)
{
	struct pending *w = new_window();
	struct entry late = { .ts = BEGIN + 20, .kind = ENTRY_MISS };
	struct entry early = { .ts = BEGIN + 10, .kind = ENTRY_POLL };
	struct packing scratch = { 0 };

	pending_chat(w, BEGIN, BEGIN + 20, true);
	pending_entry(w, BEGIN, &late);
	pending_entry(w, BEGIN, &early);
	ok(pending_pack(w, &scratch) == NULL, "one with a poll is not packed");
	pending_sort(w);
	ok(w->entries[0].kind == ENTRY_POLL && w->entries[0].ties == 0 &&
		w->entries[1].ties == 1,
	    "entries in order, after the chat of the same ms");
	pending_free(w);
	pending_free(NULL);
	packing_release(&scratch);
}

static void
test_reset(void)
{
	struct pending *w = new_window();

	for (int i = 0; i < 2000; i++)
		pending_chat(w, BEGIN, BEGIN + i, true);
	ok(!pending_reset(w) && w->n_chat == 2000,
	    "one with much memory is not kept");
	pending_free(w);
}

int
main(void)
{
	test_pack();
	test_widths();
	test_added();
	test_entries();
	test_reset();
	return tap_done();
}
