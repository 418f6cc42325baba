/*
 * tw-report - windows and streams to what people read
 *
 * Reads all stats lines, sums up, renders. See tw-report(1).
 */
#define _GNU_SOURCE /* memmem */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/login.h"
#include "base/now.h"
#include "base/newfile.h"
#include "base/tstamp.h"
#include "base/zone.h"
#include "format/hash.h"
#include "format/input.h"
#include "model/report.h"
#include "render/render.h"
#include "render/site.h"

#include "intake.h"
#include "liveview.h"
#include "sitefiles.h"
#include "toolrows.h"

struct run;

/* One of the reports. */
struct kind {
	const char *name;
	bool courses; /* wants the windows of streams */
	/* Writes it, when all is read. */
	void (*write)(struct run *r, struct buf *b);
};

struct run {
	const struct kind *kind;
	struct intake in;
	struct stats_reader *reader;
	struct event_reader *events; /* of mentions */
	struct mentions *mentions;
	struct report *report;
	const struct render *format;
	const char *output; /* NULL = standard output */
	const char *tz;
	const char *week;          /* NULL = the last complete one, or all */
	const char *since, *until; /* NULL = no limit */
	const char *channel, *id;  /* of history and stream; NULL = not given */
	bool once;                 /* one frame of the live view */
	enum tool_exit result;
};

/* Buckets of all courses, of 100 bytes or so each. */
#define BUCKETS ((size_t)1000000)

static void
usage(FILE *f)
{
	fputs(
	    "usage: tw-report [weekly] [-hqVv] [-c channel]... "
	    "[--format text|csv|json|html]\n"
	    "                 [-o file] [--tz zone] [--uri uri] [--week week] "
	    "[file ...]\n"
	    "       tw-report history channel [--since time] [--until time] "
	    "[file ...]\n"
	    "       tw-report stream [channel] id [file ...]\n"
	    "       tw-report mentions [--since time] [--until time] "
	    "[file ...]\n"
	    "       tw-report live [--once] [file]\n"
	    "       tw-report site -o folder [file ...]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs(
	    "\n"
	    "Reports of stats lines (tw-stats(5)); mentions reads events, too.\n"
	    "\n"
	    "  -c channel       only this channel (repeatable)\n"
	    "  --format format  text, csv, json or html; else by the name "
	    "of -o\n"
	    "  -o file          write there; it appears when it is whole\n"
	    "  --once           one frame of the live view\n"
	    "  --since time     only what began from then on\n"
	    "  --tz zone        whose days and weeks, such as Europe/Berlin "
	    "(UTC)\n"
	    "  --until time     only what began before then\n"
	    "  --uri uri        read a database instead of files\n"
	    "  --week week      2026-W47; latest = that of the newest stream\n"
	    "  -h -q -V -v      help; fewer words; version; a summary\n"
	    "\n"
	    "Example: from the raw log to a page\n"
	    "  tw-parse raw/*/*/*.log | tw-agg | tw-report --week "
	    "latest -o week.html\n",
	    stdout);
	tool_close_output();
}

/* Tells a line of stats from one of events by its type in our spelling. Text
 * cannot look like it: its quotes are escaped. */
static bool
is_stats(struct str line)
{
	return memmem(line.p, line.len, "\"type\":\"window\"", 15) != NULL ||
	    memmem(line.p, line.len, "\"type\":\"stream\"", 15) != NULL;
}

/* Takes a line of events. Says why it is to be refused, or NULL. */
static const char *
take_event(struct run *r, struct str line, struct errmsg *why)
{
	struct event e;

	if (!event_read(r->events, line, &e, why))
		return why->text;
	if (tool_has_channel(&r->in.filter, e.channel))
		mentions_add_event(r->mentions, &e);
	return NULL;
}

/* Takes a line of stats in. */
static void
add_stats(struct run *r, const struct stats *s)
{
	if (!tool_has_channel(&r->in.filter, s->channel))
		return;
	if (r->mentions != NULL)
		mentions_add_stats(r->mentions, s);
	else
		report_add(r->report, s);
}

/* Tells at a glance that a line in our spelling is of a channel that nobody
 * wants, so that it need not be read. */
static bool
is_of_another(struct run *r, struct str line)
{
	static const char begin[] = "{\"ts\":\"", key[] = "\",\"channel\":\"";
	const size_t at = sizeof(begin) - 1 + TSTAMP_LEN;
	const size_t name = at + sizeof(key) - 1;
	const char *end;

	if (r->in.filter.channels.n == 0 || line.len <= name ||
	    memcmp(line.p, begin, sizeof(begin) - 1) != 0 ||
	    memcmp(line.p + at, key, sizeof(key) - 1) != 0)
		return false;
	end = memchr(line.p + name, '"', line.len - name);
	/* A name with an escape, or no whole line, is for the reader. */
	if (end == NULL || line.p[line.len - 1] != '}' ||
	    memchr(line.p + name, '\\', (size_t)(end - line.p) - name) != NULL)
		return false;
	return !tool_has_channel(&r->in.filter,
	    (struct str){ line.p + name, (size_t)(end - line.p) - name });
}

/* Takes a line that is none to be refused. Says why it is, or NULL. */
static const char *
take_line(void *arg, struct str line, struct errmsg *why)
{
	struct run *r = arg;
	const char *refused;
	struct errmsg other;
	struct stats s;

	if (is_of_another(r, line))
		return NULL;
	if (r->mentions != NULL && !is_stats(line)) {
		refused = take_event(r, line, why);
		/* What is no event may be stats in another spelling. */
		if (refused == NULL || !stats_read(r->reader, line, &s, &other))
			return refused;
	} else if (!stats_read(r->reader, line, &s, why)) {
		return why->text;
	}
	add_stats(r, &s);
	return NULL;
}

static bool
is(const struct run *r, const char *kind)
{
	return strcmp(r->kind->name, kind) == 0;
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
		if (newest == INT64_MIN && r->in.words != TOOL_QUIET)
			warnx("--week latest: there is no stream in the input; "
			      "taking the present week");
		w = week_of(zone_date(newest != INT64_MIN ? newest : now));
	} else if (!week_parse(str_of(r->week), &w)) {
		tool_wrong("--week: \"%s\" is no week; give 2026-W47 or latest",
		    r->week);
	}
	return w;
}

static void
write_file(const char *path, struct str text)
{
	if (!newfile_write(path, text, NEWFILE_SYNC))
		err(TOOL_FAILED, "-o: %s", path);
}

static void
write_weekly(struct run *r, struct buf *b)
{
	struct weekly w;

	report_weekly(r->report, choose_week(r), r->tz, &w);
	r->format->weekly(b, &w);
	if (r->in.words == TOOL_VERBOSE)
		fprintf(stderr,
		    "tw-report: %lld lines, %lld refused; %s: %zu "
		    "channels\n",
		    (long long)r->in.lines, (long long)r->in.rejects.n, w.week,
		    w.n_channels);
	weekly_release(&w);
}

/* Narrows the limits of time to the week, if one was asked for. */
static void
limit_to_week(struct run *r)
{
	struct week w, after;

	if (r->week == NULL)
		return;
	w = choose_week(r);
	after.monday = w.monday + 7;
	if (week_start(w) > r->in.filter.since_ms)
		r->in.filter.since_ms = week_start(w);
	if (week_start(after) < r->in.filter.until_ms)
		r->in.filter.until_ms = week_start(after);
}

/* A course that lacks windows is not to be taken for all of its stream. */
static void
warn_of_partial(
    const struct run *r, const struct report_stream *streams, size_t n)
{
	size_t partial = 0;

	for (size_t i = 0; i < n; i++)
		partial += report_is_partial(&streams[i]);
	if (partial > 0 && r->in.words != TOOL_QUIET)
		tool_warn("%s: %zu stream%s more windows than the input: not "
			  "all were there, or not in order of time; what is "
			  "drawn is only a part",
		    r->kind->name, partial, partial > 1 ? "s have" : " has");
}

static void
write_history(struct run *r, struct buf *b)
{
	struct login login;
	struct history h;

	if (!login_fold(str_of(r->channel), &login))
		tool_wrong("history: \"%s\" is no channel", r->channel);
	limit_to_week(r);
	report_history(r->report, str_of(login.p), r->in.filter.since_ms,
	    r->in.filter.until_ms, r->tz, &h);
	if (h.n_streams == 0 && r->in.words != TOOL_QUIET)
		tool_warn(
		    "history: there is no stream of %s in the input, or none "
		    "of that time",
		    login.p);
	warn_of_partial(r, h.streams, h.n_streams);
	r->format->history(b, &h);
	history_release(&h);
}

static void
write_stream(struct run *r, struct buf *b)
{
	struct stream_view v = { .tz = r->tz };
	struct login login = { "" };
	size_t n;

	if (r->channel != NULL && !login_fold(str_of(r->channel), &login))
		tool_wrong("stream: \"%s\" is no channel", r->channel);
	n = report_find(r->report, str_of(login.p), str_of(r->id), &v.stream);
	if (n == 0) {
		tool_warn("stream: there is no stream %s in the input", r->id);
		r->result = TOOL_FAILED;
		return;
	}
	if (n > 1 && r->in.words != TOOL_QUIET)
		tool_warn("stream: %zu channels have a stream %s; taking the "
			  "newest",
		    n, r->id);
	warn_of_partial(r, &v.stream, 1);
	r->format->stream(b, &v);
}

static void
write_mentions(struct run *r, struct buf *b)
{
	struct mentions_report m;

	mentions_sum(r->mentions, r->tz, &m);
	r->format->mentions(b, &m);
	mentions_report_release(&m);
}

static void
write_report(struct run *r)
{
	struct buf b = { 0 };

	/* What others look at stays whole. */
	if (r->result == TOOL_FAILED && r->output != NULL) {
		warnx(
		    "-o: %s: stays as it is, as not all of the input could be "
		    "read",
		    r->output);
		return;
	}
	/* Nothing in a report would say where the rows came to an end. */
	if (r->result == TOOL_FAILED && r->in.uri != NULL) {
		warnx("no report, as not all of the database could be read; "
		      "try again");
		return;
	}
	r->kind->write(r, &b);
	if (r->result == TOOL_FAILED && b.len == 0)
		;
	else if (r->output != NULL)
		write_file(r->output, buf_view(&b));
	else
		tool_output(buf_view(&b));
	if (r->in.words == TOOL_VERBOSE && !is(r, "weekly"))
		fprintf(stderr, "tw-report: %lld lines, %lld refused\n",
		    (long long)r->in.lines, (long long)r->in.rejects.n);
	buf_release(&b);
}

static void
write_site(struct run *r, struct buf *b)
{
	struct sitefiles files;
	struct site_sink sink = { sitefiles_put, sitefiles_known, &files, 0 };

	(void)b;
	sink.version = hash_str(STR(TW_VERSION " 4"), 0);
	sitefiles_init(&files, r->output);
	site_render(r->report, r->tz, &sink);
	sitefiles_close(&files);
	if (r->in.words == TOOL_VERBOSE)
		fprintf(stderr,
		    "tw-report: %s: %lld pages written, %lld as they were\n",
		    r->output, (long long)files.written, (long long)files.kept);
	r->output = NULL;
}

/* The live view reads and writes at the same time: see main(). */
static void
write_live(struct run *r, struct buf *b)
{
	(void)r;
	(void)b;
}

static const struct kind kinds[] = {
	{ "weekly", false, write_weekly },
	{ "history", true, write_history },
	{ "live", false, write_live },
	{ "mentions", false, write_mentions },
	{ "site", true, write_site },
	{ "stream", true, write_stream },
};

/* Takes the name of a report, and its own operands, from the operands. */
static void
choose_kind(struct run *r, int argc, char **argv)
{
	r->kind = &kinds[0];
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (optind < argc && strcmp(argv[optind], kinds[i].name) == 0) {
			r->kind = &kinds[i];
			optind++;
			break;
		}
	if (is(r, "history")) {
		if (optind == argc)
			tool_wrong("history: of which channel?");
		r->channel = argv[optind++];
	} else if (is(r, "stream")) {
		if (optind == argc)
			tool_wrong("stream: which one? give its id, or latest");
		/* Ids are numbers, or begin with ~; other words are
		 * channels. */
		if (strspn(argv[optind], "0123456789") !=
			strlen(argv[optind]) &&
		    *argv[optind] != '~' && strcmp(argv[optind], "latest") != 0)
			r->channel = argv[optind++];
		if (optind == argc)
			tool_wrong("stream: which one of %s? give its id, or "
				   "latest",
			    r->channel);
		r->id = argv[optind++];
	}
}

static void
options(struct run *r, int argc, char **argv)
{
	enum { FORMAT = INTAKE_OWN, ONCE, TZ, WEEK };
	static const struct option longs[] = {
		{ "format", required_argument, NULL, FORMAT },
		{ "help", no_argument, NULL, 'h' },
		{ "once", no_argument, NULL, ONCE },
		{ "output", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "since", required_argument, NULL, INTAKE_SINCE },
		{ "tz", required_argument, NULL, TZ },
		{ "until", required_argument, NULL, INTAKE_UNTIL },
		{ "uri", required_argument, NULL, INTAKE_URI },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ "week", required_argument, NULL, WEEK },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:ho:qVv", longs, NULL)) != -1)
		switch (c) {
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
		case ONCE:
			r->once = true;
			break;
		case INTAKE_SINCE:
			r->since = optarg;
			break;
		case TZ:
			r->tz = optarg;
			break;
		case INTAKE_UNTIL:
			r->until = optarg;
			break;
		case WEEK:
			r->week = optarg;
			break;
		default:
			if (intake_option(&r->in, c))
				break;
			usage(stderr);
			exit(TOOL_USAGE);
		}
}

/* What is no file (a device, a pipe) is written to like standard output, which is
 * also called `-`: it cannot be replaced. */
static void
choose_output(struct run *r)
{
	struct stat st;
	int fd;

	if (r->output == NULL || is(r, "site"))
		return;
	if (strcmp(r->output, "-") == 0) {
		r->output = NULL;
		return;
	}
	if (stat(r->output, &st) != 0 || S_ISREG(st.st_mode) ||
	    S_ISDIR(st.st_mode))
		return;
	fd = open(r->output, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		err(TOOL_FAILED, "-o: %s", r->output);
	close(fd);
	r->output = NULL;
}

/* Sees to it that everything that was asked for can be done, before anything
 * is read. */
static void
check_options(struct run *r)
{
	struct errmsg why;
	struct week w;

	if (!zone_set(r->tz, &why))
		tool_give_up("--tz", &why);
	/* A date is one of that zone. */
	if (r->since != NULL)
		tool_time(&r->in.filter.since_ms, "--since", r->since);
	if (r->until != NULL)
		tool_time(&r->in.filter.until_ms, "--until", r->until);
	if ((r->since != NULL || r->until != NULL) && !is(r, "history") &&
	    !is(r, "mentions"))
		tool_wrong("--since, --until: not with %s", r->kind->name);
	if (r->format != NULL && (is(r, "live") || is(r, "site")))
		tool_wrong("--format: not with %s", r->kind->name);
	if (r->once && !is(r, "live"))
		tool_wrong("--once: only with live");
	if (r->week != NULL &&
	    (is(r, "live") || is(r, "site") || is(r, "stream")))
		tool_wrong("--week: not with %s", r->kind->name);
	if (r->channel != NULL && r->in.filter.channels.n > 0)
		tool_wrong(
		    "-c: %s of one channel: %s", r->kind->name, r->channel);
	if (r->week != NULL && strcmp(r->week, "latest") != 0 &&
	    !week_parse(str_of(r->week), &w))
		tool_wrong("--week: \"%s\" is no week; give 2026-W47 or latest",
		    r->week);
	if (is(r, "site")) {
		if (r->output == NULL)
			tool_wrong("site: into which folder? give -o");
		return;
	}
	if (r->format == NULL && r->output != NULL)
		r->format = render_by_path(r->output);
	choose_output(r);
	if (r->format == NULL && r->output != NULL)
		tool_wrong("-o: %s: say with --format which of text, csv, "
			   "json, html it shall be",
		    r->output);
	if (r->format == NULL)
		r->format = render_by_name("text");
}

/* Makes what takes the lines in. */
static void
begin(struct run *r)
{
	/* Of the others nothing is asked. */
	if (r->channel != NULL)
		tool_filter_channel(&r->in.filter, r->kind->name, r->channel);
	r->reader = stats_reader_new();
	r->report = report_new();
	if (r->kind->courses)
		report_keep_courses(r->report, BUCKETS,
		    r->id == NULL || strcmp(r->id, "latest") == 0
			? STR_ABSENT
			: str_of(r->id));
	if (!is(r, "mentions"))
		return;
	if (r->week != NULL && strcmp(r->week, "latest") == 0)
		tool_wrong("--week latest: not with mentions; name the week");
	limit_to_week(r);
	r->events = event_reader_new();
	r->mentions =
	    mentions_new(r->in.filter.since_ms, r->in.filter.until_ms);
}

/* The live view: one file or standard input, as it grows. */
static enum tool_exit
run_live(const struct run *r, int argc, char **argv)
{
	enum tool_exit result;

	if (r->in.uri != NULL || r->output != NULL || argc - optind > 1)
		tool_wrong("live: reads one file or standard input, and writes "
			   "to standard output");
	result = liveview_run(
	    optind < argc ? argv[optind] : "-", r->tz, r->once, r->in);
	tool_close_output();
	return result;
}

/* Sees to it that the report does not replace what it is made of. */
static void
spare_input(const struct run *r, char *const *paths, int n)
{
	struct stat st;

	if (stat(r->output, &st) != 0)
		return;
	for (int i = 0; i < n; i++)
		if (tool_is_file(paths[i], &st))
			tool_wrong(
			    "-o: %s is read, too: it would be lost", r->output);
	if (n == 0 && r->in.uri == NULL && tool_is_file("-", &st))
		tool_wrong("-o: %s is standard input, too: it would be lost",
		    r->output);
}

/* Gives up all but what the report is read from and written to. */
static void
confine_run(const struct run *r)
{
	struct buf folder = { 0 };
	const char *slash;

	if (r->output != NULL && is(r, "site")) {
		sitefiles_make(r->output);
		buf_str(&folder, str_of(r->output));
	} else if (r->output != NULL) {
		slash = strrchr(r->output, '/');
		if (slash != NULL)
			buf_add(&folder, r->output,
			    (size_t)(slash - r->output) + 1);
		else
			buf_byte(&folder, '.');
	}
	buf_byte(&folder, '\0');
	tool_confine(r->in.words, r->in.uri != NULL,
	    r->output != NULL ? folder.p : NULL);
	buf_release(&folder);
}

int
main(int argc, char **argv)
{
	struct run r = { .tz = "UTC" };
	enum tool_exit result;

	tool_begin();
	intake_init(&r.in, "tw-report");
	r.in.take = take_line;
	r.in.arg = &r;
	options(&r, argc, argv);
	choose_kind(&r, argc, argv);
	check_options(&r);
	r.in.wants = is(&r, "mentions")
	    ? "events, which tw-parse makes of a raw log, or stats of tw-agg"
	    : "stats, which tw-agg makes of events";
	if (r.in.uri != NULL && optind < argc)
		tool_wrong("--uri reads no file: %s", argv[optind]);
	if (r.output != NULL)
		spare_input(&r, argv + optind, argc - optind);
	confine_run(&r);
	if (is(&r, "live"))
		return (int)run_live(&r, argc, argv);
	begin(&r);
	if (r.in.uri != NULL)
		r.result = tool_each_row(&r.in,
		    r.kind->courses || r.mentions != NULL ? TOOL_ROWS_WINDOWS
							  : TOOL_ROWS_WEEKS);
	else
		r.result = intake_files(&r.in, argv + optind, argc - optind);
	write_report(&r);
	result = tool_graver(r.result, intake_close(&r.in));
	tool_close_output();
	report_free(r.report);
	mentions_free(r.mentions);
	event_reader_free(r.events);
	stats_reader_free(r.reader);
	return (int)result;
}
