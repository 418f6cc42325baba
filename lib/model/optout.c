/*
 * What names somebody in a line is taken apart into facts: a role (`recipient-`,
 * `reply-parent-`; the actor's is empty), whether it is the id or a name, and
 * the value. First every id is looked up; only when none is one of the users',
 * the names of those roles that have no id.
 */
#include "model/optout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/idset.h"
#include "base/lines.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "format/jsonscan.h"

#define ID_MAX        20                    /* digits */
#define FILE_LINE_MAX ((size_t)1024 * 1024) /* bytes, of the file of users */

struct fact {
	struct str role;  /* who it is about */
	bool is_id;       /* else a name */
	struct str value; /* not empty */
};

struct optout {
	struct errmsg doubt; /* of the file, or empty */
	struct map ids;
	struct map names;      /* with a to z for A to Z */
	struct map odd;        /* those of them that are not one word */
	bool odd_first[256];   /* the bytes with which those begin */
	struct map met;        /* those of them that stood in lines */
	struct idset messages; /* hashes of the ids of the users' messages */
	struct fact *facts;    /* owned; of the line at hand */
	size_t n_facts, cap_facts;
	struct buf scratch; /* values without their escapes */
	struct buf fold;    /* a name in lower case */
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Tells whether a login may have this byte, in any case. */
static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || c == '_' ||
	    (lower(c) >= 'a' && lower(c) <= 'z');
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Some people's names have a blank behind them. */
static struct str
folded(struct optout *o, struct str name)
{
	name = str_trim(name);
	buf_reset(&o->fold);
	for (size_t i = 0; i < name.len; i++)
		buf_byte(&o->fold, lower(name.p[i]));
	return buf_view(&o->fold);
}

static bool
has_id(const struct optout *o, struct str id)
{
	return id.len > 0 && id.len <= ID_MAX &&
	    map_find(&o->ids, id, hash_str(id, 0)) != MAP_NONE;
}

static bool
has_name(struct optout *o, struct str name)
{
	struct str s;

	if (o->names.n == 0)
		return false;
	s = folded(o, name);
	return map_find(&o->names, s, hash_str(s, 0)) != MAP_NONE;
}

/* Learns `name`, which stands in the file, or else was met in a line. */
static void
learn_name(struct optout *o, struct str name, bool met)
{
	struct str s = folded(o, name);
	bool odd = false;

	/* Half a character would be found in others, and what was masked is
	 * no name. */
	if (s.len == 0 || !utf8_valid(s) || memchr(s.p, '*', s.len) != NULL)
		return;
	if (met)
		(void)map_number(&o->met, s, hash_str(s, 0));
	(void)map_number(&o->names, s, hash_str(s, 0));
	for (size_t i = 0; i < s.len; i++)
		odd |= !is_word(s.p[i]);
	if (!odd)
		return;
	(void)map_number(&o->odd, s, hash_str(s, 0));
	o->odd_first[(unsigned char)*s.p] = true;
}

/* Cuts the first word off `rest`. False when there is none, or a comment. */
static bool
cut_word(struct str *rest, struct str *word)
{
	while (rest->len > 0 && is_blank(*rest->p)) {
		rest->p++;
		rest->len--;
	}
	word->p = rest->p;
	while (rest->len > 0 && !is_blank(*rest->p) && *rest->p != '#') {
		rest->p++;
		rest->len--;
	}
	word->len = (size_t)(rest->p - word->p);
	return word->len > 0;
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

/* Takes the id that begins a line. */
static bool
add_id(struct optout *o, struct str id, struct errmsg *why)
{
	if (!is_digits(id) || id.len > ID_MAX) {
		errmsg_set(why, "\"%.*s\" is no Twitch user id (digits)",
		    id.len > 64 ? 64 : (int)id.len, id.p);
		return false;
	}
	if (*id.p == '0') {
		errmsg_set(why,
		    "\"%.*s\" is no Twitch user id: it begins with a zero",
		    STR_ARGS(id));
		return false;
	}
	(void)map_number(&o->ids, id, hash_str(id, 0));
	return true;
}

/* Takes a name that stands behind it. */
static void
add_name(struct optout *o, struct str name)
{
	if (is_digits(name) && *o->doubt.text == '\0')
		errmsg_set(&o->doubt,
		    "\"%.*s\" is taken as a name: an id stands on a line of "
		    "its own, and a name of digits has an @ before it",
		    name.len > 64 ? 64 : (int)name.len, name.p);
	if (*name.p == '@') {
		name.p++;
		name.len--;
	}
	learn_name(o, name, false);
}

/* Reads one line of the file. */
static bool
add_line(struct optout *o, struct str line, bool whole, struct errmsg *why)
{
	struct str word;

	if (!whole || memchr(line.p, '\0', line.len) != NULL) {
		errmsg_set(why, "this is no line of text");
		return false;
	}
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (memchr(line.p, '\r', line.len) != NULL) {
		errmsg_set(why, "there is a CR in the line: lines end with LF");
		return false;
	}
	if (!cut_word(&line, &word))
		return true;
	if (!add_id(o, word, why))
		return false;
	while (cut_word(&line, &word))
		add_name(o, word);
	return true;
}

/* A lines_source; `arg` is the descriptor. */
static ssize_t
read_plain(void *arg, char *p, size_t n)
{
	const int *fd = arg;
	ssize_t got;

	do
		got = read(*fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Reads all lines of the file `path`. */
static bool
add_lines(
    struct optout *o, struct lines *l, const char *path, struct errmsg *why)
{
	struct str line;
	int r;

	while ((r = lines_next(l, &line)) == 1) {
		bool certain = *o->doubt.text == '\0';
		bool good;

		if (l->number == 1)
			line = utf8_without_mark(line);
		good = add_line(o, line, !l->part && !l->cont, why);
		if (!good || (certain && *o->doubt.text != '\0'))
			errmsg_where(good ? &o->doubt : why, "%s:%lld", path,
			    (long long)l->number);
		if (!good)
			return false;
	}
	if (r < 0) {
		errmsg_system(why);
		errmsg_where(why, "%s", path);
	}
	return r == 0;
}

struct optout *
optout_load(const char *path, struct errmsg *why)
{
	struct optout *o = xcalloc(1, sizeof(*o));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct lines l;
	bool good;

	if (fd < 0) {
		errmsg_system(why);
		errmsg_where(why, "%s", path);
		optout_free(o);
		return NULL;
	}
	lines_init(&l, read_plain, &fd, FILE_LINE_MAX);
	good = add_lines(o, &l, path, why);
	lines_release(&l);
	close(fd);
	if (good)
		return o;
	optout_free(o);
	return NULL;
}

const char *
optout_doubt(const struct optout *o)
{
	return *o->doubt.text != '\0' ? o->doubt.text : NULL;
}

static bool
cut_end(struct str *s, struct str end)
{
	if (s->len < end.len ||
	    memcmp(s->p + s->len - end.len, end.p, end.len) != 0)
		return false;
	s->len -= end.len;
	return true;
}

/* Those of whom Twitch says `-id` and `-name` alone, as it does of things. */
static bool
is_person(struct str role)
{
	return str_eq(role, STR("recipient-")) ||
	    str_eq(role, STR("sender-")) || str_eq(role, STR("gifter-")) ||
	    str_eq(role, STR("prior-gifter-"));
}

/*
 * Finds out whom a key is about: a tag's, or that of a param, without the
 * prefix of params. twitch.md 1.10 to 1.12 has them all; that of somebody whom
 * Twitch will name one day is most likely spelled like these. False when it
 * names nobody.
 */
static bool
read_key(struct str key, struct fact *f)
{
	if (str_starts(key, STR("contributor-")) ||
	    str_eq(key, STR("recipient"))) {
		*f = (struct fact){ .role = key };
		return true;
	}
	f->role = key;
	f->is_id = true;
	if (cut_end(&f->role, STR("user-id")) ||
	    (cut_end(&f->role, STR("id")) && is_person(f->role)))
		return true;
	f->role = key;
	f->is_id = false;
	if (cut_end(&f->role, STR("user-login")) ||
	    cut_end(&f->role, STR("login")) ||
	    cut_end(&f->role, STR("user-name")) ||
	    cut_end(&f->role, STR("user-display-name")) ||
	    cut_end(&f->role, STR("display-name")) ||
	    cut_end(&f->role, STR("displayName")))
		return !str_eq(f->role, STR("channel-"));
	return cut_end(&f->role, STR("name")) && is_person(f->role);
}

static void
add_fact(struct optout *o, struct fact f)
{
	if (f.value.len == 0)
		return;
	o->facts =
	    xgrow(o->facts, o->n_facts, &o->cap_facts, sizeof(*o->facts));
	o->facts[o->n_facts++] = f;
}

static void
add_key(struct optout *o, struct str key, struct str value)
{
	struct fact f;

	if (!read_key(key, &f))
		return;
	f.value = value;
	add_fact(o, f);
}

static void
learn_role(struct optout *o, struct str role)
{
	for (size_t i = 0; i < o->n_facts; i++)
		if (!o->facts[i].is_id && str_eq(o->facts[i].role, role))
			learn_name(o, o->facts[i].value, true);
}

static bool
role_has_id(const struct optout *o, struct str role)
{
	for (size_t i = 0; i < o->n_facts; i++)
		if (o->facts[i].is_id && str_eq(o->facts[i].role, role))
			return true;
	return false;
}

/* Looks for the users in the facts, and learns the names of those it finds. */
static bool
is_about(struct optout *o)
{
	bool found = false;

	for (size_t i = 0; i < o->n_facts; i++)
		if (o->facts[i].is_id && has_id(o, o->facts[i].value)) {
			learn_role(o, o->facts[i].role);
			found = true;
		}
	for (size_t i = 0; i < o->n_facts && !found; i++)
		found = !o->facts[i].is_id && has_name(o, o->facts[i].value) &&
		    !role_has_id(o, o->facts[i].role);
	return found;
}

/* Collects who is named in the tags of `m`, and beside them. */
static void
irc_facts(struct optout *o, const struct irc *m)
{
	struct str rest = m->tags, key, value, prefix = STR("msg-param-");
	bool clear = str_eq(m->command, STR("CLEARCHAT"));

	o->n_facts = 0;
	buf_reset(&o->scratch);
	buf_room(&o->scratch, m->tags.len);
	while (irc_tag_next(&rest, &key, &value)) {
		if (str_starts(key, prefix)) {
			key.p += prefix.len;
			key.len -= prefix.len;
		}
		add_key(o, key, irc_unescape(&o->scratch, value));
	}
	if (clear && m->n_params > 1)
		add_fact(o,
		    (struct fact){
			.role = STR("target-"), .value = m->param[1] });
	if (m->has_user)
		add_fact(o, (struct fact){ .role = STR(""), .value = m->nick });
}

bool
optout_irc(struct optout *o, const struct irc *m)
{
	/* Nearly every line is of a user who may be kept, and names nobody
	 * else. */
	if (str_eq(m->command, STR("PRIVMSG")) && !m->escaped &&
	    irc_tag(m, IRC_USER_ID).len > 0 && !irc_may_reply(m) &&
	    !has_id(o, irc_tag(m, IRC_USER_ID)))
		return false;
	irc_facts(o, m);
	return is_about(o);
}

static void
event_facts(struct optout *o, const struct event *e)
{
	struct jsonscan scan;
	struct member m;

	o->n_facts = 0;
	add_fact(o, (struct fact){ STR(""), true, e->user_id });
	add_fact(o, (struct fact){ STR(""), false, e->user });
	add_fact(o, (struct fact){ STR(""), false, e->name });
	add_fact(o, (struct fact){ STR("recipient-"), true, e->recipient_id });
	add_fact(o, (struct fact){ STR("recipient-"), false, e->recipient });
	if (e->params.len == 0)
		return;
	jsonscan_init(&scan, e->params, &o->scratch);
	while (jsonscan_next(&scan, &m) == 1)
		if (m.kind == MEMBER_STRING)
			add_key(o, m.key, m.text);
}

/* The number of a message in the set. */
static uint64_t
message_number(struct str id)
{
	return hash_str(id, 0) | 1;
}

static bool
has_message(const struct optout *o, struct str id)
{
	return id.len > 0 && idset_has(&o->messages, message_number(id));
}

bool
optout_event(struct optout *o, const struct event *e)
{
	if (!event_is_chat(e))
		return false;
	event_facts(o, e);
	if (!is_about(o))
		return has_message(o, e->reply_to) ||
		    has_message(o, e->target_id);
	if (e->id.len > 0 && has_id(o, e->user_id))
		(void)idset_add(&o->messages, message_number(e->id));
	return true;
}

/* Reads the byte at `i`, which may stand there as an escape, and finds where the
 * next one begins. -1 for an escape in which no name is looked for. */
static int
read_byte(struct str s, size_t i, enum optout_escapes escapes, size_t *next)
{
	static const char pairs[][11] = {
		[OPTOUT_TAG] = "s :;r\rn\n", [OPTOUT_JSON] = "b\bf\fn\nr\rt\t"
	};
	bool wide;

	*next = i + 1;
	if (s.p[i] != '\\' || escapes == OPTOUT_PLAIN)
		return (unsigned char)s.p[i];
	wide = escapes == OPTOUT_JSON && *next < s.len && s.p[*next] == 'u';
	*next = i + (wide ? 6 : 2);
	if (wide || *next > s.len) {
		*next = *next < s.len ? *next : s.len;
		return -1;
	}
	for (const char *at = pairs[escapes]; *at != '\0'; at += 2)
		if (at[0] == s.p[i + 1])
			return at[1];
	return (unsigned char)s.p[i + 1];
}

/* Tells whether a login could go on with what stands at `i`. */
static bool
goes_on(struct str s, size_t i, enum optout_escapes escapes)
{
	int c = i < s.len ? read_byte(s, i, escapes, &i) : -1;

	return c >= 0 && is_word((char)c);
}

/* Tells where the name ends that stands at `i`; 0 when it does not. `inside` is
 * whether a login could go on there. */
static size_t
name_end(struct str s, size_t i, enum optout_escapes escapes, struct str name,
    bool inside)
{
	if (inside && is_word(*name.p))
		return 0;
	for (size_t n = 0; n < name.len; n++) {
		int c = i < s.len ? read_byte(s, i, escapes, &i) : -1;

		if (c < 0 || lower((char)c) != name.p[n])
			return 0;
	}
	inside = is_word(name.p[name.len - 1]) && goes_on(s, i, escapes);
	return inside ? 0 : i;
}

static bool
begins_odd(const struct optout *o, int c)
{
	return c >= 0 && o->odd_first[(unsigned char)lower((char)c)];
}

/* Finds the next name that is not one word, from `i` on, the longest of those that
 * begin there, and where it ends, in `end`. */
static size_t
next_odd(const struct optout *o, struct str s, size_t i,
    enum optout_escapes escapes, size_t *end)
{
	bool inside = false;

	if (o->odd.n == 0)
		return s.len;
	for (size_t next; i < s.len; i = next) {
		int c = read_byte(s, i, escapes, &next);

		*end = 0;
		for (size_t k = 0; begins_odd(o, c) && k < o->odd.n; k++) {
			size_t at = name_end(
			    s, i, escapes, map_name(&o->odd, k), inside);

			*end = at > *end ? at : *end;
		}
		if (*end > 0)
			return i;
		inside = c >= 0 && is_word((char)c);
	}
	return i;
}

/* Finds the next word from `i` on, and where it ends, in `end`. */
static size_t
next_word(struct str s, size_t i, enum optout_escapes escapes, size_t *end)
{
	while (i < s.len && !is_word(s.p[i]))
		(void)read_byte(s, i, escapes, &i);
	*end = i;
	while (*end < s.len && is_word(s.p[*end]))
		++*end;
	return i;
}

static bool
has_word(struct optout *o, struct str line, enum optout_escapes escapes)
{
	size_t end;

	for (size_t i = 0; i < line.len; i = end) {
		struct str word;

		i = next_word(line, i, escapes, &end);
		word = (struct str){ line.p + i, end - i };
		if (has_id(o, word) || has_name(o, word))
			return true;
	}
	return next_odd(o, line, 0, escapes, &end) < line.len;
}

bool
optout_word(struct optout *o, struct str line)
{
	/* What cannot be read may be anything. */
	return has_word(o, line, OPTOUT_PLAIN) ||
	    has_word(o, line, OPTOUT_TAG) || has_word(o, line, OPTOUT_JSON);
}

bool
optout_mask(struct optout *o, char *p, size_t len, enum optout_escapes escapes)
{
	struct str s = { p, len };
	bool found = false;
	size_t end, i;

	for (i = 0; (i = next_odd(o, s, i, escapes, &end)) < len; i = end) {
		memset(p + i, '*', end - i);
		found = true;
	}
	for (i = 0; i < len && o->names.n > 0; i = end) {
		i = next_word(s, i, escapes, &end);
		if (has_name(o, (struct str){ p + i, end - i })) {
			memset(p + i, '*', end - i);
			found = true;
		}
	}
	return found;
}

/* Tells whether there is a control character in `s`, which is valid. */
static bool
has_control(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;

	while (p < end) {
		int n = utf8_step(p, end);

		if (utf8_is_control(utf8_decode(p, n)))
			return true;
		p += n;
	}
	return false;
}

void
optout_names(const struct optout *o, struct buf *b)
{
	for (size_t i = 0; i < o->met.n; i++) {
		struct str name = map_name(&o->met, i);

		if (has_control(name) || memchr(name.p, '#', name.len) != NULL)
			continue;
		buf_str(b, name);
		buf_byte(b, '\n');
	}
}

void
optout_free(struct optout *o)
{
	if (o == NULL)
		return;
	map_release(&o->ids);
	map_release(&o->names);
	map_release(&o->odd);
	map_release(&o->met);
	idset_release(&o->messages);
	free(o->facts);
	buf_release(&o->scratch);
	buf_release(&o->fold);
	free(o);
}
