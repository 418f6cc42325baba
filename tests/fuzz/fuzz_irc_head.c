/*
 * fuzz irc_head: what a collector sees of any line is what the parser sees.
 */
#include "fuzz.h"

#include "format/irc.h"

static bool
same(struct str a, struct str b)
{
	return a.p == b.p && a.len == b.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf again;
	struct str line = fuzz_str(data, size);
	struct irc_head h;
	struct irc m = { 0 }, params = { 0 };
	bool command = irc_head(&h, line);

	must(command == irc_parse(&m, line));
	must(same(h.tags, m.tags) && same(h.nick, m.nick));
	must(same(h.command, m.command));
	if (!command)
		return 0;
	must(h.params.p + h.params.len == line.p + line.len);
	buf_reset(&again);
	buf_lit(&again, "X ");
	buf_str(&again, h.params);
	must(irc_parse(&params, buf_view(&again)));
	must(params.n_params == m.n_params);
	for (int i = 0; i < m.n_params; i++)
		must(str_eq(params.param[i], m.param[i]));
	if (h.room.p != NULL) {
		must(h.room.p[-1] == '#');
		must(h.room.p > h.params.p);
		must(h.room.p + h.room.len <= line.p + line.len);
		must(memchr(h.room.p, ' ', h.room.len) == NULL);
	}
	/* A word's first parameter, and only that. */
	if (*h.command.p > '9') {
		bool room = m.n_params > 0 && m.param[0].len > 0 &&
		    *m.param[0].p == '#';

		must(room == (h.room.p != NULL));
		must(!room || h.room.p == m.param[0].p + 1);
	}
	return 0;
}
