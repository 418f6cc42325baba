/*
 * fuzz rawlog: any bytes as a line of the raw log; its parts lie in the line.
 */
#include "fuzz.h"

#include "base/tstamp.h"
#include "format/rawlog.h"

static void
must_be_inside(struct str s, struct str line)
{
	if (s.len == 0)
		return;
	must(s.p >= line.p && s.p + s.len <= line.p + line.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = fuzz_str(data, size);
	struct rawlog r;

	if (!rawlog_parse(&r, line))
		return 0;
	must_be_inside(r.channel, line);
	must_be_inside(r.payload, line);
	must(r.source <= RAWLOG_OTHER);
	if (r.source == RAWLOG_BARE) {
		must(r.received == RAWLOG_NO_TIME);
		must(r.channel.len == 0);
		must(str_eq(r.payload, line));
	} else {
		must(r.received >= TSTAMP_MIN && r.received <= TSTAMP_MAX);
		must(memchr(line.p, '\t', line.len) != NULL);
	}
	return 0;
}
