#include "format/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/xalloc.h"

#define UNPACK_CHUNK ((size_t)64 * 1024)

enum unpack_kind { UNPACK_PLAIN, UNPACK_ZSTD, UNPACK_GZIP };

struct unpack {
	int fd;                       /* owned, but standard input */
	const struct unpack_tie *tie; /* borrowed; NULL = none */
	bool regular;                 /* never waits */
	enum unpack_kind kind;
	char *in;             /* owned: UNPACK_CHUNK bytes as read */
	size_t pos, end;      /* what of them is not used up yet */
	bool eof;             /* the file has no more bytes */
	bool inside;          /* in the middle of a compressed piece */
	int64_t offset, size; /* of the file itself, bytes */
	ZSTD_DStream *zstd;   /* owned; for UNPACK_ZSTD */
	z_stream gzip;        /* for UNPACK_GZIP */
	struct errmsg why;
};

/* Reads at most `n` bytes of the file. How many; 0 at the end, -1. */
static ssize_t
read_file(struct unpack *u, char *p, size_t n)
{
	ssize_t got;

	if (u->eof)
		return 0;
	if (!u->regular && u->tie != NULL) {
		struct pollfd ready = { u->fd, POLLIN, 0 };

		if (poll(&ready, 1, 0) == 0)
			u->tie->flush(u->tie->arg);
	}
	do
		got = read(u->fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		errmsg_system(&u->why);
		return -1;
	}
	u->offset += got;
	u->eof = got == 0;
	return got;
}

/* Reads raw bytes behind those that are there. 1, 0 at the end, -1. */
static int
fill(struct unpack *u)
{
	ssize_t got;

	if (u->pos == u->end)
		u->pos = u->end = 0;
	got = read_file(u, u->in + u->end, UNPACK_CHUNK - u->end);
	if (got > 0)
		u->end += (size_t)got;
	return got < 0 ? -1 : got > 0;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Looks at the first bytes and makes ready what reads the rest. */
static bool
detect(struct unpack *u, const char *path)
{
	static const char zstd_magic[] = { '\x28', '\xb5', '\x2f', '\xfd' };
	static const char gzip_magic[] = { '\x1f', '\x8b' };
	bool named_zst = ends_with(path, ".zst");
	bool named_gz = ends_with(path, ".gz");
	size_t n = u->end;
	bool skippable;

	/* A zstd file may begin with a frame to be skipped. */
	skippable = n >= 4 && (u->in[0] & 0xf0) == 0x50 &&
	    memcmp(u->in + 1, "\x2a\x4d\x18", 3) == 0;
	if (skippable || (n >= 4 && memcmp(u->in, zstd_magic, 4) == 0)) {
		u->kind = UNPACK_ZSTD;
		u->zstd = ZSTD_createDStream();
		if (u->zstd == NULL)
			xalloc_failed();
		return true;
	}
	if (n >= 2 && memcmp(u->in, gzip_magic, 2) == 0) {
		u->kind = UNPACK_GZIP;
		/* 15 bits of window, and 16 more say gzip and nothing else. */
		if (inflateInit2(&u->gzip, 15 + 16) != Z_OK)
			xalloc_failed();
		return true;
	}
	if (named_zst || named_gz) {
		errmsg_set(&u->why,
		    n < 4 ? "cut short: no %s data in it"
			  : "not %s data, whatever its name says",
		    named_zst ? "zstd" : "gzip");
		return false;
	}
	return true;
}

struct unpack *
unpack_open(const char *path, const struct unpack_tie *tie, struct errmsg *why)
{
	struct unpack *u = xcalloc(1, sizeof(*u));
	struct stat st;
	int n = 1;

	u->tie = tie;
	u->in = xcalloc(1, UNPACK_CHUNK);
	if (strcmp(path, "-") == 0)
		u->fd = STDIN_FILENO;
	else
		u->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (u->fd < 0 || fstat(u->fd, &st) != 0) {
		errmsg_system(&u->why);
		goto fail;
	}
	if (S_ISDIR(st.st_mode)) {
		errmsg_set(&u->why, "is a directory, not a file");
		goto fail;
	}
	u->regular = S_ISREG(st.st_mode);
	u->size = u->regular ? (int64_t)st.st_size : -1;
	/* A pipe may give its first four bytes one at a time. */
	while (n > 0 && u->end < 4)
		n = fill(u);
	if (n < 0 || !detect(u, path))
		goto fail;
	return u;
fail:
	*why = u->why;
	unpack_free(u);
	return NULL;
}

static ssize_t
read_plain(struct unpack *u, char *p, size_t n)
{
	/* Past the first bytes nothing has to go through `in`. */
	if (u->pos == u->end)
		return read_file(u, p, n);
	if (n > u->end - u->pos)
		n = u->end - u->pos;
	memcpy(p, u->in + u->pos, n);
	u->pos += n;
	return (ssize_t)n;
}

/* Decompresses what is in `in`. Returns bytes written, -1. */
static ssize_t
step_zstd(struct unpack *u, char *p, size_t n)
{
	ZSTD_inBuffer in = { u->in, u->end, u->pos };
	ZSTD_outBuffer out = { p, n, 0 };
	size_t left = ZSTD_decompressStream(u->zstd, &out, &in);

	if (ZSTD_isError(left)) {
		errmsg_set(&u->why, "zstd: %s", ZSTD_getErrorName(left));
		return -1;
	}
	u->pos = in.pos;
	u->inside = left != 0;
	return (ssize_t)out.pos;
}

static ssize_t
step_gzip(struct unpack *u, char *p, size_t n)
{
	int r;

	if (!u->inside && inflateReset(&u->gzip) != Z_OK) {
		errmsg_set(&u->why, "gzip: cannot start");
		return -1;
	}
	u->gzip.next_in = (unsigned char *)u->in + u->pos;
	u->gzip.avail_in = (unsigned)(u->end - u->pos);
	u->gzip.next_out = (unsigned char *)p;
	u->gzip.avail_out = (unsigned)n;
	r = inflate(&u->gzip, Z_NO_FLUSH);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR) {
		errmsg_set(&u->why, "gzip: %s",
		    u->gzip.msg != NULL ? u->gzip.msg : "damaged data");
		return -1;
	}
	u->pos = u->end - u->gzip.avail_in;
	u->inside = r != Z_STREAM_END;
	return (ssize_t)(n - u->gzip.avail_out);
}

static ssize_t
read_packed(struct unpack *u, char *p, size_t n)
{
	for (;;) {
		bool idle = u->pos == u->end && !u->inside;
		ssize_t got = 0;
		int more;

		/* Inside of a piece there may be output without input. */
		if (!idle) {
			got = u->kind == UNPACK_ZSTD ? step_zstd(u, p, n)
						     : step_gzip(u, p, n);
			if (got != 0)
				return got;
		}
		if (u->pos < u->end)
			continue;
		more = fill(u);
		if (more < 0)
			return -1;
		if (more == 0 && !u->inside)
			return 0;
		if (more == 0) {
			errmsg_set(&u->why, "cut short: the %s data has no end",
			    u->kind == UNPACK_ZSTD ? "zstd" : "gzip");
			return -1;
		}
	}
}

ssize_t
unpack_read(void *arg, char *p, size_t n)
{
	struct unpack *u = arg;

	if (n > UINT32_MAX)
		n = UINT32_MAX;
	return u->kind == UNPACK_PLAIN ? read_plain(u, p, n)
				       : read_packed(u, p, n);
}

const struct errmsg *
unpack_why(const struct unpack *u)
{
	return &u->why;
}

int64_t
unpack_offset(const struct unpack *u)
{
	return u->offset;
}

int64_t
unpack_size(const struct unpack *u)
{
	return u->size;
}

bool
unpack_ready(const struct unpack *u, int wait_ms)
{
	struct pollfd p = { u->fd, POLLIN, 0 };

	return u->regular || u->eof || u->pos < u->end ||
	    poll(&p, 1, wait_ms) != 0;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	if (u->fd > STDIN_FILENO)
		close(u->fd);
	ZSTD_freeDStream(u->zstd);
	if (u->kind == UNPACK_GZIP)
		inflateEnd(&u->gzip);
	free(u->in);
	free(u);
}
