/*
 * fuzz irc: any bytes as a line of IRC, all of its tags walked and unescaped.
 */
#include "fuzz.h"

#include "format/irc.h"

static void
must_be_inside(struct str s, struct str line)
{
	if (s.len == 0)
		return;
	must(s.p >= line.p && s.p + s.len <= line.p + line.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf scratch;
	struct str line = fuzz_str(data, size), rest, key, value, plain;
	struct irc m = { 0 };
	bool command = irc_parse(&m, line);

	must(!command || m.command.len > 0);
	must(m.n_params >= 0 && m.n_params <= IRC_N_PARAMS);
	must_be_inside(m.tags, line);
	if (command) {
		must_be_inside(m.nick, line);
		must_be_inside(m.command, line);
		for (int i = 0; i < m.n_params; i++)
			must_be_inside(m.param[i], line);
	}
	buf_reset(&scratch);
	buf_room(&scratch, m.tags.len * 2);
	for (int t = 0; t < IRC_N_TAGS; t++) {
		must_be_inside(irc_tag(&m, t), line);
		plain = irc_unescape(&scratch, irc_tag(&m, t));
		must(plain.len <= irc_tag(&m, t).len);
		must(irc_whole(&m, (enum irc_tag)t) >= -1);
	}
	buf_reset(&scratch);
	rest = m.tags;
	while (irc_tag_next(&rest, &key, &value)) {
		must_be_inside(key, line);
		must_be_inside(value, line);
		(void)irc_unescape(&scratch, value);
	}
	must(m.sent == IRC_NO_TIME || m.sent >= 0);
	(void)irc_time(&m);
	return 0;
}
