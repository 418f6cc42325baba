/*
 * alloc - memory that runs out, for a process that is told to think so
 *
 * Loaded before the C library (LD_PRELOAD). Counts the allocations of the
 * program TW_ALLOC_PROG (all programs when it is not set) from its start on;
 *
 *   TW_ALLOC_AT=N     the Nth fails
 *   TW_ALLOC_ALL=1    and so do all after it
 *   TW_ALLOC_LOG=F    without TW_ALLOC_AT: for each allocation a line, `object
 *                     offset`, of who asked for it; else a line for the one
 *                     that failed. No line: the program never came so far
 *
 * Under ASan it stands before ASan's own allocator, and passes on to it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EARLY ((size_t)64 * 1024) /* for dlsym() itself */

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void *(*real_aligned)(size_t, size_t);
static void (*real_free)(void *);

static char early[EARLY] __attribute__((aligned(16)));
static size_t early_used;
static bool finding; /* the functions above are being looked up */
static bool inside;  /* what we do ourselves does not count */
static long at = -1; /* 0 = only log; -1 = not yet known; -2 = not us */
static bool all_after;
static int log_fd = -1;
static long count;

static void
find(void)
{
	if (real_free != NULL || finding)
		return;
	finding = true;
	*(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
	*(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
	*(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
	*(void **)&real_aligned = dlsym(RTLD_NEXT, "aligned_alloc");
	*(void **)&real_free = dlsym(RTLD_NEXT, "free");
	finding = false;
}

static void *
take_early(size_t n)
{
	void *p = early + early_used;

	n = (n + 15) & ~(size_t)15;
	if (n > EARLY - early_used)
		abort();
	early_used += n;
	return p;
}

static bool
is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + EARLY;
}

static void
set_up(void)
{
	const char *prog = getenv("TW_ALLOC_PROG"), *n = getenv("TW_ALLOC_AT");
	const char *log = getenv("TW_ALLOC_LOG");

	if (prog != NULL && strcmp(prog, program_invocation_short_name) != 0) {
		at = -2;
		return;
	}
	at = n != NULL ? strtol(n, NULL, 10) : 0;
	all_after = getenv("TW_ALLOC_ALL") != NULL;
	if (log != NULL)
		log_fd =
		    open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* Not where a program expects its own. */
	if (log_fd >= 0) {
		int high = fcntl(log_fd, F_DUPFD_CLOEXEC, 500);

		if (high >= 0) {
			close(log_fd);
			log_fd = high;
		}
	}
}

static void
note(const void *caller)
{
	Dl_info info;
	const char *name = "?";
	char line[512];
	int n;

	if (log_fd < 0)
		return;
	if (dladdr(caller, &info) != 0 && info.dli_fname != NULL) {
		name = strrchr(info.dli_fname, '/');
		name = name != NULL ? name + 1 : info.dli_fname;
	} else
		info.dli_fbase = NULL;
	n = snprintf(line, sizeof(line), "%s %lx\n", name,
	    (unsigned long)((uintptr_t)caller - (uintptr_t)info.dli_fbase));
	if (n > 0 && write(log_fd, line, (size_t)n) != n)
		abort();
}

/* Tells whether the allocation that `caller` asks for is to fail. */
static bool
fails(const void *caller)
{
	bool hit;

	find();
	/* Not before the C library is up: ASan allocates so early. */
	if (inside || finding || environ == NULL)
		return false;
	inside = true;
	if (at == -1)
		set_up();
	count += at >= 0;
	hit = at > 0 && (count == at || (all_after && count > at));
	if ((at == 0) || (at > 0 && count == at))
		note(caller);
	inside = false;
	if (hit)
		errno = ENOMEM;
	return hit;
}

#define CALLER __builtin_return_address(0)

void *
malloc(size_t n)
{
	if (fails(CALLER))
		return NULL;
	return real_malloc != NULL ? real_malloc(n) : take_early(n);
}

void *
calloc(size_t n, size_t size)
{
	if (fails(CALLER))
		return NULL;
	/* What nobody has used yet is zero. */
	return real_calloc != NULL ? real_calloc(n, size)
				   : take_early(n * size);
}

static void *
resize(void *p, size_t n)
{
	void *fresh;

	if (!is_early(p))
		return real_realloc(p, n);
	fresh = real_malloc(n);
	if (fresh != NULL) {
		size_t there = (size_t)(early + EARLY - (char *)p);

		memcpy(fresh, p, n < there ? n : there);
	}
	return fresh;
}

void *
realloc(void *p, size_t n)
{
	if (n != 0 && fails(CALLER))
		return NULL;
	find();
	return resize(p, n);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	if (all != 0 && fails(CALLER))
		return NULL;
	find();
	return resize(p, all);
}

int
posix_memalign(void **p, size_t alignment, size_t n)
{
	if (fails(CALLER))
		return ENOMEM;
	*p = real_aligned(
	    alignment, (n + alignment - 1) / alignment * alignment);
	return *p != NULL ? 0 : ENOMEM;
}

void *
aligned_alloc(size_t alignment, size_t n)
{
	return fails(CALLER) ? NULL : real_aligned(alignment, n);
}

void
free(void *p)
{
	find();
	if (p != NULL && !is_early(p) && real_free != NULL)
		real_free(p);
}
