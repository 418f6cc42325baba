/*
 * fuzz irc: any bytes as lines of IRC, held against a reader that goes byte by
 * byte (twitch.md 1.8 read aloud); all tags are walked and unescaped.
 */
#include "../unit/irc_slow.h"
#include "fuzz.h"

#include "base/tstamp.h"
#include "format/irc.h"

/* By enum irc_tag. */
static const char *const keys[IRC_N_TAGS] = {
	[IRC_BADGE_INFO] = "badge-info",
	[IRC_BADGES] = "badges",
	[IRC_BAN_DURATION] = "ban-duration",
	[IRC_BITS] = "bits",
	[IRC_CUSTOM_REWARD_ID] = "custom-reward-id",
	[IRC_DISPLAY_NAME] = "display-name",
	[IRC_FIRST_MSG] = "first-msg",
	[IRC_ID] = "id",
	[IRC_LOGIN] = "login",
	[IRC_MSG_ID] = "msg-id",
	[IRC_BITS_SPENT] = "msg-param-bits-spent",
	[IRC_CUMULATIVE_MONTHS] = "msg-param-cumulative-months",
	[IRC_GIFT_MONTHS] = "msg-param-gift-months",
	[IRC_MASS_GIFT_COUNT] = "msg-param-mass-gift-count",
	[IRC_MONTHS] = "msg-param-months",
	[IRC_RECIPIENT_ID] = "msg-param-recipient-id",
	[IRC_RECIPIENT_USER_NAME] = "msg-param-recipient-user-name",
	[IRC_SUB_PLAN] = "msg-param-sub-plan",
	[IRC_VIEWER_COUNT] = "msg-param-viewerCount",
	[IRC_PAID_AMOUNT] = "pinned-chat-paid-amount",
	[IRC_PAID_CURRENCY] = "pinned-chat-paid-currency",
	[IRC_PAID_EXPONENT] = "pinned-chat-paid-exponent",
	[IRC_REPLY_PARENT_MSG_ID] = "reply-parent-msg-id",
	[IRC_RETURNING_CHATTER] = "returning-chatter",
	[IRC_RM_RECEIVED_TS] = "rm-received-ts",
	[IRC_ROOM_ID] = "room-id",
	[IRC_SOURCE_MSG_ID] = "source-msg-id",
	[IRC_SOURCE_ROOM_ID] = "source-room-id",
	[IRC_TARGET_MSG_ID] = "target-msg-id",
	[IRC_TARGET_USER_ID] = "target-user-id",
	[IRC_TMI_SENT_TS] = "tmi-sent-ts",
	[IRC_USER_ID] = "user-id",
};

static void
must_be(struct str got, struct str want)
{
	must(str_eq(got, want));
	must(want.len == 0 || got.p == want.p);
}

/* Undoes escapes, and holds irc_unescape() against that. */
static void
must_unescape(struct str value)
{
	static struct buf want, got;
	struct str plain;

	buf_reset(&want);
	buf_reset(&got);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];

		if (c == '\\') {
			if (++i == value.len)
				break;
			c = value.p[i];
			c = c == ':'   ? ';'
			    : c == 's' ? ' '
			    : c == 'r' ? '\r'
			    : c == 'n' ? '\n'
				       : c;
		}
		buf_byte(&want, c);
	}
	buf_room(&got, value.len);
	plain = irc_unescape(&got, value);
	must(str_eq(plain, buf_view(&want)));
}

/* Reads a time: digits once it is unescaped, until the year 9999. */
static int64_t
time_of(struct str value)
{
	static struct buf plain;
	char text[32];
	struct str s;

	buf_reset(&plain);
	buf_room(&plain, value.len);
	s = irc_unescape(&plain, value);
	if (s.len < 1 || s.len > 18 || value.len > 64)
		return IRC_NO_TIME;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return IRC_NO_TIME;
	snprintf(text, sizeof(text), "%.*s", STR_ARGS(s));
	return strtoll(text, NULL, 10) <= TSTAMP_MAX ? strtoll(text, NULL, 10)
						     : IRC_NO_TIME;
}

/* Reads all tags, and walks over them as the parser lets its callers. */
static void
check_tags(const struct irc *m, struct str tags)
{
	struct str want[IRC_N_TAGS], rest = tags, walked = m->tags, k, v;
	bool more = rest.len > 0;

	memset(want, 0, sizeof(want));
	while (more) {
		struct str key = take(&rest, "=;"), value;

		(void)skip(&rest, '=', 1);
		value = take(&rest, ";");
		for (int t = 0; t < IRC_N_TAGS; t++)
			if (str_eq(key, str_of(keys[t])))
				want[t] = value;
		must(irc_tag_next(&walked, &k, &v));
		must_be(k, key);
		must_be(v, value);
		must(m->escaped || value.len == 0 ||
		    memchr(value.p, '\\', value.len) == NULL);
		must_unescape(value);
		/* Nothing behind the last `;` is no tag. */
		more = skip(&rest, ';', 1) == 1 && rest.len > 0;
	}
	must(!irc_tag_next(&walked, &k, &v));
	for (int t = 0; t < IRC_N_TAGS; t++) {
		must_be(irc_tag(m, (enum irc_tag)t), want[t]);
		must(irc_whole(m, (enum irc_tag)t) >= -1);
	}
	must(m->sent == time_of(want[IRC_TMI_SENT_TS]));
	must(irc_time(m) ==
	    (m->sent != IRC_NO_TIME ? m->sent
				    : time_of(want[IRC_RM_RECEIVED_TS])));
}

static void
check_line(struct irc *m, struct str line)
{
	struct str rest = line, tags = STR_ABSENT, source, command;
	bool good = irc_parse(m, line);
	int n = 0;

	if (skip(&rest, '@', 1) == 1) {
		tags = take(&rest, " ");
		(void)skip(&rest, ' ', SIZE_MAX);
	}
	must_be(m->tags, tags);
	check_tags(m, tags);
	if (skip(&rest, ':', 1) == 1) {
		source = take(&rest, " ");
		must_be(m->nick, take(&source, "!@"));
		must(m->has_user == (source.len > 0));
		(void)skip(&rest, ' ', SIZE_MAX);
	}
	command = take(&rest, " ");
	must(good == is_command(command));
	if (!good)
		return;
	must_be(m->command, command);
	while (n < IRC_N_PARAMS) {
		(void)skip(&rest, ' ', SIZE_MAX);
		if (rest.len == 0)
			break;
		must(n < m->n_params);
		must_be(m->param[n++],
		    take(&rest, skip(&rest, ':', 1) == 1 ? "" : " "));
	}
	must(n == m->n_params);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_str(data, size), line;
	struct irc m = { 0 };

	/* One after the other, as the parser learns the order of the tags. */
	while (fuzz_line(&rest, &line))
		check_line(&m, line);
	return 0;
}
