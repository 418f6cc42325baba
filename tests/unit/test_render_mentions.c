/*
 * The mentions in each format: figures by hand, and no stranger's markup.
 */
#define _GNU_SOURCE /* memmem */
#include "tap.h"

#include "base/zone.h"
#include "render/render.h"

#define T0 INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct buf b;

/* Two people speak of `<em x>`, one of them, a moderator, twice; before 500 viewers
 * for an hour. */
static struct mentions *
spoken(void)
{
	struct mentions *m = mentions_new(INT64_MIN, INT64_MAX);
	struct stats stream = { .type = STATS_STREAM,
		.ts = T0,
		.channel = STR("k"),
		.stream_id = STR("1"),
		.viewer_ms = INT64_C(500) * 3600000 };
	struct event e;

	event_clear(&e);
	e.type = EVENT_MESSAGE;
	e.channel = STR("k");
	e.mentions = STR("[\"<em x>\"]");
	for (int i = 0; i < 3; i++) {
		e.ts = T0 + i * 20000;
		e.user_id = i == 0 ? STR("1") : STR("2");
		e.badges = i == 0 ? STR_ABSENT : STR("moderator/1");
		mentions_add_event(m, &e);
	}
	mentions_add_stats(m, &stream);
	return m;
}

static void
has(const char *text, const char *name)
{
	ok(memmem(b.p, b.len, text, strlen(text)) != NULL, "%s: %s", name,
	    text);
}

static void
render(struct mentions *m, const char *format)
{
	struct mentions_report r;

	buf_reset(&b);
	mentions_sum(m, "UTC", &r);
	render_by_name(format)->mentions(&b, &r);
	mentions_report_release(&r);
}

int
main(void)
{
	struct mentions *m = spoken(), *nothing;
	struct errmsg why;

	ok(zone_set("UTC", &why), "the zone");
	render(m, "html");
	has("<h2><bdi>&lt;em x&gt;</bdi></h2>", "html");
	ok(memmem(b.p, b.len, "<em x>", 6) == NULL,
	    "html: no markup of theirs");
	has("<td>3</td><td>2</td>", "html: mentions and people");
	/* 3 in 30,000 viewer-minutes. */
	has("30,000 viewer-minutes", "html");
	has("<td>0.10</td>", "html: per 1,000 of them");
	has("<td>66.7 %</td>", "html: by moderators");
	has("12:00 (3)", "html: the busiest minute");
	render(m, "text");
	has("<em x>", "text");
	has("66.7 %", "text");
	render(m, "csv");
	has("<em x>", "csv");
	render(m, "json");
	has("\"name\":\"<em x>\",\"mentions\":3", "json");
	mentions_free(m);
	nothing = mentions_new(INT64_MIN, INT64_MAX);
	render(nothing, "text");
	has("no name fell", "text");
	render(nothing, "html");
	has("<h1>Mentions</h1>", "html of nothing");
	mentions_free(nothing);
	buf_release(&b);
	return tap_done();
}
