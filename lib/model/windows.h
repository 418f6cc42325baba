/*
 * windows - the windows of a channel that are not written yet
 *
 * Only those that something fell into, in order of time. The newest are open;
 * those that have to wait for long can be packed (pending_pack()), and are opened
 * when somebody needs them.
 */
#ifndef TW_MODEL_WINDOWS_H
#define TW_MODEL_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#include "model/pending.h"

/* One of the two, the other NULL. */
struct window {
	int64_t index;         /* it begins at index x its length */
	struct pending *open;  /* owned */
	unsigned char *packed; /* owned; see pending_pack() */
};

/* A zeroed one is empty. */
struct windows {
	struct window *p; /* owned; by index */
	size_t n, cap;
	size_t n_fed;          /* the first of these, which are looked at */
	struct pending *spare; /* owned; to be used again; or NULL */
};

/*
 * Find the window `index`, or make it: one before the last of those that are
 * looked at is so, too.
 *
 * Returns it, open; borrowed until it is packed, emptied or dropped.
 */
struct pending *windows_get(struct windows *w, int64_t index);

/*
 * Open the `i`-th window.
 *
 * Returns it, as windows_get() does.
 */
struct pending *windows_open(struct windows *w, size_t i);

/*
 * Pack the `i`-th window, which will have to wait; but see pending_pack(), which
 * `to` is for.
 */
void windows_pack(struct windows *w, size_t i, struct packing *to);

/*
 * Ask for the memory of the `i`-th window, if there is one: what was packed long
 * ago is in nobody's cache.
 */
void windows_fetch(const struct windows *w, size_t i);

/*
 * Empty the `i`-th window, which is open: its memory is used for the next.
 */
void windows_empty(struct windows *w, size_t i);

/*
 * Forget the first `n` windows.
 */
void windows_drop(struct windows *w, size_t n);

/*
 * Free all of them.
 */
void windows_release(struct windows *w);

#endif
