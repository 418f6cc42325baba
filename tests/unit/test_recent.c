/*
 * Windows that may be written again: found, made, forgotten.
 */
#include "tap.h"

#include "model/recent.h"

int
main(void)
{
	const struct recent_window fresh = {
		.viewers = -1, .viewers_max = -1, .heard_ms = 5000, .stream = -1
	};
	struct recent r = { 0 };

	recent_get(&r, 5, &fresh)->tally.n.messages = 55;
	recent_get(&r, 9, &fresh)->tally.n.messages = 99;
	recent_get(&r, 7, &fresh)->tally.n.messages = 77;
	recent_get(&r, 3, &fresh)->tally.n.messages = 33;
	is_int((int64_t)r.n, 4, "four are made");
	for (size_t i = 0; i < r.n; i++)
		is_int(r.p[i].tally.n.messages, r.p[i].index * 11,
		    "in order: %zu", i);
	is_int(recent_get(&r, 7, &fresh)->tally.n.messages, 77, "found again");
	is_int(recent_get(&r, 7, &fresh)->heard_ms, 5000, "made of the fresh");
	recent_forget(&r, 7);
	is_int((int64_t)r.n, 2, "two are forgotten");
	is_int(r.p[0].index, 7, "the first that is left");
	recent_forget(&r, 7);
	is_int((int64_t)r.n, 2, "none is forgotten");
	recent_release(&r);
	is_int((int64_t)r.n, 0, "all are");
	return tap_done();
}
