#include "base/secret.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool
secret_read(
    struct secret *s, const char *path, const char *what, struct errmsg *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, s->bytes, sizeof(s->bytes)) : -1;

	s->text = (struct str){ s->bytes, n > 0 ? (size_t)n : 0 };
	if (n < 0) {
		errmsg_system(why);
		errmsg_where(why, "%s", path);
	}
	if (fd >= 0)
		close(fd);
	while (s->text.len > 0 &&
	    memchr(" \t\r\n", s->text.p[s->text.len - 1], 4) != NULL)
		s->text.len--;
	if (n >= 0 && s->text.len == 0)
		errmsg_set(why, "%s: no %s in it", path, what);
	return s->text.len > 0;
}

void
secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof(*s));
}
