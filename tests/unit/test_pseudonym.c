/*
 * Keys, and events without people.
 */
#include "tap.h"
#include "temp.h"

#include <sys/stat.h>

#include "format/hmac.h"
#include "model/pseudonym.h"

#define KEY_1 "0123456789abcdef0123456789abcdef"
#define KEY_2 "0123456789abcdef0123456789abcdeg"

/* RFC 4231, test cases 1, 2 and 6. */
static void
test_hmac(void)
{
	static const char *const want[] = {
		"b0344c61d8db38535ca8afceaf0bf12b"
		"881dc200c9833da726e9376c2e32cff7",
		"5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843",
		"60e431591ee0b67f0d8a26aacbf5b77f"
		"8e0bc6213728c5140546040f0ee37f54",
	};
	char key[131];
	struct {
		struct str key, a, b;
	} in[3] = {
		{ { key, 20 }, STR("Hi "), STR("There") },
		{ STR("Jefe"), STR("what do ya want for nothing?"), STR("") },
		{ { key, 131 }, STR("Test Using Larger Than Block-Size Key - "),
		    STR("Hash Key First") },
	};

	for (int i = 0; i < 3; i++) {
		struct buf got = { 0 };
		struct hmac *h;

		memset(key, i == 0 ? 0x0b : 0xaa, sizeof(key));
		h = hmac_new(in[i].key);
		hmac_hex(h, STR("something"), STR("before"), 5, &got);
		ok(got.len == 10, "as many bytes as asked for");
		buf_reset(&got);
		hmac_hex(h, in[i].a, in[i].b, 32, &got);
		ok(str_eq(buf_view(&got), str_of(want[i])), "RFC 4231: %.*s",
		    STR_ARGS(buf_view(&got)));
		hmac_free(h);
		buf_release(&got);
	}
}

static struct pseudonyms *
load(const char *key, mode_t mode, struct errmsg *why)
{
	const char *path = temp_file(str_of(key), "");

	if (chmod(path, mode) != 0)
		err(1, "%s", path);
	return pseudonyms_load(path, why);
}

static void
test_key(void)
{
	struct errmsg why;
	struct pseudonyms *p;

	p = load(KEY_1 "\n", 0400, &why);
	ok(p != NULL, "a key");
	pseudonyms_free(p);
	ok(load("0123456789abcdef0123456789abcde\n \n", 0600, &why) == NULL &&
		strstr(why.text, "shorter than 32 bytes") != NULL,
	    "too short: %s", why.text);
	ok(load("", 0600, &why) == NULL, "empty: %s", why.text);
	ok(load(KEY_1, 0640, &why) == NULL &&
		strstr(why.text, "others may read") != NULL,
	    "the group reads: %s", why.text);
	ok(load(KEY_1, 0604, &why) == NULL, "all read");
	ok(pseudonyms_load("/nonexistent/key", &why) == NULL, "no file: %s",
	    why.text);
	ok(!why.passing, "there will be none");
	/* Nothing is at its first address: an error of reading. */
	ok(pseudonyms_load("/proc/self/mem", &why) == NULL && why.passing,
	    "what may pass is said: %s", why.text);
	pseudonyms_free(NULL);
}

static struct event
full(enum event_type type)
{
	struct event e;

	event_clear(&e);
	e.type = type;
	e.ts = 0;
	e.channel = STR("kanal_eins");
	e.id = STR("SECRET-id");
	e.user = STR("SECRET-user");
	e.user_id = STR("SECRET-user_id");
	e.name = STR("SECRET-name");
	e.badges = STR("SECRET-badges/1,moderator/1,moderators/1,subscriber/7,"
		       "lead_moderator/,broadcaster");
	e.badge_info = STR("SECRET-badge_info");
	e.shared_from = STR("500100200");
	e.bits = 100;
	e.first = true;
	e.reply_to = STR("SECRET-reply_to");
	e.recipient = STR("SECRET-recipient");
	e.recipient_id = STR("SECRET-recipient_id");
	e.params = STR("{\"login\":\"SECRET-params\"}");
	e.target_id = STR("SECRET-target_id");
	e.mentions = STR("[\"cola\"]");
	e.text = STR("SECRET-text");
	e.title = STR("SECRET-title");
	e.tags = STR("[\"SECRET-tags\"]");
	return e;
}

static void
test_event(void)
{
	struct errmsg why;
	struct pseudonyms *p = load(KEY_1, 0600, &why);
	struct pseudonyms *q = load(KEY_2, 0600, &why);
	struct buf line = { 0 }, again = { 0 }, other = { 0 };
	struct event e;

	if (p == NULL || q == NULL)
		errx(1, "%s", why.text);
	for (int t = 0; t < EVENT_N_TYPES; t++) {
		enum event_type type = (enum event_type)t;

		e = full(type);
		if (!event_is_chat(&e))
			continue;
		buf_reset(&line);
		pseudonymize(p, &e);
		event_write(&line, &e);
		buf_byte(&line, '\0');
		ok(strstr(line.p, "SECRET") == NULL, "nobody is in %s",
		    event_type_name(type).p);
	}
	e = full(EVENT_MESSAGE);
	pseudonymize(p, &e);
	event_write(&again, &e);
	buf_reset(&line);
	event_write(&line, &e);
	ok(str_eq(e.badges, STR("moderator/1,lead_moderator/1")) &&
		e.bits == 100 && e.first &&
		str_eq(e.mentions, STR("[\"cola\"]")) &&
		str_eq(e.shared_from, STR("500100200")),
	    "what figures are made of stays");
	ok(e.user_id.len == 32 && e.id.len == 32, "32 digits");
	ok(!str_eq(e.user_id, e.user), "an id is no login");
	e = full(EVENT_MESSAGE);
	pseudonymize(p, &e);
	buf_reset(&line);
	event_write(&line, &e);
	ok(str_eq(buf_view(&line), buf_view(&again)), "twice is the same");
	e = full(EVENT_MESSAGE);
	pseudonymize(q, &e);
	event_write(&other, &e);
	ok(!str_eq(buf_view(&line), buf_view(&other)),
	    "but not with another key");
	e = full(EVENT_MESSAGE);
	e.recipient_id = e.user_id;
	e.reply_to = e.id;
	pseudonymize(p, &e);
	ok(str_eq(e.recipient_id, e.user_id) && str_eq(e.reply_to, e.id),
	    "the same person and message are the same everywhere");
	event_clear(&e);
	e.type = EVENT_CLEAR;
	pseudonymize(p, &e);
	ok(e.user_id.len == 0 && e.user.len == 0 && e.badges.len == 0,
	    "nobody stays nobody");
	e = full(EVENT_VIEWERS);
	e.user_id = STR("500100200");
	pseudonymize(p, &e);
	ok(str_eq(e.user_id, STR("500100200")) && e.title.len == 0 &&
		e.tags.len == 0,
	    "a channel stays, but for what was written of it");
	pseudonyms_free(p);
	pseudonyms_free(q);
	buf_release(&line);
	buf_release(&again);
	buf_release(&other);
}

int
main(void)
{
	test_hmac();
	test_key();
	test_event();
	temp_end();
	return tap_done();
}
