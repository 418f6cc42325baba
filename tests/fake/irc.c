/*
 * irc - a Twitch IRC server that plays what it is told, for tests of tw-chat
 *
 *   irc [-l LEDGER] [-p PORT] [-t CERT.pem,KEY.pem]
 *
 * Listens on 127.0.0.1 (PORT 0 or none: any free one), prints `ready PORT`,
 * then takes commands from stdin, one a line, and answers each with exactly one
 * line, `ok ...` or `error why`. A command that waits holds up those behind it.
 * Ends with status 0 at the end of stdin, on SIGTERM, and after half an hour in
 * any case. With -t all connections are TLS.
 *
 * CHANNEL is a login, with or without `#`. K is the number of a connection,
 * counted from 1 in the order of accept; `*` or nothing means all of them.
 * ESCAPED knows \r \n \t \\ and \xHH. Times are ms.
 *
 * Chat, to every connection that has joined CHANNEL; `ok` tells to how many:
 *   send CHANNEL TEXT         one PRIVMSG
 *   line CHANNEL ESCAPED      these bytes (no LF in them) and a CRLF
 *   long CHANNEL N            one PRIVMSG of exactly N bytes, CRLF not counted
 *   burst CHANNEL N           N PRIVMSGs in one write
 *   kick CHANNEL              NOTICE msg_banned and the client's own PART
 *   rate N SECONDS            N PRIVMSGs a second, in turn over all channels
 *                             that are joined; runs on while `ok` comes at once
 *
 * Waiting:
 *   sync [TIMEOUT]            until all that was queued is in the clients'
 *                             kernels; `error queued=...` after 60,000
 *   wait [TIMEOUT]            until the rate is over, then as sync
 *   joined N TIMEOUT          until at least N channels are joined
 *   connections N TIMEOUT     until exactly N connections are logged in
 *
 * Connections:
 *   wire K ESCAPED            these bytes, nothing added, not in the ledger
 *   rst [K]                   flush, then cut with RST; `ok` when it is done
 *   fin [K]                   flush, then close with FIN; `ok` when it is done
 *   freeze [K]                keep it open, and never read or write it again
 *   reconnect [K [MS]]        send RECONNECT, close with FIN MS (10,000) later
 *   listen off|on             close the port and RST all at once, without a
 *                             flush (the network is gone); open it again
 *   ping                      PING to all
 *   list                      `ok K K ...`: who is logged in
 *   stats                     `ok connections= logins= joins= channels= sent=
 *                             pings= pongs= queued= dropped= skipped=`: now
 *                             logged in; then totals, of what came in (joins:
 *                             channels asked for), channels joined now, lines
 *                             handed to the kernel; bytes queued now; lines
 *                             that found the queues full; messages of a rate
 *                             for which no channel was joined
 *
 * Behaviour from now on:
 *   chunk N                   write in pieces of N bytes, each a send or a TLS
 *                             record of its own; 0 = whole
 *   caps ack|nak|silent       what CAP REQ gets
 *   login ok|refuse|silent    refuse: anonymous ones; silent: nothing at all
 *   answer CHANNEL yes|no|ID  what a JOIN gets: all, nothing, NOTICE with
 *                             msg-id ID. Names that begin with `nosuch` are
 *                             `no`, `suspended` msg_channel_suspended, `banned`
 *                             msg_banned, unless told otherwise
 *   order LETTERS             of the lines of a JOIN: j JOIN, r ROOMSTATE,
 *                             n 353, e 366; those left out are not sent. At
 *                             first jrne
 *   mute all|none             take connections and never say anything, not even
 *                             a TLS handshake; also to those that are there
 *
 * Anonymous nicks are `justinfan` and digits; any other needs the PASS
 * `oauth:goodtoken`. Without the capability tags lines lose their tags, without
 * commands there is no ROOMSTATE, USERSTATE, NOTICE of a room and RECONNECT.
 *
 * A line counts as sent when its last byte was handed to the kernel, so each
 * queue remembers where in it the lines end. The ledger (-l) is text, one
 * record a line, written as things happen, read by ledger.c:
 *
 *   C CHAN NAME                      a channel gets a number
 *   A MS K                           a connection was accepted
 *   N MS K NICK                      a login attempt
 *   R MS K N                         a JOIN command for N channels
 *   J MS K CHAN                      joined: lines of CHAN go to K from here on
 *   O MS K CHAN                      out of it, by PART
 *   X MS K CHAN                      out of it, by kick
 *   M MS SERIAL SEQ BITS USER        line SEQ is a message out of the mill: its
 *                                    tmi-sent-ts, the number in its id, user-id
 *   L MS K CHAN SEQ LEN HASH         a line was handed over whole; the same to
 *                                    several connections has the same SEQ
 *   P MS K CHAN SEQ LEN HASH         likewise, an answer of the protocol
 *   U MS K CHAN SEQ LEN HASH         a line was queued, and not handed over
 *                                    whole when the connection ended
 *   G MS K                           a PONG came
 *   E MS K rst|fin|peer|freeze|exit  the end of a connection
 */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/login.h"
#include "base/map.h"
#include "base/now.h"
#include "base/num.h"
#include "base/split.h"
#include "base/stop.h"
#include "base/xalloc.h"
#include "format/hash.h"

#define MAX_CONNS    1024
#define MAX_CHANS    65536
#define MAX_QUEUED   ((size_t)256 << 20) /* bytes, in all queues together */
#define MAX_IN       ((size_t)8192)      /* bytes of a client's line */
#define MAX_LONG     ((int64_t)16 << 20) /* bytes of a `long` line */
#define LIFE_MS      (30 * 60 * INT64_C(1000))
#define CLOSE_MAX_MS 10000 /* for the flush before a close, and after a FIN */
#define WAIT_MS      60000
#define TICK_MS      2    /* of a rate */
#define POLL_MS      5    /* of all else that is waited for */
#define PIECES_MAX   2000 /* written to one before the next has a turn */
#define LEDGER_FULL  ((size_t)64 * 1024)
#define N_TEMPLATES  61 /* prime: channels in turn do not get always the same */
#define NO_CHAN      UINT32_MAX

enum phase {
	HANDSHAKE, /* of TLS */
	OPEN,
	CLOSING, /* only its queue is written any more, then RST or FIN */
	LINGER,  /* FIN was sent; what comes is thrown away */
	FROZEN,
	DEAD, /* freed at the end of the turn */
};

enum login_mode { LOGIN_OK, LOGIN_REFUSE, LOGIN_SILENT };

enum caps_mode { CAPS_ACK, CAPS_NAK, CAPS_SILENT };

enum waiting { WAIT_NONE, WAIT_SYNC, WAIT_RATE, WAIT_JOINED, WAIT_CONNS };

/* What the ledger says of a line. */
struct note {
	uint64_t hash; /* of the line without its CRLF */
	int64_t seq;   /* 0 = not in the ledger */
	uint32_t chan;
	uint32_t len; /* without the CRLF */
	char kind;    /* L or P */
};

/* A line in a queue. */
struct queued {
	uint64_t end; /* how far the connection's output is after it */
	struct note note;
};

struct conn {
	int fd;
	SSL *ssl;  /* owned; NULL = plain */
	int64_t k; /* its number */
	enum phase phase;
	bool rst; /* what CLOSING ends with */
	bool muted;
	bool tags;
	bool commands;
	bool good_pass;
	bool anonymous;
	bool logged_in;
	char nick[LOGIN_MAX + 1]; /* terminated */
	struct split in;
	struct buf out;  /* the queue, from `out_pos` on */
	size_t out_pos;  /* bytes of `out` that are handed over */
	uint64_t handed; /* bytes handed over since the begin */
	size_t retry;    /* bytes of the SSL_write to be repeated; 0 = none */
	struct queued *lines; /* owned; in the queue, from `first` on */
	size_t first;
	size_t n_lines;
	size_t cap_lines;
	uint32_t *chans; /* owned; joined */
	size_t n_chans;
	size_t cap_chans;
	int64_t close_at; /* monotonic ms; 0 = not. In OPEN: when to FIN */
	uint32_t armed;   /* what epoll watches for */
};

struct chan {
	struct conn **members; /* owned array, borrowed members */
	size_t n_members;
	size_t cap_members;
	size_t live_at; /* its place among the live ones, if it has members */
	struct buf
	    answer; /* to a JOIN: yes, no, a msg-id; empty = by its name */
};

/* A PRIVMSG: all up to the channel, and its text. */
struct template
{
	struct buf head;
	size_t id_at;   /* where its id stands, 36 bytes */
	size_t room_at; /* 9 digits */
	size_t ts_at;   /* 13 digits */
	struct str text;
	bool me; /* the text is one of /me */
};

struct server {
	int ep;
	int signals;
	int listener; /* -1 = off */
	int port;
	SSL_CTX *tls; /* owned; NULL = plain */
	bool over;
	int64_t now;  /* ms UTC; at the begin of this turn */
	int64_t mono; /* monotonic ms, likewise */
	int64_t end_at;

	struct conn *conns[MAX_CONNS]; /* owned */
	size_t n_conns;
	int64_t last_k;
	struct map names;
	struct chan *chans; /* owned; by the number of the name */
	size_t cap_chans;
	uint32_t *live; /* owned; the channels with members */
	size_t n_live;
	size_t cap_live;
	size_t turn; /* in `live`: whose turn it is in a rate */

	int ledger; /* -1 = none */
	struct buf book;
	int64_t book_at; /* monotonic ms of its last flush */

	struct buf cmds; /* from stdin, from `cmds_pos` on */
	size_t cmds_pos;
	bool stdin_polled; /* false = a file, always readable */
	bool stdin_over;

	enum waiting waiting;
	bool wait_close; /* WAIT_SYNC: for those that are CLOSING only */
	int64_t wait_n;
	int64_t wait_ms; /* WAIT_RATE: from the end of the rate on */
	int64_t wait_until;

	int64_t rate; /* messages a second; 0 = none */
	int64_t rate_from;
	int64_t rate_ms;
	int64_t rate_done;

	size_t chunk;
	enum caps_mode caps;
	enum login_mode login;
	bool mute;
	char order[8];

	struct template templates[N_TEMPLATES];
	uint32_t run; /* makes ids differ from those of other runs */
	int64_t serial;
	int64_t seq;
	size_t queued; /* bytes in all queues */
	struct buf scratch;
	struct buf message;
	int64_t logins, joins, sent, pings, pongs, dropped, skipped;
};

/* The ledger. */

static void
book_flush(struct server *s)
{
	struct str rest = buf_view(&s->book);

	while (s->ledger != -1 && rest.len > 0) {
		ssize_t n = write(s->ledger, rest.p, rest.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(1, "ledger");
		rest.p += n;
		rest.len -= (size_t)n;
	}
	buf_reset(&s->book);
	s->book_at = s->mono;
}

/* Begins a record: its letter, the time and the connection. */
static struct buf *
book(struct server *s, char kind, const struct conn *c)
{
	struct buf *b = &s->book;

	if (b->len >= LEDGER_FULL)
		book_flush(s);
	buf_byte(b, kind);
	buf_byte(b, ' ');
	num_add(b, s->now);
	buf_byte(b, ' ');
	num_add(b, c->k);
	return b;
}

static void
book_number(struct server *s, char kind, const struct conn *c, int64_t n)
{
	struct buf *b = book(s, kind, c);

	buf_byte(b, ' ');
	num_add(b, n);
	buf_byte(b, '\n');
}

static void
book_word(struct server *s, char kind, const struct conn *c, struct str word)
{
	struct buf *b = book(s, kind, c);

	if (word.len != 0)
		buf_byte(b, ' ');
	buf_str(b, word);
	buf_byte(b, '\n');
}

static void
write_hex(char *p, int digits, uint64_t v)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = "0123456789abcdef"[v & 15];
		v >>= 4;
	}
}

static void
write_decimal(char *p, int digits, int64_t v)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
}

static void
book_line(
    struct server *s, char kind, const struct conn *c, const struct note *n)
{
	struct buf *b = book(s, kind, c);
	char hex[16];

	buf_byte(b, ' ');
	num_add(b, n->chan);
	buf_byte(b, ' ');
	num_add(b, n->seq);
	buf_byte(b, ' ');
	num_add(b, n->len);
	buf_byte(b, ' ');
	write_hex(hex, sizeof(hex), n->hash);
	buf_add(b, hex, sizeof(hex));
	buf_byte(b, '\n');
}

/* Channels and who has joined them. */

/* Finds the number of a channel, or gives it one. Returns NO_CHAN when `name`
 * is no login or there are too many. */
static uint32_t
find_chan(struct server *s, struct str name)
{
	uint64_t hash;
	size_t i;

	if (name.len != 0 && name.p[0] == '#') {
		name.p++;
		name.len--;
	}
	if (!login_is(name))
		return NO_CHAN;
	hash = hash_str(name, 0);
	i = map_find(&s->names, name, hash);
	if (i != MAP_NONE)
		return (uint32_t)i;
	if (s->names.n >= MAX_CHANS)
		return NO_CHAN;
	s->chans =
	    xgrow(s->chans, s->names.n, &s->cap_chans, sizeof(*s->chans));
	i = map_number(&s->names, name, hash);
	s->chans[i] = (struct chan){ 0 };
	buf_printf(&s->book, "C %zu %.*s\n", i, STR_ARGS(name));
	return (uint32_t)i;
}

static bool
is_member(const struct chan *ch, const struct conn *c)
{
	for (size_t i = 0; i < ch->n_members; i++)
		if (ch->members[i] == c)
			return true;
	return false;
}

static void
enter(struct server *s, struct conn *c, uint32_t chan)
{
	struct chan *ch = &s->chans[chan];

	ch->members = xgrow(ch->members, ch->n_members, &ch->cap_members,
	    sizeof(struct conn *));
	ch->members[ch->n_members++] = c;
	if (ch->n_members == 1) {
		s->live =
		    xgrow(s->live, s->n_live, &s->cap_live, sizeof(*s->live));
		ch->live_at = s->n_live;
		s->live[s->n_live++] = chan;
	}
	c->chans =
	    xgrow(c->chans, c->n_chans, &c->cap_chans, sizeof(*c->chans));
	c->chans[c->n_chans++] = chan;
	book_number(s, 'J', c, chan);
}

/* Takes `c` off the members, not the channel off the list of `c`. */
static void
drop_member(struct server *s, const struct conn *c, uint32_t chan)
{
	struct chan *ch = &s->chans[chan];
	size_t i = 0;

	while (i < ch->n_members && ch->members[i] != c)
		i++;
	if (i == ch->n_members)
		return;
	ch->members[i] = ch->members[--ch->n_members];
	if (ch->n_members == 0) {
		uint32_t last = s->live[--s->n_live];

		s->live[ch->live_at] = last;
		s->chans[last].live_at = ch->live_at;
	}
}

/* `kind` is that of the record: O or X. */
static void
leave(struct server *s, struct conn *c, uint32_t chan, char kind)
{
	for (size_t i = 0; i < c->n_chans; i++) {
		if (c->chans[i] != chan)
			continue;
		c->chans[i] = c->chans[--c->n_chans];
		drop_member(s, c, chan);
		book_number(s, kind, c, chan);
		return;
	}
}

/* No record: the end of the connection is one. */
static void
leave_all(struct server *s, struct conn *c)
{
	for (size_t i = 0; i < c->n_chans; i++)
		drop_member(s, c, c->chans[i]);
	c->n_chans = 0;
}

/* The queues. */

static size_t
queue_len(const struct conn *c)
{
	return c->out.len - c->out_pos;
}

static bool
can_say(const struct conn *c)
{
	return c->phase == OPEN && !c->muted;
}

static struct note
note_of(struct server *s, char kind, uint32_t chan, struct str line)
{
	struct str text = { line.p, line.len - 2 };

	return (struct note){ .hash = hash_str(text, 0),
		.seq = ++s->seq,
		.chan = chan,
		.len = (uint32_t)text.len,
		.kind = kind };
}

/* Queues some bytes; `note` is NULL for those that the ledger leaves out. */
static bool
queue(
    struct server *s, struct conn *c, struct str bytes, const struct note *note)
{
	if (s->queued + bytes.len > MAX_QUEUED) {
		s->dropped++;
		return false;
	}
	buf_str(&c->out, bytes);
	s->queued += bytes.len;
	if (note == NULL)
		return true;
	if (c->n_lines == c->cap_lines && c->first > c->cap_lines / 2) {
		memmove(c->lines, c->lines + c->first,
		    (c->n_lines - c->first) * sizeof(*c->lines));
		c->n_lines -= c->first;
		c->first = 0;
	}
	c->lines =
	    xgrow(c->lines, c->n_lines, &c->cap_lines, sizeof(*c->lines));
	c->lines[c->n_lines++] =
	    (struct queued){ c->handed + queue_len(c), *note };
	return true;
}

static struct str
without_tags(struct str line)
{
	const char *space;

	if (line.len == 0 || line.p[0] != '@')
		return line;
	space = memchr(line.p, ' ', line.len);
	if (space == NULL)
		return line;
	line.len -= (size_t)(space + 1 - line.p);
	line.p = space + 1;
	return line;
}

/* Says what a message out of the mill is, in the ledger. */
static void
book_message(struct server *s, int64_t seq)
{
	int64_t i = s->serial % N_TEMPLATES;

	if (s->ledger == -1)
		return;
	buf_printf(&s->book, "M %lld %lld %lld %d 9001%05lld\n",
	    (long long)s->now, (long long)s->serial, (long long)seq,
	    i % 11 == 3 ? 100 : 0, (long long)i);
}

/* Gives a line, which ends in CRLF, to all that have joined `chan`, the same
 * bytes to each. Those without tags get a line of their own, with its own
 * number. Returns how many got it. */
static int64_t
give(struct server *s, uint32_t chan, struct str line)
{
	struct chan *ch = &s->chans[chan];
	struct note notes[2] = { 0 };
	int64_t n = 0;
	bool mill = line.p == s->message.p;

	for (size_t i = 0; i < ch->n_members; i++) {
		struct conn *c = ch->members[i];
		struct str mine = c->tags ? line : without_tags(line);
		struct note *note = &notes[c->tags || mine.p == line.p];

		if (!can_say(c))
			continue;
		if (note->seq == 0)
			*note = note_of(s, 'L', chan, mine);
		n += queue(s, c, mine, note);
	}
	for (size_t i = 0; mill && i < 2; i++)
		if (notes[i].seq != 0)
			book_message(s, notes[i].seq);
	return n;
}

/* Says a line of the protocol; `chan` is NO_CHAN when it names none. */
static void say(struct server *s, struct conn *c, uint32_t chan,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void
say(struct server *s, struct conn *c, uint32_t chan, const char *fmt, ...)
{
	char text[1024];
	struct note note;
	struct str line;
	va_list ap;
	int n;

	if (!can_say(c))
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		errx(1, "a line of the protocol is too long");
	buf_reset(&s->scratch);
	buf_add(&s->scratch, text, (size_t)n);
	buf_lit(&s->scratch, "\r\n");
	line = buf_view(&s->scratch);
	if (!c->tags)
		line = without_tags(line);
	if (chan == NO_CHAN) {
		queue(s, c, line, NULL);
		return;
	}
	note = note_of(s, 'P', chan, line);
	queue(s, c, line, &note);
}

/* Ends of connections. */

static void
forget_queue(struct server *s, struct conn *c)
{
	for (size_t i = c->first; i < c->n_lines; i++)
		book_line(s, 'U', c, &c->lines[i].note);
	c->first = c->n_lines = 0;
	s->queued -= queue_len(c);
	c->out_pos = c->out.len;
}

/* Closes at once. Of those that are FROZEN or LINGER the ledger knows the end
 * already; of the others it is `how`. */
static void
close_now(struct server *s, struct conn *c, const char *how, bool rst)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	if (c->phase == DEAD)
		return;
	forget_queue(s, c);
	leave_all(s, c);
	if (c->phase != FROZEN && c->phase != LINGER)
		book_word(s, 'E', c, str_of(how));
	if (rst)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	SSL_free(c->ssl);
	c->ssl = NULL;
	close(c->fd);
	c->phase = DEAD;
}

/* Begins to close: nothing new goes to `c`, its queue is still written. */
static void
start_close(struct server *s, struct conn *c, bool rst)
{
	const char *how = rst ? "rst" : "fin";

	if ((c->phase != OPEN && c->phase != CLOSING) || c->muted) {
		close_now(s, c, how, rst);
		return;
	}
	leave_all(s, c);
	c->phase = CLOSING;
	c->rst = rst;
	c->close_at = s->mono + CLOSE_MAX_MS;
}

/* Counts the bytes that the client's kernel has not acknowledged. */
static int
unacked(const struct conn *c)
{
	int n = 0;

	return ioctl(c->fd, SIOCOUTQ, &n) == 0 ? n : 0;
}

/* Goes on with closing. An RST waits until all has arrived, as it makes the
 * kernel throw away what has not; a FIN comes behind what has not. */
static void
go_on_closing(struct server *s, struct conn *c)
{
	bool flushed = queue_len(c) == 0 && (!c->rst || unacked(c) == 0);

	if (!flushed && s->mono < c->close_at)
		return;
	if (c->rst) {
		close_now(s, c, "rst", true);
		return;
	}
	forget_queue(s, c);
	book_word(s, 'E', c, STR("fin"));
	if (c->ssl != NULL) {
		ERR_clear_error();
		SSL_shutdown(c->ssl);
	}
	shutdown(c->fd, SHUT_WR);
	c->phase = LINGER;
	c->close_at = s->mono + CLOSE_MAX_MS;
}

static void
freeze(struct server *s, struct conn *c)
{
	if (c->phase == FROZEN || c->phase == DEAD)
		return;
	forget_queue(s, c);
	leave_all(s, c);
	if (c->phase != LINGER)
		book_word(s, 'E', c, STR("freeze"));
	epoll_ctl(s->ep, EPOLL_CTL_DEL, c->fd, NULL);
	c->phase = FROZEN;
	c->close_at = 0;
}

static void
close_if_due(struct server *s, struct conn *c)
{
	if (c->phase == CLOSING)
		go_on_closing(s, c);
	else if (c->close_at == 0 || s->mono < c->close_at)
		return;
	else if (c->phase == LINGER)
		close_now(s, c, "fin", false);
	else if (c->phase == OPEN)
		start_close(s, c, false);
}

static void
free_conn(struct conn *c)
{
	split_release(&c->in);
	buf_release(&c->out);
	free(c->lines);
	free(c->chans);
	free(c);
}

static void
reap(struct server *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_conns; i++) {
		if (s->conns[i]->phase == DEAD)
			free_conn(s->conns[i]);
		else
			s->conns[n++] = s->conns[i];
	}
	s->n_conns = n;
}

/* Writing and reading sockets. */

/* Tells epoll what `c` waits for now. */
static void
arm(struct server *s, struct conn *c)
{
	struct epoll_event e = { .data.ptr = c };

	if (c->phase == DEAD || c->phase == FROZEN)
		return;
	if (c->ssl == NULL || !c->muted)
		e.events |= EPOLLIN;
	if (queue_len(c) != 0 && !c->muted && c->phase != HANDSHAKE)
		e.events |= EPOLLOUT;
	if (c->phase == HANDSHAKE && SSL_want_write(c->ssl))
		e.events |= EPOLLOUT;
	if (e.events != c->armed)
		epoll_ctl(s->ep, EPOLL_CTL_MOD, c->fd, &e);
	c->armed = e.events;
}

/* Enters into the ledger what has been handed over whole. */
static void
settle(struct server *s, struct conn *c)
{
	while (c->first < c->n_lines && c->lines[c->first].end <= c->handed) {
		const struct note *note = &c->lines[c->first++].note;

		book_line(s, note->kind, c, note);
		s->sent += note->kind == 'L';
	}
	if (c->first == c->n_lines)
		c->first = c->n_lines = 0;
	if (queue_len(c) == 0) {
		if (c->out.cap > (1 << 20))
			buf_release(&c->out);
		buf_reset(&c->out);
		c->out_pos = 0;
	} else if (c->out_pos > c->out.len / 2) {
		memmove(c->out.p, c->out.p + c->out_pos, queue_len(c));
		c->out.len -= c->out_pos;
		c->out_pos = 0;
	}
}

/* Hands one piece to the kernel. Returns how many bytes of it went, 0 when
 * there is no room now, -1 when the connection is broken. */
static ssize_t
hand_over(struct conn *c, const char *p, size_t len)
{
	ssize_t n;
	int why;

	if (c->ssl == NULL) {
		n = send(c->fd, p, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		return n;
	}
	/* OpenSSL wants to see the same bytes again after it had no room. */
	if (c->retry != 0)
		len = c->retry;
	ERR_clear_error();
	n = SSL_write(c->ssl, p, len > INT32_MAX ? INT32_MAX : (int)len);
	c->retry = 0;
	if (n > 0)
		return n;
	why = SSL_get_error(c->ssl, (int)n);
	if (why != SSL_ERROR_WANT_WRITE && why != SSL_ERROR_WANT_READ)
		return -1;
	c->retry = len;
	return 0;
}

static void
flush(struct server *s, struct conn *c)
{
	if ((c->phase != OPEN && c->phase != CLOSING) || c->muted)
		return;
	for (int i = 0; i < PIECES_MAX && queue_len(c) != 0; i++) {
		size_t len = queue_len(c);
		ssize_t n;

		if (s->chunk != 0 && len > s->chunk)
			len = s->chunk;
		n = hand_over(c, c->out.p + c->out_pos, len);
		if (n < 0) {
			settle(s, c);
			close_now(s, c, "peer", false);
			return;
		}
		if (n == 0)
			break;
		c->out_pos += (size_t)n;
		c->handed += (uint64_t)n;
		s->queued -= (size_t)n;
	}
	settle(s, c);
}

/* Returns bytes read, 0 when there are none now, -1 at the end. */
static ssize_t
take_in(struct conn *c, char *p, size_t len)
{
	ssize_t n;
	int why;

	/* After our FIN nothing that comes matters, but that it ends. */
	if (c->ssl == NULL || c->phase == LINGER) {
		n = recv(c->fd, p, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		return n > 0 ? n : -1;
	}
	ERR_clear_error();
	n = SSL_read(c->ssl, p, (int)len);
	if (n > 0)
		return n;
	why = SSL_get_error(c->ssl, (int)n);
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return 0;
	return -1;
}

static void
shake_hands(struct server *s, struct conn *c)
{
	int n, why;

	ERR_clear_error();
	n = SSL_accept(c->ssl);
	if (n == 1) {
		c->phase = OPEN;
		return;
	}
	why = SSL_get_error(c->ssl, n);
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		close_now(s, c, "peer", false);
}

static void
accept_one(struct server *s)
{
	int fd = accept(s->listener, NULL, NULL);
	struct epoll_event e = { .events = EPOLLIN };
	struct conn *c;
	int on = 1;

	if (fd == -1)
		return;
	if (s->n_conns == MAX_CONNS) {
		close(fd);
		return;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->k = ++s->last_k;
	c->muted = s->mute;
	c->phase = s->tls != NULL ? HANDSHAKE : OPEN;
	c->in.max = MAX_IN;
	c->armed = EPOLLIN;
	if (s->tls != NULL) {
		c->ssl = SSL_new(s->tls);
		if (c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1)
			errx(1, "cannot begin TLS");
	}
	s->conns[s->n_conns++] = c;
	e.data.ptr = c;
	if (epoll_ctl(s->ep, EPOLL_CTL_ADD, fd, &e) != 0)
		err(1, "epoll_ctl");
	book_word(s, 'A', c, STR(""));
	arm(s, c);
}

/* Messages. */

struct text {
	const char *text;
	const char *emotes;
};

static const struct text texts[] = {
	{ "hello Kappa", "25:6-10" },
	{ "LUL", "425618:0-2" },
	{ "gg", "" },
	{ "ist das noch live oder schon die Wiederholung? Ich frage f\xc3\xbcr "
	  "einen Freund \xf0\x9f\x98\x85",
	    "" },
	{ "\xf0\x9f\x94\xa5\xf0\x9f\x94\xa5\xf0\x9f\x94\xa5", "" },
	{ "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf "
	  "\xe4\xb8\x96\xe7\x95\x8c",
	    "" },
	{ "https://example.invalid/watch?v=abc&t=10 : look at this; it's 100% "
	  "worth it \\o/",
	    "" },
	{ "PogChamp PogChamp PogChamp", "305954156:0-7,9-16,18-25" },
	{ "nein", "" },
	{ "the boss has two phases, and in the second one you have to stay "
	  "behind the pillar until the music stops, otherwise it is over in "
	  "three seconds \xf0\x9f\xa4\xa6\xf0\x9f\x8f\xbd\xe2\x80\x8d\xe2\x99"
	  "\x82\xef\xb8\x8f",
	    "" },
	{ "!commands", "" },
	{ "same here \xf3\xa0\x80\x80", "" },
	{ "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 "
	  "\xd0\xb2\xd1\x81\xd0\xb5\xd0\xbc",
	    "" },
};

static const char *const users[] = { "nordlicht_77", "tafelspitz", "zwetschge",
	"pixelotter", "a", "stoerenfried", "kanal_zwei" };

static const char *const badges[] = {
	"badge-info=subscriber/14;badges=subscriber/12,premium/1",
	"badge-info=;badges=",
	"badge-info=founder/17;badges=founder/0,bits/1000",
	"badge-info=predictions/A\\sB;badges=moderator/1,predictions/blue-1",
	"badge-info=;badges=vip/1",
};

static const char *const colors[] = { "#1E90FF", "", "#008000" };

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/* Makes one of the messages: a full set of tags with places for what differs
 * each time, some of them answers, cheers, or /me. */
static void
make_template(struct server *s, size_t i)
{
	struct template *t = &s->templates[i];
	const struct text *text = &texts[i % N_OF(texts)];
	const char *user = users[i % N_OF(users)];
	struct buf *b = &t->head;

	buf_printf(b, "@%s;", badges[i % N_OF(badges)]);
	if (i % 11 == 3)
		buf_lit(b, "bits=100;");
	if (i % 2 == 0)
		buf_printf(b, "client-nonce=%032zx;", i * 0x9e3779b97f4a7c15);
	buf_printf(b, "color=%s;display-name=%s;emotes=%s;first-msg=%d;flags=;",
	    colors[i % N_OF(colors)], user, text->emotes, i % 19 == 0);
	buf_lit(b, "id=");
	t->id_at = b->len;
	buf_printf(b, "%08x-0000-4000-8000-000000000000;mod=%d;", s->run,
	    i % N_OF(badges) == 3);
	if (i % 7 == 2)
		buf_lit(b,
		    "reply-parent-display-name=Nordlicht_77;"
		    "reply-parent-msg-body=semi\\:colon\\sand\\sback\\\\slash;"
		    "reply-parent-msg-id=11111111-2222-4333-8444-555555555501;"
		    "reply-parent-user-id=900100001;"
		    "reply-parent-user-login=nordlicht_77;");
	buf_lit(b, "returning-chatter=0;room-id=");
	t->room_at = b->len;
	buf_printf(
	    b, "000000000;subscriber=%d;tmi-sent-ts=", i % N_OF(badges) == 0);
	t->ts_at = b->len;
	buf_printf(b, "0000000000000;turbo=0;user-id=9001%05zu;user-type=", i);
	if (i % N_OF(badges) == 4)
		buf_lit(b, ";vip=1");
	buf_printf(b, " :%s!%s@%s.tmi.twitch.tv PRIVMSG #", user, user, user);
	t->text = str_of(text->text);
	t->me = i % 17 == 5;
}

/* Begins a message in s->message: all up to the text. Its id holds a number
 * that no other has. */
static const struct template *
begin_message(struct server *s, uint32_t chan)
{
	int64_t serial = ++s->serial;
	const struct template *t =
	    &s->templates[(uint64_t)serial % N_TEMPLATES];
	struct buf *b = &s->message;

	buf_reset(b);
	buf_add(b, t->head.p, t->head.len);
	write_hex(b->p + t->id_at + 24, 12, (uint64_t)serial);
	write_decimal(b->p + t->room_at, 9, 500000000 + (int64_t)chan);
	write_decimal(b->p + t->ts_at, 13, s->now);
	buf_str(b, map_name(&s->names, chan));
	buf_lit(b, " :");
	return t;
}

static int64_t
give_message(struct server *s, uint32_t chan)
{
	buf_lit(&s->message, "\r\n");
	return give(s, chan, buf_view(&s->message));
}

/* Gives one message out of the mill. */
static int64_t
generate(struct server *s, uint32_t chan)
{
	const struct template *t = begin_message(s, chan);
	struct buf *b = &s->message;

	if (t->me)
		buf_lit(b,
		    "\x01"
		    "ACTION ");
	buf_str(b, t->text);
	buf_byte(b, ' ');
	num_add(b, s->serial);
	if (t->me)
		buf_byte(b, '\x01');
	return give_message(s, chan);
}

/* Makes up for what has become due since the last turn. */
static void
run_rate(struct server *s)
{
	int64_t passed = s->mono - s->rate_from, due;

	if (s->rate == 0)
		return;
	if (passed > s->rate_ms)
		passed = s->rate_ms;
	due = passed * s->rate / 1000;
	for (; s->rate_done < due && s->n_live != 0; s->rate_done++) {
		if (s->turn >= s->n_live)
			s->turn = 0;
		generate(s, s->live[s->turn++]);
	}
	s->skipped += due - s->rate_done;
	s->rate_done = due;
	if (passed == s->rate_ms) {
		s->rate = 0;
		if (s->waiting == WAIT_RATE)
			s->wait_until = s->mono + s->wait_ms;
	}
}

/* What clients say. */

static struct str
next_word(struct str *rest)
{
	struct str word = *rest;
	const char *space =
	    rest->len != 0 ? memchr(rest->p, ' ', rest->len) : NULL;

	if (space == NULL) {
		*rest = STR("");
		return word;
	}
	word.len = (size_t)(space - word.p);
	rest->p = space + 1;
	rest->len -= word.len + 1;
	return word;
}

/* A last parameter may have a colon before it. */
static struct str
trailing(struct str s)
{
	if (s.len != 0 && s.p[0] == ':') {
		s.p++;
		s.len--;
	}
	return s;
}

static void
take_cap(struct conn *c, struct str cap, struct buf *known, struct buf *unknown)
{
	struct buf *list = unknown;

	if (str_eq(cap, STR("twitch.tv/tags"))) {
		c->tags = true;
		list = known;
	} else if (str_eq(cap, STR("twitch.tv/commands"))) {
		c->commands = true;
		list = known;
	} else if (str_eq(cap, STR("twitch.tv/membership")))
		list = known;
	if (list->len != 0)
		buf_byte(list, ' ');
	buf_str(list, cap);
}

static void
on_cap(struct server *s, struct conn *c, struct str rest)
{
	struct buf known = { .max = 400 }, unknown = { .max = 400 };
	struct str sub = next_word(&rest), all = trailing(rest);

	if (str_eq(sub, STR("LS")))
		say(s, c, NO_CHAN,
		    ":tmi.twitch.tv CAP * LS :twitch.tv/commands "
		    "twitch.tv/membership twitch.tv/tags");
	if (!str_eq(sub, STR("REQ")) || s->caps == CAPS_SILENT || c->muted)
		return;
	if (s->caps == CAPS_NAK) {
		if (all.len > 400)
			all.len = 400;
		say(s, c, NO_CHAN, ":tmi.twitch.tv CAP * NAK :%.*s",
		    STR_ARGS(all));
		return;
	}
	for (rest = all; rest.len != 0;) {
		struct str cap = next_word(&rest);

		if (cap.len != 0)
			take_cap(c, cap, &known, &unknown);
	}
	if (known.len != 0)
		say(s, c, NO_CHAN, ":tmi.twitch.tv CAP * ACK :%.*s",
		    STR_ARGS(buf_view(&known)));
	if (unknown.len != 0)
		say(s, c, NO_CHAN, ":tmi.twitch.tv CAP * NAK :%.*s",
		    STR_ARGS(buf_view(&unknown)));
	buf_release(&known);
	buf_release(&unknown);
}

static void
on_pass(struct server *s, struct conn *c, struct str rest)
{
	(void)s;
	c->good_pass = str_eq(trailing(rest), STR("oauth:goodtoken"));
}

static void
welcome(struct server *s, struct conn *c)
{
	static const struct {
		const char *code;
		const char *text;
	} lines[] = {
		{ "001", "Welcome, GLHF!" },
		{ "002", "Your host is tmi.twitch.tv" },
		{ "003", "This server is rather new" },
		{ "004", "-" },
		{ "375", "-" },
		{ "372", "You are in a maze of twisty passages, all alike." },
		{ "376", ">" },
	};

	c->logged_in = true;
	s->logins++;
	for (size_t i = 0; i < N_OF(lines); i++)
		say(s, c, NO_CHAN, ":tmi.twitch.tv %s %s :%s", lines[i].code,
		    c->nick, lines[i].text);
	if (!c->anonymous && c->commands)
		say(s, c, NO_CHAN,
		    "@badge-info=;badges=;color=#1E90FF;display-name=%s;"
		    "emote-sets=0,300374282;user-id=900100050;user-type= "
		    ":tmi.twitch.tv GLOBALUSERSTATE",
		    c->nick);
}

static bool
is_anonymous(struct str nick)
{
	struct str prefix = STR("justinfan");

	if (!str_starts(nick, prefix))
		return false;
	nick.p += prefix.len;
	nick.len -= prefix.len;
	return num_whole(nick) >= 0;
}

static void
on_nick(struct server *s, struct conn *c, struct str rest)
{
	struct str nick = trailing(rest);

	if (c->logged_in)
		return;
	if (!login_is(nick)) {
		book_word(s, 'N', c, STR("-"));
		say(s, c, NO_CHAN, ":tmi.twitch.tv NOTICE * :Invalid NICK");
		start_close(s, c, false);
		return;
	}
	book_word(s, 'N', c, nick);
	if (c->muted || s->login == LOGIN_SILENT)
		return;
	memcpy(c->nick, nick.p, nick.len);
	c->nick[nick.len] = '\0';
	c->anonymous = is_anonymous(nick);
	if (c->anonymous ? s->login == LOGIN_OK : c->good_pass) {
		welcome(s, c);
		return;
	}
	say(s, c, NO_CHAN,
	    ":tmi.twitch.tv NOTICE * :Login authentication failed");
	start_close(s, c, false);
}

static void
say_notice(struct server *s, struct conn *c, uint32_t chan, struct str id)
{
	const char *text = "You cannot be here.";

	if (!c->commands)
		return;
	if (str_eq(id, STR("msg_channel_suspended")))
		text = "This channel does not exist or has been suspended.";
	else if (str_eq(id, STR("msg_banned")))
		text = "You are permanently banned from talking in this "
		       "channel.";
	say(s, c, chan, "@msg-id=%.*s :tmi.twitch.tv NOTICE #%.*s :%s",
	    STR_ARGS(id), STR_ARGS(map_name(&s->names, chan)), text);
}

static void
say_joined(struct server *s, struct conn *c, uint32_t chan, char what)
{
	struct str name = map_name(&s->names, chan);
	const char *n = c->nick;

	if (what == 'j')
		say(s, c, chan, ":%s!%s@%s.tmi.twitch.tv JOIN #%.*s", n, n, n,
		    STR_ARGS(name));
	else if (what == 'r' && c->commands)
		say(s, c, chan,
		    "@emote-only=0;followers-only=-1;r9k=0;room-id=%09u;"
		    "slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #%.*s",
		    500000000 + chan, STR_ARGS(name));
	else if (what == 'n')
		say(s, c, chan, ":%s.tmi.twitch.tv 353 %s = #%.*s :%s", n, n,
		    STR_ARGS(name), n);
	else if (what == 'e')
		say(s, c, chan,
		    ":%s.tmi.twitch.tv 366 %s #%.*s :End of /NAMES list", n, n,
		    STR_ARGS(name));
}

/* How a JOIN is answered: `yes`, `no` or a msg-id. */
static struct str
answer_of(const struct server *s, uint32_t chan)
{
	const struct buf *told = &s->chans[chan].answer;
	struct str name = map_name(&s->names, chan);

	if (told->len != 0)
		return buf_view(told);
	if (str_starts(name, STR("nosuch")))
		return STR("no");
	if (str_starts(name, STR("suspended")))
		return STR("msg_channel_suspended");
	if (str_starts(name, STR("banned")))
		return STR("msg_banned");
	return STR("yes");
}

static void
join_one(struct server *s, struct conn *c, struct str name)
{
	uint32_t chan;
	struct str answer;

	if (name.len == 0 || name.p[0] != '#')
		return;
	chan = find_chan(s, name);
	if (chan == NO_CHAN || is_member(&s->chans[chan], c))
		return;
	answer = answer_of(s, chan);
	if (str_eq(answer, STR("no")))
		return;
	if (!str_eq(answer, STR("yes"))) {
		say_notice(s, c, chan, answer);
		return;
	}
	enter(s, c, chan);
	for (const char *p = s->order; *p != '\0'; p++)
		say_joined(s, c, chan, *p);
	if (!c->anonymous && c->commands)
		say(s, c, chan,
		    "@badge-info=;badges=;color=#1E90FF;display-name=%s;"
		    "emote-sets=0,300374282;mod=0;subscriber=0;user-type= "
		    ":tmi.twitch.tv USERSTATE #%.*s",
		    c->nick, STR_ARGS(map_name(&s->names, chan)));
}

static struct str
next_item(struct str *list)
{
	struct str item = *list;
	const char *comma =
	    list->len != 0 ? memchr(list->p, ',', list->len) : NULL;

	if (comma != NULL)
		item.len = (size_t)(comma - item.p);
	list->p += item.len + (comma != NULL);
	list->len -= item.len + (comma != NULL);
	return item;
}

/* A JOIN counts against the limit whatever comes of it, so it is entered
 * before anything is asked. */
static void
on_join(struct server *s, struct conn *c, struct str rest)
{
	struct str list = trailing(next_word(&rest)), walk = list;
	int64_t n = 0;

	for (; walk.len != 0; n++)
		next_item(&walk);
	book_number(s, 'R', c, n);
	s->joins += n;
	while (c->logged_in && !c->muted && list.len != 0)
		join_one(s, c, next_item(&list));
}

static void
say_part(struct server *s, struct conn *c, uint32_t chan)
{
	say(s, c, chan, ":%s!%s@%s.tmi.twitch.tv PART #%.*s", c->nick, c->nick,
	    c->nick, STR_ARGS(map_name(&s->names, chan)));
}

static void
on_part(struct server *s, struct conn *c, struct str rest)
{
	struct str list = trailing(next_word(&rest));

	/* So that lines from before the PART come before it in the ledger. */
	flush(s, c);
	while (c->phase == OPEN && list.len != 0) {
		uint32_t chan = find_chan(s, next_item(&list));

		if (chan == NO_CHAN || !is_member(&s->chans[chan], c))
			continue;
		leave(s, c, chan, 'O');
		say_part(s, c, chan);
	}
}

static void
on_ping(struct server *s, struct conn *c, struct str rest)
{
	struct str text = trailing(rest);

	s->pings++;
	if (text.len > 500)
		text.len = 500;
	if (text.len == 0)
		say(s, c, NO_CHAN, "PONG :tmi.twitch.tv");
	else
		say(s, c, NO_CHAN, ":tmi.twitch.tv PONG tmi.twitch.tv :%.*s",
		    STR_ARGS(text));
}

static void
on_pong(struct server *s, struct conn *c, struct str rest)
{
	(void)rest;
	s->pongs++;
	book_word(s, 'G', c, STR(""));
}

static void
on_quit(struct server *s, struct conn *c, struct str rest)
{
	(void)rest;
	start_close(s, c, false);
}

static const struct {
	const char *name;
	void (*take)(struct server *s, struct conn *c, struct str rest);
} verbs[] = {
	{ "CAP", on_cap },
	{ "JOIN", on_join },
	{ "NICK", on_nick },
	{ "PART", on_part },
	{ "PASS", on_pass },
	{ "PING", on_ping },
	{ "PONG", on_pong },
	{ "QUIT", on_quit },
};

static void
take_line(struct server *s, struct conn *c, struct str line)
{
	struct str verb;

	line = without_tags(line);
	verb = next_word(&line);
	if (verb.len == 0)
		return;
	for (size_t i = 0; i < N_OF(verbs); i++) {
		if (str_eq(verb, str_of(verbs[i].name))) {
			verbs[i].take(s, c, line);
			return;
		}
	}
	if (verb.len > 100)
		verb.len = 100;
	say(s, c, NO_CHAN, ":tmi.twitch.tv 421 %s %.*s :Unknown command",
	    c->nick[0] != '\0' ? c->nick : "*", STR_ARGS(verb));
}

static void
take_bytes(struct server *s, struct conn *c, struct str piece)
{
	struct str line;
	bool over;

	while (c->phase == OPEN && split_next(&c->in, &piece, &line, &over))
		if (!over)
			take_line(s, c, line);
}

static void
read_conn(struct server *s, struct conn *c)
{
	char p[16384];
	ssize_t n;

	do {
		n = take_in(c, p, sizeof(p));
		if (n < 0)
			close_now(s, c, "peer", false);
		else if (n > 0)
			take_bytes(s, c, (struct str){ p, (size_t)n });
		/* What OpenSSL holds already, epoll does not tell of. */
	} while (n > 0 && c->ssl != NULL && SSL_pending(c->ssl) > 0);
}

static void
on_event(struct server *s, struct conn *c, uint32_t events)
{
	if (c->phase == DEAD || c->phase == FROZEN)
		return;
	if (c->muted && c->ssl != NULL) {
		if (events & (EPOLLERR | EPOLLHUP))
			close_now(s, c, "peer", false);
		return;
	}
	if (c->phase == HANDSHAKE)
		shake_hands(s, c);
	if (c->phase == HANDSHAKE || c->phase == DEAD)
		return;
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		read_conn(s, c);
}

/* Listening. */

static bool
start_listening(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = &s->listener };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd == -1)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 512) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0 ||
	    epoll_ctl(s->ep, EPOLL_CTL_ADD, fd, &e) != 0) {
		close(fd);
		return false;
	}
	s->listener = fd;
	s->port = ntohs(a.sin_port);
	return true;
}

static void
stop_listening(struct server *s)
{
	if (s->listener != -1)
		close(s->listener);
	s->listener = -1;
	for (size_t i = 0; i < s->n_conns; i++)
		close_now(s, s->conns[i], "rst", true);
}

/* Commands. */

static void answer(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void
answer(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (fflush(stdout) != 0)
		err(1, "stdout");
}

/* Takes a number up to `max`. Answers with an error and returns false when
 * there is none; an absent one is `otherwise`, unless that is -1. */
static bool
take_number(struct str *rest, int64_t max, int64_t otherwise, int64_t *n)
{
	struct str word = next_word(rest);

	*n = word.len == 0 ? otherwise : num_whole(word);
	if (*n < 0 || *n > max) {
		answer("error no number from 0 to %lld", (long long)max);
		return false;
	}
	return true;
}

static bool
take_chan(struct server *s, struct str *rest, uint32_t *chan)
{
	*chan = find_chan(s, next_word(rest));
	if (*chan == NO_CHAN)
		answer("error no channel");
	return *chan != NO_CHAN;
}

/* Takes the number of a connection that is there; 0 = all. */
static bool
take_target(struct server *s, struct str *rest, int64_t *k)
{
	struct str word = next_word(rest);

	*k = 0;
	if (word.len == 0 || str_eq(word, STR("*")))
		return true;
	*k = num_whole(word);
	for (size_t i = 0; *k > 0 && i < s->n_conns; i++)
		if (s->conns[i]->k == *k && s->conns[i]->phase != DEAD)
			return true;
	answer("error no such connection");
	return false;
}

/* Takes one of the words, NULL at their end. Returns its number, or -1 after an
 * answer. */
static int
take_choice(struct str *rest, const char *const *words)
{
	struct str word = next_word(rest);

	for (int i = 0; words[i] != NULL; i++)
		if (str_eq(word, str_of(words[i])))
			return i;
	answer("error no such word");
	return -1;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

/* Decodes one escape at `p`, behind its backslash. Returns how long it is
 * there, 0 when it is none. */
static size_t
unescape_one(const char *p, size_t len, char *c)
{
	if (len >= 3 && p[0] == 'x') {
		int high = hex_digit(p[1]), low = hex_digit(p[2]);

		if (high < 0 || low < 0)
			return 0;
		*c = (char)(high * 16 + low);
		return 3;
	}
	switch (len != 0 ? p[0] : '\0') {
	case 'r':
		*c = '\r';
		return 1;
	case 'n':
		*c = '\n';
		return 1;
	case 't':
		*c = '\t';
		return 1;
	case '\\':
		*c = '\\';
		return 1;
	default:
		return 0;
	}
}

static bool
unescape(struct buf *b, struct str s)
{
	buf_reset(b);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		size_t n;

		if (c == '\\') {
			n = unescape_one(s.p + i + 1, s.len - i - 1, &c);
			if (n == 0) {
				answer("error bad escape");
				return false;
			}
			i += n;
		}
		buf_byte(b, c);
	}
	return true;
}

static void
cmd_send(struct server *s, struct str rest)
{
	uint32_t chan;

	if (!take_chan(s, &rest, &chan))
		return;
	begin_message(s, chan);
	buf_str(&s->message, rest);
	answer("ok %lld", (long long)give_message(s, chan));
}

static void
cmd_line(struct server *s, struct str rest)
{
	uint32_t chan;

	if (!take_chan(s, &rest, &chan) || !unescape(&s->message, rest))
		return;
	if (s->message.len == 0 ||
	    memchr(s->message.p, '\n', s->message.len) != NULL) {
		answer("error not one line");
		return;
	}
	answer("ok %lld", (long long)give_message(s, chan));
}

static void
cmd_long(struct server *s, struct str rest)
{
	uint32_t chan;
	int64_t n;

	if (!take_chan(s, &rest, &chan) ||
	    !take_number(&rest, MAX_LONG, -1, &n))
		return;
	begin_message(s, chan);
	if (s->message.len > (size_t)n) {
		answer("error at least %zu", s->message.len);
		return;
	}
	while (s->message.len < (size_t)n)
		buf_byte(&s->message, (char)('a' + s->message.len % 26));
	answer("ok %lld", (long long)give_message(s, chan));
}

static void
cmd_burst(struct server *s, struct str rest)
{
	uint32_t chan;
	int64_t n, to = 0;

	if (!take_chan(s, &rest, &chan) || !take_number(&rest, 1000000, -1, &n))
		return;
	for (; n > 0; n--)
		to = generate(s, chan);
	answer("ok %lld", (long long)to);
}

static void
cmd_rate(struct server *s, struct str rest)
{
	int64_t n, seconds;

	if (!take_number(&rest, 1000000, -1, &n) ||
	    !take_number(&rest, 3600, -1, &seconds))
		return;
	if (s->rate != 0) {
		answer("error there is a rate");
		return;
	}
	s->rate = n;
	s->rate_ms = seconds * 1000;
	s->rate_from = now_mono_ms();
	s->rate_done = 0;
	answer("ok");
}

static void
cmd_kick(struct server *s, struct str rest)
{
	uint32_t chan;
	int64_t n = 0;

	if (!take_chan(s, &rest, &chan))
		return;
	while (s->chans[chan].n_members != 0) {
		struct conn *c = s->chans[chan].members[0];

		say_notice(s, c, chan, STR("msg_banned"));
		leave(s, c, chan, 'X');
		say_part(s, c, chan);
		n++;
	}
	answer("ok %lld", (long long)n);
}

static void
start_wait(struct server *s, enum waiting what, int64_t n, int64_t ms)
{
	s->waiting = what;
	s->wait_close = false;
	s->wait_n = n;
	s->wait_ms = ms;
	s->wait_until = s->mono + ms;
}

static void
cmd_sync(struct server *s, struct str rest)
{
	int64_t ms;

	if (take_number(&rest, LIFE_MS, WAIT_MS, &ms))
		start_wait(s, WAIT_SYNC, 0, ms);
}

static void
cmd_wait(struct server *s, struct str rest)
{
	int64_t ms;

	if (take_number(&rest, LIFE_MS, WAIT_MS, &ms))
		start_wait(s, WAIT_RATE, 0, ms);
}

static void
cmd_joined(struct server *s, struct str rest)
{
	int64_t n, ms;

	if (take_number(&rest, MAX_CHANS, -1, &n) &&
	    take_number(&rest, LIFE_MS, -1, &ms))
		start_wait(s, WAIT_JOINED, n, ms);
}

static void
cmd_connections(struct server *s, struct str rest)
{
	int64_t n, ms;

	if (take_number(&rest, MAX_CONNS, -1, &n) &&
	    take_number(&rest, LIFE_MS, -1, &ms))
		start_wait(s, WAIT_CONNS, n, ms);
}

/* A connection that `k` means and that is not on its way out. */
static bool
is_target(const struct conn *c, int64_t k)
{
	if (c->phase == DEAD || c->phase == CLOSING)
		return false;
	return k == 0 || c->k == k;
}

static void
cmd_wire(struct server *s, struct str rest)
{
	int64_t k, n = 0;

	if (!take_target(s, &rest, &k) || !unescape(&s->message, rest))
		return;
	for (size_t i = 0; i < s->n_conns; i++)
		if (is_target(s->conns[i], k) && can_say(s->conns[i]))
			n += queue(s, s->conns[i], buf_view(&s->message), NULL);
	answer("ok %lld", (long long)n);
}

static void
close_targets(struct server *s, struct str rest, bool rst)
{
	int64_t k;

	if (!take_target(s, &rest, &k))
		return;
	start_wait(s, WAIT_SYNC, 0, 2 * CLOSE_MAX_MS);
	s->wait_close = true;
	for (size_t i = 0; i < s->n_conns; i++) {
		struct conn *c = s->conns[i];

		if (!is_target(c, k) || (k == 0 && c->phase == LINGER))
			continue;
		start_close(s, c, rst);
		s->wait_n++;
	}
}

static void
cmd_rst(struct server *s, struct str rest)
{
	close_targets(s, rest, true);
}

static void
cmd_fin(struct server *s, struct str rest)
{
	close_targets(s, rest, false);
}

static void
cmd_freeze(struct server *s, struct str rest)
{
	int64_t k, n = 0;

	if (!take_target(s, &rest, &k))
		return;
	for (size_t i = 0; i < s->n_conns; i++) {
		if (!is_target(s->conns[i], k))
			continue;
		freeze(s, s->conns[i]);
		n++;
	}
	answer("ok %lld", (long long)n);
}

static void
cmd_reconnect(struct server *s, struct str rest)
{
	int64_t k, ms, n = 0;

	if (!take_target(s, &rest, &k) ||
	    !take_number(&rest, LIFE_MS, 10000, &ms))
		return;
	for (size_t i = 0; i < s->n_conns; i++) {
		struct conn *c = s->conns[i];

		if (!is_target(c, k) || !can_say(c) || !c->logged_in)
			continue;
		if (c->commands)
			say(s, c, NO_CHAN, ":tmi.twitch.tv RECONNECT");
		c->close_at = s->mono + ms;
		n++;
	}
	answer("ok %lld", (long long)n);
}

static void
cmd_listen(struct server *s, struct str rest)
{
	static const char *const words[] = { "off", "on", NULL };
	int which = take_choice(&rest, words);

	if (which == 0)
		stop_listening(s);
	if (which == 1 && s->listener == -1 && !start_listening(s)) {
		answer("error %s", strerror(errno));
		return;
	}
	if (which >= 0)
		answer("ok");
}

static void
cmd_ping(struct server *s, struct str rest)
{
	int64_t n = 0;

	(void)rest;
	for (size_t i = 0; i < s->n_conns; i++) {
		if (!can_say(s->conns[i]))
			continue;
		say(s, s->conns[i], NO_CHAN, "PING :tmi.twitch.tv");
		n++;
	}
	answer("ok %lld", (long long)n);
}

static void
cmd_list(struct server *s, struct str rest)
{
	(void)rest;
	buf_reset(&s->scratch);
	for (size_t i = 0; i < s->n_conns; i++)
		if (s->conns[i]->phase == OPEN && s->conns[i]->logged_in)
			buf_printf(
			    &s->scratch, " %lld", (long long)s->conns[i]->k);
	answer("ok%.*s", STR_ARGS(buf_view(&s->scratch)));
}

static int64_t
count_logged_in(const struct server *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->n_conns; i++)
		n += s->conns[i]->phase == OPEN && s->conns[i]->logged_in;
	return n;
}

static void
cmd_stats(struct server *s, struct str rest)
{
	(void)rest;
	answer("ok connections=%lld logins=%lld joins=%lld channels=%zu "
	       "sent=%lld pings=%lld pongs=%lld queued=%zu dropped=%lld "
	       "skipped=%lld",
	    (long long)count_logged_in(s), (long long)s->logins,
	    (long long)s->joins, s->n_live, (long long)s->sent,
	    (long long)s->pings, (long long)s->pongs, s->queued,
	    (long long)s->dropped, (long long)s->skipped);
}

static void
cmd_chunk(struct server *s, struct str rest)
{
	int64_t n;

	if (!take_number(&rest, INT32_MAX, -1, &n))
		return;
	s->chunk = (size_t)n;
	answer("ok");
}

static void
cmd_caps(struct server *s, struct str rest)
{
	static const char *const words[] = { "ack", "nak", "silent", NULL };
	int which = take_choice(&rest, words);

	if (which < 0)
		return;
	s->caps = (enum caps_mode)which;
	answer("ok");
}

static void
cmd_login(struct server *s, struct str rest)
{
	static const char *const words[] = { "ok", "refuse", "silent", NULL };
	int which = take_choice(&rest, words);

	if (which < 0)
		return;
	s->login = (enum login_mode)which;
	answer("ok");
}

static void
cmd_answer(struct server *s, struct str rest)
{
	uint32_t chan;
	struct str how;

	if (!take_chan(s, &rest, &chan))
		return;
	how = next_word(&rest);
	if (how.len == 0 || how.len > 100) {
		answer("error answer what");
		return;
	}
	buf_reset(&s->chans[chan].answer);
	buf_str(&s->chans[chan].answer, how);
	answer("ok");
}

static void
cmd_order(struct server *s, struct str rest)
{
	struct str word = next_word(&rest);

	if (word.len >= sizeof(s->order)) {
		answer("error too many letters");
		return;
	}
	memcpy(s->order, word.p, word.len);
	s->order[word.len] = '\0';
	answer("ok");
}

static void
cmd_mute(struct server *s, struct str rest)
{
	static const char *const words[] = { "none", "all", NULL };
	int which = take_choice(&rest, words);

	if (which < 0)
		return;
	s->mute = which == 1;
	for (size_t i = 0; i < s->n_conns; i++)
		s->conns[i]->muted = s->mute;
	answer("ok");
}

static const struct {
	const char *name;
	void (*run)(struct server *s, struct str rest);
} commands[] = {
	{ "answer", cmd_answer },
	{ "burst", cmd_burst },
	{ "caps", cmd_caps },
	{ "chunk", cmd_chunk },
	{ "connections", cmd_connections },
	{ "fin", cmd_fin },
	{ "freeze", cmd_freeze },
	{ "joined", cmd_joined },
	{ "kick", cmd_kick },
	{ "line", cmd_line },
	{ "list", cmd_list },
	{ "listen", cmd_listen },
	{ "login", cmd_login },
	{ "long", cmd_long },
	{ "mute", cmd_mute },
	{ "order", cmd_order },
	{ "ping", cmd_ping },
	{ "rate", cmd_rate },
	{ "reconnect", cmd_reconnect },
	{ "rst", cmd_rst },
	{ "send", cmd_send },
	{ "stats", cmd_stats },
	{ "sync", cmd_sync },
	{ "wait", cmd_wait },
	{ "wire", cmd_wire },
};

static void
run_command(struct server *s, struct str line)
{
	struct str name = next_word(&line);

	for (size_t i = 0; i < N_OF(commands); i++) {
		if (str_eq(name, str_of(commands[i].name))) {
			commands[i].run(s, line);
			return;
		}
	}
	answer("error no such command");
}

/* Tells whether all that was to be written has arrived, as far as the clients'
 * kernels; with `closing_only` whether nothing is about to be closed. */
static bool
is_flushed(const struct server *s, bool closing_only)
{
	for (size_t i = 0; i < s->n_conns; i++) {
		const struct conn *c = s->conns[i];

		if (c->phase == CLOSING)
			return false;
		if (closing_only || c->phase != OPEN || c->muted)
			continue;
		if (queue_len(c) != 0 || unacked(c) != 0)
			return false;
	}
	return true;
}

/* Answers a command that waits, when it is time. */
static void
go_on_waiting(struct server *s)
{
	bool late = s->mono >= s->wait_until;
	bool done = false;
	int64_t is = 0;

	switch (s->waiting) {
	case WAIT_NONE:
		return;
	case WAIT_RATE:
		if (s->rate != 0)
			return;
		/* FALLTHROUGH */
	case WAIT_SYNC:
		done = is_flushed(s, s->wait_close);
		break;
	case WAIT_JOINED:
		is = (int64_t)s->n_live;
		done = is >= s->wait_n;
		break;
	case WAIT_CONNS:
		is = count_logged_in(s);
		done = is == s->wait_n;
		break;
	}
	if (!done && !late)
		return;
	if (s->waiting == WAIT_SYNC || s->waiting == WAIT_RATE)
		book_flush(s);
	if (done && s->wait_close)
		answer("ok %lld", (long long)s->wait_n);
	else if (done)
		answer("ok");
	else if (s->waiting == WAIT_JOINED)
		answer("error joined %lld", (long long)is);
	else if (s->waiting == WAIT_CONNS)
		answer("error connections %lld", (long long)is);
	else
		answer("error queued=%zu", s->queued);
	s->waiting = WAIT_NONE;
}

static void
read_stdin(struct server *s)
{
	ssize_t n;

	if (!buf_room(&s->cmds, 65536))
		return;
	n = read(STDIN_FILENO, s->cmds.p + s->cmds.len, 65536);
	if (n < 0 && errno == EINTR)
		return;
	if (n > 0) {
		s->cmds.len += (size_t)n;
		return;
	}
	s->stdin_over = true;
	if (s->stdin_polled)
		epoll_ctl(s->ep, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
}

/* Takes the next command, the last one also without a LF. */
static bool
next_command(struct server *s, struct str *line)
{
	const char *p = s->cmds.p + s->cmds_pos;
	size_t len = s->cmds.len - s->cmds_pos;
	const char *lf = len != 0 ? memchr(p, '\n', len) : NULL;

	if (lf == NULL && (!s->stdin_over || len == 0))
		return false;
	*line = (struct str){ p, lf != NULL ? (size_t)(lf - p) : len };
	s->cmds_pos += line->len + (lf != NULL);
	return true;
}

/* Runs what has been read, up to a command that waits. */
static void
run_commands(struct server *s)
{
	struct str line;

	while (s->waiting == WAIT_NONE && next_command(s, &line))
		run_command(s, line);
	if (s->cmds_pos == s->cmds.len) {
		buf_reset(&s->cmds);
		s->cmds_pos = 0;
		if (s->stdin_over && s->waiting == WAIT_NONE)
			s->over = true;
	}
}

/* The loop. */

static int
next_timeout(const struct server *s)
{
	if (!s->stdin_polled && !s->stdin_over && s->waiting == WAIT_NONE)
		return 0;
	if (s->rate != 0)
		return TICK_MS;
	if (s->waiting != WAIT_NONE)
		return POLL_MS;
	for (size_t i = 0; i < s->n_conns; i++)
		if (s->conns[i]->close_at != 0 || s->conns[i]->phase == CLOSING)
			return POLL_MS;
	return 1000;
}

static void
tell_time(struct server *s)
{
	s->now = now_ms();
	s->mono = now_mono_ms();
}

static void
dispatch(struct server *s, const struct epoll_event *e)
{
	if (e->data.ptr == &s->listener)
		accept_one(s);
	else if (e->data.ptr == &s->cmds)
		read_stdin(s);
	else if (e->data.ptr == &s->signals)
		s->over = s->over || stop_next(s->signals) == STOP_END;
	else
		on_event(s, e->data.ptr, e->events);
}

static void
one_turn(struct server *s)
{
	struct epoll_event events[64];
	int n = epoll_wait(s->ep, events, N_OF(events), next_timeout(s));

	tell_time(s);
	for (int i = 0; i < n; i++)
		dispatch(s, &events[i]);
	if (!s->stdin_polled && !s->stdin_over && s->waiting == WAIT_NONE)
		read_stdin(s);
	run_rate(s);
	go_on_waiting(s);
	run_commands(s);
	tell_time(s);
	for (size_t i = 0; i < s->n_conns; i++) {
		flush(s, s->conns[i]);
		close_if_due(s, s->conns[i]);
		arm(s, s->conns[i]);
	}
	reap(s);
	if (s->mono - s->book_at >= 1000)
		book_flush(s);
	if (s->mono >= s->end_at)
		s->over = true;
}

/* Sets up. */

static SSL_CTX *
load_tls(char *files)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char *comma = strchr(files, ',');

	if (comma == NULL)
		errx(2, "%s: not CERT,KEY", files);
	*comma = '\0';
	if (ctx == NULL ||
	    SSL_CTX_use_certificate_chain_file(ctx, files) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, comma + 1, SSL_FILETYPE_PEM) != 1)
		errx(2, "%s: cannot load it or its key", files);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return ctx;
}

static void
watch(struct server *s, int fd, void *what)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = what };

	if (epoll_ctl(s->ep, EPOLL_CTL_ADD, fd, &e) != 0)
		err(1, "epoll_ctl");
}

static void
set_up(struct server *s)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = &s->cmds };
	struct rlimit files;
	int64_t seed[2];

	/* OpenSSL writes with write(), which cannot be told not to signal. */
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	tell_time(s);
	s->end_at = s->mono + LIFE_MS;
	s->book_at = s->mono;
	seed[0] = s->now;
	seed[1] = getpid();
	s->run = (uint32_t)hash_str(
	    (struct str){ (const char *)seed, sizeof(seed) }, 0);
	memcpy(s->order, "jrne", 5);
	for (size_t i = 0; i < N_TEMPLATES; i++)
		make_template(s, i);
	s->ep = epoll_create1(EPOLL_CLOEXEC);
	s->signals = stop_init();
	if (s->ep == -1 || s->signals == -1)
		err(1, "epoll");
	watch(s, s->signals, &s->signals);
	s->stdin_polled =
	    epoll_ctl(s->ep, EPOLL_CTL_ADD, STDIN_FILENO, &e) == 0;
	if (!start_listening(s))
		err(1, "listen");
}

static void
tear_down(struct server *s)
{
	for (size_t i = 0; i < s->n_conns; i++)
		close_now(s, s->conns[i], "exit", false);
	reap(s);
	book_flush(s);
	for (size_t i = 0; i < s->names.n; i++) {
		free(s->chans[i].members);
		buf_release(&s->chans[i].answer);
	}
	for (size_t i = 0; i < N_TEMPLATES; i++)
		buf_release(&s->templates[i].head);
	free(s->chans);
	free(s->live);
	map_release(&s->names);
	buf_release(&s->book);
	buf_release(&s->cmds);
	buf_release(&s->scratch);
	buf_release(&s->message);
	SSL_CTX_free(s->tls);
}

static void
usage(void)
{
	fputs(
	    "usage: irc [-l ledger] [-p port] [-t cert.pem,key.pem]\n", stderr);
	exit(2);
}

int
main(int argc, char **argv)
{
	struct server *s = xcalloc(1, sizeof(*s));
	int c;

	s->ledger = -1;
	while ((c = getopt(argc, argv, "l:p:t:")) != -1) {
		switch (c) {
		case 'l':
			s->ledger = open(optarg,
			    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
			if (s->ledger == -1)
				err(2, "%s", optarg);
			break;
		case 'p':
			s->port = (int)num_whole(str_of(optarg));
			if (s->port < 0 || s->port > 65535)
				errx(2, "%s: no port", optarg);
			break;
		case 't':
			s->tls = load_tls(optarg);
			break;
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
	set_up(s);
	answer("ready %d", s->port);
	while (!s->over)
		one_turn(s);
	tear_down(s);
	free(s);
	return 0;
}
