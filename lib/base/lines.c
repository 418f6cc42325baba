#include "base/lines.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define LINES_CHUNK  ((size_t)64 * 1024)
#define LINES_BEHIND 64 /* bytes that may be read behind a line, see jsonw.h */

void
lines_init(struct lines *l, lines_source *source, void *arg, size_t max)
{
	*l = (struct lines){ .source = source, .arg = arg, .max = max };
}

/* Reads more behind what is there, making room for it first. */
static ssize_t
fill(struct lines *l)
{
	ssize_t n;

	if (l->pos > 0) {
		memmove(l->p, l->p + l->pos, l->end - l->pos);
		l->seen -= l->pos;
		l->end -= l->pos;
		l->pos = 0;
	}
	if (l->end == l->cap) {
		l->cap = l->cap != 0 ? l->cap * 2 : LINES_CHUNK;
		l->p = xreallocarray(l->p, l->cap + LINES_BEHIND, 1);
	}
	n = l->source(l->arg, l->p + l->end, l->cap - l->end);
	l->nul &= l->end > 0;
	if (n > 0) {
		l->nul |= memchr(l->p + l->end, '\0', (size_t)n) != NULL;
		l->end += (size_t)n;
	}
	return n;
}

/* Hands out `len` bytes and passes over `skip` more. */
static int
hand_out(struct lines *l, struct str *line, size_t len, size_t skip)
{
	*line = (struct str){ l->p + l->pos, len };
	l->pos += len + skip;
	l->seen = l->pos;
	l->offset += (int64_t)(len + skip);
	return 1;
}

int
lines_next(struct lines *l, struct str *line)
{
	l->cont = l->part;
	l->part = false;
	if (!l->cont)
		l->number++;
	for (;;) {
		const char *lf = NULL;
		size_t len;
		ssize_t n;

		if (l->end > l->seen)
			lf = memchr(l->p + l->seen, '\n', l->end - l->seen);
		len = (lf != NULL ? (size_t)(lf - l->p) : l->end) - l->pos;
		/* Pieces are cut by the ceiling alone, not by what a read
		 * happened to bring. */
		if (len > l->max) {
			l->part = true;
			return hand_out(l, line, l->max, 0);
		}
		if (lf != NULL)
			return hand_out(l, line, len, 1);
		l->seen = l->end;
		if (l->eof && (l->end > l->pos || l->cont)) {
			l->unended = true;
			return hand_out(l, line, l->end - l->pos, 0);
		}
		if (l->eof) {
			l->number--;
			return 0;
		}
		n = fill(l);
		if (n < 0) {
			l->number--;
			return -1;
		}
		l->eof = n == 0;
	}
}

void
lines_release(struct lines *l)
{
	free(l->p);
	*l = (struct lines){ 0 };
}
