/*
 * Lines of a header, and what they say of the rate limit.
 */
#include "tap.h"

#include "remote/rate.h"

int
main(void)
{
	struct rate r = { -1, -1 };

	rate_line(&r, STR("Content-Type: application/json\r\n"));
	rate_line(&r, STR("Ratelimit-Limit: 800\r\n"));
	ok(r.remaining == -1 && r.reset_s == -1, "others say nothing of it");
	rate_line(&r, STR("Ratelimit-Remaining: 799\r\n"));
	is_int(r.remaining, 799, "as Twitch writes it");
	is_int(r.reset_s, -1, "and only that");
	rate_line(&r, STR("ratelimit-reset:1763899260"));
	is_int(r.reset_s, 1763899260, "in any case, with no blank");
	rate_line(&r, STR("RATELIMIT-REMAINING: \t0 \r\n"));
	is_int(r.remaining, 0, "with many");
	rate_line(&r, STR("Ratelimit-Remaining: -1"));
	rate_line(&r, STR("Ratelimit-Remaining: 5x"));
	rate_line(&r, STR("Ratelimit-Remaining:"));
	rate_line(&r, STR("Ratelimit-Remain"));
	is_int(r.remaining, 0, "what is no number is passed over");
	return tap_done();
}
