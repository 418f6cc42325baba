/*
 * test_event_mutated - the two readers of events on lines that are nearly ours
 *
 * Whenever the fast reader takes a line, the full one takes it, too, and what
 * is written of both is the same; what was read and written reads back.
 */
#include "tap.h"

#include "model/event.h"
#include "rand.h"

#define COMMON                                                                 \
	"{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":\"kanal_eins\","     \
	"\"type\":"

/* One line of each type with all its keys. */
static const char *const lines[] = {
	COMMON "\"message\",\"id\":\"m\",\"user\":\"u\",\"user_id\":\"1\","
	       "\"name\":\"N\",\"badges\":\"b/1\",\"badge_info\":\"b/2\","
	       "\"shared_from\":\"9\",\"bits\":100,\"paid\":{\"amount\":500,"
	       "\"currency\":\"USD\",\"exponent\":2},\"first\":true,"
	       "\"returning\":true,\"action\":true,\"reply_to\":\"r\","
	       "\"reward\":\"w\",\"effect\":\"e\",\"mentions\":[\"x\",\"y\"],"
	       "\"text\":\"a\\n\\\"b\\\" \\u0001\xc3\xa4\"}",
	COMMON "\"sub\",\"user\":\"u\",\"months\":1,\"tier\":\"prime\"}",
	COMMON "\"resub\",\"user\":\"u\",\"months\":8,\"tier\":\"2\","
	       "\"mentions\":[\"x\"],\"text\":\"t\"}",
	COMMON "\"subgift\",\"user\":\"u\",\"months\":4,\"tier\":\"1\","
	       "\"gift_months\":1,\"recipient\":\"z\",\"recipient_id\":\"8\"}",
	COMMON "\"giftbomb\",\"user\":\"u\",\"tier\":\"1\",\"gift_count\":0}",
	COMMON "\"raid\",\"user\":\"u\",\"raid_viewers\":42}",
	COMMON "\"announcement\",\"user\":\"u\",\"text\":\"t\"}",
	COMMON "\"notice\",\"user\":\"u\",\"notice\":\"n\",\"bits\":5,"
	       "\"params\":{\"a\":\"1\",\"b-c\":\"\\\\\"},\"text\":\"t\"}",
	COMMON "\"clear\"}",
	COMMON "\"timeout\",\"user\":\"u\",\"user_id\":\"1\",\"duration_s\":0}",
	COMMON "\"ban\",\"user\":\"u\",\"user_id\":\"1\"}",
	COMMON "\"delete\",\"user\":\"u\",\"target_id\":\"m\",\"text\":\"t\"}",
	COMMON "\"viewers\",\"stream_id\":\"900\",\"started_at\":"
	       "\"2026-11-23T11:00:00.000Z\",\"viewers\":0,\"user_id\":\"1\","
	       "\"name\":\"N\",\"title\":\"T\",\"category\":\"C\","
	       "\"language\":\"de\",\"tags\":[\"x\",\"y\"]}",
	COMMON "\"offline\"}",
	COMMON "\"mark\",\"mark\":\"lost\",\"by\":\"h/1/2\",\"since\":"
	       "\"2026-11-23T11:59:00.000Z\",\"why\":\"x\",\"n\":-3}",
};

#define N_LINES (sizeof(lines) / sizeof(*lines))

static struct event_reader *one, *two, *three;
static struct buf fast_line, full_line, stream, ahead_line;
static int accepted, read_at_all;

/* Tells whether the first line of `s`, in a stream of lines, is read as it is alone,
 * whatever comes behind it; without an LF behind it, it is not. */
static bool
holds_ahead(struct str s)
{
	static const char *const behind[] = { "", "\n", "\"", "}\n",
		"\",\"a\"" };
	const char *lf = memchr(s.p, '\n', s.len);
	struct str line = { s.p, lf != NULL ? (size_t)(lf - s.p) : s.len };
	struct event alone, e;
	size_t len = 0;

	buf_reset(&fast_line);
	if (event_read_fast(one, line, &alone)) {
		event_write(&fast_line, &alone);
		len = line.len;
	}
	for (size_t i = 0; i < sizeof(behind) / sizeof(*behind); i++) {
		buf_reset(&stream);
		buf_str(&stream, line);
		if (event_read_ahead(three, buf_view(&stream), &e) != 0)
			return false;
		buf_byte(&stream, '\n');
		buf_str(&stream, str_of(behind[i]));
		if (event_read_ahead(three, buf_view(&stream), &e) != len)
			return false;
		if (len == 0)
			continue;
		buf_reset(&ahead_line);
		event_write(&ahead_line, &e);
		if (!str_eq(buf_view(&ahead_line), buf_view(&fast_line)))
			return false;
	}
	return true;
}

/* Tells whether all that should hold of `s` does. */
static bool
holds(struct str s)
{
	struct event fast, full;
	struct errmsg why = { .text = "" };

	if (!holds_ahead(s))
		return false;
	buf_reset(&fast_line);
	buf_reset(&full_line);
	if (event_read_fast(one, s, &fast)) {
		accepted++;
		if (!event_read_full(two, s, &full, &why))
			return false;
		event_write(&fast_line, &fast);
		event_write(&full_line, &full);
		if (!str_eq(buf_view(&fast_line), buf_view(&full_line)))
			return false;
	} else {
		if (!event_read(two, s, &full, &why))
			return why.text[0] != '\0';
		event_write(&full_line, &full);
	}
	read_at_all++;
	s = (struct str){ full_line.p, full_line.len - 1 };
	if (!event_read(one, s, &fast, &why))
		return false;
	buf_reset(&fast_line);
	event_write(&fast_line, &fast);
	return str_eq(buf_view(&fast_line), buf_view(&full_line));
}

static void
test_as_they_are(void)
{
	for (size_t i = 0; i < N_LINES; i++) {
		int before = accepted;

		ok(holds(str_of(lines[i])) && accepted == before + 1 &&
			fast_line.len == strlen(lines[i]) + 1 &&
			memcmp(fast_line.p, lines[i], fast_line.len - 1) == 0,
		    "%s", lines[i]);
	}
}

static const char *const pieces[] = { "\"", "\\", "{", "}", "[", "]", ":", ",",
	"0", "-1", "1.5", "1e3", "null", "false", "true", "\"\"", "\"x\"", " ",
	"\xff", "\xc3\xa4", "\n", "\\u0000", "\\u0041", "\\ud800", "\\n",
	",\"user\":\"x\"", ",\"bits\":0", ",\"bits\":7", ",\"paid\":{}",
	",\"why\":\"y\"", ",\"n\":4", ",\"neu\":1", ",\"neu\":[1,2]",
	",\"mentions\":[\"\"]", ",\"mentions\":[\"z\",\"z\"]", ",\"tags\":[]",
	",\"params\":{\"a\":\"1\",\"a\":\"2\"}", ",\"params\":{}",
	",\"paid\":{\"amount\":1,\"amount\":2,\"currency\":\"\",\"exponent\":0}",
	",\"paid\":{\"amount\":1,\"currency\":\"\\\"\",\"exponent\":0}",
	",\"ts\":\"2026-11-23T12:00:00Z\"", ",\"since\":\"x\"",
	",\"type\":\"ban\"", ",\"\":\"x\"", ",\"\\u0000\":\"x\"",
	",\"mark\":\"x\"", "\"viewers\"" };

/* Puts something in, takes something out, or swaps two parts. */
static void
mutate(uint64_t *r, struct buf *to, struct str s)
{
	size_t at = rand_below(r, s.len + 1), n;
	/* Half of the changes come where a member could. */
	if (rand_below(r, 2) == 0) {
		while (at < s.len && s.p[at] != ',' && s.p[at] != '}')
			at++;
	}
	n = rand_below(r, 8);
	if (n > s.len - at)
		n = s.len - at;
	buf_add(to, s.p, at);
	switch (rand_below(r, 4)) {
	case 0:
		s.p += n;
		s.len -= n;
		break;
	case 1:
		buf_add(to, s.p + at, n);
		break;
	default:
		rand_pick(r, to, pieces, sizeof(pieces) / sizeof(*pieces));
		break;
	}
	buf_add(to, s.p + at, s.len - at);
}

static void
test_mutated(void)
{
	struct buf a = { 0 }, b = { 0 };
	uint64_t r = 15;
	int bad = 0;

	accepted = read_at_all = 0;
	for (int i = 0; i < 150000; i++) {
		size_t n = 1 + rand_below(&r, 3);

		buf_reset(&a);
		buf_str(&a, str_of(lines[(size_t)i % N_LINES]));
		while (n-- > 0) {
			buf_reset(&b);
			mutate(&r, &b, buf_view(&a));
			buf_reset(&a);
			buf_str(&a, buf_view(&b));
		}
		if (!holds(buf_view(&a)) && bad++ < 10)
			printf("# %.*s\n", STR_ARGS(buf_view(&a)));
	}
	is_int(bad, 0, "both readers agree, and lines read back");
	ok(accepted > 10000, "%d changed lines were read fast", accepted);
	ok(read_at_all > accepted + 5000, "%d by the full reader only",
	    read_at_all - accepted);
	buf_release(&a);
	buf_release(&b);
}

int
main(void)
{
	one = event_reader_new();
	two = event_reader_new();
	three = event_reader_new();
	test_as_they_are();
	test_mutated();
	event_reader_free(one);
	event_reader_free(two);
	event_reader_free(three);
	buf_release(&fast_line);
	buf_release(&full_line);
	buf_release(&stream);
	buf_release(&ahead_line);
	return tap_done();
}
