/*
 * docs - documents that tw-load gathers, and where each came from
 *
 * BSON, one document after the other in one buf, so that nothing is allocated
 * for one of them.
 */
#ifndef TW_CMD_DOCS_H
#define TW_CMD_DOCS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "format/input.h"

struct docs_origin {
	const char *name; /* borrowed; of the input */
	int64_t number;   /* of the line */
	int64_t at;       /* which of all lines of all inputs */
};

struct docs {
	struct buf bytes;
	struct docs_origin *from; /* owned; by document */
	size_t n, cap;
	struct str *list; /* owned; what docs_list() made */
	size_t cap_list;
};

/*
 * Take note that the document which was just appended to `d->bytes` came from
 * the line of `in` that was read last, the line `at` of all inputs.
 */
void docs_add(struct docs *d, const struct input *in, int64_t at);

/*
 * Move the first documents of `from` to `to`, until `to` has `max_n` of them or
 * `max_bytes` bytes; at least one, where `to` is empty. Of the memory of `from` no
 * more is kept than is soon used again.
 *
 * Returns how many bytes were moved.
 */
size_t docs_move(
    struct docs *to, struct docs *from, size_t max_n, size_t max_bytes);

/*
 * Find the documents.
 *
 * Returns them, `d->n` of them, until `d` changes.
 */
const struct str *docs_list(struct docs *d);

/*
 * Empty `d` and keep its memory.
 */
void docs_empty(struct docs *d);

/*
 * Free what `d` holds.
 */
void docs_release(struct docs *d);

#endif
