#include "format/rawlog.h"

#include "base/bytes.h"
#include "base/login.h"
#include "base/tstamp.h"

/* Tells whether the first word of `s` is `word`. */
static bool
begins_with(struct str s, struct str word)
{
	return str_starts(s, word) &&
	    (s.len == word.len || s.p[word.len] == ' ');
}

static bool
looks_like_irc(struct str s)
{
	return s.len > 0 &&
	    (*s.p == '@' || *s.p == ':' || begins_with(s, STR("PING")) ||
		begins_with(s, STR("PONG")) ||
		begins_with(s, STR("RECONNECT")) || begins_with(s, STR("CAP")));
}

/* Cuts the part before the next tab off `rest`. */
static bool
cut_field(struct str *rest, struct str *field)
{
	const char *end = rest->p + rest->len;
	const char *tab = bytes_find(rest->p, end, '\t', '\t');

	if (tab == end)
		return false;
	field->p = rest->p;
	field->len = (size_t)(tab - rest->p);
	rest->p = tab + 1;
	rest->len -= field->len + 1;
	return field->len > 0;
}

static enum rawlog_source
source_of(struct str word)
{
	if (str_eq(word, STR("helix")))
		return RAWLOG_HELIX;
	if (str_eq(word, STR("mark")))
		return RAWLOG_MARK;
	return RAWLOG_OTHER;
}

/* Reads what stands behind the time. */
static bool
read_prefix(struct rawlog *r, struct str rest)
{
	enum rawlog_source source = RAWLOG_IRC;
	struct str word;

	/* As nearly all do. */
	if (LIKELY(str_starts(rest, STR("irc\t")))) {
		rest.p += 4;
		rest.len -= 4;
	} else {
		if (!cut_field(&rest, &word))
			return false;
		source = source_of(word);
	}
	if (!cut_field(&rest, &r->channel))
		return false;
	r->source = source;
	r->payload = rest;
	if (str_eq(r->channel, STR("-")))
		r->channel = (struct str){ "", 0 };
	else if (!login_is(r->channel))
		return false;
	return true;
}

bool
rawlog_parse(struct rawlog *r, struct str line)
{
	*r = (struct rawlog){ .received = RAWLOG_NO_TIME, .payload = line };
	if (line.len <= TSTAMP_LEN || line.p[TSTAMP_LEN] != '\t' ||
	    !tstamp_read(line.p, &r->received))
		return looks_like_irc(line);
	return read_prefix(r,
	    (struct str){ line.p + TSTAMP_LEN + 1, line.len - TSTAMP_LEN - 1 });
}
