#include "base/xalloc.h"

#include <err.h>
#include <stdlib.h>

void *
xcalloc(size_t n, size_t size)
{
	void *p;

	p = calloc(n != 0 ? n : 1, size);
	if (p == NULL)
		err(1, "memory");
	return p;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n != 0 ? n : 1, size);
	if (p == NULL)
		err(1, "memory");
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
