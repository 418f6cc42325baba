/*
 * Mentions worked out by hand.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "model/mentions.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static void
say(struct mentions *m, int64_t at, const char *user, const char *badges,
    const char *names)
{
	struct event e;

	event_clear(&e);
	e.ts = T0 + at;
	e.type = EVENT_MESSAGE;
	e.channel = STR("k");
	e.user_id = str_of(user);
	e.badges = str_of(badges);
	e.mentions = str_of(names);
	mentions_add_event(m, &e);
}

static struct stats
stream(const char *id, int64_t viewer_ms)
{
	return (struct stats){ .type = STATS_STREAM,
		.ts = T0,
		.channel = STR("k"),
		.stream_id = str_of(id),
		.viewer_ms = viewer_ms };
}

static void
test_events(void)
{
	struct mentions *m = mentions_new(INT64_MIN, INT64_MAX);
	struct mentions_report r;
	struct stats s;
	struct event copy;

	say(m, 1000, "1", "broadcaster/1,subscriber/3", "[\"cola\"]");
	say(m, 2000, "2", "moderator/1", "[\"cola\",\"cola\"]");
	say(m, 61000, "2", "subscriber/12", "[\"cola\",\"tee\"]");
	say(m, 62000, "3", "bot-moderator/1", "[\"cola\"]");
	say(m, 63000, "3", "", "[\"cola\"]");
	say(m, 5000, "3", "", "");
	event_clear(&copy);
	copy.ts = T0;
	copy.type = EVENT_MESSAGE;
	copy.mentions = STR("[\"cola\"]");
	copy.shared_from = STR("9");
	mentions_add_event(m, &copy);
	/* The later line of a stream counts: 2,500 viewer-minutes. */
	s = stream("1", 1);
	mentions_add_stats(m, &s);
	s = stream("1", 2000 * MS_PER_MIN);
	mentions_add_stats(m, &s);
	s = stream("2", 500 * MS_PER_MIN);
	mentions_add_stats(m, &s);
	s = stream("3", STATS_UNKNOWN);
	mentions_add_stats(m, &s);
	mentions_sum(m, "UTC", &r);
	ok(r.events, "from events");
	if (is_int((int64_t)r.n_names, 2, "two names")) {
		const struct mentions_name *n = r.names;

		is(n[0].name, "cola", "by mentions");
		is_int(n[0].mentions, 5, "a name counts once a message");
		is_int(n[0].people, 3, "people");
		is_int(n[0].by[MENTIONS_BROADCASTER], 1, "broadcaster");
		is_int(n[0].by[MENTIONS_MODERATORS], 1, "moderators");
		is_int(n[0].by[MENTIONS_VIEWERS], 3, "viewers");
		ok(n[0].per_1000_viewer_min == 2, "5 / 2500 x 1000");
		is_int(n[0].first, T0 + 1000, "first");
		is_int(n[0].last, T0 + 63000, "last");
		is_int(n[0].busiest, T0 + 60000, "the busiest minute");
		is_int(n[0].busiest_mentions, 3, "its mentions");
		ok(n[0].hours[12] == 5, "by the hour");
		is(n[1].name, "tee", "the other");
		is_int(n[1].people, 1, "its people");
	}
	mentions_report_release(&r);
	mentions_free(m);
}

static void
test_windows(void)
{
	struct mentions *m = mentions_new(T0, T0 + MS_PER_HOUR);
	struct stats w = { .type = STATS_WINDOW,
		.ts = T0,
		.channel = STR("k"),
		.seconds = 5,
		.mentions = STR("{\"cola\":3,\"tee\":1}") };
	struct mentions_report r;

	mentions_add_stats(m, &w);
	mentions_add_stats(m, &w);
	w.ts = T0 - 5000;
	mentions_add_stats(m, &w);
	w.ts = T0 + MS_PER_HOUR;
	mentions_add_stats(m, &w);
	mentions_sum(m, "UTC", &r);
	ok(!r.events, "from windows");
	if (is_int((int64_t)r.n_names, 2, "two names")) {
		is_int(r.names[0].mentions, 3, "once, and inside the limits");
		is_int(r.names[0].people, STATS_UNKNOWN, "nobody knows who");
		ok(r.names[0].per_1000_viewer_min == STATS_UNKNOWN,
		    "nor for whom");
	}
	mentions_report_release(&r);
	mentions_free(m);
}

/* A window that comes again replaces itself; those of another length than their
 * stream's do not count beside it. */
static void
test_again(void)
{
	struct mentions *m = mentions_new(INT64_MIN, INT64_MAX);
	struct stats w = { .type = STATS_WINDOW,
		.ts = T0,
		.channel = STR("k"),
		.seconds = 5,
		.stream_id = STR("7"),
		.mentions = STR("{\"cola\":3}") };
	struct stats s = { .type = STATS_STREAM,
		.ts = T0,
		.channel = STR("k"),
		.seconds = 5,
		.stream_id = STR("7"),
		.viewer_ms = STATS_UNKNOWN };
	struct mentions_report r;

	mentions_add_stats(m, &w);
	w.mentions = STR("{\"cola\":4,\"tee\":2}");
	mentions_add_stats(m, &w);
	w.ts = T0 + 5000;
	mentions_add_stats(m, &w);
	w.mentions = STR_ABSENT;
	mentions_add_stats(m, &w);
	w.ts = T0;
	w.seconds = 60;
	w.mentions = STR("{\"cola\":100}");
	mentions_add_stats(m, &w);
	mentions_add_stats(m, &s);
	w.stream_id = STR_ABSENT;
	w.ts = T0 + MS_PER_HOUR;
	w.mentions = STR("{\"cola\":10}");
	mentions_add_stats(m, &w);
	mentions_sum(m, "UTC", &r);
	if (is_int((int64_t)r.n_names, 2, "again: two names")) {
		is_int(r.names[0].mentions, 14, "the later 4, and 10 outside");
		is_int(r.names[0].last, T0 + MS_PER_HOUR, "the last");
		is_int(r.names[1].mentions, 2, "one that the first had not");
		is_int(r.names[1].last, T0, "not what was taken back");
	}
	mentions_report_release(&r);
	mentions_free(m);
}

/* The channels one after the other, each over the same hour; and a line with more
 * names than anybody says, one of them twice. */
static void
test_order(void)
{
	struct mentions *m = mentions_new(INT64_MIN, INT64_MAX);
	struct mentions_report r;
	char names[2048] = "[\"n0\"", *p = names + 5;

	for (int i = 0; i < 30000; i++)
		say(m, i % 60 * MS_PER_MIN, "1", "", "[\"cola\"]");
	say(m, 17 * MS_PER_MIN + 1, "1", "", "[\"cola\"]");
	for (int i = 1; i < 100; i++)
		p += snprintf(p, 16, ",\"n%d\"", i);
	snprintf(p, 16, ",\"n99\"]");
	say(m, 0, "1", "", names);
	mentions_sum(m, "UTC", &r);
	if (is_int((int64_t)r.n_names, 101, "names")) {
		is_int(r.names[0].mentions, 30001, "all count");
		is_int(r.names[0].busiest, T0 + 17 * MS_PER_MIN,
		    "a minute is one, whenever it comes");
		is_int(r.names[0].busiest_mentions, 501, "30,000 / 60 + 1");
		ok(r.names[0].hours[12] == 30001, "by the hour");
		is_int(r.names[1].mentions, 1, "each name of a line once");
	}
	mentions_report_release(&r);
	mentions_free(m);
}

int
main(void)
{
	test_events();
	test_order();
	test_windows();
	test_again();
	return tap_done();
}
