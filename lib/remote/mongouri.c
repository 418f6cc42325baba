#include "remote/mongouri.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define URI_MAX ((size_t)64 * 1024)

/* Reads the first line of the file `path`. */
static bool
read_file(const char *path, struct buf *text, struct errmsg *why)
{
	char chunk[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL) {
		errmsg_system(why);
		errmsg_where(why, "TW_URI_FILE: %s", path);
		return false;
	}
	while (
	    (n = fread(chunk, 1, sizeof(chunk), f)) > 0 && text->len < URI_MAX)
		buf_add(text, chunk, n);
	explicit_bzero(chunk, sizeof(chunk));
	if (ferror(f)) {
		errmsg_system(why);
		errmsg_where(why, "TW_URI_FILE: %s", path);
		fclose(f);
		return false;
	}
	fclose(f);
	for (size_t i = 0; i < text->len; i++)
		if (text->p[i] == '\n' || text->p[i] == '\r')
			text->len = i;
	buf_byte(text, '\0');
	return true;
}

struct mongo_uri *
mongouri_choose(const char *option, struct errmsg *why)
{
	const char *path = getenv("TW_URI_FILE");
	struct mongo_uri *u = NULL;
	struct buf text = { 0 };
	struct errmsg reason;

	if (option != NULL && strcmp(option, "-") != 0) {
		u = mongo_uri_new(option, &reason);
		if (u == NULL) {
			errmsg_set(why, "--uri: %.400s", reason.text);
		} else if (mongo_uri_has_password(u)) {
			errmsg_set(why,
			    "--uri: there is a password in it, which everybody "
			    "here can see; put it into a file and name that "
			    "in TW_URI_FILE");
			mongo_uri_free(u);
			u = NULL;
		}
		return u;
	}
	if (path == NULL || *path == '\0') {
		errmsg_set(why,
		    "which database? give --uri mongodb://HOST/DATABASE, or "
		    "set TW_URI_FILE to a file with the URI in it");
		return NULL;
	}
	if (read_file(path, &text, why)) {
		if (*text.p == '\0')
			errmsg_set(&reason, "no URI in it");
		else
			u = mongo_uri_new(text.p, &reason);
		if (u == NULL)
			errmsg_set(why, "TW_URI_FILE: %.200s: %.200s", path,
			    reason.text);
	}
	if (text.cap > 0)
		explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return u;
}
