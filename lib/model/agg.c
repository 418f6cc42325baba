/*
 * A channel is followed by two copies of the same machines (sessions, hearing):
 *
 *   - `ahead` has been fed all windows that the watermark has passed. It knows
 *     which windows belong to which stream (spans) and what was heard, up to
 *     there; by it is decided what is certain.
 *   - `done` has been fed the windows that are written, and no more. Figures
 *     are taken when a window passes through it.
 *
 * Between the two lie the pending windows, with all that they hold. An event
 * that comes so late that `ahead` has passed it, and early enough that its
 * window is not yet written, is simply added there; where it could change what
 * was decided, `ahead` begins again from `done`.
 *
 *      written   | pending, fed to `ahead` | pending  |
 *   -------------+-------------------------+----------+-----> windows
 *             frontier                    fed      greatest
 */
#include "model/agg.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "model/recent.h"
#include "model/sessions.h"
#include "model/total.h"
#include "model/windows.h"

#define HOLD_POLLS   3                 /* a sample holds for so many polls */
#define INTERVAL_S   60                /* of polls, when nobody says */
#define BEGIN_MS     (10 * MS_PER_MIN) /* windows before a first hit */
#define FAR_AHEAD_MS MS_PER_DAY        /* a clock that far ahead is odd */
#define OPEN_WINDOWS 64   /* behind the newest; others wait packed, */
#define OPEN_OF_RUN  2    /* those of a run, which wait for its end, sooner */
#define PACKED_AHEAD 4    /* of which the memory is asked for */
#define NOBODY       (-1) /* no stream */
#define INTERVAL_MAX (366 * 24 * 3600) /* of polls; longer is no interval */

/* Before all windows, and small enough to be multiplied by their length. */
#define BEFORE_ALL (TSTAMP_MIN / MS_PER_S - 1)

/* Windows that belong to one segment of a stream, or to a run. */
struct span {
	int64_t stream;   /* which */
	int64_t from, to; /* first and last window; none when from > to */
	uint32_t id;      /* number of the stream's id; not for a run */
	int64_t started_at;
	int64_t first;    /* its first hit or message */
	bool run;         /* inferred from chat */
	int64_t ended_at; /* of a run */
};

/* A stream of which windows or hits are done. */
struct stream {
	int64_t stream; /* which */
	uint32_t id;    /* number of its id; not for a run */
	struct total total;
};

struct machines {
	struct sessions sessions;
	struct hearing hearing;
};

struct channel {
	struct str name;        /* borrowed from agg.channels */
	int64_t first_ts;       /* of its first event */
	int64_t greatest;       /* ts that the watermark follows */
	int64_t greatest_all;   /* ts of any event */
	int64_t odd_ts;         /* of the event before, when it was far ahead
	                           * of `greatest`; else INT64_MIN */
	int64_t index, begin;   /* window of its last event, and its begin */
	struct windows windows; /* those not written; of these n_fed were
	                         * fed to `ahead` */
	int64_t frontier;       /* the first window not written */
	int64_t fed;            /* the first window not fed to `ahead` */
	struct machines ahead, done;
	struct past past;   /* of both */
	struct span *spans; /* owned; by stream and by `to` */
	size_t n_spans, cap_spans;
	struct stream **streams; /* owned */
	size_t n_streams, cap_streams;
	int64_t hold_ms;      /* of a sample, at the frontier */
	int64_t held;         /* stream whose line is held back, NOBODY */
	struct buf text;      /* what follows that line */
	struct recent recent; /* live only */
};

/* The samples inside of a window that is being written. */
struct samples {
	int64_t n, sum, max;
};

struct agg {
	struct agg_options o;
	agg_speller *spell;
	void *arg; /* of `spell`, borrowed */
	struct map channel_names;
	struct channel **channels; /* owned; by number */
	size_t cap_channels;
	struct map ids; /* of streams */
	struct map collectors;
	struct map mentions;
	struct buf out;  /* lines that are certain */
	struct buf json; /* mentions of the line being spelled */
	struct packing packing;
	struct buf name; /* id of the run being spelled */
	bool brief;      /* a window ends before anything else can */
	bool ending;     /* the input is over */
	size_t n_ended;  /* channels that are */
	int64_t now;     /* the wall clock, live; INT64_MIN = not yet known */
};

static int64_t
index_of(const struct agg *a, int64_t ts)
{
	return tstamp_slot(ts, a->o.window_ms);
}

struct agg *
agg_new(const struct agg_options *o, agg_speller *spell, void *arg)
{
	struct agg *a = xcalloc(1, sizeof(*a));

	a->o = *o;
	a->spell = spell;
	a->arg = arg;
	a->now = INT64_MIN;
	a->brief = o->window_ms <= HEARING_DEAD_MS && o->window_ms <= o->gap_ms;
	return a;
}

struct buf *
agg_output(struct agg *a)
{
	return &a->out;
}

/*
 * Streams
 */

static struct stream *
find_stream(const struct channel *c, int64_t stream)
{
	for (size_t i = 0; i < c->n_streams; i++)
		if (c->streams[i]->stream == stream)
			return c->streams[i];
	return NULL;
}

static struct stream *
get_stream(struct channel *c, int64_t stream, uint32_t id, int64_t started_at)
{
	struct stream *s = find_stream(c, stream);

	if (s != NULL)
		return s;
	c->streams = xgrow(
	    c->streams, c->n_streams, &c->cap_streams, sizeof(*c->streams));
	s = c->streams[c->n_streams++] = xcalloc(1, sizeof(*s));
	s->stream = stream;
	s->id = id;
	total_init(&s->total, started_at);
	return s;
}

static void
stream_free(struct stream *s)
{
	total_release(&s->total);
	free(s);
}

/* Takes the sample of hit `e` into the figures of its stream. */
static void
add_sample(struct channel *c, struct entry *e, const struct session_hit *hit,
    struct samples *inside)
{
	struct stream *s = get_stream(c, hit->stream, e->id, e->started_at);

	total_sample(&s->total, e, hit->kind, c->hold_ms);
	if (inside->n == 0 || e->viewers > inside->max)
		inside->max = e->viewers;
	inside->n++;
	inside->sum = num_sum(inside->sum, e->viewers);
}

/*
 * Feeding the machines
 */

static void
add_span(struct channel *c, struct span span)
{
	if (span.from < c->frontier)
		span.from = c->frontier;
	c->spans =
	    xgrow(c->spans, c->n_spans, &c->cap_spans, sizeof(*c->spans));
	c->spans[c->n_spans++] = span;
}

static void
add_run(struct agg *a, struct channel *c, const struct session_run *run)
{
	add_span(c,
	    (struct span){ .stream = run->stream,
		.from = index_of(a, run->first),
		.to = index_of(a, run->last),
		.first = run->first,
		.run = true,
		.started_at = run->first,
		.ended_at = run->last });
}

/* Lets time pass for the machines `m`; with `helix`, Helix speaks then. */
static void
pass(struct agg *a, struct channel *c, struct machines *m, int64_t ts,
    bool helix)
{
	struct session_run run;

	if (sessions_pass(&m->sessions, ts, helix, &run) && m == &c->ahead)
		add_run(a, c, &run);
}

/* Notes which windows the hit `e` adds to its stream. */
static void
extend(struct agg *a, struct channel *c, const struct entry *e,
    const struct session_hit *hit)
{
	int64_t begin = e->ts, to = index_of(a, e->ts);

	if (hit->kind == SESSION_GOES_ON && c->n_spans > 0) {
		c->spans[c->n_spans - 1].to = to;
		return;
	}
	if (hit->kind == SESSION_GOES_ON) /* it was over, and is not */
		begin = c->frontier * a->o.window_ms;
	if (hit->kind == SESSION_STREAM) {
		begin = e->ts - BEGIN_MS;
		if (e->started_at > begin)
			begin = e->started_at;
	}
	add_span(c,
	    (struct span){ .stream = hit->stream,
		.from = index_of(a, begin),
		.to = to,
		.id = e->id,
		.started_at = e->started_at,
		.first = e->ts });
}

static void
feed_entry(struct agg *a, struct channel *c, struct machines *m,
    struct entry *e, struct samples *inside)
{
	struct session_hit hit;

	switch (e->kind) {
	case ENTRY_HIT:
		pass(a, c, m, e->ts, true);
		hit = sessions_hit(&m->sessions, e->ts, e->id, e->started_at);
		if (hit.kind == SESSION_IGNORED)
			break;
		if (m == &c->ahead)
			extend(a, c, e, &hit);
		else
			add_sample(c, e, &hit, inside);
		break;
	case ENTRY_MISS:
		pass(a, c, m, e->ts, true);
		sessions_miss(&m->sessions, e->ts);
		break;
	case ENTRY_POLL:
		if (m == &c->done)
			c->hold_ms = HOLD_POLLS * e->interval_s * MS_PER_S;
		break;
	case ENTRY_MARK:
		hearing_mark(&m->hearing, e->ts, &e->mark);
		break;
	}
}

static void
feed_chat(struct agg *a, struct channel *c, struct machines *m, int64_t ts,
    bool message)
{
	hearing_chat(&m->hearing, ts);
	if (!message || m->sessions.helix)
		return;
	pass(a, c, m, ts, false);
	sessions_message(&m->sessions, ts);
}

/*
 * Feeds a window that holds nothing but chat, in order of time: the ends of it and
 * of its messages. The lines between them say nothing that these do not, where the
 * window is too short for anything to end in it and no second collector could die
 * between two lines.
 */
static void
feed_ends(struct agg *a, struct channel *c, struct machines *m, int64_t begin,
    const struct pending *w)
{
	size_t first = 0, last = w->n_chat - 1, ends[4];

	while (first < last && (w->chat[first] & 1) == 0)
		first++;
	while (last > first && (w->chat[last] & 1) == 0)
		last--;
	ends[0] = 0;
	ends[1] = first;
	ends[2] = last;
	ends[3] = w->n_chat - 1;
	for (int i = 0; i < 4; i++)
		feed_chat(a, c, m, begin + (w->chat[ends[i]] >> 1),
		    w->chat[ends[i]] & 1);
}

/*
 * Feeds all that window `w` holds to the machines `m`, in order of time; of
 * equal times in the order of the input.
 */
static void
feed(struct agg *a, struct channel *c, struct machines *m, int64_t index,
    struct pending *w, struct samples *inside)
{
	int64_t begin = index * a->o.window_ms, tie_ts = INT64_MIN;
	uint32_t tied = 0; /* lines of chat fed of the time tie_ts */
	size_t at = 0;

	pending_sort(w);
	if (w->n_entries == 0 && w->n_chat > 0 && a->brief &&
	    m->hearing.n <= 1) {
		feed_ends(a, c, m, begin, w);
		return;
	}
	for (size_t i = 0; i <= w->n_entries; i++) {
		struct entry *e = i < w->n_entries ? &w->entries[i] : NULL;

		for (; at < w->n_chat; at++) {
			int64_t ts = begin + (w->chat[at] >> 1);

			if (ts != tie_ts)
				tied = 0;
			tie_ts = ts;
			if (e != NULL &&
			    (ts > e->ts || (ts == e->ts && tied >= e->ties)))
				break;
			tied++;
			feed_chat(a, c, m, ts, w->chat[at] & 1);
		}
		if (e != NULL)
			feed_entry(a, c, m, e, inside);
	}
}

/*
 * Writing
 */

static struct buf *
output(struct agg *a, struct channel *c)
{
	return c->held != NOBODY ? &c->text : &a->out;
}

/* The id of the stream `s`, borrowed until the next call. */
static struct str
stream_id(struct agg *a, const struct stream *s)
{
	if (!s->total.run)
		return map_name(&a->ids, s->id);
	buf_reset(&a->name);
	buf_byte(&a->name, '~');
	tstamp_add(&a->name, s->total.started_at);
	return buf_view(&a->name);
}

/* Writes the line `st`, of which `t` was counted. */
static void
spell(struct agg *a, const struct channel *c, struct stats *st,
    const struct tally *t, struct buf *to)
{
	st->channel = c->name;
	st->seconds = a->o.window_ms / MS_PER_S;
	buf_reset(&a->json);
	tally_mentions(t, &a->mentions, &a->json);
	st->mentions = buf_view(&a->json);
	a->spell(a->arg, st, c->first_ts, to);
}

static void
spell_stream(
    struct agg *a, struct channel *c, const struct stream *s, struct buf *to)
{
	struct stats st = total_figures(&s->total);

	st.stream_id = stream_id(a, s);
	st.open = !s->total.run && a->ending && c->ahead.sessions.under_way &&
	    c->ahead.sessions.stream == s->stream;
	spell(a, c, &st, &s->total.tally, to);
}

/* Writes the line that is held back, and what follows it. */
static void
release(struct agg *a, struct channel *c)
{
	struct stream *s;

	if (c->held == NOBODY)
		return;
	s = find_stream(c, c->held);
	if (s != NULL)
		spell_stream(a, c, s, &a->out);
	buf_str(&a->out, buf_view(&c->text));
	buf_release(&c->text);
	c->held = NOBODY;
}

/* The stream whose line is held back goes on: no need for that line. */
static void
resume(struct agg *a, struct channel *c)
{
	buf_str(&a->out, buf_view(&c->text));
	buf_release(&c->text);
	c->held = NOBODY;
}

/*
 * Live
 */

/* The moment up to which an open collector hears, for a window from `begin`. */
static int64_t
live_now(const struct agg *a, int64_t begin)
{
	int64_t end = begin + a->o.window_ms;

	/* Of what was read up at the beginning "now" was then. */
	return a->now > end && a->now - end < HEARING_DEAD_MS ? a->now : end;
}

/* Keeps a window that is written, for what comes after it. */
static void
remember(struct channel *c, int64_t index, const struct stats *st,
    const struct tally *t, const struct stream *s)
{
	bool known = s != NULL && !s->total.run;
	const struct recent_window fresh = { .viewers = st->viewers,
		.viewers_max = st->viewers_max,
		.heard_ms = st->heard_ms,
		.stream = known ? s->stream : NOBODY,
		.id = known ? s->id : 0 };

	tally_merge(&recent_get(&c->recent, index, &fresh)->tally, t);
}

/* Adds chat to a window that is written. False when it is too late. */
static bool
amend(struct agg *a, struct channel *c, int64_t index, const struct event *e)
{
	int64_t begin = index * a->o.window_ms, end = begin + a->o.window_ms;
	struct recent_window *r,
	    fresh = { .viewers = STATS_UNKNOWN,
		    .viewers_max = STATS_UNKNOWN,
		    .stream = NOBODY };
	struct stream *s;

	if (a->now == INT64_MIN || a->now - end > a->o.hold_ms)
		return false;
	fresh.heard_ms = hearing_measure_now(
	    &c->ahead.hearing, begin, end, live_now(a, begin));
	r = recent_get(&c->recent, index, &fresh);
	r->changed |= tally_add(&r->tally, e, &a->mentions);
	s = r->stream != NOBODY ? find_stream(c, r->stream) : NULL;
	if (s != NULL)
		total_late(
		    &s->total, e, &a->mentions, begin, r->tally.n.messages);
	return true;
}

/* Writes the windows that have changed anew. */
static void
rewrite(struct agg *a, struct channel *c)
{
	for (size_t i = 0; i < c->recent.n; i++) {
		struct recent_window *r = &c->recent.p[i];
		struct stats st = { .type = STATS_WINDOW,
			.ts = r->index * a->o.window_ms,
			.viewers = r->viewers,
			.viewers_max = r->viewers_max,
			.heard_ms = r->heard_ms };

		if (!r->changed)
			continue;
		r->changed = false;
		st.n = tally_counts(&r->tally);
		if (r->stream != NOBODY)
			st.stream_id = map_name(&a->ids, r->id);
		spell(a, c, &st, &r->tally, &a->out);
	}
}

static void
spell_window(struct agg *a, struct channel *c, const struct pending *w,
    int64_t index, struct stream *s, const struct samples *inside)
{
	static const struct tally nothing;
	const struct tally *t = w != NULL ? &w->tally : &nothing;
	int64_t begin = index * a->o.window_ms;
	struct stats st = { .type = STATS_WINDOW,
		.ts = begin,
		.viewers = STATS_UNKNOWN,
		.viewers_max = STATS_UNKNOWN };

	st.n = tally_counts(t);
	st.heard_ms = a->o.live
	    ? hearing_measure_now(&c->ahead.hearing, begin,
		  begin + a->o.window_ms, live_now(a, begin))
	    : hearing_measure(&c->ahead.hearing, begin, begin + a->o.window_ms);
	if (inside->n > 0) {
		st.viewers = (double)inside->sum / (double)inside->n;
		st.viewers_max = inside->max;
	} else if (s != NULL) {
		st.viewers = total_viewers(&s->total, begin);
	}
	if (s != NULL)
		st.stream_id = stream_id(a, s);
	spell(a, c, &st, t, output(a, c));
	if (a->o.live)
		remember(c, index, &st, t, s);
	if (s != NULL)
		total_window(&s->total, &st, t);
}

/* Finds the stream that `span` is of. */
static struct stream *
stream_of(struct channel *c, const struct span *span)
{
	struct stream *s =
	    get_stream(c, span->stream, span->id, span->started_at);

	s->total.run = span->run;
	s->total.ended_at = span->ended_at;
	return s;
}

/* Tells whether a run is still to be finished. */
static bool
has_run(const struct channel *c)
{
	for (size_t i = 0; i < c->n_spans; i++)
		if (c->spans[i].run)
			return true;
	return c->done.sessions.in_run;
}

/* Writes the window `index`; `w` is what it holds, `span` where it belongs:
 * either may be NULL. */
static void
commit(struct agg *a, struct channel *c, int64_t index, struct pending *w,
    const struct span *span)
{
	struct samples inside = { 0 };
	struct stream *s = NULL;

	if (w != NULL)
		feed(a, c, &c->done, index, w, &inside);
	if (span != NULL) {
		s = stream_of(c, span);
		/* It may begin before the first hit: no line of chat that comes
		 * late makes a run there any more. */
		if (!span->run && !has_run(c))
			sessions_helix(&c->done.sessions);
		if (span->run && c->done.sessions.runs == span->stream)
			sessions_decide(&c->done.sessions);
		if (c->held == s->stream)
			resume(a, c);
	}
	if (s != NULL || (w != NULL && w->counted))
		spell_window(a, c, w, index, s, &inside);
}

/*
 * Tells whether the first span will not grow any more.
 */
static bool
is_over(const struct agg *a, const struct channel *c)
{
	return c->n_spans > 1 || c->spans[0].run || a->ending ||
	    !c->ahead.sessions.under_way;
}

/* Finds the span of the window `index`; one that overlaps two streams stays
 * with the earlier. */
static struct span *
owner(const struct channel *c, int64_t index)
{
	for (size_t i = 0; i < c->n_spans; i++)
		if (c->spans[i].from <= index && index <= c->spans[i].to)
			return &c->spans[i];
	return NULL;
}

static bool
has_span(const struct channel *c, int64_t stream)
{
	for (size_t i = 0; i < c->n_spans; i++)
		if (c->spans[i].stream == stream)
			return true;
	return false;
}

/* Tells whether the stream whose line is held back may still get windows. */
static bool
may_come_back(const struct channel *c)
{
	return c->held == c->ahead.sessions.stream || has_span(c, c->held);
}

/* Forgets the streams whose lines are written and that cannot come back. */
static void
drop_streams(struct channel *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n_streams; i++) {
		int64_t stream = c->streams[i]->stream;

		if (stream == c->held || stream == c->ahead.sessions.stream ||
		    stream == c->done.sessions.stream || has_span(c, stream))
			c->streams[kept++] = c->streams[i];
		else
			stream_free(c->streams[i]);
	}
	c->n_streams = kept;
}

/* Holds back the lines of streams all of whose windows are written. */
static void
finish_spans(struct agg *a, struct channel *c)
{
	struct session_run run;

	while (
	    c->n_spans > 0 && c->spans[0].to < c->frontier && is_over(a, c)) {
		struct span *span = &c->spans[0];

		/* A segment or a run may have no window of its own. */
		stream_of(c, span);
		if (span->run && c->done.sessions.in_run &&
		    c->done.sessions.runs == span->stream)
			(void)sessions_end(&c->done.sessions, &run);
		if (c->held != span->stream) {
			release(a, c);
			c->held = span->stream;
		}
		memmove(
		    c->spans, c->spans + 1, --c->n_spans * sizeof(*c->spans));
	}
	if (c->held != NOBODY &&
	    (!may_come_back(c) || c->text.len > AGG_HELD_MAX))
		release(a, c);
	drop_streams(c);
}

/* Finds the next window from the frontier on that is in a stream or holds
 * something, such as `w` (or NULL); `until` when there is none before. */
static int64_t
next_window(const struct channel *c, const struct window *w, int64_t until)
{
	int64_t next = w != NULL && w->index < until ? w->index : until;

	for (size_t i = 0; i < c->n_spans; i++) {
		int64_t from = c->spans[i].from;

		if (from < c->frontier)
			from = c->frontier;
		if (from <= c->spans[i].to && from < next)
			next = from;
	}
	return next;
}

/* Writes the windows before `until`. */
static void
commit_until(struct agg *a, struct channel *c, int64_t until)
{
	size_t used = 0;

	while (c->frontier < until) {
		struct window *w =
		    used < c->windows.n ? &c->windows.p[used] : NULL;
		int64_t next = next_window(c, w, until);
		bool there = w != NULL && w->index == next;

		c->frontier = next;
		if (next == until)
			break;
		windows_fetch(&c->windows, used + PACKED_AHEAD);
		commit(a, c, next,
		    there ? windows_open(&c->windows, used) : NULL,
		    owner(c, next));
		if (there)
			windows_empty(&c->windows, used++);
		c->frontier = next + 1;
		finish_spans(a, c);
	}
	finish_spans(a, c);
	windows_drop(&c->windows, used);
	hearing_forget(&c->ahead.hearing, c->frontier * a->o.window_ms);
	hearing_forget(&c->done.hearing, c->frontier * a->o.window_ms);
}

/* Finds the first window of which it is not certain what will be written. */
static int64_t
decided(const struct agg *a, const struct channel *c)
{
	const struct sessions *s = &c->ahead.sessions;
	int64_t now = c->fed * a->o.window_ms;
	int64_t heard = index_of(a, now - HEARING_DEAD_MS);
	int64_t until = index_of(a, now - BEGIN_MS), open = INT64_MAX;
	const struct span *span;

	/* A stream that is yet to come cannot be older than the newest. */
	if (s->stream != SESSIONS_NONE && index_of(a, s->started_at) > until)
		until = index_of(a, s->started_at);
	while (until < heard && (span = owner(c, until)) != NULL)
		until = span->to + 1;
	/* Whether a stream goes on after its last hit is open, and so is
	 * whether a run is one. */
	if (s->under_way)
		open = index_of(a, s->last_hit);
	else if (s->in_run)
		open = index_of(a, s->first);
	if (until > open)
		until = open;
	return until < heard ? until : heard;
}

/* Feeds `ahead` the windows before `until`. */
static void
feed_until(struct agg *a, struct channel *c, int64_t until)
{
	struct windows *w = &c->windows;

	for (; w->n_fed < w->n && w->p[w->n_fed].index < until; w->n_fed++) {
		bool run;
		size_t open;

		feed(a, c, &c->ahead, w->p[w->n_fed].index,
		    windows_open(w, w->n_fed), NULL);
		run = c->ahead.sessions.in_run && !c->ahead.sessions.helix;
		open = run ? OPEN_OF_RUN : OPEN_WINDOWS;
		if (w->n_fed >= open)
			windows_pack(w, w->n_fed - open, &a->packing);
	}
	c->fed = until;
}

/* Live, the stream that is under way goes on, until it is known better: the
 * windows up to `to` are its. */
static void
go_on(struct channel *c, int64_t to)
{
	if (c->ahead.sessions.under_way && c->n_spans > 0 &&
	    c->spans[c->n_spans - 1].to < to)
		c->spans[c->n_spans - 1].to = to;
}

/* Goes on up to the window `until`, for good. */
static void
advance_to(struct agg *a, struct channel *c, int64_t until)
{
	int64_t now = until * a->o.window_ms;

	if (until <= c->fed)
		return;
	feed_until(a, c, until);
	pass(a, c, &c->ahead, now, false);
	if (c->held != NOBODY &&
	    now - c->ahead.sessions.last_hit > SESSIONS_BACK_MS)
		release(a, c);
	if (!a->o.live) {
		commit_until(a, c, decided(a, c));
		return;
	}
	go_on(c, until - 1);
	commit_until(a, c, until);
	release(a, c);
}

/* Goes on as far as the watermark allows. */
static void
advance(struct agg *a, struct channel *c)
{
	int64_t to = c->greatest - a->o.hold_ms;

	/* What advance_to() asks first, for each event: without a division. */
	if (to >= (c->fed + 1) * a->o.window_ms)
		advance_to(a, c, index_of(a, to));
}

void
agg_pass(struct agg *a, int64_t now)
{
	a->now = now;
	for (size_t i = 0; i < a->channel_names.n; i++) {
		struct channel *c = a->channels[i];

		/* First, as the clock may have jumped past what has changed. */
		rewrite(a, c);
		recent_forget(&c->recent, index_of(a, now - a->o.hold_ms) - 1);
		advance_to(a, c, index_of(a, now));
	}
}

/* Takes `ahead` back to where `done` is. */
static void
rewind_ahead(struct agg *a, struct channel *c)
{
	size_t kept = 0;

	c->ahead.sessions = c->done.sessions;
	hearing_copy(&c->ahead.hearing, &c->done.hearing);
	/* Of the spans only the one stays that `done` is in the middle of. */
	for (size_t i = 0; i < c->n_spans; i++) {
		struct span *span = &c->spans[i];

		if (span->run || span->first >= c->frontier * a->o.window_ms)
			continue;
		span->to = index_of(a, c->done.sessions.last_hit);
		c->spans[kept++] = *span;
	}
	c->n_spans = kept;
	c->windows.n_fed = 0;
	feed_until(a, c, c->fed);
	pass(a, c, &c->ahead, c->fed * a->o.window_ms, false);
}

/*
 * Taking events in
 */

static struct channel *
get_channel(struct agg *a, struct str name, int64_t ts)
{
	size_t n = a->channel_names.n;
	size_t i = map_number(&a->channel_names, name, hash_str(name, 0));
	struct channel *c;

	if (i < n)
		return a->channels[i];
	a->channels =
	    xgrow(a->channels, n, &a->cap_channels, sizeof(*a->channels));
	c = a->channels[i] = xcalloc(1, sizeof(*c));
	c->name = map_name(&a->channel_names, i);
	c->first_ts = c->greatest = c->greatest_all = ts;
	c->odd_ts = INT64_MIN;
	c->frontier = c->fed = BEFORE_ALL;
	c->held = NOBODY;
	c->hold_ms = HOLD_POLLS * INTERVAL_S * MS_PER_S;
	sessions_init(&c->ahead.sessions, &c->past, a->o.gap_ms);
	/* Live, the windows of a run would be written before the silence that
	 * makes it a stream: there are no runs then. */
	if (a->o.live)
		sessions_helix(&c->ahead.sessions);
	c->done.sessions = c->ahead.sessions;
	hearing_release(&c->ahead.hearing);
	hearing_release(&c->done.hearing);
	return c;
}

/* Moves the channel's clock on. One event that is far ahead does not move it;
 * two in a row do, as far as the nearer of them. */
static void
move_clock(struct channel *c, int64_t ts)
{
	if (ts > c->greatest_all)
		c->greatest_all = ts;
	if (ts <= c->greatest + FAR_AHEAD_MS) {
		c->odd_ts = INT64_MIN;
		if (ts > c->greatest)
			c->greatest = ts;
	} else if (c->odd_ts == INT64_MIN) {
		c->odd_ts = ts;
	} else {
		c->greatest = ts < c->odd_ts ? ts : c->odd_ts;
		c->odd_ts = INT64_MIN;
	}
}

static void
keep_words(struct entry *to, const struct event *e)
{
	const struct str words[4] = { e->name, e->title, e->category,
		e->language };
	size_t len = 0;
	char *p;

	for (int i = 0; i < 4; i++)
		len += to->word_len[i] = words[i].len;
	p = to->words = xcalloc(len + 1, 1);
	for (int i = 0; i < 4; i++) {
		if (words[i].len != 0)
			memcpy(p, words[i].p, words[i].len);
		p += words[i].len;
	}
}

/* Makes an entry of an event that is not chat. False when it has nothing to
 * say here. */
static bool
make_entry(struct agg *a, const struct event *e, struct entry *to)
{
	*to = (struct entry){ .ts = e->ts };
	if (e->type == EVENT_VIEWERS) {
		to->kind = ENTRY_HIT;
		to->id = (uint32_t)map_number(
		    &a->ids, e->stream_id, hash_str(e->stream_id, 0));
		to->started_at = e->started_at;
		to->viewers = e->viewers;
		keep_words(to, e);
		return true;
	}
	if (e->type == EVENT_OFFLINE) {
		to->kind = ENTRY_MISS;
		return true;
	}
	if (str_eq(e->mark, STR("poll"))) {
		to->kind = ENTRY_POLL;
		to->interval_s = e->interval_s;
		return e->interval_s > 0 && e->interval_s <= INTERVAL_MAX;
	}
	to->kind = ENTRY_MARK;
	to->mark = hearing_mark_of(
	    e, (uint32_t)map_number(&a->collectors, e->by, hash_str(e->by, 0)));
	return to->mark.kind != CHAT_MARK_OTHER;
}

/* Tells whether a line of chat at `ts`, which `ahead` has passed, could change
 * what it found out. */
static bool
chat_matters(const struct channel *c, int64_t ts, bool message)
{
	const struct sessions *s = &c->ahead.sessions;

	if (c->ahead.hearing.n > 0 && !hearing_covers(&c->ahead.hearing, ts))
		return true;
	if (!message || c->done.sessions.helix)
		return false;
	if (s->in_run && s->first <= ts && ts <= s->last)
		return false;
	for (size_t i = 0; i < c->n_spans; i++)
		if (c->spans[i].run && c->spans[i].started_at <= ts &&
		    ts <= c->spans[i].ended_at)
			return false;
	return true;
}

/*
 * Tells whether the answer `e` of Helix, which `ahead` has passed, would take a
 * stream away of which windows are written: a run, or one that `done` has not
 * come to yet and of whose id `e` says another, earlier.
 */
static bool
takes_away(const struct agg *a, const struct channel *c, const struct event *e)
{
	bool hit = e->type == EVENT_VIEWERS;

	if (!hit && e->type != EVENT_OFFLINE)
		return false;
	for (size_t i = 0; i < c->n_streams; i++) {
		const struct stream *s = c->streams[i];

		if (s->total.run && s->stream >= c->done.sessions.runs)
			return true;
	}
	for (size_t i = 0; hit && i < c->n_spans; i++) {
		const struct span *span = &c->spans[i];

		if (span->stream >= c->done.sessions.n && e->ts < span->first &&
		    !str_eq(map_name(&a->ids, span->id), e->stream_id) &&
		    find_stream(c, span->stream) != NULL)
			return true;
	}
	return false;
}

bool
agg_add(struct agg *a, const struct event *e)
{
	struct channel *c = get_channel(a, e->channel, e->ts);
	int64_t index, begin;
	bool matters = true;
	struct pending *w;
	struct entry entry;

	/* Mostly it is the window of the event before. */
	if (e->ts < c->begin || e->ts >= c->begin + a->o.window_ms) {
		c->index = index_of(a, e->ts);
		c->begin = c->index * a->o.window_ms;
	}
	index = c->index;
	begin = c->begin;
	move_clock(c, e->ts);
	if (index < c->frontier && a->o.live && event_is_chat(e))
		return amend(a, c, index, e);
	if (index < c->frontier && a->o.live && a->now != INT64_MIN &&
	    a->now - e->ts <= a->o.hold_ms + a->o.window_ms) {
		index = c->frontier;
		begin = index * a->o.window_ms;
	}
	if (index < c->frontier || (index < c->fed && takes_away(a, c, e)))
		return false;
	if (event_is_chat(e)) {
		w = windows_get(&c->windows, index);
		w->counted |= tally_add(&w->tally, e, &a->mentions);
		pending_chat(w, begin, e->ts, e->type == EVENT_MESSAGE);
		matters = index < c->fed &&
		    chat_matters(c, e->ts, e->type == EVENT_MESSAGE);
	} else if (make_entry(a, e, &entry)) {
		/* Live, one that comes late is moved. */
		if (entry.ts < begin)
			entry.ts = begin;
		pending_entry(windows_get(&c->windows, index), begin, &entry);
	} else {
		matters = false;
	}
	if (matters && index < c->fed)
		rewind_ahead(a, c);
	advance(a, c);
	return true;
}

/* Tells whether a part counted for anything: then its window is written even
 * outside of streams. */
static bool
part_counts(const struct agg_part *p)
{
	const struct counts *n = &p->n;

	return n->messages > 0 || n->messages_shared > 0 || n->bits > 0 ||
	    n->subs > 0 || n->raids > 0 || n->deleted > 0 || n->timeouts > 0 ||
	    n->bans > 0 || p->n_mentions > 0;
}

bool
agg_add_part(struct agg *a, const struct agg_part *p)
{
	struct channel *c = get_channel(a, p->channel, p->first);
	int64_t index = index_of(a, p->ts), begin = index * a->o.window_ms;
	struct tally t = { .n = p->n };
	struct pending *w;

	/* The clock goes on by the ends, as it would event by event. */
	move_clock(c, p->first);
	move_clock(c, p->last);
	if (index < c->frontier)
		return false;
	w = windows_get(&c->windows, index);
	for (size_t i = 0; i < p->n_chatters; i++)
		tally_user(&t, p->chatters[i], false);
	for (size_t i = 0; i < p->n_firsts; i++)
		tally_user(&t, p->firsts[i], true);
	for (size_t i = 0; i < p->n_mentions; i++)
		tally_names(&t, p->mentions[i], &a->mentions);
	tally_merge(&w->tally, &t);
	tally_release(&t);
	w->counted |= part_counts(p);
	/* The lines between the first and the last say nothing that these do
	 * not: they are nearer to each other than anything that ends. */
	pending_chat(w, begin, p->first, false);
	pending_chat(w, begin, p->last, false);
	if (p->first_message != INT64_MIN) {
		pending_chat(w, begin, p->first_message, true);
		pending_chat(w, begin, p->last_message, true);
	}
	if (index < c->fed)
		rewind_ahead(a, c);
	advance(a, c);
	return true;
}

static void
end_channel(struct agg *a, struct channel *c)
{
	struct session_run run;
	int64_t last = c->frontier;

	rewrite(a, c);
	if (c->windows.n > 0)
		last = c->windows.p[c->windows.n - 1].index + 1;
	if (last > c->fed)
		feed_until(a, c, last);
	pass(a, c, &c->ahead, c->greatest_all, false);
	if (a->o.live)
		go_on(c, last - 1);
	if (sessions_end(&c->ahead.sessions, &run))
		add_run(a, c, &run);
	if (c->n_spans > 0 && c->spans[c->n_spans - 1].to >= last)
		last = c->spans[c->n_spans - 1].to + 1;
	commit_until(a, c, last);
	release(a, c);
}

static int
compare_channels(const void *x, const void *y)
{
	return str_cmp((*(struct channel *const *)x)->name,
	    (*(struct channel *const *)y)->name);
}

bool
agg_end_next(struct agg *a)
{
	if (!a->ending && a->channel_names.n > 0)
		qsort(a->channels, a->channel_names.n, sizeof(*a->channels),
		    compare_channels);
	a->ending = true;
	if (a->n_ended == a->channel_names.n)
		return false;
	end_channel(a, a->channels[a->n_ended++]);
	return true;
}

void
agg_end(struct agg *a)
{
	while (agg_end_next(a))
		;
}

static void
channel_free(struct channel *c)
{
	windows_release(&c->windows);
	for (size_t i = 0; i < c->n_streams; i++)
		stream_free(c->streams[i]);
	free(c->streams);
	free(c->spans);
	recent_release(&c->recent);
	hearing_release(&c->ahead.hearing);
	hearing_release(&c->done.hearing);
	sessions_forget(&c->past);
	buf_release(&c->text);
	free(c);
}

void
agg_free(struct agg *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->channel_names.n; i++)
		channel_free(a->channels[i]);
	free(a->channels);
	map_release(&a->channel_names);
	map_release(&a->ids);
	map_release(&a->collectors);
	map_release(&a->mentions);
	buf_release(&a->out);
	buf_release(&a->json);
	packing_release(&a->packing);
	buf_release(&a->name);
	free(a);
}
