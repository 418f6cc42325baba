/*
 * test_rawlog - lines of the raw log
 */
#include "tap.h"

#include "base/tstamp.h"
#include "format/rawlog.h"

/* Shows what a line was split into. */
static struct str
shape(struct buf *out, struct str line)
{
	static const char *const sources[] = { "bare", "irc", "helix", "mark",
		"other" };
	struct rawlog r;

	buf_reset(out);
	if (!rawlog_parse(&r, line))
		return STR("none");
	if (r.received != RAWLOG_NO_TIME)
		tstamp_add(out, r.received);
	buf_printf(out, "|%s|%.*s|%.*s", sources[r.source], STR_ARGS(r.channel),
	    STR_ARGS(r.payload));
	return buf_view(out);
}

#define T "2026-11-23T12:00:00.123Z"

static void
test_prefix(void)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ T "\tirc\tkanal_eins\tPING", T "|irc|kanal_eins|PING" },
		{ T "\thelix\tkanal_eins\tnull", T "|helix|kanal_eins|null" },
		{ T "\tmark\tkanal_eins\t{}", T "|mark|kanal_eins|{}" },
		{ T "\tirc\t-\t:x\ty", T "|irc||:x\ty" },
		{ T "\tnews\ta\tx", T "|other|a|x" },
		{ T "\tIRC\ta\tx", T "|other|a|x" },
		{ T "\tirc\ta\t", T "|irc|a|" },
		{ T "\tirc\ta1234567890123456789012_4\tx",
		    T "|irc|a1234567890123456789012_4|x" },
	};
	static const char *const none[] = { "", "x", T, T "\t", T "\tirc",
		T "\tirc\t", T "\tirc\ta", T "\t\ta\tx", T "\tirc\t\tx",
		T " irc\ta\tx", T "\tirc\tKanal\tx", T "\tirc\ta-b\tx",
		T "\tirc\t#a\tx", T "\tirc\t../a\tx", T "\tirc\ta b\tx",
		T "\tirc\ta12345678901234567890123456\tx",
		T "\tirc\t\xc3\xa4\tx", "2026-11-23T12:00:00Z\tirc\ta\tx",
		"2026-02-30T12:00:00.123Z\tirc\ta\tx",
		"2026-11-23 12:00:00.123Z\tirc\ta\tx", " " T "\tirc\ta\tx",
		"{\"ts\":\"" T "\"}" };
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(shape(&out, str_of(cases[i].line)), cases[i].want, "%s",
		    cases[i].line);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		is(shape(&out, str_of(none[i])), "none", "none: \"%s\"",
		    none[i]);
	buf_release(&out);
}

static void
test_bare(void)
{
	static const char *const bare[] = { "@a=b :s PRIVMSG #c :t",
		":s PRIVMSG #c :t", "PING", "PING :x", "PONG", "RECONNECT",
		"CAP * ACK :x", "@", ":", ":" T "\tirc\ta\tx" };
	static const char *const none[] = { "PINGS", "PRIVMSG #c :t", "ping",
		" PING", "PING\t", "CAPS x", "JOIN #c" };
	struct buf out = { 0 }, want = { 0 };

	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++) {
		buf_reset(&want);
		buf_printf(&want, "|bare||%s", bare[i]);
		ok(str_eq(shape(&out, str_of(bare[i])), buf_view(&want)),
		    "bare: %s", bare[i]);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		is(shape(&out, str_of(none[i])), "none", "none: %s", none[i]);
	buf_release(&out);
	buf_release(&want);
}

int
main(void)
{
	test_prefix();
	test_bare();
	return tap_done();
}
