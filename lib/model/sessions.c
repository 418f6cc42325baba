#include "model/sessions.h"

#include <stdlib.h>

#include "base/tstamp.h"
#include "base/xalloc.h"

#define OVER_MISSES    3                 /* misses since the last hit ... */
#define OVER_MISSED_MS (10 * MS_PER_MIN) /* ... and this long after it */
#define OVER_SILENT_MS (6 * MS_PER_HOUR) /* without hit or miss */

void
sessions_init(struct sessions *s, struct past *past, int64_t gap_ms)
{
	*s = (struct sessions){ .past = past,
		.gap_ms = gap_ms,
		.n = SESSIONS_FIRST,
		.stream = SESSIONS_NONE };
}

void
sessions_forget(struct past *past)
{
	free(past->ids);
	*past = (struct past){ 0 };
}

static bool
is_past(const struct sessions *s, uint32_t id)
{
	for (size_t i = 0; i < s->n_past; i++)
		if (s->past->ids[i] == id)
			return true;
	return false;
}

/* The newest stream is not that any more. */
static void
leave(struct sessions *s)
{
	struct past *past = s->past;

	past->ids = xgrow(past->ids, s->n_past, &past->cap, sizeof(*past->ids));
	past->ids[s->n_past++] = s->id;
}

static bool
close_run(struct sessions *s, struct session_run *run)
{
	s->in_run = s->decided = false;
	*run = (struct session_run){ s->runs++, s->first, s->last };
	return true;
}

bool
sessions_pass(
    struct sessions *s, int64_t ts, bool helix, struct session_run *run)
{
	if (s->under_way && ts - s->last_poll >= OVER_SILENT_MS)
		s->under_way = false;
	if (s->in_run && (ts - s->last > s->gap_ms || (helix && s->decided)))
		return close_run(s, run);
	return false;
}

void
sessions_helix(struct sessions *s)
{
	s->helix = true;
	s->in_run = false;
}

void
sessions_decide(struct sessions *s)
{
	s->decided = s->in_run;
}

struct session_hit
sessions_hit(struct sessions *s, int64_t ts, uint32_t id, int64_t started_at)
{
	struct session_hit h = { SESSION_GOES_ON, s->stream };
	bool known = s->stream != SESSIONS_NONE;

	sessions_helix(s);
	/* A cache may still show a stream before; it does not come back. */
	if (known &&
	    (started_at < s->started_at || (id != s->id && is_past(s, id)))) {
		h.kind = SESSION_IGNORED;
		return h;
	}
	if (!known || id != s->id) {
		if (known)
			leave(s);
		s->stream = s->n++;
		s->id = id;
		s->started_at = started_at;
		h.kind = SESSION_STREAM;
		h.stream = s->stream;
	} else if (!s->under_way) {
		h.kind = ts - s->last_hit <= SESSIONS_BACK_MS ? SESSION_SEGMENT
							      : SESSION_IGNORED;
		if (h.kind == SESSION_IGNORED)
			return h;
	}
	s->under_way = true;
	s->misses = 0;
	s->last_hit = s->last_poll = ts;
	return h;
}

void
sessions_miss(struct sessions *s, int64_t ts)
{
	sessions_helix(s);
	if (!s->under_way)
		return;
	s->last_poll = ts;
	s->misses++;
	if (s->misses >= OVER_MISSES && ts - s->last_hit >= OVER_MISSED_MS)
		s->under_way = false;
}

void
sessions_message(struct sessions *s, int64_t ts)
{
	if (s->helix)
		return;
	if (!s->in_run)
		s->first = ts;
	s->in_run = true;
	s->last = ts;
}

bool
sessions_end(struct sessions *s, struct session_run *run)
{
	return s->in_run && close_run(s, run);
}
