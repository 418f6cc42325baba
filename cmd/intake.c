#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "intake.h"

#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>

#define PIPE_SIZE (256 * 1024) /* more brings nothing */

/* Makes the pipe `fd` hold more: with 64 KiB two tools that are equally fast wake
 * each other for each piece, and a chain took 5 to 25 % longer. What is no pipe, or
 * may not grow, stays as it is. */
static void
widen_pipe(int fd)
{
#if defined(F_SETPIPE_SZ)
	int has = fcntl(fd, F_GETPIPE_SZ);

	if (has >= 0 && has < PIPE_SIZE)
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#else
	(void)fd;
#endif
}

void
intake_init(struct intake *in, const char *tool)
{
	*in = (struct intake){ .tool = tool, .words = TOOL_NORMAL };
	tool_filter_init(&in->filter);
	widen_pipe(STDIN_FILENO);
	widen_pipe(STDOUT_FILENO);
}

bool
intake_option(struct intake *in, int o)
{
	switch (o) {
	case 'c':
		tool_filter_channel(&in->filter, "-c", optarg);
		return true;
	case 'q':
		in->words = TOOL_QUIET;
		in->rejects.quiet = true;
		return true;
	case INTAKE_REJECTS:
		tool_rejects_open(&in->rejects, optarg);
		return true;
	case INTAKE_SINCE:
		tool_time(&in->filter.since_ms, "--since", optarg);
		return true;
	case INTAKE_UNTIL:
		tool_time(&in->filter.until_ms, "--until", optarg);
		return true;
	case INTAKE_URI:
		in->uri = optarg;
		return true;
	case 'V':
		tool_version(in->tool);
	case 'v':
		in->words = TOOL_VERBOSE;
		return true;
	default:
		return false;
	}
}

void
intake_begin(struct intake *in, char *const *paths, int n)
{
	if (n == 0)
		tool_rejects_spare(&in->rejects, "-");
	for (int i = 0; i < n; i++)
		tool_rejects_spare(&in->rejects, paths[i]);
	tool_rejects_begin(&in->rejects);
}

void
intake_line(void *arg, const struct input *file, struct str line)
{
	const struct lines *l = &file->lines;
	const char *refused = NULL;
	struct intake *in = arg;
	struct errmsg why;

	in->lines += !l->cont;
	if (l->part || l->cont)
		refused = "longer than 1 MiB";
	else if (line.len > 0)
		refused = in->take(in->arg, line, &why);
	if (refused != NULL)
		tool_refuse(&in->rejects, file->name, l->number, refused, line,
		    l->part, l->cont);
}

/* A tool_ahead. */
static bool
take_ahead(void *arg, struct input *file)
{
	struct str ahead = lines_ahead(&file->lines);
	const char *refused = NULL;
	struct intake *in = arg;
	size_t len = in->ahead(in->arg, ahead, &refused);

	if (len == 0)
		return false;
	lines_take(&file->lines, len);
	in->lines++;
	if (refused != NULL)
		tool_refuse(&in->rejects, file->name, file->lines.number,
		    refused, (struct str){ ahead.p, len }, false, false);
	return true;
}

void
intake_row(struct intake *in, const char *name, struct str line)
{
	const char *refused;
	struct errmsg why;

	in->lines++;
	refused = in->take(in->arg, line, &why);
	if (refused != NULL)
		tool_refuse(
		    &in->rejects, name, in->lines, refused, line, false, false);
}

enum tool_exit
intake_files(struct intake *in, char *const *paths, int n)
{
	tool_ahead *ahead = in->ahead != NULL ? take_ahead : NULL;
	enum tool_exit result = TOOL_DONE;

	if (n == 0)
		return tool_each_line(
		    in->tool, "-", in->words, ahead, intake_line, in);
	for (int i = 0; i < n; i++)
		result = tool_graver(result,
		    tool_each_line(
			in->tool, paths[i], in->words, ahead, intake_line, in));
	return result;
}

enum tool_exit
intake_close(struct intake *in)
{
	if (in->words != TOOL_QUIET && in->wants != NULL && in->lines > 0 &&
	    in->rejects.n == in->lines)
		tool_warn("no line was of use: this reads %s", in->wants);
	else if (in->words != TOOL_QUIET &&
	    (in->from == INTAKE_DATABASE ||
		(in->from == INTAKE_FILES && in->lines > 0)))
		tool_filter_unmet(&in->filter);
	tool_filter_release(&in->filter);
	return tool_rejects_close(&in->rejects);
}
