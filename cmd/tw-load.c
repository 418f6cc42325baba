/*
 * tw-load - events and stats into MongoDB, and events back
 *
 * Gathers lines by channel, so that each command carries many of one channel,
 * and reads on while the server works on those before. See tw-load(1), tw-mongo(7).
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/now.h"
#include "base/num.h"
#include "base/out.h"
#include "base/timearg.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "base/zone.h"
#include "format/hash.h"
#include "format/input.h"
#include "model/eventdoc.h"
#include "model/missing.h"
#include "model/statsdoc.h"
#include "remote/loader.h"
#include "remote/mongouri.h"
#include "docs.h"
#include "export.h"
#include "intake.h"
#include "toolrows.h"

#define GATHER_N     80000 /* events that are held, at most ... */
#define GATHER_BYTES ((size_t)24 * 1024 * 1024) /* ... and their bytes */
#define READY_N      60000 /* that are enough for another batch, ... */
#define FIRST_N      20000 /* the same, as long as the server has nothing to do */
#define READY_BYTES  ((size_t)15 * 1024 * 1024)
#define PARCEL_BYTES ((size_t)8 * 1024 * 1024) /* of a batch, or one event */
#define STATS_N      1000
#define STATS_BYTES  ((size_t)4 * 1024 * 1024)
#define HEAP_BYTES   (64 * 1024 * 1024)
#define IDLE_LINES   128
#define WAIT_MS      (60 * MS_PER_S)
#define NO_WAIT_MS   MS_PER_S /* a loader that was killed is gone by then */

/* What of a channel is gathered, and what was seen of it. */
struct channel {
	struct docs docs;
	int64_t first, last; /* ms UTC */
	int64_t batch;       /* the last that had some of it */
};

struct run {
	struct intake intake;
	struct loader_options o;
	int64_t flush_ms;
	bool dry_run, verify, export;

	struct mongo_uri *uri; /* owned */
	struct loader *loader; /* owned; NULL = nothing is asked of a server */
	bool ready[2];         /* collections that are as they have to be */
	struct event_reader *events;
	struct stats_reader *stats;
	struct statsdoc *statsdoc;
	struct buf scratch, line;

	char **operands; /* borrowed; those that are still to be read */
	int n_operands;
	bool open;    /* `in` is */
	bool at_hand; /* a line of it is: it must not move */
	struct input in;
	struct progress progress;
	enum tool_exit result;

	struct map names;         /* of channels */
	struct channel *channels; /* owned; by number */
	size_t cap_channels;
	size_t n, bytes;  /* of all that is gathered */
	int64_t since_ms; /* when the oldest of it came, now_mono_ms() */
	struct docs gathered_stats;
	struct map stats_keys; /* of these */

	/* On their way, by flight; the last one is that of stats. */
	struct docs parcels[LOADER_FLIGHTS + 1];
	int64_t batches; /* of events, so far */

	struct loader_counts event_counts, stats_counts;
	int64_t n_events, n_stats;
	struct missing missing;
	int64_t begin_ms;
};

static void
usage(FILE *f)
{
	fputs("usage: tw-load [-hqVv] [-c channel]... [--dry-run] [--flush "
	      "time] [--no-wait]\n"
	      "               [--rejects file] [--retention time] [--since "
	      "time] [--until time]\n"
	      "               [--uri uri] [--verify] [--wait time] [file "
	      "...]\n"
	      "       tw-load --export [-hqVv] [-c channel]... [--since time] "
	      "[--until time]\n"
	      "               [--uri uri]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs(
	    "\n"
	    "Events and stats into MongoDB, exactly once: whatever happens, "
	    "run it again.\n"
	    "\n"

	    "  -c channel        only this channel (repeatable)\n"
	    "  --dry-run         check and count; write nothing\n"
	    "  --export          write the events of the database out\n"

	    "  --flush time      store what a slow pipe gave after so long "
	    "(1s)\n"
	    "  --no-wait         give up when another tw-load is at work\n"
	    "  --rejects file    keep refused lines there\n"
	    "  --retention time  how long the server keeps events: 90d\n"
	    "  --since time      only lines from then on\n"
	    "  --until time      only lines before then\n"
	    "  --uri uri         mongodb://HOST/DATABASE; else what "
	    "TW_URI_FILE names\n"
	    "  --verify          see whether all of the input is there, and "
	    "once\n"

	    "  --wait time       for another tw-load, or a lost server (60s)\n"
	    "  -q, -v, -h, -V    fewer words; a summary; this help; the "
	    "version\n"

	    "\n"
	    "Example: from the raw log into the database\n"
	    "  tw-parse raw/*/*/*.log | tw-load --uri "
	    "mongodb://localhost/twitch\n",
	    stdout);
	tool_close_output();
}

/*
 * Talking to the server
 */

/* Ends the run when the server, or what is in it, does not let it go on. */
static void
check(const struct run *r, enum loader_result result, const struct errmsg *why)
{
	if (result == LOADER_DONE)
		return;
	if (r->intake.rejects.f != NULL)
		fflush(r->intake.rejects.f);
	errx(result == LOADER_WRONG ? TOOL_USAGE : TOOL_FAILED, "MongoDB: %s",
	    why->text);
}

static void
say(void *arg, const char *text)
{
	struct run *r = arg;

	progress_end(&r->progress);
	if (r->intake.words != TOOL_QUIET)
		warnx("MongoDB: %s", text);
}

/* Sees to it that the collection is there before anything is put into it. */
static void
prepare(struct run *r, bool stats)
{
	struct errmsg why;

	if (r->ready[stats])
		return;
	check(r, loader_prepare(r->loader, stats, &why), &why);
	r->ready[stats] = true;
}

/* Spells a document as a line. */
static struct str
line_of(struct run *r, struct str doc, bool stats)
{
	struct errmsg why;
	struct event e;

	buf_reset(&r->line);
	buf_reset(&r->scratch);
	if (stats) {
		if (!statsdoc_line(&r->line, doc))
			buf_reset(&r->line);
		return buf_view(&r->line);
	}
	if (!eventdoc_line(&r->scratch, doc) ||
	    !event_read(r->events, buf_view(&r->scratch), &e, &why))
		return buf_view(&r->scratch);
	event_write(&r->line, &e);
	r->line.len--; /* without its LF */
	return buf_view(&r->line);
}

/* Takes note of a document that is not there, or not the same. */
static void
note_missing(struct run *r, const struct docs_origin *from, bool stats,
    struct str doc, const char *why)
{
	struct missing_line line = { from->at, from->name, from->number, why };

	if (stats)
		missing_add_key(&r->missing, statsdoc_key(doc), line);
	else
		missing_add(&r->missing, line);
}

static void
refused(void *arg, size_t flight, size_t i, const char *why)
{
	struct run *r = arg;
	const struct docs *p = &r->parcels[flight];
	const struct docs_origin *from = &p->from[i];

	if (r->o.only_look) {
		note_missing(
		    r, from, flight == LOADER_FLIGHTS, p->list[i], why);
		return;
	}
	progress_end(&r->progress);
	tool_refuse(&r->intake.rejects, from->name, from->number, why,
	    line_of(r, p->list[i], flight == LOADER_FLIGHTS), false, false);
}

/*
 * Batches
 */

static int
compare_full(const void *a, const void *b)
{
	const struct channel *x = *(struct channel *const *)a;
	const struct channel *y = *(struct channel *const *)b;

	return (x->docs.n < y->docs.n) - (x->docs.n > y->docs.n);
}

/*
 * Puts the fullest channels into the parcel of `flight`, as many as go in whole, or
 * a part of the first. Those that are on their way with a batch before are left out, as
 * long as there are others: the server stores two channels at once faster than one.
 */
static void
fill_parcel(struct run *r, size_t flight)
{
	struct channel **order = xcalloc(r->names.n, sizeof(struct channel *));
	struct docs *p = &r->parcels[flight];
	size_t n = 0;

	for (int others = 1; others >= 0 && n == 0; others--)
		for (size_t i = 0; i < r->names.n; i++)
			if (r->channels[i].docs.n > 0 &&
			    (!others ||
				r->batches - r->channels[i].batch >=
				    LOADER_FLIGHTS - 1))
				order[n++] = &r->channels[i];
	qsort(order, n, sizeof(struct channel *), compare_full);
	r->batches++;
	docs_empty(p);
	for (size_t i = 0; i < n; i++) {
		struct docs *d = &order[i]->docs;
		size_t before = p->n;

		if (before > 0 &&
		    (before + d->n > LOADER_BATCH ||
			p->bytes.len + d->bytes.len > PARCEL_BYTES))
			continue;
		order[i]->batch = r->batches;
		r->bytes -= docs_move(p, d, LOADER_BATCH, PARCEL_BYTES);
		r->n -= p->n - before;
	}
	free(order);
}

/* Lets one batch of what is gathered set out. */
static void
send_events(struct run *r)
{
	struct errmsg why;
	size_t flight;

	if (r->n == 0)
		return;
	prepare(r, false);
	check(r, loader_room(r->loader, &flight, &why), &why);
	fill_parcel(r, flight);
	check(r,
	    loader_events(r->loader, flight, docs_list(&r->parcels[flight]),
		r->parcels[flight].n, &r->event_counts, &why),
	    &why);
	r->since_ms = now_mono_ms();
}

static void
send_stats(struct run *r)
{
	struct docs *p = &r->parcels[LOADER_FLIGHTS];
	struct errmsg why;

	if (r->gathered_stats.n == 0)
		return;
	(void)docs_move(p, &r->gathered_stats, SIZE_MAX, SIZE_MAX);
	map_release(&r->stats_keys);
	prepare(r, true);
	check(r,
	    loader_stats(r->loader, docs_list(p), p->n, &r->stats_counts, &why),
	    &why);
	docs_empty(p);
}

static void
send_all(struct run *r)
{
	struct errmsg why;

	while (r->n > 0)
		send_events(r);
	check(r, loader_settle(r->loader, &why), &why);
	send_stats(r);
}

static bool
is_full(const struct run *r)
{
	return r->n >= GATHER_N || r->bytes >= GATHER_BYTES ||
	    r->gathered_stats.n >= STATS_N ||
	    r->gathered_stats.bytes.len >= STATS_BYTES;
}

/*
 * Lines
 */

static struct channel *
get_channel(struct run *r, struct str name)
{
	size_t n = r->names.n;
	size_t i = map_number(&r->names, name, hash_str(name, 0));

	if (i == n) {
		r->channels = xgrow(
		    r->channels, n, &r->cap_channels, sizeof(*r->channels));
		r->channels[i] = (struct channel){ .first = INT64_MAX,
			.last = INT64_MIN,
			.batch = -LOADER_FLIGHTS };
	}
	return &r->channels[i];
}

/* Gathers an event. */
static void
take_event(struct run *r, const struct input *in, const struct event *e)
{
	struct channel *c;
	size_t before;

	if (!tool_passes(&r->intake.filter, e->channel, e->ts))
		return;
	r->n_events++;
	c = get_channel(r, e->channel);
	c->first = e->ts < c->first ? e->ts : c->first;
	c->last = e->ts > c->last ? e->ts : c->last;
	if (r->loader == NULL)
		return;
	if (r->n == 0)
		r->since_ms = now_mono_ms();
	before = c->docs.bytes.len;
	eventdoc_write(&c->docs.bytes, e, &r->scratch);
	docs_add(&c->docs, in, r->intake.lines);
	r->n++;
	r->bytes += c->docs.bytes.len - before;
}

/* Makes the key of `s`, in the scratch. */
static struct str
key_of(struct run *r, const struct stats *s)
{
	buf_reset(&r->scratch);
	statsdoc_id(&r->scratch, s);
	return buf_view(&r->scratch);
}

/* Gathers a line of stats. Returns why not, or NULL. */
static const char *
take_stats(struct run *r, const struct input *in, struct str line,
    const struct stats *s)
{
	struct docs *d = &r->gathered_stats;
	size_t n = r->stats_keys.n;
	struct str key;

	if (!tool_passes(&r->intake.filter, s->channel, s->ts))
		return NULL;
	key = key_of(r, s);
	/* The later of two counts: the earlier goes first. */
	if (r->loader != NULL &&
	    map_find(&r->stats_keys, key, hash_str(key, 0)) != MAP_NONE) {
		send_stats(r);
		n = 0;
		/* An event that was refused meanwhile was spelled there. */
		key = key_of(r, s);
	}
	missing_drop_key(&r->missing, key);
	if (!statsdoc_write(r->statsdoc, &d->bytes, line, s))
		return "no document can hold it";
	r->n_stats++;
	if (r->loader == NULL) {
		buf_reset(&d->bytes);
		return NULL;
	}
	if (r->n == 0 && n == 0)
		r->since_ms = now_mono_ms();
	(void)map_number(&r->stats_keys, key, hash_str(key, 0));
	docs_add(d, in, r->intake.lines);
	return NULL;
}

/* Says why a line is neither: what the reader says that knows its type. */
static const char *
neither(const struct errmsg *no_event, const struct errmsg *no_stats)
{
	static const char untyped[] = ": type is missing";

	return strstr(no_event->text, untyped) != NULL &&
		strstr(no_stats->text, untyped) == NULL
	    ? no_stats->text
	    : no_event->text;
}

/* Does what there is to do about one line. */
static void
load_line(struct run *r, const struct input *in, struct str line)
{
	const struct lines *l = &in->lines;
	const char *refused_for = NULL;
	struct errmsg why, no_stats;
	struct event e;
	struct stats s;

	r->intake.lines += !l->cont;
	if (l->part || l->cont)
		refused_for = "longer than 1 MiB";
	else if (line.len == 0)
		return;
	else if (event_read(r->events, line, &e, &why))
		take_event(r, in, &e);
	else if (stats_read(r->stats, line, &s, &no_stats))
		refused_for = take_stats(r, in, line, &s);
	else
		refused_for = neither(&why, &no_stats);
	if (refused_for != NULL)
		tool_refuse(&r->intake.rejects, in->name, l->number,
		    refused_for, line, l->part, l->cont);
}

/* Opens the next operand. False when there is none. */
static bool
open_next(struct run *r)
{
	struct errmsg why;

	for (; r->n_operands > 0; r->operands++, r->n_operands--) {
		if (!input_open(&r->in, *r->operands, NULL, &why)) {
			warnx("%s: %s", r->in.name, why.text);
			r->result = tool_graver(r->result, TOOL_FAILED);
			continue;
		}
		r->operands++;
		r->n_operands--;
		r->open = true;
		r->progress = tool_progress(
		    "tw-load", r->intake.words, unpack_size(r->in.u));
		return true;
	}
	return false;
}

/*
 * Reads one line, and stores nothing.
 *
 * Returns false when there is none any more.
 */
static bool
read_line(struct run *r)
{
	struct errmsg why;
	struct str line;
	int more;

	if (!r->open && !open_next(r))
		return false;
	more = input_next(&r->in, &line, &why);
	if (more == 1) {
		r->at_hand = true;
		load_line(r, &r->in, line);
		r->at_hand = false;
		if (r->in.lines.number % TOOL_PROGRESS_LINES == 0)
			progress_show(&r->progress, now_mono_ms(),
			    r->in.lines.number, unpack_offset(r->in.u));
		return true;
	}
	progress_end(&r->progress);
	if (more < 0) {
		warnx("%s: %s", r->in.name, why.text);
		r->result = tool_graver(r->result, TOOL_FAILED);
	}
	input_close(&r->in);
	r->open = false;
	return true;
}

/* While the server works: a few lines more, as long as they are there. Stats
 * are left alone, as they may have to be sent in between; and so is all when that
 * is what is waited for, with the next of them at hand. */
static bool
idle(void *arg)
{
	struct run *r = arg;

	if (r->at_hand)
		return false;
	for (int i = 0; i < IDLE_LINES; i++)
		if (is_full(r) || r->gathered_stats.n > 0 ||
		    (r->open && !input_ready(&r->in, 0)) || !read_line(r))
			return false;
	return true;
}

static bool
has_gathered(const struct run *r)
{
	return r->n > 0 || r->gathered_stats.n > 0;
}

/* Waits for more from a pipe; stores what is there when that takes long. */
static void
wait_for_input(struct run *r)
{
	int64_t left;

	if (!r->open || input_ready(&r->in, 0))
		return;
	/* While that is stored more may come, and be gathered. */
	do {
		left = r->flush_ms;
		if (has_gathered(r))
			left -= now_mono_ms() - r->since_ms;
		if (left > 0 && input_ready(&r->in, (int)left))
			return;
		if (r->loader != NULL) {
			send_all(r);
			loader_pause(r->loader);
		}
	} while (r->open && has_gathered(r));
	if (r->open)
		(void)input_ready(&r->in, -1);
}

/* Tells whether what is gathered makes another batch that the server stores
 * fast. */
static bool
is_enough(const struct run *r)
{
	return r->n >= READY_N || r->bytes >= READY_BYTES ||
	    (r->batches < LOADER_FLIGHTS && r->n >= FIRST_N);
}

/* Sends events when there are enough of them. */
static void
send_enough(struct run *r)
{
	struct errmsg why;

	if (r->loader == NULL)
		return;
	if (r->intake.lines % IDLE_LINES == 0)
		check(r, loader_go_on(r->loader, &why), &why);
	if (r->n >= GATHER_N || r->bytes >= GATHER_BYTES ||
	    (is_enough(r) && loader_has_room(r->loader)))
		send_events(r);
	else if (has_gathered(r) && (r->intake.lines & 1023) == 0 &&
	    now_mono_ms() - r->since_ms >= 4 * r->flush_ms)
		send_events(r);
}

static void
load_all(struct run *r)
{
	while (wait_for_input(r), read_line(r)) {
		if (r->gathered_stats.n >= STATS_N ||
		    r->gathered_stats.bytes.len >= STATS_BYTES)
			send_stats(r);
		send_enough(r);
	}
	if (r->loader != NULL)
		send_all(r);
}

/*
 * Ends
 */

static void
name_missing(const struct missing *m)
{
	for (int64_t i = 0; i < m->n && i < MISSING_FIRST; i++)
		tool_warn("%s:%lld: %s", m->first[i].name,
		    (long long)m->first[i].number, m->first[i].why);
	if (m->n > MISSING_FIRST)
		warnx("... and more");
}

/* Looks at what the database holds where the input lies. */
static void
verify_all(struct run *r)
{
	int64_t n, twice, all = 0, all_twice = 0;
	struct errmsg why;

	missing_settle(&r->missing);
	if (r->intake.words != TOOL_QUIET)
		name_missing(&r->missing);
	for (size_t i = 0; i < r->names.n; i++) {
		check(r,
		    loader_verify(r->loader, map_name(&r->names, i),
			r->channels[i].first, r->channels[i].last, &n, &twice,
			&why),
		    &why);
		all += n;
		all_twice += twice;
		if (twice > 0)
			tool_warn(
			    "MongoDB: channel %.*s: %lld events are there "
			    "more than once",
			    STR_ARGS(map_name(&r->names, i)), (long long)twice);
	}
	if (r->intake.words != TOOL_QUIET)
		printf("%lld events and %lld stats in the input, %lld missing; "
		       "in its range %lld events, %lld more than once\n",
		    (long long)r->n_events, (long long)r->n_stats,
		    (long long)r->missing.n, (long long)all,
		    (long long)all_twice);
	if (r->missing.n > 0 || all_twice > 0)
		r->result = tool_graver(r->result, TOOL_FAILED);
}

static void
add_counts(struct buf *b, const char *what, int64_t n, struct loader_counts c)
{
	buf_lit(b, "; ");
	num_add_thousands(b, n);
	buf_printf(b, " %s: ", what);
	num_add_thousands(b, c.fresh);
	buf_lit(b, " new, ");
	num_add_thousands(b, c.there);
	buf_lit(b, " already there");
}

static void
summary(const struct run *r)
{
	int64_t took = now_mono_ms() - r->begin_ms;
	struct buf b = { 0 };

	buf_lit(&b, "tw-load: ");
	num_add_thousands(&b, r->intake.lines);
	buf_lit(&b, " lines in ");
	num_add_ms(&b, took);
	buf_lit(&b, " s");
	if (r->loader == NULL) {
		buf_lit(&b, "; ");
		num_add_thousands(&b, r->n_events);
		buf_lit(&b, " events, ");
		num_add_thousands(&b, r->n_stats);
		buf_lit(&b, " stats");
	} else {
		if (r->n_events > 0 || r->n_stats == 0)
			add_counts(&b, "events", r->n_events, r->event_counts);
		if (r->n_stats > 0)
			add_counts(&b, "stats", r->n_stats, r->stats_counts);
	}
	buf_lit(&b, "; ");
	num_add_thousands(&b, r->intake.rejects.n);
	buf_lit(&b, " refused\n");
	fwrite(b.p, 1, b.len, stderr);
	buf_release(&b);
}

/*
 * Options
 */

static int64_t
span(const char *name, const char *text)
{
	int64_t ms;

	if (!timearg_parse_span(str_of(text), &ms))
		tool_wrong("%s: \"%s\" is no length of time; give 5s, 30m, 90d",
		    name, text);
	return ms;
}

static void
options(struct run *r, int argc, char **argv)
{
	enum {
		DRY_RUN = INTAKE_OWN,
		EXPORT,
		FLUSH,
		NO_WAIT,
		RETENTION,
		VERIFY,
		WAIT
	};
	static const struct option longs[] = {
		{ "dry-run", no_argument, NULL, DRY_RUN },
		{ "export", no_argument, NULL, EXPORT },
		{ "flush", required_argument, NULL, FLUSH },
		{ "help", no_argument, NULL, 'h' },
		{ "no-wait", no_argument, NULL, NO_WAIT },
		{ "quiet", no_argument, NULL, 'q' },
		{ "rejects", required_argument, NULL, INTAKE_REJECTS },
		{ "retention", required_argument, NULL, RETENTION },
		{ "since", required_argument, NULL, INTAKE_SINCE },
		{ "until", required_argument, NULL, INTAKE_UNTIL },
		{ "uri", required_argument, NULL, INTAKE_URI },
		{ "verbose", no_argument, NULL, 'v' },
		{ "verify", no_argument, NULL, VERIFY },
		{ "version", no_argument, NULL, 'V' },
		{ "wait", required_argument, NULL, WAIT },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:hqVv", longs, NULL)) != -1)
		switch (c) {
		case DRY_RUN:
			r->dry_run = true;
			break;
		case EXPORT:
			r->export = true;
			break;
		case FLUSH:
			r->flush_ms = span("--flush", optarg);
			if (r->flush_ms > MS_PER_HOUR)
				tool_wrong("--flush: at most 1h");
			break;
		case 'h':
			help();
			exit(TOOL_DONE);
		case NO_WAIT:
			r->o.wait_ms = NO_WAIT_MS;
			break;
		case RETENTION:
			r->o.retention_s =
			    span("--retention", optarg) / MS_PER_S;
			if (r->o.retention_s == 0)
				tool_wrong("--retention: at least 1s");
			break;
		case VERIFY:
			r->verify = true;
			break;
		case WAIT:
			r->o.wait_ms = span("--wait", optarg);
			break;
		default:
			if (intake_option(&r->intake, c))
				break;
			usage(stderr);
			exit(TOOL_USAGE);
		}
	if (r->export + r->verify + r->dry_run > 1)
		tool_wrong("only one of --dry-run, --export, --verify goes");
	if (r->export && optind < argc)
		tool_wrong("--export reads no file: %s", argv[optind]);
}

/* Connects, unless only the input is to be checked. */
static void
connect_loader(struct run *r)
{
	struct errmsg why;

	if (r->dry_run && r->intake.uri == NULL &&
	    getenv("TW_URI_FILE") == NULL)
		return;
	r->uri = tool_uri(r->intake.words, r->intake.uri);
	if (r->export)
		return;
	r->o.uri = r->uri;
	r->o.only_look = r->dry_run || r->verify;
	r->o.refused = refused;
	r->o.say = say;
	r->o.idle = idle;
	r->o.arg = r;
	check(r, loader_new(&r->o, &r->loader, &why), &why);
}

static void
finish(struct run *r)
{
	if (r->verify)
		verify_all(r);
	if (r->intake.words == TOOL_VERBOSE || r->dry_run ||
	    (r->intake.words == TOOL_NORMAL && !r->verify &&
		isatty(STDERR_FILENO)))
		summary(r);
}

static void
release(struct run *r)
{
	loader_free(r->loader);
	if (r->uri != NULL) {
		mongo_uri_free(r->uri);
		mongo_cleanup();
	}
	for (size_t i = 0; i < r->names.n; i++)
		docs_release(&r->channels[i].docs);
	free(r->channels);
	map_release(&r->names);
	docs_release(&r->gathered_stats);
	map_release(&r->stats_keys);
	missing_release(&r->missing);
	for (size_t i = 0; i <= LOADER_FLIGHTS; i++)
		docs_release(&r->parcels[i]);
	buf_release(&r->scratch);
	buf_release(&r->line);
	event_reader_free(r->events);
	stats_reader_free(r->stats);
	statsdoc_free(r->statsdoc);
}

int
main(int argc, char **argv)
{
	static char dash[] = "-";
	static char *standard_input[] = { dash, NULL };
	struct run r = { .flush_ms = MS_PER_S, .o = { .wait_ms = WAIT_MS } };
	struct errmsg why;

	tool_begin();
	/* Batches are megabytes: not to be given back and asked for anew. */
	(void)mallopt(M_MMAP_THRESHOLD, HEAP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, HEAP_BYTES);
	if (!zone_set("UTC", &why))
		tool_give_up("", &why);
	intake_init(&r.intake, "tw-load");
	options(&r, argc, argv);
	r.begin_ms = now_mono_ms();
	r.events = event_reader_new();
	r.stats = stats_reader_new();
	r.statsdoc = statsdoc_new();
	r.operands = optind < argc ? argv + optind : standard_input;
	r.n_operands = optind < argc ? argc - optind : 1;
	intake_begin(&r.intake, argv + optind, argc - optind);
	connect_loader(&r);
	if (r.export) {
		export_events(&r.intake, r.uri);
	} else {
		load_all(&r);
		finish(&r);
	}
	r.result = tool_graver(r.result, intake_close(&r.intake));
	tool_close_output();
	release(&r);
	return (int)r.result;
}
