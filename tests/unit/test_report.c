/*
 * A week beside the week before, worked out by hand.
 */
#include "tap.h"

#include <math.h>
#include <stdlib.h>

#include "base/zone.h"
#include "model/report.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z, a Monday, W48 */

static struct stats
stream(const char *channel, const char *id, int64_t ts)
{
	return (struct stats){ .type = STATS_STREAM,
		.ts = ts,
		.channel = str_of(channel),
		.seconds = 5,
		.stream_id = str_of(id),
		.ended_at = ts + MS_PER_HOUR,
		.title = STR("Titel"),
		.category = STR("Chess"),
		.airtime_ms = MS_PER_HOUR,
		.viewers_avg = 40,
		.viewers_max = 50,
		.viewers_max_at = ts + 1,
		.viewer_ms = 40 * MS_PER_HOUR,
		.sampled_ms = MS_PER_HOUR,
		.heard_ms = MS_PER_HOUR / 2,
		.n = { .messages = 360, .chatters = 10, .bits = 5 },
		.messages_max = 3,
		.messages_max_at = ts + 2,
		.windows = 721 };
}

static void
test_week(void)
{
	struct report *r = report_new();
	struct stats s;
	struct weekly w;
	struct week week;

	ok(week_parse(STR("2026-W48"), &week), "the week");
	is_int(report_newest(r), INT64_MIN, "no stream");
	s = stream("eins", "1", T0);
	s.n.messages = 1;
	report_add(r, &s);
	s = stream("eins", "1", T0);
	report_add(r, &s);
	s = stream("eins", "2", T0 + MS_PER_DAY);
	s.viewer_ms = 20 * MS_PER_HOUR;
	s.viewers_max = 60;
	s.sampled_ms = MS_PER_HOUR / 2;
	s.heard_ms = MS_PER_HOUR;
	s.open = true;
	report_add(r, &s);
	s = stream("eins", "0", T0 - 7 * MS_PER_DAY);
	s.n.messages = 7;
	report_add(r, &s);
	s = stream("zwei", "1", T0 + 1);
	s.viewer_ms = 100 * MS_PER_HOUR;
	report_add(r, &s);
	s = stream("drei", "1", T0 - 7 * MS_PER_DAY);
	report_add(r, &s);
	s = stream("vier", "1", T0);
	s.viewer_ms = s.viewers_max = STATS_UNKNOWN;
	s.viewers_avg = STATS_UNKNOWN;
	s.heard_ms = STATS_UNKNOWN;
	s.inferred = true;
	report_add(r, &s);
	is_int(report_newest(r), T0 + MS_PER_DAY, "the newest stream");

	report_weekly(r, week, "UTC", &w);
	is(str_of(w.week), "2026-W48", "its name");
	is(str_of(w.before), "2026-W47", "that of the week before");
	is_int(w.from, T0 - 12 * MS_PER_HOUR, "from Monday");
	is_int(w.to - w.from, 7 * MS_PER_DAY, "seven days");
	is_int(w.seconds, 5, "of windows of 5 s");
	if (is_int((int64_t)w.n_channels, 3, "channels of this week")) {
		const struct weekly_channel *c = w.channels;
		const struct weekly_figures *f = &c[1].now;

		is(c[0].name, "zwei", "by hours watched");
		is(c[1].name, "eins", "then");
		is(c[2].name, "vier", "then");
		is_int(f->streams, 2, "streams");
		is_int(f->open, 1, "open");
		is_int(f->airtime_ms, 2 * MS_PER_HOUR, "airtime");
		is_int(f->viewers_max, 60, "viewers_max");
		is_int(f->viewers_max_at, T0 + MS_PER_DAY + 1, "its time");
		is_int(f->viewer_ms, 60 * MS_PER_HOUR, "viewer_ms");
		is_int(f->messages, 720, "the later line counts");
		is_int(f->messages_max_at, T0 + 2, "the first of equals");
		is_int(f->chatters_sum, 20, "chatters");
		is_int(f->bits, 10, "bits");
		ok(f->viewers_avg == 40, "60 h / 1.5 h = 40");
		/* 720 messages x 5 s / 5400 s */
		ok(f->messages_avg > 0.66666 && f->messages_avg < 0.66667,
		    "messages a window");
		ok(f->coverage_viewers == 0.75, "1.5 h of 2 h sampled");
		ok(f->coverage_chat == 0.75, "1.5 h of 2 h heard");
		ok(c[1].has_previous && c[1].previous.messages == 7,
		    "the week before");
		ok(!c[0].has_previous, "another has none");
		is_int((int64_t)c[1].n_streams, 2, "its streams");
		is_int(c[1].streams[0].started_at, T0, "by time");
		is(c[1].streams[0].title, "Titel", "with a title");
		is(c[1].streams[1].category, "Chess", "and a category");
		is_int(c[2].now.inferred, 1, "from chat alone");
		is_int(c[2].now.viewer_ms, STATS_UNKNOWN, "no viewers known");
		ok(c[2].now.viewers_avg == STATS_UNKNOWN &&
			c[2].now.coverage_viewers == STATS_UNKNOWN &&
			c[2].now.coverage_chat == STATS_UNKNOWN,
		    "nor any ratio of them");
	}
	weekly_release(&w);
	report_free(r);
}

/* Of nonsense an average is no greater than a count, so that JSON can be read. */
static void
test_nonsense(void)
{
	struct report *r = report_new();
	struct stats s = stream("eins", "1", T0);
	struct week week = { 0 };
	struct weekly w;

	s.n.messages = STATS_COUNT_MAX;
	s.viewer_ms = INT64_MAX;
	s.heard_ms = s.sampled_ms = 1;
	report_add(r, &s);
	ok(week_parse(STR("2026-W48"), &week), "the week");
	report_weekly(r, week, "UTC", &w);
	ok(w.channels[0].now.messages_avg == (double)STATS_COUNT_MAX,
	    "messages a window");
	ok(w.channels[0].now.viewers_avg == (double)STATS_COUNT_MAX, "viewers");
	weekly_release(&w);
	report_free(r);
}

/* Windows of which nothing is known count as heard, once each. */
static void
test_unknown(void)
{
	struct report *r = report_new();
	struct stats s = stream("eins", "1", T0);
	struct stats window = { .type = STATS_WINDOW,
		.ts = T0,
		.channel = STR("eins"),
		.seconds = 5,
		.stream_id = STR("1"),
		.heard_ms = STATS_UNKNOWN };
	struct week week = { 0 };
	struct weekly w;

	s.heard_ms = 10000;
	s.n.messages = 4;
	report_add(r, &window);
	report_add(r, &window);
	window.ts += 5000;
	report_add(r, &window);
	report_add(r, &s);
	ok(week_parse(STR("2026-W48"), &week), "the week");
	report_weekly(r, week, "UTC", &w);
	ok(w.n_channels == 1 && w.channels[0].now.messages_avg == 1,
	    "4 x 5 / (10 + 2 x 5) = 1");
	weekly_release(&w);
	window.heard_ms = 0;
	report_add(r, &window);
	s.n.messages = 3;
	report_add(r, &s);
	report_weekly(r, week, "UTC", &w);
	ok(w.n_channels == 1 && w.channels[0].now.messages_avg == 1,
	    "a later window takes its place: 3 x 5 / (10 + 5) = 1");
	weekly_release(&w);
	report_free(r);
	report_free(NULL);
}

/* A channel's streams in a stretch of time; one stream by its id. */
static void
test_history(void)
{
	struct report *r = report_new();
	struct stats window = { .type = STATS_WINDOW,
		.ts = T0,
		.channel = STR("eins"),
		.seconds = 5,
		.stream_id = STR("2"),
		.heard_ms = 5000,
		.viewers = 7,
		.viewers_max = 8,
		.n = { .messages = 3 } };
	struct report_stream one;
	struct on_air *on_air;
	struct stats s;
	struct history h;
	struct str *names;

	report_keep_courses(r, 1000, STR_ABSENT);
	s = stream("eins", "2", T0);
	s.open = true;
	report_add(r, &window);
	report_add(r, &s);
	s = stream("eins", "1", T0 - MS_PER_DAY);
	report_add(r, &s);
	s = stream("zwei", "2", T0 + 1);
	report_add(r, &s);
	is_int((int64_t)report_channels(r, &names), 2, "channels");
	is(names[1], "zwei", "by name");
	free(names);
	report_history(r, STR("eins"), INT64_MIN, INT64_MAX, "UTC", &h);
	is_int((int64_t)h.n_streams, 2, "all streams");
	is(h.streams[0].s->stream_id, "1", "by time");
	is_int(h.sum.messages, 720, "summed up");
	is_int((int64_t)h.streams[1].course->n, 1, "with a course");
	history_release(&h);
	report_history(r, STR("eins"), T0, T0 + 1, "UTC", &h);
	is_int((int64_t)h.n_streams, 1, "in a stretch of time");
	is_int(h.sum.messages, 360, "summed up over it");
	history_release(&h);
	report_history(r, STR("drei"), INT64_MIN, INT64_MAX, "UTC", &h);
	is_int((int64_t)h.n_streams, 0, "nobody's");
	history_release(&h);
	is_int((int64_t)report_find(r, STR("eins"), STR("2"), &one), 1, "one");
	is(one.s->channel, "eins", "of that channel");
	is_int((int64_t)report_find(r, STR_ABSENT, STR("2"), &one), 2,
	    "of two channels");
	is(one.s->channel, "zwei", "the newest");
	is_int((int64_t)report_find(r, STR_ABSENT, STR("latest"), &one), 1,
	    "latest");
	is_int(one.s->ts, T0 + 1, "is the newest");
	is_int((int64_t)report_find(r, STR_ABSENT, STR("9"), &one), 0, "none");
	is_int(report_until(r), T0 + 1 + MS_PER_HOUR, "the end of the data");
	is_int((int64_t)report_on_air(r, 10 * MS_PER_MIN, &on_air), 1,
	    "one is on air");
	is(on_air[0].stream_id, "2", "the open one");
	free(on_air);
	report_free(r);
}

/* With many streams each course gets fewer buckets, all alike. */
static void
test_budget(void)
{
	struct report *r = report_new();
	struct history h;
	size_t n = 0, most = 0;
	struct stats s;
	char id[16];

	report_keep_courses(r, 2000, STR_ABSENT);
	for (int i = 0; i < 40; i++) {
		snprintf(id, sizeof(id), "%d", i);
		for (int k = 0; k < 500; k++) {
			s = (struct stats){ .type = STATS_WINDOW,
				.ts = T0 + i * MS_PER_DAY + k * 5000,
				.channel = STR("eins"),
				.seconds = 5,
				.stream_id = str_of(id),
				.heard_ms = 5000,
				.n = { .messages = k == 77 ? 99 : 1 } };
			report_add(r, &s);
		}
		s = stream("eins", id, T0 + i * MS_PER_DAY);
		report_add(r, &s);
	}
	report_history(r, STR("eins"), INT64_MIN, INT64_MAX, "UTC", &h);
	for (size_t i = 0; i < h.n_streams; i++) {
		const struct course *c = h.streams[i].course;
		struct course_bucket sum;

		course_sum(c, 0, c->n, &sum);
		if (sum.messages == 598 && sum.messages_max == 99)
			n++;
		most = c->n > most ? c->n : most;
	}
	is_int((int64_t)n, 40, "no message and no peak is lost");
	ok(most * 40 <= 2000 * 2 && most >= 16, "in %zu buckets each", most);
	history_release(&h);
	report_free(r);
}

/* Windows of another length than the stream's line lie beside its own. */
static void
test_widths(void)
{
	struct report *r = report_new();
	struct stats s,
	    w = { .type = STATS_WINDOW,
		    .channel = STR("eins"),
		    .stream_id = STR("1"),
		    .heard_ms = STATS_UNKNOWN };
	struct weekly week;

	for (int i = 0; i < 10; i++) {
		w.seconds = 5;
		w.ts = T0 + i * 5 * MS_PER_S;
		report_add(r, &w);
		w.seconds = 60;
		w.ts = T0 + i * MS_PER_MIN;
		report_add(r, &w);
	}
	s = stream("eins", "1", T0);
	report_add(r, &s);
	report_weekly(r, week_of(zone_date(T0)), "UTC", &week);
	/* 360 x 5 / (1800 + 10 x 5) */
	ok(week.n_channels == 1 &&
		fabs(week.channels[0].now.messages_avg - 1800.0 / 1850) < 1e-9,
	    "ten windows of 5 s, of which nothing is known, are heard");
	weekly_release(&week);
	s.seconds = 60;
	report_add(r, &s);
	report_weekly(r, week_of(zone_date(T0)), "UTC", &week);
	/* 360 x 60 / (1800 + 10 x 60) */
	ok(fabs(week.channels[0].now.messages_avg - 9) < 1e-9,
	    "its later line is of 60 s: those of 60 s are");
	weekly_release(&week);
	report_weekly(
	    r, week_of(zone_date(T0 + 70 * MS_PER_DAY)), "UTC", &week);
	is_int(week.seconds, 60, "a week without streams: the widest there is");
	weekly_release(&week);
	report_free(r);
}

/* Adds the windows `from` to before `to` of 5 s, one message each, to the stream. */
static void
add_windows(struct report *r, const char *id, int from, int to)
{
	for (int i = from; i < to; i++) {
		struct stats s = { .type = STATS_WINDOW,
			.ts = T0 + i * 5000,
			.channel = STR("eins"),
			.seconds = 5,
			.stream_id = str_of(id),
			.viewers = STATS_UNKNOWN,
			.viewers_max = i,
			.heard_ms = 5000,
			.n = { .messages = 1 } };

		report_add(r, &s);
	}
}

/* Counts the windows in the course of the stream; its line is added. */
static int64_t
windows_of(struct report *r, const char *id)
{
	struct report_stream one;
	struct course_bucket sum;
	struct stats s = stream("eins", id, T0);

	report_add(r, &s);
	if (report_find(r, STR_ABSENT, str_of(id), &one) != 1)
		return -1;
	course_sum(one.course, 0, one.course->n, &sum);
	return sum.windows;
}

/* Of windows with an equal key the later one counts, whose stream it is, too. */
static void
test_moved(void)
{
	struct report *r = report_new();
	struct report_stream one;

	report_keep_courses(r, 1000, STR_ABSENT);
	add_windows(r, "1", 0, 100);
	add_windows(r, "2", 60, 80);
	is_int(windows_of(r, "1"), 80, "what became another's is gone");
	is_int(windows_of(r, "2"), 20, "and is there");
	add_windows(r, "", 70, 100);
	is_int(windows_of(r, "1"), 60, "what became nobody's is gone");
	is_int(windows_of(r, "2"), 10, "from both");
	is_int((int64_t)report_find(r, STR_ABSENT, STR("1"), &one), 1, "one");
	is_int((int64_t)one.course->n, 60, "it ends with what is left");
	is_int(one.course->last, T0 + 59 * 5000, "there");
	is_int(one.course->sampled, INT64_MIN, "its last sample is gone");
	add_windows(r, "1", 0, 100);
	is_int(windows_of(r, "1"), 100, "and back again");
	is_int(windows_of(r, "2"), 0, "all of it");
	report_free(r);

	r = report_new();
	report_keep_courses(r, 1000, STR("1"));
	add_windows(r, "1", 0, 100);
	add_windows(r, "2", 60, 80);
	is_int(windows_of(r, "1"), 80, "also when one course alone is kept");
	report_free(r);
}

int
main(void)
{
	struct errmsg why;

	ok(zone_set("UTC", &why), "a zone");
	test_week();
	test_nonsense();
	test_unknown();
	test_history();
	test_budget();
	test_widths();
	test_moved();
	return tap_done();
}
