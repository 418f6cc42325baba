/*
 * test_listen - who is heard, and on which connection
 *
 * The connections, the record and the clock are our own.
 */
#include "tap.h"

#include <stdlib.h>

#include "../fuzz/clock.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "remote/listen.h"

#define CHATS 64
#define ROOMS 400
#define NICK  "justinfan10004"

struct chat {
	struct buf in; /* what the server has sent and we have not read */
	size_t at;     /* of it read */
	bool used, ended;
	int64_t opened_ms, closed_ms;
	struct buf out; /* what was sent to the server, all of it */
	size_t served;  /* of it answered */
};

#include "../fuzz/connection.h" /* needs that */

static struct chat chats[CHATS];
static size_t n_chats;
static char names[ROOMS][26]; /* of the record's channels */
static size_t n_names;
static struct buf heard;   /* what the record was given */
static struct buf words;   /* what was said */
static const char *ending; /* why connections end */

/* How the server behaves. */
static bool refuses, silent;

struct chat *
chat_open(struct chat_net *net)
{
	struct chat *c = &chats[n_chats++];

	(void)net;
	if (n_chats >= CHATS)
		abort();
	*c = (struct chat){ .used = true, .opened_ms = clock_ms };
	return c;
}

const char *
chat_why(const struct chat *c)
{
	(void)c;
	return ending;
}

void
chat_send(struct chat *c, struct str bytes)
{
	buf_str(&c->out, bytes);
}

void
chat_close(struct chat *c)
{
	if (c == NULL)
		return;
	c->used = false;
	c->closed_ms = clock_ms;
	buf_release(&c->in);
	buf_release(&c->out);
}

size_t
record_channel(struct record *r, struct str login)
{
	(void)r;
	if (n_names == ROOMS)
		abort();
	snprintf(names[n_names], sizeof(names[0]), "%.*s", STR_ARGS(login));
	return n_names++;
}

void
record_bury(struct record *r, size_t channel, int64_t wall)
{
	(void)r;
	(void)channel;
	(void)wall;
}

void
record_line(struct record *r, size_t channel, int64_t wall, struct str source,
    struct str payload)
{
	(void)r;
	(void)wall;
	buf_printf(&heard, "%s %.*s %.*s\n", names[channel], STR_ARGS(source),
	    STR_ARGS(payload));
}

void
record_mark(struct record *r, size_t channel, int64_t wall, struct str name,
    struct str rest)
{
	(void)r;
	(void)wall;
	(void)rest;
	buf_printf(&heard, "%s mark %.*s\n", names[channel], STR_ARGS(name));
}

void
record_drop(struct record *r, size_t channel, int64_t wall)
{
	record_mark(r, channel, wall, STR("drop"), STR(""));
}

void
record_leave(struct record *r, size_t channel)
{
	(void)r;
	(void)channel;
}

static void
say(void *arg, bool warning, const char *text)
{
	(void)arg;
	if (warning)
		buf_printf(&words, "%s\n", text);
}

/* How often `what` is in `b`. */
static int64_t
count(const struct buf *b, const char *what)
{
	struct str s = buf_view(b), w = str_of(what);
	int64_t n = 0;

	for (; s.len >= w.len; s.p++, s.len--)
		n += str_starts(s, w);
	return n;
}

/* Lets the server say `fmt` on the connection `i`. */
static void PRINTF_LIKE(2, 3) tell(size_t i, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_printf(&chats[i].in, "%s\r\n", line);
}

/* Answers a JOIN of the rooms `list`: `#a,#b`. */
static void
answer_join(size_t i, char *list)
{
	char *rest = NULL;

	for (char *s = strtok_r(list, ",", &rest); s != NULL;
	     s = strtok_r(NULL, ",", &rest))
		tell(i, ":" NICK "!" NICK "@" NICK ".tmi.twitch.tv JOIN %s", s);
}

/* Lets the server answer a line. */
static void
answer(size_t i, struct str line)
{
	char text[1024];

	snprintf(text, sizeof(text), "%.*s", STR_ARGS(line));
	if (strncmp(text, "NICK ", 5) == 0 && refuses) {
		tell(i, ":tmi.twitch.tv NOTICE * :Login unsuccessful");
	} else if (strncmp(text, "NICK ", 5) == 0) {
		tell(i,
		    ":tmi.twitch.tv CAP * ACK :twitch.tv/tags "
		    "twitch.tv/commands");
		tell(i, ":tmi.twitch.tv 001 " NICK " :Welcome, GLHF!");
	} else if (strncmp(text, "JOIN ", 5) == 0 && !silent) {
		answer_join(i, text + 5);
	} else if (strncmp(text, "PING ", 5) == 0) {
		tell(i, ":tmi.twitch.tv PONG tmi.twitch.tv :tw");
	}
}

static void
serve(size_t i)
{
	struct chat *c = &chats[i];

	while (c->used && !c->ended && c->served < c->out.len) {
		struct str s = { c->out.p + c->served, c->out.len - c->served };
		const char *end = memchr(s.p, '\r', s.len);

		if (end == NULL)
			abort();
		answer(i, (struct str){ s.p, (size_t)(end - s.p) });
		c->served += (size_t)(end - s.p) + 2;
	}
}

/* Lets `ms` go by. */
static void
pass(struct listen *l, int64_t ms)
{
	for (int64_t end = clock_ms + ms; clock_ms < end; clock_ms += 50) {
		(void)listen_step(l);
		for (size_t i = 0; i < n_chats; i++)
			serve(i);
	}
}

/* Begins with `rooms` rooms: a, b, ... or, when there are many, by number. */
static struct listen *
begin(size_t rooms)
{
	static struct chat_net net;
	struct listen_options o = {
		.net = &net, .joins = 100, .joins_ms = 1000, .words = say
	};
	struct listen *l;

	refuses = silent = false;
	ending = "closed";
	n_chats = n_names = 0;
	clock_ms = 1000000;
	buf_reset(&heard);
	buf_reset(&words);
	l = listen_new(&o);
	for (size_t i = 0; i < rooms; i++) {
		char name[32];

		if (rooms <= 26)
			snprintf(name, sizeof(name), "%c", (char)('a' + i));
		else
			snprintf(name, sizeof(name), "r%zu", i);
		listen_add(l, str_of(name));
	}
	return l;
}

static void
end(struct listen *l)
{
	listen_stop(l);
	listen_free(l);
	buf_release(&heard);
	buf_release(&words);
}

/* Several connections whose logins are refused at once. */
static void
test_refusals(void)
{
	struct listen *l = begin(4 * LISTEN_ROOMS);
	int64_t wait[4], last = clock_ms;

	refuses = true;
	pass(l, 1000);
	is_int((int64_t)n_chats, 4, "four connections");
	pass(l, 30 * MS_PER_MIN);
	ok(n_chats >= 8, "go on trying");
	for (int i = 0; i < 4; i++) {
		wait[i] = chats[4 + i].opened_ms - last;
		last = chats[4 + i].opened_ms;
	}
	ok(wait[0] >= 30000 && wait[0] <= 61000, "one after 30 to 60 s: %lld",
	    (long long)wait[0]);
	ok(wait[1] >= 60000 && wait[1] <= 121000, "then the double: %lld",
	    (long long)wait[1]);
	ok(wait[2] >= 120000 && wait[2] <= 241000, "and again: %lld",
	    (long long)wait[2]);
	ok(wait[3] >= 240000 && wait[3] <= 481000, "and again: %lld",
	    (long long)wait[3]);
	refuses = false;
	pass(l, 17 * MS_PER_MIN);
	is_int((int64_t)listen_counts(l).heard, 4 * LISTEN_ROOMS,
	    "when one is taken, all are");
	end(l);
}

/* Begins with two rooms, heard on two connections: `old` is 0, `now` is 1. */
static struct listen *
begin_two(void)
{
	struct listen *l = begin(2);

	/* One that asks for it too soon has to wait. */
	pass(l, 61 * MS_PER_S);
	buf_reset(&heard);
	tell(0, ":tmi.twitch.tv RECONNECT");
	pass(l, 500);
	ok(n_chats == 2 && count(&chats[1].in, "JOIN #b") == 1 && chats[0].used,
	    "handed over");
	return l;
}

/* Thrown out while both connections are heard. */
static void
test_parted_twice(void)
{
	for (int first = 0; first < 2; first++) {
		struct listen *l = begin_two();
		int64_t joins = count(&chats[1].out, "JOIN");

		tell((size_t)first, ":" NICK "!" NICK "@x PART #a");
		pass(l, 100);
		is_int(count(&heard, "a mark lost\n"), 0, "heard on one yet");
		tell((size_t)!first, ":" NICK "!" NICK "@x PART #a");
		pass(l, 100);
		is_int(count(&heard, "a mark lost\n"), 1, "lost on both");
		is_int(count(&heard, "a irc :" NICK "!" NICK "@x PART #a\n"), 1,
		    "the line is there once");
		pass(l, 13 * MS_PER_S);
		is_int(count(&chats[1].out, "JOIN"), joins, "not at once");
		pass(l, 3 * MS_PER_S);
		is_int(count(&chats[1].out, "JOIN #a\r\n"), 1, "asked again");
		is_int(count(&heard, "a mark join\n"), 1, "heard again");
		is_int(count(&heard, "b mark lost\n"), 0, "the other stayed");
		end(l);
	}
}

/* By the old connection alone, which is about to end. */
static void
test_parted_by_old(void)
{
	struct listen *l = begin_two();

	tell(0, ":" NICK "!" NICK "@x PART #a");
	pass(l, 200);
	is_int(count(&heard, "mark lost\n"), 0, "heard on the new one");
	chats[1].ended = true;
	pass(l, 2000);
	is_int((int64_t)n_chats, 3, "that ends");
	is_int(count(&chats[2].out, "#a"), 1, "the next is asked at once");
	end(l);
}

/* Left by a list that was wrong for a moment: the server answers our PART when
 * the room is asked for again. */
static void
test_left_and_back(void)
{
	struct listen *l = begin(1);

	pass(l, 1000);
	listen_add(l, STR("b"));
	listen_remove(l, STR("a"));
	listen_add(l, STR("a"));
	tell(0, ":" NICK "!" NICK "@x PART #a");
	pass(l, 1000);
	is_int(count(&heard, "a mark join\n"), 2, "heard again at once");
	is_int(count(&heard, "a mark stop\n"), 1, "after the stop");
	is_int(count(&heard, "a mark lost\n"), 0, "which was no loss");
	end(l);
}

static void
test_banned_twice(void)
{
	struct listen *l = begin_two();

	for (size_t i = 0; i < 2; i++) {
		tell(i, "@msg-id=msg_banned :tmi.twitch.tv NOTICE #a :banned");
		tell(i, ":" NICK "!" NICK "@x PART #a");
		pass(l, 100);
	}
	pass(l, 2 * MS_PER_MIN);
	is_int(count(&heard, "a mark refused\n"), 1, "refused, once");
	is_int(count(&heard, "NOTICE"), 1, "told once");
	is_int(count(&heard, "a mark alive\n"), 0, "not heard");
	is_int((int64_t)listen_counts(l).refused, 1, "one");
	is_int(count(&chats[1].out, "JOIN #a\r\n"), 0, "and not asked for");
	end(l);
}

/* The old connection stays for 2 s after the new one has all rooms. */
static void
test_old_stays(void)
{
	struct listen *l = begin_two();
	int64_t joined;

	/* Nearly over, when the new one is lost. */
	pass(l, 1000);
	chats[1].ended = true;
	silent = true;
	pass(l, 1500);
	is_int((int64_t)n_chats, 3, "a third connection");
	ok(chats[0].used, "the old one is still heard");
	pass(l, 2000);
	ok(chats[0].used, "for as long as the new one has not answered");
	joined = clock_ms;
	tell(2, ":" NICK "!" NICK "@x JOIN #a");
	tell(2, ":" NICK "!" NICK "@x JOIN #b");
	pass(l, 1500);
	ok(chats[0].used, "and then");
	tell(0, "@id=1 :x!x@x PRIVMSG #a :late");
	pass(l, 2000);
	is_int(count(&heard, "late"), 1, "what comes late there is heard");
	ok(!chats[0].used && chats[0].closed_ms - joined >= 2000,
	    "it goes after 2 s: %lld",
	    (long long)(chats[0].closed_ms - joined));
	is_int(count(&heard, "mark lost\n"), 0, "there was no hole");
	end(l);
}

/* A room that the old one never had is not waited for. */
static void
test_old_and_new_room(void)
{
	struct listen *l = begin_two();

	silent = true;
	listen_add(l, STR("c"));
	pass(l, 4000);
	ok(!chats[0].used, "a new room does not keep the old one");
	ok(chats[1].used, "nor end the new one");
	is_int(count(&heard, "mark lost\n"), 0, "nothing is lost");
	end(l);
}

/* Fails the next connection for `why`. */
static void
fail(struct listen *l, const char *why)
{
	size_t n = n_chats;

	while (n_chats == n)
		pass(l, 50);
	ending = why;
	chats[n].ended = true;
	pass(l, 50);
}

static void
test_words(void)
{
	struct listen *l = begin(2);
	char longer[70000];

	fail(l, "no way after 15001 ms: x");
	fail(l, "no way after 14999 ms: x");
	fail(l, "took 15000 milliseconds");
	fail(l, "took 15002 milliseconds");
	fail(l, "no way after 1 ms: x");
	fail(l, "port 6697 is closed");
	fail(l, "port 6698 is closed");
	is(buf_view(&words),
	    "here: no way after 15001 ms: x; trying again\n"
	    "here: took 15000 milliseconds; trying again\n"
	    "here: port 6697 is closed; trying again\n"
	    "here: port 6698 is closed; trying again\n",
	    "each once in a minute, whatever it took");
	end(l);

	l = begin(2);
	pass(l, 1000);
	memset(longer, 'x', sizeof(longer));
	for (int i = 0; i < 6; i++) {
		buf_printf(&chats[0].in, ":x!x@x PRIVMSG #%c :%.*s\r\n",
		    i % 2 == 0 ? 'a' : 'b', (int)sizeof(longer), longer);
		pass(l, 100);
	}
	is_int(count(&words, "a: dropped"), 1, "each once,");
	is_int(count(&words, "b: dropped"), 1, "though they take turns");
	pass(l, 60000);
	buf_printf(&chats[0].in, ":x!x@x PRIVMSG #a :%.*s\r\n",
	    (int)sizeof(longer), longer);
	pass(l, 100);
	is_int(count(&words, "a: dropped"), 2, "after a minute again");
	is_int(listen_counts(l).overlong, 7, "all are counted");
	end(l);
}

int
main(void)
{
	test_refusals();
	test_parted_twice();
	test_parted_by_old();
	test_left_and_back();
	test_banned_twice();
	test_old_stays();
	test_old_and_new_room();
	test_words();
	return tap_done();
}
