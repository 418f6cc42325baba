#include "toolrows.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#if defined(TW_WITHOUT_MONGO)

enum tool_exit
tool_each_row(struct intake *in, enum tool_rows what)
{
	(void)what;
	tool_wrong("--uri: this %s was built without MongoDB", in->tool);
}

enum tool_exit
tool_each_part(struct intake *in, int64_t window_ms, tool_part *take_part)
{
	(void)window_ms;
	(void)take_part;
	return tool_each_row(in, TOOL_ROWS_LOGS);
}

#else

#include "base/now.h"
#include "remote/mongouri.h"
#include "remote/pushdown.h"
#include "remote/rows.h"

#define LOGS "chatLogs" /* where events are */

struct mongo_uri *
tool_uri(enum tool_words words, const char *option)
{
	const char *file = getenv("TW_URI_FILE");
	struct mongo_uri *u;
	struct errmsg why;

	if ((option == NULL || strcmp(option, "-") == 0) && file != NULL)
		tool_secret(words, "TW_URI_FILE", file);
	u = mongouri_choose(option, &why);
	if (u == NULL)
		tool_give_up("", &why);
	return u;
}

enum tool_exit
tool_each_row(struct intake *in, enum tool_rows what)
{
	struct progress progress = tool_progress(in->tool, in->words, 0);
	struct rows_options o = { .app = in->tool,
		.channels = &in->filter.channels,
		.since_ms = INT64_MIN,
		.until_ms = INT64_MAX,
		.windows = what == TOOL_ROWS_WINDOWS };
	bool logs = what == TOOL_ROWS_LOGS;
	int64_t n = 0, bytes = 0;
	struct mongo_uri *u = tool_uri(in->words, in->uri);
	struct mongo_error e;
	struct rows *rows;
	struct str line;
	int more = -1;

	o.uri = u;
	rows = logs ? rows_of_logs(&o, &e) : rows_of_stats(&o, &e);
	while (rows != NULL && (more = rows_next(rows, &line, &e)) == 1) {
		intake_row(in, logs ? LOGS : "chatStats", line);
		bytes += (int64_t)line.len + 1;
		if (++n % TOOL_PROGRESS_LINES == 0)
			progress_show(&progress, now_mono_ms(), n, bytes);
	}
	progress_end(&progress);
	in->from = more < 0 ? INTAKE_PART : INTAKE_DATABASE;
	if (more < 0)
		warnx("MongoDB: %s", e.why.text);
	rows_free(rows);
	mongo_uri_free(u);
	mongo_cleanup();
	return more < 0 ? TOOL_FAILED : TOOL_DONE;
}

enum tool_exit
tool_each_part(struct intake *in, int64_t window_ms, tool_part *take_part)
{
	struct rows_options o = { .app = in->tool,
		.channels = &in->filter.channels,
		.since_ms = INT64_MIN,
		.until_ms = INT64_MAX };
	struct pushdown_item item;
	struct mongo_uri *u = tool_uri(in->words, in->uri);
	struct mongo_error e;
	struct pushdown *p;
	int more = -1;

	o.uri = u;
	p = pushdown_new(&o, window_ms, &e);
	while (p != NULL && (more = pushdown_next(p, &item, &e)) == 1)
		if (item.is_part) {
			tool_filter_meet(&in->filter, item.part.channel);
			take_part(in->arg, &item.part, item.events);
		} else {
			intake_row(in, LOGS, item.line);
		}
	in->from = more < 0 ? INTAKE_PART : INTAKE_DATABASE;
	if (more < 0)
		warnx("MongoDB: %s", e.why.text);
	pushdown_free(p);
	mongo_uri_free(u);
	mongo_cleanup();
	return more < 0 ? TOOL_FAILED : TOOL_DONE;
}

#endif
