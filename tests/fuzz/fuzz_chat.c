/*
 * fuzz chat: any bytes as a line of the raw log; the event that it makes is
 * read again as it was written.
 */
#include "fuzz.h"

#include "format/irc.h"
#include "format/rawlog.h"
#include "model/fromchat.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scratch scratch;
	struct str line = fuzz_str(data, size), what = STR_ABSENT;
	struct rawlog raw;
	struct event e;
	struct irc m = { 0 };

	/* The tools refuse a NUL and split at LF before this. */
	if (memchr(line.p, '\n', line.len) != NULL ||
	    memchr(line.p, '\0', line.len) != NULL)
		return 0;
	if (!rawlog_parse(&raw, line))
		return 0;
	if (raw.source != RAWLOG_BARE && raw.source != RAWLOG_IRC)
		return 0;
	if (!irc_parse(&m, raw.payload))
		return 0;
	if (fromchat(&e, &m, &raw, &scratch, &what) == FROM_EVENT) {
		must(event_is_chat(&e));
		fuzz_round_trip(&e);
	} else {
		must(what.len > 0);
	}
	return 0;
}
