/*
 * temp - files of a test's own, plain and compressed
 *
 * They lie in one folder, which is removed at the end. A test that cannot write
 * them ends at once.
 */
#ifndef TW_TESTS_TEMP_H
#define TW_TESTS_TEMP_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/xalloc.h"

static char temp_dir[] = "/tmp/tw-test-XXXXXX";
static char **temp_paths;
static size_t temp_n, temp_cap;

/*
 * Write `s` to a new file whose name ends with `suffix`.
 *
 * Returns its path, which lasts until temp_end().
 */
static inline char *
temp_file(struct str s, const char *suffix)
{
	struct buf path = { 0 };
	FILE *f;

	if (temp_n == 0 && mkdtemp(temp_dir) == NULL)
		err(1, "%s", temp_dir);
	buf_printf(&path, "%s/%03zu%s", temp_dir, temp_n, suffix);
	buf_byte(&path, '\0');
	f = fopen(path.p, "wb");
	if (f == NULL || fwrite(s.p, 1, s.len, f) != s.len || fclose(f) != 0)
		err(1, "%s", path.p);
	temp_paths = xgrow(temp_paths, temp_n, &temp_cap, sizeof(*temp_paths));
	temp_paths[temp_n++] = path.p;
	return path.p;
}

/*
 * Remove all files and their folder.
 */
static inline void
temp_end(void)
{
	for (size_t i = 0; i < temp_n; i++) {
		unlink(temp_paths[i]);
		free(temp_paths[i]);
	}
	if (temp_n > 0)
		rmdir(temp_dir);
	free(temp_paths);
	temp_paths = NULL;
	temp_n = temp_cap = 0;
}

/*
 * Append `s` as one gzip member.
 */
static inline void
temp_gzip(struct buf *b, struct str s)
{
	z_stream z = { 0 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		errx(1, "gzip");
	buf_room(b, deflateBound(&z, s.len));
	z.next_in = (unsigned char *)s.p;
	z.avail_in = (unsigned)s.len;
	z.next_out = (unsigned char *)b->p + b->len;
	z.avail_out = (unsigned)(b->cap - b->len);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		errx(1, "gzip");
	b->len += z.total_out;
	deflateEnd(&z);
}

/*
 * Append `s` as one zstd frame.
 */
static inline void
temp_zstd(struct buf *b, struct str s)
{
	size_t n;

	buf_room(b, ZSTD_compressBound(s.len));
	n = ZSTD_compress(b->p + b->len, b->cap - b->len, s.p, s.len, 3);
	if (ZSTD_isError(n))
		errx(1, "zstd");
	b->len += n;
}

#endif
