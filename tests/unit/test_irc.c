/*
 * test_irc - lines of IRCv3 as Twitch writes them
 */
#include "tap.h"

#include "format/irc.h"
#include "rand.h"

/* Shows what a line was split into: tags, nick, command, parameters. */
static struct str
shape(struct buf *out, struct str line)
{
	struct irc m = { 0 };

	buf_reset(out);
	if (!irc_parse(&m, line))
		return STR("none");
	buf_printf(out, "[%.*s] %.*s%s %.*s", STR_ARGS(m.tags),
	    STR_ARGS(m.nick), m.has_user ? "!" : "", STR_ARGS(m.command));
	for (int i = 0; i < m.n_params; i++)
		buf_printf(out, " <%.*s>", STR_ARGS(m.param[i]));
	return buf_view(out);
}

/* The grammar and its table of cases in twitch.md 1.8. */
static void
test_grammar(void)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "PING", "[]  PING" },
		{ "PING :tmi.twitch.tv", "[]  PING <tmi.twitch.tv>" },
		{ ":tmi.twitch.tv RECONNECT", "[] tmi.twitch.tv RECONNECT" },
		{ ":a!a@a.tmi.twitch.tv JOIN #c", "[] a! JOIN <#c>" },
		{ ":a@host JOIN #c", "[] a! JOIN <#c>" },
		{ ":a!b JOIN #c", "[] a! JOIN <#c>" },
		{ ":host 353 x = #c :a b", "[] host 353 <x> <=>" },
		{ "@a=b PING", "[a=b]  PING" },
		{ "@a=b   :s   PRIVMSG   #c   :t", "[a=b] s PRIVMSG <#c> <t>" },
		{ ":s PRIVMSG #c :t  u ", "[] s PRIVMSG <#c> <t  u >" },
		{ ":s PRIVMSG #c :", "[] s PRIVMSG <#c> <>" },
		{ ":s PRIVMSG #c", "[] s PRIVMSG <#c>" },
		{ ":s PRIVMSG #c ", "[] s PRIVMSG <#c>" },
		{ ":s PRIVMSG #c   ", "[] s PRIVMSG <#c>" },
		{ ":s PRIVMSG #c Cheer1", "[] s PRIVMSG <#c> <Cheer1>" },
		{ ":s PRIVMSG #c Cheer1 ", "[] s PRIVMSG <#c> <Cheer1>" },
		{ ":s PRIVMSG #c a:b", "[] s PRIVMSG <#c> <a:b>" },
		{ ":s PRIVMSG #c ::)", "[] s PRIVMSG <#c> <:)>" },
		{ ":s PRIVMSG #c :a :b", "[] s PRIVMSG <#c> <a :b>" },
		{ ":s PRIVMSG :#c", "[] s PRIVMSG <#c>" },
		{ ":s CAP * ACK :x y", "[] s CAP <*> <ACK>" },
		{ "@ PING", "[]  PING" },
		{ "@;;a;=; PING", "[;;a;=;]  PING" },
		{ ": PING", "[]  PING" },
		{ ":!@ PING", "[] ! PING" },
		{ "ping x", "[]  ping <x>" },
		{ "123", "[]  123" },
	};
	static const char *const none[] = { "", " ", "@", "@a=b", "@a=b ", ":s",
		":s ", "@a=b :s", " PING", "12", "1234", "12a", "PRIV1",
		"PRIVMSG:", "#c", "@a :s #c", "\xc3\xa4", "PING\t" };
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(shape(&out, str_of(cases[i].line)), cases[i].want, "%s",
		    cases[i].line);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		is(shape(&out, str_of(none[i])), "none", "no command: \"%s\"",
		    none[i]);
	buf_release(&out);
}

static void
test_params(void)
{
	struct irc m = { 0 };

	ok(irc_parse(&m, STR(":s PRIVMSG #c :")) && m.n_params == 2 &&
		m.param[1].p != NULL,
	    "an empty parameter is there");
	ok(irc_parse(&m, STR(":s PRIVMSG #c")) && m.n_params == 1 &&
		m.param[1].p == NULL,
	    "one that is missing is not");
	ok(irc_parse(&m, STR("@id=1;color= PING")) &&
		irc_tag(&m, IRC_LOGIN).p == NULL,
	    "a tag that is missing is absent");
	ok(irc_parse(&m, STR("@id=;login PING")) &&
		irc_tag(&m, IRC_ID).p != NULL && irc_tag(&m, IRC_ID).len == 0 &&
		irc_tag(&m, IRC_LOGIN).p != NULL &&
		irc_tag(&m, IRC_LOGIN).len == 0,
	    "an empty one is not, with or without `=`");
}

static void
test_unescape(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\\:", ";" },
		{ "\\s", " " },
		{ "\\\\", "\\" },
		{ "\\r", "\r" },
		{ "\\n", "\n" },
		{ "\\b1", "b1" },
		{ "x\\", "x" },
		{ "\\", "" },
		{ "\\\\\\", "\\" },
		{ "a\\\\sb", "a\\sb" },
		{ "\\\\\\\\\\:\\\\s", "\\\\;\\s" },
		{ "15\\sraiders\\sjoined\\n!", "15 raiders joined\n!" },
		{ "semi\\:colon\\sand\\sback\\\\slash",
		    "semi;colon and back\\slash" },
		{ "\\\xc3\xa4", "\xc3\xa4" },
	};
	struct buf scratch = { 0 };
	struct str plain = STR("a=b");

	buf_room(&scratch, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(irc_unescape(&scratch, str_of(cases[i].in)), cases[i].want,
		    "unescape \"%s\"", cases[i].in);
	ok(irc_unescape(&scratch, plain).p == plain.p,
	    "a value without escapes is itself");
	is(irc_unescape(&scratch, STR_ABSENT), "", "absent stays");
	buf_release(&scratch);
}

static void
test_values(void)
{
	struct irc m = { 0 };

	ok(irc_parse(&m, STR("@id=a=b==;msg-id=x;msg-id=;bits=1;bits=2 PING")),
	    "a line");
	is(irc_tag(&m, IRC_ID), "a=b==", "only the first `=` parts");
	is(irc_tag(&m, IRC_MSG_ID), "",
	    "of equal tags the last wins, an empty one");
	is_int(irc_whole(&m, IRC_BITS), 2, "and a number");
	is_int(irc_whole(&m, IRC_BAN_DURATION), -1, "a missing number is none");
	is_int(irc_whole(&m, IRC_MSG_ID), -1, "nor is an empty one");
	ok(irc_parse(&m, STR("@bits=5-00;ban-duration=1\\s;ID=x;Id=y PING")),
	    "another");
	is_int(irc_whole(&m, IRC_BITS), -1, "5-00 is no number");
	is_int(irc_whole(&m, IRC_BAN_DURATION), -1, "1 and a space is none");
	ok(irc_tag(&m, IRC_ID).p == NULL, "keys have a case");
	ok(irc_parse(&m, STR("@bits=\\1\\0 PING")), "a third");
	is_int(
	    irc_whole(&m, IRC_BITS), 10, "escapes that stand for themselves");
}

/* NULs are no tag that is expected, wherever they stand. */
static void
test_nuls(void)
{
	static const char first[100] = "@";
	char line[100] = "@id=m1 ";
	struct irc m = { 0 };

	line[50] = ';';
	ok(!irc_parse(&m, (struct str){ line, sizeof(line) }),
	    "NULs behind the tags are no command");
	is(m.tags, "id=m1", "nor tags");
	ok(!irc_parse(&m, (struct str){ first, sizeof(first) }),
	    "NULs in place of them");
	is_int((long long)m.tags.len, 99, "are all there is");
	is_int((long long)(m.has << 1), 0, "and no tag that is known");
}

static void
test_time(void)
{
	struct irc m = { 0 };

	ok(irc_parse(&m,
	       STR("@tmi-sent-ts=1700000000123;rm-received-ts=5 "
		   "PING")) &&
		m.sent == INT64_C(1700000000123) &&
		irc_time(&m) == INT64_C(1700000000123),
	    "tmi-sent-ts goes first");
	ok(irc_parse(&m, STR("@rm-received-ts=5 PING")) &&
		m.sent == IRC_NO_TIME && irc_time(&m) == 5,
	    "rm-received-ts stands in for it");
	ok(irc_parse(&m, STR("@tmi-sent-ts=-1;rm-received-ts=5 PING")) &&
		irc_time(&m) == 5,
	    "also for one that is no number");
	ok(irc_parse(&m, STR("@tmi-sent-ts=253402300799999 PING")) &&
		irc_time(&m) == INT64_C(253402300799999),
	    "the last moment of 9999");
	ok(irc_parse(&m, STR("@tmi-sent-ts=253402300800000 PING")) &&
		irc_time(&m) == IRC_NO_TIME,
	    "nothing after it");
	ok(irc_parse(&m, STR("PING")) && irc_time(&m) == IRC_NO_TIME,
	    "no time at all");
}

static void
test_walk(void)
{
	struct buf out = { 0 };
	struct str rest = STR("a=1;;b;=c;d==;e="), key, value;

	while (irc_tag_next(&rest, &key, &value))
		buf_printf(&out, "<%.*s|%.*s>", STR_ARGS(key), STR_ARGS(value));
	is(buf_view(&out), "<a|1><|><b|><|c><d|=><e|>", "a walk over all tags");
	rest = STR("");
	ok(!irc_tag_next(&rest, &key, &value), "there are none in nothing");
	rest = STR_ABSENT;
	ok(!irc_tag_next(&rest, &key, &value), "nor in what is absent");
	buf_release(&out);
}

static const struct {
	const char *key;
	enum irc_tag tag;
} known[] = {
	{ "badge-info", IRC_BADGE_INFO },
	{ "badges", IRC_BADGES },
	{ "ban-duration", IRC_BAN_DURATION },
	{ "bits", IRC_BITS },
	{ "custom-reward-id", IRC_CUSTOM_REWARD_ID },
	{ "display-name", IRC_DISPLAY_NAME },
	{ "first-msg", IRC_FIRST_MSG },
	{ "id", IRC_ID },
	{ "login", IRC_LOGIN },
	{ "msg-id", IRC_MSG_ID },
	{ "msg-param-bits-spent", IRC_BITS_SPENT },
	{ "msg-param-cumulative-months", IRC_CUMULATIVE_MONTHS },
	{ "msg-param-gift-months", IRC_GIFT_MONTHS },
	{ "msg-param-mass-gift-count", IRC_MASS_GIFT_COUNT },
	{ "msg-param-months", IRC_MONTHS },
	{ "msg-param-recipient-id", IRC_RECIPIENT_ID },
	{ "msg-param-recipient-user-name", IRC_RECIPIENT_USER_NAME },
	{ "msg-param-sub-plan", IRC_SUB_PLAN },
	{ "msg-param-viewerCount", IRC_VIEWER_COUNT },
	{ "pinned-chat-paid-amount", IRC_PAID_AMOUNT },
	{ "pinned-chat-paid-currency", IRC_PAID_CURRENCY },
	{ "pinned-chat-paid-exponent", IRC_PAID_EXPONENT },
	{ "reply-parent-msg-id", IRC_REPLY_PARENT_MSG_ID },
	{ "returning-chatter", IRC_RETURNING_CHATTER },
	{ "rm-received-ts", IRC_RM_RECEIVED_TS },
	{ "room-id", IRC_ROOM_ID },
	{ "source-msg-id", IRC_SOURCE_MSG_ID },
	{ "source-room-id", IRC_SOURCE_ROOM_ID },
	{ "target-msg-id", IRC_TARGET_MSG_ID },
	{ "target-user-id", IRC_TARGET_USER_ID },
	{ "tmi-sent-ts", IRC_TMI_SENT_TS },
	{ "user-id", IRC_USER_ID },
};

#define N_KNOWN (sizeof(known) / sizeof(*known))

/* Each key is found, and no key that differs from it in one byte. */
static void
test_keys(void)
{
	int bad = 0, taken = 0;

	is_int(N_KNOWN, IRC_N_TAGS, "all tags are tested");
	for (size_t i = 0; i < N_KNOWN; i++) {
		size_t len = strlen(known[i].key);
		struct buf line = { 0 };
		struct irc m = { 0 };

		buf_printf(&line, "@%s=v PING", known[i].key);
		bad += !irc_parse(&m, buf_view(&line)) ||
		    !str_eq(irc_tag(&m, known[i].tag), STR("v"));
		for (size_t at = 1; at <= len; at++) {
			line.p[at] ^= 1;
			taken += irc_parse(&m, buf_view(&line)) &&
			    irc_tag(&m, known[i].tag).p != NULL;
			line.p[at] ^= 1;
		}
		buf_release(&line);
	}
	is_int(bad, 0, "each is found by its key");
	is_int(taken, 0, "and by no other");
}

/* Reads the tags one by one, the last of equal ones wins. */
static void
walk(struct str *tag, struct str rest)
{
	struct str key, value;

	memset(tag, 0, IRC_N_TAGS * sizeof(*tag));
	while (irc_tag_next(&rest, &key, &value))
		for (size_t i = 0; i < N_KNOWN; i++)
			if (str_eq(key, str_of(known[i].key)))
				tag[known[i].tag] = value;
}

/* Sections of tags that reach past blocks of 64 bytes, each key, `=` and `;` at
 * every offset in a block: the pass over blocks finds what the walk finds. */
static void
test_blocks(void)
{
	struct buf line = { 0 };
	struct str tag[IRC_N_TAGS];
	struct irc m = { 0 };
	uint64_t r = 10;
	int bad = 0;

	for (size_t shift = 0; shift <= 200; shift++)
		for (size_t n = 0; n < N_KNOWN; n++) {
			size_t section;

			buf_reset(&line);
			buf_byte(&line, '@');
			for (size_t i = 0; i < shift; i++)
				buf_byte(&line, i % 10 == 9 ? ';' : 'x');
			for (size_t i = 0; i < 1 + n % 5; i++) {
				if (i > 0 || shift > 0)
					buf_byte(&line, ';');
				buf_str(&line,
				    str_of(known[(n + i) % N_KNOWN].key));
				if (rand_below(&r, 8) > 0)
					buf_byte(&line, '=');
				for (size_t k = rand_below(&r, 80); k > 0; k--)
					buf_byte(&line, "=v\\,/:"[k % 6]);
			}
			section = line.len - 1;
			buf_lit(&line, " :n!u@h PRIVMSG #c :a=b;id=c @id=d");
			bad += !irc_parse(&m, buf_view(&line)) ||
			    m.tags.len != section || m.tags.p != line.p + 1 ||
			    !str_eq(m.nick, STR("n")) ||
			    !str_eq(m.param[1], STR("a=b;id=c @id=d"));
			walk(tag, m.tags);
			for (int t = 0; t < IRC_N_TAGS; t++)
				bad += irc_tag(&m, t).p != tag[t].p ||
				    irc_tag(&m, t).len != tag[t].len;
			/* A line of tags only is none, but they are read. */
			bad +=
			    irc_parse(&m, (struct str){ line.p, section + 1 });
			for (int t = 0; t < IRC_N_TAGS; t++)
				bad += irc_tag(&m, t).p != tag[t].p ||
				    irc_tag(&m, t).len != tag[t].len;
		}
	is_int(bad, 0, "tags at every offset in a block of 64 bytes");
	buf_release(&line);
}

int
main(void)
{
	test_grammar();
	test_params();
	test_unescape();
	test_values();
	test_nuls();
	test_time();
	test_walk();
	test_keys();
	test_blocks();
	return tap_done();
}
