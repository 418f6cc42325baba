#include "base/split.h"

/* Keeps `s`, as far as the ceiling and a CR behind it let it. */
static void
keep(struct split *s, struct str part)
{
	size_t room = s->max + 1 - s->rest.len;

	if (part.len > room) {
		part.len = room;
		s->over = true;
	}
	buf_str(&s->rest, part);
}

/* Hands out `line`, which is whole but for a CR at its end. */
static bool
hand_out(const struct split *s, struct str whole, struct str *line, bool *over)
{
	*over = s->over;
	if (!*over && whole.len > 0 && whole.p[whole.len - 1] == '\r')
		whole.len--;
	if (whole.len > s->max) {
		whole.len = s->max;
		*over = true;
	}
	*line = whole;
	return true;
}

bool
split_next(struct split *s, struct str *piece, struct str *line, bool *over)
{
	const char *lf;
	struct str part;

	if (s->given) {
		buf_reset(&s->rest);
		s->given = s->over = false;
	}
	if (piece->len == 0)
		return false;
	lf = memchr(piece->p, '\n', piece->len);
	part.p = piece->p;
	part.len = lf != NULL ? (size_t)(lf - piece->p) : piece->len;
	piece->p += part.len + (lf != NULL);
	piece->len -= part.len + (lf != NULL);
	if (lf != NULL && s->rest.len == 0 && !s->over)
		return hand_out(s, part, line, over);
	keep(s, part);
	if (lf == NULL)
		return false;
	s->given = true;
	return hand_out(s, buf_view(&s->rest), line, over);
}

void
split_release(struct split *s)
{
	buf_release(&s->rest);
	s->over = s->given = false;
}
