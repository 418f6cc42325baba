#include "base/xalloc.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>

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
