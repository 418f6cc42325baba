/*
 * scratch - a folder of the target's own, for what has to have a name
 */
#ifndef TW_TESTS_SCRATCH_H
#define TW_TESTS_SCRATCH_H

#include <err.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_path[64];

static inline void
scratch_end(void)
{
	char *roots[] = { scratch_path, NULL };
	FTS *f = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	while (f != NULL && (e = fts_read(f)) != NULL)
		if (e->fts_info != FTS_D)
			(void)remove(e->fts_accpath);
	if (f != NULL)
		fts_close(f);
}

/*
 * Makes the folder, in memory where there is a place, on the first call.
 *
 * Returns its path; it goes away when the process ends.
 */
static inline const char *
scratch(void)
{
	if (scratch_path[0] != '\0')
		return scratch_path;
	snprintf(scratch_path, sizeof(scratch_path), "%s/tw-fuzz-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(scratch_path) == NULL)
		err(1, "%s", scratch_path);
	atexit(scratch_end);
	return scratch_path;
}

/*
 * Sets the file `path` to those bytes.
 */
static inline void
scratch_write(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || close(fd) != 0)
		err(1, "%s", path);
}

#endif
