/*
 * fuzz session: any bytes as what an IRC server sends, in any pieces, the end
 * of the connection at any place. The connection is one of our own.
 *
 * Lines that name a room come out as they were sent; what we answer is whole
 * lines, a PONG for each PING; time goes on, and so the session ends or pings.
 */
#include "fuzz.h"

#include <limits.h>

#include "clock.h"

#include "remote/session.h"

struct chat_net {
	int nothing;
};

struct chat {
	struct str left;  /* what the server will have sent */
	struct buf sent;  /* by us */
	size_t piece;     /* bytes that come at once */
	bool ends, ended; /* the connection does, with the last byte */
};

struct chat *
chat_open(struct chat_net *net)
{
	return (struct chat *)net;
}

enum chat_state
chat_state(const struct chat *c)
{
	return c->ended ? CHAT_CLOSED : CHAT_OPEN;
}

const char *
chat_why(const struct chat *c)
{
	(void)c;
	return "closed";
}

bool
chat_readable(const struct chat *c)
{
	return c->left.len > 0 || c->ends;
}

void
chat_send(struct chat *c, struct str bytes)
{
	must(bytes.len >= 2 && bytes.p[bytes.len - 2] == '\r' &&
	    bytes.p[bytes.len - 1] == '\n');
	buf_str(&c->sent, bytes);
}

ssize_t
chat_read(struct chat *c, char *p, size_t n)
{
	if (c->left.len == 0) {
		c->ended = c->ends;
		return c->ends ? -1 : 0;
	}
	n = n < c->left.len ? n : c->left.len;
	n = n < c->piece ? n : c->piece;
	memcpy(p, c->left.p, n);
	c->left.p += n;
	c->left.len -= n;
	return (ssize_t)n;
}

void
chat_close(struct chat *c)
{
	(void)c;
}

/* The next of the server's lines: without its LF, and one CR before it. */
static bool
sent_line(struct str *rest, struct str *line)
{
	const char *lf =
	    rest->len > 0 ? memchr(rest->p, '\n', rest->len) : NULL;

	if (lf == NULL || !fuzz_line(rest, line))
		return false;
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* Tells whether `s` has the bytes of `command` as its command. */
static bool
is_ping(struct str s)
{
	struct irc_head h;

	return irc_head(&h, s) && h.room.len == 0 &&
	    str_eq(h.command, STR("PING"));
}

/* Goes past the lines of `rest` that name no room; they may be PINGs. */
static void
must_be_next(struct str *rest, const struct session_line *got, int *pings)
{
	struct str line;
	struct irc_head h;

	for (;;) {
		must(sent_line(rest, &line));
		if (line.len > SESSION_LINE_MAX) {
			must(got->over && str_starts(line, got->text));
			return;
		}
		if (irc_head(&h, line) && h.room.len > 0)
			break;
		*pings += is_ping(line);
	}
	must(!got->over && str_eq(got->text, line));
	must(got->head.room.len > 0);
}

/* Counts the lines of `sent` that begin so. */
static int
count(struct str sent, struct str begin)
{
	struct str line;
	int n = 0;

	while (fuzz_line(&sent, &line))
		n += str_starts(line, begin);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chat chat;
	static char space[SESSION_READ];
	struct fuzz_bytes in = { data, size };
	struct session_login anonymous = { NULL, NULL };
	struct session_line line;
	struct session s;
	struct str rest, unread;
	unsigned how = fuzz_byte(&in);
	int pings = 0, pongs;

	buf_reset(&chat.sent);
	chat = (struct chat){ .sent = chat.sent };
	chat.piece = 1 + (size_t)fuzz_byte(&in) * fuzz_byte(&in);
	chat.left = rest = fuzz_str(in.p, in.left);
	chat.ends = (how & 1) != 0;
	clock_ms = 1000;
	session_open(
	    &s, (struct chat_net *)(void *)&chat, &anonymous, clock_ms);
	for (int turn = 0; turn < 400 && s.end == SESSION_GOES_ON; turn++) {
		int reads = INT_MAX;

		session_step(&s, clock_ms);
		while (session_next(&s, space, &reads, &line) == 1)
			must_be_next(&rest, &line, &pings);
		clock_ms += 1000;
	}
	/* Nobody answers for 400 s: it ends, if the server had not ended it. */
	must(s.end != SESSION_GOES_ON);
	must(s.end == SESSION_LOST || s.why.text[0] != '\0');
	unread = rest;
	while (sent_line(&unread, &line.text))
		pings += is_ping(line.text);
	pongs = count(buf_view(&chat.sent), STR("PONG "));
	must(pongs <= pings);
	must(s.end != SESSION_LOST || chat.left.len > 0 || pongs == pings);
	must(count(buf_view(&chat.sent), STR("NICK justinfan")) <= 1);
	must(count(buf_view(&chat.sent), STR("")) ==
	    pongs + count(buf_view(&chat.sent), STR("PING :tw\r")) +
		3 * count(buf_view(&chat.sent), STR("CAP REQ :")));
	session_close(&s);
	return 0;
}
