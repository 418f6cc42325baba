/*
 * buf - growing bytes
 *
 * A record is built in a buf and leaves with one write. The memory lives as
 * long as the struct: reset it inside the loop, release it after. A zeroed
 * struct is an empty buf without a ceiling. With a ceiling, what would pass it
 * is not added and buf_over() stays true until the next reset: an error for
 * the caller to name, never a silent cut.
 */
#ifndef TW_BASE_BUF_H
#define TW_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/str.h"

struct buf {
	char *p;    /* owned; not terminated */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated */
	size_t max; /* ceiling in bytes; 0 = none */
	bool over;  /* something did not fit under the ceiling */
};

/*
 * Free the memory of `b` and leave it empty, its ceiling kept.
 */
void buf_release(struct buf *b);

/*
 * Allocate so that `n` more bytes fit: the slow half of buf_room().
 *
 * Returns false, with buf_over() set, when they would pass the ceiling.
 */
bool buf_more(struct buf *b, size_t n);

/*
 * Append the printf format `fmt` with its arguments.
 */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Empty `b` and keep its memory.
 */
static inline void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->over = false;
}

/*
 * See to it that `n` more bytes fit without moving anything.
 *
 * Returns false, with buf_over() set, when they would pass the ceiling.
 */
static inline bool
buf_room(struct buf *b, size_t n)
{
	return LIKELY(b->cap - b->len >= n) || buf_more(b, n);
}

/*
 * Tell whether something did not fit under the ceiling since the last reset.
 *
 * Returns true when that is so: what `b` holds is then incomplete.
 */
static inline bool
buf_over(const struct buf *b)
{
	return b->over;
}

/*
 * Append `len` bytes at `p`.
 */
static inline void
buf_add(struct buf *b, const void *p, size_t len)
{
	if (buf_room(b, len) && len != 0) {
		memcpy(b->p + b->len, p, len);
		b->len += len;
	}
}

/*
 * Append slice `s`.
 */
static inline void
buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.len);
}

/*
 * Append the byte `c`.
 */
static inline void
buf_byte(struct buf *b, char c)
{
	if (buf_room(b, 1))
		b->p[b->len++] = c;
}

/* Append the string literal `s`. */
#define buf_lit(b, s) buf_add(b, "" s, sizeof(s) - 1)

/*
 * Look at what `b` holds.
 *
 * Returns a slice, borrowed until the next change of `b`.
 */
static inline struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->len != 0 ? b->p : "", b->len };
}

#endif
