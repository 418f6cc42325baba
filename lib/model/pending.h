/*
 * pending - a window that is not written yet, with all that it holds
 *
 * What was counted in it, and what happened when: the lines of chat, of which only
 * the time counts, and the few others. Where windows have to wait for long (chat
 * without polls, of which it is not known until its end whether it is a stream),
 * they are packed: a fifth of the memory, nothing lost.
 */
#ifndef TW_MODEL_PENDING_H
#define TW_MODEL_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "model/hearing.h"
#include "model/tally.h"

enum entry_kind { ENTRY_HIT, ENTRY_MISS, ENTRY_POLL, ENTRY_MARK };

/* What is not a line of chat. */
struct entry {
	int64_t ts;
	enum entry_kind kind;
	uint32_t ties;      /* lines of chat of the same ms that came before */
	uint32_t id;        /* HIT: number of the stream's id */
	int64_t started_at; /* HIT */
	int64_t viewers;    /* HIT */
	char *words;        /* HIT: owned; name, title, category, language */
	size_t word_len[4]; /* HIT: their lengths */
	int64_t interval_s; /* POLL */
	struct chat_mark mark; /* MARK */
};

/* A zeroed one is empty. */
struct pending {
	struct tally tally;
	bool counted;          /* something counted in it */
	bool sorted;           /* chat and entries are in order of time */
	struct entry *entries; /* owned */
	size_t n_entries, cap_entries;
	uint32_t *chat; /* owned; ms from its begin, twice, + 1 for a
	                        * message */
	size_t n_chat, cap_chat;
};

/*
 * Add what is not a line of chat; `e->words` is then owned by `w`. The window
 * begins at `begin`, ms UTC.
 */
void pending_entry(struct pending *w, int64_t begin, struct entry *e);

/*
 * Add the time `ts` of a line of chat, and whether it is a message.
 */
void pending_chat(struct pending *w, int64_t begin, int64_t ts, bool message);

/*
 * Put chat and entries in order of time. Equal times of chat are alike; equal
 * times of entries stay in the order of the input.
 */
void pending_sort(struct pending *w);

/* What pending_pack() works in. A zeroed one is empty; both are owned. */
struct packing {
	struct buf packed, ids;
};

/*
 * Write all that `w` holds in few bytes.
 *
 * Returns them, owned by the caller; NULL when it holds entries: such windows are
 * few. `to` is used on the way.
 */
unsigned char *pending_pack(struct pending *w, struct packing *to) MUST_USE;

/*
 * Free the memory of `p`.
 */
void packing_release(struct packing *p);

/*
 * Read what pending_pack() wrote into `w`, which is empty.
 */
void pending_unpack(struct pending *w, const unsigned char *packed);

/*
 * Empty `w`, and keep its memory.
 *
 * Returns false, with nothing done, when that is more than is worth keeping.
 */
bool pending_reset(struct pending *w) MUST_USE;

/*
 * Free `w` with all that it holds. NULL is fine.
 */
void pending_free(struct pending *w);

#endif
