#include "remote/rate.h"

#include <strings.h>

#include "base/num.h"

/* Reads the number after `name`. */
static void
read_number(struct str line, struct str name, int64_t *n)
{
	int64_t v;

	if (line.len < name.len || strncasecmp(line.p, name.p, name.len) != 0)
		return;
	line.p += name.len;
	line.len -= name.len;
	v = num_whole(str_trim(line));
	if (v >= 0)
		*n = v;
}

void
rate_line(struct rate *r, struct str line)
{
	read_number(line, STR("Ratelimit-Remaining:"), &r->remaining);
	read_number(line, STR("Ratelimit-Reset:"), &r->reset_s);
}
