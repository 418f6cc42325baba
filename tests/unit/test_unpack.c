/*
 * test_unpack - the bytes of a file, compressed or not
 */
#include "tap.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "format/unpack.h"
#include "rand.h"
#include "temp.h"

/* Reads all of `u`, `step` bytes at most at a time. Returns 0, or -1. */
static int
drain(struct unpack *u, struct buf *out, size_t step)
{
	ssize_t n;

	do {
		buf_room(out, step);
		n = unpack_read(u, out->p + out->len, step);
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0);
	return (int)n;
}

/*
 * Reads all of the file that holds `bytes`.
 *
 * Returns what was in it; absent when that failed, the reason is in `why`.
 */
static struct str
unpacked(struct buf *out, struct str bytes, const char *suffix, size_t step,
    struct errmsg *why)
{
	struct unpack *u;
	int r;

	buf_reset(out);
	why->text[0] = '\0';
	u = unpack_open(temp_file(bytes, suffix), NULL, why);
	if (u == NULL)
		return STR_ABSENT;
	if (unpack_size(u) != (int64_t)bytes.len)
		printf("# size %lld, not %zu\n", (long long)unpack_size(u),
		    bytes.len);
	r = drain(u, out, step);
	if (r < 0)
		errmsg_set(why, "%s", unpack_why(u)->text);
	else if (unpack_offset(u) != (int64_t)bytes.len)
		r = -1;
	unpack_free(u);
	return r < 0 ? STR_ABSENT : buf_view(out);
}

static void
good(const char *name, struct str bytes, const char *suffix, struct str want)
{
	static const size_t steps[] = { 1, 7, 65536, 1000000 };
	struct buf out = { 0 };
	struct errmsg why;
	int bad = 0;

	for (size_t i = want.len > 100000; i < 4; i++) {
		struct str got = unpacked(&out, bytes, suffix, steps[i], &why);

		bad += got.p == NULL || !str_eq(got, want);
	}
	ok(bad == 0, "%s", name);
	if (bad > 0)
		printf("# %s\n", why.text);
	buf_release(&out);
}

static void
refused(
    const char *name, struct str bytes, const char *suffix, const char *reason)
{
	struct buf out = { 0 };
	struct errmsg why;
	struct str got = unpacked(&out, bytes, suffix, 4096, &why);

	ok(got.p == NULL && strstr(why.text, reason) != NULL, "%s: %s", name,
	    why.text);
	buf_release(&out);
}

static void
test_plain(void)
{
	good("nothing", STR(""), ".log", STR(""));
	good("one byte", STR("x"), ".log", STR("x"));
	good("three bytes", STR("abc"), ".log", STR("abc"));
	good("text", STR("one\ntwo\n"), ".log", STR("one\ntwo\n"));
	good("NULs", STR("\0\0\0\0\0"), ".log", STR("\0\0\0\0\0"));
	good("nearly zstd", STR("\x28\xb5\x2f"), ".log", STR("\x28\xb5\x2f"));
	good("nearly gzip", STR("\x1f"), ".log", STR("\x1f"));
}

/* One kind of compression; `add` appends a piece. */
static void
test_packed(void (*add)(struct buf *, struct str), const char *suffix)
{
	struct buf text = { 0 }, packed = { 0 }, twice = { 0 }, out = { 0 };
	struct errmsg why;
	uint64_t r = 11;
	size_t one;
	int bad = 0;

	for (int i = 0; i < 30000; i++)
		buf_printf(&text, "line %zu\n", rand_below(&r, 100000000));
	add(&packed, buf_view(&text));
	good(suffix, buf_view(&packed), suffix, buf_view(&text));
	good("by its bytes, not its name", buf_view(&packed), ".log",
	    buf_view(&text));

	one = packed.len;
	add(&packed, STR(""));
	add(&packed, STR("and more\n"));
	buf_str(&twice, buf_view(&text));
	buf_lit(&twice, "and more\n");
	good("several pieces, one of them empty", buf_view(&packed), suffix,
	    buf_view(&twice));

	buf_reset(&twice);
	add(&twice, STR(""));
	good("an empty piece", buf_view(&twice), suffix, STR(""));
	buf_reset(&twice);
	for (int i = 0; i < 20000; i++)
		buf_byte(&twice, 'x');
	buf_reset(&packed);
	add(&packed, buf_view(&twice));
	good(
	    "much from few bytes", buf_view(&packed), suffix, buf_view(&twice));

	buf_reset(&packed);
	add(&packed, buf_view(&text));
	for (size_t n = 4; n < one; n += 1 + n / 7)
		bad += unpacked(&out, (struct str){ packed.p, n }, suffix, 5000,
			   &why)
			   .p != NULL;
	bad += unpacked(
		   &out, (struct str){ packed.p, one - 1 }, suffix, 5000, &why)
		   .p != NULL;
	is_int(bad, 0, "%s cut short anywhere is an error", suffix);
	refused("and named so", (struct str){ packed.p, one / 2 }, suffix,
	    "cut short");
	refused("cut in its first bytes", (struct str){ packed.p, 1 }, suffix,
	    "cut short");
	refused("nothing in it", STR(""), suffix, "cut short");
	refused("garbage in it", STR("garbage"), suffix, "not ");
	buf_lit(&packed, "garbage");
	refused("garbage behind it", buf_view(&packed), suffix, ": ");
	packed.len = one;
	memset(packed.p + one / 2, 'x', 64);
	refused("damaged in the middle", buf_view(&packed), suffix, ": ");
	buf_release(&text);
	buf_release(&packed);
	buf_release(&twice);
	buf_release(&out);
}

/* Lets the writer begin. */
static void
let_go(void *arg)
{
	const int *fd = arg;

	if (write(*fd, "", 1) != 1)
		err(1, "write");
}

/* From a pipe whose writer gives one byte at a time, once somebody waits. */
static void
test_pipe(void)
{
	struct buf packed = { 0 }, out = { 0 };
	struct errmsg why;
	struct unpack *u;
	int fd[2], go[2], old = dup(STDIN_FILENO), status;
	struct unpack_tie tie = { let_go, &go[1] };
	struct pollfd ready;
	pid_t child;

	temp_zstd(&packed, STR("through a pipe\n"));
	if (pipe(fd) != 0 || pipe(go) != 0)
		err(1, "pipe");
	ready = (struct pollfd){ go[0], POLLIN, 0 };
	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (poll(&ready, 1, 10000) != 1)
			_exit(2);
		for (size_t i = 0; i < packed.len; i++)
			if (write(fd[1], packed.p + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(fd[1]);
	dup2(fd[0], STDIN_FILENO);
	close(fd[0]);
	u = unpack_open("-", &tie, &why);
	if (ok(u != NULL, "standard input is opened")) {
		is_int(unpack_size(u), -1, "a pipe has no size");
		is_int(drain(u, &out, 100), 0, "it is read to its end");
		is(buf_view(&out), "through a pipe\n", "and unpacked");
	}
	unpack_free(u);
	waitpid(child, &status, 0);
	is_int(status, 0, "a read that has to wait is announced");
	close(go[0]);
	close(go[1]);
	dup2(old, STDIN_FILENO);
	close(old);
	buf_release(&packed);
	buf_release(&out);
}

static void
test_open(void)
{
	struct errmsg why = { .text = "" };

	ok(unpack_open("/nonexistent/x", NULL, &why) == NULL &&
		why.text[0] != '\0',
	    "no such file: %s", why.text);
	ok(unpack_open("/tmp", NULL, &why) == NULL &&
		strstr(why.text, "directory") != NULL,
	    "a folder: %s", why.text);
	unpack_free(NULL);
}

int
main(void)
{
	test_plain();
	test_packed(temp_gzip, ".gz");
	test_packed(temp_zstd, ".zst");
	test_pipe();
	test_open();
	temp_end();
	return tap_done();
}
