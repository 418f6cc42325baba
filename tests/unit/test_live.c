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
	ok(rows[1].coverage == 10.0 / 15, "10 of 15 seconds heard");
	live_messages(l, rows[1].channel, T0 + 15000, v, 4);
	ok(v[0] == STATS_UNKNOWN && v[1] == 60 && v[2] == 60 && v[3] == 45,
	    "its windows");
	free(rows);
	is_int((int64_t)live_rows(l, T0 + 65000, &rows), 2, "a minute later");
	is_int(rows[1].messages, 105, "the first window has gone");
	free(rows);
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
	char name[16];
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

int
main(void)
{
	test_rows();
	test_ties();
	test_frame();
	return tap_done();
}
