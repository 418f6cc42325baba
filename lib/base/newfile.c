#include "base/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* Sets `b` to the name under which the file `path` is written. */
static void
name_aside(struct buf *b, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	buf_add(b, path, (size_t)(name - path));
	buf_byte(b, '.');
	buf_str(b, str_of(name));
	buf_lit(b, ".tmp");
	buf_byte(b, '\0');
}

/*
 * Tells whether `fd` is still the file `aside`: who waited for the lock finds
 * that it has got another name meanwhile.
 *
 * Returns 1 or 0; -1, with errno, when it is a file that others can write to.
 */
static int
is_still(int fd, const char *aside)
{
	struct stat mine, there;

	if (fstat(fd, &mine) != 0)
		return -1;
	if (lstat(aside, &there) != 0)
		return errno == ENOENT ? 0 : -1;
	if (mine.st_dev != there.st_dev || mine.st_ino != there.st_ino)
		return 0;
	if (S_ISREG(mine.st_mode) && mine.st_nlink == 1 &&
	    mine.st_uid == geteuid())
		return 1;
	errno = EEXIST;
	return -1;
}

/* Opens the file `aside`, which is ours alone from then on. -1, with errno. */
static int
open_aside(const char *aside, mode_t mode)
{
	for (;;) {
		int fd = open(aside,
		    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		    mode);
		int still, e;

		if (fd < 0)
			return -1;
		do
			still = flock(fd, LOCK_EX);
		while (still != 0 && errno == EINTR);
		if (still == 0)
			still = is_still(fd, aside);
		if (still == 1)
			return fd;
		e = errno;
		close(fd);
		errno = e;
		if (still < 0)
			return -1;
	}
}

static bool
write_all(int fd, struct str text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.p, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text.p += n;
		text.len -= (size_t)n;
	}
	return true;
}

bool
newfile_write(const char *path, struct str text, unsigned how)
{
	struct buf aside = { 0 };
	bool private = (how & NEWFILE_PRIVATE) != 0, good = false;
	int fd, e;

	name_aside(&aside, path);
	fd = open_aside(aside.p, private ? 0600 : 0666);
	if (fd >= 0) {
		/* What was left behind has another mode, maybe. */
		good = (!private || fchmod(fd, 0600) == 0) &&
		    ftruncate(fd, 0) == 0 && write_all(fd, text) &&
		    ((how & NEWFILE_SYNC) == 0 || fsync(fd) == 0) &&
		    rename(aside.p, path) == 0;
		e = errno;
		if (!good)
			unlink(aside.p);
		/* It has its name already, and what failed is told by fsync(). */
		close(fd);
		errno = e;
	}
	e = errno;
	buf_release(&aside);
	errno = e;
	return good;
}
