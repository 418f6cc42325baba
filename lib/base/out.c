#define _GNU_SOURCE /* fwrite_unlocked: one thread, one lock less a line */
#include "base/out.h"

#include <errno.h>

bool
out_write(FILE *f, struct str s)
{
	return fwrite_unlocked(s.p, 1, s.len, f) == s.len;
}

bool
out_close(FILE *f)
{
	bool failed = ferror(f) != 0;

	/* An earlier error may have left no errno behind. */
	errno = EIO;
	if (fflush(f) != 0) {
		int saved = errno;

		fclose(f);
		errno = saved;
		return false;
	}
	return fclose(f) == 0 && !failed;
}
