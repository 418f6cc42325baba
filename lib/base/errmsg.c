#include "base/errmsg.h"

#include <stdarg.h>
#include <stdio.h>

void
errmsg_set(struct errmsg *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	/* What is quoted from an input may hold anything. */
	for (char *p = why->text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
}
