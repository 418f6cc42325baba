/*
 * fuzz optout: the first lines, up to an empty one, are the file of users, the
 * others are lines. Nobody who is found is overlooked the second time; masking
 * turns bytes into `*` and nothing else, leaves nothing for a second time, and a
 * JSON string what it is.
 */
#include "fuzz.h"

#include "format/jsonr.h"
#include "model/optout.h"

/* Tells whether `s`, without quotes of its own, is one string of JSON. */
static bool
is_string(struct str s)
{
	static struct jsonr *r;
	struct buf b = { 0 };
	struct errmsg why;
	bool is;

	if (r == NULL)
		r = jsonr_new();
	buf_lit(&b, "{\"\":\"");
	buf_str(&b, s);
	buf_lit(&b, "\"}");
	is = memchr(s.p, '"', s.len) == NULL &&
	    jsonr_read(r, buf_view(&b), JSONR_STRICT, &why) == JSONR_OBJECT;
	buf_release(&b);
	return is;
}

static void
mask(struct optout *o, struct str line, enum optout_escapes escapes)
{
	struct buf b = { 0 };
	bool found, string;

	buf_str(&b, line);
	string = escapes == OPTOUT_JSON && is_string(line);
	found = optout_mask(o, b.p, b.len, escapes);
	must(found == !str_eq(buf_view(&b), line));
	for (size_t i = 0; i < b.len; i++)
		must(b.p[i] == line.p[i] || b.p[i] == '*');
	must(!optout_mask(o, b.p, b.len, escapes));
	must(!string || is_string(buf_view(&b)));
	buf_release(&b);
}

static void
look(struct optout *o, struct event_reader *r, struct str line)
{
	struct errmsg why;
	struct event e;
	struct irc m = { 0 };

	if (irc_parse(&m, line) && optout_irc(o, &m))
		must(optout_irc(o, &m));
	if (event_read(r, line, &e, &why) && optout_event(o, &e))
		must(optout_event(o, &e));
	(void)optout_word(o, line);
	/* A name that is `*` itself, or masks that make one, prove nothing. */
	if (memchr(line.p, '*', line.len) != NULL)
		return;
	for (int i = OPTOUT_PLAIN; i <= OPTOUT_JSON; i++)
		mask(o, line, (enum optout_escapes)i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_str(data, size), line, file = rest;
	static struct event_reader *r;
	struct optout *o;
	struct errmsg why;
	char path[64];
	int fd;

	if (r == NULL)
		r = event_reader_new();
	while (fuzz_line(&rest, &line) && line.len > 0)
		;
	file.len = (size_t)(rest.p - file.p);
	if (memchr(file.p, '*', file.len) != NULL)
		return 0;
	fd = fuzz_file((const uint8_t *)file.p, file.len, path);
	o = optout_load(path, &why);
	close(fd);
	while (o != NULL && fuzz_line(&rest, &line))
		look(o, r, line);
	optout_free(o);
	return 0;
}
