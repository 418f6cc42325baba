#include "format/input.h"

bool
input_open(struct input *in, const char *path, const struct unpack_tie *tie,
    struct errmsg *why)
{
	*in = (struct input){ 0 };
	in->name = strcmp(path, "-") == 0 ? "standard input" : path;
	in->u = unpack_open(path, tie, why);
	if (in->u == NULL)
		return false;
	lines_init(&in->lines, unpack_read, in->u, INPUT_LINE_MAX);
	return true;
}

int
input_next(struct input *in, struct str *line, struct errmsg *why)
{
	int r = lines_next(&in->lines, line);

	if (r < 0) {
		*why = *unpack_why(in->u);
		errmsg_where(
		    why, "after line %lld", (long long)in->lines.number);
	}
	return r;
}

bool
input_ready(const struct input *in, int wait_ms)
{
	const struct lines *l = &in->lines;

	return (l->end > l->pos &&
		   memchr(l->p + l->pos, '\n', l->end - l->pos) != NULL) ||
	    unpack_ready(in->u, wait_ms);
}

void
input_close(struct input *in)
{
	lines_release(&in->lines);
	unpack_free(in->u);
	in->u = NULL;
}
