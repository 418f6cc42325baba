/*
 * The line that shows how far the work is, and when it is drawn.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/progress.h"
#include "base/str.h"

static char *text;
static size_t len;

/* What was drawn since the last call has to be `want`. */
static void
drawn(FILE *f, const char *want, const char *name)
{
	struct str got;

	fflush(f);
	got.p = text;
	got.len = len;
	is(got, want, "%s", name);
	rewind(f);
}

int
main(void)
{
	FILE *f = open_memstream(&text, &len);
	struct progress p = { .f = f, .what = "tw-x", .begin_ms = 1000 };
	struct progress nowhere = { .begin_ms = 1000 };

	progress_show(&p, 2999, 5, 5);
	drawn(f, "", "nothing in the first two seconds");
	progress_end(&p);
	drawn(f, "", "so nothing is wiped");
	/* 9,000 lines in 3 s. */
	progress_show(&p, 4000, 9000, 2500000);
	drawn(f, "\rtw-x: 9,000 lines, 3,000/s, 2.5 MB\033[K",
	    "how much, how fast");
	progress_show(&p, 4999, 9001, 2500000);
	drawn(f, "", "once a second");
	/* A quarter in 4 s: three times as long again. */
	p.total = 10000000;
	progress_show(&p, 5000, 12000, 2500000);
	drawn(f,
	    "\rtw-x: 12,000 lines, 3,000/s, 2.5 MB of 10.0 MB, 12 s "
	    "left\033[K",
	    "how long yet");
	/* The file has grown: nobody knows. */
	progress_show(&p, 6000, 15000, 10000001);
	drawn(
	    f, "\rtw-x: 15,000 lines, 3,000/s, 10.0 MB\033[K", "past the end");
	progress_end(&p);
	drawn(f, "\r\033[K", "wiped at the end");
	progress_show(&nowhere, 9000, 1, 1);
	progress_end(&nowhere);
	drawn(f, "", "nobody asked for it");
	fclose(f);
	free(text);
	return tap_done();
}
