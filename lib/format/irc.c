#include "format/irc.h"

#include "base/bytes.h"
#include "base/num.h"
#include "base/tstamp.h"

/* Bytes of the longest key with the `;` before and the `=` behind it. */
#define KEY_MAX 32

/* Tags that we do not use, but that lines have: they are passed over faster than
 * one that nobody knows. */
enum {
	COLOR = IRC_N_TAGS,
	CLIENT_NONCE,
	EMOTE_ONLY,
	EMOTES,
	FLAGS,
	MOD,
	GIFT_ID,
	ORIGIN_ID,
	SENDER_COUNT,
	SHARE_STREAK,
	STREAK_MONTHS,
	SUB_PLAN_NAME,
	REPLY_NAME,
	REPLY_BODY,
	REPLY_USER_ID,
	REPLY_LOGIN,
	SOURCE_BADGE_INFO,
	SOURCE_BADGES,
	SOURCE_ID,
	SUBSCRIBER,
	SYSTEM_MSG,
	TURBO,
	USER_TYPE,
	VIP,
	N_KNOWN
};

#define UNKNOWN (IRC_N_KEYS - 1) /* any other tag; also what is before all */

struct irc_key {
	char name[KEY_MAX];    /* between `;` and `=` */
	uint32_t len;          /* bytes of that */
	uint32_t mask;         /* a bit for each of them */
	uint64_t bit;          /* in irc.has */
	unsigned char number;  /* of this key */
	unsigned char pad[15]; /* 64 bytes are quickly found */
};

static const struct irc_key keys[IRC_N_KEYS] = {
#define KEY(n, s)                                                              \
	[n] = { ";" s "=", sizeof(s) + 1, UINT32_MAX >> (31 - sizeof(s)),      \
		UINT64_C(1) << (n), (n), { 0 } }
	KEY(IRC_BADGE_INFO, "badge-info"),
	KEY(IRC_BADGES, "badges"),
	KEY(IRC_BAN_DURATION, "ban-duration"),
	KEY(IRC_BITS, "bits"),
	KEY(IRC_CUSTOM_REWARD_ID, "custom-reward-id"),
	KEY(IRC_DISPLAY_NAME, "display-name"),
	KEY(IRC_FIRST_MSG, "first-msg"),
	KEY(IRC_ID, "id"),
	KEY(IRC_LOGIN, "login"),
	KEY(IRC_MSG_ID, "msg-id"),
	KEY(IRC_BITS_SPENT, "msg-param-bits-spent"),
	KEY(IRC_CUMULATIVE_MONTHS, "msg-param-cumulative-months"),
	KEY(IRC_GIFT_MONTHS, "msg-param-gift-months"),
	KEY(IRC_MASS_GIFT_COUNT, "msg-param-mass-gift-count"),
	KEY(IRC_MONTHS, "msg-param-months"),
	KEY(IRC_RECIPIENT_ID, "msg-param-recipient-id"),
	KEY(IRC_RECIPIENT_USER_NAME, "msg-param-recipient-user-name"),
	KEY(IRC_SUB_PLAN, "msg-param-sub-plan"),
	KEY(IRC_VIEWER_COUNT, "msg-param-viewerCount"),
	KEY(IRC_PAID_AMOUNT, "pinned-chat-paid-amount"),
	KEY(IRC_PAID_CURRENCY, "pinned-chat-paid-currency"),
	KEY(IRC_PAID_EXPONENT, "pinned-chat-paid-exponent"),
	KEY(IRC_REPLY_PARENT_MSG_ID, "reply-parent-msg-id"),
	KEY(IRC_RETURNING_CHATTER, "returning-chatter"),
	KEY(IRC_RM_RECEIVED_TS, "rm-received-ts"),
	KEY(IRC_ROOM_ID, "room-id"),
	KEY(IRC_SOURCE_MSG_ID, "source-msg-id"),
	KEY(IRC_SOURCE_ROOM_ID, "source-room-id"),
	KEY(IRC_TARGET_MSG_ID, "target-msg-id"),
	KEY(IRC_TARGET_USER_ID, "target-user-id"),
	KEY(IRC_TMI_SENT_TS, "tmi-sent-ts"),
	KEY(IRC_USER_ID, "user-id"),
	KEY(COLOR, "color"),
	KEY(CLIENT_NONCE, "client-nonce"),
	KEY(EMOTE_ONLY, "emote-only"),
	KEY(EMOTES, "emotes"),
	KEY(FLAGS, "flags"),
	KEY(MOD, "mod"),
	KEY(GIFT_ID, "msg-param-community-gift-id"),
	KEY(ORIGIN_ID, "msg-param-origin-id"),
	KEY(SENDER_COUNT, "msg-param-sender-count"),
	KEY(SHARE_STREAK, "msg-param-should-share-streak"),
	KEY(STREAK_MONTHS, "msg-param-streak-months"),
	KEY(SUB_PLAN_NAME, "msg-param-sub-plan-name"),
	KEY(REPLY_NAME, "reply-parent-display-name"),
	KEY(REPLY_BODY, "reply-parent-msg-body"),
	KEY(REPLY_USER_ID, "reply-parent-user-id"),
	KEY(REPLY_LOGIN, "reply-parent-user-login"),
	KEY(SOURCE_BADGE_INFO, "source-badge-info"),
	KEY(SOURCE_BADGES, "source-badges"),
	KEY(SOURCE_ID, "source-id"),
	KEY(SUBSCRIBER, "subscriber"),
	KEY(SYSTEM_MSG, "system-msg"),
	KEY(TURBO, "turbo"),
	KEY(USER_TYPE, "user-type"),
	KEY(VIP, "vip"),
	/* Neither a tag nor what follows the last one begins with a NUL. */
	[UNKNOWN] = { "", 0, UINT32_MAX, UINT64_C(1) << UNKNOWN, UNKNOWN,
	    { 0 } },
#undef KEY
};

_Static_assert(N_KNOWN <= UNKNOWN, "a key has no place");

/* Finds the key whose name are the `len` bytes at `p`. */
static const struct irc_key *
find_key(const char *p, size_t len)
{
	for (const struct irc_key *k = keys; k < keys + N_KNOWN; k++)
		if (k->len == len + 2 && memcmp(k->name + 1, p, len) == 0)
			return k;
	return &keys[UNKNOWN];
}

/* Tells whether the 32 bytes at `p` begin as the key `k` does, between `;` and `=`.
 * The bytes whose bits are in `given` may be others. */
static inline bool
is_key(const char *p, const struct irc_key *k, uint32_t given)
{
	uint32_t same = bytes_equal16(p, k->name) | given;

	if (k->mask > UINT16_MAX)
		same |= bytes_equal16(p + BYTES_16, k->name + BYTES_16) << 16;
	return (same & k->mask) == k->mask;
}

/* A tag: its key, and where its value begins. */
struct tag {
	const struct irc_key *key;
	const char *value;
};

/* Reads the tag from `p` to `stop`, which came after that of number `before`, and
 * expects it there from now on. */
static NEVER_INLINE struct tag
learn(struct irc *m, size_t before, const char *p, const char *stop)
{
	/* Only the first `=`: values may hold more. */
	const char *at = bytes_find(p, stop, '=', '=');
	const struct irc_key *k = find_key(p, (size_t)(at - p));

	m->after[before] = k;
	m->after_number[before] = k->number;
	return (struct tag){ k, at + (at < stop) };
}

/* Finds each `;` and space of the 64 bytes at `p`; the line has its end at `end`.
 * `*slash` becomes true when there is a `\\`. */
static inline uint64_t
look(const char *p, const char *end, bool *slash)
{
	char last[64];

	if (UNLIKELY(end - p < (ptrdiff_t)sizeof(last))) {
		memset(last, 0, sizeof(last));
		memcpy(last, p, (size_t)(end - p));
		p = last;
	}
	return bytes_either64(p, ';', ' ', '\\', slash);
}

/* Begins to learn the order of tags. */
static void
expect_nothing(struct irc *m)
{
	for (size_t i = 0; i < IRC_N_KEYS; i++) {
		m->after[i] = &keys[UNKNOWN];
		m->after_number[i] = UNKNOWN;
	}
}

/* What is known while the tags of a line are read. */
struct pass {
	const char *at;    /* the `;` or `@` before the next tag */
	const char *roomy; /* up to here a whole key can be looked at */
	size_t before;     /* number of the tag that was read last */
	uint64_t has;      /* see irc.h */
};

/* Reads the tag that ends at `stop`, see is_key(). False when there is none: the
 * section has come to its end before. */
static inline ALWAYS_INLINE bool
take(struct irc *m, struct pass *t, const char *stop, uint32_t given)
{
	struct tag tag = { m->after[t->before], t->at };
	size_t number = m->after_number[t->before];

	tag.value += tag.key->len;
	if (UNLIKELY(t->at > t->roomy) ||
	    UNLIKELY(!is_key(t->at, tag.key, given))) {
		if (*t->at == ' ')
			return false;
		tag = learn(m, t->before, t->at + 1, stop);
		number = tag.key->number;
	}
	m->value[number] = tag.value;
	m->value_end[number] = stop;
	t->has |= tag.key->bit;
	t->before = number;
	t->at = stop;
	return true;
}

/*
 * Reads the tag section whose `@` is at `p`; the line has its end at `end`.
 *
 * Returns the section's end: the space, or the end of the line.
 */
static const char *
parse_tags(struct irc *m, const char *p, const char *end)
{
	struct pass t = { p, end - p > KEY_MAX ? end - KEY_MAX : p - 1, UNKNOWN,
		0 };
	const char *begin = p + 1;
	uint64_t mask;

	if (UNLIKELY(m->after[UNKNOWN] == NULL))
		expect_nothing(m);
	mask = look(p, end, &m->escaped);
	/* The `@` stands where the others have a `;`. */
	if (LIKELY(mask != 0)) {
		(void)take(m, &t, p + (unsigned)__builtin_ctzll(mask), 1);
		mask &= mask - 1;
	}
	for (;;) {
		for (; mask != 0; mask &= mask - 1)
			if (UNLIKELY(!take(
				m, &t, p + (unsigned)__builtin_ctzll(mask), 0)))
				break;
		if (*t.at == ' ')
			break;
		if (end - p <= 64) {
			(void)take(m, &t, end, 0);
			break;
		}
		p += 64;
		mask = look(p, end, &m->escaped);
	}
	m->tags = (struct str){ begin, (size_t)(t.at - begin) };
	m->has = t.has;
	return t.at;
}

static const char *
skip_spaces(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

static const char *
find_space(const char *p, const char *end)
{
	return bytes_find(p, end, ' ', ' ');
}

static bool
is_command(struct str s)
{
	bool digits = s.len == 3, letters = s.len > 0;

	if (LIKELY(str_eq(s, STR("PRIVMSG"))))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		digits &= c >= '0' && c <= '9';
		letters &= (c | 32) >= 'a' && (c | 32) <= 'z';
	}
	return digits || letters;
}

/* Reads the source from `p` on. Returns its end. */
static const char *
parse_source(struct irc *m, const char *p, const char *end)
{
	const char *stop = find_space(p, end);
	const char *at = bytes_find(p, stop, '!', '@');

	m->nick = (struct str){ p, (size_t)(at - p) };
	m->has_user = at < stop;
	return stop;
}

static void
parse_params(struct irc *m, const char *p, const char *end)
{
	while (m->n_params < IRC_N_PARAMS) {
		const char *at;

		p = skip_spaces(p, end);
		if (p == end)
			return;
		at = *p == ':' ? end : find_space(p, end);
		if (*p == ':')
			p++;
		m->param[m->n_params++] = (struct str){ p, (size_t)(at - p) };
		p = at;
	}
}

bool
irc_may_reply(const struct irc *m)
{
	const uint64_t replies = UINT64_C(1) << IRC_REPLY_PARENT_MSG_ID |
	    UINT64_C(1) << REPLY_NAME | UINT64_C(1) << REPLY_BODY |
	    UINT64_C(1) << REPLY_USER_ID | UINT64_C(1) << REPLY_LOGIN |
	    UINT64_C(1) << UNKNOWN;

	return (m->has & replies) != 0;
}

static char
unescape(char c)
{
	switch (c) {
	case ':':
		return ';';
	case 's':
		return ' ';
	case 'r':
		return '\r';
	case 'n':
		return '\n';
	default:
		return c;
	}
}

struct str
irc_unescape(struct buf *scratch, struct str value)
{
	size_t begin = scratch->len;

	if (value.len == 0 || memchr(value.p, '\\', value.len) == NULL)
		return value;
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] != '\\')
			buf_byte(scratch, value.p[i]);
		else if (++i < value.len)
			buf_byte(scratch, unescape(value.p[i]));
	}
	return (struct str){ scratch->p + begin, scratch->len - begin };
}

/* Reads a number that may be spelled with escapes. */
static int64_t
escaped_whole(struct str v)
{
	char plain[64];
	struct buf b = { plain, 0, sizeof(plain), sizeof(plain), false };

	return v.len <= sizeof(plain) ? num_whole(irc_unescape(&b, v)) : -1;
}

int64_t
irc_whole(const struct irc *m, enum irc_tag tag)
{
	if ((m->has >> tag & 1) == 0)
		return -1;
	return m->escaped ? escaped_whole(irc_tag(m, tag))
			  : num_whole(irc_tag(m, tag));
}

static int64_t
time_of(const struct irc *m, enum irc_tag tag)
{
	int64_t t = irc_whole(m, tag);

	return t >= 0 && t <= TSTAMP_MAX ? t : IRC_NO_TIME;
}

bool
irc_parse(struct irc *m, struct str line)
{
	const char *p = line.p, *end = line.p + line.len, *at;

	/* Each by itself: gcc copies one from another otherwise, which waits until
	 * that is written. */
	m->tags = STR_ABSENT;
	m->nick = STR_ABSENT;
	m->param[0] = STR_ABSENT;
	m->param[1] = STR_ABSENT;
	m->has = 0;
	m->escaped = m->has_user = false;
	m->n_params = 0;
	if (p < end && *p == '@')
		p = skip_spaces(parse_tags(m, p, end), end);
	m->sent = time_of(m, IRC_TMI_SENT_TS);
	if (p < end && *p == ':')
		p = skip_spaces(parse_source(m, p + 1, end), end);
	at = find_space(p, end);
	m->command = (struct str){ p, (size_t)(at - p) };
	if (!is_command(m->command))
		return false;
	parse_params(m, at, end);
	return true;
}

/* Finds the first of the parameters from `p` on that is a channel. */
static struct str
find_room(const char *p, const char *end, bool numeric)
{
	do {
		const char *at;

		p = skip_spaces(p, end);
		if (p == end)
			break;
		/* A text is a channel only where nothing else can be. */
		if (*p == ':' && numeric)
			break;
		if (*p == ':')
			p++;
		at = find_space(p, end);
		if (p < at && *p == '#')
			return (struct str){ p + 1, (size_t)(at - p - 1) };
		p = at;
	} while (numeric);
	return STR_ABSENT;
}

bool
irc_head(struct irc_head *h, struct str line)
{
	const char *p = line.p, *end = line.p + line.len, *at;

	*h = (struct irc_head){ .tags = STR_ABSENT };
	if (p < end && *p == '@') {
		at = find_space(p, end);
		h->tags = (struct str){ p + 1, (size_t)(at - p - 1) };
		p = skip_spaces(at, end);
	}
	if (p < end && *p == ':') {
		at = find_space(p, end);
		h->nick.p = ++p;
		while (p < at && *p != '!' && *p != '@')
			p++;
		h->nick.len = (size_t)(p - h->nick.p);
		p = skip_spaces(at, end);
	}
	at = find_space(p, end);
	h->command = (struct str){ p, (size_t)(at - p) };
	if (!is_command(h->command))
		return false;
	h->room = find_room(at, end, *p >= '0' && *p <= '9');
	at = skip_spaces(at, end);
	h->params = (struct str){ at, (size_t)(end - at) };
	return true;
}

bool
irc_tag_next(struct str *rest, struct str *key, struct str *value)
{
	const char *end, *eq;
	size_t len;

	if (rest->len == 0)
		return false;
	end = memchr(rest->p, ';', rest->len);
	len = end != NULL ? (size_t)(end - rest->p) : rest->len;
	eq = memchr(rest->p, '=', len);
	key->p = rest->p;
	key->len = eq != NULL ? (size_t)(eq - rest->p) : len;
	value->p = eq != NULL ? eq + 1 : rest->p + len;
	value->len = (size_t)(rest->p + len - value->p);
	len += end != NULL;
	rest->p += len;
	rest->len -= len;
	return true;
}

int64_t
irc_time(const struct irc *m)
{
	return m->sent != IRC_NO_TIME ? m->sent
				      : time_of(m, IRC_RM_RECEIVED_TS);
}
