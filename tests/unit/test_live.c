/*
 * The live view's figures, worked out by hand, and its frame.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/tstamp.h"
#include "base/utf8.h"
#include "base/width.h"
#include "model/live.h"
#include "render/frame.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static void
add(struct live *l, const char *channel, int64_t at, int64_t messages,
    int64_t heard_ms)
{
	struct stats s = { .type = STATS_WINDOW,
		.ts = T0 + at,
		.channel = str_of(channel),
		.seconds = 5,
		.stream_id = STR("1"),
		.n = { .messages = messages, .chatters = messages, .bits = 10 },
		.viewers = 50,
		.viewers_max = at == 0 ? 50 : STATS_UNKNOWN,
		.heard_ms = heard_ms };

	live_add(l, &s);
}

/* Equally busy channels: by viewers, then by name. */
static void
test_ties(void)
{
	struct live *l = live_new();
	struct stats s = { .type = STATS_WINDOW,
		.ts = T0,
		.seconds = 5,
		.n = { .messages = 1 },
		.viewers_max = STATS_UNKNOWN,
		.heard_ms = 5000 };
	static const struct {
		const char *channel;
		double viewers;
	} list[] = { { "c", 10 }, { "b", 10 }, { "d", 90 } };
	struct live_row *rows;

	for (size_t i = 0; i < 3; i++) {
		s.channel = str_of(list[i].channel);
		s.viewers = list[i].viewers;
		live_add(l, &s);
	}
	is_int((int64_t)live_rows(l, T0 + 5000, &rows), 3, "three as busy");
	is(rows[0].name, "d", "most viewers first");
	is(rows[1].name, "b", "then by name");
	is(rows[2].name, "c", "the last");
	free(rows);
	live_free(l);
	live_free(NULL);
}

static void
test_rows(void)
{
	struct live *l = live_new();
	struct live_row *rows;
	double v[4];

	is_int(live_until(l), INT64_MIN, "nothing yet");
	add(l, "a", 0, 60, 5000);
	add(l, "a", 5000, 60, 0);
	add(l, "a", 10000, 0, 5000);
	add(l, "b", 10000, 300, 5000);
	/* Again: it takes the place of the one before. */
	add(l, "a", 10000, 45, 5000);
	is_int(live_until(l), T0 + 15000, "the end of the last window");
	is_int((int64_t)live_rows(l, T0 + 20000, &rows), 2, "channels");
	is(rows[0].name, "b", "by activity");
	is_int(rows[1].messages, 165, "60 + 60 + 45");
	/* 5 of the last 60 seconds were deaf. */
	ok(rows[1].messages_s == 165.0 / 55, "165 / 55 s = 3 a second");
	is_int(rows[1].chatters_min, 165, "chatters");
	is_int(rows[1].bits, 30, "bits once a window");
	is_int(rows[1].viewers_age_ms, 20000, "age of the sample");
	/* The window from 15 s on was not read. */
	ok(rows[1].coverage == 10.0 / 20, "10 of 20 seconds heard");
	live_messages(l, rows[1].channel, T0 + 15000, v, 4);
	ok(v[0] == STATS_UNKNOWN && v[1] == 60 && v[2] == 60 && v[3] == 45,
	    "its windows");
	free(rows);
	is_int((int64_t)live_rows(l, T0 + 65000, &rows), 2, "a minute later");
	is_int(rows[1].messages, 105, "the first window has gone");
	free(rows);
	live_free(l);
}

/* A window of `seconds` that begins `at` seconds after T0. */
static struct stats
window(int64_t seconds, int64_t at, int64_t messages, int64_t heard_s)
{
	return (struct stats){ .type = STATS_WINDOW,
		.ts = T0 + at * MS_PER_S,
		.channel = STR("a"),
		.seconds = seconds,
		.stream_id = STR("1"),
		.n = { .messages = messages, .chatters = 3 },
		.viewers = STATS_UNKNOWN,
		.viewers_max = STATS_UNKNOWN,
		.heard_ms = heard_s * MS_PER_S };
}

/* The only channel, `at` seconds after T0. */
static struct live_row
row(const struct live *l, int64_t at)
{
	struct live_row *rows, r = { 0 };

	if (live_rows(l, T0 + at * MS_PER_S, &rows) == 1)
		r = rows[0];
	free(rows);
	return r;
}

/* One message a second is 1 a second, however long windows are. */
static void
test_lengths(void)
{
	/* Of the windows that touch the last minute: 60 of 1 s, 12 of 5 s,
	 * 9 of 7 s, 2 of 40 s, else 1; 3 chatters each. */
	static const struct {
		int64_t seconds, messages, chatters;
	} list[] = { { 1, 60, 180 }, { 5, 60, 36 }, { 7, 63, 27 },
		{ 40, 80, 6 }, { 60, 60, 3 }, { 300, 300, 3 },
		{ 86400, 86400, 3 } };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		int64_t seconds = list[i].seconds;
		/* Begins are multiples of the length. */
		int64_t from = -(T0 / MS_PER_S % seconds);
		int64_t end = from + 700 * seconds;
		struct live *l = live_new();
		struct stats s;
		struct live_row r;
		double v[LIVE_WINDOWS];

		for (int64_t at = from; at < end; at += seconds) {
			s = window(seconds, at, seconds, seconds);
			live_add(l, &s);
		}
		r = row(l, end);
		ok(r.messages_s == 1, "%d s: 1 a second, not %g", (int)seconds,
		    r.messages_s);
		is_int(r.messages, list[i].messages, "messages");
		is_int(r.chatters_min, list[i].chatters, "chatters");
		ok(r.coverage == 1, "all heard");
		live_messages(l, 0, T0 + end * MS_PER_S, v, LIVE_WINDOWS);
		ok(v[0] == seconds && v[LIVE_WINDOWS - 1] == seconds,
		    "all windows of a picture");
		/* The window under way is not there yet: nothing is missing. */
		r = row(l, end + seconds - 1);
		ok(r.messages_s == 1 && r.coverage == 1, "and just before");
		/* A hole in the last one: 0 of 0 seconds, or of what is left. */
		s = window(seconds, end - seconds, 0, 0);
		live_add(l, &s);
		r = row(l, end);
		ok(r.messages_s == (seconds < 60 ? 1 : STATS_UNKNOWN),
		    "a hole is taken out");
		live_free(l);
	}
}

/* Windows of two lengths: no time counts twice. */
static void
test_two_lengths(void)
{
	struct live *l = live_new();
	struct stats s;
	struct live_row r;

	s = window(60, 0, 60, 60);
	s.n.bits = 7;
	live_add(l, &s);
	/* Both within the one above. */
	s = window(5, 0, 5, 5);
	s.n.bits = 7;
	live_add(l, &s);
	s = window(5, 55, 5, 5);
	live_add(l, &s);
	r = row(l, 60);
	is_int(r.messages, 60, "within a longer one: passed over");
	is_int(r.bits, 7, "its bits, too");
	s = window(5, 60, 10, 5);
	s.n.bits = 1;
	live_add(l, &s);
	r = row(l, 65);
	is_int(r.messages, 10, "after it: begun anew");
	is_int(r.bits, 8, "the stream goes on: 7 + 1");
	ok(r.coverage == 1, "5 of 5 s heard");
	is_int(live_until(l), T0 + 65000, "its end");
	live_free(l);
}

static void
test_seen(void)
{
	struct live *l = live_new();
	struct stats s;

	/* Two hours: 110 minutes of hole, ten heard. */
	for (int64_t at = 0; at < 7200; at += 60) {
		s = window(60, at, 1, at < 6600 ? 0 : 60);
		live_add(l, &s);
	}
	ok(row(l, 7200).coverage == 1, "the last ten minutes were heard");
	ok(row(l, 7260).coverage == 0.9, "a minute was not read: 9 of 10");
	ok(row(l, 7200 + 540).coverage == 0.1, "1 of 10");
	ok(row(l, 7200 + 600).coverage == 0, "nothing");
	ok(row(l, 100000).coverage == 0, "and so on");
	live_free(l);

	/* Not known before the first mark. */
	l = live_new();
	for (int64_t at = 0; at < 600; at += 5) {
		s = window(5, at, 1, 5);
		if (at < 300)
			s.heard_ms = STATS_UNKNOWN;
		live_add(l, &s);
		if (at == 100)
			ok(row(l, 200).coverage == STATS_UNKNOWN, "no mark");
	}
	ok(row(l, 600).coverage == 1, "300 of the 300 s that are known");
	s = window(5, 595, 1, 2);
	live_add(l, &s);
	ok(row(l, 600).coverage == 297.0 / 300, "again, 3 s fewer");
	ok(row(l, 700).coverage == 297.0 / 400,
	    "300 to 700 s, the end not read");
	/* Outside of streams quiet windows are not written. */
	s = window(5, 800, 1, 4);
	s.stream_id = STR_ABSENT;
	live_add(l, &s);
	ok(row(l, 1300).coverage == 0.8, "4 of the 5 s that are known");
	live_free(l);
}

/* Windows of 5 s; whose they are changes. */
static void
test_streams(void)
{
	static const struct {
		int64_t at;
		const char *id;
		int64_t bits, paid; /* of the window */
		int64_t all_bits, all_paid;
	} list[] = {
		{ 0, "1", 100, 1, 100, 1 },
		{ 5, "2", 0, 0, 0, 0 },
		/* Of the former stream, again. */
		{ 0, "1", 100, 0, 0, 0 },
		{ 15, "2", 7, 1, 7, 1 },
		/* One more, found out late to be of the present one. */
		{ 0, "2", 50, 2, 57, 3 },
		{ 0, "1", 50, 2, 7, 1 },
		/* Written late for the first time, in between. */
		{ 10, "2", 20, 1, 27, 2 },
		{ 20, "", 1000, 4, 1000, 4 },
		{ 25, "", 1, 1, 1001, 5 },
		/* The newest window gets its stream: it came back. */
		{ 25, "2", 1, 1, 28, 3 },
		/* Much later: all these are kept no longer. */
		{ 6000, "2", 2, 1, 30, 4 },
		/* Too old by now. */
		{ 10, "2", 9, 9, 30, 4 },
		{ 12000, "", 4, 1, 4, 1 },
		{ 18000, "", 5, 1, 9, 2 },
		{ 24000, "2", 3, 0, 33, 4 },
		{ 30000, "", 6, 1, 6, 1 },
		{ 36000, "3", 8, 1, 8, 1 },
	};
	struct live *l = live_new();

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct stats s = window(5, list[i].at, 1, 5);
		struct live_row r;

		s.stream_id = str_of(list[i].id);
		s.n.bits = list[i].bits;
		s.n.paid_messages = list[i].paid;
		live_add(l, &s);
		r = row(l, 36005);
		is_int(r.bits, list[i].all_bits, "line %zu: bits", i);
		is_int(r.paid_messages, list[i].all_paid, "paid");
	}
	live_free(l);
}

/* However long it goes on, and whatever a name is made of. */
static void
test_frame(void)
{
	struct live *l = live_new();
	struct frame f = { .columns = 80,
		.rows = 24,
		.now = T0 + 5000,
		.tz = "UTC",
		.eol = "\n" };
	struct buf b = { 0 }, flat = { 0 };
	char name[24];
	struct str rest;
	int lines = 0;
	bool fits = true;

	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "kanal_%02d", i);
		for (int k = 0; k < 300; k++)
			add(l, name, k * 5000, i, 5000);
	}
	add(l,
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xf0\x9f\x98\x80"
	    "\033[31m\xe2\x80\xaexyz0123456789",
	    1500000, 500, 5000);
	f.now = T0 + 1505000;
	frame_render(&b, l, &f);
	for (rest = buf_view(&b); rest.len > 0; lines++) {
		const char *end = memchr(rest.p, '\n', rest.len);
		struct str line = { rest.p,
			end != NULL ? (size_t)(end - rest.p) : rest.len };

		buf_reset(&flat);
		fits &= width_text(&flat, line, 1000) == 79 &&
		    memchr(line.p, '\033', line.len) == NULL &&
		    utf8_valid(line);
		rest.p += line.len + (end != NULL);
		rest.len -= line.len + (end != NULL);
	}
	is_int(lines, 24, "24 lines");
	ok(fits, "each 79 columns wide, without an escape");
	f.top = 1000;
	buf_reset(&b);
	frame_render(&b, l, &f);
	is_int((int64_t)f.top, 51 - 22, "scrolled to the end, and no further");
	buf_release(&b);
	buf_release(&flat);
	live_free(l);
}

/* Tells whether the frame of `l`, 58 columns wide, has `want` in it. */
static bool
shows(struct live *l, const char *want)
{
	struct frame f = {
		.columns = 58, .now = T0 + 5000, .tz = "UTC", .eol = "\n"
	};
	struct buf b = { 0 };
	bool found;

	frame_render(&b, l, &f);
	buf_byte(&b, '\0');
	found = strstr(b.p, want) != NULL;
	buf_release(&b);
	return found;
}

/* Viewers are a mean, and rounded: 99.5 is 100, 1234.4 is 1,234. */
static void
test_viewers(void)
{
	struct live *l = live_new();
	struct stats s = window(5, 0, 60, 5);

	s.channel = STR("kanal_eins");
	s.viewers = 99.5;
	live_add(l, &s);
	s.channel = STR("kanal_zwei");
	s.n.messages = 0;
	s.viewers = 1234.4;
	live_add(l, &s);
	ok(shows(l,
	       "\nkanal_eins    1.0        3     100    \xe2\x80\x93"
	       "       0    0 100%\n"
	       "kanal_zwei    0.0        3   1,234    \xe2\x80\x93"
	       "       0    0 100%"),
	    "rounded");
	live_free(l);
}

/* Where millions watch and pay, no figure is cut or touches the one before. */
static void
test_millions(void)
{
	struct live *l = live_new();
	struct stats s = window(5, 0, 60, 5);

	s.channel = STR("kanal_eins");
	s.stream_id = STR("1");
	s.viewers = 4873412;
	s.n.bits = 1005000;
	s.n.paid_messages = 12345;
	live_add(l, &s);
	s.channel = STR("kanal_zwei");
	s.n.messages = 0;
	s.viewers = 999999;
	s.n.bits = 999999;
	s.n.paid_messages = 9999;
	live_add(l, &s);
	ok(shows(l,
	       "\nkanal_eins    1.0        3    4.9M    \xe2\x80\x93"
	       "      1M  12k 100%\n"
	       "kanal_zwei    0.0        3 999,999    \xe2\x80\x93"
	       " 999,999  10k 100%"),
	    "told short");
	live_free(l);
}

/* Rows of the width asked for, with the name, whatever that leaves of the rest. */
static void
test_narrow(void)
{
	static const struct {
		size_t columns;
		const char *lines[3];
	} list[] = {
		{ 58,
		    { "channel     msg/s chat/min viewers  age    bits paid seen",
			"kanal_eins    1.0        3     100   5s       0    0 100%",
			"kanal_zwei    0.0        3   1,234   5s       0    0 100%" } },
		{ 57,
		    { "channel         msg/s chat/min viewers  age    bits seen",
			"kanal_eins        1.0        3     100   5s       0 100%",
			"kanal_zwei        0.0        3   1,234   5s       0 100%" } },
		{ 40,
		    { "channel     msg/s chat/min viewers seen",
			"kanal_eins    1.0        3     100 100%",
			"kanal_zwei    0.0        3   1,234 100%" } },
		{ 20,
		    { "channel       msg/s", "kanal_eins      1.0",
			"kanal_zwei      0.0" } },
	};
	struct live *l = live_new();
	struct stats s = window(5, 0, 60, 5);
	struct buf b = { 0 };

	s.channel = STR("kanal_eins");
	s.viewers = 99.5;
	s.viewers_max = 100;
	live_add(l, &s);
	s.channel = STR("kanal_zwei");
	s.n.messages = 0;
	s.viewers = 1234.4;
	live_add(l, &s);
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct frame f = { .columns = list[i].columns,
			.now = T0 + 5000,
			.tz = "UTC",
			.eol = "\n" };
		struct str rest;

		buf_reset(&b);
		frame_render(&b, l, &f);
		rest = buf_view(&b);
		for (int k = -1; k < 3; k++) {
			const char *end = memchr(rest.p, '\n', rest.len);
			size_t len =
			    end != NULL ? (size_t)(end - rest.p) : rest.len;

			if (k >= 0)
				is(((struct str){ rest.p, len }),
				    list[i].lines[k], "%zu columns",
				    list[i].columns);
			rest.p += len + (end != NULL);
			rest.len -= len + (end != NULL);
		}
	}
	/* Every width fits, its heads too. */
	for (size_t columns = 20; columns <= 1000; columns++) {
		struct frame f = { .columns = columns,
			.now = T0 + 5000,
			.tz = "UTC",
			.eol = "" };
		struct buf flat = { 0 };

		size_t used, most = columns - 1;

		/* The sparkline ends somewhere. */
		if (most > 26 + LIVE_WINDOWS + 47)
			most = 26 + LIVE_WINDOWS + 47;
		buf_reset(&b);
		frame_render(&b, l, &f);
		used = width_text(&flat, buf_view(&b), 10000);
		if (used != 2 * (columns - 1) + 2 * most)
			ok(false, "%zu columns: %zu", columns, used);
		buf_release(&flat);
	}
	buf_release(&b);
	live_free(l);
}

int
main(void)
{
	test_rows();
	test_ties();
	test_lengths();
	test_two_lengths();
	test_seen();
	test_streams();
	test_frame();
	test_viewers();
	test_millions();
	test_narrow();
	return tap_done();
}
