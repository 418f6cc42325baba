/*
 * fuzz unpack: any bytes as a file, plain or compressed, read to its end in
 * lines. Or, when the first byte says so, what zstd and zlib make of any bytes,
 * in pieces: that is read as what it was, and cut short it is an error.
 */
#include "fuzz.h"

#include <zlib.h>
#include <zstd.h>

#include "base/lines.h"
#include "format/unpack.h"

/* A few KiB can unpack to gigabytes; that takes time and shows nothing. */
#define ENOUGH ((int64_t)4 * 1024 * 1024)

#define PACKED 0x16 /* the first byte: no text begins so, nor any magic */

/* Reads the file of those bytes; what comes out goes to `out`. */
static bool
read_all(struct str bytes, struct buf *out)
{
	char path[64];
	int fd = fuzz_file((const uint8_t *)bytes.p, bytes.len, path), more = 1;
	struct lines l;
	struct errmsg why;
	struct unpack *u;
	struct str line;

	buf_reset(out);
	u = unpack_open(path, NULL, &why);
	if (u == NULL) {
		must(why.text[0] != '\0');
		close(fd);
		return false;
	}
	must(unpack_size(u) == (int64_t)bytes.len);
	lines_init(&l, unpack_read, u, 4096);
	while (l.offset < ENOUGH && (more = lines_next(&l, &line)) == 1) {
		must(line.len <= 4096);
		buf_str(out, line);
		if (!l.part && !l.unended)
			buf_byte(out, '\n');
	}
	if (more < 0)
		must(unpack_why(u)->text[0] != '\0');
	else if (more == 0)
		must(unpack_offset(u) == (int64_t)bytes.len);
	lines_release(&l);
	unpack_free(u);
	close(fd);
	return more == 0;
}

/* Appends `s` as a piece of its own: zstd, or gzip. */
static void
pack(struct buf *b, struct str s, bool zstd, int level)
{
	size_t room = ZSTD_compressBound(s.len) + compressBound(s.len) + 64;
	z_stream z = { 0 };

	(void)buf_room(b, room);
	if (zstd) {
		size_t n =
		    ZSTD_compress(b->p + b->len, room, s.p, s.len, level);

		must(!ZSTD_isError(n));
		b->len += n;
		return;
	}
	must(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8,
		 Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_in = (Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.len;
	z.next_out = (Bytef *)b->p + b->len;
	z.avail_out = (uInt)room;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	b->len += z.total_out;
	deflateEnd(&z);
}

/* PACKED, what and how it is packed, bytes of a piece, bytes to cut, text. */
static void
round_trip(struct fuzz_bytes in)
{
	static struct buf packed, plain;
	unsigned how = fuzz_byte(&in), chunk = fuzz_byte(&in);
	unsigned cut = fuzz_byte(&in);
	struct str text = fuzz_str(in.p, in.left), left = text;
	bool zstd = (how & 1) != 0;

	buf_reset(&packed);
	do {
		struct str piece = left;

		if (chunk > 0 && piece.len > chunk)
			piece.len = chunk;
		pack(&packed, piece, zstd, 1 + (int)(how >> 1) % 6);
		left.p += piece.len;
		left.len -= piece.len;
	} while (left.len > 0);
	must(read_all(buf_view(&packed), &plain));
	must(str_eq(buf_view(&plain), text));
	if (cut == 0)
		return;
	/* Without its end: an error, or it was cut between two pieces. What
	 * came out before is the begin of what it was. */
	packed.len -= cut < packed.len ? cut : packed.len;
	if (!read_all(buf_view(&packed), &plain))
		must(str_starts(text, buf_view(&plain)));
	else if (packed.len > 3)
		must(str_starts(text, buf_view(&plain)) &&
		    plain.len < text.len + (text.len == 0) &&
		    (chunk > 0 && plain.len % chunk == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf out;

	if (size > 0 && data[0] == PACKED)
		round_trip((struct fuzz_bytes){ data + 1, size - 1 });
	else
		(void)read_all(fuzz_str(data, size), &out);
	return 0;
}
