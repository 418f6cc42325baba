/*
 * agree - the two readers of JSON held against each other
 *
 * What the fast reader (jsonscan) accepts the full one (jsonr) has to read, and
 * to read equally. Fractions are equal when their values are. Lines with a key
 * twice are for the callers to find: they leave those to the full reader.
 */
#ifndef TW_TESTS_AGREE_H
#define TW_TESTS_AGREE_H

#include <stdlib.h>

#include "format/jsonr.h"
#include "format/jsonscan.h"

#define AGREE_KEYS 64 /* as many as are looked at for a key that comes twice */

enum agree {
	AGREE_LEFT,  /* the fast reader leaves the line to the other */
	AGREE_EQUAL, /* both read the same */
	AGREE_NOT,
};

/* Reads a fraction that is no C string. */
static inline double
agree_real(struct str s)
{
	char text[64];
	size_t n = s.len < sizeof(text) - 1 ? s.len : sizeof(text) - 1;

	memcpy(text, s.p, n);
	text[n] = '\0';
	return strtod(text, NULL);
}

static inline bool
agree_members(const struct member *a, const struct member *b)
{
	if (!str_eq(a->key, b->key) || a->kind != b->kind)
		return false;
	if (a->kind == MEMBER_REAL) {
		double d = agree_real(a->text) - agree_real(b->text);

		return d >= 0 && d <= 0;
	}
	return str_eq(a->text, b->text) &&
	    (a->kind != MEMBER_INT || a->num == b->num);
}

/* Tells whether the fast reader reads the whole line and finds no key twice. */
static inline bool
agree_is_ours(struct str line, struct buf *scratch)
{
	struct str keys[AGREE_KEYS];
	struct jsonscan s;
	struct member m;
	size_t n = 0;
	int more;

	jsonscan_init(&s, line, scratch);
	while ((more = jsonscan_next(&s, &m)) == 1) {
		for (size_t i = 0; i < n; i++)
			if (str_eq(keys[i], m.key))
				return false;
		if (n == AGREE_KEYS)
			return false;
		keys[n++] = m.key;
	}
	return more == 0;
}

/*
 * Reads `line` in both ways; `full` is a reader that lasts.
 *
 * Returns what came of it.
 */
static inline enum agree
agree_on(struct str line, struct jsonr *full)
{
	struct buf scratch = { 0 };
	struct jsonscan s;
	struct member a, b;
	struct errmsg why;
	enum agree result = AGREE_EQUAL;
	struct str keys[16];
	bool twice = false;
	size_t n = 0;
	int more;

	/* A key that comes twice is for the callers of the fast reader to
	 * notice; they leave such a line to the other. */
	jsonscan_init(&s, line, &scratch);
	while ((more = jsonscan_next(&s, &a)) == 1 && n < 16) {
		for (size_t i = 0; i < n; i++)
			twice |= str_eq(keys[i], a.key);
		keys[n++] = a.key;
	}
	if (more < 0 || twice) {
		result = AGREE_LEFT;
	} else if (jsonr_read(full, line, JSONR_STRICT, &why) != JSONR_OBJECT) {
		result = AGREE_NOT;
	} else {
		jsonscan_init(&s, line, &scratch);
		while (jsonscan_next(&s, &a) == 1)
			if (jsonr_next(full, &b) != 1 ||
			    !agree_members(&a, &b)) {
				result = AGREE_NOT;
				break;
			}
		if (result == AGREE_EQUAL && jsonr_next(full, &b) != 0)
			result = AGREE_NOT;
	}
	buf_release(&scratch);
	return result;
}

#endif
