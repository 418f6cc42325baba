#include "model/total.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

void
total_init(struct total *t, int64_t started_at)
{
	*t = (struct total){ .started_at = started_at,
		.messages_max_at = INT64_MIN };
}

void
total_sample(
    struct total *t, struct entry *e, enum session_kind kind, int64_t hold_ms)
{
	int64_t lasted = 0;

	switch (kind) {
	case SESSION_STREAM:
		t->begin = e->started_at < e->ts ? e->started_at : e->ts;
		break;
	case SESSION_SEGMENT:
		t->airtime_ms += t->last_ts - t->begin;
		t->begin = e->ts;
		break;
	default:
		lasted = e->ts - t->last_ts;
		if (lasted > t->last_hold_ms)
			lasted = t->last_hold_ms;
		break;
	}
	t->viewer_ms =
	    num_sum(t->viewer_ms, num_product(t->last_viewers, lasted));
	t->sampled_ms += lasted;
	t->viewers_sum = num_sum(t->viewers_sum, e->viewers);
	if (t->samples == 0 || e->viewers > t->viewers_max) {
		t->viewers_max = e->viewers;
		t->viewers_max_at = e->ts;
	}
	t->samples++;
	t->last_ts = e->ts;
	t->last_viewers = e->viewers;
	t->last_hold_ms = hold_ms;
	free(t->words);
	t->words = e->words;
	e->words = NULL;
	memcpy(t->word_len, e->word_len, sizeof(t->word_len));
}

double
total_viewers(const struct total *t, int64_t begin)
{
	return t->samples > 0 && begin - t->last_ts <= t->last_hold_ms
	    ? (double)t->last_viewers
	    : STATS_UNKNOWN;
}

void
total_window(
    struct total *t, const struct stats *w, const struct tally *counted)
{
	tally_merge(&t->tally, counted);
	t->windows++;
	t->unknown += w->heard_ms < 0;
	t->heard_ms += w->heard_ms >= 0 ? w->heard_ms : 0;
	if (t->messages_max_at == INT64_MIN ||
	    w->n.messages > t->messages_max) {
		t->messages_max = w->n.messages;
		t->messages_max_at = w->ts;
	}
}

void
total_late(struct total *t, const struct event *e, struct map *names,
    int64_t begin, int64_t messages)
{
	(void)tally_add(&t->tally, e, names);
	if (messages > t->messages_max ||
	    (messages == t->messages_max && begin < t->messages_max_at)) {
		t->messages_max = messages;
		t->messages_max_at = begin;
	}
}

/* The `i`-th of the words of the last hit. */
static struct str
word(const struct total *t, int i)
{
	const char *p = t->words;

	for (int k = 0; k < i; k++)
		p += t->word_len[k];
	return (struct str){ p, t->word_len[i] };
}

struct stats
total_figures(const struct total *t)
{
	struct stats st = { .type = STATS_STREAM,
		.ts = t->started_at,
		.viewers_max = STATS_UNKNOWN,
		.viewer_ms = STATS_UNKNOWN };

	st.ended_at = t->run ? t->ended_at : t->last_ts;
	st.inferred = t->run;
	st.airtime_ms = t->run ? t->ended_at - t->started_at
			       : t->airtime_ms + t->last_ts - t->begin;
	if (!t->run) {
		st.name = word(t, 0);
		st.title = word(t, 1);
		st.category = word(t, 2);
		st.language = word(t, 3);
		st.viewers_avg = t->sampled_ms > 0
		    ? (double)t->viewer_ms / (double)t->sampled_ms
		    : (double)t->viewers_sum / (double)t->samples;
		st.viewers_max = t->viewers_max;
		st.viewers_max_at = t->viewers_max_at;
		st.viewer_ms = t->viewer_ms;
		st.sampled_ms = t->sampled_ms;
	}
	st.n = tally_counts(&t->tally);
	st.chatters_new = t->tally.firsts.n;
	st.messages_max = t->messages_max;
	st.messages_max_at = t->messages_max_at;
	st.windows = t->windows;
	st.unknown = t->unknown;
	st.heard_ms = t->unknown < t->windows ? t->heard_ms : STATS_UNKNOWN;
	return st;
}

void
total_release(struct total *t)
{
	tally_release(&t->tally);
	free(t->words);
}
