/*
 * test_irc_head - what a collector has to know of a line of IRC
 */
#include "tap.h"

#include "format/irc.h"
#include "rand.h"

/* Shows a head: tags, nick, command, room, parameters; `-` what is absent. */
static struct str
shape(struct buf *out, struct str line)
{
	struct irc_head h;

	buf_reset(out);
	if (!irc_head(&h, line))
		return STR("none");
	buf_printf(out, "[%.*s] <%.*s> %.*s #%.*s (%.*s)",
	    STR_ARGS(h.tags.p != NULL ? h.tags : STR("-")),
	    STR_ARGS(h.nick.p != NULL ? h.nick : STR("-")), STR_ARGS(h.command),
	    STR_ARGS(h.room.p != NULL ? h.room : STR("-")), STR_ARGS(h.params));
	return buf_view(out);
}

static void
test_lines(void)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "PING :tmi.twitch.tv", "[-] <-> PING #- (:tmi.twitch.tv)" },
		{ "PING", "[-] <-> PING #- ()" },
		{ ":tmi.twitch.tv RECONNECT",
		    "[-] <tmi.twitch.tv> RECONNECT #- ()" },
		{ "@a=b;c :n!u@h PRIVMSG #kanal :hello  you",
		    "[a=b;c] <n> PRIVMSG #kanal (#kanal :hello  you)" },
		{ "@a=b   :n@h   PRIVMSG   #c   :t",
		    "[a=b] <n> PRIVMSG #c (#c   :t)" },
		{ "@ PING", "[] <-> PING #- ()" },
		{ ": PING", "[-] <> PING #- ()" },
		{ ":!@ PING", "[-] <> PING #- ()" },
		{ ":a!a@a.tmi.twitch.tv JOIN #c", "[-] <a> JOIN #c (#c)" },
		{ ":a!a@a.tmi.twitch.tv JOIN :#c", "[-] <a> JOIN #c (:#c)" },
		{ ":a JOIN #c  ", "[-] <a> JOIN #c (#c  )" },
		{ ":a JOIN #", "[-] <a> JOIN # (#)" },
		/* Only the first parameter of a word names a channel. */
		{ ":s CAP * ACK :#c", "[-] <s> CAP #- (* ACK :#c)" },
		{ ":s WHISPER you :#c", "[-] <s> WHISPER #- (you :#c)" },
		{ ":s NOTICE * :#c", "[-] <s> NOTICE #- (* :#c)" },
		{ ":s PRIVMSG :text #c", "[-] <s> PRIVMSG #- (:text #c)" },
		{ "@msg-id=x :s NOTICE #c :This", /* as it says */
		    "[msg-id=x] <s> NOTICE #c (#c :This)" },
		/* A numeric's is behind our own nick, but not in its text. */
		{ ":s 353 me = #c :a #b", "[-] <s> 353 #c (me = #c :a #b)" },
		{ ":s 366 me #c :End of /NAMES list",
		    "[-] <s> 366 #c (me #c :End of /NAMES list)" },
		{ ":s 001 me :Welcome, #c",
		    "[-] <s> 001 #- (me :Welcome, #c)" },
		{ ":s 001 me :#c", "[-] <s> 001 #- (me :#c)" },
		{ ":s 353 me #c #d :x", "[-] <s> 353 #c (me #c #d :x)" },
		{ ":s 376", "[-] <s> 376 #- ()" },
		{ "366   me   #c", "[-] <-> 366 #c (me   #c)" },
		{ ":s 421 me a#b :x", "[-] <s> 421 #- (me a#b :x)" },
	};
	static const char *const none[] = { "", " ", "@", "@a=b", "@a=b ", ":s",
		":s ", ":", "@a=b :s", " PING", "12", "1234", "12a", "PRIV1",
		"PRIVMSG:", "#c", "@a :s #c", "\xc3\xa4", "PING\t", ":s :#c" };
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(shape(&out, str_of(cases[i].line)), cases[i].want, "%s",
		    cases[i].line);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		is(shape(&out, str_of(none[i])), "none", "no command: \"%s\"",
		    none[i]);
	buf_release(&out);
}

/* A room may not be missed because of what else is in the line. */
static void
test_room(void)
{
	struct irc_head h;

	ok(irc_head(&h, STR("PRIVMSG #c :#d")) && str_eq(h.room, STR("c")),
	    "the channel, not the text");
	ok(irc_head(&h, STR("JOIN #a,#b")) && str_eq(h.room, STR("a,#b")),
	    "a list is not split");
	ok(irc_head(&h, STR("@room=#x :#y!#z PING #c")) &&
		str_eq(h.room, STR("c")) && str_eq(h.nick, STR("#y")),
	    "nor tags nor source name it");
	ok(irc_head(&h, STR("PING x")) && h.room.p == NULL,
	    "one that is missing is absent");
	ok(irc_head(&h, STR("JOIN #")) && h.room.p != NULL && h.room.len == 0,
	    "an empty one is not");
}

static void
random_line(uint64_t *r, struct buf *b)
{
	static const char *const parts[] = { "@", ":", " ", "  ", "#", "!", ";",
		"=", "PING", "PRIVMSG", "353", "#c", ":#c", " :", "a", "@a=b",
		"\\s", "\xc3\xa4", "x", "12", " #c ", ":n!u@h ", " me" };

	buf_reset(b);
	if (rand_below(r, 2) == 0)
		rand_pick(r, b,
		    (const char *const[]){
			"@a=b ", "@ ", "@x;y=;z= ", "@id=1;a=  " },
		    4);
	if (rand_below(r, 2) == 0)
		rand_pick(r, b,
		    (const char *const[]){
			":n!u@h ", ":n@h ", ": ", ":tmi.twitch.tv  ", ":!" },
		    5);
	if (rand_below(r, 4) > 0)
		rand_pick(r, b,
		    (const char *const[]){
			"PRIVMSG ", "JOIN", "353 ", "001 ", "ROOMSTATE  " },
		    5);
	for (size_t n = rand_below(r, 8); n > 0; n--)
		rand_pick(r, b, parts, sizeof(parts) / sizeof(*parts));
	if (rand_below(r, 8) == 0)
		rand_text(r, b, 10, true);
}

static bool
same(struct str a, struct str b)
{
	return str_eq(a, b) && (a.p == NULL) == (b.p == NULL);
}

/* The head says of any line what the whole parser says of it. */
static void
test_against_parse(void)
{
	struct buf line = { 0 };
	uint64_t r = 8;
	int differ = 0, rooms = 0, yes = 0, roomy = 0;

	for (int i = 0; i < 200000; i++) {
		struct irc_head h;
		struct irc m = { 0 }, params = { 0 };
		struct buf again = { 0 };
		bool is_head, is_line, word;
		struct str room = STR_ABSENT;

		random_line(&r, &line);
		is_head = irc_head(&h, buf_view(&line));
		is_line = irc_parse(&m, buf_view(&line));
		differ += is_head != is_line || !same(h.tags, m.tags) ||
		    !same(h.nick, m.nick) || !same(h.command, m.command);
		if (!is_line)
			continue;
		yes++;
		/* Its parameters are those of the line. */
		buf_lit(&again, "X ");
		buf_str(&again, h.params);
		differ += !irc_parse(&params, buf_view(&again)) ||
		    params.n_params != m.n_params;
		for (int k = 0; k < m.n_params; k++)
			differ += !same(params.param[k], m.param[k]);
		buf_release(&again);
		word = *m.command.p > '9';
		if (!word)
			continue;
		if (m.n_params > 0 && m.param[0].len > 0 &&
		    *m.param[0].p == '#')
			room = (struct str){ m.param[0].p + 1,
				m.param[0].len - 1 };
		/* Of a text that begins like a channel only its first word. */
		for (size_t k = 0; k < room.len; k++)
			if (room.p[k] == ' ')
				room.len = k;
		rooms += !same(room, h.room);
		roomy += room.p != NULL;
	}
	is_int(differ, 0, "tags, nick, command, parameters as irc_parse()");
	is_int(rooms, 0, "the room is its first parameter");
	ok(yes > 50000 && roomy > 5000, "many were lines, many with a room");
	buf_release(&line);
}

int
main(void)
{
	test_lines();
	test_room();
	test_against_parse();
	return tap_done();
}
