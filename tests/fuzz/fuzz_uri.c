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
	struct str text = fuzz_str(data, size);
	char path[64];
	int fd = fuzz_file(data, size, path);
	struct mongo_uri *u;
	struct errmsg why;

	setenv("TW_URI_FILE", path, 1);
	u = mongouri_choose(NULL, &why);
	close(fd);
	if (u != NULL) {
		must(mongo_uri_database(u)[0] != '\0');
		(void)mongo_uri_has_password(u);
	} else {
		must(why.text[0] != '\0');
		/* What is before the @ is nowhere in it. */
		if (size > 24 && memchr(data, '@', size) == data + size - 1)
			must(memmem(why.text, strlen(why.text), text.p + 12,
				 12) == NULL);
	}
	mongo_uri_free(u);
	return 0;
}
