#include "base/errmsg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What is quoted from an input may hold anything. */
static void
make_printable(struct errmsg *why)
{
	for (char *p = why->text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
}

void
errmsg_set(struct errmsg *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	why->passing = false;
	make_printable(why);
}

void
errmsg_system(struct errmsg *why)
{
	int e = errno;

	errmsg_set(why, "%s", strerror(e));
	why->passing = e != ENOENT && e != ENOTDIR && e != EISDIR &&
	    e != EACCES && e != EPERM && e != ELOOP && e != ENAMETOOLONG &&
	    e != EBADF;
}

void
errmsg_where(struct errmsg *why, const char *fmt, ...)
{
	char where[sizeof(why->text) - 2];
	size_t n, len = strlen(why->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(where, sizeof(where), fmt, ap);
	va_end(ap);
	n = strlen(where);
	if (len > sizeof(why->text) - 1 - n - 2)
		len = sizeof(why->text) - 1 - n - 2;
	memmove(why->text + n + 2, why->text, len);
	memcpy(why->text, where, n);
	memcpy(why->text + n, ": ", 2);
	why->text[n + 2 + len] = '\0';
	make_printable(why);
}
