/*
 * fuzz listen: a row of what a server and a user do, made of two bytes each:
 * connections come, answer, say anything and break, rooms are asked for and
 * left, time goes by. Connections, the clock and the record are our own.
 *
 * The marks of a room tell a story that can be true; who is joined was asked
 * for, and not faster than allowed; at the end nobody is heard any more.
 */
#include "fuzz.h"

#include "clock.h"

#include "remote/listen.h"

#define ROOMS    100 /* more than fit on one connection */
#define FEW      6
#define CHATS    256
#define JOINS    20
#define JOINS_MS 10000
#define LOGINS   20
#define NICK     "justinfan10004"

struct chat {
	struct buf in; /* what the server has sent and we have not read */
	size_t at;     /* of it read */
	bool used, ended;
};

#include "connection.h" /* needs that */

struct record {
	int nothing;
};

/* What the marks of a room say. */
struct story {
	bool heard;
};

static struct chat chats[CHATS];
static size_t n_chats;
static struct story stories[ROOMS];
static size_t n_stories;
static char names[ROOMS][16];
static int64_t joined[JOINS], logged_in[LOGINS]; /* the last times, rings */
static size_t n_joined, n_logged_in;
static int64_t lines;

/* At most `n` in `ms`: the one that was `n` before is older than that. */
static void
must_pace(int64_t *ring, size_t n, size_t *count, int64_t ms)
{
	must(*count < n || clock_ms - ring[*count % n] >= ms);
	ring[(*count)++ % n] = clock_ms;
}

struct chat *
chat_open(struct chat_net *net)
{
	struct chat *c;

	(void)net;
	must(n_chats < CHATS);
	c = &chats[n_chats++];
	buf_reset(&c->in);
	*c = (struct chat){ .in = c->in, .used = true };
	return c;
}

const char *
chat_why(const struct chat *c)
{
	(void)c;
	return "closed";
}

/* Each JOIN is of rooms that there are, and in its time. */
static void
check_join(struct str list)
{
	while (list.len > 0) {
		const char *comma = memchr(list.p, ',', list.len);
		size_t n = comma != NULL ? (size_t)(comma - list.p) : list.len;
		bool known = false;

		must(n > 1 && *list.p == '#');
		for (size_t i = 0; i < ROOMS; i++)
			known |= str_eq((struct str){ list.p + 1, n - 1 },
			    str_of(names[i]));
		must(known);
		must_pace(joined, JOINS, &n_joined, JOINS_MS);
		n += comma != NULL;
		list.p += n;
		list.len -= n;
	}
}

void
chat_send(struct chat *c, struct str bytes)
{
	struct str line;

	must(c->used && bytes.len > 2 && bytes.p[bytes.len - 2] == '\r' &&
	    bytes.p[bytes.len - 1] == '\n');
	while (fuzz_line(&bytes, &line)) {
		must(line.len <= 511 || str_starts(line, STR("PONG ")));
		line.len--;
		if (str_starts(line, STR("JOIN ")))
			check_join((struct str){ line.p + 5, line.len - 5 });
		if (str_starts(line, STR("NICK ")))
			must_pace(logged_in, LOGINS, &n_logged_in, 10000);
	}
}

void
chat_close(struct chat *c)
{
	if (c != NULL)
		c->used = false;
}

size_t
record_channel(struct record *r, struct str login)
{
	(void)r;
	(void)login;
	must(n_stories < ROOMS);
	stories[n_stories] = (struct story){ false };
	return n_stories++;
}

void
record_bury(struct record *r, size_t channel, int64_t wall)
{
	(void)r;
	must(channel < n_stories && wall <= now_ms());
}

void
record_line(struct record *r, size_t channel, int64_t wall, struct str source,
    struct str payload)
{
	(void)r;
	must(channel < n_stories && wall <= now_ms());
	must(str_eq(source, STR("irc")) && payload.len > 0);
	must(memchr(payload.p, '\n', payload.len) == NULL);
	lines++;
}

void
record_mark(struct record *r, size_t channel, int64_t wall, struct str name,
    struct str rest)
{
	struct story *s = &stories[channel];

	(void)r;
	must(channel < n_stories && wall <= now_ms());
	if (str_eq(name, STR("join"))) {
		must(!s->heard);
		s->heard = true;
	} else if (str_eq(name, STR("alive"))) {
		must(s->heard);
	} else if (str_eq(name, STR("refused"))) {
		must(rest.len > 0);
		s->heard = false;
	} else {
		must(str_eq(name, STR("lost")) || str_eq(name, STR("stop")));
		must(s->heard);
		s->heard = false;
	}
}

void
record_drop(struct record *r, size_t channel, int64_t wall)
{
	(void)r;
	must(channel < n_stories && wall <= now_ms());
}

void
record_leave(struct record *r, size_t channel)
{
	(void)r;
	must(channel < n_stories && !stories[channel].heard);
}

static void
words(void *arg, bool warning, const char *text)
{
	(void)arg;
	(void)warning;
	must(*text != '\0');
}

/* What a server may say of the room `name`. */
static const char *const says[] = {
	":" NICK "!" NICK "@" NICK ".tmi.twitch.tv JOIN #%s\r\n",
	"@emote-only=0;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #%s\r\n",
	"@slow=0 :tmi.twitch.tv ROOMSTATE #%s\r\n",
	"@id=1 :a!a@a.tmi.twitch.tv PRIVMSG #%s :x\r\n",
	":" NICK "!" NICK "@" NICK ".tmi.twitch.tv PART #%s\r\n",
	"@msg-id=msg_banned :tmi.twitch.tv NOTICE #%s :banned\r\n",
	"@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #%s :gone\r\n",
};

/* And what it may say that names none. */
static const char *const notes[] = {
	":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands\r\n"
	":tmi.twitch.tv 001 " NICK " :Welcome, GLHF!\r\n",
	":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands\r\n"
	":tmi.twitch.tv 001 " NICK " :Welcome, GLHF!\r\n",
	":tmi.twitch.tv RECONNECT\r\n",
	"PING :tmi.twitch.tv\r\n",
	":tmi.twitch.tv PONG tmi.twitch.tv :tw\r\n",
	":tmi.twitch.tv NOTICE * :Login authentication failed\r\n",
	":tmi.twitch.tv CAP * NAK :twitch.tv/tags twitch.tv/commands\r\n",
};

/* One of the last connections that are open; NULL when there is none. */
static struct chat *
choose(unsigned which)
{
	for (size_t i = n_chats; i-- > 0;)
		if (chats[i].used && !chats[i].ended && which-- % 3 == 0)
			return &chats[i];
	return NULL;
}

static void
act(struct listen *l, struct fuzz_bytes *in)
{
	unsigned what = fuzz_byte(in), with = fuzz_byte(in);
	struct chat *c = choose(what >> 5);
	const char *name = names[with % FEW];

	switch (what & 15) {
	case 0:
	case 1:
		clock_ms += (int64_t)with * 100;
		break;
	case 2:
		clock_ms += (int64_t)with * 15000;
		break;
	case 3:
		if (with % 2 == 0)
			listen_add(l, str_of(name));
		else
			listen_remove(l, str_of(name));
		break;
	case 4:
		if (c != NULL)
			c->ended = true;
		break;
	case 5:
		if (c != NULL)
			buf_str(&c->in, fuzz_slice(in, with));
		break;
	case 6:
	case 7:
	case 8:
		if (c != NULL)
			buf_str(&c->in, str_of(notes[with % 7]));
		break;
	case 9:
		/* All rooms answer. */
		for (size_t i = 0; c != NULL && i < ROOMS; i++)
			buf_printf(&c->in, says[0], names[i]);
		break;
	default:
		if (c != NULL)
			buf_printf(&c->in, says[(with >> 4) % 7], name);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chat_net net;
	static struct record record;
	struct fuzz_bytes in = { data, size };
	struct listen_options o = { .net = &net,
		.record = &record,
		.joins = JOINS,
		.joins_ms = JOINS_MS,
		.words = words };
	struct listen *l;
	struct errmsg why;
	size_t rooms = (fuzz_byte(&in) & 1) != 0 ? ROOMS : FEW;
	int64_t heard = 0;

	n_chats = n_stories = n_joined = n_logged_in = 0;
	lines = 0;
	clock_ms = 1000000;
	l = listen_new(&o);
	for (size_t i = 0; i < ROOMS; i++)
		snprintf(names[i], sizeof(names[i]), "kanal_%zu", i);
	for (size_t i = 0; i < rooms; i++)
		listen_add(l, str_of(names[i]));
	for (int i = 0; i < 400 && in.left > 0 && n_chats < CHATS - 8; i++) {
		act(l, &in);
		must(listen_step(l) <= 500);
		(void)listen_step(l);
		clock_ms += 50;
	}
	for (size_t i = 0; i < n_stories; i++)
		heard += stories[i].heard;
	must((int64_t)listen_counts(l).heard == heard);
	must(listen_counts(l).lines == lines);
	must(!listen_is_refused(l, &why) || why.text[0] != '\0');
	listen_stop(l);
	for (size_t i = 0; i < n_stories; i++)
		must(!stories[i].heard);
	listen_free(l);
	for (size_t i = 0; i < n_chats; i++)
		must(!chats[i].used);
	return 0;
}
