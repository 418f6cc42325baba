#include "remote/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/newfile.h"
#include "base/tstamp.h"
#include "format/hash.h"
#include "format/jsonr.h"
#include "format/jsonw.h"

#define FILE_MAX ((size_t)8192) /* bytes of such a file */

bool
token_path(struct buf *path, const char *auth_url, const char *client_id)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	uint64_t hash =
	    hash_str(str_of(client_id), hash_str(str_of(auth_url), 0));

	/* XDG: a path that is not absolute is as good as none. */
	if (cache != NULL && *cache == '/')
		buf_printf(path, "%s", cache);
	else if (home != NULL && *home == '/')
		buf_printf(path, "%s/.cache", home);
	else
		return false;
	buf_printf(path, "/tw/token-%016llx.json", (unsigned long long)hash);
	buf_byte(path, '\0');
	return true;
}

static void
take(struct token *t, const struct member *m)
{
	if (str_eq(m->key, STR("access_token")) && m->kind == MEMBER_STRING)
		buf_str(&t->text, m->text);
	else if (str_eq(m->key, STR("renew_at")) && m->kind == MEMBER_STRING) {
		if (!tstamp_parse(m->text, &t->renew_at))
			t->renew_at = 0;
	} else if (str_eq(m->key, STR("validated_at")) &&
	    m->kind == MEMBER_STRING) {
		if (!tstamp_parse(m->text, &t->validated_at))
			t->validated_at = 0;
	}
}

bool
token_load(struct token *t, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct jsonr *r;
	struct member m;
	struct errmsg why;
	struct stat st;
	char text[FILE_MAX];
	ssize_t n = -1;

	*t = (struct token){ 0 };
	/* What others could have written is not ours. */
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 077) == 0)
		n = read(fd, text, sizeof(text));
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	r = jsonr_new();
	if (jsonr_read(r, (struct str){ text, (size_t)n }, JSONR_STRICT,
		&why) == JSONR_OBJECT)
		while (jsonr_next(r, &m) == 1)
			take(t, &m);
	jsonr_free(r);
	explicit_bzero(text, sizeof(text));
	return t->text.len > 0;
}

/* Makes the folder that `path` lies in, and the one above it. */
static void
make_folders(const char *path)
{
	struct buf b = { 0 };

	for (const char *p = strchr(path + 1, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		buf_reset(&b);
		buf_add(&b, path, (size_t)(p - path));
		buf_byte(&b, '\0');
		(void)mkdir(b.p, 0700);
	}
	buf_release(&b);
}

bool
token_save(const struct token *t, const char *path, struct errmsg *why)
{
	struct buf text = { 0 };
	bool good;

	make_folders(path);
	(void)buf_room(&text, FILE_MAX);
	buf_lit(&text, "{\"access_token\":");
	jsonw_str(&text, buf_view(&t->text));
	jsonw_time(&text, STR("renew_at"), t->renew_at);
	jsonw_time(&text, STR("validated_at"), t->validated_at);
	buf_lit(&text, "}\n");
	good = newfile_write(
	    path, buf_view(&text), NEWFILE_SYNC | NEWFILE_PRIVATE);
	if (!good)
		errmsg_set(why, "%s: %s", path, strerror(errno));
	explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return good;
}

void
token_release(struct token *t)
{
	if (t->text.p != NULL)
		explicit_bzero(t->text.p, t->text.cap);
	buf_release(&t->text);
	*t = (struct token){ 0 };
}
