/*
 * test_fromchat_traps - what is easy to get wrong about lines of chat
 *
 * The lines are invented, after the samples and traps that are known of
 * Twitch; test_fromchat.c has the keys one by one.
 */
#define _GNU_SOURCE /* memmem */
#include "tap.h"

#include "model/fromchat.h"
#include "rand.h"

static struct scratch scratch;
static struct buf line;
static struct str what;

static int
make(struct str text, struct event *e)
{
	struct rawlog raw;
	struct irc m = { 0 };

	what = STR_ABSENT;
	if (!rawlog_parse(&raw, text) || !irc_parse(&m, raw.payload))
		return -1;
	return (int)fromchat(e, &m, &raw, &scratch, &what);
}

/* What stands in the line of the event behind `type`. */
static struct str
tail(const char *text)
{
	struct str s;
	struct event e;
	const char *at;

	buf_reset(&line);
	if (make(str_of(text), &e) != FROM_EVENT)
		return STR("no event");
	event_write(&line, &e);
	s = buf_view(&line);
	at = memmem(s.p, s.len, "\"type\":", 7);
	if (at == NULL)
		return STR("no type");
	s.len -= (size_t)(at - s.p) + 7 + 2;
	s.p = at + 7;
	return s;
}

/* A message of the text `text`, and what of it stands behind its user. */
static void
says(const char *text, const char *want)
{
	struct buf b = { 0 };
	struct str got;

	buf_printf(&b,
	    "@tmi-sent-ts=1 :anna!anna@anna.tmi.twitch.tv PRIVMSG "
	    "#k :%s",
	    text);
	buf_byte(&b, '\0');
	got = tail(b.p);
	if (!str_starts(got, STR("\"message\",\"user\":\"anna\"")))
		ok(false, "a message of anna: %.*s", STR_ARGS(got));
	got.p += 23;
	got.len -= 23;
	is(got, want, "text \"%s\"", text);
	buf_release(&b);
}

static void
test_bits(void)
{
	says("Cheers everyone!", ",\"text\":\"Cheers everyone!\"");
	says("Cheer100", ",\"text\":\"Cheer100\"");
	says("PogChamp500 nice", ",\"text\":\"PogChamp500 nice\"");
	is(tail("@bits=500;tmi-sent-ts=1 :a!a PRIVMSG #k :PogChamp500 nice"),
	    "\"message\",\"user\":\"a\",\"bits\":500,"
	    "\"text\":\"PogChamp500 nice\"",
	    "bits are what the tag says");
	is(tail("@bits=1;tmi-sent-ts=1 :a!a PRIVMSG #k Cheer1000"),
	    "\"message\",\"user\":\"a\",\"bits\":1,\"text\":\"Cheer1000\"",
	    "whatever the text says, with or without a colon");
	is(tail("@bits=-5;tmi-sent-ts=1 :a!a PRIVMSG #k :x"),
	    "\"message\",\"user\":\"a\",\"text\":\"x\"", "no negative ones");
	is(tail("@bits=5-00;tmi-sent-ts=1 :a!a PRIVMSG #k :x"),
	    "\"message\",\"user\":\"a\",\"text\":\"x\"", "5-00 is none");
	is(tail("@bits=1000000000000000000;tmi-sent-ts=1 :a!a PRIVMSG #k :x"),
	    "\"message\",\"user\":\"a\",\"text\":\"x\"",
	    "nor is one of 19 digits");
	is(tail("@bits=5;bits=7;tmi-sent-ts=1 :a!a PRIVMSG #k :x"),
	    "\"message\",\"user\":\"a\",\"bits\":7,\"text\":\"x\"",
	    "of two tags the last counts");
	/* Paid with bits, but without the tag: not a cheer. */
	is(tail("@msg-id=gigantified-emote-message;tmi-sent-ts=1 "
		":a!a PRIVMSG #k :Kappa"),
	    "\"message\",\"user\":\"a\","
	    "\"effect\":\"gigantified-emote-message\",\"text\":\"Kappa\"",
	    "a power-up");
	is(tail("@bits=100;room-id=1;source-room-id=2;tmi-sent-ts=1 "
		":a!a PRIVMSG #k :Cheer100"),
	    "\"message\",\"user\":\"a\",\"shared_from\":\"2\",\"bits\":100,"
	    "\"text\":\"Cheer100\"",
	    "a shared copy keeps its bits, and says that it is one");
}

static void
test_texts(void)
{
	says("\xf0\x9f\x91\x89: look :)",
	    ",\"text\":\"\xf0\x9f\x91\x89: look :)\"");
	says(":) hi", ",\"text\":\":) hi\"");
	says("  two  blanks  ", ",\"text\":\"  two  blanks  \"");
	says("no \\s escapes \\: here \\\\",
	    ",\"text\":\"no \\\\s escapes \\\\: here \\\\\\\\\"");
	says("%s%n%d {\"a\":1}", ",\"text\":\"%s%n%d {\\\"a\\\":1}\"");
	says("line\xe2\x80\xa8sep \xf3\xa0\x80\x80",
	    ",\"text\":\"line\xe2\x80\xa8sep \xf3\xa0\x80\x80\"");
	says("\xff\xc3( \xe2\x82",
	    ",\"text\":\"\xef\xbf\xbd\xef\xbf\xbd( "
	    "\xef\xbf\xbd\"");
	says("\x02\x1f", ",\"text\":\"\\u0002\\u001f\"");
	says("", "");
}

static void
test_action(void)
{
	says("\x01"
	     "ACTION waves\x01",
	    ",\"action\":true,\"text\":\"waves\"");
	says("\x01"
	     "ACTION waves",
	    ",\"action\":true,\"text\":\"waves\"");
	says("\x01"
	     "ACTION \x01",
	    ",\"action\":true");
	says("\x01"
	     "ACTION ",
	    ",\"action\":true");
	says("\x01"
	     "ACTION waves\x01\x01",
	    ",\"action\":true,\"text\":\"waves\\u0001\"");
	says("\x01"
	     "ACTION\x01",
	    ",\"text\":\"\\u0001ACTION\\u0001\"");
	says("\x01"
	     "ACTION",
	    ",\"text\":\"\\u0001ACTION\"");
	says("\x01"
	     "ACTIONS x\x01",
	    ",\"text\":\"\\u0001ACTIONS x\\u0001\"");
	says("\x01"
	     "action x\x01",
	    ",\"text\":\"\\u0001action x\\u0001\"");
	says("ACTION waves", ",\"text\":\"ACTION waves\"");
	says("x \x01"
	     "ACTION waves\x01",
	    ",\"text\":\"x \\u0001ACTION waves\\u0001\"");
	is(tail("@login=a;msg-id=announcement;tmi-sent-ts=1 :s USERNOTICE #k "
		":\x01"
		"ACTION x\x01"),
	    "\"announcement\",\"user\":\"a\",\"text\":\"x\"",
	    "an announcement loses it, too, and has no `action`");
}

static void
test_escapes(void)
{
	is(tail("@display-name=a\\\\sb\\:c\\s\\n\\;tmi-sent-ts=1 "
		":a!a PRIVMSG #k :x"),
	    "\"message\",\"user\":\"a\",\"name\":\"a\\\\sb;c \\n\","
	    "\"text\":\"x\"",
	    "a value is unescaped in one pass");
	is(tail("@badge-info=predictions/a\\sb/c;badges=predictions/x,vip/1;"
		"tmi-sent-ts=1 :a!a PRIVMSG #k :x"),
	    "\"message\",\"user\":\"a\",\"badges\":\"predictions/x,vip/1\","
	    "\"badge_info\":\"predictions/a b/c\",\"text\":\"x\"",
	    "badges with free text");
	is(tail("@display-name=\xff;id=\xc3;tmi-sent-ts=1 :\xfe!a PRIVMSG #k "
		":x"),
	    "\"message\",\"id\":\"\xef\xbf\xbd\",\"user\":\"\xef\xbf\xbd\","
	    "\"name\":\"\xef\xbf\xbd\",\"text\":\"x\"",
	    "what is not UTF-8 in tags and source");
	is(tail("@login=a;msg-id=neu;msg-param-profileImageURL=https://x/"
		"%s.png;msg-param-x=a\\sb=c;msg-param-=e;"
		"msg-param-y=\\;tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"notice\",\"user\":\"a\",\"notice\":\"neu\",\"params\":{"
	    "\"profileImageURL\":\"https://x/%s.png\",\"x\":\"a b=c\","
	    "\"\":\"e\"}",
	    "params: `%%s`, `=` in a value, an empty key, an empty value");
	is(tail("@login=a;msg-id=neu;msg-param-\xfe=1;msg-param-b=2;"
		"msg-param-\xff=3;tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"notice\",\"user\":\"a\",\"notice\":\"neu\",\"params\":{"
	    "\"b\":\"2\",\"\xef\xbf\xbd\":\"3\"}",
	    "keys that are equal once they are UTF-8");
}

/* One gift bomb of two and its gifts: three lines, three events. */
static void
test_gifts(void)
{
	is(tail("@badges=sub-gifter/10;display-name=Tafel;id=x1;login=tafel;"
		"msg-id=submysterygift;msg-param-community-gift-id=7;"
		"msg-param-mass-gift-count=2;msg-param-origin-id=7;"
		"msg-param-sender-count=12;msg-param-sub-plan=1000;"
		"room-id=5;system-msg=Tafel\\sgifts;tmi-sent-ts=1;user-id=9 "
		":tmi.twitch.tv USERNOTICE #k"),
	    "\"giftbomb\",\"id\":\"x1\",\"user\":\"tafel\",\"user_id\":\"9\","
	    "\"name\":\"Tafel\",\"badges\":\"sub-gifter/10\",\"tier\":\"1\","
	    "\"gift_count\":2",
	    "a gift bomb");
	is(tail("@id=x2;login=tafel;msg-id=subgift;msg-param-gift-months=1;"
		"msg-param-months=4;msg-param-recipient-display-name=Z;"
		"msg-param-recipient-id=8;msg-param-recipient-user-name=z;"
		"msg-param-sender-count=0;msg-param-sub-plan=3000;"
		"tmi-sent-ts=1;user-id=9 :tmi.twitch.tv USERNOTICE #k"),
	    "\"subgift\",\"id\":\"x2\",\"user\":\"tafel\",\"user_id\":\"9\","
	    "\"months\":4,\"tier\":\"3\",\"gift_months\":1,"
	    "\"recipient\":\"z\",\"recipient_id\":\"8\"",
	    "one of its gifts");
	is(tail("@login=ananonymousgifter;msg-id=anonsubmysterygift;"
		"msg-param-mass-gift-count=0;msg-param-sub-plan=Prime;"
		"tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"giftbomb\",\"user\":\"ananonymousgifter\",\"tier\":\"prime\","
	    "\"gift_count\":0",
	    "the old form of an anonymous one");
	is(tail("@login=a;msg-id=giftpaidupgrade;msg-param-sender-login=b;"
		"tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"notice\",\"user\":\"a\",\"notice\":\"giftpaidupgrade\","
	    "\"params\":{\"sender-login\":\"b\"}",
	    "an upgrade is a notice");
}

static void
test_notices(void)
{
	is(tail("@login=a;msg-id=onetapgiftredeemed;msg-param-bits-spent=5;"
		"msg-param-gift-id=heart;tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"notice\",\"user\":\"a\",\"notice\":\"onetapgiftredeemed\","
	    "\"bits\":5,\"params\":{\"bits-spent\":\"5\","
	    "\"gift-id\":\"heart\"}",
	    "bits that were spent on a tap");
	is(tail("@msg-id=onetapstreakexpired;tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"notice\",\"notice\":\"onetapstreakexpired\"",
	    "no params, no object, no user");
	is(tail("@tmi-sent-ts=1 :s USERNOTICE #k :x"),
	    "\"notice\",\"text\":\"x\"", "one without a name");
	is(tail("@login=z;msg-id=sharedchatnotice;msg-param-color=PRIMARY;"
		"room-id=1;source-msg-id=announcement;source-room-id=2;"
		"tmi-sent-ts=1 :s USERNOTICE #k :news"),
	    "\"announcement\",\"user\":\"z\",\"shared_from\":\"2\","
	    "\"text\":\"news\"",
	    "an announcement from next door");
	is(tail("@login=z;msg-id=sharedchatnotice;msg-param-a=1;room-id=1;"
		"source-msg-id=neues;source-room-id=2;tmi-sent-ts=1 "
		":s USERNOTICE #k"),
	    "\"notice\",\"user\":\"z\",\"shared_from\":\"2\","
	    "\"notice\":\"neues\",\"params\":{\"a\":\"1\"}",
	    "an unknown one from next door has its own name");
	is(tail("@login=z;msg-id=resub;room-id=1;source-msg-id=resub;"
		"source-room-id=1;tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"resub\",\"user\":\"z\"", "where it happened it is no copy");
	is(tail("@login=a;msg-id=raid;msg-param-viewerCount=5-00;"
		"tmi-sent-ts=1 :s USERNOTICE #k"),
	    "\"raid\",\"user\":\"a\"", "no number, no raiders");
}

static void
test_moderation(void)
{
	is(tail("@ban-duration=0;tmi-sent-ts=1 :s CLEARCHAT #k :x"),
	    "\"timeout\",\"user\":\"x\",\"duration_s\":0", "0 s is a timeout");
	is(tail("@ban-duration=x;tmi-sent-ts=1 :s CLEARCHAT #k :x"),
	    "\"timeout\",\"user\":\"x\"", "one of unknown length is, too");
	is(tail("@ban-duration=5;tmi-sent-ts=1 :s CLEARCHAT #k :"),
	    "\"clear\",\"duration_s\":5", "an empty user is none: a clear");
	is(tail("@login=x;room-id=;target-msg-id=m;tmi-sent-ts=1 "
		":s CLEARMSG #k :buy my stuff"),
	    "\"delete\",\"user\":\"x\",\"target_id\":\"m\","
	    "\"text\":\"buy my stuff\"",
	    "an empty room-id is no matter");
	is(tail("@login=x;tmi-sent-ts=1 :s CLEARMSG #k"),
	    "\"delete\",\"user\":\"x\"", "a text that is missing");
}

/* tmi-sent-ts of the year 2099: 4070908800000 is 2099-01-01T00:00:00Z. */
static void
test_far_future(void)
{
	const char *bare = "@tmi-sent-ts=4070908800000 :a!a PRIVMSG #k :x";
	struct buf b = { 0 };
	struct event e;

	ok(make(str_of(bare), &e) == FROM_EVENT &&
		e.ts == INT64_C(4070908800000),
	    "a bare line has no other time than Twitch's");
	buf_printf(&b, "2026-11-23T12:00:00.000Z\tirc\tk\t%s", bare);
	ok(make(buf_view(&b), &e) == FROM_EVENT &&
		e.ts == INT64_C(1795435200000),
	    "with a prefix 2099 is not believed");
	buf_reset(&b);
	buf_lit(&b,
	    "2026-11-23T12:00:00.000Z\tirc\tk\t@tmi-sent-ts="
	    "999999999999999999 :a!a PRIVMSG #k :x");
	ok(make(buf_view(&b), &e) == FROM_EVENT &&
		e.ts == INT64_C(1795435200000),
	    "nor is a number past the year 9999");
	is_int(
	    make(STR("@tmi-sent-ts=999999999999999999 :a!a PRIVMSG #k :x"), &e),
	    FROM_REFUSED, "without a prefix that is no time");
	buf_release(&b);
}

/* Any tags with any values: the line that is written of them is an event, and
 * written again it is the same. */
static void
test_random(void)
{
	static const char *const keys[] = { "badge-info", "badges", "bits",
		"custom-reward-id", "display-name", "first-msg", "id", "login",
		"msg-id", "msg-param-sub-plan", "msg-param-months",
		"msg-param-x", "msg-param-y", "msg-param-recipient-id",
		"pinned-chat-paid-amount", "pinned-chat-paid-currency",
		"pinned-chat-paid-exponent", "reply-parent-msg-id", "room-id",
		"source-room-id", "source-msg-id", "target-msg-id",
		"target-user-id", "ban-duration", "user-id",
		"returning-chatter" };
	static const char *const values[] = { "", "1", "0", "600", "USD", "sub",
		"raid", "Prime", "2000", "a\\sb", "\\:\\\\\\n", "\\", "\"",
		"\xff", "\xc3\xa4", "\x01", "subgift", "\\u0041" };
	static const char *const commands[] = { "PRIVMSG", "USERNOTICE",
		"CLEARCHAT", "CLEARMSG" };
	struct event_reader *r = event_reader_new();
	struct buf in = { 0 }, again = { 0 };
	uint64_t rnd = 14;
	int bad = 0, events = 0;

	for (int i = 0; i < 30000; i++) {
		struct event e, back;
		struct errmsg why;

		buf_reset(&in);
		buf_lit(&in, "@tmi-sent-ts=1795435200123");
		for (size_t n = rand_below(&rnd, 12); n > 0; n--) {
			buf_byte(&in, ';');
			rand_pick(
			    &rnd, &in, keys, sizeof(keys) / sizeof(*keys));
			buf_byte(&in, '=');
			for (size_t k = rand_below(&rnd, 3); k > 0; k--)
				rand_pick(&rnd, &in, values,
				    sizeof(values) / sizeof(*values));
		}
		buf_lit(&in, " :a!b ");
		rand_pick(&rnd, &in, commands, 4);
		buf_lit(&in, " #k :");
		rand_text(&rnd, &in, 20, true);
		if (make(buf_view(&in), &e) != FROM_EVENT)
			continue;
		events++;
		buf_reset(&line);
		event_write(&line, &e);
		if (!event_read(
			r, (struct str){ line.p, line.len - 1 }, &back, &why)) {
			if (bad++ == 0)
				printf("# %.*s# %s\n",
				    STR_ARGS(buf_view(&line)), why.text);
			continue;
		}
		buf_reset(&again);
		event_write(&again, &back);
		bad += !str_eq(buf_view(&line), buf_view(&again));
	}
	ok(events > 20000, "%d lines are events", events);
	is_int(bad, 0, "what is written of them reads back as the same");
	buf_release(&in);
	buf_release(&again);
	event_reader_free(r);
}

int
main(void)
{
	test_bits();
	test_texts();
	test_action();
	test_escapes();
	test_gifts();
	test_notices();
	test_moderation();
	test_far_future();
	test_random();
	buf_release(&scratch.text);
	buf_release(&scratch.json);
	buf_release(&line);
	return tap_done();
}
