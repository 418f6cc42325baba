/*
 * Events of lines of IRC: keys, skipped and refused lines, clocks.
 */
#include "tap.h"

#include "model/fromchat.h"

#define PREFIX                                                                 \
	"{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":\"k\",\"type\":"
#define SENT "tmi-sent-ts=1795435200123"
#define RAW  "2026-11-23T12:00:00.500Z\tirc\tk\t"

static struct scratch scratch;
static struct buf line;
static struct str what;

static int
make(const char *text)
{
	struct rawlog raw;
	struct event e;
	struct irc m = { 0 };
	enum from r;

	buf_reset(&line);
	what = STR_ABSENT;
	if (!rawlog_parse(&raw, str_of(text)) || !irc_parse(&m, raw.payload))
		return -1;
	r = fromchat(&e, &m, &raw, &scratch, &what);
	if (r == FROM_EVENT)
		event_write(&line, &e);
	return (int)r;
}

static void
makes(const char *text, const char *want, const char *name)
{
	if (is_int(make(text), FROM_EVENT, "%s", name))
		is(buf_view(&line), want, "its line");
}

static void
test_messages(void)
{
	makes("@badge-info=subscriber/8;badges=vip/1;bits=100;custom-reward-id="
	      "r;display-name=A\\sB;first-msg=1;id=m1;msg-id=gigantified;"
	      "reply-parent-msg-id=m0;returning-chatter=1;room-id=1;" SENT
	      ";user-id=11 :gast!a@b PRIVMSG #k :\x01"
	      "ACTION winkt\x01",
	    PREFIX "\"message\",\"id\":\"m1\",\"user\":\"gast\",\"user_id\":"
		   "\"11\",\"name\":\"A B\",\"badges\":\"vip/1\","
		   "\"badge_info\":\"subscriber/8\",\"bits\":100,\"first\":"
		   "true,\"returning\":true,\"action\":true,\"reply_to\":"
		   "\"m0\",\"reward\":\"r\",\"effect\":\"gigantified\","
		   "\"text\":\"winkt\"}\n",
	    "a message with everything");
#define ALONE(tag, key)                                                        \
	makes("@" tag ";" SENT " :g!x PRIVMSG #k :x",                          \
	    PREFIX "\"message\",\"user\":\"g\"," key ",\"text\":\"x\"}\n",     \
	    "what few messages have, alone: " tag)
	ALONE("bits=1", "\"bits\":1");
	ALONE("reply-parent-msg-id=m0", "\"reply_to\":\"m0\"");
	ALONE("custom-reward-id=r", "\"reward\":\"r\"");
	ALONE("msg-id=gigantified", "\"effect\":\"gigantified\"");
#undef ALONE
	makes("@" SENT " :gast PRIVMSG #k :", PREFIX "\"message\"}\n",
	    "the least: no user without ! or @, an empty text");
	makes("@bits=0;first-msg=0;" SENT " :g!x PRIVMSG #k :\x01"
	      "ACTION\x01",
	    PREFIX "\"message\",\"user\":\"g\",\"text\":\"\\u0001ACTION"
		   "\\u0001\"}\n",
	    "zeros are absent; an ACTION of nothing is text");
	makes("@pinned-chat-paid-amount=500;pinned-chat-paid-currency=USD;" SENT
	      " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"paid\":{\"amount\":500,"
		   "\"currency\":\"USD\",\"exponent\":2},\"text\":\"x\"}\n",
	    "paid, exponent 2 when it is missing");
	makes("@pinned-chat-paid-amount=500;pinned-chat-paid-currency=USD;"
	      "pinned-chat-paid-exponent=-1;" SENT " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"text\":\"x\"}\n",
	    "of an exponent that is no number, not paid");
	makes("@pinned-chat-paid-amount=500;pinned-chat-paid-currency=USD;"
	      "pinned-chat-paid-exponent=\\;" SENT " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"paid\":{\"amount\":500,"
		   "\"currency\":\"USD\",\"exponent\":2},\"text\":\"x\"}\n",
	    "one that is nothing without its escape is missing");
	makes("@" SENT " :g!x PRIVMSG #K :x",
	    PREFIX "\"message\",\"user\":\"g\",\"text\":\"x\"}\n",
	    "capitals of a bare line's channel");
	is_int(make("@" SENT " :g!x PRIVMSG #- :x"), FROM_REFUSED,
	    "a bare line's channel is a login");
	is_int(make("@" SENT " :g!x PRIVMSG ##k :x"), FROM_REFUSED,
	    "with one # before it");
	makes("@room-id=\\5001;source-room-id=5001;" SENT " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"text\":\"x\"}\n",
	    "rooms are compared without their escapes");
	makes("@pinned-chat-paid-amount=500;" SENT " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"text\":\"x\"}\n",
	    "no currency, not paid");
	makes("@room-id=1;source-room-id=2;" SENT " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"shared_from\":\"2\","
		   "\"text\":\"x\"}\n",
	    "a shared copy");
	makes("@room-id=1;source-room-id=1;" SENT " :g!x PRIVMSG #k :x",
	    PREFIX "\"message\",\"user\":\"g\",\"text\":\"x\"}\n",
	    "what is shared and from here is none");
}

static void
test_notices(void)
{
	makes("@login=g;msg-id=resub;msg-param-cumulative-months=0;"
	      "msg-param-months=8;msg-param-sub-plan=2000;" SENT
	      " :s USERNOTICE #k :acht",
	    PREFIX "\"resub\",\"user\":\"g\",\"months\":8,\"tier\":\"2\","
		   "\"text\":\"acht\"}\n",
	    "a resub: the first months that are more than 0");
	makes("@login=g;msg-id=anonsubgift;msg-param-gift-months=0;"
	      "msg-param-recipient-id=12;msg-param-recipient-user-name=h;"
	      "msg-param-sub-plan=Prime;" SENT " :s USERNOTICE #k",
	    PREFIX "\"subgift\",\"user\":\"g\",\"tier\":\"prime\","
		   "\"gift_months\":0,\"recipient\":\"h\",\"recipient_id\":"
		   "\"12\"}\n",
	    "an anonymous gift");
	makes("@login=g;msg-id=submysterygift;msg-param-mass-gift-count=5;"
	      "msg-param-sub-plan=neu;" SENT " :s USERNOTICE #k",
	    PREFIX "\"giftbomb\",\"user\":\"g\",\"tier\":\"neu\","
		   "\"gift_count\":5}\n",
	    "a giftbomb of a tier that we do not know");
	makes("@login=g;msg-id=raid;msg-param-viewerCount=0;" SENT
	      " :s USERNOTICE #k",
	    PREFIX "\"raid\",\"user\":\"g\",\"raid_viewers\":0}\n", "a raid");
	makes("@login=g;msg-id=neues;msg-param-b=1;msg-param-a=\\:;"
	      "msg-param-b=2;msg-param-leer=;msg-param-bits-spent=7;" SENT
	      " :s USERNOTICE #k",
	    PREFIX "\"notice\",\"user\":\"g\",\"notice\":\"neues\",\"bits\":7,"
		   "\"params\":{\"a\":\";\",\"b\":\"2\",\"bits-spent\":\"7\"}"
		   "}\n",
	    "a notice: params in order, the last of equal ones");
	makes("@login=g;msg-id=sharedchatnotice;room-id=1;source-msg-id=sub;"
	      "source-room-id=2;" SENT " :s USERNOTICE #k",
	    PREFIX "\"sub\",\"user\":\"g\",\"shared_from\":\"2\"}\n",
	    "a shared copy is what it is a copy of");
}

static void
test_moderation(void)
{
	makes("@" SENT " :s CLEARCHAT #k", PREFIX "\"clear\"}\n", "a clear");
	makes("@ban-duration=600;target-user-id=12;" SENT " :s CLEARCHAT #k :g",
	    PREFIX "\"timeout\",\"user\":\"g\",\"user_id\":\"12\","
		   "\"duration_s\":600}\n",
	    "a timeout");
	makes("@ban-duration=;" SENT " :s CLEARCHAT #k :g",
	    PREFIX "\"ban\",\"user\":\"g\"}\n", "a ban");
	makes("@login=g;target-msg-id=m1;" SENT " :s CLEARMSG #k :\x01"
	      "ACTION weg\x01",
	    PREFIX "\"delete\",\"user\":\"g\",\"target_id\":\"m1\",\"text\":"
		   "\"weg\"}\n",
	    "a delete");
}

static void
test_clocks(void)
{
	makes(RAW "@" SENT " :s CLEARCHAT #k", PREFIX "\"clear\"}\n",
	    "Twitch's clock");
	makes(RAW ":s CLEARCHAT #k",
	    "{\"ts\":\"2026-11-23T12:00:00.500Z\",\"channel\":\"k\","
	    "\"type\":\"clear\"}\n",
	    "ours without it");
	make(RAW "@tmi-sent-ts=1795434600500 :s CLEARCHAT #k");
	ok(str_starts(buf_view(&line), STR("{\"ts\":\"2026-11-23T11:50:00.5")),
	    "10 minutes behind it is believed");
	make(RAW "@tmi-sent-ts=1795434600499 :s CLEARCHAT #k");
	ok(str_starts(buf_view(&line), STR("{\"ts\":\"2026-11-23T12:00:00.5")),
	    "a ms more, and it is not");
	make(RAW "@tmi-sent-ts=1795435210500 :s CLEARCHAT #k");
	ok(str_starts(buf_view(&line), STR("{\"ts\":\"2026-11-23T12:00:10.5")),
	    "10 seconds ahead it is believed");
	make(RAW "@tmi-sent-ts=1795435210501 :s CLEARCHAT #k");
	ok(str_starts(buf_view(&line), STR("{\"ts\":\"2026-11-23T12:00:00.5")),
	    "a ms more, and it is not");
	makes("@rm-received-ts=1795435200123 :s CLEARCHAT #k",
	    PREFIX "\"clear\"}\n", "a history service's");
}

static void
test_others(void)
{
	is_int(make("PING :x"), FROM_SKIPPED, "a PING");
	is(what, "PING", "by its name");
	is_int(make(":s 001 g :x"), FROM_SKIPPED, "a number");
	is_int(make(":jtv!x PRIVMSG #k :x"), FROM_SKIPPED, "jtv");
	is(what, "jtv", "by its name");
	is_int(make("@" SENT " :g!x PRIVMSG #k"), FROM_REFUSED, "no text");
	is_int(make("@" SENT " :g!x PRIVMSG k :x"), FROM_REFUSED, "no #");
	is_int(make("@" SENT " :g!x PRIVMSG # :x"), FROM_REFUSED, "# alone");
	is_int(make("@" SENT " :g!x PRIVMSG"), FROM_REFUSED, "nothing");
	is_int(make(":g!x PRIVMSG #k :x"), FROM_REFUSED, "no time");
	is(what, "no time in it", "with a reason");
	is_int(
	    make(RAW ":g!x PRIVMSG #l :x"), FROM_REFUSED, "of another channel");
}

int
main(void)
{
	test_messages();
	test_notices();
	test_moderation();
	test_clocks();
	test_others();
	buf_release(&scratch.text);
	buf_release(&scratch.json);
	buf_release(&line);
	return tap_done();
}
