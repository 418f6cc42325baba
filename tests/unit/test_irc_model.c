/*
 * test_irc_model - lines of IRC against a reader that goes byte by byte
 *
 * The reader here is twitch.md 1.8 read aloud, with no eye on speed. Cases by
 * hand are in test_irc.c.
 */
#include "tap.h"

#include "format/irc.h"
#include "irc_slow.h"
#include "rand.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

/* Some of the tags that we use: of each length of key that is shared, and the
 * shortest and longest. */
static const struct {
	const char *key;
	enum irc_tag tag;
} known[] = {
	{ "id", IRC_ID },
	{ "bits", IRC_BITS },
	{ "badges", IRC_BADGES },
	{ "msg-id", IRC_MSG_ID },
	{ "room-id", IRC_ROOM_ID },
	{ "user-id", IRC_USER_ID },
	{ "tmi-sent-ts", IRC_TMI_SENT_TS },
	{ "display-name", IRC_DISPLAY_NAME },
	{ "msg-param-viewerCount", IRC_VIEWER_COUNT },
	{ "msg-param-gift-months", IRC_GIFT_MONTHS },
	{ "msg-param-recipient-user-name", IRC_RECIPIENT_USER_NAME },
};

/* A line as it is read byte by byte. */
struct model {
	struct str tags, tag[N(known)], nick, command, param[IRC_N_PARAMS];
	bool has_user, is_line;
	int n_params;
};

static void
model_tags(struct model *m, struct str rest)
{
	do {
		struct str key = take(&rest, "=;"), value;

		(void)skip(&rest, '=', 1);
		value = take(&rest, ";");
		for (size_t i = 0; i < N(known); i++)
			if (str_eq(key, str_of(known[i].key)))
				m->tag[i] = value;
	} while (skip(&rest, ';', 1) == 1);
}

static void
model_parse(struct model *m, struct str rest)
{
	memset(m, 0, sizeof(*m));
	if (skip(&rest, '@', 1) == 1) {
		m->tags = take(&rest, " ");
		model_tags(m, m->tags);
		(void)skip(&rest, ' ', SIZE_MAX);
	}
	if (skip(&rest, ':', 1) == 1) {
		struct str source = take(&rest, " ");

		m->nick = take(&source, "!@");
		m->has_user = source.len > 0;
		(void)skip(&rest, ' ', SIZE_MAX);
	}
	m->command = take(&rest, " ");
	m->is_line = is_command(m->command);
	while (m->is_line && m->n_params < IRC_N_PARAMS) {
		(void)skip(&rest, ' ', SIZE_MAX);
		if (rest.len == 0)
			break;
		m->param[m->n_params++] =
		    take(&rest, skip(&rest, ':', 1) == 1 ? "" : " ");
	}
}

/* Tells whether two slices are the same place, or neither is there. */
static bool
same(struct str a, struct str b)
{
	return (a.p == NULL) == (b.p == NULL) && str_eq(a, b) &&
	    (a.len == 0 || a.p == b.p);
}

/* Parses `line` in both ways. Returns whether they agree. */
static bool
agrees(struct str line)
{
	struct model want;
	struct irc got = { 0 };
	bool good = true;

	model_parse(&want, line);
	good = irc_parse(&got, line) == want.is_line;
	for (size_t i = 0; i < N(known); i++)
		good = good && same(irc_tag(&got, known[i].tag), want.tag[i]);
	good = good && str_eq(got.tags, want.tags) &&
	    str_eq(got.nick, want.nick) && got.has_user == want.has_user;
	if (!want.is_line)
		return good;
	good = good && str_eq(got.command, want.command) &&
	    got.n_params == want.n_params;
	for (int i = 0; i < IRC_N_PARAMS; i++)
		good = good && same(got.param[i], want.param[i]);
	return good;
}

static void
some_tags(uint64_t *r, struct buf *b)
{
	static const char *const others[] = { "", "color", "mod", "ID", "idx",
		"badge", "user-ie", "msg-param-viewercount", "+x", "\xc3\xa4" };
	static const char *const parts[] = { "a", "=", "\\s", "\\:", "\\",
		"\\\\", "1", ",", "/", ":", "@", "\xf0\x9f\x91\x89",
		"https://example.org/?a=b", "012345678901234567890123456789" };

	for (size_t n = rand_below(r, 12); n > 0; n--) {
		if (rand_below(r, 3) == 0)
			rand_pick(r, b, others, N(others));
		else
			buf_str(b, str_of(known[rand_below(r, N(known))].key));
		if (rand_below(r, 5) > 0)
			buf_byte(b, '=');
		for (size_t k = rand_below(r, 5); k > 0; k--)
			rand_pick(r, b, parts, N(parts));
		if (n > 1 || rand_below(r, 8) == 0)
			buf_byte(b, ';');
	}
}

/* Appends mostly one space. */
static void
some_space(uint64_t *r, struct buf *b)
{
	buf_byte(b, ' ');
	while (rand_below(r, 6) == 0)
		buf_byte(b, ' ');
}

static void
some_line(uint64_t *r, struct buf *b)
{
	static const char *const sources[] = { "tmi.twitch.tv", "a!a@a.tmi.x",
		"a@host", "a!b", "!", "@", "", "a!b!c@d@e" };
	static const char *const commands[] = { "PRIVMSG", "PING", "001",
		"USERNOTICE", "cap", "12", "0001", "P1", "" };
	static const char *const params[] = { "#kanal_eins", "a:b", "*", ":",
		":a b", ": ", ":a  b :c ", "::)", "Cheer1", "=", ":@id=1 :x" };

	if (rand_below(r, 4) > 0) {
		buf_byte(b, '@');
		some_tags(r, b);
		some_space(r, b);
	}
	if (rand_below(r, 4) > 0) {
		buf_byte(b, ':');
		rand_pick(r, b, sources, N(sources));
		some_space(r, b);
	}
	rand_pick(r, b, commands, N(commands));
	for (size_t n = rand_below(r, 5); n > 0; n--) {
		some_space(r, b);
		rand_pick(r, b, params, N(params));
	}
	while (rand_below(r, 5) == 0)
		buf_byte(b, ' ');
}

static void
test_random(void)
{
	struct buf line = { 0 };
	uint64_t r = 51;
	int bad = 0;

	for (int round = 0; round < 50000; round++) {
		buf_reset(&line);
		some_line(&r, &line);
		if (!agrees(buf_view(&line)) && bad++ == 0)
			printf("# %.*s\n", STR_ARGS(buf_view(&line)));
		/* And with an end that is missing, or a byte that is wrong. */
		if (line.len < 2)
			continue;
		line.p[rand_below(&r, line.len)] =
		    "@:; =!\\x"[rand_below(&r, 8)];
		line.len -= rand_below(&r, line.len - 1);
		if (!agrees(buf_view(&line)) && bad++ == 0)
			printf("# %.*s\n", STR_ARGS(buf_view(&line)));
	}
	is_int(bad, 0, "100000 lines are split as the grammar says");
	buf_release(&line);
}

/* The same tags behind a first one of 0 to 191 bytes, in a buffer that begins
 * at any address: the values stay what they were. */
static void
test_offsets(void)
{
	static const char tags[] = "bits=1;id=a=b;user-id=;msg-id;bits=2;"
				   "display-name=x\\sy;badges=a/1,b/2;bits=3;"
				   "tmi-sent-ts=1700000000123;"
				   "msg-param-recipient-user-name=z";
	struct buf line = { 0 };
	int bad = 0;

	for (size_t begin = 0; begin < 16; begin++)
		for (size_t shift = 0; shift < 192; shift++) {
			struct irc m = { 0 };
			struct str s;

			buf_reset(&line);
			for (size_t i = 0; i < begin; i++)
				buf_byte(&line, ';');
			buf_byte(&line, '@');
			for (size_t i = 0; i < shift; i++)
				buf_byte(&line, "\\v=:"[i % 4]);
			buf_printf(
			    &line, ";%s :n!u@h PRIVMSG #c :bits=9", tags);
			s = (struct str){ line.p + begin, line.len - begin };
			bad += !irc_parse(&m, s) ||
			    !str_eq(irc_tag(&m, IRC_ID), STR("a=b")) ||
			    irc_tag(&m, IRC_USER_ID).p == NULL ||
			    irc_tag(&m, IRC_USER_ID).len != 0 ||
			    irc_tag(&m, IRC_MSG_ID).p == NULL ||
			    irc_tag(&m, IRC_MSG_ID).len != 0 ||
			    !str_eq(
				irc_tag(&m, IRC_DISPLAY_NAME), STR("x\\sy")) ||
			    !str_eq(irc_tag(&m, IRC_BADGES), STR("a/1,b/2")) ||
			    !str_eq(irc_tag(&m, IRC_RECIPIENT_USER_NAME),
				STR("z")) ||
			    irc_tag(&m, IRC_LOGIN).p != NULL || !m.escaped;
			bad += irc_whole(&m, IRC_BITS) != 3;
			bad += irc_time(&m) != INT64_C(1700000000123);
			bad += !str_eq(m.param[1], STR("bits=9"));
		}
	is_int(bad, 0, "tags at any offset and address are the same");
	buf_release(&line);
}

/* Escapes by the table, one byte after the other. */
static void
test_unescape(void)
{
	static const char from[] = ":s\\rn", to[] = "; \\\r\n";
	struct buf want = { 0 }, scratch = { 0 };
	int bad = 0;

	for (int c = 1; c < 256; c++) {
		char text[3] = { '\\', (char)c, 'z' };
		const char *at = strchr(from, c);

		buf_reset(&want);
		buf_reset(&scratch);
		buf_room(&scratch, sizeof(text));
		buf_byte(&want, at != NULL ? to[at - from] : (char)c);
		buf_byte(&want, 'z');
		bad += !str_eq(
		    irc_unescape(&scratch, (struct str){ text, sizeof(text) }),
		    buf_view(&want));
	}
	is_int(bad, 0, "a backslash before each byte");
	buf_release(&want);
	buf_release(&scratch);
}

/* What is escaped is unescaped: any text, and others before it in scratch. */
static void
test_escape_back(void)
{
	struct buf text = { 0 }, value = { 0 }, scratch = { 0 };
	uint64_t r = 53;
	int bad = 0;

	for (int round = 0; round < 20000; round++) {
		struct str got;

		buf_reset(&text);
		buf_reset(&value);
		buf_reset(&scratch);
		rand_text(&r, &text, 40, true);
		for (size_t i = 0; i < text.len; i++)
			switch (text.p[i]) {
			case ';':
				buf_lit(&value, "\\:");
				break;
			case ' ':
				buf_lit(&value, "\\s");
				break;
			case '\\':
				buf_lit(&value, "\\\\");
				break;
			case '\r':
				buf_lit(&value, "\\r");
				break;
			case '\n':
				buf_lit(&value, "\\n");
				break;
			default:
				buf_byte(&value, text.p[i]);
				break;
			}
		buf_lit(&scratch, "before");
		buf_room(&scratch, value.len);
		got = irc_unescape(&scratch, buf_view(&value));
		bad += !str_eq(got, buf_view(&text));
		bad += !str_starts(buf_view(&scratch), STR("before"));
	}
	is_int(bad, 0, "20000 texts, escaped and back");
	buf_release(&text);
	buf_release(&value);
	buf_release(&scratch);
}

int
main(void)
{
	test_random();
	test_offsets();
	test_unescape();
	test_escape_back();
	return tap_done();
}
