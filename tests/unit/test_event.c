/*
 * Events: what is written is read, by both readers and as the same; what is no
 * event is refused with a reason.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "format/jsonw.h"
#include "model/event.h"

#define COMMON                                                                 \
	"{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":\"kanal_eins\","     \
	"\"type\":"

/* xorshift64: the same events in every run. */
static uint64_t state = 88172645463325252U;

static uint64_t
rnd(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* All strings of an event lie here until the next one; it never moves. */
static struct buf words;

static struct str
some(void)
{
	static const char *const parts[] = { "a", "Z", "0", " ", "\"", "\\",
		"/", "\b", "\f", "\n", "\r", "\t", "\x01", "\x1f", "\x7f",
		"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xbf\xbd",
		"u0041", "plain text that is longer than sixteen bytes" };
	size_t begin = words.len;

	for (uint64_t n = 1 + rnd(9); n > 0; n--)
		buf_str(
		    &words, str_of(parts[rnd(sizeof(parts) / sizeof(*parts))]));
	return (struct str){ words.p + begin, words.len - begin };
}

static struct str
maybe(void)
{
	return rnd(3) == 0 ? STR_ABSENT : some();
}

static int64_t
number(int64_t least)
{
	static const int64_t odd[] = { 1, 9, 10, 99, 65536,
		INT64_C(999999999999999999) };

	if (rnd(3) == 0)
		return EVENT_NO_NUMBER;
	if (rnd(2) == 0)
		return odd[rnd(6)];
	return least + (int64_t)rnd(1000000);
}

/* A list of one to four strings that are something. */
static struct str
list(void)
{
	struct buf b = { 0 };
	struct str s;
	size_t begin;

	for (uint64_t n = 1 + rnd(4); n > 0; n--) {
		s = some();
		buf_byte(&b, b.len == 0 ? '[' : ',');
		jsonw_str(&b, s);
	}
	buf_byte(&b, ']');
	begin = words.len;
	buf_str(&words, buf_view(&b));
	buf_release(&b);
	return (struct str){ words.p + begin, words.len - begin };
}

/* An object of strings with keys of their own. */
static struct str
object(void)
{
	struct buf b = { 0 };
	struct str s;
	size_t begin;
	uint64_t n = 1 + rnd(4);

	for (uint64_t i = 0; i < n; i++) {
		s = some();
		buf_printf(&b, "%s\"k%d\":", i == 0 ? "{" : ",", (int)i);
		jsonw_str(&b, s);
	}
	buf_byte(&b, '}');
	begin = words.len;
	buf_str(&words, buf_view(&b));
	buf_release(&b);
	return (struct str){ words.p + begin, words.len - begin };
}

static struct str
rest_of_mark(void)
{
	struct buf b = { 0 };
	struct str s;
	size_t begin;

	if (rnd(2) == 0) {
		s = some();
		event_mark_str(&b, STR("why"), s);
	}
	if (rnd(2) == 0)
		event_mark_json(&b, STR("interval_s"), STR("60"));
	if (rnd(2) == 0)
		event_mark_str(
		    &b, STR("since"), STR("2026-11-23T11:59:00.000Z"));
	begin = words.len;
	buf_str(&words, buf_view(&b));
	buf_release(&b);
	return (struct str){ words.p + begin, words.len - begin };
}

/* Fills everything; the type decides what of it is written. */
static void
random_event(struct event *e, enum event_type type)
{
	buf_reset(&words);
	buf_room(&words, 65536);
	event_clear(e);
	e->type = type;
	e->ts = (int64_t)rnd((uint64_t)TSTAMP_MAX);
	e->channel = some();
	e->id = maybe();
	e->user = maybe();
	e->user_id = maybe();
	e->name = maybe();
	e->badges = maybe();
	e->badge_info = maybe();
	e->shared_from = maybe();
	e->bits = number(1);
	if (rnd(2) == 0) {
		e->paid_amount = (int64_t)rnd(100000);
		e->paid_currency = STR("EUR");
		e->paid_exponent = (int64_t)rnd(4);
	}
	e->first = rnd(2) == 0;
	e->returning = rnd(2) == 0;
	e->action = rnd(2) == 0;
	e->reply_to = maybe();
	e->reward = maybe();
	e->effect = maybe();
	e->months = number(1);
	e->tier = maybe();
	e->gift_months = number(0);
	e->gift_count = number(0);
	e->recipient = maybe();
	e->recipient_id = maybe();
	e->raid_viewers = number(0);
	e->notice = maybe();
	e->params = rnd(2) == 0 ? object() : STR_ABSENT;
	e->duration_s = number(0);
	e->target_id = maybe();
	e->mentions = rnd(2) == 0 ? list() : STR_ABSENT;
	e->text = maybe();
	e->stream_id = some();
	e->started_at = (int64_t)rnd((uint64_t)TSTAMP_MAX);
	e->viewers = (int64_t)rnd(1000000);
	e->title = maybe();
	e->category = maybe();
	e->language = maybe();
	e->tags = rnd(2) == 0 ? list() : STR_ABSENT;
	e->mark = some();
	e->by = maybe();
	if (type == EVENT_MARK)
		e->rest = rest_of_mark();
}

/* What every type, or only messages and viewers, have to bring back. */
static bool
same_fields(const struct event *a, const struct event *b)
{
	if (a->ts != b->ts || a->type != b->type ||
	    !str_eq(a->channel, b->channel))
		return false;
	if (a->type == EVENT_MESSAGE)
		return str_eq(a->id, b->id) && str_eq(a->text, b->text) &&
		    a->bits == b->bits && a->first == b->first &&
		    a->paid_amount == b->paid_amount &&
		    a->paid_exponent == b->paid_exponent &&
		    str_eq(a->paid_currency, b->paid_currency) &&
		    str_eq(a->mentions, b->mentions) &&
		    str_eq(a->effect, b->effect);
	if (a->type == EVENT_VIEWERS)
		return a->viewers == b->viewers &&
		    a->started_at == b->started_at &&
		    str_eq(a->tags, b->tags) && str_eq(a->title, b->title);
	if (a->type == EVENT_MARK)
		return str_eq(a->rest, b->rest) && str_eq(a->by, b->by);
	if (a->type == EVENT_NOTICE)
		return str_eq(a->params, b->params);
	return true;
}

static void
test_round_trip(void)
{
	struct event_reader *one = event_reader_new();
	struct event_reader *two = event_reader_new();
	struct buf line = { 0 }, again = { 0 };
	struct event e, fast, full;
	struct errmsg why;
	struct str s;

	for (int t = 0; t < EVENT_N_TYPES; t++) {
		int bad_fast = 0, bad_full = 0, other = 0, fields = 0;

		for (int i = 0; i < 500; i++) {
			random_event(&e, (enum event_type)t);
			buf_reset(&line);
			event_write(&line, &e);
			s = buf_view(&line);
			s.len--;
			if (!event_read_fast(one, s, &fast)) {
				bad_fast++;
				continue;
			}
			buf_reset(&again);
			event_write(&again, &fast);
			other += !str_eq(buf_view(&line), buf_view(&again));
			fields += !same_fields(&e, &fast);
			if (!event_read_full(two, s, &full, &why)) {
				bad_full++;
				continue;
			}
			buf_reset(&again);
			event_write(&again, &full);
			other += !str_eq(buf_view(&line), buf_view(&again));
			fields += !same_fields(&e, &full);
		}
		s = event_type_name((enum event_type)t);
		is_int(bad_fast, 0, "%s: all read fast", s.p);
		is_int(bad_full, 0, "%s: all read in full", s.p);
		is_int(other, 0, "%s: written again as the same", s.p);
		is_int(fields, 0, "%s: the fields are the same", s.p);
	}
	buf_release(&line);
	buf_release(&again);
	buf_release(&words);
	event_reader_free(one);
	event_reader_free(two);
}

static void
test_spelling(void)
{
	struct event_reader *r = event_reader_new();
	struct buf b = { 0 };
	struct errmsg why;
	struct event e;

	event_clear(&e);
	e.ts = INT64_C(1795435200123);
	e.channel = STR("kanal_eins");
	e.type = EVENT_MESSAGE;
	e.id = STR("m1");
	e.user = STR("gast");
	e.bits = 100;
	e.paid_amount = 500;
	e.paid_currency = STR("USD");
	e.paid_exponent = 2;
	e.first = true;
	e.mentions = STR("[\"eins\"]");
	e.text = STR("\"\\\b\f\n\r\t\x01\x1f/\x7f\xc3\xbc");
	event_write(&b, &e);
	is(buf_view(&b),
	    COMMON
	    "\"message\",\"id\":\"m1\",\"user\":\"gast\",\"bits\":100,"
	    "\"paid\":{\"amount\":500,\"currency\":\"USD\",\"exponent\":2},"
	    "\"first\":true,\"mentions\":[\"eins\"],\"text\":\"\\\"\\\\\\b\\f"
	    "\\n\\r\\t\\u0001\\u001f/\x7f\xc3\xbc\"}\n",
	    "a message");
	buf_reset(&b);
	e.channel = STR("x\xffy");
	e.type = EVENT_OFFLINE;
	event_write(&b, &e);
	is(buf_view(&b),
	    "{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":"
	    "\"x\xef\xbf\xbdy\",\"type\":\"offline\"}\n",
	    "what is no UTF-8 becomes U+FFFD");

	ok(event_read(r,
	       STR(" { \"text\" : \"\\u00fc\\/\\ud800\", \"months\": 8,"
		   "\"type\":\"sub\", \"user\": null, \"tier\": false,"
		   "\"unknown\": [1, {}], \"channel\":\"k\","
		   "\"ts\":\"2026-11-23T13:00:00.1239+01:00\" } "),
	       &e, &why),
	    "any spelling, any order");
	is_int(e.ts, INT64_C(1795435200123), "its time");
	is(e.text, "\xc3\xbc/\xef\xbf\xbd", "its text");
	is_int(e.months, 8, "its months");
	ok(e.user.len == 0 && e.tier.len == 0, "null and false are absent");
	buf_reset(&b);
	event_write(&b, &e);
	is(buf_view(&b),
	    "{\"ts\":\"2026-11-23T12:00:00.123Z\",\"channel\":\"k\",\"type\":"
	    "\"sub\",\"months\":8,\"text\":\"\xc3\xbc/\xef\xbf\xbd\"}\n",
	    "written in ours");
	ok(event_read(r, STR(COMMON "\"ban\",\"user\":\"a\",\"user\":\"b\"}"),
	       &e, &why),
	    "a key twice");
	is(e.user, "b", "the last counts");
	ok(event_read(r, STR(COMMON "\"raid\",\"bits\":5,\"raid_viewers\":0}"),
	       &e, &why),
	    "a key of another type");
	is_int(e.raid_viewers, 0, "0 stays where it may");
	ok(event_read(r, STR(COMMON "\"message\",\"bits\":0,\"mentions\":[]}"),
	       &e, &why),
	    "no bits, no mentions");
	ok(e.bits == EVENT_NO_NUMBER && e.mentions.len == 0, "are absent");
	ok(event_read(r,
	       STR(COMMON "\"mark\",\"mark\":\"lost\",\"by\":\"hier\","
			  "\"since\":\"2026-11-23T11:59:00Z\",\"n\":3}"),
	       &e, &why),
	    "a mark");
	is_int(e.since, INT64_C(1795435140000), "its since");
	is(e.rest, ",\"since\":\"2026-11-23T11:59:00Z\",\"n\":3", "its rest");
	ok(event_read(r,
	       STR(COMMON
		   "\"mark\",\"mark\":\"neu\",\"since\":5,\"to\":\"x\"}"),
	       &e, &why),
	    "one that we do not know may hold anything");
	ok(event_is_chat(&(struct event){ .type = EVENT_DELETE }) &&
		!event_is_chat(&(struct event){ .type = EVENT_OFFLINE }) &&
		!event_is_chat(&(struct event){ .type = EVENT_VIEWERS }) &&
		!event_is_chat(&(struct event){ .type = EVENT_MARK }),
	    "what is chat");
	buf_release(&b);
	event_reader_free(r);
}

static void
test_refused(void)
{
	static const struct {
		const char *line, *names; /* what the reason has to name */
	} bad[] = {
		{ "", "JSON" },
		{ "nonsense", "JSON" },
		{ "null", "object" },
		{ "[1]", "object" },
		{ "{}", "ts" },
		{ "{\"ts\":\"2026-11-23T12:00:00Z\"}", "channel" },
		{ "{\"ts\":\"2026-11-23T12:00:00Z\",\"channel\":\"k\"}",
		    "type" },
		{ "{\"ts\":\"gestern\",\"channel\":\"k\",\"type\":\"raid\"}",
		    "ts" },
		{ "{\"ts\":1,\"channel\":\"k\",\"type\":\"raid\"}", "ts" },
		{ "{\"ts\":\"2026-11-23T12:00:00Z\",\"channel\":\"\","
		  "\"type\":\"raid\"}",
		    "channel" },
		{ COMMON "\"raids\"}", "type" },
		{ COMMON "3}", "type" },
		{ COMMON "\"message\",\"text\":5}", "text" },
		{ COMMON "\"message\",\"bits\":\"5\"}", "bits" },
		{ COMMON "\"message\",\"bits\":-5}", "bits" },
		{ COMMON "\"message\",\"bits\":1.5}", "bits" },
		{ COMMON "\"message\",\"first\":\"true\"}", "first" },
		{ COMMON "\"message\",\"mentions\":\"x\"}", "mentions" },
		{ COMMON "\"message\",\"mentions\":{}}", "mentions" },
		{ COMMON "\"message\",\"paid\":{}}", "paid" },
		{ COMMON "\"message\",\"paid\":{\"amount\":5}}", "paid" },
		{ COMMON "\"notice\",\"params\":[\"a\"]}", "params" },
		{ COMMON "\"mark\"}", "mark" },
		{ COMMON "\"mark\",\"mark\":5}", "mark" },
		{ COMMON "\"mark\",\"mark\":\"\"}", "mark" },
		{ COMMON "\"viewers\"}", "stream_id" },
		{ COMMON "\"viewers\",\"stream_id\":\"1\"}", "started_at" },
		{ COMMON "\"viewers\",\"stream_id\":\"1\",\"started_at\":"
			 "\"2026-11-23T12:00:00Z\"}",
		    "viewers" },
		{ COMMON "\"viewers\",\"stream_id\":\"1\",\"started_at\":"
			 "\"2026-11-23T12:00:00Z\",\"viewers\":-1}",
		    "viewers" },
		{ COMMON "\"offline\"", "JSON" },
		{ COMMON "\"offline\"}}", "JSON" },
		{ COMMON "\"raid\",\"user\":\"\xff\"}", "JSON" },
	};
	struct event_reader *r = event_reader_new();
	struct errmsg why;
	struct event e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct str s = str_of(bad[i].line);
		bool read;

		memset(&why, 0, sizeof(why));
		read = event_read_fast(r, s, &e) || event_read(r, s, &e, &why);
		ok(!read && strstr(why.text, bad[i].names) != NULL,
		    "refused: %s (%s)", bad[i].line, why.text);
	}
	event_reader_free(r);
	event_reader_free(NULL);
}

int
main(void)
{
	test_round_trip();
	test_spelling();
	test_refused();
	return tap_done();
}
