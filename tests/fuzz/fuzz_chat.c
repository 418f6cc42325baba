/*
 * fuzz chat: any bytes as lines of the raw log; the events that they make are
 * read again as they were written.
 */
#include "fuzz.h"

#include "format/irc.h"
#include "format/rawlog.h"
#include "model/fromchat.h"

static void
check_line(struct irc *m, struct str line)
{
	static struct scratch scratch;
	struct str what = STR_ABSENT;
	struct rawlog raw;
	struct event e;

	/* The tools refuse a NUL before this. */
	if (memchr(line.p, '\0', line.len) != NULL)
		return;
	if (!rawlog_parse(&raw, line))
		return;
	if (raw.source != RAWLOG_BARE && raw.source != RAWLOG_IRC)
		return;
	if (!irc_parse(m, raw.payload))
		return;
	if (fromchat(&e, m, &raw, &scratch, &what) == FROM_EVENT) {
		must(event_is_chat(&e));
		fuzz_round_trip(&e);
	} else {
		must(what.len > 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_str(data, size), line;
	struct irc m = { 0 };

	while (fuzz_line(&rest, &line))
		check_line(&m, line);
	return 0;
}
