#include "remote/session.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/chance.h"
#include "base/now.h"
#include "base/secret.h"

#define LOGIN_MS 15000 /* for the welcome and the tags */
#define QUIET_MS 12000 /* without a byte: send a PING */
#define PONG_MS  10000 /* for its answer */

void
session_open(struct session *s, struct chat_net *net,
    const struct session_login *login, int64_t mono)
{
	*s = (struct session){ .chat = chat_open(net),
		.login = *login,
		.phase = SESSION_CONNECTING,
		.phase_ms = mono,
		.heard_ms = mono,
		.heard_at = now_ms(),
		.in = { .max = SESSION_LINE_MAX } };
}

/* Notes the end. */
static void
end(struct session *s, enum session_end how, const char *why)
{
	if (s->end != SESSION_GOES_ON)
		return;
	s->end = how;
	errmsg_set(&s->why, "%s", why);
}

/*
 * Appends the token to `b`, without `oauth:` and what stands around it.
 *
 * Returns false, with `why`, when there is none that could be sent.
 */
static bool
read_token(struct buf *b, const char *path, struct errmsg *why)
{
	struct secret secret;
	bool good = secret_read(&secret, path, "token", why);
	struct str s = secret.text;

	if (str_starts(s, STR("oauth:"))) {
		s.p += 6;
		s.len -= 6;
	}
	if (good) {
		good = s.len > 0;
		for (size_t i = 0; i < s.len; i++)
			good = good && s.p[i] > ' ' && s.p[i] < 127;
		if (!good)
			errmsg_set(why, "%s: no token in it", path);
	}
	if (good)
		buf_str(b, s);
	secret_wipe(&secret);
	return good;
}

static void
log_in(struct session *s)
{
	struct buf b = { 0 };
	struct errmsg why;

	/* No growing: it would leave a copy of the token behind. */
	(void)buf_room(&b, 1024);
	buf_lit(&b, "CAP REQ :twitch.tv/tags twitch.tv/commands\r\nPASS ");
	if (s->login.nick == NULL) {
		snprintf(s->nick, sizeof(s->nick), "justinfan%05u",
		    (unsigned)(chance() % 90000 + 10000));
		buf_lit(&b, "SCHMOOPIIE");
	} else {
		snprintf(s->nick, sizeof(s->nick), "%s", s->login.nick);
		buf_lit(&b, "oauth:");
		if (!read_token(&b, s->login.token_file, &why))
			end(s, SESSION_LOST, why.text);
	}
	buf_printf(&b, "\r\nNICK %s\r\n", s->nick);
	if (s->end == SESSION_GOES_ON)
		chat_send(s->chat, buf_view(&b));
	explicit_bzero(b.p, b.cap);
	buf_release(&b);
}

static void
step_connecting(struct session *s, int64_t mono)
{
	if (chat_state(s->chat) == CHAT_CLOSED)
		end(s, SESSION_LOST, chat_why(s->chat));
	if (chat_state(s->chat) != CHAT_OPEN)
		return;
	s->phase = SESSION_LOGIN;
	s->phase_ms = s->heard_ms = mono;
	log_in(s);
}

/* Sends a PING when it is quiet, and gives up when nothing answers. */
static void
step_ready(struct session *s, int64_t mono)
{
	if (s->pinged && mono - s->ping_ms >= PONG_MS) {
		end(s, SESSION_LOST, "no answer to PING");
	} else if (!s->pinged && mono - s->heard_ms >= QUIET_MS) {
		chat_send(s->chat, STR("PING :tw\r\n"));
		s->pinged = true;
		s->ping_ms = mono;
	}
}

void
session_step(struct session *s, int64_t mono)
{
	switch (s->phase) {
	case SESSION_CONNECTING:
		step_connecting(s, mono);
		break;
	case SESSION_LOGIN:
		if (mono - s->phase_ms >= LOGIN_MS)
			end(s, SESSION_LOST,
			    s->welcome ? "no answer to CAP REQ"
				       : "no answer to the login");
		break;
	case SESSION_READY:
		step_ready(s, mono);
		break;
	case SESSION_CLOSED:
		break;
	}
}

static void
become_ready(struct session *s)
{
	if (s->phase != SESSION_LOGIN || !s->tags || !s->commands ||
	    !s->welcome)
		return;
	s->phase = SESSION_READY;
	s->phase_ms = s->heard_ms;
}

/* Tells whether `s` has `part` in it, in any case. */
static bool
contains(struct str s, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= s.len; i++)
		if (strncasecmp(s.p + i, part, len) == 0)
			return true;
	return false;
}

/* `CAP * ACK :twitch.tv/tags twitch.tv/commands` */
static void
on_cap(struct session *s, struct str params)
{
	/* A server may answer for each of them alone. */
	if (contains(params, " NAK "))
		end(s, SESSION_TAGS_REFUSED,
		    "the server refuses the capabilities twitch.tv/tags and "
		    "twitch.tv/commands");
	if (!contains(params, " ACK "))
		return;
	s->tags = s->tags || contains(params, "twitch.tv/tags");
	s->commands = s->commands || contains(params, "twitch.tv/commands");
}

/* A NOTICE that names no channel: the login, if we are not logged in yet. */
static void
on_notice(struct session *s, struct str params)
{
	static const char *const refusals[] = {
		"login authentication failed",
		"improperly formatted auth",
		"login unsuccessful",
		"error logging in",
		"invalid nick",
	};
	const char *text = memchr(params.p, ':', params.len);
	struct errmsg why;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (contains(params, refusals[i])) {
			if (text != NULL)
				text++;
			else
				text = params.p;
			errmsg_set(&why, "the server says \"%.*s\"",
			    (int)(params.p + params.len - text), text);
			end(s, SESSION_LOGIN_REFUSED, why.text);
		}
}

static void
on_ping(struct session *s, struct str params)
{
	struct buf b = { 0 };

	buf_lit(&b, "PONG ");
	buf_str(&b, params);
	buf_lit(&b, "\r\n");
	chat_send(s->chat, buf_view(&b));
	buf_release(&b);
}

/* Does what a line that names no room asks of us. */
static void
on_server(struct session *s, const struct irc_head *h)
{
	if (str_eq(h->command, STR("PING")))
		on_ping(s, h->params);
	else if (str_eq(h->command, STR("CAP")))
		on_cap(s, h->params);
	else if (str_eq(h->command, STR("001")))
		s->welcome = true;
	else if (str_eq(h->command, STR("RECONNECT")))
		s->reconnect = true;
	else if (str_eq(h->command, STR("NOTICE")) && !s->welcome)
		on_notice(s, h->params);
	become_ready(s);
}

/* Reads more. 1 when there is some, else 0. */
static int
read_more(struct session *s, char *space)
{
	ssize_t n = chat_read(s->chat, space, SESSION_READ);

	if (n < 0)
		end(s, SESSION_LOST, chat_why(s->chat));
	if (n <= 0)
		return 0;
	s->heard_ms = now_mono_ms();
	s->heard_at = now_ms();
	s->pinged = false;
	s->bytes += n;
	s->piece = (struct str){ space, (size_t)n };
	return 1;
}

int
session_next(
    struct session *s, char *space, int *reads, struct session_line *line)
{
	while (s->end == SESSION_GOES_ON || s->piece.len > 0) {
		bool has_command;

		if (!split_next(&s->in, &s->piece, &line->text, &line->over)) {
			if (s->phase < SESSION_LOGIN || (*reads)-- <= 0 ||
			    !read_more(s, space))
				return 0;
			continue;
		}
		has_command = irc_head(&line->head, line->text);
		if (line->over || (has_command && line->head.room.len > 0))
			return 1;
		if (has_command)
			on_server(s, &line->head);
	}
	return 0;
}

bool
session_readable(const struct session *s)
{
	return s->phase >= SESSION_LOGIN && s->end == SESSION_GOES_ON &&
	    chat_readable(s->chat);
}

void
session_send(struct session *s, struct str bytes)
{
	chat_send(s->chat, bytes);
}

void
session_close(struct session *s)
{
	chat_close(s->chat);
	split_release(&s->in);
	*s = (struct session){ .phase = SESSION_CLOSED };
}
