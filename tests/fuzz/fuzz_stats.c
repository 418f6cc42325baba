/*
 * fuzz stats: any bytes as lines of stats. What is written of one that was read
 * is read again as the same: also when jansson spells it, and by way of a
 * document.
 */
#include "fuzz.h"

#include "dump.h"
#include "model/stats.h"
#include "model/statsdoc.h"

/* Of longer times than 3,000 years a double does not hold the milliseconds. */
#define MS_MAX INT64_C(100000000000000)

static struct stats_reader *one, *two;
static struct statsdoc *docs;

/* Reads `line` and writes it again. */
static void
again(struct buf *out, struct str line)
{
	struct errmsg why;
	struct stats s;

	must(stats_read(two, line, &s, &why));
	buf_reset(out);
	stats_write(out, &s);
}

/* `line` is in our spelling, without its LF. */
static void
must_last(struct str line, bool exact)
{
	static struct buf other, got;
	struct str want = { line.p, line.len + 1 };
	struct errmsg why;
	struct stats s;

	again(&got, line);
	must(str_eq(buf_view(&got), want));
	if (!exact)
		return;
	for (size_t i = 0; i < DUMP_N; i++) {
		must(dump_line(line, dump_spellings[i], &other));
		again(&got, buf_view(&other));
		must(str_eq(buf_view(&got), want));
	}
	must(stats_read(one, line, &s, &why));
	buf_reset(&other);
	if (!statsdoc_write(docs, &other, line, &s))
		return; /* mentions that no document can hold */
	buf_reset(&got);
	must(statsdoc_line(&got, buf_view(&other)));
	buf_reset(&other);
	buf_str(&other, buf_view(&got));
	again(&got, buf_view(&other));
	must(str_eq(buf_view(&got), want));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf out;
	struct str rest = fuzz_str(data, size), line;
	struct errmsg why;
	struct stats s;

	if (one == NULL) {
		one = stats_reader_new();
		two = stats_reader_new();
		docs = statsdoc_new();
	}
	while (fuzz_line(&rest, &line)) {
		bool exact;

		if (!stats_read(one, line, &s, &why)) {
			must(why.text[0] != '\0');
			continue;
		}
		exact = s.heard_ms < MS_MAX && s.airtime_ms < MS_MAX &&
		    s.viewer_ms < MS_MAX && s.sampled_ms < MS_MAX;
		buf_reset(&out);
		stats_write(&out, &s);
		must(out.len > 0 && out.p[out.len - 1] == '\n');
		must(memchr(out.p, '\n', out.len - 1) == NULL);
		must_last((struct str){ out.p, out.len - 1 }, exact);
	}
	return 0;
}
