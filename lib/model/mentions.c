#include "model/mentions.h"

#include <stdlib.h>

#include "base/idset.h"
#include "base/map.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "format/hash.h"
#include "format/jsonscan.h"

/* Mentions in one minute. */
struct minute {
	int64_t at; /* ms UTC */
	int64_t n;
};

/* Mentions of one name, from one source. */
struct counted {
	int64_t n, first, last;
	struct minute *minutes; /* owned; see settle() */
	size_t n_minutes, cap_minutes;
};

struct name {
	struct counted events, windows;
	int64_t by[MENTIONS_N_WHO];
	struct idset people;
	uint64_t event; /* the last that was counted, a number from 1 on */
};

/* Viewers of one stream; a later line takes the place of the earlier. */
struct watched {
	int64_t viewer_ms; /* or STATS_UNKNOWN */
	int64_t seconds;   /* of its windows; 0 = its line was not read */
	bool counts;       /* it began in the time asked for */
};

/* A window in which somebody was mentioned; a later line takes the place of the
 * earlier. */
struct spoken {
	int64_t ts, seconds;
	size_t stream; /* number, or MAP_NONE */
	char *json;    /* owned; the object of names and numbers */
	size_t len;
};

struct mentions {
	int64_t from, to;
	struct map names;
	struct name *by_name; /* owned; by number */
	size_t cap_names;
	struct map streams;      /* channel, LF, id */
	struct watched *watched; /* owned; by number */
	size_t cap_watched;
	struct map windows;    /* keys of windows with mentions */
	struct spoken *spoken; /* owned; by number */
	size_t cap_spoken;
	uint64_t n_events;
	bool summed;
	bool any_event;
	struct buf key, scratch;
};

struct mentions *
mentions_new(int64_t from, int64_t to)
{
	struct mentions *m = xcalloc(1, sizeof(*m));

	m->from = from;
	m->to = to;
	return m;
}

static struct name *
name_of(struct mentions *m, struct str name)
{
	size_t n = m->names.n;
	size_t i = map_number(&m->names, name, hash_str(name, 0));

	if (i == n) {
		m->by_name =
		    xgrow(m->by_name, n, &m->cap_names, sizeof(*m->by_name));
		m->by_name[i] = (struct name){ 0 };
	}
	return &m->by_name[i];
}

static int
compare_minutes(const void *a, const void *b)
{
	const struct minute *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Brings the minutes into order of time, each once. */
static void
settle(struct counted *c)
{
	size_t kept = 0;

	if (c->n_minutes > 0)
		qsort(c->minutes, c->n_minutes, sizeof(*c->minutes),
		    compare_minutes);
	for (size_t i = 0; i < c->n_minutes; i++) {
		struct minute *last = kept > 0 ? &c->minutes[kept - 1] : NULL;

		if (last != NULL && last->at == c->minutes[i].at)
			last->n = num_sum(last->n, c->minutes[i].n);
		else
			c->minutes[kept++] = c->minutes[i];
	}
	c->n_minutes = kept;
}

/* Counts `n` mentions at `ts`. Of one channel times mostly grow, but one channel may
 * come after the other: a minute is kept as often as it comes until there is no
 * more room. */
static void
count(struct counted *c, int64_t ts, int64_t n)
{
	int64_t at = tstamp_slot(ts, MS_PER_MIN) * MS_PER_MIN;
	size_t i = c->n_minutes;

	if (c->n == 0 || ts < c->first)
		c->first = ts;
	if (c->n == 0 || ts > c->last)
		c->last = ts;
	c->n = num_sum(c->n, n);
	if (i > 0 && c->minutes[i - 1].at == at) {
		c->minutes[i - 1].n = num_sum(c->minutes[i - 1].n, n);
		return;
	}
	if (i == c->cap_minutes) {
		settle(c);
		i = c->n_minutes;
		if (i >= c->cap_minutes / 2)
			c->minutes = xgrow(c->minutes, c->cap_minutes,
			    &c->cap_minutes, sizeof(*c->minutes));
	}
	c->minutes[i] = (struct minute){ at, n };
	c->n_minutes = i + 1;
}

/* Tells whether the list of badges has `badge`, of any version. */
static bool
has_badge(struct str badges, struct str badge)
{
	const char *p, *end;

	if (badges.len == 0)
		return false;
	p = badges.p;
	end = p + badges.len;
	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *stop = comma != NULL ? comma : end;
		struct str one = { p, (size_t)(stop - p) };

		if (one.len > badge.len && one.p[badge.len] == '/' &&
		    str_starts(one, badge))
			return true;
		if (comma == NULL)
			break;
		p = comma + 1;
	}
	return false;
}

static enum mentions_who
who(const struct event *e)
{
	if (has_badge(e->badges, STR("broadcaster")))
		return MENTIONS_BROADCASTER;
	if (has_badge(e->badges, STR("moderator")) ||
	    has_badge(e->badges, STR("lead_moderator")))
		return MENTIONS_MODERATORS;
	return MENTIONS_VIEWERS;
}

void
mentions_add_event(struct mentions *m, const struct event *e)
{
	struct str rest = e->mentions, name;

	m->any_event |= event_is_chat(e);
	if (e->mentions.len == 0 || e->shared_from.len > 0 || e->ts < m->from ||
	    e->ts >= m->to)
		return;
	m->n_events++;
	while (jsonscan_list_next(&rest, &m->scratch, &name)) {
		struct name *to = name_of(m, name);

		if (to->event == m->n_events)
			continue;
		to->event = m->n_events;
		count(&to->events, e->ts, 1);
		to->by[who(e)]++;
		if (e->user_id.len > 0)
			(void)idset_add(
			    &to->people, hash_str(e->user_id, 0) | 1);
	}
}

/* Finds the number of a stream; a new one is watched by nobody yet. */
static size_t
stream_of(struct mentions *m, const struct stats *s)
{
	size_t n = m->streams.n, i;

	buf_reset(&m->key);
	buf_str(&m->key, s->channel);
	buf_byte(&m->key, '\n');
	buf_str(&m->key, s->stream_id);
	i = map_number(
	    &m->streams, buf_view(&m->key), hash_str(buf_view(&m->key), 0));
	if (i < n)
		return i;
	m->watched = xgrow(m->watched, n, &m->cap_watched, sizeof(*m->watched));
	m->watched[i] = (struct watched){ .viewer_ms = STATS_UNKNOWN };
	return i;
}

/* Keeps a window that has mentions, or replaces one that had. */
static void
add_window(struct mentions *m, const struct stats *s)
{
	size_t n = m->windows.n, i;
	struct spoken *w;
	uint64_t hash;
	char *json;

	if (s->ts < m->from || s->ts >= m->to)
		return;
	buf_reset(&m->key);
	buf_str(&m->key, s->channel);
	buf_add(&m->key, &s->ts, sizeof(s->ts));
	buf_add(&m->key, &s->seconds, sizeof(s->seconds));
	hash = hash_str(buf_view(&m->key), 0);
	if (s->mentions.len == 0 &&
	    map_find(&m->windows, buf_view(&m->key), hash) == MAP_NONE)
		return;
	i = map_number(&m->windows, buf_view(&m->key), hash);
	if (i == n) {
		m->spoken =
		    xgrow(m->spoken, n, &m->cap_spoken, sizeof(*m->spoken));
		m->spoken[i] = (struct spoken){ 0 };
	}
	w = &m->spoken[i];
	json = xcalloc(s->mentions.len + 1, 1);
	if (s->mentions.len > 0)
		memcpy(json, s->mentions.p, s->mentions.len);
	free(w->json);
	*w = (struct spoken){ s->ts, s->seconds,
		s->stream_id.len > 0 ? stream_of(m, s) : MAP_NONE, json,
		s->mentions.len };
}

void
mentions_add_stats(struct mentions *m, const struct stats *s)
{
	size_t i;

	if (s->type == STATS_WINDOW) {
		add_window(m, s);
		return;
	}
	i = stream_of(m, s);
	m->watched[i] = (struct watched){ s->viewer_ms, s->seconds,
		s->ts >= m->from && s->ts < m->to };
}

/* Counts what the window says; but not beside those of the length that its stream
 * has. */
static void
count_window(struct mentions *m, const struct spoken *w)
{
	int64_t seconds =
	    w->stream != MAP_NONE ? m->watched[w->stream].seconds : 0;
	struct jsonscan scan;
	struct member member;

	if (seconds != 0 && seconds != w->seconds)
		return;
	jsonscan_init(&scan, (struct str){ w->json, w->len }, &m->scratch);
	while (jsonscan_next(&scan, &member) == 1)
		if (member.kind == MEMBER_INT && member.num > 0)
			count(&name_of(m, member.key)->windows, w->ts,
			    member.num);
}

static int
compare(const void *a, const void *b)
{
	const struct mentions_name *x = a, *y = b;

	if (x->mentions != y->mentions)
		return x->mentions > y->mentions ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static void
sum_name(const struct mentions *m, size_t i, int64_t viewer_ms,
    struct mentions_name *to)
{
	struct name *n = &m->by_name[i];
	struct counted *c = m->any_event ? &n->events : &n->windows;

	settle(c);
	*to = (struct mentions_name){ .name = map_name(&m->names, i),
		.mentions = c->n,
		.people = m->any_event ? (int64_t)n->people.n : STATS_UNKNOWN,
		.per_1000_viewer_min = STATS_UNKNOWN,
		.first = c->first,
		.last = c->last };
	if (viewer_ms > 0)
		to->per_1000_viewer_min = stats_average(
		    (double)c->n * 1000 * MS_PER_MIN / (double)viewer_ms);
	for (int k = 0; k < MENTIONS_N_WHO; k++)
		to->by[k] = m->any_event ? n->by[k] : STATS_UNKNOWN;
	for (size_t k = 0; k < c->n_minutes; k++) {
		const struct minute *at = &c->minutes[k];
		int64_t local = at->at + zone_offset_s(at->at) * MS_PER_S;

		local = (local % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY;
		to->hours[local / MS_PER_HOUR] += (double)at->n;
		if (at->n > to->busiest_mentions) {
			to->busiest_mentions = at->n;
			to->busiest = at->at;
		}
	}
}

void
mentions_sum(struct mentions *m, const char *tz, struct mentions_report *to)
{
	for (size_t i = 0; i < m->windows.n && !m->any_event && !m->summed; i++)
		count_window(m, &m->spoken[i]);
	m->summed = true;
	*to = (struct mentions_report){ .tz = tz,
		.from = m->from,
		.to = m->to,
		.viewer_ms = STATS_UNKNOWN,
		.events = m->any_event,
		.names = xcalloc(m->names.n + 1, sizeof(*to->names)) };
	for (size_t i = 0; i < m->streams.n; i++)
		if (m->watched[i].counts && m->watched[i].viewer_ms >= 0)
			to->viewer_ms =
			    num_sum(to->viewer_ms > 0 ? to->viewer_ms : 0,
				m->watched[i].viewer_ms);
	for (size_t i = 0; i < m->names.n; i++) {
		struct mentions_name *name = &to->names[to->n_names];

		sum_name(m, i, to->viewer_ms, name);
		to->n_names += name->mentions > 0;
	}
	qsort(to->names, to->n_names, sizeof(*to->names), compare);
}

void
mentions_report_release(struct mentions_report *r)
{
	free(r->names);
	*r = (struct mentions_report){ 0 };
}

void
mentions_free(struct mentions *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->names.n; i++) {
		free(m->by_name[i].events.minutes);
		free(m->by_name[i].windows.minutes);
		idset_release(&m->by_name[i].people);
	}
	for (size_t i = 0; i < m->windows.n; i++)
		free(m->spoken[i].json);
	free(m->by_name);
	free(m->watched);
	free(m->spoken);
	map_release(&m->names);
	map_release(&m->streams);
	map_release(&m->windows);
	buf_release(&m->key);
	buf_release(&m->scratch);
	free(m);
}
