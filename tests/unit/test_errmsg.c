/* test_errmsg - the reason of a failure, and whether it will pass */
#include <errno.h>
#include <string.h>

#include "tap.h"

#include "base/errmsg.h"

static void
test_system(void)
{
	static const int wrong[] = { ENOENT, ENOTDIR, EISDIR, EACCES, EPERM,
		ELOOP, ENAMETOOLONG };
	static const int passing[] = { EIO, EMFILE, ENFILE, ENOMEM, ENOSPC,
		EINTR, EAGAIN };
	struct errmsg why;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		errno = wrong[i];
		errmsg_system(&why);
		ok(!why.passing && strcmp(why.text, strerror(wrong[i])) == 0,
		    "\"%s\" will not pass", why.text);
	}
	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++) {
		errno = passing[i];
		errmsg_system(&why);
		ok(why.passing, "\"%s\" may pass", why.text);
	}
	errmsg_set(&why, "no such thing");
	ok(!why.passing, "what we say ourselves will not");
}

static void
test_where(void)
{
	char where[600];
	struct errmsg why;

	errno = EIO;
	errmsg_system(&why);
	errmsg_where(&why, "%s:%d", "file", 3);
	is(str_of(why.text), "file:3: Input/output error", "with its place");
	ok(why.passing, "which changes nothing else");
	memset(where, 'x', sizeof(where) - 1);
	where[sizeof(where) - 1] = '\0';
	errmsg_where(&why, "%s", where);
	ok(strlen(why.text) < sizeof(why.text) && why.text[0] == 'x',
	    "a long one is cut");
	errmsg_set(&why, "%s", where);
	errmsg_where(&why, "a\nb");
	ok(strlen(why.text) == sizeof(why.text) - 1 &&
		strncmp(why.text, "a?b: xxx", 8) == 0,
	    "so is what stands behind it");
}

int
main(void)
{
	test_system();
	test_where();
	return tap_done();
}
