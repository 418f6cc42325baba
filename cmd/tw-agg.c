/*
 * tw-agg - events to windows and streams
 *
 * The loop: read an event, give it to the aggregation, write what has become
 * certain. See tw-agg(1).
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>

#include "base/now.h"
#include "base/num.h"
#include "base/timearg.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "format/input.h"
#include "model/agg.h"
#include "intake.h"
#include "toolrows.h"

#define WINDOW_MAX_MS MS_PER_DAY
#define BEGIN_MS      (10 * MS_PER_MIN)
#define LIVE_LINES    4096 /* read of one input before the others */
#define LIVE_WAIT_MS  100  /* between two looks at the wall clock */
#define LIVE_GRACE_MS 1000 /* for what is on its way */
#define LIVE_NEAR_MS  (15 * MS_PER_S)
#define LIVE_HOLD_MS  (10 * MS_PER_S)

struct run {
	struct intake in;
	struct agg_options o;
	struct agg *agg;
	struct event_reader *reader;
	bool pushdown;
	bool hold_given;
	bool caught_up;    /* live: what is read is of now */
	int64_t looked_ms; /* when that was last looked at */
	int64_t events, late, windows, streams;
	int64_t headless; /* streams whose begin was not read */
};

static void
usage(FILE *f)
{
	fputs("usage: tw-agg [-hqVv] [-c channel]... [--hold time] [--live] "
	      "[--pushdown]\n"
	      "              [--rejects file] [--session-gap time] [--since "
	      "time]\n"
	      "              [--until time] [--uri uri] [--window time] [file "
	      "...]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs(
	    "\n"
	    "Event lines (tw-event(5)) to windows and streams (tw-stats(5)). "
	    "Files are read\n"
	    "one after the other; no file or - is standard input.\n"
	    "\n"
	    "  -c channel          only this channel (repeatable)\n"
	    "  --hold time         how late an event may come (60s; live 10s)\n"
	    "  --live              write each window when the wall clock has "
	    "passed it\n"
	    "  --pushdown          with --uri: the server counts\n"
	    "  --rejects file      keep refused and late lines there\n"
	    "  --session-gap time  without polls, longer silences part "
	    "streams (30m)\n"
	    "  --since time        only lines from then on: 2026-11-23,\n"
	    "                      2026-11-23T12:00:00Z, \"2h ago\"\n"
	    "  --until time        only lines before then\n"
	    "  --uri uri           read a database instead: "
	    "mongodb://HOST/DATABASE\n"
	    "  --window time       length of a window (5s)\n"
	    "  -q                  do not name refused lines\n"
	    "  -v                  a summary at the end\n"
	    "  -h, -V              this help; the version\n"
	    "\n"
	    "Example: the streams, without their windows\n"
	    "  tw-parse raw/*/kanal_eins/*.log | tw-agg | "
	    "grep '\"type\":\"stream\"'\n",
	    stdout);
	tool_close_output();
}

/*
 * Spells a line that somebody asked for. What --since and --until leave out has
 * been read all the same; a stream whose begin was not read would have wrong
 * figures, so it is left out, too, when only a part was asked for.
 */
static void
spell(void *arg, const struct stats *s, int64_t first_ts, struct buf *b)
{
	struct run *r = arg;
	bool part = r->in.filter.since_ms != INT64_MIN;

	if (s->type == STATS_STREAM && part && s->ts < r->in.filter.until_ms &&
	    s->ended_at >= r->in.filter.since_ms &&
	    (s->ts < r->in.filter.since_ms || s->ts < first_ts - BEGIN_MS)) {
		r->headless++;
		if (r->in.words != TOOL_QUIET)
			tool_warn(
			    "%.*s: stream %.*s began before --since or the "
			    "input: not written",
			    STR_ARGS(s->channel), STR_ARGS(s->stream_id));
		return;
	}
	if (!tool_passes(&r->in.filter, s->channel, s->ts))
		return;
	r->windows += s->type == STATS_WINDOW;
	r->streams += s->type == STATS_STREAM;
	stats_write(b, s);
}

/* Writes what has become certain. */
static void
write_output(struct run *r)
{
	struct buf *out = agg_output(r->agg);

	if (out->len > 0)
		tool_output(buf_view(out));
	buf_reset(out);
}

/* Takes an event. Says why its line is to be refused, or NULL. */
static const char *
take_event(struct run *r, const struct event *e)
{
	if (!tool_has_channel(&r->in.filter, e->channel))
		return NULL;
	if (!agg_add(r->agg, e)) {
		r->late++;
		return "late: its window is already written";
	}
	r->events++;
	write_output(r);
	if (r->o.live && now_mono_ms() >= r->looked_ms + 10) {
		r->looked_ms = now_mono_ms();
		r->caught_up = e->ts > now_ms() - LIVE_NEAR_MS;
	}
	return NULL;
}

/* An intake_take. */
static const char *
take_line(void *arg, struct str line, struct errmsg *why)
{
	struct run *r = arg;
	struct event e;

	return event_read(r->reader, line, &e, why) ? take_event(r, &e)
						    : why->text;
}

/* An intake_ahead: nearly all lines are our own. */
static size_t
take_ahead(void *arg, struct str ahead, const char **refused)
{
	struct run *r = arg;
	struct event e;
	size_t len = event_read_ahead(r->reader, ahead, &e);

	if (len > 0)
		*refused = take_event(r, &e);
	return len;
}

/* Does what there is to do about what the server counted. */
static void
agg_part(void *arg, const struct agg_part *part, int64_t events)
{
	struct run *r = arg;

	if (agg_add_part(r->agg, part))
		r->events += events;
	else
		r->late += events;
	write_output(r);
}

/* Lets the wall clock pass, as far as it may: what has ended a second ago. */
static void
pass_live(struct run *r)
{
	agg_pass(r->agg, now_ms() - LIVE_GRACE_MS);
	write_output(r);
	if (fflush(stdout) != 0)
		err(TOOL_FAILED, "standard output");
}

/* One of the inputs of live_streams(). */
struct source {
	struct input in;
	bool open;
};

/* Reads what is there, for a while. False when there was nothing. */
static bool
read_some(struct run *r, struct source *s, enum tool_exit *result)
{
	bool any = false;
	struct errmsg why;
	struct str line;

	for (int i = 0; i < LIVE_LINES && s->open && input_ready(&s->in, 0);
	     i++) {
		int more = input_next(&s->in, &line, &why);

		any = true;
		if (more == 1) {
			intake_line(&r->in, &s->in, line);
			continue;
		}
		if (more < 0) {
			warnx("%s: %s", s->in.name, why.text);
			*result = TOOL_FAILED;
		}
		s->open = false;
	}
	return any;
}

/*
 * Reads all operands at the same time, as they grow. The clock passes whenever
 * there is nothing to read, and when what was read is no older than the clock:
 * what is read up at the beginning does not come too late.
 */
static enum tool_exit
live_streams(struct run *r, char **paths, size_t n)
{
	struct source *s = xcalloc(n, sizeof(*s));
	enum tool_exit result = TOOL_DONE;
	int64_t passed = 0;
	struct errmsg why;
	size_t open = 0;

	for (size_t i = 0; i < n; i++) {
		s[i].open = input_open(&s[i].in, paths[i], &tool_tie, &why);
		if (!s[i].open) {
			warnx("%s: %s", s[i].in.name, why.text);
			result = TOOL_FAILED;
		}
	}
	for (size_t turn = 0;; turn++) {
		bool any = false;

		open = 0;
		for (size_t i = 0; i < n; i++)
			any |= read_some(r, &s[i], &result);
		for (size_t i = 0; i < n; i++)
			open += s[i].open;
		if (open == 0)
			break;
		while (!s[turn % n].open)
			turn++;
		if (!any)
			(void)input_ready(
			    &s[turn % n].in, (int)(LIVE_WAIT_MS / open));
		if ((!any || r->caught_up) &&
		    now_mono_ms() - passed >= LIVE_WAIT_MS) {
			pass_live(r);
			passed = now_mono_ms();
		}
	}
	for (size_t i = 0; i < n; i++)
		input_close(&s[i].in);
	free(s);
	return result;
}

static void
summary(const struct run *r)
{
	struct buf b = { 0 };

	buf_lit(&b, "tw-agg: ");
	num_add_thousands(&b, r->in.lines);
	buf_lit(&b, " lines, ");
	num_add_thousands(&b, r->events);
	buf_lit(&b, " events, ");
	num_add_thousands(&b, r->windows);
	buf_lit(&b, " windows, ");
	num_add_thousands(&b, r->streams);
	buf_lit(&b, " streams, ");
	num_add_thousands(&b, r->late);
	buf_lit(&b, " late, ");
	num_add_thousands(&b, r->in.rejects.n - r->late);
	buf_lit(&b, " refused\n");
	fwrite(b.p, 1, b.len, stderr);
	buf_release(&b);
}

/* Reads the length of time `text` of option `name`, at least `min`. */
static int64_t
span(const char *name, const char *text, int64_t min, int64_t max)
{
	int64_t ms;

	if (!timearg_parse_span(str_of(text), &ms) || ms < min || ms > max)
		tool_wrong("%s: \"%s\" is no length of time that can be used; "
			   "give 5s, 30m, 1h",
		    name, text);
	return ms;
}

static void
options(struct run *r, int argc, char **argv)
{
	enum { HOLD = INTAKE_OWN, LIVE, PUSHDOWN, SESSION_GAP, WINDOW };
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "hold", required_argument, NULL, HOLD },
		{ "live", no_argument, NULL, LIVE },
		{ "pushdown", no_argument, NULL, PUSHDOWN },
		{ "quiet", no_argument, NULL, 'q' },
		{ "rejects", required_argument, NULL, INTAKE_REJECTS },
		{ "session-gap", required_argument, NULL, SESSION_GAP },
		{ "since", required_argument, NULL, INTAKE_SINCE },
		{ "until", required_argument, NULL, INTAKE_UNTIL },
		{ "uri", required_argument, NULL, INTAKE_URI },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ "window", required_argument, NULL, WINDOW },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:hqVv", longs, NULL)) != -1)
		switch (c) {
		case 'h':
			help();
			exit(TOOL_DONE);
		case HOLD:
			r->o.hold_ms = span("--hold", optarg, 0, INT64_MAX);
			r->hold_given = true;
			break;
		case LIVE:
			r->o.live = true;
			break;
		case PUSHDOWN:
			r->pushdown = true;
			break;
		case SESSION_GAP:
			r->o.gap_ms =
			    span("--session-gap", optarg, MS_PER_S, INT64_MAX);
			break;
		case WINDOW:
			r->o.window_ms =
			    span("--window", optarg, MS_PER_S, WINDOW_MAX_MS);
			break;
		default:
			if (intake_option(&r->in, c))
				break;
			usage(stderr);
			exit(TOOL_USAGE);
		}
}

int
main(int argc, char **argv)
{
	struct run r = { .o = { .window_ms = 5 * MS_PER_S,
			     .hold_ms = MS_PER_MIN,
			     .gap_ms = 30 * MS_PER_MIN } };
	char dash[] = "-", *stdin_only[] = { dash };
	enum tool_exit result;
	struct errmsg why;
	bool whole;

	tool_begin();
	if (!zone_set("UTC", &why))
		tool_give_up("", &why);
	intake_init(&r.in, "tw-agg");
	r.in.wants = "events, which tw-parse makes of a raw log";
	r.in.take = take_line;
	r.in.ahead = take_ahead;
	r.in.arg = &r;
	options(&r, argc, argv);
	if (r.o.live && !r.hold_given)
		r.o.hold_ms = LIVE_HOLD_MS;
	if (r.in.uri != NULL && optind < argc)
		tool_wrong("--uri reads no file: %s", argv[optind]);
	if (r.o.live && r.in.uri != NULL)
		tool_wrong(
		    "--live: reads files or standard input, no database");
	if (r.pushdown && r.in.uri == NULL)
		tool_wrong("--pushdown: which database? give --uri, too");
	if (r.pushdown &&
	    (r.o.window_ms > AGG_PART_MAX_MS || r.o.window_ms > r.o.gap_ms))
		tool_wrong("--pushdown: a window of at most 150s, and not "
			   "longer than --session-gap, can be counted there");
	intake_begin(&r.in, argv + optind, argc - optind);
	tool_confine(r.in.words, r.in.uri != NULL, NULL);
	r.reader = event_reader_new();
	r.agg = agg_new(&r.o, spell, &r);
	if (r.pushdown)
		result = tool_each_part(&r.in, r.o.window_ms, agg_part);
	else if (r.in.uri != NULL)
		result = tool_each_row(&r.in, TOOL_ROWS_LOGS);
	else if (r.o.live)
		result =
		    live_streams(&r, optind < argc ? argv + optind : stdin_only,
			optind < argc ? (size_t)(argc - optind) : 1);
	else
		result = intake_files(&r.in, argv + optind, argc - optind);
	/* Where a database was lost the input has not ended: what is undecided
	 * would be too little, and loaded in the place of what is right. */
	whole = r.in.uri == NULL || result != TOOL_FAILED;
	while (whole && agg_end_next(r.agg))
		write_output(&r);
	if (r.in.words == TOOL_VERBOSE)
		summary(&r);
	result = tool_graver(result, intake_close(&r.in));
	tool_close_output();
	agg_free(r.agg);
	event_reader_free(r.reader);
	return (int)result;
}
