/*
 * full - a disk that is full, for a process that is told to think so
 *
 * Loaded before the C library (LD_PRELOAD). While the file that TW_FULL names
 * is there, a write to an ordinary file takes a part of what it is given once,
 * then nothing: ENOSPC.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEFT 100 /* bytes that still fit */

ssize_t
write(int fd, const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	static size_t left = LEFT;
	const char *flag = getenv("TW_FULL");
	struct stat st;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (flag == NULL || access(flag, F_OK) != 0) {
		left = LEFT;
		return real(fd, p, n);
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return real(fd, p, n);
	if (left == 0) {
		errno = ENOSPC;
		return -1;
	}
	n = n < left ? n : left;
	left -= n;
	return real(fd, p, n);
}
