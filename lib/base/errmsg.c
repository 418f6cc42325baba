#include "base/errmsg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/*
 * Tells whether the `n` bytes at `p`, a character of UTF-8, would be no text but an
 * order to a terminal: controls, those of eight bits as well, and what turns the
 * direction of writing.
 */
static bool
is_order(const unsigned char *p, int n)
{
	if (n == 1)
		return *p < 0x20 || *p == 0x7f;
	if (n == 2)
		return (p[0] == 0xc2 && p[1] < 0xa0) ||
		    (p[0] == 0xd8 && p[1] == 0x9c);
	if (n != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 &&
		   (p[2] == 0x8e || p[2] == 0x8f ||
		       (p[2] >= 0xa8 && p[2] <= 0xae))) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

/* Puts a ? in the place of each byte that is no text. */
static void
keep_text(char *text)
{
	unsigned char *p = (unsigned char *)text, *end = p + strlen(text);
	int n;

	for (; p < end; p += n) {
		n = utf8_step(p, end);
		if (n < 0 || is_order(p, n)) {
			n = n < 0 ? -n : n;
			memset(p, '?', (size_t)n);
		}
	}
}

void
errmsg_set(struct errmsg *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	why->passing = false;
	keep_text(why->text);
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
	keep_text(why->text);
}
