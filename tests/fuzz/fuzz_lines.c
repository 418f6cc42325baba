/*
 * fuzz lines: the lines of any bytes, read in pieces of the size that the first
 * byte says, make those bytes again; also where every third is taken as a caller
 * does who finds its end without help.
 */
#include "fuzz.h"

#include "base/lines.h"

#define LINE_MAX_BYTES 64 /* small, so that lines are too long for it */

struct source {
	const char *p;
	size_t left, chunk;
};

static ssize_t
give(void *arg, char *p, size_t n)
{
	struct source *s = arg;

	n = n < s->chunk ? n : s->chunk;
	n = n < s->left ? n : s->left;
	if (n > 0)
		memcpy(p, s->p, n);
	s->p += n;
	s->left -= n;
	return (ssize_t)n;
}

/* Takes the next line, where all of it is there. */
static bool
take(struct lines *l, struct str *line)
{
	struct str ahead = lines_ahead(l);
	const char *lf =
	    ahead.len > 0 ? memchr(ahead.p, '\n', ahead.len) : NULL;

	must(ahead.len <= LINE_MAX_BYTES + 1);
	if (lf == NULL)
		return false;
	*line = (struct str){ ahead.p, (size_t)(lf - ahead.p) };
	lines_take(l, line->len);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf all;
	struct source s;
	struct lines l;
	struct str line;
	int64_t number = 0;
	bool part = false;
	int more;

	if (size == 0)
		return 0;
	s = (struct source){ (const char *)data + 1, size - 1,
		(size_t)data[0] + 1 };
	buf_reset(&all);
	lines_init(&l, give, &s, LINE_MAX_BYTES);
	while ((more = number % 3 == 2 && take(&l, &line)
		       ? 1
		       : lines_next(&l, &line)) == 1) {
		must(line.len <= LINE_MAX_BYTES);
		must(memchr(line.p, '\n', line.len) == NULL);
		must(l.cont == part);
		must(!part || l.number == number);
		must(part || l.number == number + 1);
		must(!l.part || line.len > 0);
		number = l.number;
		part = l.part;
		buf_str(&all, line);
		if (!l.part && !l.unended)
			buf_byte(&all, '\n');
		must(l.offset == (int64_t)all.len);
	}
	must(more == 0 && !part);
	must(str_eq(buf_view(&all), fuzz_str(data + 1, size - 1)));
	lines_release(&l);
	return 0;
}
