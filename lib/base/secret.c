#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

/* Reads up to the end, or until there is no more room: a pipe gives what was written
 * to it in pieces. -1 when that fails. */
static ssize_t
read_all(int fd, char *p, size_t n)
{
	size_t len = 0;
	ssize_t got = 1;

	while (len < n && got != 0) {
		got = read(fd, p + len, n - len);
		if (got < 0 && errno != EINTR)
			return -1;
		len += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)len;
}

bool
secret_read(
    struct secret *s, const char *path, const char *what, struct errmsg *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read_all(fd, s->bytes, sizeof(s->bytes)) : -1;

	s->text = (struct str){ s->bytes, n > 0 ? (size_t)n : 0 };
	if (n < 0) {
		errmsg_system(why);
		errmsg_where(why, "%s", path);
	}
	if (fd >= 0)
		close(fd);
	s->text = str_trim_end(s->text);
	if (n >= 0 && s->text.len == 0)
		errmsg_set(why, "%s: no %s in it", path, what);
	return s->text.len > 0;
}

bool
secret_is_open(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

void
secret_guard(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
	/* The limit says nothing to a program that takes the dumps from a pipe.
	 * ASan's search for leaks wants to look, too. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void
secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof(*s));
}
