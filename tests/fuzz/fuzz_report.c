/*
 * fuzz report: a row of windows, streams and events, made of a few bytes each,
 * through all of tw-report: every report in every format, the site, the live
 * view. JSON can be read, CSV has as many fields in each row, what is open in
 * HTML is closed, text is as narrow as it has to be, and sums are right.
 */
#include "fuzz.h"

#include <ctype.h>
#include <jansson.h>

#include "base/tstamp.h"
#include "base/utf8.h"
#include "base/week.h"
#include "base/width.h"
#include "base/zone.h"
#include "model/live.h"
#include "render/render.h"
#include "render/site.h"

#define T0      INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define LINES   200
#define COLUMNS 100

static struct buf out;
static bool wild; /* figures are as great as they may be: wider than a column */

/* Checks that each `<x>` of the page has its `</x>`, one in the other. */
static void
check_html(struct str page)
{
	static const char *const alone[] = { "!DOCTYPE", "!doctype", "meta",
		"link", "br", "hr", "img", "input", "col", "wbr" };
	char open[64][16];
	int depth = 0;

	while (page.len > 0) {
		const char *lt = memchr(page.p, '<', page.len), *p, *gt;
		char name[16] = "";
		size_t n = 0;
		bool ends, is_alone = false;

		if (lt == NULL)
			break;
		p = lt + 1;
		ends = *p == '/';
		p += ends;
		while (n < 15 && (isalnum((unsigned char)p[n]) || p[n] == '!'))
			n++;
		must(n > 0 && n < 15);
		memcpy(name, p, n);
		gt = memchr(p, '>', (size_t)(page.p + page.len - p));
		must(gt != NULL);
		page.len -= (size_t)(gt + 1 - page.p);
		page.p = gt + 1;
		for (size_t i = 0; i < sizeof(alone) / sizeof(*alone); i++)
			is_alone |= strcmp(name, alone[i]) == 0;
		if (is_alone || gt[-1] == '/')
			continue;
		if (ends) {
			must(depth > 0 && strcmp(open[--depth], name) == 0);
			continue;
		}
		must(depth < 64);
		memcpy(open[depth++], name, sizeof(name));
		/* What is inside of these is no HTML. */
		if (strcmp(name, "script") == 0 || strcmp(name, "style") == 0) {
			struct str end = { name, n };

			while (page.len > n + 2 &&
			    !(page.p[0] == '<' && page.p[1] == '/' &&
				str_starts(
				    (struct str){ page.p + 2, page.len - 2 },
				    end))) {
				page.p++;
				page.len--;
			}
		}
	}
	must(depth == 0);
}

/* Counts the fields of each row: RFC 4180, but for LF alone. */
static void
check_csv(struct str text)
{
	size_t fields = 0, n = 1;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		quoted ^= c == '"';
		if (quoted)
			continue;
		n += c == ',';
		if (c == '\n') {
			must(fields == 0 || fields == n);
			fields = n;
			n = 1;
		}
	}
	must(!quoted);
	must(text.len == 0 || text.p[text.len - 1] == '\n');
}

static void
check_text(struct str text)
{
	static struct buf b;
	struct str line;

	while (fuzz_line(&text, &line)) {
		buf_reset(&b);
		/* A figure that is wider than its column moves the others. */
		must(wild || width_text(&b, line, 1000) <= COLUMNS + 4);
	}
}

static void
check_json(struct str text)
{
	json_t *root;

	must(text.len > 0 && text.p[text.len - 1] == '\n');
	must(memchr(text.p, '\n', text.len - 1) == NULL);
	root = json_loadb(text.p, text.len, JSON_ALLOW_NUL, NULL);
	must(root != NULL);
	json_decref(root);
}

/* Checks what `r` has appended to `out`, and forgets it. */
static void
check(const struct render *r)
{
	struct str text = buf_view(&out);

	must(utf8_valid(text));
	if (strcmp(r->name, "json") == 0)
		check_json(text);
	else if (strcmp(r->name, "csv") == 0)
		check_csv(text);
	else if (strcmp(r->name, "html") == 0)
		check_html(text);
	else
		check_text(text);
	buf_reset(&out);
}

/* A number of any size: mostly small. */
static int64_t
number(struct fuzz_bytes *in)
{
	unsigned c = fuzz_byte(in);

	if (c >= 192 && wild)
		return c < 248 ? INT64_C(1) << (c - 192) % 50
			       : INT64_C(1000000000000000);
	return c < 128 ? c : (int64_t)(c - 127) * 1000;
}

/* A text: some bytes as they come, without what is not UTF-8. */
static struct str
text(struct fuzz_bytes *in, struct buf *b)
{
	buf_reset(b);
	utf8_repair(b, fuzz_slice(in, fuzz_byte(in) % 24));
	return buf_view(b);
}

static const char *const channels[] = { "kanal_eins", "kanal_zwei",
	"kanal_eins_mit_langem_nam", "k" };
static const char *const ids[] = { "100", "~2026-11-23T12:00:00.000Z", "200",
	"../x" };

static void
make_stream(struct fuzz_bytes *in, struct stats *s)
{
	static struct buf name, title, category, language;
	unsigned how = fuzz_byte(in);

	s->type = STATS_STREAM;
	s->stream_id = str_of(ids[how & 3]);
	s->open = (how & 4) != 0;
	s->inferred = (how & 12) == 8; /* is never open */
	s->ended_at = s->ts + number(in) * 1000;
	if (s->ended_at > TSTAMP_MAX)
		s->ended_at = s->ts;
	s->name = text(in, &name);
	s->title = text(in, &title);
	s->category = text(in, &category);
	s->language = text(in, &language);
	s->airtime_ms = number(in);
	s->viewers_avg = s->messages_avg = STATS_UNKNOWN;
	s->messages_max_at = INT64_MIN;
	s->viewers_max_at = INT64_MIN;
	s->viewer_ms = STATS_UNKNOWN;
	if ((how & 16) != 0) {
		s->viewer_ms = number(in);
		s->sampled_ms = number(in) + (wild ? 0 : 60000);
		s->viewers_avg = (double)number(in) / 7;
		s->viewers_max = number(in);
		s->viewers_max_at = s->ts + 1;
	}
	if ((how & 32) != 0) {
		s->messages_max = number(in);
		s->messages_max_at = s->ts;
		s->messages_avg = (double)number(in) / 3;
	}
	s->chatters_new = number(in);
	s->windows = number(in);
}

static void
make_window(struct fuzz_bytes *in, struct stats *s)
{
	unsigned how = fuzz_byte(in);

	s->type = STATS_WINDOW;
	s->ts -= s->ts % (s->seconds * 1000);
	if ((how & 3) != 3)
		s->stream_id = str_of(ids[how & 3]);
	s->viewers = STATS_UNKNOWN;
	if ((how & 4) != 0) {
		s->viewers = (double)number(in);
		s->viewers_max = number(in);
	}
	if ((how & 8) != 0)
		s->mentions = STR("{\"eins\":3,\"z\\\"<w>\":1}");
}

static void
make(struct fuzz_bytes *in, unsigned what, int64_t now, struct stats *s)
{
	*s = (struct stats){ .ts = now,
		.channel = str_of(channels[what >> 1 & 3]),
		.seconds = (what & 8) != 0 ? 60 : 5,
		.viewers_max = STATS_UNKNOWN,
		.heard_ms = STATS_UNKNOWN };
	s->n.messages = number(in);
	s->n.bits = number(in);
	s->n.chatters = number(in);
	s->n.subs = number(in);
	s->n.paid_messages = number(in);
	if ((what & 16) != 0)
		s->heard_ms = wild ? number(in) % (s->seconds * 1000 + 1)
				   : number(in) % 6 * 1000;
	if ((what & 1) != 0)
		make_stream(in, s);
	else
		make_window(in, s);
}

static void
check_weekly(const struct report *r, const struct render *f, int64_t at)
{
	struct weekly w;

	report_weekly(r, week_of(zone_date(at)), "UTC", &w);
	f->weekly(&out, &w);
	check(f);
	weekly_release(&w);
}

static void
check_histories(const struct report *r, const struct render *f)
{
	struct str *list;
	size_t n = report_channels(r, &list);

	for (size_t i = 0; i < n; i++) {
		struct history h;
		int64_t messages = 0, bits = 0, open = 0;

		report_history(r, list[i], INT64_MIN, INT64_MAX, "UTC", &h);
		for (size_t k = 0; k < h.n_streams; k++) {
			messages += h.streams[k].s->n.messages;
			bits += h.streams[k].s->n.bits;
			open += h.streams[k].s->open;
			must(k == 0 ||
			    h.streams[k - 1].s->ts <= h.streams[k].s->ts);
		}
		must(h.sum.streams == (int64_t)h.n_streams);
		must(h.sum.messages == messages && h.sum.bits == bits);
		must(h.sum.open == open);
		f->history(&out, &h);
		check(f);
		history_release(&h);
	}
	free(list);
}

static void
check_stream(const struct report *r, const struct render *f, const char *id)
{
	struct stream_view v = { .tz = "UTC" };

	if (report_find(r, STR_ABSENT, str_of(id), &v.stream) == 0)
		return;
	f->stream(&out, &v);
	check(f);
}

static void
check_mentions(struct mentions *m, const struct render *f)
{
	struct mentions_report report;

	mentions_sum(m, "UTC", &report);
	f->mentions(&out, &report);
	check(f);
	mentions_report_release(&report);
}

static void
put(void *arg, const char *path, struct str content, uint64_t mark)
{
	size_t len = strlen(path);

	(void)arg;
	(void)mark;
	must(strstr(path, "..") == NULL && *path != '/');
	must(utf8_valid(content));
	if (len > 5 && strcmp(path + len - 5, ".html") == 0)
		check_html(content);
}

static void
check_live(const struct live *l)
{
	struct live_row *rows;
	int64_t until = live_until(l);
	size_t n = live_rows(l, until == INT64_MIN ? T0 : until, &rows);

	for (size_t i = 0; i < n; i++) {
		double messages[LIVE_WINDOWS];

		must(rows[i].messages >= -1 && rows[i].messages_s >= -1);
		must(rows[i].coverage <= 1);
		live_messages(
		    l, rows[i].channel, until, messages, LIVE_WINDOWS);
	}
	free(rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "text", "csv", "json", "html" };
	static const int64_t steps[] = { 5000, 60000, 0, 3600000, 86400000,
		604800000, -5000, -86400000 };
	struct fuzz_bytes in = { data, size };
	struct report *r = report_new();
	struct mentions *m = mentions_new(INT64_MIN, INT64_MAX);
	struct live *l = live_new();
	struct site_sink sink = { put, NULL, NULL, 1 };
	unsigned how = fuzz_byte(&in);
	struct errmsg why;
	int64_t now = T0;

	must(zone_set("UTC", &why));
	wild = (how & 8) != 0;
	if ((how & 1) != 0)
		report_keep_courses(r, (how & 2) != 0 ? 8 : 1000, STR_ABSENT);
	for (int i = 0; i < LINES && in.left > 0; i++) {
		unsigned what = fuzz_byte(&in);
		struct stats s;
		struct event e;

		now += steps[what >> 5];
		if ((what & 31) == 31) {
			event_clear(&e);
			e.type = EVENT_MESSAGE;
			e.channel = str_of(channels[0]);
			e.ts = now;
			e.user_id = STR("7");
			e.badges = STR("moderator/1");
			e.mentions = STR("[\"eins\",\"\\u0001<b>\"]");
			mentions_add_event(m, &e);
			continue;
		}
		make(&in, what, now, &s);
		report_add(r, &s);
		mentions_add_stats(m, &s);
		live_add(l, &s);
	}
	for (size_t i = 0; i < 4; i++) {
		const struct render *f = render_by_name(formats[i]);

		check_weekly(r, f, now);
		check_histories(r, f);
		check_stream(r, f, "latest");
		check_stream(r, f, ids[1]);
		check_mentions(m, f);
	}
	if ((how & 4) != 0)
		site_render(r, "UTC", &sink);
	check_live(l);
	live_free(l);
	mentions_free(m);
	report_free(r);
	return 0;
}
