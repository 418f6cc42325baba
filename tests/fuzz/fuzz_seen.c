/*
 * fuzz seen: a row of events, made of four bytes each, held against a list of
 * all that was kept: which repeat one, by the rule of tw-event(5) read aloud.
 */
#include "fuzz.h"

#include "model/seen.h"

#define EVENTS 600

struct kept {
	unsigned channel, type, id; /* id 0 = none: by its line */
	int64_t ts;
};

/* Tells whether `e` repeats one of the `n` at `list`. */
static bool
repeats(
    const struct kept *list, size_t n, const struct kept *e, int64_t *greatest)
{
	if (greatest[e->channel] < e->ts)
		greatest[e->channel] = e->ts;
	for (size_t i = 0; i < n; i++) {
		const struct kept *k = &list[i];

		if (k->channel == e->channel && k->type == e->type &&
		    k->id == e->id && (e->id != 0 || k->ts == e->ts) &&
		    k->ts >= greatest[e->channel] - SEEN_WINDOW_MS)
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum event_type types[] = { EVENT_MESSAGE, EVENT_SUB,
		EVENT_TIMEOUT, EVENT_DELETE };
	static struct kept list[EVENTS];
	struct fuzz_bytes in = { data, size };
	int64_t now = INT64_C(1795435200000), greatest[4] = { 0 };
	struct seen s = { 0 };
	size_t n = 0;

	while (in.left > 0 && n < EVENTS) {
		unsigned what = fuzz_byte(&in);
		char channel[16], id[16], line[80];
		struct event e;
		struct kept k;
		bool want;

		k.channel = what & 3;
		k.type = (unsigned)types[what >> 2 & 3];
		k.id = fuzz_byte(&in) % 32;
		/* Back and forth, mostly by little, up to half an hour. */
		now += ((int64_t)fuzz_byte(&in) - 64) *
		    ((what & 64) != 0 ? 10000 : 1);
		k.ts = now - (int64_t)fuzz_byte(&in) * 5000;
		event_clear(&e);
		snprintf(channel, sizeof(channel), "kanal_%u", k.channel);
		snprintf(id, sizeof(id), "%u", k.id);
		snprintf(line, sizeof(line), "%u %u %lld", k.channel, k.type,
		    (long long)k.ts);
		e.type = (enum event_type)k.type;
		e.channel = str_of(channel);
		e.ts = k.ts;
		if (k.id != 0)
			e.id = str_of(id);
		want = repeats(list, n, &k, greatest);
		seen_expect(&s, &e);
		must(seen_before(&s, str_of(line)) == want);
		if (!want)
			list[n++] = k;
	}
	seen_release(&s);
	return 0;
}
