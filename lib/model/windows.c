#include "model/windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* Takes back a pending that nobody needs any more. */
static void
recycle(struct windows *w, struct pending *p)
{
	if (w->spare == NULL && pending_reset(p))
		w->spare = p;
	else
		pending_free(p);
}

struct pending *
windows_open(struct windows *w, size_t i)
{
	struct window *at = &w->p[i];

	if (at->open != NULL)
		return at->open;
	at->open = w->spare != NULL ? w->spare : xcalloc(1, sizeof(*at->open));
	w->spare = NULL;
	if (at->packed != NULL)
		pending_unpack(at->open, at->packed);
	free(at->packed);
	at->packed = NULL;
	return at->open;
}

void
windows_pack(struct windows *w, size_t i, struct packing *to)
{
	struct window *at = &w->p[i];

	if (at->open == NULL)
		return;
	at->packed = pending_pack(at->open, to);
	if (at->packed != NULL)
		windows_empty(w, i);
}

/* Finds the place of the window `index`. */
static size_t
find(const struct windows *w, int64_t index)
{
	size_t lo = 0, hi = w->n;

	/* Nearly always it is one of the last. */
	for (int i = 0; i < 4 && hi > 0; i++, hi--)
		if (w->p[hi - 1].index <= index)
			return w->p[hi - 1].index == index ? hi - 1 : hi;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->p[mid].index < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct pending *
windows_get(struct windows *w, int64_t index)
{
	size_t at = find(w, index);

	if (at < w->n && w->p[at].index == index)
		return windows_open(w, at);
	w->p = xgrow(w->p, w->n, &w->cap, sizeof(*w->p));
	memmove(w->p + at + 1, w->p + at, (w->n - at) * sizeof(*w->p));
	w->n++;
	if (at < w->n_fed)
		w->n_fed++;
	w->p[at] = (struct window){ .index = index };
	return windows_open(w, at);
}

void
windows_fetch(const struct windows *w, size_t i)
{
	const unsigned char *packed = i < w->n ? w->p[i].packed : NULL;

	if (packed == NULL)
		return;
	__builtin_prefetch(packed);
	/* It may be shorter: an address, not a place in it. */
	__builtin_prefetch((const void *)((uintptr_t)packed + 64));
}

void
windows_empty(struct windows *w, size_t i)
{
	recycle(w, w->p[i].open);
	w->p[i].open = NULL;
}

void
windows_drop(struct windows *w, size_t n)
{
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (w->p[i].open != NULL)
			recycle(w, w->p[i].open);
		free(w->p[i].packed);
	}
	w->n -= n;
	w->n_fed -= n < w->n_fed ? n : w->n_fed;
	memmove(w->p, w->p + n, w->n * sizeof(*w->p));
}

void
windows_release(struct windows *w)
{
	windows_drop(w, w->n);
	pending_free(w->spare);
	free(w->p);
	*w = (struct windows){ 0 };
}
