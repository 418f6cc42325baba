/*
 * irc_slow - what a reader of IRC is made of that goes byte by byte
 *
 * twitch.md 1.8 read aloud, with no eye on speed, for tests to hold the parser
 * against.
 */
#ifndef TW_TESTS_IRC_SLOW_H
#define TW_TESTS_IRC_SLOW_H

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

/* Takes what comes before one of the bytes of `stop`, or before the end. */
static struct str
take(struct str *rest, const char *stop)
{
	struct str s = { rest->p, 0 };

	while (s.len < rest->len &&
	    (rest->p[s.len] == '\0' || strchr(stop, rest->p[s.len]) == NULL))
		s.len++;
	rest->p += s.len;
	rest->len -= s.len;
	return s;
}

/* Takes the bytes `c` that are there. Returns how many, at most `max`. */
static size_t
skip(struct str *rest, char c, size_t max)
{
	size_t n = 0;

	for (; n < max && rest->len > 0 && *rest->p == c; n++) {
		rest->p++;
		rest->len--;
	}
	return n;
}

/* Tells whether `s` is letters, or three digits. */
static bool
is_command(struct str s)
{
	size_t letters = 0, digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		letters += (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		    (s.p[i] >= 'a' && s.p[i] <= 'z');
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	}
	return s.len > 0 &&
	    (letters == s.len || (digits == s.len && s.len == 3));
}

#endif
