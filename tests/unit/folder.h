/*
 * folder - a folder of a test's own, and what lies in it
 *
 * A test that cannot make, write or remove it ends at once.
 */
#ifndef TW_TESTS_FOLDER_H
#define TW_TESTS_FOLDER_H

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* The path of something in a folder; long enough for all that tests make. */
struct folder_path {
	char p[512];
};

/*
 * Make a new empty folder.
 *
 * Returns its path.
 */
static inline struct folder_path
folder_new(void)
{
	struct folder_path dir = { "/tmp/tw-test-XXXXXX" };

	if (mkdtemp(dir.p) == NULL)
		err(1, "%s", dir.p);
	return dir;
}

/*
 * Put the path `dir`/`name` together.
 *
 * Returns it.
 */
static inline struct folder_path
folder_at(struct folder_path dir, const char *name)
{
	struct folder_path path;
	int n = snprintf(path.p, sizeof(path.p), "%.200s/%.200s", dir.p, name);

	if (n < 0 || (size_t)n >= sizeof(path.p))
		errx(1, "%s: too long", dir.p);
	return path;
}

/*
 * Write `s` to the file `path`, made anew, with the folder that it lies in.
 */
static inline void
folder_put(struct folder_path path, struct str s)
{
	struct folder_path above = path;
	FILE *f;

	*strrchr(above.p, '/') = '\0';
	if (mkdir(above.p, 0755) != 0 && errno != EEXIST)
		err(1, "%s", above.p);
	f = fopen(path.p, "wb");
	if (f == NULL || fwrite(s.p, 1, s.len, f) != s.len || fclose(f) != 0)
		err(1, "%s", path.p);
}

/*
 * Read the file `path` into `b`, which is emptied.
 *
 * Returns what `b` holds; absent when there is no such file.
 */
static inline struct str
folder_get(struct buf *b, struct folder_path path)
{
	FILE *f = fopen(path.p, "rb");
	size_t n;

	buf_reset(b);
	if (f == NULL)
		return STR_ABSENT;
	do {
		buf_room(b, 65536);
		n = fread(b->p + b->len, 1, 65536, f);
		b->len += n;
	} while (n > 0);
	fclose(f);
	return buf_view(b);
}

/*
 * Count the descriptors that the process has open.
 *
 * Returns the number.
 */
static inline int
folder_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (dir == NULL)
		err(1, "/proc/self/fd");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 3; /* `.`, `..`, and its own */
}

/*
 * Remove the folder `dir` with all that is in it.
 */
static inline void
folder_remove(struct folder_path dir)
{
	char *roots[] = { dir.p, NULL };
	FTS *f = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (f == NULL)
		err(1, "%s", dir.p);
	while ((e = fts_read(f)) != NULL)
		if (e->fts_info != FTS_D && remove(e->fts_accpath) != 0)
			err(1, "%s", e->fts_path);
	fts_close(f);
}

#endif
