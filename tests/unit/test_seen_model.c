/*
 * test_seen_model - repeats held against a list of all that was kept
 */
#include "tap.h"

#include "model/seen.h"
#include "rand.h"

#define EVENTS   4000
#define CHANNELS 3

struct kept {
	int channel, type, id; /* id 0 = none: by its line */
	int64_t ts;
};

static struct kept list[EVENTS];

/* The rule: an equal one was kept whose time is at most 10 minutes before the
 * greatest of the channel, that of this event included. */
static bool
repeats(const struct kept *e, int n, int64_t *greatest)
{
	if (greatest[e->channel] < e->ts)
		greatest[e->channel] = e->ts;
	for (int i = 0; i < n; i++) {
		const struct kept *k = &list[i];
		/* Without an id the line is the same when the time is. */
		bool equal = k->channel == e->channel && k->type == e->type &&
		    k->id == e->id && (e->id != 0 || k->ts == e->ts);

		if (equal && k->ts >= greatest[e->channel] - SEEN_WINDOW_MS)
			return true;
	}
	return false;
}

static int
run(uint64_t *r, size_t ids, int64_t step_ms)
{
	static const enum event_type types[] = { EVENT_MESSAGE, EVENT_SUB,
		EVENT_TIMEOUT };
	int64_t greatest[CHANNELS] = { 0 }, now = INT64_C(1795435200000);
	struct seen s = { 0 };
	int bad = 0, n = 0;

	for (int i = 0; i < EVENTS; i++) {
		char channel[16], id[16], line[80];
		struct kept k;
		struct event e;
		bool want;

		now += rand_between(r, -step_ms / 2, step_ms);
		k.channel = (int)rand_below(r, CHANNELS);
		k.type = (int)types[rand_below(r, 3)];
		k.id = (int)rand_below(r, ids);
		k.ts = now - rand_between(r, 0, 3) * step_ms;
		event_clear(&e);
		snprintf(channel, sizeof(channel), "kanal_%d", k.channel);
		snprintf(id, sizeof(id), "%d", k.id);
		snprintf(line, sizeof(line), "%d %d %d %lld", k.channel, k.type,
		    k.id, (long long)k.ts);
		e.type = (enum event_type)k.type;
		e.channel = str_of(channel);
		if (k.id != 0)
			e.id = str_of(id);
		e.ts = k.ts;
		want = repeats(&k, n, greatest);
		seen_expect(&s, &e);
		bad += seen_before(&s, str_of(line)) != want;
		if (!want)
			list[n++] = k;
	}
	seen_release(&s);
	return bad;
}

int
main(void)
{
	uint64_t r = 17;

	is_int(run(&r, 5, 60000), 0, "few ids, minutes apart");
	is_int(run(&r, 500, 1000), 0, "more ids, seconds apart");
	is_int(run(&r, 1000000, 10), 0, "hardly any id twice");
	is_int(run(&r, 50, 300000), 0, "5 minutes apart");
	is_int(run(&r, 20, 200000), 0, "around the 10 minutes");
	return tap_done();
}
