#include "docs.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define KEEP_BYTES ((size_t)512 * 1024)

void
docs_add(struct docs *d, const struct input *in)
{
	d->from = xgrow(d->from, d->n, &d->cap, sizeof(*d->from));
	d->from[d->n++] = (struct docs_origin){ in->name, in->lines.number };
}

void
docs_move(struct docs *to, struct docs *from)
{
	buf_str(&to->bytes, buf_view(&from->bytes));
	if (to->n + from->n > to->cap) {
		to->cap = to->n + from->n;
		to->from = xreallocarray(to->from, to->cap, sizeof(*to->from));
	}
	memcpy(to->from + to->n, from->from, from->n * sizeof(*from->from));
	to->n += from->n;
	if (from->bytes.cap > KEEP_BYTES)
		docs_release(from);
	docs_empty(from);
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
		size_t len = (unsigned char)p[0] |
		    (size_t)(unsigned char)p[1] << 8 |
		    (size_t)(unsigned char)p[2] << 16 |
		    (size_t)(unsigned char)p[3] << 24;

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
