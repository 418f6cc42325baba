#define _GNU_SOURCE /* syncfs */
#include "sitefiles.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/newfile.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "tool.h"

#define MARKS ".pages" /* the file that they are in */

/* Makes the folders of `path`, as far as they are not there. */
static void
make_folders(char *path)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			err(TOOL_FAILED, "%s", path);
		*p = '/';
	}
}

void
sitefiles_make(const char *folder)
{
	struct buf path = { 0 };

	buf_str(&path, str_of(folder));
	buf_add(&path, "/", 2);
	make_folders(path.p);
	buf_release(&path);
}

/* Tells whether the file `path` holds `content`. */
static bool
is_same(struct sitefiles *f, const char *path, struct str content)
{
	struct stat st;
	bool same = false;
	FILE *in;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size != (off_t)content.len)
		return false;
	in = fopen(path, "re");
	if (in == NULL)
		return false;
	buf_reset(&f->old);
	if (buf_room(&f->old, content.len + 1))
		same = fread(f->old.p, 1, content.len + 1, in) == content.len &&
		    memcmp(f->old.p, content.p, content.len) == 0;
	fclose(in);
	return same;
}

static uint64_t *
mark_of(struct sitefiles *f, const char *path)
{
	struct str name = str_of(path);
	size_t n = f->paths.n;
	size_t i = map_number(&f->paths, name, hash_str(name, 0));

	if (i == n) {
		f->marks = xgrow(f->marks, n, &f->cap, sizeof(*f->marks));
		f->marks[i] = 0;
	}
	return &f->marks[i];
}

void
sitefiles_init(struct sitefiles *f, const char *folder)
{
	char name[4096], line[4096];
	FILE *in;
	int n, fd;

	*f = (struct sitefiles){ .folder = folder };
	n = snprintf(name, sizeof(name), "%s/" MARKS, folder);
	if (n < 0 || (size_t)n >= sizeof(name))
		tool_wrong("-o: %s: the name is too long", folder);
	/* A pipe in its place is not waited for. */
	fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	in = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (in == NULL)
		return;
	/* A line is 16 hex digits, a blank, the path; others are passed over. */
	while (fgets(line, sizeof(line), in) != NULL) {
		char *end;
		uint64_t mark = strtoull(line, &end, 16);
		size_t len = strcspn(end, "\n");

		if (end != line + 16 || *end != ' ' || len < 2)
			continue;
		end[len] = '\0';
		*mark_of(f, end + 1) = mark;
	}
	fclose(in);
}

bool
sitefiles_known(void *arg, const char *path, uint64_t mark)
{
	struct sitefiles *f = arg;
	char whole[4096];
	int n = snprintf(whole, sizeof(whole), "%s/%s", f->folder, path);

	if (n < 0 || (size_t)n >= sizeof(whole) || *mark_of(f, path) != mark ||
	    access(whole, R_OK) != 0)
		return false;
	f->kept++;
	return true;
}

/* The folder, open; it is the caller's. */
static int
open_folder(const struct sitefiles *f)
{
	int fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err(TOOL_FAILED, "%s", f->folder);
	return fd;
}

/* Removes the marks before a page that has one is replaced: no mark may be there of
 * another page. */
static void
remove_marks(struct sitefiles *f)
{
	int fd;

	if (f->unmarked)
		return;
	fd = open_folder(f);
	if ((unlinkat(fd, MARKS, 0) != 0 && errno != ENOENT) || fsync(fd) != 0)
		err(TOOL_FAILED, "%s/" MARKS, f->folder);
	close(fd);
	f->unmarked = true;
}

/* Brings all pages to the disk: a page whose mark is known is not written
 * again, so no mark may be there before its page. */
static void
sync_pages(const struct sitefiles *f)
{
	int fd;

	if (f->written == 0)
		return;
	fd = open_folder(f);
	if (syncfs(fd) != 0)
		err(TOOL_FAILED, "%s", f->folder);
	close(fd);
}

void
sitefiles_close(struct sitefiles *f)
{
	struct buf b = { 0 };
	int64_t written = f->written, kept = f->kept;

	for (size_t i = 0; i < f->paths.n; i++) {
		buf_printf(&b, "%016llx ", (unsigned long long)f->marks[i]);
		buf_str(&b, map_name(&f->paths, i));
		buf_byte(&b, '\n');
	}
	sync_pages(f);
	sitefiles_put(f, MARKS, buf_view(&b), 0);
	f->written = written;
	f->kept = kept;
	buf_release(&b);
	buf_release(&f->old);
	map_release(&f->paths);
	free(f->marks);
}

void
sitefiles_put(void *arg, const char *path, struct str content, uint64_t mark)
{
	struct sitefiles *f = arg;
	char whole[4096];
	int n = snprintf(whole, sizeof(whole), "%s/%s", f->folder, path);
	bool good;

	if (mark != 0)
		*mark_of(f, path) = mark;
	if (n < 0 || (size_t)n >= sizeof(whole))
		tool_wrong("-o: %s: the name is too long", f->folder);
	if (is_same(f, whole, content)) {
		f->kept++;
		return;
	}
	if (mark != 0)
		remove_marks(f);
	good = newfile_write(whole, content, 0);
	if (!good && errno == ENOENT) {
		make_folders(whole);
		good = newfile_write(whole, content, 0);
	}
	if (!good)
		err(TOOL_FAILED, "%s", whole);
	f->written++;
}
