#include "format/jsonscan.h"

#include <stddef.h>

#include "base/utf8.h"

#define OBJECT_KEYS 32 /* of an object inside; more go to the full reader */

void
jsonscan_init(struct jsonscan *s, struct str line, struct buf *scratch)
{
	s->p = line.p;
	s->end = line.p + line.len;
	s->scratch = scratch;
	s->begun = s->ahead = false;
	buf_reset(scratch);
	/* Decoding never makes anything longer: nothing will move. */
	buf_room(scratch, line.len);
}

void
jsonscan_init_ahead(struct jsonscan *s, struct str text, struct buf *scratch)
{
	jsonscan_init(s, text, scratch);
	s->ahead = true;
}

/* Passes over one of our escapes. NULL when it is none. */
static const char *
skip_escape(const char *p, const char *end)
{
	if (end - p < 2)
		return NULL;
	if (p[1] != 'u')
		return strchr("\"\\bfnrt", p[1]) != NULL && p[1] != '\0' ? p + 2
									 : NULL;
	/* \u0000 to \u001f, in lower case. */
	if (end - p < 6 || p[2] != '0' || p[3] != '0' ||
	    (p[4] != '0' && p[4] != '1'))
		return NULL;
	/* Some of them we write with a letter. */
	if (p[4] == '0' ? strchr("01234567bef", p[5]) == NULL
			: strchr("0123456789abcdef", p[5]) == NULL)
		return NULL;
	return p[5] != '\0' ? p + 6 : NULL;
}

/*
 * Finds the end of a string; `p` is where what is not plain begins.
 *
 * Returns where the closing quote is, NULL when it is not ours; tells whether
 * there are escapes in it.
 */
static const char *
string_end(const char *p, const char *end, bool *escaped)
{
	*escaped = false;
	for (;; p = jsonscan_plain(p, end)) {
		if (p == end || (unsigned char)*p < 0x20)
			return NULL;
		if (*p == '"')
			return p;
		if (*p == '\\') {
			*escaped = true;
			p = skip_escape(p, end);
			if (p == NULL)
				return NULL;
			continue;
		}
		do {
			int n = utf8_step((const unsigned char *)p,
			    (const unsigned char *)end);

			if (n < 0)
				return NULL;
			p += n;
		} while (p < end && (unsigned char)*p >= 0x80);
	}
}

static char
unescape(const char *p)
{
	switch (p[1]) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		return (char)((p[4] - '0') * 16 +
		    (p[5] <= '9' ? p[5] - '0' : p[5] - 'a' + 10));
	default:
		return p[1];
	}
}

/* Decodes the string from `p` to its quote at `end`. */
static struct str
decode(struct buf *scratch, const char *p, const char *end)
{
	size_t begin = scratch->len;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));

		if (slash == NULL)
			slash = end;
		buf_add(scratch, p, (size_t)(slash - p));
		if (slash == end)
			break;
		buf_byte(scratch, unescape(slash));
		p = slash + (slash[1] == 'u' ? 6 : 2);
	}
	return (struct str){ scratch->p + begin, scratch->len - begin };
}

bool
jsonscan_rest(struct jsonscan *s, const char *p, struct str *text)
{
	bool escaped;
	const char *quote = string_end(p, s->end, &escaped);

	if (quote == NULL)
		return false;
	if (escaped)
		*text = decode(s->scratch, s->p, quote);
	else
		*text = (struct str){ s->p, (size_t)(quote - s->p) };
	s->p = quote + 1;
	return true;
}

/* Reads the string at `s->p`, its opening quote. */
static bool
scan_string(struct jsonscan *s, struct str *text)
{
	if (s->p == s->end || *s->p != '"')
		return false;
	s->p++;
	return jsonscan_rest(s, jsonscan_plain(s->p, s->end), text);
}

static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Reads a number: an integer of at most 18 digits, or one with a fraction. */
static bool
scan_number(struct jsonscan *s, struct member *m)
{
	const char *begin = s->p, *first, *p;
	bool minus = s->p < s->end && *s->p == '-';

	first = s->p + minus;
	p = skip_digits(first, s->end);
	/* A leading zero and "-0" are not for us to judge. */
	if (p == first || p - first > 18 ||
	    (*first == '0' && (p - first > 1 || minus)))
		return false;
	m->kind = MEMBER_INT;
	m->num = 0;
	for (const char *d = first; d < p; d++)
		m->num = m->num * 10 + (*d - '0');
	if (minus)
		m->num = -m->num;
	if (p < s->end && *p == '.') {
		const char *part = p + 1;

		p = skip_digits(part, s->end);
		if (p == part || p - part > 18)
			return false;
		m->kind = MEMBER_REAL;
	}
	if (p < s->end && (*p == 'e' || *p == 'E' || *p == '.'))
		return false;
	m->text = (struct str){ begin, (size_t)(p - begin) };
	s->p = p;
	return true;
}

/* Passes over the byte `c`. */
static bool
scan_byte(struct jsonscan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* Reads a list of strings; its text is as it stands, which is our spelling. */
static bool
scan_list(struct jsonscan *s, struct member *m)
{
	const char *begin = s->p;
	struct str text;

	s->p++;
	do {
		/* The full reader leaves empty ones out. */
		if (!scan_string(s, &text) || text.len == 0)
			return false;
	} while (scan_byte(s, ','));
	m->kind = MEMBER_LIST;
	if (!scan_byte(s, ']'))
		return false;
	m->text = (struct str){ begin, (size_t)(s->p - begin) };
	return true;
}

/* Reads a key and its colon. Keys with a NUL are for nobody. */
static bool
scan_key(struct jsonscan *s, struct str *key)
{
	return scan_string(s, key) && scan_byte(s, ':') &&
	    memchr(key->p, '\0', key->len) == NULL;
}

/* Reads an object of strings and integers, at most OBJECT_KEYS of them, whose
 * keys come once. */
static bool
scan_object(struct jsonscan *s, struct member *m)
{
	const char *begin = s->p;
	struct str keys[OBJECT_KEYS], text;
	struct member inner;
	size_t n = 0;

	s->p++;
	do {
		if (n == OBJECT_KEYS || !scan_key(s, &keys[n]) ||
		    s->p == s->end)
			return false;
		for (size_t i = 0; i < n; i++)
			if (str_eq(keys[i], keys[n]))
				return false;
		n++;
		if (*s->p == '"'
			? !scan_string(s, &text)
			: !scan_number(s, &inner) || inner.kind != MEMBER_INT)
			return false;
	} while (scan_byte(s, ','));
	m->kind = MEMBER_OBJECT;
	if (!scan_byte(s, '}'))
		return false;
	m->text = (struct str){ begin, (size_t)(s->p - begin) };
	return true;
}

static bool
scan_value(struct jsonscan *s, struct member *m)
{
	if (s->p == s->end)
		return false;
	switch (*s->p) {
	case '"':
		m->kind = MEMBER_STRING;
		return scan_string(s, &m->text);
	case '[':
		return scan_list(s, m);
	case '{':
		return scan_object(s, m);
	case 't':
		if (s->end - s->p < 4 || memcmp(s->p, "true", 4) != 0)
			return false;
		m->kind = MEMBER_TRUE;
		m->text = (struct str){ s->p, 4 };
		s->p += 4;
		return true;
	default:
		return scan_number(s, m);
	}
}

/* Tells whether the object that is over is all that there should be. */
static bool
at_end(const struct jsonscan *s)
{
	return s->ahead ? s->p < s->end && *s->p == '\n' : s->p == s->end;
}

int
jsonscan_next(struct jsonscan *s, struct member *m)
{
	if (!s->begun) {
		s->begun = true;
		if (!scan_byte(s, '{'))
			return -1;
	} else if (scan_byte(s, '}')) {
		return at_end(s) ? 0 : -1;
	} else if (!scan_byte(s, ',')) {
		return -1;
	}
	if (!scan_key(s, &m->key) || !scan_value(s, m))
		return -1;
	return 1;
}

bool
jsonscan_list_next(struct str *rest, struct buf *scratch, struct str *s)
{
	struct jsonscan scan;

	if (rest->len < 2)
		return false;
	/* Behind the `[` or the `,` that stands first. */
	jsonscan_init(
	    &scan, (struct str){ rest->p + 1, rest->len - 1 }, scratch);
	if (!scan_string(&scan, s))
		return false;
	rest->len = (size_t)(scan.end - scan.p);
	rest->p = scan.p;
	return true;
}
