/*
 * fuzz - what the fuzz targets have in common
 *
 * A target is one function, called by libFuzzer or by replay.c. What must hold
 * is checked with must(), which stays in every build.
 */
#ifndef TW_TESTS_FUZZ_H
#define TW_TESTS_FUZZ_H

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/event.h"

#define must(good) ((good) ? (void)0 : fuzz_broken(#good, __FILE__, __LINE__))

/*
 * Try one input.
 *
 * Returns 0; ends the program when something does not hold.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline _Noreturn void
fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

/* The input as a slice: never absent, as no line of a file is. */
static inline struct str
fuzz_str(const uint8_t *data, size_t size)
{
	return (struct str){ size > 0 ? (const char *)data : "", size };
}

/*
 * Cuts the next line from `rest`, as base/lines.h does.
 *
 * Returns false when there is none.
 */
static inline bool
fuzz_line(struct str *rest, struct str *line)
{
	const char *lf;

	if (rest->len == 0)
		return false;
	lf = memchr(rest->p, '\n', rest->len);
	line->p = rest->p;
	line->len = lf != NULL ? (size_t)(lf - rest->p) : rest->len;
	rest->p += line->len + (lf != NULL);
	rest->len -= line->len + (lf != NULL);
	return true;
}

/* An input that is read as a row of small numbers: what to do, and with what. */
struct fuzz_bytes {
	const uint8_t *p;
	size_t left;
};

/*
 * Takes the next number, 0 to 255; 0 when there is none left.
 */
static inline unsigned
fuzz_byte(struct fuzz_bytes *b)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->p++;
}

/*
 * Takes the next `n` bytes, or what is left of them.
 */
static inline struct str
fuzz_slice(struct fuzz_bytes *b, size_t n)
{
	struct str s = fuzz_str(b->p, n < b->left ? n : b->left);

	b->p += s.len;
	b->left -= s.len;
	return s;
}

/*
 * Makes a file in memory of the input, as lib/ opens files by their names.
 *
 * Returns its descriptor, for close(); `path` has its name.
 */
static inline int
fuzz_file(const uint8_t *data, size_t size, char path[64])
{
	int fd = (int)syscall(SYS_memfd_create, "fuzz", 0U);

	if (fd < 0)
		err(1, "memfd_create");
	for (size_t at = 0; at < size;) {
		ssize_t n = write(fd, data + at, size - at);

		if (n < 0)
			err(1, "write");
		at += (size_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) != 0)
		err(1, "lseek");
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/*
 * Writes the event `e`, reads that, writes it again: an event that we wrote has
 * to be one, and the same. `e` is written from what it borrows until then.
 */
static inline void
fuzz_round_trip(const struct event *e)
{
	static struct event_reader *r;
	static struct buf once, again;
	struct errmsg why;
	struct event back;
	struct str line;

	if (r == NULL)
		r = event_reader_new();
	buf_reset(&once);
	buf_reset(&again);
	event_write(&once, e);
	line = buf_view(&once);
	must(line.len > 0 && line.p[line.len - 1] == '\n');
	line.len--;
	must(memchr(line.p, '\n', line.len) == NULL);
	must(event_read(r, line, &back, &why));
	event_write(&again, &back);
	must(str_eq(buf_view(&once), buf_view(&again)));
}

#endif
