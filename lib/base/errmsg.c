#include "base/errmsg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Puts a ? in the place of each byte that is no text but an order to a terminal,
 * or not UTF-8. */
static void
keep_text(char *text)
{
	unsigned char *p = (unsigned char *)text, *end = p + strlen(text);
	uint32_t c;
	int n;

	for (; p < end; p += n) {
		n = utf8_step(p, end);
		c = n > 0 ? utf8_decode(p, n) : 0;
		n = n < 0 ? -n : n;
		if (utf8_is_control(c) || utf8_is_layout(c))
			memset(p, '?', (size_t)n);
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
