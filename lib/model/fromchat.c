#include "model/fromchat.h"

#include <assert.h>
#include <stdlib.h>

#include "base/login.h"
#include "base/map.h"
#include "base/tstamp.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "format/jsonw.h"

/* Twitch's clock is believed when it is this far from ours at most. */
#define CLOCK_BEHIND_MS (10 * MS_PER_MIN)
#define CLOCK_AHEAD_MS  (10 * MS_PER_S)

/* What is needed along the way of one line. */
struct source {
	const struct irc *irc;
	struct scratch *scratch; /* where changed values go */
};

static struct str
value(const struct source *s, enum irc_tag tag)
{
	struct str v = irc_tag(s->irc, tag);

	return s->irc->escaped ? irc_unescape(&s->scratch->text, v) : v;
}

static bool
is_set(const struct source *s, enum irc_tag tag)
{
	return str_eq(value(s, tag), STR("1"));
}

static int64_t
positive(const struct source *s, enum irc_tag tag)
{
	int64_t v = irc_whole(s->irc, tag);

	return v > 0 ? v : EVENT_NO_NUMBER;
}

/* Takes the `/me` off a text. Returns true when there was one. */
static bool
strip_action(struct str *text)
{
	if (!str_starts(*text,
		STR("\x01"
		    "ACTION ")))
		return false;
	text->p += 8;
	text->len -= 8;
	if (text->len > 0 && text->p[text->len - 1] == '\x01')
		text->len--;
	return true;
}

static struct str
text_of(const struct irc *m)
{
	struct str text = m->n_params > 1 ? m->param[1] : STR_ABSENT;

	strip_action(&text);
	return text;
}

/* The time of the event: Twitch's, where it can be believed. */
static int64_t
event_time(const struct irc *m, const struct rawlog *raw)
{
	int64_t t;

	if (raw->received == RAWLOG_NO_TIME)
		return irc_time(m);
	t = m->sent;
	if (t == IRC_NO_TIME || t < raw->received - CLOCK_BEHIND_MS ||
	    t > raw->received + CLOCK_AHEAD_MS)
		return raw->received;
	return t;
}

static void
user_keys(struct event *e, const struct source *s)
{
	struct str from = value(s, IRC_SOURCE_ROOM_ID);

	e->id = value(s, IRC_ID);
	e->user_id = value(s, IRC_USER_ID);
	e->name = value(s, IRC_DISPLAY_NAME);
	e->badges = value(s, IRC_BADGES);
	e->badge_info = value(s, IRC_BADGE_INFO);
	if (from.len > 0 && !str_eq(from, value(s, IRC_ROOM_ID)))
		e->shared_from = from;
}

static void
paid(struct event *e, const struct source *s)
{
	int64_t amount = irc_whole(s->irc, IRC_PAID_AMOUNT);
	int64_t exponent = irc_whole(s->irc, IRC_PAID_EXPONENT);

	/* An amount whose unit cannot be read is none. */
	if (amount < 0 || (exponent < 0 && value(s, IRC_PAID_EXPONENT).len > 0))
		return;
	e->paid_currency = value(s, IRC_PAID_CURRENCY);
	e->paid_amount = amount;
	e->paid_exponent = exponent >= 0 ? exponent : 2;
}

/* What few messages have, and is not asked for one by one. */
#define SELDOM                                                                 \
	(IRC_BIT(IRC_BITS) | IRC_BIT(IRC_PAID_AMOUNT) |                        \
	    IRC_BIT(IRC_REPLY_PARENT_MSG_ID) | IRC_BIT(IRC_CUSTOM_REWARD_ID) | \
	    IRC_BIT(IRC_MSG_ID))

static NEVER_INLINE void
seldom(struct event *e, const struct source *s)
{
	e->bits = positive(s, IRC_BITS);
	paid(e, s);
	e->reply_to = value(s, IRC_REPLY_PARENT_MSG_ID);
	e->reward = value(s, IRC_CUSTOM_REWARD_ID);
	e->effect = value(s, IRC_MSG_ID);
}

static void
message(struct event *e, const struct source *s)
{
	const struct irc *m = s->irc;

	e->type = EVENT_MESSAGE;
	user_keys(e, s);
	e->user = m->has_user ? m->nick : STR_ABSENT;
	e->first = is_set(s, IRC_FIRST_MSG);
	e->returning = is_set(s, IRC_RETURNING_CHATTER);
	if ((m->has & SELDOM) != 0)
		seldom(e, s);
	e->text = m->param[1];
	e->action = strip_action(&e->text);
}

static enum event_type
notice_type(struct str name)
{
	static const struct {
		struct str name;
		enum event_type type;
	} types[] = {
#define NAMED(s) { s, sizeof(s) - 1 }
		{ NAMED("sub"), EVENT_SUB },
		{ NAMED("resub"), EVENT_RESUB },
		{ NAMED("subgift"), EVENT_SUBGIFT },
		{ NAMED("anonsubgift"), EVENT_SUBGIFT },
		{ NAMED("submysterygift"), EVENT_GIFTBOMB },
		{ NAMED("anonsubmysterygift"), EVENT_GIFTBOMB },
		{ NAMED("raid"), EVENT_RAID },
		{ NAMED("announcement"), EVENT_ANNOUNCEMENT },
#undef NAMED
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (str_eq(types[i].name, name))
			return types[i].type;
	return EVENT_NOTICE;
}

static struct str
tier(struct str plan)
{
	if (str_eq(plan, STR("Prime")))
		return STR("prime");
	if (str_eq(plan, STR("1000")) || str_eq(plan, STR("2000")) ||
	    str_eq(plan, STR("3000")))
		return (struct str){ plan.p, 1 };
	return plan;
}

/* The keys of the params of one line: where each of them stands last. */
struct keys {
	struct map numbers;
	size_t *last; /* owned; by number: which param of the line */
	size_t cap;
	struct buf valid; /* a key with what is not UTF-8 replaced */
};

/* Finds the number of a key. Keys are equal when they are written equally. */
static size_t
key_number(struct keys *k, struct str key)
{
	if (!utf8_valid(key)) {
		buf_reset(&k->valid);
		utf8_repair(&k->valid, key);
		key = buf_view(&k->valid);
	}
	return map_number(&k->numbers, key, hash_str(key, 0));
}

/* Goes to the next param. `key` is then without its prefix. */
static bool
next_param(struct str *rest, struct str *key, struct str *v)
{
	struct str prefix = STR("msg-param-");

	while (irc_tag_next(rest, key, v)) {
		if (!str_starts(*key, prefix))
			continue;
		key->p += prefix.len;
		key->len -= prefix.len;
		return true;
	}
	return false;
}

/* Spells all msg-param-* with a value as a JSON object; of equal keys only the
 * last is looked at. */
static struct str
params(const struct source *s)
{
	struct str rest = s->irc->tags, key, v;
	struct buf *b = &s->scratch->json;
	struct keys keys = { 0 };
	size_t n = 0;

	for (; next_param(&rest, &key, &v); n++) {
		size_t i = key_number(&keys, key);

		keys.last = xgrow(keys.last, i, &keys.cap, sizeof(*keys.last));
		assert(keys.last != NULL); /* xgrow() gave it */
		keys.last[i] = n;
	}
	rest = s->irc->tags;
	for (n = 0; next_param(&rest, &key, &v); n++) {
		v = irc_unescape(&s->scratch->text, v);
		if (v.len == 0 || keys.last == NULL ||
		    keys.last[key_number(&keys, key)] != n)
			continue;
		buf_byte(b, b->len == 0 ? '{' : ',');
		jsonw_str(b, key);
		buf_byte(b, ':');
		jsonw_str(b, v);
	}
	map_release(&keys.numbers);
	free(keys.last);
	buf_release(&keys.valid);
	if (b->len == 0)
		return STR_ABSENT;
	buf_byte(b, '}');
	return buf_view(b);
}

static void
notice(struct event *e, const struct source *s)
{
	const struct irc *m = s->irc;
	struct str name;

	user_keys(e, s);
	e->user = value(s, IRC_LOGIN);
	/* A shared copy is a `sharedchatnotice`; what it is a copy of stands
	 * in source-msg-id. */
	name =
	    value(s, e->shared_from.len > 0 ? IRC_SOURCE_MSG_ID : IRC_MSG_ID);
	e->type = notice_type(name);
	e->months = positive(s, IRC_CUMULATIVE_MONTHS);
	if (e->months == EVENT_NO_NUMBER)
		e->months = positive(s, IRC_MONTHS);
	e->tier = tier(value(s, IRC_SUB_PLAN));
	e->gift_months = irc_whole(s->irc, IRC_GIFT_MONTHS);
	e->gift_count = irc_whole(s->irc, IRC_MASS_GIFT_COUNT);
	e->recipient = value(s, IRC_RECIPIENT_USER_NAME);
	e->recipient_id = value(s, IRC_RECIPIENT_ID);
	e->raid_viewers = irc_whole(s->irc, IRC_VIEWER_COUNT);
	if (e->type == EVENT_NOTICE) {
		e->notice = name;
		e->bits = positive(s, IRC_BITS_SPENT);
		e->params = params(s);
	}
	e->text = text_of(m);
}

static void
clearchat(struct event *e, const struct source *s)
{
	const struct irc *m = s->irc;

	e->user = m->n_params > 1 ? m->param[1] : STR_ABSENT;
	e->user_id = value(s, IRC_TARGET_USER_ID);
	e->duration_s = irc_whole(s->irc, IRC_BAN_DURATION);
	e->type = e->user.len == 0               ? EVENT_CLEAR
	    : value(s, IRC_BAN_DURATION).len > 0 ? EVENT_TIMEOUT
						 : EVENT_BAN;
}

static void
clearmsg(struct event *e, const struct source *s)
{
	e->type = EVENT_DELETE;
	e->user = value(s, IRC_LOGIN);
	e->target_id = value(s, IRC_TARGET_MSG_ID);
	e->text = text_of(s->irc);
}

/* What makes an event of a command; NULL for those that make none. */
typedef void maker(struct event *e, const struct source *s);

static maker *
maker_of(struct str command)
{
	if (str_eq(command, STR("PRIVMSG")))
		return message;
	if (str_eq(command, STR("USERNOTICE")))
		return notice;
	if (str_eq(command, STR("CLEARCHAT")))
		return clearchat;
	if (str_eq(command, STR("CLEARMSG")))
		return clearmsg;
	return NULL;
}

static enum from
refuse(struct str *what, struct str why)
{
	*what = why;
	return FROM_REFUSED;
}

/* Makes the channel of a bare line, which no prefix tells, a login: what comes
 * from elsewhere may have it as somebody typed it. */
static bool
fold_channel(struct event *e, struct scratch *scratch)
{
	struct login login;
	size_t begin = scratch->text.len;

	if (login_is(e->channel))
		return true;
	if (*e->channel.p == '#' || !login_fold(e->channel, &login))
		return false;
	buf_add(&scratch->text, login.p, e->channel.len);
	e->channel.p = scratch->text.p + begin;
	return true;
}

enum from
fromchat(struct event *e, const struct irc *m, const struct rawlog *raw,
    struct scratch *scratch, struct str *what)
{
	struct source s = { m, scratch };
	maker *make = maker_of(m->command);

	*what = m->command;
	if (str_eq(m->nick, STR("jtv")))
		*what = STR("jtv");
	if (make == NULL || str_eq(m->nick, STR("jtv")))
		return FROM_SKIPPED;
	event_clear(e);
	if (m->n_params == 0 || m->param[0].len < 2 || *m->param[0].p != '#')
		return refuse(what, STR("not sent to a #channel"));
	e->channel = (struct str){ m->param[0].p + 1, m->param[0].len - 1 };
	if (raw->source != RAWLOG_BARE && !str_eq(raw->channel, e->channel))
		return refuse(what, STR("of another channel than its prefix"));
	if (make == message && m->n_params < 2)
		return refuse(what, STR("PRIVMSG without a text"));
	e->ts = event_time(m, raw);
	if (e->ts == IRC_NO_TIME)
		return refuse(what, STR("no time in it"));
	/* Every value is unescaped at most twice, as itself and as one of the
	 * params: nothing will move. */
	buf_reset(&scratch->text);
	buf_reset(&scratch->json);
	buf_room(&scratch->text, m->tags.len * 2 + LOGIN_MAX + JSONW_BEHIND);
	if (raw->source == RAWLOG_BARE && !fold_channel(e, scratch))
		return refuse(what, STR("not sent to a #channel"));
	make(e, &s);
	return FROM_EVENT;
}
