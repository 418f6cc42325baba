#include "model/report.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/xalloc.h"
#include "format/hash.h"

#define SECONDS_DEFAULT 5 /* of a window, when there is none to look at */

/* So many windows of that length. */
struct width {
	int64_t seconds, n;
};

/* A stream as its last line says. */
struct kept {
	struct stats s;        /* its slices are in `words` or absent */
	uint32_t channel;      /* number */
	char *words;           /* owned */
	struct width *unknown; /* owned; windows of which nothing is known */
	size_t n_unknown, cap_unknown;
	bool read; /* its line was there, not only windows of it */
	struct course course;
	uint32_t next; /* number + 1 of another one of its channel; 0 = none */
};

/* What a channel has. */
struct lane {
	uint32_t streams; /* number + 1 of the first in the list; 0 = none */
	int64_t last; /* begin of the latest window, when courses are kept */
};

/* A window of a stream of which nothing is known. */
struct unknown {
	uint64_t hash; /* of its key; 0 = a free place */
	int64_t ts, seconds;
	uint32_t channel;
	uint32_t stream; /* number + 1; 0 = known after all */
};

struct report {
	struct map channels; /* names and numbers */
	struct lane *lanes;  /* owned; by number of the channel */
	size_t cap_lanes;
	struct map keys;      /* of streams: channel number, id */
	struct kept *streams; /* owned; by the number of their key */
	size_t cap_streams;
	struct unknown *unknown; /* owned; open addressing */
	size_t n_unknown, cap_unknown;
	size_t buckets;     /* of all courses at most; 0 = none is kept */
	size_t n_buckets;   /* of all courses */
	size_t max_buckets; /* of a course */
	struct str only;    /* the stream that has one; absent = all */
	int64_t seconds;    /* of a window; the widest that was read, or 0 */
	struct buf key;
};

struct report *
report_new(void)
{
	return xcalloc(1, sizeof(struct report));
}

void
report_keep_courses(struct report *r, size_t buckets, struct str id)
{
	r->only = id;
	r->buckets = buckets;
	r->max_buckets = buckets;
}

static uint32_t
channel_of(struct report *r, const struct stats *s)
{
	size_t n = r->channels.n;
	size_t i =
	    map_number(&r->channels, s->channel, hash_str(s->channel, 0));

	if (i == n) {
		r->lanes = xgrow(r->lanes, n, &r->cap_lanes, sizeof(*r->lanes));
		r->lanes[i] = (struct lane){ .last = INT64_MIN };
	}
	return (uint32_t)i;
}

/* Finds the stream with this id, or makes place for it. */
static size_t
stream_of(struct report *r, uint32_t channel, struct str id)
{
	size_t n = r->keys.n, i;

	buf_reset(&r->key);
	buf_add(&r->key, &channel, sizeof(channel));
	buf_str(&r->key, id);
	i = map_number(
	    &r->keys, buf_view(&r->key), hash_str(buf_view(&r->key), 0));
	if (i == n) {
		r->streams =
		    xgrow(r->streams, n, &r->cap_streams, sizeof(*r->streams));
		r->streams[i] = (struct kept){ .channel = channel,
			.next = r->lanes[channel].streams };
		r->lanes[channel].streams = (uint32_t)i + 1;
	}
	return i;
}

static struct unknown *
find_unknown(const struct report *r, uint64_t hash, uint32_t channel,
    int64_t ts, int64_t seconds)
{
	size_t mask = r->cap_unknown - 1, i = hash & mask;

	for (; r->unknown[i].hash != 0; i = (i + 1) & mask) {
		const struct unknown *u = &r->unknown[i];

		if (u->hash == hash && u->channel == channel && u->ts == ts &&
		    u->seconds == seconds)
			break;
	}
	return &r->unknown[i];
}

static void
grow_unknown(struct report *r)
{
	struct unknown *old = r->unknown;
	size_t cap = r->cap_unknown;

	r->cap_unknown = cap != 0 ? cap * 2 : 1024;
	r->unknown = xcalloc(r->cap_unknown, sizeof(*r->unknown));
	for (size_t i = 0; i < cap; i++)
		if (old[i].hash != 0)
			*find_unknown(r, old[i].hash, old[i].channel, old[i].ts,
			    old[i].seconds) = old[i];
	free(old);
}

/* Adds the window to the course of its stream. When there are too many buckets
 * all courses get fewer, alike, so that they can be compared. */
static void
grow_course(struct report *r, struct course *c, const struct stats *s)
{
	r->n_buckets -= c->n;
	course_add(c, s, r->max_buckets);
	r->n_buckets += c->n;
	if (r->n_buckets <= r->buckets || r->max_buckets < 16)
		return;
	r->max_buckets /= 2;
	r->n_buckets = 0;
	for (size_t k = 0; k < r->keys.n; k++) {
		course_condense(&r->streams[k].course, r->max_buckets);
		r->n_buckets += r->streams[k].course.n;
	}
}

/* Takes the window, if it was there before, from the stream that had it. */
static void
take_away(struct report *r, uint32_t channel, const struct stats *s)
{
	struct lane *lane = &r->lanes[channel];

	/* Windows come in order of time: mostly it is a new one. */
	if (s->ts > lane->last) {
		lane->last = s->ts;
		return;
	}
	for (uint32_t i = lane->streams; i != 0; i = r->streams[i - 1].next) {
		struct course *c = &r->streams[i - 1].course;

		r->n_buckets -= c->n;
		course_drop(c, s);
		r->n_buckets += c->n;
	}
}

/* Keeps the window in the course of its stream, and in no other one. */
static void
add_course(struct report *r, const struct stats *s)
{
	uint32_t channel = channel_of(r, s);
	bool wanted = s->stream_id.len > 0 &&
	    (r->only.len == 0 || str_eq(r->only, s->stream_id));
	struct course *own = NULL;
	size_t i;

	if (wanted) {
		i = stream_of(r, channel, s->stream_id);
		own = &r->streams[i].course;
	}
	if (own == NULL || !course_has(own, s))
		take_away(r, channel, s);
	if (own != NULL)
		grow_course(r, own, s);
}

/* Finds those of the stream's windows of this length of which nothing is known; NULL
 * when there were none. */
static struct width *
find_width(const struct kept *k, int64_t seconds)
{
	for (size_t i = 0; i < k->n_unknown; i++)
		if (k->unknown[i].seconds == seconds)
			return &k->unknown[i];
	return NULL;
}

/* Their number, to be changed. */
static int64_t *
unknown_of(struct kept *k, int64_t seconds)
{
	struct width *w = find_width(k, seconds);

	if (w != NULL)
		return &w->n;
	k->unknown = xgrow(
	    k->unknown, k->n_unknown, &k->cap_unknown, sizeof(*k->unknown));
	k->unknown[k->n_unknown] = (struct width){ seconds, 0 };
	return &k->unknown[k->n_unknown++].n;
}

/*
 * For the weeks windows say only one thing that streams do not: of which of
 * them nothing is known. The window of an equal key that comes later takes this one's place.
 */
static void
add_window(struct report *r, const struct stats *s)
{
	bool wanted = s->stream_id.len > 0 && s->heard_ms < 0;
	uint32_t channel = channel_of(r, s);
	int64_t key[3] = { channel, s->ts, s->seconds };
	struct unknown *u;
	uint64_t hash;

	if (!wanted && r->n_unknown == 0)
		return;
	if (r->n_unknown * 2 >= r->cap_unknown)
		grow_unknown(r);
	hash = hash_str((struct str){ (const char *)key, sizeof(key) }, 0) | 1;
	u = find_unknown(r, hash, channel, s->ts, s->seconds);
	if (!wanted && u->hash == 0)
		return;
	r->n_unknown += u->hash == 0;
	if (u->stream != 0)
		--*unknown_of(&r->streams[u->stream - 1], s->seconds);
	*u = (struct unknown){ hash, s->ts, s->seconds, channel, 0 };
	if (wanted) {
		u->stream = (uint32_t)stream_of(r, channel, s->stream_id) + 1;
		++*unknown_of(&r->streams[u->stream - 1], s->seconds);
	}
}

static void
add_stream(struct report *r, const struct stats *s)
{
	uint32_t channel = channel_of(r, s);
	size_t i = stream_of(r, channel, s->stream_id);
	struct kept *k = &r->streams[i];
	struct str *const words[] = { &k->s.title, &k->s.category, &k->s.name,
		&k->s.language, &k->s.mentions };
	struct str key = map_name(&r->keys, i);
	size_t len = 0;
	char *p;

	free(k->words);
	k->read = true;
	k->s = *s;
	k->s.channel = map_name(&r->channels, channel);
	k->s.stream_id =
	    (struct str){ key.p + sizeof(channel), key.len - sizeof(channel) };
	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++)
		len += words[w]->len;
	p = k->words = xcalloc(len + 1, 1);
	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++) {
		if (words[w]->len > 0)
			memcpy(p, words[w]->p, words[w]->len);
		words[w]->p = p;
		p += words[w]->len;
	}
}

void
report_add(struct report *r, const struct stats *s)
{
	if (s->seconds > r->seconds)
		r->seconds = s->seconds;
	if (s->type == STATS_WINDOW) {
		add_window(r, s);
		if (r->buckets > 0)
			add_course(r, s);
	} else {
		add_stream(r, s);
	}
}

int64_t
report_newest(const struct report *r)
{
	int64_t newest = INT64_MIN;

	for (size_t i = 0; i < r->keys.n; i++)
		if (r->streams[i].read && r->streams[i].s.ts > newest)
			newest = r->streams[i].s.ts;
	return newest;
}

/* The length of windows where no stream tells it. */
static int64_t
widest(const struct report *r)
{
	return r->seconds > 0 ? r->seconds : SECONDS_DEFAULT;
}

/* What is summed up on the way to the ratios. */
struct sums {
	int64_t sampled_ms;
	int64_t message_ms; /* messages x length of their windows */
	int64_t heard_ms;   /* windows of which nothing is known included */
	int64_t known_heard_ms, heard_air_ms;
	int64_t known_sampled_ms, sampled_air_ms;
};

static void
add_figures(struct weekly_figures *f, struct sums *sums, const struct kept *k)
{
	const struct stats *s = &k->s;
	int64_t window_ms = s->seconds * MS_PER_S, heard_ms;
	/* Windows of another length than the stream's count for nothing. */
	const struct width *unknown = find_width(k, s->seconds);

	f->streams++;
	f->open += s->open;
	f->inferred += s->inferred;
	f->airtime_ms = num_sum(f->airtime_ms, s->airtime_ms);
	if (s->viewers_max > f->viewers_max) {
		f->viewers_max = s->viewers_max;
		f->viewers_max_at = s->viewers_max_at;
	}
	if (s->messages_max_at != INT64_MIN &&
	    (f->messages_max_at == INT64_MIN ||
		s->messages_max > f->messages_max)) {
		f->messages_max = s->messages_max;
		f->messages_max_at = s->messages_max_at;
	}
	if (s->viewer_ms >= 0) {
		if (f->viewer_ms < 0)
			f->viewer_ms = 0;
		f->viewer_ms = num_sum(f->viewer_ms, s->viewer_ms);
		sums->sampled_ms = num_sum(sums->sampled_ms, s->sampled_ms);
	}
	f->messages = num_sum(f->messages, s->n.messages);
	f->chatters_sum = num_sum(f->chatters_sum, s->n.chatters);
	f->bits = num_sum(f->bits, s->n.bits);
	f->paid_messages = num_sum(f->paid_messages, s->n.paid_messages);
	f->subs = num_sum(f->subs, s->n.subs);
	sums->message_ms =
	    num_sum(sums->message_ms, num_product(s->n.messages, window_ms));
	heard_ms = s->heard_ms >= 0
	    ? num_sum(s->heard_ms,
		  num_product(unknown != NULL ? unknown->n : 0, window_ms))
	    : num_product(s->windows, window_ms);
	sums->heard_ms = num_sum(sums->heard_ms, heard_ms);
	if (s->airtime_ms > 0 && s->viewer_ms >= 0) {
		sums->known_sampled_ms =
		    num_sum(sums->known_sampled_ms, s->sampled_ms);
		sums->sampled_air_ms =
		    num_sum(sums->sampled_air_ms, s->airtime_ms);
	}
	if (s->airtime_ms > 0 && s->heard_ms >= 0) {
		sums->known_heard_ms =
		    num_sum(sums->known_heard_ms, s->heard_ms);
		sums->heard_air_ms = num_sum(sums->heard_air_ms, s->airtime_ms);
	}
}

static double
ratio(int64_t a, int64_t b)
{
	return b > 0 ? stats_average((double)a / (double)b) : STATS_UNKNOWN;
}

static double
share(int64_t part, int64_t all)
{
	return ratio(part < all ? part : all, all);
}

/* Orders streams by their begin; of equal ones the order of the input. */
static int
compare_kept(const void *a, const void *b)
{
	const struct kept *x = *(const struct kept *const *)a;
	const struct kept *y = *(const struct kept *const *)b;

	if (x->channel != y->channel)
		return x->channel < y->channel ? -1 : 1;
	if (x->s.ts != y->s.ts)
		return x->s.ts < y->s.ts ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Sums up those of the `n` streams at `k` that began in the given time. */
static struct weekly_figures
figures(const struct kept *const *k, size_t n, int64_t from, int64_t to)
{
	struct weekly_figures f = { .viewers_max = STATS_UNKNOWN,
		.viewers_max_at = INT64_MIN,
		.messages_max_at = INT64_MIN,
		.viewer_ms = STATS_UNKNOWN };
	struct sums sums = { 0 };

	for (size_t i = 0; i < n; i++)
		if (k[i]->s.ts >= from && k[i]->s.ts < to)
			add_figures(&f, &sums, k[i]);
	f.viewers_avg = f.viewer_ms < 0 ? STATS_UNKNOWN
					: ratio(f.viewer_ms, sums.sampled_ms);
	f.messages_avg = ratio(sums.message_ms, sums.heard_ms);
	f.coverage_viewers = share(sums.known_sampled_ms, sums.sampled_air_ms);
	f.coverage_chat = share(sums.known_heard_ms, sums.heard_air_ms);
	return f;
}

static void
list_streams(struct weekly_channel *c, const struct kept *const *k, size_t n,
    int64_t from, int64_t to)
{
	c->streams = xcalloc(n, sizeof(*c->streams));
	for (size_t i = 0; i < n; i++) {
		const struct stats *s = &k[i]->s;

		if (s->ts < from || s->ts >= to)
			continue;
		c->streams[c->n_streams++] =
		    (struct weekly_stream){ .started_at = s->ts,
			    .airtime_ms = s->airtime_ms,
			    .title = s->title,
			    .category = s->category,
			    .stream_id = s->stream_id,
			    .open = s->open,
			    .inferred = s->inferred,
			    .viewers_avg = s->viewers_avg,
			    .viewers_max = s->viewers_max,
			    .messages = s->n.messages };
	}
}

/* By hours watched, then messages, then name. */
static int
compare_channels(const void *a, const void *b)
{
	const struct weekly_channel *x = a, *y = b;
	int64_t v = x->now.viewer_ms > 0 ? x->now.viewer_ms : 0;
	int64_t w = y->now.viewer_ms > 0 ? y->now.viewer_ms : 0;

	if (v != w)
		return v > w ? -1 : 1;
	if (x->now.messages != y->now.messages)
		return x->now.messages > y->now.messages ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static void
add_channel(const struct report *r, struct weekly *w,
    const struct kept *const *k, size_t n, int64_t before)
{
	struct weekly_channel *c = &w->channels[w->n_channels];

	*c = (struct weekly_channel){ .name = map_name(
					  &r->channels, k[0]->channel) };
	c->now = figures(k, n, w->from, w->to);
	if (c->now.streams == 0)
		return;
	c->previous = figures(k, n, before, w->from);
	c->has_previous = c->previous.streams > 0;
	list_streams(c, k, n, w->from, w->to);
	for (size_t i = 0; i < n; i++)
		if (k[i]->s.ts >= before && k[i]->s.ts < w->to &&
		    k[i]->s.seconds > w->seconds)
			w->seconds = k[i]->s.seconds;
	w->n_channels++;
}

static void
name_week(char name[16], struct week w)
{
	struct buf b = { 0 };

	week_add(&b, w);
	memset(name, 0, 16);
	memcpy(name, b.p, b.len < 15 ? b.len : 15);
	buf_release(&b);
}

void
report_weekly(
    const struct report *r, struct week week, const char *tz, struct weekly *to)
{
	struct week before = { week.monday - 7 }, after = { week.monday + 7 };
	const struct kept **k = xcalloc(r->keys.n, sizeof(*k));
	size_t n = 0, end;

	*to = (struct weekly){
		.tz = tz, .from = week_start(week), .to = week_start(after)
	};
	name_week(to->week, week);
	name_week(to->before, before);
	for (size_t i = 0; i < r->keys.n; i++)
		if (r->streams[i].read)
			k[n++] = &r->streams[i];
	qsort(k, n, sizeof(*k), compare_kept);
	to->channels = xcalloc(r->channels.n, sizeof(*to->channels));
	for (size_t i = 0; i < n; i = end) {
		for (end = i; end < n && k[end]->channel == k[i]->channel;)
			end++;
		add_channel(r, to, k + i, end - i, week_start(before));
	}
	qsort(to->channels, to->n_channels, sizeof(*to->channels),
	    compare_channels);
	if (to->seconds == 0)
		to->seconds = widest(r);
	free(k);
}

static int
compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

size_t
report_channels(const struct report *r, struct str **names)
{
	bool *has = xcalloc(r->channels.n + 1, sizeof(*has));
	size_t n = 0;

	*names = xcalloc(r->channels.n + 1, sizeof(**names));
	for (size_t i = 0; i < r->keys.n; i++)
		has[r->streams[i].channel] |= r->streams[i].read;
	for (size_t i = 0; i < r->channels.n; i++)
		if (has[i])
			(*names)[n++] = map_name(&r->channels, i);
	free(has);
	qsort(*names, n, sizeof(**names), compare_names);
	return n;
}

/* Lists the streams of `channel` that were read, by time. The list is the
 * caller's. */
static size_t
list_kept(const struct report *r, struct str channel, const struct kept ***list)
{
	size_t n = 0,
	       number = map_find(&r->channels, channel, hash_str(channel, 0));

	*list = xcalloc(r->keys.n + 1, sizeof(**list));
	for (size_t i = 0; i < r->keys.n; i++)
		if (r->streams[i].read && r->streams[i].channel == number)
			(*list)[n++] = &r->streams[i];
	qsort(*list, n, sizeof(**list), compare_kept);
	return n;
}

void
report_history(const struct report *r, struct str channel, int64_t from,
    int64_t until, const char *tz, struct history *to)
{
	const struct kept **k;
	size_t n = list_kept(r, channel, &k);

	*to = (struct history){
		.channel = channel, .tz = tz, .from = from, .to = until
	};
	to->sum = figures(k, n, from, until);
	to->streams = xcalloc(n + 1, sizeof(*to->streams));
	for (size_t i = 0; i < n; i++) {
		if (k[i]->s.ts < from || k[i]->s.ts >= until)
			continue;
		to->streams[to->n_streams++] =
		    (struct report_stream){ &k[i]->s, &k[i]->course };
		if (k[i]->s.seconds > to->seconds)
			to->seconds = k[i]->s.seconds;
	}
	if (to->seconds == 0)
		to->seconds = widest(r);
	free(k);
}

size_t
report_find(const struct report *r, struct str channel, struct str id,
    struct report_stream *to)
{
	bool latest = str_eq(id, STR("latest"));
	const struct kept *best = NULL;
	size_t n = 0;

	for (size_t i = 0; i < r->keys.n; i++) {
		const struct kept *k = &r->streams[i];

		if (!k->read || (!latest && !str_eq(k->s.stream_id, id)) ||
		    (channel.len > 0 && !str_eq(k->s.channel, channel)))
			continue;
		n++;
		if (best == NULL || k->s.ts >= best->s.ts)
			best = k;
	}
	if (best != NULL)
		*to = (struct report_stream){ &best->s, &best->course };
	return latest && n > 1 ? 1 : n;
}

bool
report_is_partial(const struct report_stream *s)
{
	const struct course *c = s->course;
	struct course_bucket all;

	if (c->n == 0 || c->seconds != s->s->seconds)
		return false;
	course_sum(c, 0, c->n, &all);
	return all.windows < s->s->windows;
}

/* The last time of which the stream says something. */
static int64_t
last_of(const struct kept *k)
{
	int64_t last = k->read ? k->s.ended_at : INT64_MIN;

	if (k->course.n > 0 && k->course.last > last)
		last = k->course.last;
	return last;
}

int64_t
report_until(const struct report *r)
{
	int64_t until = INT64_MIN;

	for (size_t i = 0; i < r->keys.n; i++)
		if (last_of(&r->streams[i]) > until)
			until = last_of(&r->streams[i]);
	return until;
}

/* When the stream began, as far as that is known. */
static int64_t
begin_of(const struct kept *k)
{
	return k->read ? k->s.ts : k->course.from;
}

/* Tells whether a stream of the channel began after `k`: then that is over. */
static bool
has_newer(const struct report *r, const struct kept *k)
{
	for (size_t i = 0; i < r->keys.n; i++) {
		const struct kept *other = &r->streams[i];

		if (other->channel == k->channel &&
		    last_of(other) != INT64_MIN &&
		    begin_of(other) > begin_of(k))
			return true;
	}
	return false;
}

static int
compare_on_air(const void *a, const void *b)
{
	return str_cmp(((const struct on_air *)a)->channel,
	    ((const struct on_air *)b)->channel);
}

size_t
report_on_air(const struct report *r, int64_t within_ms, struct on_air **list)
{
	int64_t until = report_until(r);
	size_t n = 0;

	*list = xcalloc(r->keys.n + 1, sizeof(**list));
	for (size_t i = 0; i < r->keys.n; i++) {
		const struct kept *k = &r->streams[i];
		struct str key = map_name(&r->keys, i);

		if ((k->read && !k->s.open) || last_of(k) == INT64_MIN ||
		    last_of(k) < until - within_ms || has_newer(r, k))
			continue;
		(*list)[n++] =
		    (struct on_air){ map_name(&r->channels, k->channel),
			    { key.p + sizeof(k->channel),
				key.len - sizeof(k->channel) },
			    k->read ? &k->s : NULL, &k->course };
	}
	qsort(*list, n, sizeof(**list), compare_on_air);
	return n;
}

void
history_release(struct history *h)
{
	free(h->streams);
	*h = (struct history){ 0 };
}

void
weekly_release(struct weekly *w)
{
	for (size_t i = 0; i < w->n_channels; i++)
		free(w->channels[i].streams);
	free(w->channels);
	*w = (struct weekly){ 0 };
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->keys.n; i++) {
		free(r->streams[i].words);
		free(r->streams[i].unknown);
		course_release(&r->streams[i].course);
	}
	free(r->lanes);
	free(r->streams);
	free(r->unknown);
	map_release(&r->channels);
	map_release(&r->keys);
	buf_release(&r->key);
	free(r);
}
