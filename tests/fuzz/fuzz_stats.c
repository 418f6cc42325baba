/*
 * fuzz stats: any bytes as a line of stats; one that is read can be written, or
 * goes into a report.
 */
#include "fuzz.h"

#include "model/report.h"
#include "model/stats.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stats_reader *r;
	static struct buf out;
	struct week week = { 20780 }; /* that of 2026-11-23 */
	struct report *report = report_new();
	struct str rest = fuzz_str(data, size), line;
	struct weekly weekly;
	struct errmsg why;
	struct stats s;

	if (r == NULL)
		r = stats_reader_new();
	while (fuzz_line(&rest, &line)) {
		if (!stats_read(r, line, &s, &why)) {
			must(why.text[0] != '\0');
			continue;
		}
		buf_reset(&out);
		stats_write(&out, &s);
		must(out.len > 0 && out.p[out.len - 1] == '\n');
		must(memchr(out.p, '\n', out.len - 1) == NULL);
		report_add(report, &s);
	}
	report_weekly(report, week, "UTC", &weekly);
	weekly_release(&weekly);
	(void)report_newest(report);
	report_free(report);
	return 0;
}
