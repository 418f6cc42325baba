/*
 * xalloc - memory or the end of the program
 *
 * A small program that has run out of memory has nothing better to do than to
 * say so and stop: these calls never return NULL.
 */
#ifndef TW_BASE_XALLOC_H
#define TW_BASE_XALLOC_H

#include <stddef.h>

#include "base/attr.h"

/*
 * Say that there is no memory, and end the program with status 1.
 */
_Noreturn void xalloc_failed(void);

/*
 * Allocate `size` bytes, which are not initialised.
 *
 * Returns memory that the caller, a library that takes such a function, gives to
 * free().
 */
void *xmalloc(size_t size) MUST_USE;

/*
 * Allocate `n` zeroed objects of `size` bytes.
 *
 * Returns memory that the caller gives to free().
 */
void *xcalloc(size_t n, size_t size) MUST_USE;

/*
 * Allocate `size` bytes, which are not initialised, for a table that is looked at
 * here and there: a large one lies in large pages where the system has them, or
 * nearly every look would miss the processor's list of pages.
 *
 * Returns memory that the caller gives to free().
 */
void *xtable(size_t size) MUST_USE;

/*
 * Change the size of `p` (or of nothing, NULL) to `n` objects of `size` bytes.
 *
 * Returns the memory, perhaps moved; the new part is not initialised.
 */
void *xreallocarray(void *p, size_t n, size_t size) MUST_USE;

/*
 * Make room for one more in the growing array `p` of `*cap` objects of `size`
 * bytes, `n` of them in use.
 *
 * Returns the array, perhaps moved; `*cap` is then greater than `n`.
 */
void *xgrow(void *p, size_t n, size_t *cap, size_t size) MUST_USE;

#endif
