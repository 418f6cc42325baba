/*
 * breakout - what a line could do that has taken over the tool that reads it
 *
 * Loaded before the C library (LD_PRELOAD). At the first read from standard input
 * it tries to make a socket, to write the file that TW_BREAKOUT names and to run
 * true(1), and tells standard error what came of it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

static const char *
word(long r)
{
	return r >= 0 ? "done" : strerror(errno);
}

static void
try(const char *path)
{
	char name[] = "true", *argv[] = { name, NULL };

	dprintf(2, "socket: %s\n", word(socket(AF_INET, SOCK_STREAM, 0)));
	dprintf(2, "file: %s\n", word(open(path, O_WRONLY | O_CREAT, 0600)));
	dprintf(2, "program: %s\n", word(execve("/bin/true", argv, environ)));
}

ssize_t
read(int fd, void *p, size_t n)
{
	static ssize_t (*real)(int, void *, size_t);
	const char *path = getenv("TW_BREAKOUT");

	if (real == NULL) {
		*(void **)&real = dlsym(RTLD_NEXT, "read");
		if (fd == STDIN_FILENO && path != NULL)
			try(path);
	}
	return real(fd, p, n);
}
