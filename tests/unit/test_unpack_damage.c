/*
 * test_unpack_damage - small compressed files, whole, cut and damaged
 *
 * They are written by gzopen() and by zstd with a checksum, as the tools of the
 * command line do. What is damaged is an error or, where a bit has no meaning,
 * the same text; never another text.
 */
#include "tap.h"

#include "format/unpack.h"
#include "temp.h"

static const char text[] = "2026-11-23T12:00:00.123Z\tirc\tkanal_eins\tPING\n"
			   "second line\nsecond line\nsecond line\n";

enum result { GOOD, REFUSED, OTHER };

/* Reads the file `path`, which should hold `want`. */
static enum result
read_file(const char *path, struct str want)
{
	struct buf out = { 0 };
	struct errmsg why = { .text = "" };
	struct unpack *u = unpack_open(path, NULL, &why);
	enum result result;
	char part[13];
	ssize_t n;

	if (u == NULL)
		return why.text[0] != '\0' ? REFUSED : OTHER;
	while ((n = unpack_read(u, part, sizeof(part))) > 0)
		buf_add(&out, part, (size_t)n);
	if (n < 0)
		result = unpack_why(u)->text[0] != '\0' ? REFUSED : OTHER;
	else
		result = str_eq(buf_view(&out), want) ? GOOD : OTHER;
	unpack_free(u);
	buf_release(&out);
	return result;
}

static enum result
read_bytes(struct str bytes, const char *suffix, struct str want)
{
	char *path = temp_file(bytes, suffix);
	enum result result = read_file(path, want);

	unlink(path);
	return result;
}

/* Fills `b` with the bytes of the file `path`. */
static void
slurp(struct buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	char part[512];
	size_t n;

	if (f == NULL)
		err(1, "%s", path);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(b, part, n);
	fclose(f);
}

/* Appends `s` to the file `path` as one gzip member. */
static void
gzip_to(const char *path, const char *mode, const char *s)
{
	gzFile f = gzopen(path, mode);

	if (f == NULL || gzwrite(f, s, (unsigned)strlen(s)) < 0 ||
	    gzclose(f) != Z_OK)
		errx(1, "%s", path);
}

static void
zstd_with_checksum(struct buf *b, struct str s)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t n;

	if (c == NULL)
		errx(1, "zstd");
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	buf_room(b, ZSTD_compressBound(s.len));
	n = ZSTD_compress2(c, b->p + b->len, b->cap - b->len, s.p, s.len);
	if (ZSTD_isError(n))
		errx(1, "zstd");
	b->len += n;
	ZSTD_freeCCtx(c);
}

static void
test_gzopen(void)
{
	char *path = temp_file(STR(""), ".gz");
	struct buf twice = { 0 };

	gzip_to(path, "wb", "");
	is_int(read_file(path, STR("")), GOOD, "gzopen: nothing");
	gzip_to(path, "wb", text);
	is_int(read_file(path, str_of(text)), GOOD, "gzopen: a text");
	gzip_to(path, "ab", text);
	buf_str(&twice, str_of(text));
	buf_str(&twice, str_of(text));
	is_int(read_file(path, buf_view(&twice)), GOOD,
	    "gzopen: two members in a row");
	gzip_to(path, "wb0", text);
	is_int(read_file(path, str_of(text)), GOOD, "gzopen: only stored");
	buf_release(&twice);
}

/* A member with a name and a comment, as gzip(1) writes the first. */
static void
test_gzip_header(void)
{
	static const char header[] = "\x1f\x8b\x08\x1c\0\0\0\0\0\x03"
				     "\x02\0xy"
				     "name.log\0"
				     "a comment";
	struct buf plain = { 0 }, named = { 0 };

	temp_gzip(&plain, str_of(text));
	buf_add(&named, header, sizeof(header));
	/* The header that zlib writes has 10 bytes. */
	buf_add(&named, plain.p + 10, plain.len - 10);
	is_int(read_bytes(buf_view(&named), ".gz", str_of(text)), GOOD,
	    "extra field, name and comment are passed over");
	buf_release(&plain);
	buf_release(&named);
}

/* Each part of a file, and each of its bits turned. */
static void
test_damage(struct str bytes, const char *suffix)
{
	struct buf b = { 0 };
	int good_cuts = 0, other_cuts = 0, refused = 0, other = 0;

	for (size_t len = 0; len < bytes.len; len++) {
		enum result r = read_bytes(
		    (struct str){ bytes.p, len }, suffix, str_of(text));

		good_cuts += r == GOOD;
		other_cuts += r == OTHER;
	}
	is_int(good_cuts + other_cuts, 0, "%s cut anywhere is refused", suffix);
	buf_str(&b, bytes);
	for (size_t at = 0; at < b.len; at++)
		for (int bit = 0; bit < 8; bit++) {
			enum result r;

			b.p[at] = (char)(b.p[at] ^ 1 << bit);
			r = read_bytes(buf_view(&b), suffix, str_of(text));
			if (r == OTHER && other++ == 0)
				printf("# byte %zu, bit %d\n", at, bit);
			refused += r == REFUSED;
			b.p[at] = (char)(b.p[at] ^ 1 << bit);
		}
	is_int(other, 0, "%s with a bit turned is never another text", suffix);
	ok(refused > (int)b.len * 6, "%s: %d of %zu are refused", suffix,
	    refused, b.len * 8);
	buf_release(&b);
}

int
main(void)
{
	struct buf b = { 0 };
	char *path;

	test_gzopen();
	test_gzip_header();
	path = temp_file(STR(""), ".gz");
	gzip_to(path, "wb", text);
	slurp(&b, path);
	test_damage(buf_view(&b), ".gz");
	buf_reset(&b);
	zstd_with_checksum(&b, str_of(text));
	is_int(read_bytes(buf_view(&b), ".zst", str_of(text)), GOOD,
	    "zstd with a checksum");
	test_damage(buf_view(&b), ".zst");
	buf_release(&b);
	temp_end();
	return tap_done();
}
