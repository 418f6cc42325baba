/*
 * fuzz mend: any bytes as the file of a day that is there when a collector
 * starts. What is appended then is a line, whatever was there: a torn last line
 * is closed with NUL LF, and nothing else is touched.
 */
#include "fuzz.h"

#include "base/dayfiles.h"
#include "format/rawlog.h"
#include "scratch.h"

#define NEW "2026-11-23T12:00:00.123Z\tirc\tkanal_eins\tPING :x\n"

/* Sets `b` to what is in the file `path`. */
static void
read_back(struct buf *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		err(1, "%s", path);
	buf_reset(b);
	(void)buf_room(b, 1 << 20);
	while ((n = read(fd, b->p + b->len, b->cap - b->len)) > 0)
		b->len += (size_t)n;
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf want, got;
	struct dayfiles_at at = { 0, STR("kanal_eins"), "2026-11-23" };
	struct dayfiles *d;
	struct errmsg why;
	char path[128];
	bool torn = size > 0 && data[size - 1] != '\n';
	bool mend = size % 2 == 0; /* else the first write sees to it */

	snprintf(path, sizeof(path), "%s/kanal_eins", scratch());
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/kanal_eins/2026-11-23.log", scratch());
	scratch_write(path, data, size);
	d = dayfiles_new(scratch(), 4, false, &why);
	must(d != NULL);
	if (mend)
		must(dayfiles_mend(d, at.name) == torn);
	must(dayfiles_write(d, &at, STR(NEW), false) == sizeof(NEW) - 1);
	dayfiles_free(d);
	buf_reset(&want);
	buf_add(&want, data, size);
	if (torn)
		buf_add(&want, "\0\n", 2);
	buf_lit(&want, NEW);
	read_back(&got, path);
	must(str_eq(buf_view(&got), buf_view(&want)));
	(void)unlink(path);
	return 0;
}
