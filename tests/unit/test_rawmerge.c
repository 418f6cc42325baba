/*
 * test_rawmerge - several raw logs as one, in order of time
 */
#include "tap.h"

#include "base/tstamp.h"
#include "format/rawmerge.h"
#include "rand.h"
#include "temp.h"

/* Appends a raw line of the second `s` with the payload `text`. */
static void
add_line(struct buf *b, int64_t s, const char *text)
{
	tstamp_add(b, s * 1000);
	buf_printf(b, "\tnews\ta\t%s\n", text);
}

/*
 * Merges the files and shows the payloads, or whole lines where there is no
 * prefix, each with a space behind it; errors as `!`.
 */
static struct str
merged(struct buf *out, char **paths, size_t n)
{
	struct rawmerge *m = rawmerge_new(paths, n, NULL);
	const struct rawline *l;
	struct errmsg why;
	int r;

	buf_reset(out);
	while ((r = rawmerge_next(m, &l, &why)) != 0) {
		if (r < 0)
			buf_byte(out, '!');
		else if (l->raw.source == RAWLOG_OTHER)
			buf_str(out, l->raw.payload);
		else
			buf_str(out, l->line);
		buf_byte(out, ' ');
	}
	rawmerge_free(m);
	return buf_view(out);
}

/* Files with the seconds and payloads of `spec`, such as `1a 3b|2c`: a file
 * for each part, of lines with one digit of time and a name. */
static struct str
merged_of(struct buf *out, const char *spec)
{
	struct buf file = { 0 };
	char *paths[16];
	size_t n = 0;

	for (const char *p = spec;; p++) {
		char name[2] = { '\0', '\0' };

		if (*p == '|' || *p == '\0') {
			paths[n++] = temp_file(buf_view(&file), ".log");
			buf_reset(&file);
		} else if (*p != ' ') {
			name[0] = p[1];
			add_line(&file, *p - '0', name);
			p++;
		}
		if (*p == '\0')
			break;
	}
	buf_release(&file);
	return merged(out, paths, n);
}

static void
test_order(void)
{
	static const struct {
		const char *name, *spec, *want;
	} cases[] = {
		{ "one file", "1a 2b", "a b " },
		{ "two that take turns", "1a 3b 5c|2d 4e", "a d b e c " },
		{ "an empty file", "|1a", "a " },
		{ "nothing at all", "|", "" },
		{ "equal times in the order of the operands", "1a 1b|1c 1d|1e",
		    "a b c d e " },
		{ "and also later", "1a 2b 3c|1d 2e 3f", "a d b e c f " },
		/* b says 1 but comes after a, which was 5: it counts as 5. */
		{ "a file's time never goes back", "5a 1b 6c|2d 5e 7f",
		    "d a b e c f " },
		{ "one after the other", "4a 5b|1c 2d", "c d a b " },
		{ "nine files: closed and opened again",
		    "1a 9b|2c 8d|3e 7f|4g 6h|5i 5j|1k|9l|2m|3n",
		    "a k c m e n g i j h f d b l " },
		{ "ten files, equal times",
		    "1a 2k|1b 2l|1c|1d|1e|1f|1g|1h|1i|1j 2m",
		    "a b c d e f g h i j k l m " },
	};
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(merged_of(&out, cases[i].spec), cases[i].want, "%s",
		    cases[i].name);
	buf_release(&out);
}

/* Bare lines have their own time; lines without one have that of the line
 * before, or come first. */
static void
test_bare(void)
{
	struct buf out = { 0 }, b = { 0 };
	char *paths[3];

	paths[0] = temp_file(STR("PING\n@tmi-sent-ts=2000 :b\nPING :c\n"
				 "?\n@tmi-sent-ts=1000;rm-received-ts=9000 :d\n"
				 "@rm-received-ts=4000 :e\n"),
	    ".log");
	add_line(&b, 1, "x");
	add_line(&b, 2, "y");
	add_line(&b, 3, "z");
	paths[1] = temp_file(buf_view(&b), ".log");
	is(merged(&out, paths, 2),
	    "PING x @tmi-sent-ts=2000 :b PING :c ? "
	    "@tmi-sent-ts=1000;rm-received-ts=9000 :d y z "
	    "@rm-received-ts=4000 :e ",
	    "bare lines among others");
	buf_release(&out);
	buf_release(&b);
}

static void
test_packed(void)
{
	struct buf out = { 0 }, b = { 0 }, gz = { 0 }, zst = { 0 };
	char *paths[12];
	size_t n = 0;

	add_line(&b, 1, "a");
	add_line(&b, 4, "b");
	temp_gzip(&gz, buf_view(&b));
	paths[n++] = temp_file(buf_view(&gz), ".log.gz");
	buf_reset(&b);
	add_line(&b, 2, "c");
	add_line(&b, 3, "d");
	temp_zstd(&zst, buf_view(&b));
	paths[n++] = temp_file(buf_view(&zst), ".log.zst");
	is(merged(&out, paths, n), "a c d b ", "gzip and zstd");
	while (n < 12) {
		buf_reset(&b);
		add_line(&b, 5, "e");
		paths[n++] = temp_file(buf_view(&b), ".log");
	}
	is(merged(&out, paths, n), "a c d b e e e e e e e e e e ",
	    "and among so many that they are closed in between");
	buf_release(&out);
	buf_release(&b);
	buf_release(&gz);
	buf_release(&zst);
}

static void
test_errors(void)
{
	struct buf out = { 0 }, b = { 0 }, gz = { 0 };
	char *paths[4], missing[] = "/nonexistent/x";

	add_line(&b, 1, "a");
	add_line(&b, 3, "b");
	paths[0] = missing;
	paths[1] = temp_file(buf_view(&b), ".log");
	is(merged(&out, paths, 2), "! a b ", "a missing file, then the others");
	for (int i = 0; i < 100000; i++)
		add_line(&b, 2, "x");
	temp_gzip(&gz, buf_view(&b));
	paths[2] = temp_file((struct str){ gz.p, gz.len - 9 }, ".gz");
	merged(&out, paths + 1, 2);
	/* 100002 lines of the second, but those that the missing end takes. */
	ok(out.len > 4 && str_starts(buf_view(&out), STR("a a b b x x ")) &&
		memchr(out.p, '!', out.len) != NULL,
	    "a file that is cut short gives what it has, then an error");
	buf_release(&out);
	buf_release(&b);
	buf_release(&gz);
}

/* What is known about each line. */
static void
test_lines(void)
{
	struct buf b = { 0 };
	const struct rawline *l = NULL;
	struct rawmerge *m;
	struct errmsg why;
	char *path;
	size_t sum = 0;
	int pieces = 0;

	buf_lit(&b, "\n  \t\r\nx\0y\nnonsense\n");
	for (int i = 0; i < 3000000; i++)
		buf_byte(&b, 'x');
	buf_lit(&b, "\n:s PRIVMSG #c :t\r\n:s ???");
	path = temp_file(buf_view(&b), ".log");
	m = rawmerge_new(&path, 1, NULL);
	ok(rawmerge_next(m, &l, &why) == 1 && l->blank && l->defect == NULL &&
		l->number == 1 && strcmp(l->name, path) == 0,
	    "a blank line is no defect");
	ok(rawmerge_next(m, &l, &why) == 1 && l->blank && l->number == 2,
	    "nor is one of spaces, a tab and a CR");
	ok(rawmerge_next(m, &l, &why) == 1 && l->defect != NULL &&
		strstr(l->defect, "NUL") != NULL,
	    "a NUL is");
	ok(rawmerge_next(m, &l, &why) == 1 && l->defect != NULL && !l->blank,
	    "and nonsense");
	while (rawmerge_next(m, &l, &why) == 1) {
		sum += l->line.len;
		if (pieces++ == 0)
			ok(l->part && l->defect != NULL,
			    "a line that is too long is a defect");
		if (!l->part)
			break;
	}
	ok(sum == 3000000 && pieces > 1 && l->cont,
	    "it comes whole, in pieces");
	ok(rawmerge_next(m, &l, &why) == 1 && l->defect == NULL &&
		l->has_command && str_eq(l->irc.param[1], STR("t")) &&
		l->number == 6 && !l->unended,
	    "CR LF is one line end");
	ok(rawmerge_next(m, &l, &why) == 1 && !l->has_command && l->unended,
	    "a line without a command and without an LF");
	ok(rawmerge_next(m, &l, &why) == 0, "the end");
	is_int(rawmerge_offset(m), (int64_t)b.len, "all was read");
	is_int(rawmerge_size(m), (int64_t)b.len, "of all that there is");
	rawmerge_free(m);
	rawmerge_free(NULL);
	buf_release(&b);
}

struct item {
	int64_t time; /* running maximum of its file, s */
	size_t file;
	char name[32];
};

static int
by_time(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a;
	const struct item *y = *(const struct item *const *)b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Any files: the merge is the stable sort of their lines by the running
 * maximum of their times. */
static void
test_random(void)
{
	static struct item items[600];
	static const struct item *sorted[600];
	struct buf file = { 0 }, want = { 0 }, out = { 0 };
	uint64_t r = 12;
	int bad = 0;

	for (int round = 0; round < 60; round++) {
		size_t n_files = 1 + rand_below(&r, 20), n = 0;
		char *paths[20];

		for (size_t f = 0; f < n_files; f++) {
			int64_t time = rand_between(&r, 0, 50), max = time;

			buf_reset(&file);
			for (size_t k = rand_below(&r, 30); k > 0; k--) {
				struct item *it = &items[n];

				time += rand_between(&r, -2, 4);
				time = time < 0 ? 0 : time;
				max = time > max ? time : max;
				it->time = k == 1 && n == 0 ? time : max;
				it->file = f;
				snprintf(it->name, sizeof(it->name), "%zu.%zu",
				    f, k);
				/* The first line sets the maximum. */
				if (file.len == 0)
					it->time = max = time;
				add_line(&file, time, it->name);
				sorted[n] = it;
				n++;
			}
			paths[f] = temp_file(buf_view(&file), ".log");
		}
		qsort(sorted, n, sizeof(*sorted), by_time);
		buf_reset(&want);
		for (size_t i = 0; i < n; i++)
			buf_printf(&want, "%s ", sorted[i]->name);
		bad += !str_eq(merged(&out, paths, n_files), buf_view(&want));
	}
	is_int(bad, 0, "60 times some files: a stable sort by time");
	buf_release(&file);
	buf_release(&want);
	buf_release(&out);
}

/* The same lines have to be refused as too long whether they are read from a
 * file or, in smaller reads, from something compressed. */
static void
test_too_long(void)
{
	struct buf b = { 0 }, zst = { 0 };
	char *paths[2];
	int parts[2] = { 0, 0 };

	for (int i = 0; i < 1500000; i++)
		buf_byte(&b, 'x');
	buf_byte(&b, '\n');
	temp_zstd(&zst, buf_view(&b));
	paths[0] = temp_file(buf_view(&b), ".log");
	paths[1] = temp_file(buf_view(&zst), ".zst");
	for (int i = 0; i < 2; i++) {
		struct rawmerge *m = rawmerge_new(&paths[i], 1, NULL);
		const struct rawline *l;
		struct errmsg why;

		while (rawmerge_next(m, &l, &why) == 1)
			parts[i] += l->part;
		rawmerge_free(m);
	}
	ok(parts[0] > 0, "1.5 MB in a file are too long for a line");
	ok(parts[1] > 0, "and compressed, too");
	buf_release(&b);
	buf_release(&zst);
}

int
main(void)
{
	test_order();
	test_bare();
	test_packed();
	test_errors();
	test_lines();
	test_random();
	test_too_long();
	temp_end();
	return tap_done();
}
