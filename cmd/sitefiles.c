#include "sitefiles.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/out.h"
#include "tool.h"

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

/* Tells whether the file `path` holds `content`. */
static bool
is_same(struct sitefiles *f, const char *path, struct str content)
{
	struct stat st;
	bool same = false;
	FILE *in;

	if (stat(path, &st) != 0 || st.st_size != (off_t)content.len)
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

void
sitefiles_put(void *arg, const char *path, struct str content)
{
	struct sitefiles *f = arg;
	char whole[4096], aside[4096 + 32];
	int n = snprintf(whole, sizeof(whole), "%s/%s", f->folder, path);
	FILE *out;

	if (n < 0 || (size_t)n >= sizeof(whole))
		tool_wrong("-o: %s: the name is too long", f->folder);
	if (is_same(f, whole, content)) {
		f->kept++;
		return;
	}
	snprintf(aside, sizeof(aside), "%s.%ld.tmp", whole, (long)getpid());
	out = fopen(aside, "wxe");
	if (out == NULL && errno == ENOENT) {
		make_folders(whole);
		out = fopen(aside, "wxe");
	}
	if (out == NULL)
		err(TOOL_FAILED, "%s", aside);
	if (!out_write(out, content) || !out_close(out) ||
	    rename(aside, whole) != 0) {
		int saved = errno;

		unlink(aside);
		errno = saved;
		err(TOOL_FAILED, "%s", whole);
	}
	f->written++;
}
