/*
 * A heap of inputs by (time of the next line, operand). An input's next line is
 * read only when the line before it has been used up, as both lie in the same
 * memory; the input on top is therefore "stale" between two calls.
 *
 * All inputs are opened once at the start, for the time of their first line.
 * When there are more than MERGE_OPEN of them, regular files are then closed
 * and opened again when their turn comes.
 */
#include "format/rawmerge.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define MERGE_OPEN 8

struct source {
	const char *path;    /* borrowed */
	struct input input;  /* closed while it waits for its turn */
	struct rawline line; /* the next one */
	int64_t time;        /* its time; never goes back */
	int64_t offset;      /* bytes read from the file before it was closed */
	int64_t size;        /* bytes of the file; -1 = not a regular one */
	bool waits;          /* closed, to be opened again */
};

struct rawmerge {
	struct source *sources; /* owned; by operand */
	size_t n;
	size_t *heap; /* owned; numbers of sources, first is next */
	size_t n_heap;
	size_t begun; /* sources that were opened for the first time */
	bool stale;   /* the first line of the heap is used up */
	const struct unpack_tie *tie; /* borrowed */
};

struct rawmerge *
rawmerge_new(char *const *paths, size_t n, const struct unpack_tie *tie)
{
	struct rawmerge *m = xcalloc(1, sizeof(*m));

	m->sources = xcalloc(n, sizeof(*m->sources));
	m->heap = xcalloc(n, sizeof(*m->heap));
	m->n = n;
	m->tie = tie;
	for (size_t i = 0; i < n; i++)
		m->sources[i].path = paths[i];
	return m;
}

static bool
is_before(const struct rawmerge *m, size_t a, size_t b)
{
	const struct source *x = &m->sources[a], *y = &m->sources[b];

	return x->time != y->time ? x->time < y->time : a < b;
}

static void
sift_down(struct rawmerge *m)
{
	size_t at = 0, child, top;

	while ((child = at * 2 + 1) < m->n_heap) {
		if (child + 1 < m->n_heap &&
		    is_before(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!is_before(m, m->heap[child], m->heap[at]))
			return;
		top = m->heap[at];
		m->heap[at] = m->heap[child];
		m->heap[child] = top;
		at = child;
	}
}

static void
push(struct rawmerge *m, size_t source)
{
	size_t at = m->n_heap++, up;

	for (; at > 0; at = up) {
		up = (at - 1) / 2;
		if (!is_before(m, source, m->heap[up]))
			break;
		m->heap[at] = m->heap[up];
	}
	m->heap[at] = source;
}

static bool
is_blank(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t')
			return false;
	return true;
}

/* Looks at the line that was read: what it is, and when it was. */
static void
examine(struct source *s)
{
	struct rawline *l = &s->line;
	struct str text = l->line;
	int64_t time = IRC_NO_TIME;

	l->defect = NULL;
	if (l->cont)
		return;
	if (text.len > 0 && text.p[text.len - 1] == '\r')
		text.len--;
	l->blank = is_blank(text);
	if (UNLIKELY(s->input.lines.nul) &&
	    memchr(text.p, '\0', text.len) != NULL)
		l->defect = "NUL in the line (torn by a crash?)";
	if (rawlog_parse(&l->raw, text))
		time = l->raw.received;
	else if (l->defect == NULL && !l->blank)
		l->defect = "neither a raw log line nor IRC";
	if (l->part)
		l->defect = "longer than 1 MiB";
	else if (l->raw.source <= RAWLOG_IRC)
		l->has_command = irc_parse(&l->irc, l->raw.payload);
	if (l->raw.source == RAWLOG_BARE && !l->part)
		time = irc_time(&l->irc);
	if (time != IRC_NO_TIME && time > s->time)
		s->time = time;
}

/* Reads the next line of `s`. 1, 0 at its end, -1 with `why`. */
static int
load(struct source *s, struct errmsg *why)
{
	struct errmsg reason;
	struct rawline *l = &s->line;
	int r = input_next(&s->input, &l->line, &reason);

	if (r < 0)
		errmsg_set(why, "%s: %s", s->input.name, reason.text);
	if (r <= 0)
		return r;
	l->name = s->input.name;
	l->number = s->input.lines.number;
	l->part = s->input.lines.part;
	l->cont = s->input.lines.cont;
	l->unended = s->input.lines.unended;
	examine(s);
	return 1;
}

static void
shut(struct source *s)
{
	if (s->input.u != NULL)
		s->offset = unpack_offset(s->input.u);
	input_close(&s->input);
}

/* Opens `s` and reads its first line. 1, 0 when it is empty, -1 with `why`. */
static int
start(struct rawmerge *m, struct source *s, struct errmsg *why)
{
	struct errmsg reason;
	int r;

	s->waits = false;
	s->offset = 0;
	if (!input_open(&s->input, s->path, m->tie, &reason)) {
		errmsg_set(why, "%s: %s", s->input.name, reason.text);
		return -1;
	}
	s->size = unpack_size(s->input.u);
	r = load(s, why);
	if (r <= 0)
		shut(s);
	return r;
}

/* Opens the operands for the first time. 1 when all are, -1 with `why`. */
static int
start_all(struct rawmerge *m, struct errmsg *why)
{
	while (m->begun < m->n) {
		size_t i = m->begun++;
		struct source *s = &m->sources[i];
		int r;

		s->time = INT64_MIN;
		r = start(m, s, why);
		if (r < 0)
			return -1;
		if (r == 0)
			continue;
		if (m->n > MERGE_OPEN && s->size >= 0) {
			shut(s);
			s->offset = 0;
			s->waits = true;
		}
		push(m, i);
	}
	return 1;
}

/* Takes the first of the heap out of it. */
static void
drop_first(struct rawmerge *m)
{
	m->heap[0] = m->heap[--m->n_heap];
	sift_down(m);
}

/* Replaces the line that was used up with the next of its input. */
static int
refresh(struct rawmerge *m, struct errmsg *why)
{
	struct source *s = &m->sources[m->heap[0]];
	int r = load(s, why);

	m->stale = false;
	if (r > 0) {
		/* The pieces of one line stay together. */
		if (!s->line.cont)
			sift_down(m);
		return 1;
	}
	shut(s);
	drop_first(m);
	return r < 0 ? -1 : 1;
}

int
rawmerge_next(
    struct rawmerge *m, const struct rawline **line, struct errmsg *why)
{
	if (m->begun < m->n && start_all(m, why) < 0)
		return -1;
	if (m->stale && refresh(m, why) < 0)
		return -1;
	while (m->n_heap > 0) {
		struct source *s = &m->sources[m->heap[0]];
		int r = s->waits ? start(m, s, why) : 1;

		if (r > 0) {
			m->stale = true;
			*line = &s->line;
			return 1;
		}
		/* It had a line a moment ago. */
		drop_first(m);
		if (r < 0)
			return -1;
	}
	return 0;
}

int64_t
rawmerge_offset(const struct rawmerge *m)
{
	int64_t sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct source *s = &m->sources[i];

		sum +=
		    s->input.u != NULL ? unpack_offset(s->input.u) : s->offset;
	}
	return sum;
}

int64_t
rawmerge_size(const struct rawmerge *m)
{
	int64_t sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->sources[i].size < 0)
			return 0;
		sum += m->sources[i].size;
	}
	return sum;
}

void
rawmerge_free(struct rawmerge *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		input_close(&m->sources[i].input);
	free(m->sources);
	free(m->heap);
	free(m);
}
