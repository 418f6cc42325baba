#include "model/stats.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/jsonr.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"

/* More seconds are nonsense, as greater counts are: of hardly more the ms do not fit
 * 64 bits. */
#define SUM_MAX_S INT64_C(9000000000000000)

/* The counters in the order of both lines, behind `messages...`. */
static const struct counter {
	struct str key;
	size_t at; /* offset in struct counts */
} counters[] = {
#define COUNTER(name)                                                          \
	{                                                                      \
		{ #name, sizeof(#name) - 1 }, offsetof(struct counts, name)    \
	}
	COUNTER(messages),
	COUNTER(messages_shared),
	COUNTER(chatters),
	COUNTER(bits),
	COUNTER(cheers),
	COUNTER(paid_messages),
	COUNTER(subs),
	COUNTER(gifts),
	COUNTER(raids),
	COUNTER(deleted),
	COUNTER(timeouts),
	COUNTER(bans),
#undef COUNTER
};

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

enum { AFTER_MESSAGES = 1, AFTER_CHATTERS = 3 };

static void
write_count(struct buf *b, struct str key, int64_t v)
{
	jsonw_int(b, key, v < STATS_COUNT_MAX ? v : STATS_COUNT_MAX);
}

/* Appends the counters `from` to before `to` that are not 0. */
static void
write_counters(struct buf *b, const struct counts *n, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		int64_t v =
		    *(const int64_t *)((const char *)n + counters[i].at);

		if (v != 0)
			write_count(b, counters[i].key, v);
	}
}

/* Appends `,"key":`. */
static void
write_key(struct buf *b, const char *key)
{
	buf_lit(b, ",\"");
	buf_str(b, str_of(key));
	buf_lit(b, "\":");
}

/* A sum of seconds: no greater than they are read. */
static int64_t
sane_ms(int64_t ms)
{
	return ms < SUM_MAX_S * MS_PER_S ? ms : SUM_MAX_S * MS_PER_S;
}

static void
write_seconds(struct buf *b, const char *key, int64_t ms)
{
	write_key(b, key);
	num_add_ms(b, sane_ms(ms));
}

static void
write_ratio(struct buf *b, const char *key, double v)
{
	write_key(b, key);
	num_add_ratio(b, v);
}

/* The average of counts: no greater than they are written. */
static void
write_average(struct buf *b, const char *key, double v)
{
	write_ratio(b, key, stats_average(v));
}

static void
write_mentions(struct buf *b, const struct stats *s)
{
	if (s->mentions.len == 0)
		return;
	write_key(b, "mentions");
	buf_str(b, s->mentions);
}

static void
write_window(struct buf *b, const struct stats *s)
{
	jsonw_member(b, STR("stream_id"), s->stream_id);
	if (s->viewers >= 0)
		write_average(b, "viewers", s->viewers);
	if (s->viewers_max >= 0)
		write_count(b, STR("viewers_max"), s->viewers_max);
	jsonw_int(b, STR("messages"), s->n.messages);
	write_counters(b, &s->n, AFTER_MESSAGES, N_COUNTERS);
	write_mentions(b, s);
	if (s->heard_ms >= 0)
		write_seconds(b, "heard_s", s->heard_ms);
}

static void
write_viewers(struct buf *b, const struct stats *s)
{
	if (s->viewer_ms < 0)
		return;
	write_average(b, "viewers_avg", s->viewers_avg);
	write_count(b, STR("viewers_max"), s->viewers_max);
	jsonw_time(b, STR("viewers_max_at"), s->viewers_max_at);
	write_seconds(b, "viewer_s", s->viewer_ms);
	write_seconds(b, "sampled_s", s->sampled_ms);
	write_ratio(
	    b, "hours_watched", (double)sane_ms(s->viewer_ms) / MS_PER_HOUR);
}

/* The share of `part_ms` in the airtime, at most 1. */
static void
write_coverage(
    struct buf *b, const char *key, int64_t part_ms, const struct stats *s)
{
	if (part_ms < 0 || s->airtime_ms <= 0)
		return;
	if (part_ms > s->airtime_ms)
		part_ms = s->airtime_ms;
	write_ratio(b, key, (double)part_ms / (double)s->airtime_ms);
}

static void
write_stream(struct buf *b, const struct stats *s)
{
	int64_t heard_ms = num_sum(s->heard_ms >= 0 ? s->heard_ms : 0,
	    num_product(s->unknown, s->seconds * MS_PER_S));

	jsonw_member(b, STR("stream_id"), s->stream_id);
	jsonw_time(b, STR("started_at"), s->ts);
	jsonw_time(b, STR("ended_at"), s->ended_at);
	if (s->open)
		buf_lit(b, ",\"open\":true");
	if (s->inferred)
		buf_lit(b, ",\"inferred\":true");
	jsonw_member(b, STR("name"), s->name);
	jsonw_member(b, STR("title"), s->title);
	jsonw_member(b, STR("category"), s->category);
	jsonw_member(b, STR("language"), s->language);
	write_seconds(b, "airtime_s", s->airtime_ms);
	write_viewers(b, s);
	jsonw_int(b, STR("messages"), s->n.messages);
	/* Holes do not count, quiet windows do, and so do those of which
	 * nothing is known. */
	if (heard_ms > 0)
		write_ratio(b, "messages_avg",
		    (double)num_product(s->n.messages, s->seconds * MS_PER_S) /
			(double)heard_ms);
	jsonw_int(b, STR("messages_max"), s->messages_max);
	if (s->messages_max_at != INT64_MIN)
		jsonw_time(b, STR("messages_max_at"), s->messages_max_at);
	write_counters(b, &s->n, AFTER_MESSAGES, AFTER_CHATTERS);
	if (s->chatters_new != 0)
		jsonw_int(b, STR("chatters_new"), s->chatters_new);
	write_counters(b, &s->n, AFTER_CHATTERS, N_COUNTERS);
	write_mentions(b, s);
	if (s->heard_ms >= 0)
		write_seconds(b, "heard_s", s->heard_ms);
	jsonw_int(b, STR("windows"), s->windows);
	if (s->viewer_ms >= 0)
		write_coverage(b, "coverage_viewers", s->sampled_ms, s);
	write_coverage(b, "coverage_chat", s->heard_ms, s);
}

void
stats_write(struct buf *b, const struct stats *s)
{
	buf_lit(b, "{\"ts\":\"");
	tstamp_add(b, s->ts);
	buf_lit(b, "\",\"channel\":\"");
	jsonw_text(b, s->channel);
	if (s->type == STATS_WINDOW)
		buf_lit(b, "\",\"type\":\"window\",\"seconds\":");
	else
		buf_lit(b, "\",\"type\":\"stream\",\"seconds\":");
	num_add(b, s->seconds);
	if (s->type == STATS_WINDOW)
		write_window(b, s);
	else
		write_stream(b, s);
	buf_lit(b, "}\n");
}

/*
 * Reading
 */

enum form {
	FORM_STR,
	FORM_COUNT,   /* integer >= 0 */
	FORM_SECONDS, /* kept as ms */
	FORM_RATIO,
	FORM_TIME,
	FORM_TRUE,
	FORM_OBJECT,
	FORM_TYPE,
};

/* Kinds of lines. */
enum {
	OF_WINDOW = 1 << STATS_WINDOW,
	OF_STREAM = 1 << STATS_STREAM,
	ALWAYS = OF_WINDOW | OF_STREAM,
	OF_SAMPLES = 4, /* a stream of which one was taken */
};

static const struct field {
	struct str key;
	enum form form;
	unsigned in; /* the kinds of lines that cannot do without */
	size_t at;   /* offset in struct stats */
} fields[] = {
#define FIELD(name, form, member, in)                                          \
	{                                                                      \
		{ name, sizeof(name) - 1 }, form, in,                          \
		    offsetof(struct stats, member)                             \
	}
	FIELD("ts", FORM_TIME, ts, ALWAYS),
	FIELD("channel", FORM_STR, channel, ALWAYS),
	FIELD("type", FORM_TYPE, type, ALWAYS),
	FIELD("seconds", FORM_COUNT, seconds, ALWAYS),
	FIELD("stream_id", FORM_STR, stream_id, OF_STREAM),
	FIELD("viewers", FORM_RATIO, viewers, 0),
	FIELD("viewers_max", FORM_COUNT, viewers_max, OF_SAMPLES),
	FIELD("messages", FORM_COUNT, n.messages, ALWAYS),
	FIELD("messages_shared", FORM_COUNT, n.messages_shared, 0),
	FIELD("chatters", FORM_COUNT, n.chatters, 0),
	FIELD("bits", FORM_COUNT, n.bits, 0),
	FIELD("cheers", FORM_COUNT, n.cheers, 0),
	FIELD("paid_messages", FORM_COUNT, n.paid_messages, 0),
	FIELD("subs", FORM_COUNT, n.subs, 0),
	FIELD("gifts", FORM_COUNT, n.gifts, 0),
	FIELD("raids", FORM_COUNT, n.raids, 0),
	FIELD("deleted", FORM_COUNT, n.deleted, 0),
	FIELD("timeouts", FORM_COUNT, n.timeouts, 0),
	FIELD("bans", FORM_COUNT, n.bans, 0),
	FIELD("mentions", FORM_OBJECT, mentions, 0),
	FIELD("heard_s", FORM_SECONDS, heard_ms, 0),
	FIELD("started_at", FORM_TIME, started_at, 0),
	FIELD("ended_at", FORM_TIME, ended_at, OF_STREAM),
	FIELD("open", FORM_TRUE, open, 0),
	FIELD("inferred", FORM_TRUE, inferred, 0),
	FIELD("name", FORM_STR, name, 0),
	FIELD("title", FORM_STR, title, 0),
	FIELD("category", FORM_STR, category, 0),
	FIELD("language", FORM_STR, language, 0),
	FIELD("airtime_s", FORM_SECONDS, airtime_ms, OF_STREAM),
	FIELD("viewers_avg", FORM_RATIO, viewers_avg, OF_SAMPLES),
	FIELD("viewers_max_at", FORM_TIME, viewers_max_at, OF_SAMPLES),
	FIELD("viewer_s", FORM_SECONDS, viewer_ms, OF_SAMPLES),
	FIELD("sampled_s", FORM_SECONDS, sampled_ms, OF_SAMPLES),
	FIELD("messages_avg", FORM_RATIO, messages_avg, 0),
	FIELD("messages_max", FORM_COUNT, messages_max, OF_STREAM),
	FIELD("messages_max_at", FORM_TIME, messages_max_at, 0),
	FIELD("chatters_new", FORM_COUNT, chatters_new, 0),
	FIELD("windows", FORM_COUNT, windows, 0),
#undef FIELD
};

#define N_FIELDS (sizeof(fields) / sizeof(*fields))

#define SECONDS_MAX (366 * 24 * 3600)

struct stats_reader {
	struct jsonr *full; /* owned */
	struct buf strings; /* strings that had escapes */
	/* Bits of fields: what a line of each type has to have, and a stream
	 * with samples. */
	uint64_t always[2], samples;
};

/* Bits of the fields that lines of the kind `in` cannot do without. */
static uint64_t
bits_of(unsigned in)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < N_FIELDS; i++)
		if ((fields[i].in & in) != 0)
			bits |= UINT64_C(1) << i;
	return bits;
}

struct stats_reader *
stats_reader_new(void)
{
	struct stats_reader *r = xcalloc(1, sizeof(*r));

	r->full = jsonr_new();
	r->always[STATS_WINDOW] = bits_of(OF_WINDOW);
	r->always[STATS_STREAM] = bits_of(OF_STREAM);
	r->samples = bits_of(OF_SAMPLES);
	return r;
}

void
stats_reader_free(struct stats_reader *r)
{
	if (r == NULL)
		return;
	jsonr_free(r->full);
	buf_release(&r->strings);
	free(r);
}

static void
clear(struct stats *s)
{
	memset(s, 0, sizeof(*s));
	s->started_at = s->ended_at = INT64_MIN;
	s->viewers_max_at = s->messages_max_at = INT64_MIN;
	s->viewers_max = s->heard_ms = s->viewer_ms = STATS_UNKNOWN;
	s->viewers = s->viewers_avg = s->messages_avg = STATS_UNKNOWN;
}

/* Reads the number `m` as a double; its text is bounded. */
static bool
read_double(const struct member *m, double *v)
{
	char text[64], *end;

	if ((m->kind != MEMBER_INT && m->kind != MEMBER_REAL) ||
	    m->text.len >= sizeof(text))
		return false;
	memcpy(text, m->text.p, m->text.len);
	text[m->text.len] = '\0';
	*v = strtod(text, &end);
	return *end == '\0' && *v >= 0 && *v < 1e18;
}

/* Reads seconds with decimals as whole ms, exactly where we wrote them. */
static bool
read_seconds(const struct member *m, int64_t *ms)
{
	const char *dot;
	double v;

	if (!read_double(m, &v) || v > (double)SUM_MAX_S)
		return false;
	dot = memchr(m->text.p, '.', m->text.len);
	if (m->kind == MEMBER_INT) {
		*ms = num_product(m->num, MS_PER_S);
	} else {
		size_t whole = dot != NULL ? (size_t)(dot - m->text.p) : 0;
		size_t n = m->text.len - whole - 1;
		int64_t ones = num_whole((struct str){ m->text.p, whole });
		int64_t part = n <= 3
		    ? num_whole((struct str){ m->text.p + whole + 1, n })
		    : -1;

		if (ones >= 0 && part >= 0) {
			for (; n < 3; n++)
				part *= 10;
			*ms = num_sum(num_product(ones, MS_PER_S), part);
		} else {
			*ms = (int64_t)(v * 1000 + 0.5);
		}
	}
	return true;
}

/* Keeps the value of `m` as field `f`. False when it has the wrong form. */
static bool
keep(struct stats *s, const struct field *f, const struct member *m)
{
	void *at = (char *)s + f->at;

	switch (f->form) {
	case FORM_STR:
		*(struct str *)at = m->text;
		return m->kind == MEMBER_STRING;
	case FORM_COUNT:
		*(int64_t *)at = m->num;
		return m->kind == MEMBER_INT && m->num >= 0 &&
		    m->num <= STATS_COUNT_MAX;
	case FORM_SECONDS:
		return read_seconds(m, at);
	case FORM_RATIO:
		return read_double(m, at);
	case FORM_TIME:
		return m->kind == MEMBER_STRING && tstamp_parse(m->text, at);
	case FORM_TRUE:
		*(bool *)at = true;
		return m->kind == MEMBER_TRUE;
	case FORM_OBJECT:
		*(struct str *)at = m->text;
		return m->kind == MEMBER_OBJECT;
	case FORM_TYPE:
		break;
	}
	s->type = str_eq(m->text, STR("stream")) ? STATS_STREAM : STATS_WINDOW;
	return m->kind == MEMBER_STRING &&
	    (s->type == STATS_STREAM || str_eq(m->text, STR("window")));
}

/* Takes member `m`. Returns its field when the value has the wrong form. */
static const struct field *
take(struct stats *s, const struct member *m, uint64_t *seen)
{
	for (size_t i = 0; i < N_FIELDS; i++) {
		if (!str_eq(fields[i].key, m->key))
			continue;
		*seen |= UINT64_C(1) << i;
		return keep(s, &fields[i], m) ? NULL : &fields[i];
	}
	return NULL;
}

/* Names what is missing in `s`, or not as it should be. NULL when it is complete. */
static const char *
defect(const struct stats_reader *r, const struct stats *s, uint64_t seen)
{
	uint64_t missing = r->always[s->type];

	/* Who says one thing of the samples says all of it. */
	if (s->type == STATS_STREAM && (seen & r->samples) != 0)
		missing |= r->samples;
	missing &= ~seen;
	for (size_t i = 0; missing != 0; i++, missing >>= 1)
		if ((missing & 1) != 0)
			return fields[i].key.p;
	if (s->channel.len == 0)
		return "channel";
	if (s->seconds <= 0 || s->seconds > SECONDS_MAX)
		return "seconds";
	if (s->type == STATS_WINDOW)
		return NULL;
	if (s->stream_id.len == 0)
		return "stream_id";
	/* It says `ts` again. */
	return s->started_at == INT64_MIN || s->started_at == s->ts
	    ? NULL
	    : "started_at";
}

static bool
read_fast(struct stats_reader *r, struct str line, struct stats *s)
{
	struct jsonscan scan;
	struct member m;
	uint64_t seen = 0, before;
	int more;

	clear(s);
	jsonscan_init(&scan, line, &r->strings);
	while ((more = jsonscan_next(&scan, &m)) == 1) {
		before = seen;
		seen = 0;
		if (take(s, &m, &seen) != NULL || (seen & before) != 0)
			return false;
		seen |= before;
	}
	return more == 0 && defect(r, s, seen) == NULL;
}

bool
stats_read(struct stats_reader *r, struct str line, struct stats *s,
    struct errmsg *why)
{
	const struct field *wrong = NULL, *f;
	const char *bad;
	struct member m;
	uint64_t seen = 0;

	if (read_fast(r, line, s))
		return true;
	clear(s);
	switch (jsonr_read(r->full, line, JSONR_STRICT, why)) {
	case JSONR_BAD:
		return false;
	case JSONR_OBJECT:
		break;
	default:
		errmsg_set(why, "no JSON object");
		return false;
	}
	while (jsonr_next(r->full, &m) == 1) {
		f = take(s, &m, &seen);
		wrong = wrong != NULL ? wrong : f;
	}
	bad = wrong != NULL ? wrong->key.p : defect(r, s, seen);
	if (bad != NULL)
		errmsg_set(why,
		    "no line of stats: %s is missing or not as it "
		    "should be",
		    bad);
	return bad == NULL;
}
