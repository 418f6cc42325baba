#include "tool.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/login.h"
#include "base/now.h"
#include "base/out.h"
#include "base/secret.h"
#include "base/timearg.h"
#include "base/xalloc.h"
#include "format/hash.h"

#ifndef TW_VERSION
#error "the Makefile says which version this is"
#endif

void
tool_begin(void)
{
	static char room[TOOL_OUTPUT];

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The lowest that is free is this one. */
		if (open("/dev/null",
			fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY) != fd)
			exit(TOOL_FAILED);
	}
	if (!isatty(STDOUT_FILENO))
		(void)setvbuf(stdout, room, _IOFBF, sizeof(room));
}

void
tool_version(const char *tool)
{
	printf("%s %s\n", tool, TW_VERSION);
	tool_close_output();
	exit(TOOL_DONE);
}

static void
say(const char *fmt, va_list ap)
{
	char text[sizeof(((struct errmsg *)0)->text)];
	struct errmsg clean;

	vsnprintf(text, sizeof(text), fmt, ap);
	errmsg_set(&clean, "%s", text);
	warnx("%s", clean.text);
}

void
tool_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
tool_wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(TOOL_USAGE);
}

void
tool_give_up(const char *what, const struct errmsg *why)
{
	warnx("%s%s%s", what, *what != '\0' ? ": " : "", why->text);
	exit(why->passing ? TOOL_FAILED : TOOL_USAGE);
}

void
tool_readable(const char *what, const char *path)
{
	struct errmsg why;

	if (access(path, R_OK) == 0)
		return;
	errmsg_system(&why);
	errmsg_where(&why, "%s", path);
	tool_give_up(what, &why);
}

void
tool_filter_init(struct tool_filter *f)
{
	*f = (struct tool_filter){ .since_ms = INT64_MIN,
		.until_ms = INT64_MAX };
}

void
tool_filter_channel(struct tool_filter *f, const char *what, const char *name)
{
	struct login login;
	struct str s;
	size_t i;

	if (!login_fold(str_of(name), &login))
		tool_wrong("%s: \"%s\" is no channel", what, name);
	s = str_of(login.p);
	i = map_number(&f->channels, s, hash_str(s, 0));
	f->met = xgrow(f->met, i, &f->cap_met, sizeof(*f->met));
	/* Of an operand the tool itself says what there is of it. */
	f->met[i] = *what != '-';
}

void
tool_time(int64_t *ms, const char *name, const char *text)
{
	if (!timearg_parse(str_of(text), now_ms(), ms))
		tool_wrong("%s: \"%s\" is no time; give 2026-11-23, "
			   "2026-11-23T12:00:00Z or \"2h ago\"",
		    name, text);
}

/* Looks the channel up among those that are wanted. */
static NEVER_INLINE bool
is_wanted(struct tool_filter *f, struct str channel)
{
	size_t i = map_find(&f->channels, channel, hash_str(channel, 0));

	if (i == MAP_NONE)
		return false;
	f->met[i] = true;
	return true;
}

void
tool_filter_meet(struct tool_filter *f, struct str channel)
{
	(void)is_wanted(f, channel);
}

bool
tool_has_channel(struct tool_filter *f, struct str channel)
{
	return f->channels.n == 0 || is_wanted(f, channel);
}

bool
tool_passes(struct tool_filter *f, struct str channel, int64_t ts)
{
	/* Met at any time. */
	return tool_has_channel(f, channel) && ts >= f->since_ms &&
	    ts < f->until_ms;
}

void
tool_filter_unmet(const struct tool_filter *f)
{
	for (size_t i = 0; i < f->channels.n; i++)
		if (!f->met[i])
			tool_warn("-c %.*s: nothing of this channel was read",
			    STR_ARGS(map_name(&f->channels, i)));
}

void
tool_filter_release(struct tool_filter *f)
{
	free(f->met);
	map_release(&f->channels);
}

bool
tool_is_file(const char *path, const struct stat *st)
{
	struct stat at;
	int r =
	    strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &at) : stat(path, &at);

	return r == 0 && S_ISREG(st->st_mode) && at.st_dev == st->st_dev &&
	    at.st_ino == st->st_ino;
}

void
tool_rejects_open(struct tool_rejects *r, const char *path)
{
	/* Personal, as the raw log is. */
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

	r->path = path;
	r->f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (r->f == NULL || fstat(fd, &r->st) != 0)
		err(TOOL_FAILED, "--rejects: %s", path);
}

void
tool_rejects_spare(const struct tool_rejects *r, const char *path)
{
	if (r->f != NULL && tool_is_file(path, &r->st))
		tool_wrong(
		    "--rejects: %s is read, too: it would be lost", r->path);
}

void
tool_rejects_begin(struct tool_rejects *r)
{
	if (r->f != NULL && S_ISREG(r->st.st_mode) &&
	    ftruncate(fileno(r->f), 0) != 0)
		err(TOOL_FAILED, "--rejects: %s", r->path);
}

void
tool_refuse(struct tool_rejects *r, const char *name, int64_t number,
    const char *why, struct str line, bool part, bool cont)
{
	if (!cont) {
		r->n++;
		if (!r->quiet)
			tool_warn("%s:%lld: refused: %s", name,
			    (long long)number, why);
	}
	if (r->f == NULL)
		return;
	/* An error stays with the stream until it is closed. */
	if (out_write(r->f, line) && !part)
		putc('\n', r->f);
}

enum tool_exit
tool_rejects_close(struct tool_rejects *r)
{
	if (r->f != NULL && !out_close(r->f)) {
		warn("--rejects: %s", r->path);
		return TOOL_FAILED;
	}
	return r->n > 0 ? TOOL_REFUSED : TOOL_DONE;
}

enum tool_exit
tool_graver(enum tool_exit a, enum tool_exit b)
{
	static const int weight[] = { [TOOL_DONE] = 0,
		[TOOL_REFUSED] = 1,
		[TOOL_FAILED] = 2,
		[TOOL_USAGE] = 3 };

	return weight[a] >= weight[b] ? a : b;
}

struct progress
tool_progress(const char *tool, enum tool_words words, int64_t total)
{
	struct progress p = { .what = tool, .total = total };

	/* Not over the data, when that goes to the terminal, too. */
	if (words != TOOL_QUIET && isatty(STDERR_FILENO) &&
	    !isatty(STDOUT_FILENO))
		p.f = stderr;
	p.begin_ms = now_mono_ms();
	return p;
}

void
tool_confine(enum tool_words words, bool network, const char *folder)
{
	struct confine needed = { network, folder };
	struct errmsg why;

	if (!confine(&needed, &why) && words == TOOL_VERBOSE)
		warnx("goes on without some protection: %s", why.text);
}

void
tool_secret(enum tool_words words, const char *name, const char *path)
{
	secret_guard();
	if (secret_is_open(path) && words != TOOL_QUIET)
		warnx("%s: %s: everybody can read it: make its mode 600", name,
		    path);
}

void
tool_output(struct str s)
{
	/* At once, while errno still tells the reason. */
	if (!out_write(stdout, s))
		err(TOOL_FAILED, "standard output");
}

void
tool_close_output(void)
{
	if (!out_close(stdout))
		err(TOOL_FAILED, "standard output");
}
