/*
 * floor - how fast it could be at best
 *
 *   floor find < file  finds each newline
 *   floor copy < file  finds each newline and copies each line to the output
 *   floor hear PORT < file  sends the file to a server on this machine and copies
 *                      what it says to the output
 *
 * What any program that looks at every line has to do; tw-parse and tw-agg are
 * measured beside it.
 */
#define _GNU_SOURCE /* fwrite_unlocked */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/lines.h"
#include "format/input.h"

/* Says what is in standard input to the server at `port`, and what that says. */
static int
hear(const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(port)) };
	int s = socket(AF_INET, SOCK_STREAM, 0);
	static char bytes[65536];
	ssize_t n;

	if (s < 0 || connect(s, (struct sockaddr *)&at, sizeof(at)) != 0)
		err(1, "%s", port);
	while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
		if (write(s, bytes, (size_t)n) != n)
			err(1, "%s", port);
	while ((n = read(s, bytes, sizeof(bytes))) > 0)
		if (write(STDOUT_FILENO, bytes, (size_t)n) != n)
			err(1, "standard output");
	return n != 0;
}

int
main(int argc, char **argv)
{
	bool copy = argc > 1 && strcmp(argv[1], "copy") == 0;
	struct errmsg why;
	struct input in;
	struct str line;
	long n = 0;

	if (argc > 2 && strcmp(argv[1], "hear") == 0)
		return hear(argv[2]);
	if (!input_open(&in, "-", NULL, &why))
		errx(1, "%s", why.text);
	while (input_next(&in, &line, &why) == 1) {
		n++;
		if (!copy)
			continue;
		fwrite_unlocked(line.p, 1, line.len, stdout);
		putc_unlocked('\n', stdout);
	}
	input_close(&in);
	if (!copy)
		printf("%ld\n", n);
	return fflush(stdout) != 0;
}
