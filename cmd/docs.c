#include "docs.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define KEEP_BYTES ((size_t)512 * 1024)

void
docs_add(struct docs *d, const struct input *in, int64_t at)
{
	d->from = xgrow(d->from, d->n, &d->cap, sizeof(*d->from));
	d->from[d->n++] =
	    (struct docs_origin){ in->name, in->lines.number, at };
}

/* The bytes of the document at `p`: it begins with their number. */
static size_t
doc_size(const char *p)
{
	return (unsigned char)p[0] | (size_t)(unsigned char)p[1] << 8 |
	    (size_t)(unsigned char)p[2] << 16 |
	    (size_t)(unsigned char)p[3] << 24;
}

size_t
docs_move(struct docs *to, struct docs *from, size_t max_n, size_t max_bytes)
{
	size_t n = 0, len = 0, left;

	while (n < from->n && to->n + n < max_n) {
		size_t size = doc_size(from->bytes.p + len);

		if (to->n + n > 0 && to->bytes.len + len + size > max_bytes)
			break;
		len += size;
		n++;
	}
	if (n == 0)
		return 0;
	buf_add(&to->bytes, from->bytes.p, len);
	if (to->n + n > to->cap) {
		to->cap = to->n + n;
		to->from = xreallocarray(to->from, to->cap, sizeof(*to->from));
	}
	memcpy(to->from + to->n, from->from, n * sizeof(*from->from));
	to->n += n;
	left = from->n - n;
	memmove(from->from, from->from + n, left * sizeof(*from->from));
	memmove(from->bytes.p, from->bytes.p + len, from->bytes.len - len);
	from->n = left;
	from->bytes.len -= len;
	if (left == 0 && from->bytes.cap > KEEP_BYTES)
		docs_release(from);
	return len;
}

const struct str *
docs_list(struct docs *d)
{
	const char *p = d->bytes.p;

	if (d->n > d->cap_list) {
		d->cap_list = d->n;
		d->list = xreallocarray(d->list, d->cap_list, sizeof(*d->list));
	}
	for (size_t i = 0; i < d->n; i++) {
		size_t len = doc_size(p);

		d->list[i] = (struct str){ p, len };
		p += len;
	}
	return d->list;
}

void
docs_empty(struct docs *d)
{
	d->n = 0;
	buf_reset(&d->bytes);
}

void
docs_release(struct docs *d)
{
	buf_release(&d->bytes);
	free(d->from);
	free(d->list);
	*d = (struct docs){ 0 };
}
