#include "base/xalloc.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 * 1024 * 1024)

void
xalloc_failed(void)
{
	errno = ENOMEM;
	err(1, "memory");
}

void *
xmalloc(size_t size)
{
	return xreallocarray(NULL, size, 1);
}

void *
xcalloc(size_t n, size_t size)
{
	void *p;

	p = calloc(n != 0 ? n : 1, size);
	if (p == NULL)
		xalloc_failed();
	return p;
}

void *
xtable(size_t size)
{
	void *p;

	if (size < LARGE_PAGE / 2)
		return xmalloc(size);
	size = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
	p = aligned_alloc(LARGE_PAGE, size);
	if (p == NULL)
		xalloc_failed();
#if defined(MADV_HUGEPAGE)
	/* A wish: without such pages it works as well. */
	(void)madvise(p, size, MADV_HUGEPAGE);
#endif
	return p;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n != 0 ? n : 1, size);
	if (p == NULL)
		xalloc_failed();
	return p;
}

void *
xgrow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap != 0 ? *cap * 2 : 8;
	return xreallocarray(p, *cap, size);
}
