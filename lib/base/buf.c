#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

void
buf_release(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
	b->over = false;
}

bool
buf_more(struct buf *b, size_t n)
{
	size_t need = b->len + n, cap = b->cap != 0 ? b->cap : 256;

	if (b->max != 0 && need > b->max) {
		b->over = true;
		return false;
	}
	if (need <= b->cap)
		return true;
	while (cap < need)
		cap *= 2;
	/* Never more than the ceiling: buf_room() looks at nothing else. */
	if (b->max != 0 && cap > b->max)
		cap = b->max;
	b->p = xreallocarray(b->p, cap, 1);
	b->cap = cap;
	return true;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	/* vsnprintf() ends what it writes with a NUL, for which there may be
	 * no room under a ceiling: the text goes through memory of its own. */
	text = xcalloc((size_t)n + 1, 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	buf_add(b, text, (size_t)n);
	free(text);
}
