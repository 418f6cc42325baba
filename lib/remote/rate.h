/*
 * rate - what the header of an answer says of the rate limit
 *
 * Helix counts points a minute; each answer tells how many are left and when
 * all are there again. twitch.md 3.2.
 */
#ifndef TW_REMOTE_RATE_H
#define TW_REMOTE_RATE_H

#include <stdint.h>

#include "base/str.h"

struct rate {
	int64_t remaining; /* Ratelimit-Remaining, -1 = not said */
	int64_t reset_s;   /* Ratelimit-Reset, seconds since 1970; -1 */
};

/*
 * Take what the line `line` of a header, with or without its end, says of it.
 */
void rate_line(struct rate *r, struct str line);

#endif
