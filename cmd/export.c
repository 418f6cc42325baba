#include "export.h"

#include <err.h>

#include "base/now.h"
#include "model/event.h"
#include "remote/collections.h"
#include "remote/rows.h"

void
export_events(struct intake *in, const struct mongo_uri *uri)
{
	struct rows_options o = { .uri = uri,
		.app = "tw-load/export",
		.channels = &in->filter.channels,
		.since_ms = in->filter.since_ms,
		.until_ms = in->filter.until_ms };
	struct progress progress = tool_progress(in->tool, in->words, 0);
	struct mongo_error why;
	struct event_reader *reader = event_reader_new();
	struct rows *rows;
	int64_t bytes = 0;
	struct str line;
	int more = -1;

	rows = rows_of_logs(&o, &why);
	while (rows != NULL && (more = rows_next(rows, &line, &why)) == 1) {
		struct event e;
		struct errmsg bad;

		in->lines++;
		if (!event_read(reader, line, &e, &bad)) {
			tool_refuse(&in->rejects, COLLECTION_LOGS, in->lines,
			    bad.text, line, false, false);
			continue;
		}
		tool_filter_meet(&in->filter, e.channel);
		tool_output(line);
		tool_output(STR("\n"));
		bytes += (int64_t)line.len + 1;
		if (in->lines % TOOL_PROGRESS_LINES == 0)
			progress_show(
			    &progress, now_mono_ms(), in->lines, bytes);
	}
	progress_end(&progress);
	rows_free(rows);
	event_reader_free(reader);
	in->from = o.since_ms == INT64_MIN && o.until_ms == INT64_MAX
	    ? INTAKE_DATABASE
	    : INTAKE_PART;
	if (more < 0)
		errx(TOOL_FAILED, "MongoDB: %s", why.why.text);
	if (in->words == TOOL_VERBOSE)
		fprintf(stderr, "%s: %lld events\n", in->tool,
		    (long long)(in->lines - in->rejects.n));
}
