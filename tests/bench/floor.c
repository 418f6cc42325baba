/*
 * floor - how fast it could be at best
 *
 *   floor find < file  finds each newline
 *   floor copy < file  finds each newline and copies each line to the output
 *
 * What any program that looks at every line has to do; tw-parse and tw-agg are
 * measured beside it.
 */
#define _GNU_SOURCE /* fwrite_unlocked */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "base/lines.h"
#include "format/input.h"

int
main(int argc, char **argv)
{
	bool copy = argc > 1 && strcmp(argv[1], "copy") == 0;
	struct errmsg why;
	struct input in;
	struct str line;
	long n = 0;

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
