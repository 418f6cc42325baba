/*
 * batch - events that go to the server together, and which are there already
 *
 * Documents of ours (model/eventdoc.h) are the same when their _ids are. A batch
 * knows its _ids, what to ask to see which of them a server has, and what is
 * left to be inserted.
 */
#ifndef TW_REMOTE_BATCH_H
#define TW_REMOTE_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct batch {
	const struct str *docs; /* borrowed */
	size_t n;
	int64_t from, to; /* ms UTC, the whole seconds of its events */
	int64_t fresh;    /* were missing at the first look; -1 = not looked */
	int64_t refused;  /* by the server */
	int tries;        /* of inserting what was refused */

	bool *
	    there; /* owned; by document: the server has it, or it is settled */
	bool *again; /* owned; by document: an earlier one is the same */
	bool *
	    other; /* owned; by document, of stats: there is another of its key */
	struct str *missing;  /* owned; what is to be inserted */
	uint32_t *missing_at; /* owned; which documents these are */
	size_t n_missing;
	size_t cap; /* documents that these have room for */

	uint32_t *slots; /* owned: document + 1, by _id */
	size_t n_slots;  /* a power of 2 */
	struct batch_names {
		struct str
		    *p; /* owned; channels, borrowed from the documents */
		size_t n, cap;
	} channels;
	struct buf key; /* scratch */
};

/*
 * Begin with the `n` documents `docs`, events. Those that are in one of the
 * `n_others` batches `others` as well, which are on their way, are left to that.
 */
void batch_begin(struct batch *b, const struct str *docs, size_t n,
    const struct batch *const *others, size_t n_others);

/*
 * Make room for `n` documents in what is kept by document.
 */
void batch_make_room(struct batch *b, size_t n);

/*
 * Append the condition that all documents of the batch meet, and few others.
 */
void batch_match(struct batch *b, struct buf *to);

/*
 * Note that the server has a document with this _id, an ObjectId's bytes.
 */
void batch_mark(struct batch *b, struct str id);

/*
 * Put into `missing` what is not there.
 */
void batch_collect(struct batch *b);

/*
 * Free what `b` holds.
 */
void batch_release(struct batch *b);

#endif
