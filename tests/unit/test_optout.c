/*
 * Who stands in a line, and what is masked.
 */
#include "tap.h"
#include "temp.h"

#include "model/optout.h"

static struct optout *
users(const char *file)
{
	struct errmsg why;
	struct optout *o = optout_load(temp_file(str_of(file), ""), &why);

	if (o == NULL)
		errx(1, "%s", why.text);
	return o;
}

/* Tells whether a user of `o` stands in the IRC line `line`. */
static bool
in_irc(struct optout *o, const char *line)
{
	struct irc m = { 0 };

	return irc_parse(&m, str_of(line)) && optout_irc(o, &m);
}

static bool
in_event(struct optout *o, const char *line)
{
	struct event_reader *r = event_reader_new();
	struct errmsg why;
	struct event e;
	bool in;

	if (!event_read(r, str_of(line), &e, &why))
		errx(1, "%s: %s", line, why.text);
	in = optout_event(o, &e);
	event_reader_free(r);
	return in;
}

/* Tells the same of the second of two lines that one struct read. */
static bool
in_next(struct optout *o, const char *first, const char *line)
{
	struct irc m = { 0 };

	return irc_parse(&m, str_of(first)) && irc_parse(&m, str_of(line)) &&
	    optout_irc(o, &m);
}

static void
test_next(void)
{
	struct optout *o = users("13 zoe\n");
	const char *other = "@user-id=1 :a!a@a PRIVMSG #c :x";

	ok(in_next(o, other, ":zoe!zoe@zoe PRIVMSG #c :x"),
	    "the id of the line before is none of this one");
	ok(in_next(o, other, "@room-id=2 :zoe!zoe@zoe PRIVMSG #c :x"),
	    "nor where there are other tags");
	ok(!in_next(o, "@user-id=13 :zoe!z@z PRIVMSG #c :x", other),
	    "the other way round");
	optout_free(o);
}

static void
test_file(void)
{
	static const char *const bad[] = { "zoe\n", "12 \n-3\n", "1.5\n",
		"123456789012345678901\n", "12\n0x1f\n",
		"12\n\xef\xbb\xbf"
		"13\n",
		"900\n0900\n", "0\n", "12\r13\r14\n", "12 # x\r13\r",
		"\x1f\x8b\x08 12\n", "12#x\n#\n#13\n13x#\n", "12\n\0 13\n" };
	static const char *const want[] = { ":1: ", ":2: ", ":1: ", ":1: ",
		":2: ", ":2: ",
		":2: \"0900\" is no Twitch user id: it begins with a zero",
		":1: ", ":1: there is a CR in the line: lines end with LF",
		":1: there is a CR", ":1: ", ":4: ", "" };
	struct errmsg why;
	struct optout *o;

	o = users("# who\n\n  12\t# asked on Monday\r\n13 Zoe zoe_alt\n14");
	ok(in_irc(o, "@user-id=12 :a!a@a PRIVMSG #c :x"), "blanks, a comment");
	ok(in_irc(o, "@user-id=13 :a!a@a PRIVMSG #c :x"), "names behind it");
	ok(in_irc(o, "@user-id=14 :a!a@a PRIVMSG #c :x"), "no line end");
	ok(in_irc(o, "@login=zoe_alt :t CLEARMSG #c :x"), "a second name");
	ok(!in_irc(o, "@user-id=1 :a!a@a PRIVMSG #c :x"), "a part of one");
	optout_free(o);
	o = users("\xef\xbb\xbf"
		  "12\n");
	ok(in_irc(o, "@user-id=12 :a!a@a PRIVMSG #c :x"),
	    "a byte order mark before the first line");
	optout_free(o);
	o = users("12#x\n13#\r\n14\tzoe#amy bob\r");
	ok(in_irc(o, "@user-id=12 :a!a@a PRIVMSG #c :x") &&
		in_irc(o, "@user-id=13 :a!a@a PRIVMSG #c :x"),
	    "a comment right behind an id");
	ok(in_irc(o, "@login=zoe :t CLEARMSG #c :x") &&
		!in_irc(o, "@login=amy :t CLEARMSG #c :x") &&
		!in_irc(o, "@login=bob :t CLEARMSG #c :x"),
	    "and behind a name");
	ok(optout_doubt(o) == NULL, "all is as it should be");
	optout_free(o);
	o = users("12 zoe @900\n13\t900\n14 @901\n15 902\n");
	ok(in_irc(o, "@login=901 :t CLEARMSG #c :x"), "a name of digits");
	ok(optout_doubt(o) != NULL &&
		strstr(optout_doubt(o), ":2: \"900\" is taken as a name") !=
		    NULL,
	    "is warned of without an @: %s", optout_doubt(o));
	optout_free(o);
	o = users("");
	ok(!in_irc(o, "@user-id=12 :a!a@a PRIVMSG #c :x"), "an empty file");
	optout_free(o);
	for (size_t i = 0; i + 1 < sizeof(bad) / sizeof(*bad); i++) {
		o = optout_load(temp_file(str_of(bad[i]), ""), &why);
		ok(o == NULL && strstr(why.text, want[i]) != NULL,
		    "%s is refused", why.text);
	}
	o = optout_load(temp_file((struct str){ "12\n\0 13\n", 8 }, ""), &why);
	ok(o == NULL, "a NUL is no text");
	ok(optout_load("/nonexistent/optout", &why) == NULL, "no file");
	ok(!why.passing, "there will be none");
	ok(optout_load("/", &why) == NULL && !why.passing, "a folder");
	/* Nothing is at its first address: an error of reading. */
	ok(optout_load("/proc/self/mem", &why) == NULL && why.passing,
	    "what may pass is said: %s", why.text);
}

static void
test_irc(void)
{
	struct optout *o = users("12\n");
	const char *clear =
	    "@login=zoe;room-id=;target-msg-id=1 :t CLEARMSG #c :hello";
	const char *yes[] = {
		"@id=1;user-id=12 :zoe!zoe@z PRIVMSG #c :hello",
		"@display-name=Zo\\sE;user-id=12 :zoe!zoe@z PRIVMSG #c :hello",
		"@reply-parent-msg-id=1;reply-parent-user-id=12;user-id=7 "
		":a!a@a PRIVMSG #c :@Zoe hi",
		"@reply-parent-msg-id=1;reply-parent-user-id=9;"
		"reply-thread-parent-user-id=12;user-id=7 :a!a@a PRIVMSG #c :x",
		"@reply-parent-user-id=12;user-id=7 :a!a@a PRIVMSG #c :x",
		"@reply-parent-msg-body=secret;reply-parent-msg-id=;"
		"reply-parent-user-id=12;user-id=7 :a!a@a PRIVMSG #c :x",
		"@reply-thread-parent-user-id=12;user-id=7 "
		":a!a@a PRIVMSG #c :x",
		"@login=a;msg-id=subgift;msg-param-recipient-id=12;user-id=7 "
		":t USERNOTICE #c",
		"@login=a;msg-id=resub;msg-param-gifter-id=12;user-id=7 "
		":t USERNOTICE #c :x",
		"@msg-id=communitypayforward;msg-param-prior-gifter-id=12;"
		"user-id=7 :t USERNOTICE #c",
		"@msg-id=new;msg-param-moderator-user-id=12;user-id=7 "
		":t USERNOTICE #c",
		"@target-user-id=12;room-id=1 :t CLEARCHAT #c :zoe",
		"@login=zoe;room-id=;target-msg-id=1 :t CLEARMSG #c :hello",
		":zoe!zoe@z JOIN #c",
		":ZOE!zoe@z PART #c",
		"@msg-id=giftpaidupgrade;msg-param-sender-login=zoe;user-id=7 "
		":t USERNOTICE #c",
		"@msg-id=x;msg-param-contributor-2=Zoe :t USERNOTICE #c",
		":t CLEARCHAT #c :zoe",
	};
	const char *no[] = {
		"@user-id=123 :a!a@a PRIVMSG #c :12",
		"@user-id=1 :a!a@a PRIVMSG #c :12",
		"@user-id=012 :a!a@a PRIVMSG #c :12",
		"@bits=12;id=12;room-id=12;user-id=7 :a!a@a PRIVMSG #c :user-id=12",
		"@id=12;user-id=7 :a!a@a PRIVMSG #c :@zoe hello zoe",
		"@reply-parent-msg-id=12;reply-parent-user-id=9;user-id=7 "
		":a!a@a PRIVMSG #c :@b zoe",
		"@msg-id=x;msg-param-gift-id=12;msg-param-id=12;"
		"msg-param-value=12;msg-param-months=12;source-room-id=12;"
		"user-id=7 :t USERNOTICE #c",
		"@msg-id=x;msg-param-gift-name=zoe;msg-param-sub-plan-name=Zoe;"
		"msg-param-channel-display-name=Zoe;user-id=7 :t USERNOTICE #c",
		"@target-user-id=120;room-id=12 :t CLEARCHAT #c :zoe2",
		"@login=zoe2 :t CLEARMSG #c :zoe",
		"@room-id=12 :t ROOMSTATE #c",
		/* Her name, but another's id: it changed hands. */
		"@display-name=zoe;user-id=7 :zoe!zoe@z PRIVMSG #c :x",
		"@target-user-id=7 :t CLEARCHAT #c :zoe",
		"@msg-param-recipient-id=7;msg-param-recipient-user-name=zoe;"
		"user-id=8 :t USERNOTICE #c",
		"PING :zoe",
	};

	ok(!in_irc(o, clear), "her name is not known before");
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		ok(in_irc(o, yes[i]), "she is in %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ok(!in_irc(o, no[i]), "she is not in %s", no[i]);
	optout_free(o);
	o = users("12");
	ok(in_irc(o, "@target-user-id=12 :t CLEARCHAT #c :zoe") &&
		in_irc(o, clear),
	    "her login is learned from a ban");
	optout_free(o);
	o = users("12");
	ok(in_irc(o,
	       "@msg-param-recipient-id=12;msg-param-recipient-user-name=zoe;"
	       "user-id=7;login=amy :t USERNOTICE #c") &&
		in_irc(o, clear),
	    "and from a gift");
	ok(!in_irc(o, "@login=amy :t CLEARMSG #c :x"),
	    "that of the giver is not");
	ok(in_irc(o, "@display-name=***;user-id=12 :*!*@* PRIVMSG #c :x") &&
		!in_irc(o, "@login=*** :t CLEARMSG #c :x"),
	    "what was masked is no name");
	ok(in_irc(o, "@display-name=\xe3\x83;user-id=12 :t PRIVMSG #c :x") &&
		!in_irc(o, "@login=\xe3\x83 :t CLEARMSG #c :x"),
	    "nor is half a character");
	optout_free(o);
}

#define EVENT(rest)                                                             \
	"{\"ts\":\"2026-11-23T12:00:00.000Z\",\"channel\":\"c\",\"type\":" rest \
	"}"

static void
test_events(void)
{
	struct optout *o = users("12\n");
	const char *yes[] = {
		EVENT("\"message\",\"id\":\"m1\",\"user\":\"zoe\","
		      "\"user_id\":\"12\",\"text\":\"x\""),
		EVENT("\"message\",\"id\":\"m2\",\"user_id\":\"7\","
		      "\"reply_to\":\"m1\",\"text\":\"@zoe\""),
		EVENT("\"delete\",\"user\":\"zoe\",\"target_id\":\"m3\""),
		EVENT("\"delete\",\"user\":\"old\",\"target_id\":\"m1\""),
		EVENT("\"ban\",\"user\":\"zoe\",\"user_id\":\"12\""),
		EVENT("\"subgift\",\"user_id\":\"7\",\"recipient\":\"zoe\","
		      "\"recipient_id\":\"12\""),
		EVENT("\"notice\",\"user_id\":\"7\",\"notice\":\"n\","
		      "\"params\":{\"prior-gifter-id\":\"12\"}"),
		EVENT("\"notice\",\"user_id\":\"7\",\"notice\":\"n\","
		      "\"params\":{\"sender-login\":\"zoe\"}"),
	};
	const char *no[] = {
		EVENT("\"message\",\"id\":\"m4\",\"user\":\"zoe\","
		      "\"user_id\":\"123\",\"text\":\"12 zoe\""),
		EVENT("\"message\",\"id\":\"m5\",\"user_id\":\"7\","
		      "\"reply_to\":\"m2\""),
		EVENT("\"viewers\",\"stream_id\":\"1\",\"started_at\":"
		      "\"2026-11-23T12:00:00.000Z\",\"viewers\":1,"
		      "\"user_id\":\"12\",\"name\":\"zoe\""),
		EVENT("\"mark\",\"mark\":\"alive\",\"by\":\"zoe\","
		      "\"user_id\":\"12\""),
		EVENT("\"notice\",\"user_id\":\"7\",\"notice\":\"n\","
		      "\"params\":{\"gift-id\":\"12\",\"months\":\"12\"}"),
	};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		ok(in_event(o, yes[i]), "she is in %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ok(!in_event(o, no[i]), "she is not in %s", no[i]);
	optout_free(o);
}

/* Holds what masking makes of `text` against `want`. */
static void
masks(struct optout *o, enum optout_escapes escapes, const char *text,
    const char *want)
{
	struct buf b = { 0 };
	bool found;

	buf_str(&b, str_of(text));
	found = optout_mask(o, b.p, b.len, escapes);
	ok(str_eq(buf_view(&b), str_of(want)) &&
		found == (strcmp(text, want) != 0),
	    "%s: %.*s", text, STR_ARGS(buf_view(&b)));
	buf_release(&b);
}

static void
test_masks(void)
{
	struct optout *o = users("12 zoe n_7 \xe3\x83\x84\xe3\x82\xa7\n");

	masks(o, OPTOUT_PLAIN, "zoe", "***");
	masks(o, OPTOUT_PLAIN, "@ZOE, Zoe's 12", "@***, ***'s 12");
	masks(o, OPTOUT_PLAIN, "zoey azoe zoe_ zoe7", "zoey azoe zoe_ zoe7");
	masks(
	    o, OPTOUT_PLAIN, "@zoe\xe3\x81\x95 n_7!", "@***\xe3\x81\x95 ***!");
	masks(o, OPTOUT_PLAIN, "\\nzoe \\zoe", "\\nzoe \\***");
	masks(o, OPTOUT_PLAIN, "a\xe3\x83\x84\xe3\x82\xa7z", "a******z");
	masks(o, OPTOUT_TAG, "15\\szoe\\sjoined", "15\\s***\\sjoined");
	masks(o, OPTOUT_TAG, "zoe\\", "***\\");
	masks(o, OPTOUT_JSON, "\\nzoe \\\\nzoe \\u0001zoe",
	    "\\n*** \\\\nzoe \\u0001***");
	masks(o, OPTOUT_JSON, "\\u00", "\\u00");
	ok(optout_word(o, STR("a 12 b")) && optout_word(o, STR("ZOE")) &&
		!optout_word(o, STR("123 112 zoey")) &&
		!optout_word(o, STR("")),
	    "ids and names as words");
	ok(optout_word(
	       o, STR("display-name=\xe3\x83\x84\xe3\x82\xa7;id=m1;roo")) &&
		!optout_word(o, STR("display-name=\xe3\x83\x84\xe3\x82")),
	    "also one that is no word of letters");
	ok(optout_word(o, STR("{\"text\":\"a\\nzoe")) &&
		!optout_word(o, STR("a zoen")),
	    "and behind an escape");
	optout_free(o);
}

/* Names that are not one word. */
static void
test_odd_masks(void)
{
	struct optout *o = users("12 t\xe3\x81\x82\xe3\x81\x8a \xe3\x81\x82z"
				 " a\"b\\c n\xc3\xa9 n\xc3\xa9\xc3\xa9\n");

	masks(o, OPTOUT_JSON, "x\\t\xe3\x81\x82\xe3\x81\x8a ok",
	    "x\\t\xe3\x81\x82\xe3\x81\x8a ok");
	masks(o, OPTOUT_JSON, "x\\\\T\xe3\x81\x82\xe3\x81\x8a ok",
	    "x\\\\******* ok");
	masks(o, OPTOUT_JSON, "\\ut\xe3\x81\x82\xe3\x81\x8a",
	    "\\ut\xe3\x81\x82\xe3\x81\x8a");
	masks(o, OPTOUT_JSON, "\\n\xc3\xa9 \\nn\xc3\xa9", "\\n\xc3\xa9 \\n***");
	masks(o, OPTOUT_TAG, "\\n\xc3\xa9\\sn\xc3\xa9", "\\n\xc3\xa9\\s***");
	masks(o, OPTOUT_PLAIN, "n\xc3\xa9\xc3\xa9n\xc3\xa9", "********");
	masks(o, OPTOUT_PLAIN, "an\xc3\xa9 \xe3\x81\x82z \xe3\x81\x82za",
	    "an\xc3\xa9 **** \xe3\x81\x82za");
	masks(o, OPTOUT_JSON, "\xe3\x81\x82z\\n \xe3\x81\x82z\\\"",
	    "****\\n ****\\\"");
	masks(o, OPTOUT_PLAIN, "@A\"b\\c:", "@*****:");
	masks(o, OPTOUT_JSON, "@a\\\"b\\\\C:", "@*******:");
	masks(o, OPTOUT_TAG, "@a\"b\\\\c", "@******");
	optout_free(o);
	o = users("12");
	ok(in_irc(o, "@display-name=Ann\\s;user-id=12 :t PRIVMSG #c :x"),
	    "a blank behind a name");
	masks(o, OPTOUT_PLAIN, "Joann yesterday, susann knows Ann now",
	    "Joann yesterday, susann knows *** now");
	ok(in_irc(o, "@display-name=Zo\\sE;user-id=12 :t PRIVMSG #c :x"),
	    "one within it");
	masks(o, OPTOUT_PLAIN, "azo e, zo ex, zo e", "azo e, zo ex, ****");
	masks(o, OPTOUT_TAG, "\\szo\\se\\sx", "\\s*****\\sx");
	ok(in_irc(o, "@display-name=a\\:b;user-id=12 :t PRIVMSG #c :x"),
	    "what a tag has an escape for");
	masks(o, OPTOUT_TAG, "a\\:b", "****");
	optout_free(o);
}

int
main(void)
{
	test_file();
	test_next();
	test_irc();
	test_events();
	test_masks();
	test_odd_masks();
	temp_end();
	return tap_done();
}
