#include "collect.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/login.h"
#include "base/now.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "format/hash.h"

#define FILES_MAX  1024
#define FILES_KEPT 256 /* descriptors for connections and the like */

bool
collect_option(int o, const char *tool, struct collect_source *s,
    struct record_options *output)
{
	switch (o) {
	case 'f':
		s->file = optarg;
		return true;
	case 'o':
		output->dir = optarg;
		return true;
	case 'q':
		s->words = TOOL_QUIET;
		return true;
	case COLLECT_SYNC:
		output->sync = true;
		return true;
	case 'V':
		tool_version(tool);
	case 'v':
		s->words = TOOL_VERBOSE;
		return true;
	default:
		return false;
	}
}

static void
put(struct map *list, const struct login *login)
{
	struct str s = str_of(login->p);

	map_number(list, s, hash_str(s, 0));
}

/* Cuts a comment and the blanks around off `line`. */
static struct str
trim(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.p[i] == '#' &&
		    (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			line.len = i;
	return str_trim(line);
}

static bool
read_file(struct map *list, const struct collect_source *s, struct errmsg *why)
{
	FILE *f = fopen(s->file, "re");
	struct login login;
	char *text = NULL;
	size_t cap = 0;
	long number = 0;
	ssize_t len;
	bool good;

	if (f == NULL) {
		errmsg_system(why);
		errmsg_where(why, "%s", s->file);
		return false;
	}
	while ((len = getline(&text, &cap, f)) >= 0) {
		struct str line = { text, (size_t)len }, name;

		name = trim(number++ == 0 ? utf8_without_mark(line) : line);
		if (name.len == 0)
			continue;
		if (login_fold(name, &login))
			put(list, &login);
		else if (s->words != TOOL_QUIET)
			tool_warn("%s:%ld: \"%.*s\" is no channel: left out",
			    s->file, number, STR_ARGS(name));
	}
	good = !ferror(f);
	if (!good) {
		errmsg_system(why);
		errmsg_where(why, "%s", s->file);
	}
	fclose(f);
	free(text);
	return good;
}

bool
collect_read(
    struct map *list, const struct collect_source *s, struct errmsg *why)
{
	struct login login;

	for (size_t i = 0; i < s->n; i++) {
		if (!login_fold(str_of(s->names[i]), &login))
			tool_wrong("\"%s\" is no channel", s->names[i]);
		put(list, &login);
	}
	return s->file == NULL || read_file(list, s, why);
}

/* Gives `take` each name of `list` that is not in `other`. */
static void
each_missing(const struct map *list, const struct map *other,
    collect_channel *take, void *arg)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str s = map_name(list, i);

		if (map_find(other, s, hash_str(s, 0)) == MAP_NONE)
			take(arg, s);
	}
}

bool
collect_reload(struct map *list, const struct collect_source *s,
    collect_channel *add, collect_channel *leave, void *arg)
{
	struct map fresh = { 0 };
	struct errmsg why;

	if (!collect_read(&fresh, s, &why)) {
		warnx("%s: the old list stays in force", why.text);
		map_release(&fresh);
		return false;
	}
	each_missing(list, &fresh, leave, arg);
	each_missing(&fresh, list, add, arg);
	map_release(list);
	*list = fresh;
	return true;
}

const char *
collect_env(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && *s != '\0' ? s : NULL;
}

const char *
collect_cafile(void)
{
	const char *path = collect_env("TW_CAFILE");

	if (path != NULL)
		tool_readable("TW_CAFILE", path);
	return path;
}

int
collect_signals(void)
{
	int orders = stop_init();

	if (orders < 0)
		err(TOOL_FAILED, "signals");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return orders;
}

void
collect_by(struct buf *b)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0 || *host == '\0')
		buf_lit(b, "localhost");
	else
		buf_str(b, str_of(host));
	buf_printf(b, "/%ld/%lld", (long)getpid(), (long long)now_ms() / 1000);
	buf_byte(b, '\0');
}

size_t
collect_max_open(void)
{
	struct rlimit limit;
	size_t n;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return FILES_KEPT;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	n = (size_t)limit.rlim_cur;
	n = n > 2 * FILES_KEPT ? n - FILES_KEPT : n / 2;
	return n < FILES_MAX ? n + (n == 0) : FILES_MAX;
}

void
collect_output_news(struct record *r, enum tool_words words)
{
	struct errmsg why;

	switch (record_news(r, &why)) {
	case RECORD_QUIET:
		break;
	case RECORD_TROUBLE:
		warnx("%s: trying again", why.text);
		break;
	case RECORD_MENDED:
		if (words != TOOL_QUIET)
			warnx("the output can be written again");
		break;
	case RECORD_CLOSED:
		/* We look at errors of writing; that is how it would end. */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
		exit(TOOL_FAILED);
	}
}
