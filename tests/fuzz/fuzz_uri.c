/*
 * fuzz uri: any bytes as a file that names a database. What cannot be read is
 * said without a word of it when there may be a password in it.
 */
#define _GNU_SOURCE /* memmem */
#include "fuzz.h"

#include "remote/mongouri.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* As it is read: up to the end of the line, or to a NUL. */
	struct str text = fuzz_str(data, size), line = { text.p, 0 };
	char path[64];
	int fd = fuzz_file(data, size, path);
	struct mongo_uri *u;
	struct errmsg why;

	while (line.len < text.len && text.p[line.len] != '\0' &&
	    strchr("\r\n", text.p[line.len]) == NULL)
		line.len++;
	setenv("TW_URI_FILE", path, 1);
	u = mongouri_choose(NULL, &why);
	close(fd);
	if (u != NULL) {
		must(mongo_uri_database(u)[0] != '\0');
		(void)mongo_uri_has_password(u);
	} else {
		must(why.text[0] != '\0');
		/* Nothing of it is said when it may hold a password. */
		if (memchr(line.p, '@', line.len) != NULL && line.len >= 20)
			must(memmem(why.text, strlen(why.text), line.p + 10,
				 line.len - 10) == NULL);
	}
	mongo_uri_free(u);
	return 0;
}
