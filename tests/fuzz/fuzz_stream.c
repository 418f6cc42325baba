/*
 * fuzz stream: a row of events, made of a few bytes each, through all of tw-agg:
 * written, read, aggregated, the lines read again. The sums are right (sums.h),
 * and each window holds what a count of its own, event by event, says.
 */
#include "fuzz.h"

#include "base/tstamp.h"
#include "model/agg.h"
#include "sums.h"

#define T0      INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define EVENTS  400
#define WINDOWS 1500
#define USERS   8

/* What is counted here, window by window. */
struct window {
	unsigned channel;
	int64_t index;
	struct counts n;
	unsigned users; /* a bit for each */
};

struct run {
	struct agg_options o;
	struct agg *agg;
	struct window windows[WINDOWS];
	size_t n_windows;
	struct sums sums;
	int64_t now;
};

static struct event_reader *events;
static struct stats_reader *stats;

static void
spell(void *arg, const struct stats *s, int64_t first_ts, struct buf *b)
{
	(void)arg;
	(void)first_ts;
	stats_write(b, s);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct window *
window_of(struct run *r, unsigned channel, int64_t index)
{
	for (size_t i = 0; i < r->n_windows; i++)
		if (r->windows[i].channel == channel &&
		    r->windows[i].index == index)
			return &r->windows[i];
	must(r->n_windows < WINDOWS);
	r->windows[r->n_windows] =
	    (struct window){ .channel = channel, .index = index };
	return &r->windows[r->n_windows++];
}

/* The rules of tw-stats(5), one after the other. */
static void
count(struct run *r, const struct event *e, unsigned channel, unsigned user)
{
	struct window *w =
	    window_of(r, channel, floor_div(e->ts, r->o.window_ms));
	bool message = e->type == EVENT_MESSAGE;

	if (e->shared_from.len > 0) {
		w->n.messages_shared += message;
		return;
	}
	w->n.messages += message;
	if (message && user > 0)
		w->users |= 1U << user;
	if ((message || e->type == EVENT_NOTICE) && e->bits > 0)
		w->n.bits += e->bits;
	w->n.cheers += message && e->bits > 0;
	w->n.paid_messages +=
	    message && (e->bits > 0 || e->paid_currency.len > 0);
	w->n.subs += e->type == EVENT_SUB || e->type == EVENT_RESUB ||
	    e->type == EVENT_SUBGIFT;
	w->n.gifts += e->type == EVENT_SUBGIFT;
	w->n.raids += e->type == EVENT_RAID;
	w->n.deleted += e->type == EVENT_DELETE;
	w->n.timeouts += e->type == EVENT_TIMEOUT;
	w->n.bans += e->type == EVENT_BAN;
}

/* Reads what has come out. */
static void
take_output(struct run *r)
{
	struct buf *out = agg_output(r->agg);
	struct str rest = buf_view(out), line;
	struct errmsg why;
	struct stats s;

	while (fuzz_line(&rest, &line)) {
		must(stats_read(stats, line, &s, &why));
		must(s.seconds * 1000 == r->o.window_ms);
		sums_add(&r->sums, &s);
	}
	buf_reset(out);
}

/* Makes what a collector says: the marks. */
static void
make_mark(struct event *e, unsigned how, int64_t age, struct buf *rest)
{
	static const char *const names[] = { "join", "alive", "lost", "gap",
		"stop", "refused", "poll", "error" };
	char time[25] = "";

	e->type = EVENT_MARK;
	e->mark = str_of(names[how & 7]);
	e->by = (how & 8) != 0 ? STR("a/1/1") : STR("b/2/2");
	buf_reset(rest);
	tstamp_write(time, e->ts - age);
	if (str_eq(e->mark, STR("lost"))) {
		event_mark_str(rest, STR("since"), str_of(time));
	} else if (str_eq(e->mark, STR("gap"))) {
		event_mark_str(rest, STR("from"), str_of(time));
		tstamp_write(time, e->ts - age / 2);
		event_mark_str(rest, STR("to"), str_of(time));
	} else if (str_eq(e->mark, STR("poll"))) {
		event_mark_json(rest, STR("interval_s"),
		    (how & 16) != 0 ? STR("60") : STR("5"));
	}
	e->rest = buf_view(rest);
}

/* Makes an event of the next bytes. Returns whether it goes by time. */
static void
make(struct fuzz_bytes *in, struct run *r, struct event *e, unsigned *channel,
    unsigned *user, struct buf *rest)
{
	static const enum event_type types[] = { EVENT_MESSAGE, EVENT_MESSAGE,
		EVENT_MESSAGE, EVENT_SUB, EVENT_RESUB, EVENT_SUBGIFT,
		EVENT_GIFTBOMB, EVENT_RAID, EVENT_ANNOUNCEMENT, EVENT_NOTICE,
		EVENT_CLEAR, EVENT_TIMEOUT, EVENT_BAN, EVENT_DELETE };
	static const char *const users[USERS] = { "", "1", "2", "3", "x", "5",
		"0", "00" };
	static const char *const ids[] = { "100", "200", "300" };
	/* Mostly it goes on by little; now and then by much, or back. */
	static const int64_t steps[] = { 1, 100, 1000, 5000, 20000, 60000,
		300000, -1000, -30000, -200000, 3600000, 86400000 };
	unsigned what = fuzz_byte(in), step = fuzz_byte(in);
	unsigned how = fuzz_byte(in), kind = what & 31;

	event_clear(e);
	*channel = what >> 5 & 1;
	*user = how & 7;
	r->now += steps[step % 12] * (int64_t)(step / 12);
	e->ts = r->now;
	e->channel = *channel != 0 ? STR("kanal_zwei") : STR("kanal_eins");
	if (kind < 14) {
		e->type = types[kind];
		e->user_id = str_of(users[*user]);
		if ((how & 8) != 0)
			e->bits = how;
		if ((how & 16) != 0 && e->type == EVENT_MESSAGE) {
			e->paid_amount = 5;
			e->paid_currency = STR("EUR");
			e->paid_exponent = 2;
		}
		e->first = (how & 32) != 0 && e->type == EVENT_MESSAGE;
		if ((how & 0xc0) == 0xc0)
			e->shared_from = STR("9");
		if ((how & 0xc0) == 0x40)
			e->mentions = STR("[\"eins\",\"zwei\"]");
	} else if (kind < 20) {
		e->type = EVENT_VIEWERS;
		e->stream_id = str_of(ids[how % 3]);
		/* Live, no stream begins in the future. */
		e->started_at = T0 + (how % 3) * INT64_C(7200000) -
		    (r->o.live ? INT64_C(86400000) : 0);
		e->viewers = how * 10;
		e->title = STR("t");
	} else if (kind < 24) {
		e->type = EVENT_OFFLINE;
	} else {
		make_mark(e, how, (int64_t)fuzz_byte(in) * 2000, rest);
	}
}

static bool
counts(const struct counts *n)
{
	for (size_t i = 0; i < SUMS_COUNTERS; i++)
		if (sums_counter(n, i) != 0)
			return true;
	return false;
}

/* Holds what came out against what was counted. */
static void
check(struct run *r)
{
	struct sums *t = &r->sums;
	int64_t messages = 0, written = 0;

	if (t->over)
		return;
	for (size_t i = 0; i < r->n_windows; i++) {
		struct window *w = &r->windows[i];
		const struct sums_line *l = NULL;
		struct str channel =
		    w->channel != 0 ? STR("kanal_zwei") : STR("kanal_eins");

		for (unsigned u = w->users; u != 0; u &= u - 1)
			w->n.chatters++;
		l = sums_window(t, channel, w->index * r->o.window_ms, false);
		must(l != NULL || !counts(&w->n));
		if (l != NULL)
			must(memcmp(&l->s.n, &w->n, sizeof(w->n)) == 0);
		messages += w->n.messages;
	}
	for (size_t k = 0; k < t->n_windows; k++)
		written += t->windows[k].s.n.messages;
	must(messages == written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t windows[] = { 5000, 1000, 60000, 150000, 3600000,
		7000 };
	static struct run r;
	static struct buf line, rest;
	struct fuzz_bytes in = { data, size };
	unsigned how = fuzz_byte(&in);
	struct errmsg why;
	struct event e, read;
	int64_t wall = T0;

	if (events == NULL) {
		events = event_reader_new();
		stats = stats_reader_new();
	}
	r.o = (struct agg_options){ windows[how % 6],
		(how & 64) != 0 ? 10000 : 60000,
		(how & 32) != 0 ? 1800000 : 60000, (how & 128) != 0 };
	r.agg = agg_new(&r.o, spell, NULL);
	r.now = T0;
	r.n_windows = 0;
	r.sums = (struct sums){ .live = r.o.live };
	for (int i = 0; i < EVENTS && in.left > 0 && !r.sums.over; i++) {
		unsigned channel, user;

		make(&in, &r, &e, &channel, &user, &rest);
		/* The wall clock does not go back with late events. */
		wall = r.now > wall ? r.now : wall;
		buf_reset(&line);
		event_write(&line, &e);
		must(event_read(
		    events, (struct str){ line.p, line.len - 1 }, &read, &why));
		if (agg_add(r.agg, &read))
			count(&r, &read, channel, user);
		if (r.o.live && i % 8 == 7)
			agg_pass(r.agg, wall - 1000);
		take_output(&r);
	}
	agg_end(r.agg);
	take_output(&r);
	check(&r);
	sums_end(&r.sums);
	agg_free(r.agg);
	return 0;
}
