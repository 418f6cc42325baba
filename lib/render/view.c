#include "render/view.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* A bucket without windows, or of holes alone, is a hole. */
void
view_messages(const struct course *c, struct chart_point *p)
{
	for (size_t i = 0; i < c->n; i++) {
		p[i].lo = (double)c->p[i].messages_min;
		p[i].hi = (double)c->p[i].messages_max;
	}
}

void
view_viewers(const struct course *c, struct chart_point *p)
{
	for (size_t i = 0; i < c->n; i++) {
		p[i].lo = c->p[i].viewers_min;
		p[i].hi = c->p[i].viewers_max;
	}
}

void
view_bits(const struct course *c, struct chart_point *p)
{
	double sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		p[i].lo = sum;
		sum += (double)c->p[i].bits;
		p[i].hi = sum;
	}
}

void
view_paid(const struct course *c, struct chart_point *p)
{
	double sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		p[i].lo = sum;
		sum += (double)c->p[i].paid_messages;
		p[i].hi = sum;
	}
}

size_t
view_holes(const struct course *c, struct view_stretch **holes)
{
	size_t n = 0, cap = 0;

	*holes = NULL;
	for (size_t i = 0; i < c->n; i++) {
		int64_t from = c->from + (int64_t)i * c->width_ms;
		int64_t to = from + c->width_ms;

		if (c->p[i].windows == 0 || c->p[i].heard > 0)
			continue;
		if (n > 0 && (*holes)[n - 1].to == from) {
			(*holes)[n - 1].to = to;
			continue;
		}
		*holes = xgrow(*holes, n, &cap, sizeof(**holes));
		(*holes)[n++] = (struct view_stretch){ from, to };
	}
	return n;
}

bool
view_on_air(const struct report_stream *s, size_t *at, struct view_stretch *to)
{
	const struct course *c = s->course;
	size_t n = c != NULL ? c->n : 0, begin = *at;

	*to = (struct view_stretch){ s->s->ts, s->s->ended_at };
	if (n == 0) {
		*at = 1;
	} else {
		while (*at < n && c->p[*at].windows == 0)
			++*at;
		if (*at == n)
			return false;
		if (begin > 0)
			to->from = c->from + (int64_t)*at * c->width_ms;
		while (*at < n && c->p[*at].windows > 0)
			++*at;
		if (*at < n)
			to->to = c->from + (int64_t)*at * c->width_ms;
	}
	if (to->to <= to->from)
		to->to = to->from + 1;
	return begin == 0 || n > 0;
}
