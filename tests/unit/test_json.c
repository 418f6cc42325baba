/*
 * test_json - what is written as JSON is what both readers read
 *
 * The writer (jsonw), the fast reader (jsonscan) and the full one (jsonr)
 * together, held against the values themselves. Each alone: test_jsonw.c,
 * test_jsonscan.c, test_jsonr.c.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/tstamp.h"
#include "format/jsonr.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"
#include "rand.h"

#define FFFD     "\xef\xbf\xbd"
#define MEMBERS  64
#define N(array) (sizeof(array) / sizeof(*(array)))

static struct jsonr *full;
static struct buf scratch; /* of the fast reader */

/* The bytes below 0x20, as tw-event(5) spells them. */
static const char *const controls[0x20] = { "\\u0000", "\\u0001", "\\u0002",
	"\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\b", "\\t",
	"\\n", "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f", "\\u0010",
	"\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016",
	"\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c",
	"\\u001d", "\\u001e", "\\u001f" };

/* Spells one byte that stands alone. */
static void
spell(struct buf *b, unsigned char c)
{
	if (c < 0x20)
		buf_str(b, str_of(controls[c]));
	else if (c == '"')
		buf_lit(b, "\\\"");
	else if (c == '\\')
		buf_lit(b, "\\\\");
	else if (c < 0x80)
		buf_byte(b, (char)c);
	else
		buf_lit(b, FFFD);
}

/*
 * Reads all members of a line in the fast way.
 *
 * Returns how many, -1 when the line is not ours.
 */
static int
scan(struct member *m, struct str line)
{
	struct jsonscan s;
	int n = 0, more;

	jsonscan_init(&s, line, &scratch);
	while (n < MEMBERS && (more = jsonscan_next(&s, &m[n])) != 0) {
		if (more < 0)
			return -1;
		n++;
	}
	return n < MEMBERS ? n : -1;
}

/*
 * Reads all members of a line in the full way.
 *
 * Returns how many, -1 when the line is no object.
 */
static int
read_all(struct member *m, struct str line)
{
	struct errmsg why;
	int n = 0;

	if (jsonr_read(full, line, JSONR_STRICT, &why) != JSONR_OBJECT)
		return -1;
	while (n < MEMBERS && jsonr_next(full, &m[n]) == 1)
		n++;
	return n < MEMBERS ? n : -1;
}

static void
test_every_byte(void)
{
	int wrong = 0, lost = 0;

	for (int c = 0; c < 256; c++) {
		struct buf got = { 0 }, want = { 0 };
		struct member fast[MEMBERS], slow[MEMBERS];
		char byte = (char)c;
		struct str in = { &byte, 1 };
		struct str back = c < 0x80 ? in : STR(FFFD);

		buf_lit(&got, "{\"k\":");
		jsonw_str(&got, in);
		buf_byte(&got, '}');
		buf_lit(&want, "{\"k\":\"");
		spell(&want, (unsigned char)c);
		buf_lit(&want, "\"}");
		wrong += !str_eq(buf_view(&got), buf_view(&want));
		lost += scan(fast, buf_view(&got)) != 1 ||
		    !str_eq(fast[0].text, back);
		lost += read_all(slow, buf_view(&got)) != 1 ||
		    !str_eq(slow[0].text, back);
		buf_release(&got);
		buf_release(&want);
	}
	is_int(wrong, 0, "each of 256 bytes is escaped as specified");
	is_int(lost, 0, "and read back by both readers");
}

/* How the byte `d` goes on after `c`, table 3-7 of the Unicode standard. */
enum pair { PAIR_NONE, PAIR_PART, PAIR_WHOLE };

static enum pair
pair_of(int c, int d)
{
	int lo = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	int hi = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;

	if (c < 0xc2 || c > 0xf4 || d < lo || d > hi)
		return PAIR_NONE;
	return c < 0xe0 ? PAIR_WHOLE : PAIR_PART;
}

static void
test_every_pair(void)
{
	struct buf got = { 0 }, want = { 0 };
	int bad = 0;

	for (int c = 0; c < 256; c++)
		for (int d = 0; d < 256; d++) {
			char in[2] = { (char)c, (char)d };

			buf_reset(&got);
			buf_reset(&want);
			jsonw_text(&got, (struct str){ in, 2 });
			switch (pair_of(c, d)) {
			case PAIR_WHOLE:
				buf_add(&want, in, 2);
				break;
			case PAIR_PART:
				buf_lit(&want, FFFD);
				break;
			case PAIR_NONE:
				spell(&want, (unsigned char)c);
				spell(&want, (unsigned char)d);
				break;
			}
			bad += !str_eq(buf_view(&got), buf_view(&want));
		}
	is_int(bad, 0, "all pairs of bytes");
	buf_release(&got);
	buf_release(&want);
}

/* Pieces of text and what is left of them; each that is not UTF-8 ends with a
 * letter, so that no two of them make a whole. */
static const struct {
	const char *in, *back;
} pieces[] = {
	{ "a", "a" },
	{ "plain text of more than sixteen bytes",
	    "plain text of more than sixteen bytes" },
	{ "\"", "\"" },
	{ "\\", "\\" },
	{ "\\u0041", "\\u0041" },
	{ "/", "/" },
	{ "\n", "\n" },
	{ "\x01", "\x01" },
	{ "\x7f", "\x7f" },
	{ "\xc3\xa4", "\xc3\xa4" },
	{ "\xe2\x80\xa8", "\xe2\x80\xa8" },
	{ "\xed\x9f\xbf", "\xed\x9f\xbf" },
	{ "\xef\xbf\xbf", "\xef\xbf\xbf" },
	{ "\xf0\x9f\x91\x89", "\xf0\x9f\x91\x89" },
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	{ "\x80x", FFFD "x" },
	{ "\xc0\xafx", FFFD FFFD "x" },
	{ "\xc2x", FFFD "x" },
	{ "\xe2\x80x", FFFD "x" },
	{ "\xe0\x9f\xbfx", FFFD FFFD FFFD "x" },
	{ "\xed\xa0\x80x", FFFD FFFD FFFD "x" },
	{ "\xf0\x9f\x91x", FFFD "x" },
	{ "\xf0\x80\x80x", FFFD FFFD FFFD "x" },
	{ "\xf4\x90\x80\x80x", FFFD FFFD FFFD FFFD "x" },
	{ "\xf5\x80x", FFFD FFFD "x" },
	{ "\xf1\x80\xe1\x80\xc2x", FFFD FFFD FFFD "x" },
	{ "\xffx", FFFD "x" },
};

static void
test_pieces(void)
{
	int bad = 0;

	for (size_t i = 0; i < N(pieces); i++) {
		struct buf line = { 0 };
		struct member fast[MEMBERS];

		buf_byte(&line, '{');
		jsonw_str(&line, str_of(pieces[i].in));
		buf_lit(&line, ":1}");
		bad += scan(fast, buf_view(&line)) != 1 ||
		    !str_eq(fast[0].key, str_of(pieces[i].back));
		buf_release(&line);
	}
	is_int(bad, 0, "one U+FFFD for each maximal part");
}

/* What is to be read of one member. */
struct want {
	enum member_kind kind;
	struct buf key, text;
	int64_t num;
};

/* Appends some pieces to `in` and what is left of them to `back`. */
static void
some_text(uint64_t *r, struct buf *in, struct buf *back)
{
	for (size_t n = 1 + rand_below(r, 6); n > 0; n--) {
		size_t i = rand_below(r, N(pieces) + 1);

		if (i == N(pieces)) {
			buf_byte(in, '\0');
			buf_byte(back, '\0');
			continue;
		}
		buf_str(in, str_of(pieces[i].in));
		buf_str(back, str_of(pieces[i].back));
	}
}

/* Appends some pieces to `line` as a string, what is left of them to `back`. */
static void
some_str(uint64_t *r, struct buf *line, struct buf *back)
{
	struct buf in = { 0 };

	some_text(r, &in, back);
	jsonw_str(line, buf_view(&in));
	buf_release(&in);
}

static int64_t
some_int(uint64_t *r)
{
	/* At most 18 digits: more are left to the full reader. */
	return rand_between(r, -INT64_C(999999999999999999),
		   INT64_C(999999999999999999)) /
	    ((int64_t)1 << rand_below(r, 60));
}

/* Appends a list or an object; `w->text` is how it stands there. */
static void
some_nest(uint64_t *r, struct buf *line, struct want *w)
{
	bool list = w->kind == MEMBER_LIST;
	size_t begin;

	buf_printf(line, ",\"%.*s\":", STR_ARGS(buf_view(&w->key)));
	begin = line->len;
	for (size_t i = 0, n = 1 + rand_below(r, 5); i < n; i++) {
		struct buf back = { 0 };

		buf_byte(line, i > 0 ? ',' : list ? '[' : '{');
		if (!list)
			buf_printf(line, "\"%zu\":", i);
		if (!list && rand_below(r, 2) == 0)
			buf_printf(line, "%" PRId64, some_int(r));
		else
			some_str(r, line, &back);
		buf_release(&back);
	}
	buf_byte(line, list ? ']' : '}');
	buf_add(&w->text, line->p + begin, line->len - begin);
}

static void
some_member(uint64_t *r, struct buf *line, struct want *w)
{
	static const enum member_kind kinds[] = { MEMBER_STRING, MEMBER_STRING,
		MEMBER_STRING, MEMBER_INT, MEMBER_LIST, MEMBER_OBJECT };
	struct buf in = { 0 };

	w->kind = kinds[rand_below(r, N(kinds))];
	switch (w->kind) {
	case MEMBER_INT:
		w->num = some_int(r);
		buf_printf(&w->text, "%" PRId64, w->num);
		jsonw_int(line, buf_view(&w->key), w->num);
		break;
	case MEMBER_LIST:
	case MEMBER_OBJECT:
		some_nest(r, line, w);
		break;
	default:
		if (rand_below(r, 4) == 0) {
			int64_t ms = rand_between(r, TSTAMP_MIN, TSTAMP_MAX);

			tstamp_add(&w->text, ms);
			jsonw_time(line, buf_view(&w->key), ms);
			break;
		}
		some_text(r, &in, &w->text);
		jsonw_member(line, buf_view(&w->key), buf_view(&in));
		break;
	}
	buf_release(&in);
}

/* Writes an object of 1 to 8 members. Returns how many. */
static int
some_object(uint64_t *r, struct buf *line, struct want *w)
{
	static const char *const names[] = { "", "k", "\xc3\xa4", "a b",
		"a-key-that-is-longer-than-a-block" };
	int n = 1 + (int)rand_below(r, 8);

	buf_reset(line);
	for (int i = 0; i < n; i++) {
		rand_pick(r, &w[i].key, names, N(names));
		buf_printf(&w[i].key, "%d", i);
		some_member(r, line, &w[i]);
		/* Nothing is written for an empty value, but there is none. */
		jsonw_member(line, STR("absent"), STR(""));
	}
	line->p[0] = '{';
	buf_byte(line, '}');
	return n;
}

static bool
is_member(const struct member *m, const struct want *w)
{
	return m->kind == w->kind && str_eq(m->key, buf_view(&w->key)) &&
	    str_eq(m->text, buf_view(&w->text)) &&
	    (m->kind != MEMBER_INT || m->num == w->num);
}

static void
test_round_trip(void)
{
	struct buf line = { 0 };
	uint64_t r = 41;
	int fast_bad = 0, slow_bad = 0;

	for (int round = 0; round < 20000; round++) {
		struct member fast[MEMBERS], slow[MEMBERS];
		struct want w[8] = { 0 };
		int n = some_object(&r, &line, w);
		bool fast_good = scan(fast, buf_view(&line)) == n;
		bool slow_good = read_all(slow, buf_view(&line)) == n;

		for (int i = 0; i < n; i++) {
			fast_good = fast_good && is_member(&fast[i], &w[i]);
			slow_good = slow_good && is_member(&slow[i], &w[i]);
			buf_release(&w[i].key);
			buf_release(&w[i].text);
		}
		if ((!fast_good || !slow_good) && fast_bad + slow_bad == 0)
			printf("# %.*s\n", STR_ARGS(buf_view(&line)));
		fast_bad += !fast_good;
		slow_bad += !slow_good;
	}
	is_int(fast_bad, 0, "20000 objects, read back by the fast reader");
	is_int(slow_bad, 0, "and by the full one");
	buf_release(&line);
}

/* Of equal keys the last value, in the place of the first, as jsonr says.
 * Returns how many members are left. */
static int
fold(struct member *m, int n)
{
	int left = 0;

	for (int i = 0; i < n; i++) {
		int k = 0;

		while (k < left && !str_eq(m[k].key, m[i].key))
			k++;
		m[k] = m[i];
		left += k == left;
	}
	return left;
}

/* Reads a fraction that is no C string. */
static double
real_of(struct str s)
{
	char text[64] = "";

	memcpy(text, s.p, s.len < sizeof(text) ? s.len : sizeof(text) - 1);
	return strtod(text, NULL);
}

static bool
same(const struct member *a, const struct member *b)
{
	if (a->kind != b->kind || !str_eq(a->key, b->key))
		return false;
	/* Other digits may stand for the same fraction. */
	if (a->kind == MEMBER_REAL)
		return !(real_of(a->text) < real_of(b->text)) &&
		    !(real_of(a->text) > real_of(b->text));
	return str_eq(a->text, b->text) &&
	    (a->kind != MEMBER_INT || a->num == b->num);
}

/* Changes a line: a byte, a byte more, a byte less, a part twice, an end that
 * is missing. */
static void
mutate(uint64_t *r, struct buf *b)
{
	static const char some[] = "\"\\{}[]:,0019-.eutrn/ \n\x1f\xc3\xa4";
	char c = some[rand_below(r, sizeof(some) - 1)];
	size_t at = rand_below(r, b->len), n = rand_below(r, b->len - at) + 1;

	switch (rand_below(r, 5)) {
	case 0:
		b->p[at] = c;
		break;
	case 1:
		buf_byte(b, c);
		memmove(b->p + at + 1, b->p + at, b->len - 1 - at);
		b->p[at] = c;
		break;
	case 2:
		memmove(b->p + at, b->p + at + 1, b->len - 1 - at);
		b->len--;
		break;
	case 3:
		if (buf_room(b, n)) {
			memmove(b->p + at + n, b->p + at, b->len - at);
			b->len += n;
		}
		break;
	default:
		b->len -= rand_below(r, 2) == 0 && b->len > 1;
		b->p[b->len - 1] = '}';
		break;
	}
}

static void
test_mutations(void)
{
	struct buf line = { 0 };
	uint64_t r = 43;
	int bad = 0, taken = 0;

	for (int round = 0; round < 20000; round++) {
		struct member fast[MEMBERS], slow[MEMBERS];
		struct want w[8] = { 0 };
		int n = some_object(&r, &line, w);
		bool good;

		for (int i = 0; i < n; i++) {
			buf_release(&w[i].key);
			buf_release(&w[i].text);
		}
		for (size_t k = 1 + rand_below(&r, 2); k > 0; k--)
			mutate(&r, &line);
		n = scan(fast, buf_view(&line));
		if (n < 0)
			continue;
		taken++;
		n = fold(fast, n);
		good = read_all(slow, buf_view(&line)) == n;
		for (int i = 0; i < n && good; i++)
			good = same(&fast[i], &slow[i]);
		if (!good && bad++ == 0)
			printf("# %.*s\n", STR_ARGS(buf_view(&line)));
	}
	is_int(bad, 0, "what the fast reader takes the full one reads alike");
	ok(taken > 2000, "%d of 20000 changed lines were taken", taken);
	buf_release(&line);
}

int
main(void)
{
	full = jsonr_new();
	test_every_byte();
	test_every_pair();
	test_pieces();
	test_round_trip();
	test_mutations();
	jsonr_free(full);
	buf_release(&scratch);
	return tap_done();
}
