/*
 * tw-report - windows and streams to what people read
 *
 * Reads all stats lines, sums up, renders. See tw-report(1).
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/now.h"
#include "base/out.h"
#include "base/zone.h"
#include "format/input.h"
#include "model/report.h"
#include "render/render.h"

#include "tool.h"
#include "toolrows.h"

struct run {
	enum tool_words words;
	struct tool_filter filter;
	struct tool_rejects rejects;
	struct stats_reader *reader;
	struct report *report;
	const struct render *format;
	const char *output; /* NULL = standard output */
	const char *tz;
	const char *week; /* NULL = the last complete one */
	const char *uri;  /* NULL = files */
	int64_t lines;
};

static void
usage(FILE *f)
{
	fputs(
	    "usage: tw-report [weekly] [-hqVv] [-c channel]... "
	    "[--format text|csv|json|html]\n"
	    "                 [-o file] [--tz zone] [--uri uri] [--week week] "
	    "[file ...]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs(
	    "\n"
	    "A week's streams beside the week before, from stats lines "
	    "(tw-stats(5)). A stream\n"
	    "counts in the week in which it began. No file or - is standard "
	    "input.\n"
	    "\n"
	    "  -c channel       only this channel (repeatable)\n"
	    "  --format format  text, csv, json or html; else by the name "
	    "of -o\n"
	    "  -o file          write there; it appears when it is whole\n"
	    "  --tz zone        where a week begins, such as Europe/Berlin "
	    "(UTC)\n"
	    "  --uri uri        read a database instead of files: "
	    "mongodb://HOST/DATABASE\n"
	    "  --week week      2026-W47; latest = that of the newest stream; "
	    "else the last\n"
	    "                   complete week\n"
	    "  -q               do not name refused lines\n"
	    "  -v               a summary at the end\n"
	    "  -h, -V           this help; the version\n"
	    "\n"
	    "Example: from the raw log to a page\n"
	    "  tw-parse raw/*/*/*.log | tw-agg | tw-report weekly --week "
	    "latest -o week.html\n",
	    stdout);
	tool_close_output();
}

/* Takes a line that is none to be refused. Says why it is, or NULL. */
static const char *
take_line(struct run *r, struct str line, struct errmsg *why)
{
	struct stats s;

	if (!stats_read(r->reader, line, &s, why))
		return why->text;
	if (tool_has_channel(&r->filter, s.channel))
		report_add(r->report, &s);
	return NULL;
}

/* Does what there is to do about one line. */
static void
report_line(void *arg, const struct input *in, struct str line)
{
	struct run *r = arg;
	const struct lines *l = &in->lines;
	const char *refused = NULL;
	struct errmsg why;

	r->lines += !l->cont;
	if (l->part || l->cont)
		refused = "longer than 1 MiB";
	else if (line.len == 0)
		return;
	else
		refused = take_line(r, line, &why);
	if (refused != NULL)
		tool_refuse(&r->rejects, in->name, l->number, refused, line,
		    l->part, l->cont);
}

/* Does what there is to do about one line of the database. */
static void
report_row(void *arg, struct str line)
{
	struct run *r = arg;
	const char *refused;
	struct errmsg why;

	r->lines++;
	refused = take_line(r, line, &why);
	if (refused != NULL)
		tool_refuse(&r->rejects, "chatStats", r->lines, refused, line,
		    false, false);
}

/* Finds out which week was asked for. */
static struct week
choose_week(const struct run *r)
{
	int64_t now = now_ms(), newest;
	struct week w;

	if (r->week == NULL) {
		w = week_of(zone_date(now));
		w.monday -= 7;
	} else if (strcmp(r->week, "latest") == 0) {
		newest = report_newest(r->report);
		if (newest == INT64_MIN && r->words != TOOL_QUIET)
			warnx("--week latest: there is no stream in the input; "
			      "taking the present week");
		w = week_of(zone_date(newest != INT64_MIN ? newest : now));
	} else if (!week_parse(str_of(r->week), &w)) {
		tool_wrong("--week: \"%s\" is no week; give 2026-W47 or latest",
		    r->week);
	}
	return w;
}

/* Writes the file whole under another name, then gives it its own. */
static void
write_file(const char *path, struct str text)
{
	char temporary[4096];
	FILE *f;
	int n;

	n = snprintf(
	    temporary, sizeof(temporary), "%s.%ld.tmp", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(temporary))
		tool_wrong("-o: %s: the name is too long", path);
	f = fopen(temporary, "wxe");
	if (f == NULL)
		err(TOOL_FAILED, "-o: %s", temporary);
	if (!out_write(f, text) || fflush(f) != 0 || fsync(fileno(f)) != 0) {
		int saved = errno;

		fclose(f);
		unlink(temporary);
		errno = saved;
		err(TOOL_FAILED, "-o: %s", path);
	}
	if (!out_close(f) || rename(temporary, path) != 0) {
		int saved = errno;

		unlink(temporary);
		errno = saved;
		err(TOOL_FAILED, "-o: %s", path);
	}
}

static void
write_report(const struct run *r)
{
	struct weekly w;
	struct buf b = { 0 };

	report_weekly(r->report, choose_week(r), r->tz, &w);
	r->format->weekly(&b, &w);
	if (r->words == TOOL_VERBOSE)
		fprintf(stderr,
		    "tw-report: %lld lines, %lld refused; %s: %zu "
		    "channels\n",
		    (long long)r->lines, (long long)r->rejects.n, w.week,
		    w.n_channels);
	if (r->output != NULL)
		write_file(r->output, buf_view(&b));
	else
		tool_output(buf_view(&b));
	weekly_release(&w);
	buf_release(&b);
}

static void
options(struct run *r, int argc, char **argv)
{
	enum { FORMAT = 256, TZ, URI, WEEK };
	static const struct option longs[] = {
		{ "format", required_argument, NULL, FORMAT },
		{ "help", no_argument, NULL, 'h' },
		{ "output", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "tz", required_argument, NULL, TZ },
		{ "uri", required_argument, NULL, URI },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ "week", required_argument, NULL, WEEK },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:ho:qVv", longs, NULL)) != -1)
		switch (c) {
		case 'c':
			tool_filter_channel(&r->filter, optarg);
			break;
		case FORMAT:
			r->format = render_by_name(optarg);
			if (r->format == NULL)
				tool_wrong("--format: \"%s\" is none of text, "
					   "csv, json, html",
				    optarg);
			break;
		case 'h':
			help();
			exit(TOOL_DONE);
		case 'o':
			r->output = optarg;
			break;
		case 'q':
			r->words = TOOL_QUIET;
			r->rejects.quiet = true;
			break;
		case TZ:
			r->tz = optarg;
			break;
		case URI:
			r->uri = optarg;
			break;
		case 'V':
			tool_version("tw-report");
		case 'v':
			r->words = TOOL_VERBOSE;
			break;
		case WEEK:
			r->week = optarg;
			break;
		default:
			usage(stderr);
			exit(TOOL_USAGE);
		}
}

/* Sees to it that everything that was asked for can be done, before anything
 * is read. */
static void
check_options(struct run *r)
{
	struct errmsg why;
	struct week w;

	if (!zone_set(r->tz, &why))
		tool_wrong("--tz: %s", why.text);
	if (r->week != NULL && strcmp(r->week, "latest") != 0 &&
	    !week_parse(str_of(r->week), &w))
		tool_wrong("--week: \"%s\" is no week; give 2026-W47 or latest",
		    r->week);
	if (r->format == NULL && r->output != NULL) {
		r->format = render_by_path(r->output);
		if (r->format == NULL)
			tool_wrong("-o: %s: say with --format which of text, "
				   "csv, json, html it shall be",
			    r->output);
	}
	if (r->format == NULL)
		r->format = render_by_name("text");
}

int
main(int argc, char **argv)
{
	struct run r = { .words = TOOL_NORMAL, .tz = "UTC" };
	enum tool_exit result = TOOL_DONE;

	tool_filter_init(&r.filter);
	options(&r, argc, argv);
	if (optind < argc && strcmp(argv[optind], "weekly") == 0)
		optind++;
	check_options(&r);
	r.reader = stats_reader_new();
	r.report = report_new();
	if (r.uri != NULL && optind < argc)
		tool_wrong("--uri reads no file: %s", argv[optind]);
	if (r.uri != NULL)
		result = tool_each_row("tw-report", r.uri, true, &r.filter,
		    r.words, report_row, &r);
	else if (optind == argc)
		result =
		    tool_each_line("tw-report", "-", r.words, report_line, &r);
	for (int i = optind; i < argc; i++)
		result = tool_graver(result,
		    tool_each_line(
			"tw-report", argv[i], r.words, report_line, &r));
	write_report(&r);
	result = tool_graver(result, tool_rejects_close(&r.rejects));
	tool_close_output();
	report_free(r.report);
	stats_reader_free(r.reader);
	tool_filter_release(&r.filter);
	return (int)result;
}
