#include "format/irc.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/num.h"
#include "base/tstamp.h"

#define IRC_BLOCK 64 /* bytes looked at together: the bits of a mask */

/* A tag that we use; IRC_N_TAGS for the others. By length first: that leaves
 * at most three to compare. */
static enum irc_tag
find_tag(const char *p, size_t len)
{
#define IS(s) (memcmp(p, s, sizeof(s) - 1) == 0)
	switch (len) {
	case 2:
		return IS("id") ? IRC_ID : IRC_N_TAGS;
	case 4:
		return IS("bits") ? IRC_BITS : IRC_N_TAGS;
	case 5:
		return IS("login") ? IRC_LOGIN : IRC_N_TAGS;
	case 6:
		return IS("badges") ? IRC_BADGES
		    : IS("msg-id")  ? IRC_MSG_ID
				    : IRC_N_TAGS;
	case 7:
		return IS("user-id") ? IRC_USER_ID
		    : IS("room-id")  ? IRC_ROOM_ID
				     : IRC_N_TAGS;
	case 9:
		return IS("first-msg") ? IRC_FIRST_MSG : IRC_N_TAGS;
	case 10:
		return IS("badge-info") ? IRC_BADGE_INFO : IRC_N_TAGS;
	case 11:
		return IS("tmi-sent-ts") ? IRC_TMI_SENT_TS : IRC_N_TAGS;
	case 12:
		return IS("display-name") ? IRC_DISPLAY_NAME
		    : IS("ban-duration")  ? IRC_BAN_DURATION
					  : IRC_N_TAGS;
	case 13:
		return IS("source-msg-id") ? IRC_SOURCE_MSG_ID
		    : IS("target-msg-id")  ? IRC_TARGET_MSG_ID
					   : IRC_N_TAGS;
	case 14:
		return IS("source-room-id") ? IRC_SOURCE_ROOM_ID
		    : IS("target-user-id")  ? IRC_TARGET_USER_ID
		    : IS("rm-received-ts")  ? IRC_RM_RECEIVED_TS
					    : IRC_N_TAGS;
	case 16:
		return IS("custom-reward-id") ? IRC_CUSTOM_REWARD_ID
		    : IS("msg-param-months")  ? IRC_MONTHS
					      : IRC_N_TAGS;
	case 17:
		return IS("returning-chatter") ? IRC_RETURNING_CHATTER
					       : IRC_N_TAGS;
	case 18:
		return IS("msg-param-sub-plan") ? IRC_SUB_PLAN : IRC_N_TAGS;
	case 19:
		return IS("reply-parent-msg-id") ? IRC_REPLY_PARENT_MSG_ID
						 : IRC_N_TAGS;
	case 20:
		return IS("msg-param-bits-spent") ? IRC_BITS_SPENT : IRC_N_TAGS;
	case 21:
		return IS("msg-param-gift-months") ? IRC_GIFT_MONTHS
		    : IS("msg-param-viewerCount")  ? IRC_VIEWER_COUNT
						   : IRC_N_TAGS;
	case 22:
		return IS("msg-param-recipient-id") ? IRC_RECIPIENT_ID
						    : IRC_N_TAGS;
	case 23:
		return IS("pinned-chat-paid-amount") ? IRC_PAID_AMOUNT
						     : IRC_N_TAGS;
	case 25:
		return IS("pinned-chat-paid-currency") ? IRC_PAID_CURRENCY
		    : IS("pinned-chat-paid-exponent")  ? IRC_PAID_EXPONENT
		    : IS("msg-param-mass-gift-count")  ? IRC_MASS_GIFT_COUNT
						       : IRC_N_TAGS;
	case 27:
		return IS("msg-param-cumulative-months") ? IRC_CUMULATIVE_MONTHS
							 : IRC_N_TAGS;
	case 29:
		return IS("msg-param-recipient-user-name")
		    ? IRC_RECIPIENT_USER_NAME
		    : IRC_N_TAGS;
	default:
		return IRC_N_TAGS;
	}
#undef IS
}

/*
 * Marks the `;`, `=` and spaces of at most 64 bytes, the first in bit 0, and
 * notes whether a backslash is among them.
 */
static inline uint64_t
find_marks(const char *p, size_t n, bool *escaped)
{
	uint64_t mask = 0;

#if defined(__SSE2__)
	if (LIKELY(n == IRC_BLOCK)) {
		__m128i slash = _mm_setzero_si128();

		for (int i = 0; i < 4; i++) {
			__m128i v = _mm_loadu_si128(
			    (const __m128i *)(const void *)(p + 16 * i));
			__m128i hit = _mm_or_si128(
			    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(';')),
				_mm_cmpeq_epi8(v, _mm_set1_epi8('='))),
			    _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));

			slash = _mm_or_si128(
			    slash, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
			mask |= (uint64_t)(unsigned)_mm_movemask_epi8(hit)
			    << (16 * i);
		}
		*escaped |= _mm_movemask_epi8(slash) != 0;
		return mask;
	}
#endif
	for (size_t i = 0; i < n; i++) {
		if (p[i] == ';' || p[i] == '=' || p[i] == ' ')
			mask |= UINT64_C(1) << i;
		*escaped |= p[i] == '\\';
	}
	return mask;
}

/* Puts the tag from `key` to `end` in its place; `eq` is its `=` or NULL. */
static inline void
keep_tag(struct irc *m, const char *key, const char *eq, const char *end)
{
	enum irc_tag tag =
	    find_tag(key, (size_t)((eq != NULL ? eq : end) - key));

	if (tag == IRC_N_TAGS)
		return;
	eq = eq != NULL ? eq + 1 : end;
	m->tag[tag] = (struct str){ eq, (size_t)(end - eq) };
}

/*
 * Reads the tag section from `p` on.
 *
 * Returns its end: the space, or the end of the line.
 */
static const char *
parse_tags(struct irc *m, const char *p, const char *end)
{
	const char *key = p, *eq = NULL, *begin = p;

	while (p < end) {
		size_t n = end - p < IRC_BLOCK ? (size_t)(end - p) : IRC_BLOCK;
		uint64_t mask = find_marks(p, n, &m->escaped);

		for (; mask != 0; mask &= mask - 1) {
			const char *at = p + __builtin_ctzll(mask);

			if (*at == '=') {
				/* Only the first: values may hold more. */
				eq = eq != NULL ? eq : at;
				continue;
			}
			keep_tag(m, key, eq, at);
			if (*at == ' ') {
				end = at;
				goto out;
			}
			key = at + 1;
			eq = NULL;
		}
		p += n;
	}
	keep_tag(m, key, eq, end);
out:
	m->tags = (struct str){ begin, (size_t)(end - begin) };
	return end;
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
	const char *at = memchr(p, ' ', (size_t)(end - p));

	return at != NULL ? at : end;
}

static bool
is_command(struct str s)
{
	bool digits = s.len == 3, letters = s.len > 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		digits &= c >= '0' && c <= '9';
		letters &= (c | 32) >= 'a' && (c | 32) <= 'z';
	}
	return digits || letters;
}

static void
parse_source(struct irc *m, const char *p, const char *end)
{
	const char *begin = p;

	while (p < end && *p != '!' && *p != '@')
		p++;
	m->nick = (struct str){ begin, (size_t)(p - begin) };
	m->has_user = p < end;
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
irc_parse(struct irc *m, struct str line)
{
	const char *p = line.p, *end = line.p + line.len, *at;

	memset(m, 0, sizeof(*m));
	if (p < end && *p == '@')
		p = skip_spaces(parse_tags(m, p + 1, end), end);
	if (p < end && *p == ':') {
		at = find_space(p, end);
		parse_source(m, p + 1, at);
		p = skip_spaces(at, end);
	}
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

int64_t
irc_whole(const struct irc *m, enum irc_tag tag)
{
	struct str v = m->tag[tag];
	char plain[64];
	struct buf b = { plain, 0, sizeof(plain), sizeof(plain), false };

	if (!m->escaped)
		return num_whole(v);
	if (v.len > sizeof(plain))
		return -1;
	return num_whole(irc_unescape(&b, v));
}

static int64_t
time_of(const struct irc *m, enum irc_tag tag)
{
	int64_t t = irc_whole(m, tag);

	return t >= 0 && t <= TSTAMP_MAX ? t : IRC_NO_TIME;
}

int64_t
irc_sent_time(const struct irc *m)
{
	return time_of(m, IRC_TMI_SENT_TS);
}

int64_t
irc_time(const struct irc *m)
{
	int64_t t = irc_sent_time(m);

	return t != IRC_NO_TIME ? t : time_of(m, IRC_RM_RECEIVED_TS);
}
