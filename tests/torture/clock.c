/*
 * clock - a wall clock that jumps, for a process that is told to think so
 *
 * Loaded before the C library (LD_PRELOAD). The file that TW_CLOCK names holds
 * the milliseconds by which the wall clock is off; it is looked at each time
 * that somebody asks. The monotonic clock stays as it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long
offset_ms(void)
{
	const char *name = getenv("TW_CLOCK");
	int fd, saved = errno;
	char text[32];
	ssize_t n;

	if (name == NULL)
		return 0;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		abort();
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	errno = saved;
	if (n < 0)
		abort();
	text[n] = '\0';
	return strtoll(text, NULL, 10);
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	long long ns;
	int r;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	r = real(clock, t);
	if (r != 0 ||
	    (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
		return r;
	ns = t->tv_nsec + offset_ms() % 1000 * 1000000;
	t->tv_sec += offset_ms() / 1000;
	if (ns < 0 || ns >= 1000000000) {
		t->tv_sec += ns < 0 ? -1 : 1;
		ns += ns < 0 ? 1000000000 : -1000000000;
	}
	t->tv_nsec = ns;
	return 0;
}

time_t
time(time_t *to)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (to != NULL)
		*to = t.tv_sec;
	return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict to, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*to = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
	return 0;
}
