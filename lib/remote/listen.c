/*
 * A trunk has one session, `now`, on which its rooms are to be joined. When the
 * server asks to connect anew (RECONNECT) that session becomes `old` and a new
 * one takes its place: the old one is heard on until every room has answered on
 * the new one, and for a little longer; what both bring is written once
 * (overlap). A room is heard as long as it is joined on one of the two, and
 * only the end of that is a `lost`.
 *
 * Rooms that want a JOIN stand in one queue; the pace of all JOINs is kept
 * there. Timers are looked at twice a second, all of them: a list of ten
 * thousand is soon read.
 */
#include "remote/listen.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/buf.h"
#include "base/chance.h"
#include "base/login.h"
#include "base/map.h"
#include "base/now.h"
#include "base/pace.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "format/jsonw.h"
#include "model/overlap.h"
#include "remote/session.h"

#define TICK_MS       500
#define STABLE_MS     MS_PER_MIN      /* then the back-off begins anew */
#define ANSWER_MS     (15 * MS_PER_S) /* for a JOIN */
#define TRIES         3               /* of a JOIN */
#define REFUSED_MS    MS_PER_HOUR     /* then it is tried again */
#define PARTED_MS     (15 * MS_PER_S) /* likewise, when the server parts us */
#define ALIVE_MS      MS_PER_MIN
#define OVERLAP_MS    2000 /* the old session, when the new one has it all */
#define BEHIND_MS     5000 /* after its end the new one brings what both had */
#define READS         2    /* of one session before the others have theirs */
#define STOP_MS       1000 /* for reading what has arrived at the end */
#define COMMAND_MAX   510  /* bytes of an IRC command */
#define SAME_WORDS_MS MS_PER_MIN
#define SAID          256 /* warnings that are remembered */

/* Twitch lets 20 log in within 10 s; a little less, for what time does on its
 * way there. */
#define LOGINS    20
#define LOGINS_MS (11 * MS_PER_S)

#define NONE SIZE_MAX

enum { ON_NOW = 1, ON_OLD = 2 };

struct room {
	size_t channel; /* its number in the record, and here */
	struct login name;
	size_t trunk;     /* NONE = not asked for */
	unsigned heard;   /* on which sessions: ON_NOW, ON_OLD */
	bool twice;       /* asked for on the new session, heard on the old */
	bool queued;      /* for a JOIN */
	int tries;        /* JOINs without an answer */
	int64_t asked_ms; /* when the JOIN was sent that has no answer yet; 0 */
	bool refused;     /* it cannot be joined, for now */
	int64_t retry_ms; /* when to ask again; 0 = as soon as possible */
	int64_t alive_ms; /* when the next `alive` is due */
};

struct trunk {
	struct session now, old;
	struct backoff backoff;
	int64_t next_ms;  /* no connecting before */
	int64_t until_ms; /* the old session stays until then; 0 = not known */
	int64_t ended_ms; /* when the last old session ended */
	size_t rooms[LISTEN_ROOMS];
	size_t n_rooms;
};

/* A warning that was given. */
struct said {
	uint64_t hash; /* what it is known by */
	int64_t ms;    /* when, mono */
};

struct listen {
	struct listen_options o;
	struct session_login login;
	struct map names; /* the rooms' numbers */
	struct room *rooms;
	size_t cap_rooms;
	struct trunk **trunks; /* owned */
	size_t n_trunks, cap_trunks;
	size_t *queue; /* rooms that want a JOIN, a ring */
	size_t queue_begin, n_queue, cap_queue;
	struct pace joins, logins;
	struct overlap overlap;
	struct backoff refusals; /* of anonymous logins */
	int64_t hold_ms;         /* no connecting at all before */
	bool probing;            /* one at a time, until a login is taken */
	int64_t mono, wall;      /* of this step */
	int64_t tick_ms;         /* when the timers are looked at */
	bool refused;            /* going on is no use: `why` */
	struct errmsg why;
	struct said said[SAID]; /* the last warnings */
	struct listen_counts counts;
	struct buf command;
	char space[SESSION_READ];
};

struct listen *
listen_new(const struct listen_options *o)
{
	struct listen *l = xcalloc(1, sizeof(*l));

	l->o = *o;
	l->login = (struct session_login){ .nick = o->login,
		.token_file = o->token_file };
	/* As with the logins: a tenth longer than what Twitch measures. */
	pace_init(&l->joins, o->joins, o->joins_ms + o->joins_ms / 10);
	pace_init(&l->logins, LOGINS, LOGINS_MS);
	l->refusals = (struct backoff){ .first_ms = MS_PER_MIN,
		.max_ms = 15 * MS_PER_MIN };
	l->mono = now_mono_ms();
	l->wall = now_ms();
	return l;
}

/* Returns how many bytes at the begin of `s` are the digits of a duration. */
static size_t
duration(const char *s)
{
	size_t n = strspn(s, "0123456789");
	bool ms = strncmp(s + n, " ms", 3) == 0 ||
	    strncmp(s + n, " milliseconds", 13) == 0;

	return ms ? n : 0;
}

/* Returns what a warning is known by: its text but for durations. libcurl
 * measures each anew ("after 15001 ms"), and no reason would look the same. */
static uint64_t
hash_words(const char *text)
{
	struct errmsg plain;
	size_t n = 0;

	while (*text != '\0' && n < sizeof(plain.text)) {
		text += duration(text);
		if (*text != '\0')
			plain.text[n++] = *text++;
	}
	return hash_str((struct str){ plain.text, n }, 0);
}

/* Tells whether that warning was given not long ago; if not, notes it: it will
 * be. A hundred connections fail for one reason, two for one each. */
static bool
was_said(struct listen *l, const char *text)
{
	uint64_t hash = hash_words(text);
	struct said *place = l->said;

	for (size_t i = 0; i < SAID; i++) {
		struct said *s = &l->said[i];

		if (s->hash == hash && l->mono - s->ms < SAME_WORDS_MS)
			return true;
		if (s->ms < place->ms)
			place = s;
	}
	*place = (struct said){ hash, l->mono };
	return false;
}

static void PRINTF_LIKE(3, 4)
    say(struct listen *l, bool warning, const char *fmt, ...)
{
	struct errmsg text = { .passing = false };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text.text, sizeof(text.text), fmt, ap);
	va_end(ap);
	if (warning && was_said(l, text.text))
		return;
	l->o.words(l->o.arg, warning, text.text);
}

/* Puts the room into the queue for a JOIN, if its session can take one. */
static void
want_join(struct listen *l, size_t room)
{
	struct room *r = &l->rooms[room];

	if (r->trunk == NONE || r->queued || r->asked_ms != 0 ||
	    r->retry_ms != 0 || (r->heard & ON_NOW) != 0 ||
	    l->trunks[r->trunk]->now.phase != SESSION_READY)
		return;
	assert(l->n_queue < l->cap_queue);
	l->queue[(l->queue_begin + l->n_queue++) % l->cap_queue] = room;
	r->queued = true;
}

/* Makes the ring as long as there are rooms: each stands in it once. */
static void
have_queue(struct listen *l)
{
	size_t *ring, cap = l->cap_rooms;

	if (l->cap_queue >= cap)
		return;
	ring = xcalloc(cap, sizeof(*ring));
	for (size_t i = 0; i < l->n_queue; i++)
		ring[i] = l->queue[(l->queue_begin + i) % l->cap_queue];
	free(l->queue);
	l->queue = ring;
	l->queue_begin = 0;
	l->cap_queue = cap;
}

/* Finds a trunk with a place for one more room. */
static size_t
trunk_with_place(struct listen *l)
{
	struct trunk *t;

	for (size_t i = l->n_trunks; i-- > 0;)
		if (l->trunks[i]->n_rooms < LISTEN_ROOMS)
			return i;
	t = xcalloc(1, sizeof(*t));
	t->backoff =
	    (struct backoff){ .first_ms = MS_PER_S, .max_ms = MS_PER_MIN };
	l->trunks = xgrow(
	    l->trunks, l->n_trunks, &l->cap_trunks, sizeof(struct trunk *));
	l->trunks[l->n_trunks] = t;
	return l->n_trunks++;
}

void
listen_add(struct listen *l, struct str login)
{
	size_t n = l->names.n;
	size_t i = map_number(&l->names, login, hash_str(login, 0));
	struct trunk *t;
	struct room *r;

	if (i == n) {
		l->rooms = xgrow(l->rooms, i, &l->cap_rooms, sizeof(*l->rooms));
		have_queue(l);
		l->rooms[i] = (struct room){ .trunk = NONE };
		l->rooms[i].channel = record_channel(l->o.record, login);
		record_bury(l->o.record, l->rooms[i].channel, now_ms());
		memcpy(l->rooms[i].name.p, login.p, login.len);
	}
	r = &l->rooms[i];
	if (r->trunk != NONE)
		return;
	r->trunk = trunk_with_place(l);
	r->tries = 0;
	r->retry_ms = r->asked_ms = 0;
	t = l->trunks[r->trunk];
	t->rooms[t->n_rooms++] = i;
	l->counts.rooms++;
	want_join(l, i);
}

static void
mark(struct listen *l, const struct room *r, struct str name, struct str rest)
{
	record_mark(l->o.record, r->channel, l->wall, name, rest);
}

/* Writes `lost`: it was heard until `since`, ms UTC. */
static void
mark_lost(
    struct listen *l, const struct room *r, int64_t since, const char *why)
{
	struct buf rest = { 0 };

	jsonw_time(&rest, STR("since"), since);
	jsonw_member(&rest, STR("why"), str_of(why));
	mark(l, r, STR("lost"), buf_view(&rest));
	buf_release(&rest);
}

/* Notes that the room is not heard any more on the sessions `on`. */
static bool
unhear(struct listen *l, struct room *r, unsigned on)
{
	bool was = r->heard != 0;

	r->heard &= ~on;
	if (!was || r->heard != 0)
		return false;
	l->counts.heard--;
	return true;
}

/* Notes that the room cannot be joined, for now. */
static void
refuse(struct listen *l, struct room *r, struct str why)
{
	struct buf rest = { 0 };

	(void)unhear(l, r, ON_NOW | ON_OLD);
	r->asked_ms = 0;
	r->tries = 0;
	l->counts.refused += !r->refused;
	r->refused = true;
	r->retry_ms = l->mono + REFUSED_MS;
	jsonw_member(&rest, STR("why"), why);
	mark(l, r, STR("refused"), buf_view(&rest));
	buf_release(&rest);
	say(l, true, "%s: cannot be joined: %.*s; trying again in an hour",
	    r->name.p, STR_ARGS(why));
}

/* Ends the wait of a room that was refused. */
static void
forgive(struct listen *l, struct room *r)
{
	l->counts.refused -= r->refused;
	r->refused = false;
	r->retry_ms = 0;
}

/* Notes that the room has answered on the session `on`. */
static void
hear(struct listen *l, struct room *r, unsigned on)
{
	bool was = r->heard != 0;

	if (on == ON_NOW)
		r->asked_ms = 0;
	r->heard |= on;
	forgive(l, r);
	r->tries = 0;
	if (was)
		return;
	l->counts.heard++;
	r->alive_ms = l->mono + ALIVE_MS;
	mark(l, r, STR("join"), STR(""));
}

/*
 * Closes a session of a trunk; rooms that were heard on it alone were heard
 * until `since`, ms UTC.
 */
static void
close_session(struct listen *l, struct trunk *t, unsigned on, int64_t since,
    const char *why)
{
	for (size_t i = 0; i < t->n_rooms; i++) {
		struct room *r = &l->rooms[t->rooms[i]];

		if (on == ON_NOW) {
			r->asked_ms = 0;
			r->twice = false;
		}
		if (unhear(l, r, on))
			mark_lost(l, r, since, why);
	}
	session_close(on == ON_NOW ? &t->now : &t->old);
	if (on == ON_OLD) {
		t->until_ms = 0;
		t->ended_ms = l->mono;
	}
}

/* Plans the next connection of a trunk whose session has ended. */
static void
plan_next(struct listen *l, struct trunk *t)
{
	const struct session *s = &t->now;

	if (s->phase == SESSION_READY && l->mono - s->phase_ms >= STABLE_MS)
		backoff_reset(&t->backoff);
	t->next_ms = l->mono + backoff_next(&t->backoff, chance());
	if (s->end != SESSION_LOGIN_REFUSED)
		return;
	l->probing = true;
	/* Those that were logging in when one was refused are refused, too: all
	 * that is one step of the back-off. */
	if (l->hold_ms <= l->mono)
		l->hold_ms = l->mono + backoff_next(&l->refusals, chance());
}

/* Does what the end of a session asks for. */
static void
on_end(struct listen *l, struct trunk *t, unsigned on)
{
	struct session *s = on == ON_NOW ? &t->now : &t->old;
	bool silent = s->pinged;
	const char *where = chat_net_where(l->o.net);
	struct errmsg why = s->why;

	if (s->end == SESSION_TAGS_REFUSED ||
	    (s->end == SESSION_LOGIN_REFUSED && l->o.login != NULL)) {
		l->refused = true;
		errmsg_set(&l->why, "%s: %s", where, why.text);
	}
	l->counts.lost += s->phase == SESSION_READY;
	if (on == ON_NOW) {
		plan_next(l, t);
		if (!l->refused)
			say(l, true, "%s: %s; trying again", where, why.text);
	} else {
		say(l, false, "%s: the old connection ended: %s", where,
		    why.text);
	}
	close_session(l, t, on, silent ? s->heard_at : l->wall, why.text);
}

/* Opens the session of a trunk when it is time and the limits allow it. */
static void
connect_trunk(struct listen *l, struct trunk *t)
{
	if (t->n_rooms == 0 || t->next_ms > l->mono || l->hold_ms > l->mono ||
	    pace_wait(&l->logins, l->mono) > 0)
		return;
	if (l->probing)
		for (size_t i = 0; i < l->n_trunks; i++)
			if (l->trunks[i]->now.phase == SESSION_CONNECTING ||
			    l->trunks[i]->now.phase == SESSION_LOGIN)
				return;
	pace_take(&l->logins, l->mono);
	session_open(&t->now, l->o.net, &l->login, l->mono);
}

/* Tells whether the old session hears all that is heard at all. */
static bool
old_has_all(const struct listen *l, const struct trunk *t)
{
	if (t->old.phase == SESSION_CLOSED)
		return false;
	for (size_t i = 0; i < t->n_rooms; i++)
		if (l->rooms[t->rooms[i]].heard == ON_NOW)
			return false;
	return true;
}

/* The server wants us to connect anew: the old session goes on meanwhile. */
static void
hand_over(struct listen *l, struct trunk *t)
{
	t->now.reconnect = false;
	/* At once, unless it asks for that again and again. */
	t->next_ms = l->mono;
	if (l->mono - t->now.phase_ms >= STABLE_MS)
		backoff_reset(&t->backoff);
	else
		t->next_ms += backoff_next(&t->backoff, chance());
	t->until_ms = 0;
	say(l, false, "%s: asked to reconnect", chat_net_where(l->o.net));
	if (old_has_all(l, t)) {
		close_session(l, t, ON_NOW, l->wall, "asked to reconnect");
		return;
	}
	if (t->old.phase != SESSION_CLOSED)
		close_session(l, t, ON_OLD, l->wall, "asked to reconnect");
	t->old = t->now;
	t->now = (struct session){ .phase = SESSION_CLOSED };
	for (size_t i = 0; i < t->n_rooms; i++) {
		struct room *r = &l->rooms[t->rooms[i]];

		r->heard = (r->heard & ON_NOW) != 0 ? ON_OLD : 0;
		r->asked_ms = 0;
	}
}

static bool
has_member(struct str tags, struct str key)
{
	struct str k, v;

	while (irc_tag_next(&tags, &k, &v))
		if (str_eq(k, key))
			return true;
	return false;
}

static struct str
tag_value(struct str tags, struct str key)
{
	struct str k, v, found = STR_ABSENT;

	while (irc_tag_next(&tags, &k, &v))
		if (str_eq(k, key))
			found = v;
	return found;
}

/* A NOTICE in a room: it may say that we cannot be here, on each session. */
static void
on_notice(struct listen *l, struct room *r, const struct irc_head *h)
{
	static const struct str refusals[] = { STR("msg_banned"),
		STR("msg_channel_suspended"), STR("tos_ban"),
		STR("msg_room_not_found"), STR("msg_channel_blocked") };
	struct str id = tag_value(h->tags, STR("msg-id"));

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (str_eq(id, refusals[i]) && !r->refused)
			refuse(l, r, id);
}

/* The server has parted us. Of a room that was left and is asked for again the
 * answer to our own PART comes now: that is no reason to wait. */
static void
on_part(struct listen *l, struct room *r, unsigned on)
{
	if ((r->heard & on) == 0)
		return;
	if (unhear(l, r, on))
		mark_lost(l, r, l->wall, "parted by the server");
	/* A refusal that came with it has set a later time. By the old session
	 * alone: there is nothing to be asked for. */
	if (!r->refused && (r->heard & ON_NOW) == 0)
		r->retry_ms = l->mono + PARTED_MS;
}

/* Does what a line of a room tells about the room itself. */
static void
on_room(struct listen *l, struct room *r, unsigned on, const struct session *s,
    const struct irc_head *h)
{
	bool own = h->nick.len == strlen(s->nick) &&
	    memcmp(h->nick.p, s->nick, h->nick.len) == 0;

	if (own && str_eq(h->command, STR("JOIN")))
		hear(l, r, on);
	else if (own && str_eq(h->command, STR("PART")))
		on_part(l, r, on);
	else if (str_eq(h->command, STR("NOTICE")))
		on_notice(l, r, h);
	else if (str_eq(h->command, STR("ROOMSTATE")) && (r->heard & on) == 0 &&
	    has_member(h->tags, STR("slow")) &&
	    has_member(h->tags, STR("subs-only")))
		hear(l, r, on);
}

/* Tells whether the line is the first of its kind from both sessions. */
static bool
is_first(struct listen *l, const struct room *r, unsigned on,
    const struct session_line *line)
{
	struct str id = tag_value(line->head.tags, STR("id"));

	return overlap_is_new(&l->overlap,
	    hash_str(id.len > 0 ? id : line->text, r->channel), on == ON_NOW);
}

/* Finds the room that a line names, if it is asked for on the trunk `t`. */
static struct room *
room_of(struct listen *l, const struct trunk *t, struct str name)
{
	struct login login;
	struct str s;
	size_t i;

	if (!login_fold(name, &login))
		return NULL;
	s = str_of(login.p);
	i = map_find(&l->names, s, hash_str(s, 0));
	if (i == MAP_NONE || l->rooms[i].trunk == NONE ||
	    l->trunks[l->rooms[i].trunk] != t)
		return NULL;
	return &l->rooms[i];
}

static void
on_line(struct listen *l, struct trunk *t, unsigned on,
    const struct session_line *line)
{
	const struct session *s = on == ON_NOW ? &t->now : &t->old;
	struct room *r = room_of(l, t, line->head.room);
	bool first = r == NULL || !r->twice || is_first(l, r, on, line);

	/* What is written once is true of each session that says it. */
	if (r != NULL && !line->over)
		on_room(l, r, on, s, &line->head);
	if (!first)
		return;
	if (line->over) {
		l->counts.overlong++;
		say(l, true, "%s: dropped a line longer than %d bytes",
		    r != NULL ? r->name.p : chat_net_where(l->o.net),
		    SESSION_LINE_MAX);
		if (r != NULL)
			record_drop(l->o.record, r->channel, l->wall);
		return;
	}
	if (r == NULL)
		return;
	l->counts.lines++;
	record_line(l->o.record, r->channel, l->wall, STR("irc"), line->text);
}

/* Reads what a session has to say, but not for too long. */
static void
read_session(struct listen *l, struct trunk *t, unsigned on)
{
	struct session *s = on == ON_NOW ? &t->now : &t->old;
	struct session_line line;
	bool was_ready = s->phase == SESSION_READY;
	int64_t before = s->bytes;
	int reads = READS;

	while (session_next(s, l->space, &reads, &line) == 1) {
		l->wall = s->heard_at;
		on_line(l, t, on, &line);
	}
	l->wall = now_ms();
	l->counts.bytes += s->bytes - before;
	if (was_ready || s->phase != SESSION_READY)
		return;
	l->probing = false;
	backoff_reset(&l->refusals);
	say(l, false, "%s: connected as %s", chat_net_where(l->o.net), s->nick);
	for (size_t i = 0; i < t->n_rooms; i++)
		want_join(l, t->rooms[i]);
}

static void
step_session(struct listen *l, struct trunk *t, unsigned on)
{
	struct session *s = on == ON_NOW ? &t->now : &t->old;

	if (s->phase == SESSION_CLOSED)
		return;
	if (session_readable(s))
		read_session(l, t, on);
	session_step(s, l->mono);
	if (s->end != SESSION_GOES_ON)
		on_end(l, t, on);
	else if (s->reconnect && on == ON_NOW && s->phase == SESSION_READY)
		hand_over(l, t);
}

/* Sends the JOIN that has been put together. */
static void
send_join(struct listen *l, struct trunk *t)
{
	if (l->command.len == 0)
		return;
	buf_lit(&l->command, "\r\n");
	session_send(&t->now, buf_view(&l->command));
	buf_reset(&l->command);
}

/* Sends the JOINs that the pace allows. */
static void
send_joins(struct listen *l)
{
	struct trunk *last = NULL;

	while (l->n_queue > 0 && pace_wait(&l->joins, l->mono) == 0) {
		struct room *r = &l->rooms[l->queue[l->queue_begin]];
		struct trunk *t = r->trunk != NONE ? l->trunks[r->trunk] : NULL;

		l->queue_begin = (l->queue_begin + 1) % l->cap_queue;
		l->n_queue--;
		r->queued = false;
		/* Much may have happened since it was put into the queue. */
		if (t == NULL || t->now.phase != SESSION_READY ||
		    (r->heard & ON_NOW) != 0 || r->retry_ms != 0)
			continue;
		if (last != NULL &&
		    (last != t || l->command.len + LOGIN_MAX + 4 > COMMAND_MAX))
			send_join(l, last);
		last = t;
		pace_take(&l->joins, l->mono);
		r->asked_ms = l->mono;
		r->twice = (r->heard & ON_OLD) != 0;
		buf_str(&l->command,
		    l->command.len == 0 ? STR("JOIN #") : STR(",#"));
		buf_str(&l->command, str_of(r->name.p));
	}
	if (last != NULL)
		send_join(l, last);
}

/* Writes the `alive` of a room that is due, if its session has answered. */
static void
be_alive(struct listen *l, const struct trunk *t, struct room *r)
{
	bool now =
	    (r->heard & ON_NOW) != 0 && l->mono - t->now.heard_ms < ALIVE_MS;
	bool old =
	    (r->heard & ON_OLD) != 0 && l->mono - t->old.heard_ms < ALIVE_MS;

	if (l->mono < r->alive_ms || (!now && !old))
		return;
	mark(l, r, STR("alive"), STR(""));
	r->alive_ms += ALIVE_MS;
	if (r->alive_ms <= l->mono)
		r->alive_ms = l->mono + ALIVE_MS;
}

static void
tick_room(struct listen *l, const struct trunk *t, size_t room)
{
	struct room *r = &l->rooms[room];

	if (r->heard != 0)
		be_alive(l, t, r);
	if (r->asked_ms != 0 && l->mono - r->asked_ms >= ANSWER_MS) {
		r->asked_ms = 0;
		if (++r->tries >= TRIES && (r->heard & ON_OLD) != 0) {
			/* It is heard all the same; for how long? */
			r->tries = 0;
			r->retry_ms = l->mono + ANSWER_MS;
		} else if (r->tries >= TRIES) {
			refuse(l, r, STR("no answer"));
		}
	}
	if (r->retry_ms != 0 && l->mono >= r->retry_ms)
		forgive(l, r);
	want_join(l, room);
}

/* Lets the old session of a trunk go when the new one has all of its rooms, and
 * has had them for a while: one that was lost on it meanwhile begins that anew.
 */
static void
tick_old(struct listen *l, struct trunk *t)
{
	for (size_t i = 0; i < t->n_rooms; i++) {
		const struct room *r = &l->rooms[t->rooms[i]];

		if (r->heard == ON_OLD) {
			t->until_ms = 0;
			return;
		}
	}
	if (t->until_ms == 0)
		t->until_ms = l->mono + OVERLAP_MS;
	else if (l->mono >= t->until_ms)
		close_session(l, t, ON_OLD, l->wall, "asked to reconnect");
}

/* Forgets the lines that both sessions have brought, after the old one's end.
 */
static void
tick_twice(struct listen *l, const struct trunk *t)
{
	if (l->mono - t->ended_ms < BEHIND_MS)
		return;
	for (size_t i = 0; i < t->n_rooms; i++)
		l->rooms[t->rooms[i]].twice = false;
}

/* Looks at all timers. */
static void
tick(struct listen *l)
{
	bool any_twice = false;

	l->tick_ms = l->mono + TICK_MS;
	for (size_t i = 0; i < l->n_trunks; i++) {
		struct trunk *t = l->trunks[i];

		for (size_t k = 0; k < t->n_rooms; k++)
			tick_room(l, t, t->rooms[k]);
		if (t->old.phase != SESSION_CLOSED)
			tick_old(l, t);
		else
			tick_twice(l, t);
		any_twice = any_twice || t->old.phase != SESSION_CLOSED ||
		    l->mono - t->ended_ms < BEHIND_MS;
	}
	if (!any_twice)
		overlap_release(&l->overlap);
}

int64_t
listen_step(struct listen *l)
{
	int64_t wait;

	l->mono = now_mono_ms();
	l->wall = now_ms();
	l->counts.connections = 0;
	for (size_t i = 0; i < l->n_trunks; i++) {
		struct trunk *t = l->trunks[i];

		step_session(l, t, ON_OLD);
		step_session(l, t, ON_NOW);
		if (t->now.phase == SESSION_CLOSED && !l->refused)
			connect_trunk(l, t);
		l->counts.connections += t->now.phase == SESSION_READY;
		l->counts.connections += t->old.phase == SESSION_READY;
	}
	l->wall = now_ms();
	if (l->mono >= l->tick_ms)
		tick(l);
	send_joins(l);
	wait = l->tick_ms - l->mono;
	if (l->n_queue > 0 && pace_wait(&l->joins, l->mono) < wait)
		wait = pace_wait(&l->joins, l->mono);
	return wait;
}

void
listen_remove(struct listen *l, struct str login)
{
	size_t i = map_find(&l->names, login, hash_str(login, 0)), k = 0;
	struct buf part = { 0 };
	struct trunk *t;
	struct room *r;

	if (i == MAP_NONE || l->rooms[i].trunk == NONE)
		return;
	r = &l->rooms[i];
	t = l->trunks[r->trunk];
	buf_printf(&part, "PART #%s\r\n", r->name.p);
	if (t->now.phase == SESSION_READY)
		session_send(&t->now, buf_view(&part));
	if (t->old.phase == SESSION_READY)
		session_send(&t->old, buf_view(&part));
	buf_release(&part);
	l->wall = now_ms();
	if (unhear(l, r, ON_NOW | ON_OLD))
		mark(l, r, STR("stop"), STR(""));
	forgive(l, r);
	record_leave(l->o.record, r->channel);
	r->trunk = NONE;
	l->counts.rooms--;
	while (t->rooms[k] != i)
		k++;
	t->rooms[k] = t->rooms[--t->n_rooms];
	if (t->n_rooms == 0) {
		session_close(&t->now);
		session_close(&t->old);
	}
}

bool
listen_is_refused(const struct listen *l, struct errmsg *why)
{
	*why = l->why;
	return l->refused;
}

void
listen_stop(struct listen *l)
{
	int64_t end = now_mono_ms() + STOP_MS;

	for (size_t i = 0; i < l->n_trunks; i++) {
		struct trunk *t = l->trunks[i];

		for (unsigned on = ON_NOW; on <= ON_OLD; on++) {
			struct session *s = on == ON_NOW ? &t->now : &t->old;

			while (session_readable(s) && now_mono_ms() < end)
				read_session(l, t, on);
			if (s->end == SESSION_LOST)
				on_end(l, t, on);
		}
	}
	l->wall = now_ms();
	for (size_t i = 0; i < l->names.n; i++)
		if (unhear(l, &l->rooms[i], ON_NOW | ON_OLD))
			mark(l, &l->rooms[i], STR("stop"), STR(""));
}

struct listen_counts
listen_counts(const struct listen *l)
{
	return l->counts;
}

void
listen_free(struct listen *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n_trunks; i++) {
		session_close(&l->trunks[i]->now);
		session_close(&l->trunks[i]->old);
		free(l->trunks[i]);
	}
	free(l->trunks);
	free(l->rooms);
	free(l->queue);
	map_release(&l->names);
	pace_release(&l->joins);
	pace_release(&l->logins);
	overlap_release(&l->overlap);
	buf_release(&l->command);
	free(l);
}
