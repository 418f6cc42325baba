/*
 * How events are counted, merged and spelled.
 */
#include "tap.h"

#include "model/tally.h"

static struct map names;

static struct event
event(enum event_type type, const char *user_id)
{
	struct event e;

	event_clear(&e);
	e.type = type;
	e.user_id = str_of(user_id);
	return e;
}

static bool
add(struct tally *t, struct event e)
{
	return tally_add(t, &e, &names);
}

static void
test_counts(void)
{
	struct tally t = { 0 };
	struct counts n;
	struct event e;

	ok(add(&t, event(EVENT_MESSAGE, "11")), "a message counts");
	e = event(EVENT_MESSAGE, "12");
	e.bits = 100;
	add(&t, e);
	e.bits = EVENT_NO_NUMBER;
	e.paid_currency = STR("EUR");
	e.paid_amount = 500;
	add(&t, e);
	e.bits = 10;
	add(&t, e);
	add(&t, event(EVENT_MESSAGE, ""));
	e = event(EVENT_NOTICE, "13");
	ok(!add(&t, e), "a notice does not");
	e.bits = 300;
	ok(add(&t, e), "with bits it does");
	add(&t, event(EVENT_SUB, "14"));
	add(&t, event(EVENT_RESUB, "14"));
	add(&t, event(EVENT_SUBGIFT, "14"));
	ok(!add(&t, event(EVENT_GIFTBOMB, "14")), "a giftbomb does not");
	ok(!add(&t, event(EVENT_ANNOUNCEMENT, "14")), "an announcement");
	ok(!add(&t, event(EVENT_CLEAR, "")), "a clear");
	add(&t, event(EVENT_RAID, "15"));
	add(&t, event(EVENT_DELETE, ""));
	add(&t, event(EVENT_TIMEOUT, "16"));
	add(&t, event(EVENT_TIMEOUT, "16"));
	add(&t, event(EVENT_BAN, "16"));
	e = event(EVENT_MESSAGE, "99");
	e.shared_from = STR("200");
	e.bits = 1000;
	ok(add(&t, e), "a shared message counts, as such");
	e.type = EVENT_SUB;
	ok(!add(&t, e), "other shared copies do not");
	n = tally_counts(&t);
	is_int(n.messages, 5, "messages");
	is_int(n.messages_shared, 1, "messages_shared");
	is_int(n.chatters, 2, "chatters: those with an id who wrote");
	is_int(n.bits, 410, "bits: 100 + 10 + 300");
	is_int(n.cheers, 2, "cheers");
	is_int(n.paid_messages, 3, "paid_messages");
	is_int(n.subs, 3, "subs");
	is_int(n.gifts, 1, "gifts");
	is_int(n.raids, 1, "raids");
	is_int(n.deleted, 1, "deleted");
	is_int(n.timeouts, 2, "timeouts");
	is_int(n.bans, 1, "bans");
	tally_release(&t);
	is_int(tally_counts(&t).messages, 0, "released: empty");
}

static void
test_users(void)
{
	static const char *const ids[] = { "0", "00", "1", "01", "001",
		"123456789012345678", "1234567890123456789", "abc", "abd", "1 ",
		"-1" };
	struct tally t = { 0 };
	struct event e;

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
			add(&t, event(EVENT_MESSAGE, ids[i]));
	is_int(tally_counts(&t).chatters, 11, "ids are told apart");
	e = event(EVENT_MESSAGE, "abc");
	e.first = true;
	add(&t, e);
	add(&t, e);
	is_int(t.firsts.n, 1, "who wrote for the first time counts once");
	tally_release(&t);
}

static void
test_merge(void)
{
	struct tally a = { 0 }, b = { 0 }, c = { 0 };
	struct buf json = { 0 };
	struct event e = event(EVENT_MESSAGE, "11");

	tally_mentions(&a, &names, &json);
	is(buf_view(&json), "", "no mentions, nothing");
	e.mentions = STR("[\"z\\u0000wei\"]");
	add(&c, e);
	tally_mentions(&c, &names, &json);
	is(buf_view(&json), "", "a name with NUL would be no key");
	tally_release(&c);
	e.mentions = STR("[\"zwei\",\"eins\",\"zwei\"]");
	add(&a, e);
	ok(add(&a,
	       (struct event){ .type = EVENT_ANNOUNCEMENT,
		   .mentions = STR("[\"\\\"x\\\"\"]") }),
	    "an event with a mention counts");
	e.user_id = STR("12");
	e.mentions = STR("[\"zwei\",\"Zoo\"]");
	e.bits = 5;
	add(&b, e);
	add(&b, event(EVENT_MESSAGE, "11"));
	tally_merge(&a, &b);
	is_int(tally_counts(&a).messages, 3, "messages add up");
	is_int(tally_counts(&a).bits, 5, "bits, too");
	is_int(tally_counts(&a).chatters, 2, "people count once");
	tally_mentions(&a, &names, &json);
	is(buf_view(&json), "{\"\\\"x\\\"\":1,\"Zoo\":1,\"eins\":1,\"zwei\":2}",
	    "mentions by bytes, each once an event");
	is_int(tally_counts(&b).messages, 2, "what was added stays");
	a.n.bits = b.n.bits = INT64_MAX - 1;
	tally_merge(&a, &b);
	is_int(a.n.bits, INT64_MAX, "sums do not run over");
	buf_release(&json);
	tally_release(&a);
	tally_release(&b);
	tally_release(&b);
}

int
main(void)
{
	test_counts();
	test_users();
	test_merge();
	map_release(&names);
	return tap_done();
}
