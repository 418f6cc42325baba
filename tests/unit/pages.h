/*
 * pages - memory behind whose end nothing can be read
 */
#ifndef TW_TESTS_UNIT_PAGES_H
#define TW_TESTS_UNIT_PAGES_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Makes a page of memory, `*size` bytes, with one behind it that ends the program of
 * who looks at it. Never freed. */
static char *
page_alone(size_t *size)
{
	long bytes = sysconf(_SC_PAGESIZE);
	char *p;

	*size = (size_t)bytes;
	p = mmap(NULL, *size * 2, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p + *size, *size, PROT_NONE) < 0)
		abort();
	return p;
}

#endif
