/*
 * fuzz unpack: any bytes as a file, plain or compressed, read to its end in
 * lines.
 */
#include "fuzz.h"

#include "base/lines.h"
#include "format/unpack.h"

/* A few KiB can unpack to gigabytes; that takes time and shows nothing. */
#define ENOUGH ((int64_t)4 * 1024 * 1024)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = fuzz_file(data, size, path), more = 1;
	struct lines l;
	struct errmsg why;
	struct unpack *u;
	struct str line;

	u = unpack_open(path, NULL, &why);
	if (u == NULL) {
		must(why.text[0] != '\0');
		close(fd);
		return 0;
	}
	must(unpack_size(u) == (int64_t)size);
	lines_init(&l, unpack_read, u, 4096);
	while (l.offset < ENOUGH && (more = lines_next(&l, &line)) == 1)
		must(line.len <= 4096);
	if (more < 0)
		must(unpack_why(u)->text[0] != '\0');
	else if (more == 0)
		must(unpack_offset(u) == (int64_t)size);
	lines_release(&l);
	unpack_free(u);
	close(fd);
	return 0;
}
