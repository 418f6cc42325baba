/*
 * str - a borrowed run of bytes
 *
 * Parsers return slices of the line that they were given; who keeps one keeps
 * the line, too. `p` is NULL when there is nothing there at all, which is not
 * the same as an empty run. Not terminated: never pass `p` to a libc function
 * that wants a C string.
 */
#ifndef TW_BASE_STR_H
#define TW_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p; /* borrowed; NULL = absent */
	size_t len;    /* bytes */
};

/* A slice of a string literal. */
#define STR(s)     ((struct str){ (s), sizeof(s) - 1 })
#define STR_ABSENT ((struct str){ NULL, 0 })

/* The arguments of a "%.*s" that prints slice `s`. */
#define STR_ARGS(s) (int)(s).len, (s).p != NULL ? (s).p : ""

/*
 * Make a slice of the C string `s`, without its end.
 *
 * Returns the slice; `s` is borrowed.
 */
static inline struct str
str_of(const char *s)
{
	return (struct str){ s, strlen(s) };
}

/*
 * Tell whether `a` and `b` hold the same bytes; absent equals empty.
 *
 * Returns true when they do.
 */
static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/*
 * Tell whether `s` starts with `prefix`.
 *
 * Returns true when it does.
 */
static inline bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && memcmp(s.p, prefix.p, prefix.len) == 0;
}

/*
 * Cut blanks, tabs and line ends off the end of `s`.
 *
 * Returns what is left.
 */
static inline struct str
str_trim_end(struct str s)
{
	while (s.len > 0 && memchr(" \t\r\n", s.p[s.len - 1], 4) != NULL)
		s.len--;
	return s;
}

/*
 * The same, and cut blanks and tabs off its begin.
 */
static inline struct str
str_trim(struct str s)
{
	while (s.len > 0 && (*s.p == ' ' || *s.p == '\t')) {
		s.p++;
		s.len--;
	}
	return str_trim_end(s);
}

/*
 * Compare `a` and `b` bytewise, a prefix before what it begins.
 *
 * Returns less than, equal to or greater than 0, as memcmp() does.
 */
static inline int
str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

#endif
