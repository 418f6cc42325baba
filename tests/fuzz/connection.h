/*
 * connection - the reading side of connections of our own, in place of remote/chat
 *
 * Included where struct chat is known: with `in`, what the server has sent, `at`,
 * how much of it was read, and `ended`. What is sent, and the opening and closing, is
 * for each test to say.
 */
#ifndef TW_TESTS_CONNECTION_H
#define TW_TESTS_CONNECTION_H

#include <string.h>

#include "remote/chat.h"

struct chat_net {
	int nothing;
};

enum chat_state
chat_state(const struct chat *c)
{
	return c->ended ? CHAT_CLOSED : CHAT_OPEN;
}

const char *
chat_net_where(const struct chat_net *net)
{
	(void)net;
	return "here";
}

bool
chat_readable(const struct chat *c)
{
	return c->at < c->in.len || c->ended;
}

ssize_t
chat_read(struct chat *c, char *p, size_t n)
{
	size_t left = c->in.len - c->at;

	if (left == 0)
		return c->ended ? -1 : 0;
	n = n < left ? n : left;
	memcpy(p, c->in.p + c->at, n);
	c->at += n;
	return (ssize_t)n;
}

#endif
