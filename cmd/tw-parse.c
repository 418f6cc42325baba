/*
 * tw-parse - raw log to events
 *
 * The loop: merge the inputs, make an event of a line, drop it when it came
 * before, write it. See tw-parse(1).
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/now.h"
#include "base/num.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "format/pattern.h"
#include "format/rawmerge.h"
#include "model/fromchat.h"
#include "model/fromhelix.h"
#include "model/frommark.h"
#include "model/lag.h"
#include "model/optout.h"
#include "model/pseudonym.h"
#include "model/seen.h"
#include "model/skips.h"
#include "intake.h"
#include "strip.h"

/* As much goes out at once; a line more still fits a pipe (TOOL_OUTPUT). */
#define OUT_FULL (TOOL_OUTPUT - 2048)

/* The event whose line was written last, until it is decided whether it stays. */
struct last {
	bool open; /* it is not decided */
	enum event_type type;
	bool passes;  /* somebody asked for it */
	size_t begin; /* of its line in `out` */
};

enum { KEY_FILE, MENTIONS_FILE, OPTOUT_FILE, N_FILES };

struct parse {
	struct intake in;              /* lines are read by rawmerge */
	struct patterns *patterns;     /* NULL = none */
	struct optout *optout;         /* NULL = nobody */
	struct pseudonyms *pseudonyms; /* NULL = none */
	bool names;                    /* only the users' names go out */
	bool strip;                    /* lines go out as they are */
	bool mask;                     /* but for the names in them */
	bool events_only;              /* an option that those do not know */
	const char *others[N_FILES];   /* files of options; or NULL */
	struct jsonr *json;
	struct scratch scratch;
	struct buf text; /* a text made valid for the patterns */
	struct buf mentions;
	struct buf out; /* lines that have not left yet */
	struct last last;
	struct seen seen;
	struct lag lag;
	struct skips skips;
	int64_t events[EVENT_N_TYPES];
	int64_t filtered;
	int64_t repeated;
	int64_t opted_out; /* lines */
	bool hidden;       /* the refused line at hand is not kept */
};

static void
usage(FILE *f)
{
	fputs("usage: tw-parse [-hqVv] [-c channel]... [--mentions file] "
	      "[--optout file]\n"
	      "                [--pseudonymize keyfile] [--rejects file] "
	      "[--since time]\n"
	      "                [--until time] [file ...]\n"
	      "       tw-parse --names [-hqVv] [--optout file] [file ...]\n"
	      "       tw-parse --strip [-hqVv] [--mask] [--optout file] "
	      "[file ...]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs("\n"
	      "Raw log lines (tw-raw(5)) or bare IRC lines to event lines "
	      "(tw-event(5)).\n"
	      "Several files are merged by time, repeats dropped; .zst and "
	      ".gz are read, too.\n"
	      "\n"
	      "  -c channel       only this channel (repeatable)\n"
	      "  --mask           with --strip, users' names in others' texts, "
	      "too\n"
	      "  --mentions file  which names' patterns match: "
	      "name<TAB>PCRE2, one a line\n"
	      "  --names          only the names that stand beside the ids of "
	      "--optout\n"
	      "  --optout file    without these users, one id a line; "
	      "TW_OPTOUT names it, too\n"
	      "  --pseudonymize keyfile  pseudonyms for people; no names, no "
	      "texts\n"
	      "  --rejects file   keep refused lines there\n"
	      "  --since time     only events from then on: 2026-11-23, \"2h "
	      "ago\"\n"
	      "  --until time     only events before then\n"
	      "  --strip          the lines themselves, without those of "
	      "--optout's users\n"
	      "  -q, -v           do not name refused lines; a summary at the "
	      "end\n"
	      "  -h, -V           this help; the version\n"
	      "\n"
	      "Example: who talked about the sponsor?\n"
	      "  tw-parse --mentions sponsors raw/chat/kanal_eins/*.log | "
	      "grep '\"mentions\":'\n",
	    stdout);
	tool_close_output();
}

/* Tells which names are spoken of in the event's text. */
static void
mention(struct parse *p, struct event *e)
{
	struct str text = e->text;

	if (p->patterns == NULL || text.len == 0 || e->type == EVENT_DELETE)
		return;
	if (!utf8_valid(text)) {
		buf_reset(&p->text);
		utf8_repair(&p->text, text);
		text = buf_view(&p->text);
	}
	buf_reset(&p->mentions);
	patterns_match(p->patterns, text, &p->mentions);
	e->mentions = buf_view(&p->mentions);
}

/* Makes an event of a line. */
static enum from
make(
    struct parse *p, const struct rawline *l, struct event *e, struct str *what)
{
	enum from r;

	if (l->defect != NULL) {
		*what = str_of(l->defect);
		return FROM_REFUSED;
	}
	switch (l->raw.source) {
	case RAWLOG_HELIX:
		return fromhelix(e, &l->raw, p->json, what);
	case RAWLOG_MARK:
		return frommark(e, &l->raw, p->json, &p->scratch, what);
	case RAWLOG_OTHER:
		*what = STR("unknown source");
		return FROM_SKIPPED;
	default:
		break;
	}
	if (!l->has_command) {
		*what = STR("no IRC command in it");
		return FROM_REFUSED;
	}
	r = fromchat(e, &l->irc, &l->raw, &p->scratch, what);
	if (r == FROM_EVENT && l->raw.source == RAWLOG_IRC)
		lag_add(&p->lag, l->raw.received, l->irc.sent);
	return r;
}

/*
 * Decides about the event that was written last: its line is taken back when it
 * repeats another, or nobody asked for it.
 *
 * Returns true when it stays.
 */
static bool
decide(struct parse *p)
{
	struct last *last = &p->last;
	struct str line;

	if (!last->open)
		return false;
	last->open = false;
	line = (struct str){ p->out.p + last->begin, p->out.len - last->begin };
	if (seen_before(&p->seen, line)) {
		p->repeated++;
	} else if (!last->passes) {
		p->filtered++;
	} else {
		p->events[last->type]++;
		return true;
	}
	p->out.len = last->begin;
	return false;
}

/* Lets all lines go out. */
static void
flush(void *arg)
{
	struct parse *p = arg;

	decide(p);
	tool_output(buf_view(&p->out));
	buf_reset(&p->out);
}

/* Writes an event. It is decided when the next one comes: the memory that this
 * needs takes that long to arrive. */
static void
put(struct parse *p, struct event *e)
{
	decide(p);
	if (p->out.len >= OUT_FULL)
		flush(p);
	mention(p, e);
	seen_expect(&p->seen, e);
	p->last = (struct last){ true, e->type,
		tool_passes(&p->in.filter, e->channel, e->ts), p->out.len };
	event_write(&p->out, e);
	if (p->pseudonyms != NULL && decide(p)) {
		p->out.len = p->last.begin;
		pseudonymize(p->pseudonyms, e);
		event_write(&p->out, e);
	}
}

/* Tells whether the line is of somebody who opted out. */
static bool
is_opted_out(struct parse *p, const struct rawline *l)
{
	if (p->optout == NULL || l->defect != NULL || !l->has_command ||
	    l->raw.source > RAWLOG_IRC || !optout_irc(p->optout, &l->irc))
		return false;
	p->opted_out++;
	return true;
}

/* Names a line that cannot be read, and keeps it; but only an empty one when
 * somebody who opted out may stand in it, as in any line that nobody sees whole. */
static void
refuse(struct parse *p, const struct rawline *l, struct str what)
{
	if (!l->cont)
		p->hidden = false;
	if (p->optout != NULL)
		p->hidden |=
		    l->part || l->cont || optout_word(p->optout, l->line);
	tool_refuse(&p->in.rejects, l->name, l->number, what.p,
	    p->hidden ? STR("") : l->line, l->part, l->cont);
}

/* Warns of a last line that may be only a part of what it was to be. */
static void
warn_of_end(const struct parse *p, const struct rawline *l)
{
	if (l->unended && l->raw.source != RAWLOG_BARE &&
	    p->in.words != TOOL_QUIET)
		warnx("%s:%lld: has no line end, may be half of a line",
		    l->name, (long long)l->number);
}

/* Does what there is to do about one line. */
static void
parse_line(struct parse *p, const struct rawline *l)
{
	struct event e;
	struct str what;

	p->in.lines += !l->cont;
	if (l->blank && l->defect == NULL && !l->cont) {
		skips_add(&p->skips, STR("blank"));
		return;
	}
	if (l->cont)
		what = STR("");
	else
		switch (make(p, l, &e, &what)) {
		case FROM_EVENT:
			if (is_opted_out(p, l)) {
				tool_filter_meet(&p->in.filter, e.channel);
				return;
			}
			warn_of_end(p, l);
			put(p, &e);
			return;
		case FROM_SKIPPED:
			/* Of a channel all the same. */
			tool_filter_meet(&p->in.filter, l->raw.channel);
			warn_of_end(p, l);
			skips_add(&p->skips, what);
			return;
		case FROM_REFUSED:
			if (is_opted_out(p, l))
				return;
			break;
		}
	refuse(p, l, what);
}

/* Reads all lines of all inputs. */
static enum tool_exit
parse_stream(struct parse *p, struct rawmerge *m)
{
	struct progress progress =
	    tool_progress("tw-parse", p->in.words, rawmerge_size(m));
	enum tool_exit result = TOOL_DONE;
	const struct rawline *line;
	struct errmsg why;
	int r;

	while ((r = rawmerge_next(m, &line, &why)) != 0) {
		if (r < 0) {
			warnx("%s", why.text);
			result = TOOL_FAILED;
			continue;
		}
		parse_line(p, line);
		if (p->in.lines % TOOL_PROGRESS_LINES == 0) {
			progress.total = rawmerge_size(m);
			progress_show(&progress, now_mono_ms(), p->in.lines,
			    rawmerge_offset(m));
		}
	}
	progress_end(&progress);
	return result;
}

static void
warn_of_clock(const struct parse *p)
{
	int64_t median;

	if (p->in.words != TOOL_QUIET && lag_is_odd(&p->lag, &median))
		warnx("the collector's clock was wrong: lines were received "
		      "%s%.1f s %s Twitch sent them (median)",
		    median <= -LAG_LIMIT_MS || median >= LAG_LIMIT_MS ? "over "
								      : "",
		    (double)(median < 0 ? -median : median) / 1000,
		    median < 0 ? "before" : "after");
}

static void
warn_of_patterns(const struct parse *p)
{
	struct str name;
	size_t i = 0;
	int64_t n;

	if (p->patterns == NULL || p->in.words == TOOL_QUIET)
		return;
	while (patterns_gave_up(p->patterns, &i, &name, &n))
		tool_warn("--mentions: pattern %.*s is too slow: it gave up on "
			  "%lld texts, which count as not matched",
		    STR_ARGS(name), (long long)n);
}

static void
summary(const struct parse *p)
{
	struct buf b = { 0 };
	int64_t events = 0;
	const char *sep = " (";

	for (int t = 0; t < EVENT_N_TYPES; t++)
		events += p->events[t];
	buf_lit(&b, "tw-parse: ");
	num_add_thousands(&b, p->in.lines);
	buf_lit(&b, " lines, ");
	num_add_thousands(&b, events);
	buf_lit(&b, " events");
	for (int t = 0; t < EVENT_N_TYPES; t++) {
		if (p->events[t] == 0)
			continue;
		buf_str(&b, str_of(sep));
		buf_str(&b, event_type_name((enum event_type)t));
		buf_byte(&b, ' ');
		num_add_thousands(&b, p->events[t]);
		sep = ", ";
	}
	if (events > 0)
		buf_byte(&b, ')');
	buf_lit(&b, ", ");
	num_add_thousands(&b, skips_total(&p->skips));
	buf_lit(&b, " skipped");
	skips_describe(&p->skips, &b);
	buf_lit(&b, ", ");
	num_add_thousands(&b, p->in.rejects.n);
	buf_lit(&b, " refused, ");
	num_add_thousands(&b, p->repeated);
	buf_lit(&b, " repeated");
	if (p->filtered > 0) {
		buf_lit(&b, ", ");
		num_add_thousands(&b, p->filtered);
		buf_lit(&b, " not asked for");
	}
	if (p->optout != NULL) {
		buf_lit(&b, ", ");
		num_add_thousands(&b, p->opted_out);
		buf_lit(&b, " of users who opted out");
	}
	buf_byte(&b, '\n');
	fwrite(b.p, 1, b.len, stderr);
	buf_release(&b);
}

/* Lets as many files be open at once as the system allows. */
static void
open_many(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Reads the file of those who opted out; `from` is where its name stands. While
 * it cannot be read nothing is done: they would come back. */
static void
load_optout(struct parse *p, const char *from, const char *path)
{
	struct errmsg why;

	p->others[OPTOUT_FILE] = path;
	optout_free(p->optout);
	p->optout = optout_load(path, &why);
	if (p->optout == NULL && why.passing)
		tool_give_up(from, &why);
	if (p->optout == NULL)
		tool_wrong("%s: %s; it wants one user id a line, and without "
			   "it nothing is done",
		    from, why.text);
}

/* Does what options and environment say together. */
static void
check_options(struct parse *p)
{
	const char *path = getenv("TW_OPTOUT");

	if (p->optout == NULL && path != NULL && *path != '\0')
		load_optout(p, "TW_OPTOUT", path);
	if (p->optout != NULL && optout_doubt(p->optout) != NULL &&
	    p->in.words != TOOL_QUIET)
		tool_warn("%s", optout_doubt(p->optout));
	if (p->mask && !p->strip)
		tool_wrong("--mask is for --strip");
	if (p->strip && p->optout == NULL)
		tool_wrong(
		    "--strip: without whom? give --optout, or set TW_OPTOUT");
	if (p->names && p->optout == NULL)
		tool_wrong("--names: whose? give --optout, or set TW_OPTOUT");
	if (p->names && p->strip)
		tool_wrong("--names and --strip: one after the other");
	if ((p->names || p->strip) && p->events_only)
		tool_wrong("%s: lines are not chosen nor changed, so no "
			   "-c, --mentions, --pseudonymize, --rejects, "
			   "--since, --until",
		    p->names ? "--names" : "--strip");
}

static void
options(struct parse *p, int argc, char **argv)
{
	enum {
		MASK = INTAKE_OWN,
		MENTIONS,
		NAMES,
		OPTOUT,
		PSEUDONYMIZE,
		STRIP
	};
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "mask", no_argument, NULL, MASK },
		{ "mentions", required_argument, NULL, MENTIONS },
		{ "names", no_argument, NULL, NAMES },
		{ "optout", required_argument, NULL, OPTOUT },
		{ "pseudonymize", required_argument, NULL, PSEUDONYMIZE },
		{ "quiet", no_argument, NULL, 'q' },
		{ "rejects", required_argument, NULL, INTAKE_REJECTS },
		{ "since", required_argument, NULL, INTAKE_SINCE },
		{ "strip", no_argument, NULL, STRIP },
		{ "until", required_argument, NULL, INTAKE_UNTIL },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct errmsg why;
	int c;

	while ((c = getopt_long(argc, argv, "c:hqVv", longs, NULL)) != -1) {
		p->events_only |= c == 'c' || c == MENTIONS ||
		    c == PSEUDONYMIZE || c == INTAKE_REJECTS ||
		    c == INTAKE_SINCE || c == INTAKE_UNTIL;
		switch (c) {
		case 'h':
			help();
			exit(TOOL_DONE);
		case MASK:
			p->mask = true;
			break;
		case MENTIONS:
			p->others[MENTIONS_FILE] = optarg;
			patterns_free(p->patterns);
			p->patterns = patterns_load(optarg, &why);
			if (p->patterns == NULL)
				tool_give_up("--mentions", &why);
			break;
		case NAMES:
			p->names = true;
			break;
		case OPTOUT:
			load_optout(p, "--optout", optarg);
			break;
		case PSEUDONYMIZE:
			p->others[KEY_FILE] = optarg;
			pseudonyms_free(p->pseudonyms);
			p->pseudonyms = pseudonyms_load(optarg, &why);
			if (p->pseudonyms == NULL)
				tool_give_up("--pseudonymize", &why);
			break;
		case STRIP:
			p->strip = true;
			break;
		default:
			if (intake_option(&p->in, c))
				break;
			usage(stderr);
			exit(TOOL_USAGE);
		}
	}
	check_options(p);
}

/*
 * Tells whether a line is one of a raw log and was never refused: it would be again.
 * A file of refused lines may end within a line, when its run was killed.
 */
static bool
is_of_raw_log(struct parse *p, const struct rawline *line)
{
	struct event e;
	struct str what;

	return !line->cont && !line->blank && line->defect == NULL &&
	    line->raw.source != RAWLOG_BARE &&
	    (!line->unended || line->number == 1) &&
	    make(p, line, &e, &what) != FROM_REFUSED;
}

/*
 * Sees to it that refused lines replace nothing that is needed: no file that is
 * read, and no raw log. That stands behind --rejects where the name of the file was
 * forgotten, and cannot be had again. It may begin with a line that is torn.
 */
static void
spare_files(struct parse *p)
{
	char *path = (char *)p->in.rejects.path;
	const struct rawline *line;
	struct rawmerge *m;
	struct errmsg why;

	if (p->in.rejects.f == NULL || !S_ISREG(p->in.rejects.st.st_mode))
		return;
	for (size_t i = 0; i < N_FILES; i++)
		if (p->others[i] != NULL)
			tool_rejects_spare(&p->in.rejects, p->others[i]);
	m = rawmerge_new(&path, 1, NULL);
	while (rawmerge_next(m, &line, &why) == 1)
		if (is_of_raw_log(p, line))
			tool_wrong("--rejects: %s is a raw log, which would be "
				   "lost; was the file for refused lines "
				   "forgotten?",
			    path);
	rawmerge_free(m);
	p->lag = (struct lag){ 0 };
}

int
main(int argc, char **argv)
{
	char dash[] = "-", *const standard_input[] = { dash };
	struct parse p = { 0 };
	const struct unpack_tie tie = { flush, &p };
	char *const *paths = standard_input;
	enum tool_exit result;
	struct rawmerge *m;
	struct errmsg why;
	size_t n = 1;

	tool_begin();
	if (!zone_set("UTC", &why))
		tool_give_up("", &why);
	intake_init(&p.in, "tw-parse");
	options(&p, argc, argv);
	if (argc > optind) {
		paths = argv + optind;
		n = (size_t)(argc - optind);
	}
	if (!p.strip && !p.names) {
		p.json = jsonr_new();
		spare_files(&p);
	}
	intake_begin(&p.in, argv + optind, argc - optind);
	tool_confine(p.in.words, false, NULL);
	if (p.strip || p.names) {
		result = p.names
		    ? strip_names(p.optout, paths, n, p.in.words)
		    : strip_files(p.optout, paths, n, p.mask, p.in.words);
		result = tool_graver(result, intake_close(&p.in));
		tool_close_output();
		optout_free(p.optout);
		return (int)result;
	}
	open_many();
	m = rawmerge_new(paths, n, &tie);
	/* Whole pieces leave from `out`: no need to copy them once more. */
	(void)setvbuf(stdout, NULL, _IONBF, 0);
	result = parse_stream(&p, m);
	flush(&p);
	warn_of_clock(&p);
	warn_of_patterns(&p);
	if (p.in.words == TOOL_VERBOSE)
		summary(&p);
	result = tool_graver(result, intake_close(&p.in));
	tool_close_output();
	rawmerge_free(m);
	patterns_free(p.patterns);
	optout_free(p.optout);
	pseudonyms_free(p.pseudonyms);
	jsonr_free(p.json);
	buf_release(&p.scratch.text);
	buf_release(&p.scratch.json);
	buf_release(&p.text);
	buf_release(&p.mentions);
	buf_release(&p.out);
	seen_release(&p.seen);
	skips_release(&p.skips);
	return (int)result;
}
