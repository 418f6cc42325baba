/*
 * Stats lines: spelled, read, and refused with a reason.
 */
#include "tap.h"

#include "model/stats.h"

#define COMMON                                                                 \
	"{\"ts\":\"2026-11-23T12:00:00.000Z\",\"channel\":\"k\",\"type\":"

static const char window[] =
    COMMON "\"window\",\"seconds\":5,\"stream_id\":\"900\","
	   "\"viewers\":41.3333,\"viewers_max\":42,\"messages\":3,"
	   "\"messages_shared\":1,\"chatters\":2,\"bits\":100,"
	   "\"cheers\":1,\"paid_messages\":1,\"subs\":2,\"gifts\":1,"
	   "\"raids\":1,\"deleted\":1,\"timeouts\":1,\"bans\":1,"
	   "\"mentions\":{\"eins\":1},\"heard_s\":4.25}";
static const char stream[] =
    COMMON "\"stream\",\"seconds\":5,\"stream_id\":\"900\","
	   "\"started_at\":\"2026-11-23T12:00:00.000Z\",\"ended_at\":"
	   "\"2026-11-23T13:00:00.000Z\",\"open\":true,\"name\":"
	   "\"Kanal\",\"title\":\"a \\\"b\\\"\",\"category\":\"c\","
	   "\"language\":\"de\",\"airtime_s\":3600,\"viewers_avg\":"
	   "41.5,\"viewers_max\":42,\"viewers_max_at\":"
	   "\"2026-11-23T12:30:00.000Z\",\"viewer_s\":74700,"
	   "\"sampled_s\":1800,\"hours_watched\":20.75,\"messages\":"
	   "72,\"messages_avg\":0.2,\"messages_max\":3,"
	   "\"messages_max_at\":\"2026-11-23T12:30:00.000Z\","
	   "\"chatters\":2,\"chatters_new\":1,\"heard_s\":1800,"
	   "\"windows\":721,\"coverage_viewers\":0.5,"
	   "\"coverage_chat\":0.5}";

static struct stats_reader *reader;

/* Reads `line` and writes what was read. */
static void
again(const char *line, const char *want, const char *name)
{
	struct buf b = { 0 };
	struct errmsg why;
	struct stats s;
	bool read = stats_read(reader, str_of(line), &s, &why);

	if (ok(read, "%s: read", name)) {
		stats_write(&b, &s);
		is(buf_view(&b), want, "%s: written", name);
	}
	buf_release(&b);
}

static void
test_lines(void)
{
	char line[2048];

	snprintf(line, sizeof(line), "%s\n", window);
	again(window, line, "a window");
	snprintf(line, sizeof(line), "%s\n", stream);
	again(stream, line, "a stream");
	again(COMMON "\"stream\",\"seconds\":5,\"stream_id\":\"900\","
		     "\"started_at\":\"2026-11-23T12:00:00.000Z\","
		     "\"ended_at\":\"2026-11-23T12:00:10.000Z\","
		     "\"airtime_s\":10,\"messages\":0,\"messages_max\":0,"
		     "\"windows\":0}",
	    COMMON "\"stream\",\"seconds\":5,\"stream_id\":\"900\","
		   "\"started_at\":\"2026-11-23T12:00:00.000Z\",\"ended_at\":"
		   "\"2026-11-23T12:00:10.000Z\",\"airtime_s\":10,"
		   "\"messages\":0,\"messages_max\":0,\"windows\":0}\n",
	    "a stream without samples");
	again("{ \"messages\": 0, \"seconds\": 5, \"type\": \"window\", "
	      "\"channel\": \"k\", \"ts\": \"2026-11-23T13:00:00+01:00\", "
	      "\"bits\": 0, \"heard_s\": 0.0, \"new\": [] }",
	    COMMON "\"window\",\"seconds\":5,\"messages\":0,\"heard_s\":0}\n",
	    "any spelling");
}

static void
test_write(void)
{
	struct stats s = { .type = STATS_STREAM,
		.ts = INT64_C(1795435200000),
		.channel = STR("k"),
		.seconds = 5,
		.stream_id = STR("900"),
		.ended_at = INT64_C(1795435210000),
		.airtime_ms = 10000,
		.heard_ms = 12500,
		.viewers_max = STATS_UNKNOWN,
		.viewer_ms = STATS_UNKNOWN,
		.messages_max_at = INT64_MIN,
		.windows = 4,
		.unknown = 1 };
	struct buf b = { 0 };

	s.n.messages = 7;
	stats_write(&b, &s);
	is(buf_view(&b),
	    COMMON "\"stream\",\"seconds\":5,\"stream_id\":\"900\","
		   "\"started_at\":\"2026-11-23T12:00:00.000Z\",\"ended_at\":"
		   "\"2026-11-23T12:00:10.000Z\",\"airtime_s\":10,"
		   "\"messages\":7,\"messages_avg\":2,\"messages_max\":0,"
		   "\"heard_s\":12.5,\"windows\":4,\"coverage_chat\":1}\n",
	    "7 x 5 / (12.5 + 5) = 2; a coverage is at most 1");
	buf_reset(&b);
	s.airtime_ms = 0;
	s.heard_ms = STATS_UNKNOWN;
	s.unknown = 0;
	stats_write(&b, &s);
	is(buf_view(&b),
	    COMMON "\"stream\",\"seconds\":5,\"stream_id\":\"900\","
		   "\"started_at\":\"2026-11-23T12:00:00.000Z\",\"ended_at\":"
		   "\"2026-11-23T12:00:10.000Z\",\"airtime_s\":0,"
		   "\"messages\":7,\"messages_max\":0,\"windows\":4}\n",
	    "what is not known is absent");
	buf_release(&b);
}

/* What no channel ever had is written so that it can be read again. */
static void
test_nonsense(void)
{
	struct stats s = { .type = STATS_WINDOW,
		.ts = INT64_C(1795435200000),
		.channel = STR("k"),
		.seconds = 5,
		.viewers = 61111111111111112.0,
		.viewers_max = INT64_C(61111111111111111),
		.heard_ms = STATS_UNKNOWN };
	struct stats_reader *r = stats_reader_new();
	struct buf b = { 0 };
	struct errmsg why;

	s.n.bits = INT64_MAX;
	stats_write(&b, &s);
	is(buf_view(&b),
	    COMMON "\"window\",\"seconds\":5,\"viewers\":1000000000000000,"
		   "\"viewers_max\":1000000000000000,\"messages\":0,"
		   "\"bits\":1000000000000000}\n",
	    "counts past 10^15 are written as that");
	b.len--;
	ok(stats_read(r, buf_view(&b), &s, &why), "and read again");
	/* Two minutes of 10^15 viewers: more ms than fit 64 bits. */
	buf_reset(&b);
	s = (struct stats){ .type = STATS_STREAM,
		.ts = INT64_C(1795435200000),
		.channel = STR("k"),
		.seconds = 5,
		.stream_id = STR("900"),
		.ended_at = INT64_C(1795435320000),
		.airtime_ms = 120000,
		.viewers_avg = 1e15,
		.viewers_max = INT64_C(1000000000000000),
		.viewers_max_at = INT64_C(1795435200000),
		.viewer_ms = INT64_MAX,
		.sampled_ms = 120000,
		.heard_ms = STATS_UNKNOWN,
		.messages_max_at = INT64_MIN };
	stats_write(&b, &s);
	b.len--;
	ok(stats_read(r, buf_view(&b), &s, &why), "seconds past 9 x 10^15");
	is_int(s.viewer_ms, INT64_C(9000000000000000000), "as that");
	stats_reader_free(r);
	buf_release(&b);
}

static void
test_refused(void)
{
	static const struct {
		const char *line, *names;
	} bad[] = {
		{ "x", "JSON" },
		{ "5", "object" },
		{ "{}", "ts" },
		{ COMMON "\"windows\",\"seconds\":5}", "type" },
		{ COMMON "\"window\"}", "seconds" },
		{ COMMON "\"window\",\"seconds\":0,\"messages\":0}",
		    "seconds" },
		{ COMMON "\"window\",\"seconds\":2.5}", "seconds" },
		{ COMMON "\"window\",\"seconds\":5,\"messages\":-1}",
		    "messages" },
		{ COMMON "\"window\",\"seconds\":5,\"heard_s\":\"5\"}",
		    "heard_s" },
		{ COMMON "\"window\",\"seconds\":5,\"heard_s\":-0.5}",
		    "heard_s" },
		{ COMMON "\"window\",\"seconds\":5,\"mentions\":[\"a\"]}",
		    "mentions" },
		{ COMMON "\"stream\",\"seconds\":5}", "stream_id" },
		{ COMMON "\"stream\",\"seconds\":5,\"stream_id\":\"1\","
			 "\"started_at\":\"2026-11-23T12:00:00.001Z\","
			 "\"ended_at\":\"2026-11-23T13:00:00.000Z\","
			 "\"airtime_s\":1,\"messages\":0,"
			 "\"messages_max\":0,\"windows\":0}",
		    "started_at" },
	};
	struct stats s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct errmsg why = { .text = "" };

		ok(!stats_read(reader, str_of(bad[i].line), &s, &why) &&
			strstr(why.text, bad[i].names) != NULL,
		    "refused: %s (%s)", bad[i].line, why.text);
	}
}

/* Checks that `line` is refused when it lacks `key`, which is not its last, and that
 * the reason says so. */
static void
lacks(const char *line, const char *key)
{
	char cut[2048], member[64], reason[96];
	struct errmsg why = { .text = "" };
	struct stats s;
	const char *begin, *end;

	snprintf(member, sizeof(member), "\"%s\":", key);
	snprintf(reason, sizeof(reason), "stats: %s is missing", key);
	begin = strstr(line, member);
	end = strstr(begin, ",\"") + 1;
	snprintf(cut, sizeof(cut), "%.*s%s", (int)(begin - line), line, end);
	ok(!stats_read(reader, str_of(cut), &s, &why) &&
		strstr(why.text, reason) != NULL,
	    "refused without %s (%s)", key, why.text);
}

/* What a line always says is not taken for 0 when it does not. */
static void
test_lacks(void)
{
	static const char *const common[] = { "ts", "channel", "type",
		"seconds", "messages" };
	static const char *const more[] = { "stream_id", "ended_at",
		"airtime_s", "messages_max", "viewers_avg", "viewers_max",
		"viewers_max_at", "viewer_s", "sampled_s" };

	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++) {
		lacks(window, common[i]);
		lacks(stream, common[i]);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		lacks(stream, more[i]);
}

int
main(void)
{
	reader = stats_reader_new();
	test_lines();
	test_write();
	test_nonsense();
	test_refused();
	test_lacks();
	stats_reader_free(reader);
	stats_reader_free(NULL);
	return tap_done();
}
