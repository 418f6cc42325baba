#include "strip.h"

#include <err.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "format/irc.h"
#include "format/rawlog.h"
#include "model/stats.h"

enum fate {
	FATE_KEPT,
	FATE_DROPPED,
	FATE_UNREADABLE, /* kept, but nobody knows what is in it */
};

struct strip {
	struct optout *users; /* borrowed */
	bool mask;
	struct event_reader *events;
	struct irc irc;
	struct stats_reader *stats;
	struct buf copy; /* of the line at hand, where something is masked */
	bool changed;    /* that copy goes out in its place */
	int64_t lines, dropped, masked, unreadable;
};

/* Gets the line at hand as bytes that can be changed. */
static char *
writable(struct strip *s, struct str line)
{
	buf_reset(&s->copy);
	buf_str(&s->copy, line);
	return s->copy.p;
}

/* Masks names in the part `part` of `line`, whose copy begins at `copy`. */
static void
mask_part(struct strip *s, char *copy, struct str line, struct str part,
    enum optout_escapes escapes)
{
	if (part.len > 0)
		s->changed |= optout_mask(s->users,
		    copy + (size_t)(part.p - line.p), part.len, escapes);
}

/* Finds what people wrote in a list of badges: of the outcome of a prediction the
 * text is there. Absent when there is none. */
static struct str
prediction(struct str badges)
{
	struct str lead = STR("predictions/");

	while (badges.len > 0) {
		const char *comma = memchr(badges.p, ',', badges.len);
		size_t len =
		    comma != NULL ? (size_t)(comma - badges.p) : badges.len;

		if (len > lead.len && str_starts(badges, lead))
			return (
			    struct str){ badges.p + lead.len, len - lead.len };
		len += comma != NULL;
		badges.p += len;
		badges.len -= len;
	}
	return STR_ABSENT;
}

/* Tells whether people may write freely in the param `key`: not in those that become
 * fields of an event, nor where there is an id. */
static bool
is_free_param(struct str key)
{
	static const struct str fields[] = {
#define NAMED(s) { s, sizeof(s) - 1 }
		NAMED("bits-spent"),
		NAMED("cumulative-months"),
		NAMED("gift-months"),
		NAMED("mass-gift-count"),
		NAMED("months"),
		NAMED("recipient-user-name"),
		NAMED("sub-plan"),
		NAMED("viewerCount"),
#undef NAMED
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (str_eq(key, fields[i]))
			return false;
	return key.len < 2 || memcmp(key.p + key.len - 2, "id", 2) != 0;
}

/* Finds what people write freely in the tag `key`; absent when they do not. */
static struct str
prose_of_tag(struct str key, struct str value)
{
	struct str lead = STR("msg-param-");

	if (str_eq(key, STR("badge-info")) ||
	    str_eq(key, STR("source-badge-info")))
		return prediction(value);
	if (str_eq(key, STR("system-msg")) ||
	    str_eq(key, STR("reply-parent-msg-body")))
		return value;
	if (!str_starts(key, lead))
		return STR_ABSENT;
	key.p += lead.len;
	key.len -= lead.len;
	return is_free_param(key) ? value : STR_ABSENT;
}

static void
mask_irc(struct strip *s, struct str line, const struct irc *m)
{
	struct str rest = m->tags, key, value;
	char *copy = writable(s, line);

	while (irc_tag_next(&rest, &key, &value))
		mask_part(s, copy, line, prose_of_tag(key, value), OPTOUT_TAG);
	/* All behind the channel: mostly the text. */
	if (m->n_params > 0) {
		const char *at = m->param[0].p + m->param[0].len;

		mask_part(s, copy, line,
		    (struct str){ at, (size_t)(line.p + line.len - at) },
		    OPTOUT_PLAIN);
	}
}

/* Finds the end of the JSON string that begins behind `i`, its quote. */
static size_t
string_end(struct str line, size_t i)
{
	while (i < line.len && line.p[i] != '"')
		i += line.p[i] == '\\' ? 2 : 1;
	return i < line.len ? i : line.len;
}

/* Finds what people write freely in a string of the member `key`; absent when they
 * do not. */
static struct str
prose_of_member(struct str key, struct str string)
{
	if (str_eq(key, STR("badge_info")))
		return prediction(string);
	return str_eq(key, STR("text")) || str_eq(key, STR("title")) ||
		str_eq(key, STR("params")) || str_eq(key, STR("tags"))
	    ? string
	    : STR_ABSENT;
}

/* Masks names in the strings of those members of the object `json`, a part of
 * `line`, in which people write. */
static void
mask_json(struct strip *s, struct str line, struct str json)
{
	struct str key = STR_ABSENT, string;
	char *copy = writable(s, line);
	int depth = 0;

	for (size_t i = 0, end; i < json.len; i++) {
		char c = json.p[i];

		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (c != '"')
			continue;
		end = string_end(json, i + 1);
		string = (struct str){ json.p + i + 1, end - i - 1 };
		i = end;
		while (++end < json.len && json.p[end] == ' ')
			;
		if (end < json.len && json.p[end] == ':') {
			if (depth == 1)
				key = string;
		} else {
			mask_part(s, copy, line, prose_of_member(key, string),
			    OPTOUT_JSON);
		}
	}
}

/* Decides about an event or a stats line. In any other JSON object a user may stand
 * anywhere. */
static enum fate
json_fate(struct strip *s, struct str line)
{
	struct errmsg why;
	struct stats stats;
	struct event e;

	if (event_read(s->events, line, &e, &why)) {
		if (optout_event(s->users, &e))
			return FATE_DROPPED;
	} else if (!stats_read(s->stats, line, &stats, &why)) {
		return FATE_UNREADABLE;
	}
	if (s->mask)
		mask_json(s, line, line);
	return FATE_KEPT;
}

/* Decides about a line of the raw log, or bare IRC. */
static enum fate
raw_fate(struct strip *s, struct str line)
{
	struct irc *irc = &s->irc;
	struct rawlog raw;

	if (memchr(line.p, '\0', line.len) != NULL || !rawlog_parse(&raw, line))
		return FATE_UNREADABLE;
	if (raw.source == RAWLOG_HELIX && s->mask)
		mask_json(s, line, raw.payload);
	if (raw.source != RAWLOG_BARE && raw.source != RAWLOG_IRC)
		return FATE_KEPT;
	if (!irc_parse(irc, raw.payload))
		return FATE_UNREADABLE;
	if (optout_irc(s->users, irc))
		return FATE_DROPPED;
	if (s->mask)
		mask_irc(s, line, irc);
	return FATE_KEPT;
}

static enum fate
fate_of(struct strip *s, const struct lines *in, struct str line)
{
	enum fate fate;

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (in->part || in->cont)
		return s->mask ? FATE_DROPPED : FATE_UNREADABLE;
	if (line.len == 0)
		return FATE_KEPT;
	fate = *line.p == '{' ? json_fate(s, line) : raw_fate(s, line);
	if (fate == FATE_UNREADABLE && s->mask && optout_word(s->users, line))
		return FATE_DROPPED;
	return fate;
}

static void
count(struct strip *s, const struct lines *in, enum fate fate)
{
	if (in->cont)
		return;
	s->lines++;
	s->dropped += fate == FATE_DROPPED;
	s->unreadable += fate == FATE_UNREADABLE;
}

/* Learns what names there are in a line, and nothing more. */
static void
learn_line(void *arg, const struct input *in, struct str line)
{
	struct strip *s = arg;

	count(s, &in->lines, fate_of(s, &in->lines, line));
}

static void
take_line(void *arg, const struct input *in, struct str line)
{
	struct strip *s = arg;
	enum fate fate;

	s->changed = false;
	fate = fate_of(s, &in->lines, line);
	count(s, &in->lines, fate);
	s->masked += s->changed;
	if (fate == FATE_DROPPED)
		return;
	if (s->changed) {
		tool_output(buf_view(&s->copy));
		if (line.p[line.len - 1] == '\r')
			tool_output(STR("\r"));
	} else {
		tool_output(line);
	}
	if (!in->lines.part && !in->lines.unended)
		tool_output(STR("\n"));
}

/* Says what was done, or, unless it was asked for, only what could not be. */
static void
summary(const struct strip *s, enum tool_words words)
{
	struct buf b = { 0 };

	if (words == TOOL_NORMAL && s->unreadable > 0)
		warnx("%lld lines cannot be read, so nobody knows whose they "
		      "are; they were kept",
		    (long long)s->unreadable);
	if (words != TOOL_VERBOSE)
		return;
	buf_lit(&b, "tw-parse: ");
	num_add_thousands(&b, s->lines);
	buf_lit(&b, " lines, ");
	num_add_thousands(&b, s->dropped);
	buf_lit(&b, " dropped, ");
	if (s->mask) {
		num_add_thousands(&b, s->masked);
		buf_lit(&b, " masked, ");
	}
	num_add_thousands(&b, s->unreadable);
	buf_lit(&b, " unreadable\n");
	fwrite(b.p, 1, b.len, stderr);
	buf_release(&b);
}

static void
begin(struct strip *s)
{
	s->events = event_reader_new();
	s->stats = stats_reader_new();
}

static void
end(struct strip *s)
{
	event_reader_free(s->events);
	stats_reader_free(s->stats);
	buf_release(&s->copy);
}

/* Learns from the input `path` what can be learned of it, to be told of its defects
 * when it is read again. */
static void
learn_input(struct strip *s, const char *path)
{
	struct errmsg why;
	struct input in;
	struct str line;

	if (!input_open(&in, path, NULL, &why))
		return;
	while (input_next(&in, &line, &why) == 1)
		learn_line(s, &in, line);
	input_close(&in);
}

/* Learns from all of the `n` operands that can be read twice. */
static void
learn_files(struct optout *o, char *const *paths, size_t n)
{
	struct strip s = { .users = o };

	begin(&s);
	for (size_t i = 0; i < n; i++) {
		bool is_input = strcmp(paths[i], "-") == 0;
		off_t at = is_input ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
		struct stat st;

		if (is_input ? fstat(STDIN_FILENO, &st) != 0
			     : stat(paths[i], &st) != 0)
			continue;
		if (!S_ISREG(st.st_mode) || at < 0)
			continue;
		learn_input(&s, paths[i]);
		if (is_input && lseek(STDIN_FILENO, at, SEEK_SET) < 0)
			err(TOOL_FAILED, "standard input");
	}
	end(&s);
}

enum tool_exit
strip_files(struct optout *o, char *const *paths, size_t n, bool mask,
    enum tool_words words)
{
	struct strip s = { .users = o, .mask = mask };
	enum tool_exit result = TOOL_DONE;

	learn_files(o, paths, n);
	begin(&s);
	for (size_t i = 0; i < n; i++)
		result = tool_graver(result,
		    tool_each_line(
			"tw-parse", paths[i], words, NULL, take_line, &s));
	summary(&s, words);
	end(&s);
	return result;
}

/* Writes the names that were learned. Returns how many. */
static int64_t
write_names(const struct optout *o)
{
	struct buf names = { 0 };
	int64_t n = 0;

	optout_names(o, &names);
	for (size_t i = 0; i < names.len; i++)
		n += names.p[i] == '\n';
	tool_output(buf_view(&names));
	buf_release(&names);
	return n;
}

enum tool_exit
strip_names(
    struct optout *o, char *const *paths, size_t n, enum tool_words words)
{
	struct strip s = { .users = o };
	enum tool_exit result = TOOL_DONE;
	struct buf b = { 0 };

	begin(&s);
	for (size_t i = 0; i < n; i++)
		result = tool_graver(result,
		    tool_each_line(
			"tw-parse", paths[i], words, NULL, learn_line, &s));
	buf_lit(&b, "tw-parse: ");
	num_add_thousands(&b, s.lines);
	buf_lit(&b, " lines, ");
	num_add_thousands(&b, s.dropped);
	buf_lit(&b, " of these users, ");
	num_add_thousands(&b, write_names(o));
	buf_lit(&b, " names, ");
	num_add_thousands(&b, s.unreadable);
	buf_lit(&b, " unreadable\n");
	if (words == TOOL_VERBOSE)
		fwrite(b.p, 1, b.len, stderr);
	buf_release(&b);
	end(&s);
	return result;
}
