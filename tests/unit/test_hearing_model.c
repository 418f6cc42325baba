/*
 * test_hearing_model - hearing held against a calendar of seconds
 *
 * The model ticks off every second that a collector heard, on a sheet of its
 * own, and crosses out its gaps; heard is what is left on any sheet.
 */
#include "tap.h"

#include <stdlib.h>

#include "model/hearing.h"
#include "rand.h"

#define T0      INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */
#define SECONDS 4000
#define BYS     3
#define DEAD_S  150

struct sheet {
	bool heard[SECONDS], gap[SECONDS];
	bool open;
	int begin, sign; /* of what is open: not ticked off yet */
};

static struct sheet sheets[BYS];
static int known_from;

static void
tick(bool *cells, int from, int to)
{
	for (int s = from; s < to; s++)
		cells[s] = true;
}

static void
close_sheet(struct sheet *m, int end)
{
	tick(m->heard, m->begin, end);
	m->open = false;
}

/* Whoever gave no sign for too long died at the last one. */
static void
bury(int now)
{
	for (int by = 0; by < BYS; by++)
		if (sheets[by].open && now - sheets[by].sign > DEAD_S)
			close_sheet(&sheets[by], sheets[by].sign);
}

static int
between(int lo, int v, int hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static void
model_mark(int now, struct sheet *m, int kind, int from, int to)
{
	if (known_from < 0)
		known_from = now;
	bury(now);
	switch (kind) {
	case CHAT_MARK_SIGN:
		if (!m->open)
			m->begin = now;
		m->open = true;
		m->sign = now;
		break;
	case CHAT_MARK_LOST:
		if (m->open)
			close_sheet(m,
			    between(m->begin, from >= 0 ? from : m->sign, now));
		break;
	case CHAT_MARK_LEFT:
		if (m->open)
			close_sheet(m, now);
		break;
	default:
		if (from < to)
			tick(m->gap, from, to);
		break;
	}
}

static void
model_chat(int now)
{
	struct sheet *only = NULL;
	int n = 0;

	bury(now);
	for (int by = 0; by < BYS; by++)
		if (sheets[by].open) {
			only = &sheets[by];
			n++;
		}
	if (n == 1)
		only->sign = now;
}

static int
model_measure(int from, int to)
{
	int sum = 0;

	if (known_from < 0 || to <= known_from)
		return -1;
	for (int s = from; s < to; s++) {
		bool heard = false;

		for (int by = 0; by < BYS; by++) {
			const struct sheet *m = &sheets[by];
			bool here = m->heard[s] ||
			    (m->open && m->begin <= s && s < m->sign);

			heard |= here && !m->gap[s];
		}
		sum += heard;
	}
	return sum;
}

/* Some mark or line at `now`, taken in by both. */
static void
happen(struct hearing *h, uint64_t *r, int now)
{
	static const int kinds[] = { CHAT_MARK_SIGN, CHAT_MARK_SIGN,
		CHAT_MARK_SIGN, CHAT_MARK_LOST, CHAT_MARK_LEFT, CHAT_MARK_GAP };
	struct chat_mark m = { 0 };
	int from, to;

	if (rand_below(r, 2) == 0) {
		hearing_chat(h, T0 + now * INT64_C(1000));
		model_chat(now);
		return;
	}
	from = now - (int)rand_below(r, 60);
	to = now - (int)rand_below(r, 30);
	from = from < 0 ? 0 : from;
	to = to < 0 ? 0 : to;
	m.kind = kinds[rand_below(r, sizeof(kinds) / sizeof(*kinds))];
	m.by = (uint32_t)rand_below(r, BYS);
	m.from = T0 + from * INT64_C(1000);
	m.to = T0 + to * INT64_C(1000);
	if (m.kind == CHAT_MARK_LOST && rand_below(r, 4) == 0) {
		m.from = INT64_MIN;
		from = -1;
	}
	hearing_mark(h, T0 + now * INT64_C(1000), &m);
	model_mark(now, &sheets[m.by], (int)m.kind, from, to);
}

static bool
agrees(const struct hearing *h, int from, int to)
{
	int64_t want = model_measure(from, to);

	return hearing_measure(h, T0 + from * INT64_C(1000),
		   T0 + to * INT64_C(1000)) == (want < 0 ? -1 : want * 1000);
}

int
main(void)
{
	struct hearing h = { 0 }, copy = { 0 };
	uint64_t r = 16;
	int bad = 0, forgotten = 0, copied = 0;

	for (int round = 0; round < 300; round++) {
		int now = 0, pace = 1 + (int)rand_below(&r, 120);

		memset(sheets, 0, sizeof(sheets));
		known_from = -1;
		hearing_release(&h);
		hearing_release(&copy);
		while ((now += (int)rand_below(&r, (size_t)pace)) < SECONDS) {
			happen(&h, &r, now);
			if (pace == 1 && now++ > 500)
				break;
		}
		for (int i = 0; i < 50; i++) {
			int from = (int)rand_below(&r, SECONDS);
			int to = from +
			    (int)rand_below(&r, (size_t)(SECONDS - from));

			bad += !agrees(&h, from, to);
		}
		bad += !agrees(&h, 0, SECONDS);
		hearing_copy(&copy, &h);
		hearing_forget(&h, T0 + 2000 * INT64_C(1000));
		for (int to = 2001; to < SECONDS; to += 97) {
			forgotten += !agrees(&h, 2000, to);
			copied += !agrees(&copy, 1000, to);
		}
	}
	is_int(bad, 0, "any stretch of any hearing is as the model says");
	is_int(forgotten, 0, "also of what is left after forgetting");
	is_int(copied, 0, "a copy is as what it was made of");
	hearing_release(&h);
	hearing_release(&copy);
	return tap_done();
}
