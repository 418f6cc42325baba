/*
 * The part of tool.h that needs what reads compressed files: apart, so that the
 * collectors do not link it.
 */
#include <err.h>

#include "base/now.h"
#include "tool.h"

static void
flush(void *arg)
{
	(void)arg;
	fflush(stdout);
}

const struct unpack_tie tool_tie = { flush, NULL };

enum tool_exit
tool_each_line(const char *tool, const char *path, enum tool_words words,
    tool_ahead *ahead, tool_line *take, void *arg)
{
	struct progress progress;
	struct errmsg why;
	struct input in;
	struct str line;
	int more;

	if (!input_open(&in, path, &tool_tie, &why)) {
		warnx("%s: %s", in.name, why.text);
		return TOOL_FAILED;
	}
	progress = tool_progress(tool, words, unpack_size(in.u));
	for (;;) {
		if (ahead == NULL || !ahead(arg, &in)) {
			more = input_next(&in, &line, &why);
			if (more != 1)
				break;
			take(arg, &in, line);
		}
		if (in.lines.number % TOOL_PROGRESS_LINES == 0)
			progress_show(&progress, now_mono_ms(), in.lines.number,
			    unpack_offset(in.u));
	}
	progress_end(&progress);
	if (more < 0)
		warnx("%s: %s", in.name, why.text);
	input_close(&in);
	return more < 0 ? TOOL_FAILED : TOOL_DONE;
}
