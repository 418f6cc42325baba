/*
 * test_out - the end of an output, on a disk that is full and on one that is
 * not
 */
#include "tap.h"

#include <errno.h>

#include "base/out.h"
#include "temp.h"

static void
test_good(void)
{
	char *path = temp_file(STR(""), ".out");
	FILE *f = fopen(path, "wb");
	char got[16] = "";
	size_t n;

	ok(f != NULL && out_write(f, STR("a\0b\n")) && out_write(f, STR("")) &&
		out_write(f, STR_ABSENT),
	    "slices are written, also empty ones");
	ok(out_close(f), "and kept");
	f = fopen(path, "rb");
	n = f != NULL ? fread(got, 1, sizeof(got), f) : 0;
	ok(n == 4 && memcmp(got, "a\0b\n", 4) == 0, "with all their bytes");
	ok(f != NULL && out_close(f), "what was read is closed, too");
}

static void
test_full(void)
{
	FILE *f = fopen("/dev/full", "wb");
	char block[10000];
	bool good = true;

	if (f == NULL) {
		ok(true, "# skip there is no /dev/full");
		return;
	}
	errno = 0;
	ok(out_write(f, STR("x")), "a full disk is not seen at once");
	ok(!out_close(f) && errno == ENOSPC, "but at the end");
	f = fopen("/dev/full", "wb");
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 10; i++)
		good &= out_write(f, (struct str){ block, sizeof(block) });
	ok(!good, "or while much is written");
	ok(!out_close(f), "and then it is not forgotten");
}

int
main(void)
{
	test_good();
	test_full();
	temp_end();
	return tap_done();
}
