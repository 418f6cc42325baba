/*
 * fuzz agg: lines of events, aggregated to their end. What comes out are lines
 * of stats whose sums are right (sums.h).
 */
#include "fuzz.h"

#include "model/agg.h"
#include "sums.h"

/* Greater figures are written as the greatest that there are: no sums. */
#define BITS_MAX INT64_C(1000000000000)

static void
spell(void *arg, const struct stats *s, int64_t first_ts, struct buf *b)
{
	(void)arg;
	(void)first_ts;
	stats_write(b, s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct agg_options o = { 5000, 60000, 1800000, false };
	static struct event_reader *events;
	static struct stats_reader *stats;
	struct agg *a = agg_new(&o, spell, NULL);
	struct str rest = fuzz_str(data, size), line;
	struct sums sums = { 0 };
	struct errmsg why;
	struct stats s;
	struct event e;

	if (events == NULL) {
		events = event_reader_new();
		stats = stats_reader_new();
	}
	while (fuzz_line(&rest, &line))
		if (event_read(events, line, &e, &why)) {
			(void)!agg_add(a, &e);
			sums.over |= e.bits > BITS_MAX || e.viewers > BITS_MAX;
		}
	agg_end(a);
	rest = buf_view(agg_output(a));
	while (fuzz_line(&rest, &line)) {
		must(stats_read(stats, line, &s, &why));
		sums_add(&sums, &s);
	}
	sums_end(&sums);
	agg_free(a);
	return 0;
}
