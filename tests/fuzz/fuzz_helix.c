/*
 * fuzz helix: any bytes as the payload of a helix line and of a mark; the event
 * that it makes is read again as it was written.
 */
#include "fuzz.h"

#include "format/jsonr.h"
#include "format/rawlog.h"
#include "model/fromhelix.h"
#include "model/frommark.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scratch scratch;
	static struct jsonr *r;
	struct rawlog raw = { .received = INT64_C(1763899200123),
		.source = RAWLOG_HELIX,
		.channel = STR("kanal_eins"),
		.payload = fuzz_str(data, size) };
	struct str what = STR_ABSENT;
	struct event e;

	if (r == NULL)
		r = jsonr_new();
	if (fromhelix(&e, &raw, r, &what) == FROM_EVENT)
		fuzz_round_trip(&e);
	else
		must(what.len > 0);
	raw.source = RAWLOG_MARK;
	if (frommark(&e, &raw, r, &scratch, &what) == FROM_EVENT)
		fuzz_round_trip(&e);
	else
		must(what.len > 0);
	return 0;
}
