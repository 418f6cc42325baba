/*
 * tw-poll - Twitch's Helix API to raw log
 *
 * The loop: sleep until it is time, ask who is live, write the answers. See
 * tw-poll(1).
 */
#include <err.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/now.h"
#include "base/stop.h"
#include "base/timearg.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "collect.h"
#include "format/hash.h"
#include "format/jsonw.h"
#include "remote/helix.h"
#include "remote/token.h"
#include "tool.h"

#define HELIX_URL "https://api.twitch.tv/helix"
#define AUTH_URL  "https://id.twitch.tv/oauth2"

#define FINISH_MS   3000
#define PATIENCE_MS (15 * MS_PER_S) /* at least, for the tries of a poll */
#define RECHECK_MS  MS_PER_HOUR     /* of which names exist */
#define WAIT_MAX    MS_PER_HOUR     /* of one sleep */

enum known {
	KNOWN_NOT, /* nobody has said yet whether it exists */
	KNOWN_YES,
	KNOWN_NONE, /* no such channel */
};

struct channel {
	enum known known;
	bool unasked; /* it is to be looked up whether it exists */
	/* What the streams say of a channel is held back until it is known
	 * whether it exists. */
	int64_t held_at;  /* when they said it, ms UTC; 0 = nothing is held */
	struct buf held;  /* the rest of an `error`; empty = it is not live */
	size_t record;    /* its number there */
	int64_t poll_day; /* day of its last `poll` mark, since 1970 */
};

struct poller {
	struct collect_source source;
	struct map names; /* all that were ever asked for */
	struct channel *channels;
	size_t cap_channels;
	struct map wanted;   /* those that are now */
	int64_t interval_ms; /* of --interval */
	bool once;
	struct record_options output;
	struct record *record;
	struct helix_options options;
	struct helix *helix;
	struct str *asked;    /* the logins of the question */
	struct channel **who; /* and whose they are */
	int orders;           /* signals */
	bool end, reload;     /* what they asked for */
	int64_t recheck_ms;   /* when to ask again which names exist, mono */
	int64_t n_live, n_offline, n_failed; /* in this poll */
	int64_t n_unknown;            /* that could not be looked up in it */
	struct errmsg unknown_reason; /* of the last of these */
	bool unknown;                /* there were some before: that was told */
	int64_t polls, failed, late; /* in all */
	struct errmsg reason;        /* of the last failure in this poll */
	bool failing;                /* the poll before failed: that was told */
};

static void
usage(FILE *f)
{
	fputs("usage: tw-poll [-hqVv] [--interval span] [--once] [--sync] "
	      "[-f file] [-o dir]\n"
	      "               [channel ...]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs(
	    "\n"
	    "Asks Twitch who of some channels is live, and with how many "
	    "viewers, and writes\n"
	    "the answers: raw log lines (tw-raw(5)), on standard output or in "
	    "a file for each\n"
	    "channel and day. A failed request is no offline channel.\n"
	    "\n"
	    "  -f file          channels, one a line; read again on SIGHUP\n"
	    "  --interval span  time from poll to poll: 60s (the default), "
	    "2m, 90\n"
	    "  -o dir           write to dir/channel/date.log\n"
	    "  --once           one poll, then end\n"
	    "  --sync           bring the files to the disk once a second\n"
	    "  -q               say only what fails\n"
	    "  -v               say how each poll went\n"
	    "  -h, -V           this help; the version\n"
	    "\n"
	    "Environment: TW_CLIENT_ID and TW_CLIENT_SECRET_FILE (a file with "
	    "the secret in\n"
	    "it) are needed; TW_HELIX_URL, TW_AUTH_URL, TW_CAFILE, "
	    "XDG_CACHE_HOME.\n"
	    "SIGUSR1 prints counters, SIGTERM ends.\n"
	    "\n"
	    "Example: who is live now?\n"
	    "  tw-poll --once kanal_eins kanal_zwei | tw-parse | grep "
	    "'\"type\":\"viewers\"'\n",
	    stdout);
	tool_close_output();
}

static void
options(struct poller *p, int argc, char **argv)
{
	enum { INTERVAL = COLLECT_OWN, ONCE };
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "interval", required_argument, NULL, INTERVAL },
		{ "once", no_argument, NULL, ONCE },
		{ "quiet", no_argument, NULL, 'q' },
		{ "sync", no_argument, NULL, COLLECT_SYNC },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "f:ho:qVv", longs, NULL)) != -1)
		switch (o) {
		case 'h':
			help();
			exit(TOOL_DONE);
		case INTERVAL:
			if (!timearg_parse_span(
				str_of(optarg), &p->interval_ms) ||
			    p->interval_ms < MS_PER_S)
				tool_wrong("--interval: \"%s\" is no time of "
					   "at least a second; give 60s or 2m",
				    optarg);
			break;
		case ONCE:
			p->once = true;
			break;
		default:
			if (collect_option(
				o, "tw-poll", &p->source, &p->output))
				break;
			usage(stderr);
			exit(TOOL_USAGE);
		}
	p->source.names = argv + optind;
	p->source.n = (size_t)(argc - optind);
}

static void
say(void *arg, bool warning, const char *text)
{
	const struct poller *p = arg;

	if (warning ? p->source.words != TOOL_QUIET
		    : p->source.words == TOOL_VERBOSE)
		warnx("%s", text);
}

/* Says how it goes. */
static void
status(const struct poller *p)
{
	struct helix_counts h = helix_counts(p->helix);
	struct record_counts r = record_counts(p->record);

	warnx("channels=%zu live=%lld offline=%lld failed=%lld polls=%lld "
	      "polls_failed=%lld skipped=%lld requests=%lld retries=%lld "
	      "tokens=%lld lines=%lld dropped=%lld waiting=%lld files=%zu",
	    p->wanted.n, (long long)p->n_live, (long long)p->n_offline,
	    (long long)p->n_failed, (long long)p->polls, (long long)p->failed,
	    (long long)p->late, (long long)h.requests, (long long)h.retries,
	    (long long)h.tokens, (long long)r.lines, (long long)r.dropped,
	    (long long)r.waiting, r.files);
}

/* Does what signals ask for, now or later, and lets lines go out. */
static bool
idle(void *arg)
{
	struct poller *p = arg;
	enum stop_order order;

	while ((order = stop_next(p->orders)) != STOP_NONE) {
		if (order == STOP_STATUS)
			status(p);
		p->reload = p->reload || order == STOP_RELOAD;
		p->end = p->end || order == STOP_END;
	}
	(void)record_tick(p->record, now_ms(), now_mono_ms());
	collect_output_news(p->record, p->source.words);
	return !p->end;
}

/* Finds the channel of a login, a new one for a new login. */
static struct channel *
channel_of(struct poller *p, struct str login)
{
	size_t n = p->names.n;
	size_t i = map_number(&p->names, login, hash_str(login, 0));

	if (i == n) {
		p->channels = xgrow(
		    p->channels, i, &p->cap_channels, sizeof(*p->channels));
		p->channels[i] = (struct channel){ .unasked = true,
			.record = SIZE_MAX,
			.poll_day = INT64_MIN };
	}
	return &p->channels[i];
}

/* Lays out the logins that are to be asked for: all, or those to look up. */
static size_t
lay_out(struct poller *p, bool all)
{
	size_t n = 0;

	/* New ones first: their coming moves the others. */
	for (size_t i = 0; i < p->wanted.n; i++)
		(void)channel_of(p, map_name(&p->wanted, i));
	for (size_t i = 0; i < p->wanted.n; i++) {
		struct str login = map_name(&p->wanted, i);
		struct channel *c = channel_of(p, login);

		if (!all && !c->unasked)
			continue;
		p->asked[n] = login;
		p->who[n++] = c;
	}
	return n;
}

/* Writes a mark of the channel. */
static void
mark(struct poller *p, const struct channel *c, int64_t at, struct str name,
    const struct buf *rest)
{
	record_mark(p->record, c->record, at, name, buf_view(rest));
}

/* Sees to it that the channel's file of the day begins with its `poll`. */
static void
begin_day(struct poller *p, struct channel *c, struct str login, int64_t at)
{
	int64_t day = at / MS_PER_DAY;
	struct buf rest = { 0 };

	if (c->record == SIZE_MAX)
		c->record = record_channel(p->record, login);
	if (c->poll_day == day)
		return;
	c->poll_day = day;
	jsonw_int(&rest, STR("interval_s"), p->interval_ms / MS_PER_S);
	mark(p, c, at, STR("poll"), &rest);
	buf_release(&rest);
}

/* Says in words why there is no answer. */
static void
give_reason(struct errmsg *reason, int code, const char *why)
{
	if (why != NULL)
		errmsg_set(reason, "%s", why);
	else
		errmsg_set(reason, "HTTP %d", code);
}

/* Holds back that the poll of the channel has failed. */
static void
hold_error(struct poller *p, struct channel *c, int code, const char *why)
{
	if (why != NULL)
		jsonw_member(&c->held, STR("why"), str_of(why));
	else
		jsonw_int(&c->held, STR("status"), code);
	give_reason(&p->reason, code, why);
}

/* Writes what is held back of the channel, as far as that is known by now. */
static void
settle(struct poller *p, struct channel *c, struct str login)
{
	int64_t at = c->held_at;

	c->held_at = 0;
	if (at == 0 || c->known == KNOWN_NONE)
		return;
	if (c->known == KNOWN_NOT && c->held.len == 0)
		hold_error(
		    p, c, 0, "not live, and not known whether it exists");
	begin_day(p, c, login, at);
	if (c->held.len > 0) {
		p->n_failed++;
		mark(p, c, at, STR("error"), &c->held);
	} else {
		p->n_offline++;
		record_line(
		    p->record, c->record, at, STR("helix"), STR("null"));
	}
}

static void
take_stream(void *arg, size_t i, const struct helix_answer *a)
{
	struct poller *p = arg;
	struct channel *c = p->who[i];

	/* Whoever streams exists; of the others we may not know it. */
	if (a->kind == HELIX_FOUND) {
		c->known = KNOWN_YES;
		c->unasked = false;
	}
	c->held_at = a->at;
	buf_reset(&c->held);
	if (a->kind == HELIX_FAILED) {
		hold_error(p, c, a->status, a->why);
	} else if (a->kind == HELIX_FOUND && a->type.p != NULL &&
	    a->type.len == 0) {
		/* It is there and empty: Helix has failed. */
		hold_error(p, c, 0, "the stream's type is empty");
	} else if (a->kind == HELIX_FOUND) {
		c->held_at = 0;
		p->n_live++;
		begin_day(p, c, p->asked[i], a->at);
		record_line(
		    p->record, c->record, a->at, STR("helix"), a->object);
	}
	if (c->known == KNOWN_YES)
		settle(p, c, p->asked[i]);
}

static void
take_user(void *arg, size_t i, const struct helix_answer *a)
{
	struct poller *p = arg;
	struct channel *c = p->who[i];

	c->unasked = a->kind == HELIX_FAILED;
	if (a->kind == HELIX_FAILED) {
		p->n_unknown++;
		give_reason(&p->unknown_reason, a->status, a->why);
	} else if (a->kind == HELIX_FOUND) {
		c->known = KNOWN_YES;
	} else if (c->known != KNOWN_NONE) {
		c->known = KNOWN_NONE;
		if (p->source.words != TOOL_QUIET)
			tool_warn(
			    "%.*s: no such channel", STR_ARGS(p->asked[i]));
	}
	settle(p, c, p->asked[i]);
}

/* How long tries of one poll may begin, ms from its begin. */
static int64_t
patience(const struct poller *p)
{
	int64_t most = p->interval_ms / 5 * 4;

	return most > PATIENCE_MS ? most : PATIENCE_MS;
}

/*
 * Finds how much of the interval of the poll that was due at `slot` is left for
 * looking up names, ms: a tenth is kept, so as to be in time for the next poll.
 */
static int64_t
time_left(const struct poller *p, int64_t slot)
{
	int64_t passed = now_ms() - slot;

	return p->interval_ms / 10 * 9 -
	    (passed > 0 ? passed % p->interval_ms : 0);
}

/* Sees to it that all names are looked up when it is time for that. */
static void
recheck(struct poller *p)
{
	int64_t now = now_mono_ms();

	if (now < p->recheck_ms)
		return;
	p->recheck_ms = now + RECHECK_MS;
	for (size_t i = 0; i < p->names.n; i++)
		p->channels[i].unasked = true;
}

/* Says that names cannot be looked up, or that they are; not each time. */
static void
say_unknown(struct poller *p, size_t n)
{
	bool fails = p->n_unknown > 0;

	if (p->source.words != TOOL_QUIET && fails && !p->unknown)
		warnx("cannot look up %lld of %zu names: %s",
		    (long long)p->n_unknown, n, p->unknown_reason.text);
	else if (p->source.words != TOOL_QUIET && !fails && p->unknown)
		warnx("all names have been looked up");
	p->unknown = fails;
}

/*
 * Finds out which of the channels exist, as far as that is not known. This
 * comes after the samples and ends before the next ones, as those of the known
 * channels need not wait for it; what fails is due again at the next poll.
 */
static enum helix_result
look_up(struct poller *p, int64_t slot, int64_t until, struct errmsg *why)
{
	int64_t now = now_mono_ms();
	struct helix_times times = { .until_ms = until,
		.end_ms = p->once ? INT64_MAX : now + time_left(p, slot) };
	size_t n = lay_out(p, false);
	enum helix_result result;

	p->n_unknown = 0;
	result =
	    helix_ask(p->helix, false, p->asked, n, &times, take_user, p, why);
	if (result != HELIX_STOPPED)
		say_unknown(p, n);
	return result;
}

/* Writes what is still held back. */
static void
settle_all(struct poller *p)
{
	for (size_t i = 0; i < p->wanted.n; i++) {
		struct str login = map_name(&p->wanted, i);

		settle(p, channel_of(p, login), login);
	}
}

/* Says that a poll has failed, or not any more; not each time. */
static void
say_failure(struct poller *p)
{
	bool fails = p->n_failed > 0;

	if (p->source.words != TOOL_QUIET && fails && !p->failing)
		warnx("no answer for %lld of %zu channels: %s",
		    (long long)p->n_failed, p->wanted.n, p->reason.text);
	else if (p->source.words != TOOL_QUIET && !fails && p->failing)
		warnx("all channels have answers again");
	p->failing = fails;
}

/* Does the poll that was due at `slot`, ms UTC. */
static enum helix_result
poll_once(struct poller *p, int64_t slot, struct errmsg *why)
{
	int64_t begin = now_mono_ms();
	struct helix_times times = { .until_ms = begin + patience(p),
		.end_ms = INT64_MAX };
	enum helix_result result;
	size_t n;

	p->asked = xreallocarray(p->asked, p->wanted.n + 1, sizeof(*p->asked));
	p->who = xreallocarray(p->who, p->wanted.n + 1, sizeof(*p->who));
	p->n_live = p->n_offline = p->n_failed = 0;
	/* Names come and go. */
	recheck(p);
	n = lay_out(p, true);
	result =
	    helix_ask(p->helix, true, p->asked, n, &times, take_stream, p, why);
	if (result == HELIX_DONE)
		result = look_up(p, slot, times.until_ms, why);
	if (result == HELIX_STOPPED)
		return result;
	settle_all(p);
	p->polls++;
	p->failed += p->n_failed > 0;
	say_failure(p);
	if (p->source.words == TOOL_VERBOSE)
		warnx("%lld live, %lld not, %lld failed; took %.1f s",
		    (long long)p->n_live, (long long)p->n_offline,
		    (long long)p->n_failed,
		    (double)(now_mono_ms() - begin) / 1000);
	return result;
}

/* Waits until `at` (ms UTC), but not for more than `most`. */
static void
sleep_until(struct poller *p, int64_t at, int64_t most)
{
	int64_t end = now_mono_ms() + most;

	while (!p->end && !p->reload) {
		struct pollfd fds[2] = { { .fd = p->orders,
		    .events = POLLIN } };
		int64_t now = now_mono_ms(), wait = at - now_ms(), due;

		if (wait > end - now)
			wait = end - now;
		if (wait <= 0)
			return;
		due = record_tick(p->record, now_ms(), now);
		if (due >= 0 && due < wait)
			wait = due;
		record_poll(p->record, &fds[1]);
		(void)poll(fds, 2, (int)(wait < WAIT_MAX ? wait : WAIT_MAX));
		record_polled(p->record, &fds[1]);
		(void)idle(p);
	}
}

static void
new_list(void *arg, struct str login)
{
	(void)arg;
	(void)login;
}

static void
left_list(void *arg, struct str login)
{
	struct poller *p = arg;
	struct channel *c = channel_of(p, login);

	if (c->record != SIZE_MAX)
		record_leave(p->record, c->record);
	/* Asked for again one day, it is looked up again. */
	c->known = KNOWN_NOT;
	c->unasked = true;
}

/* Reads the list again, if that was asked for. */
static void
reload(struct poller *p)
{
	if (!p->reload)
		return;
	p->reload = false;
	if (collect_reload(&p->wanted, &p->source, new_list, left_list, p))
		p->recheck_ms = 0;
}

/*
 * Polls at begin + n * interval until it is told to end. A poll that takes
 * longer than that skips the next ones.
 */
static enum tool_exit
poll_stream(struct poller *p)
{
	int64_t next = now_ms();
	struct errmsg why;

	while (!p->end) {
		enum helix_result result = poll_once(p, next, &why);
		int64_t now;

		/* What has worked once may be mended while we wait. */
		if (result == HELIX_REFUSED && p->polls == 1) {
			warnx("%s", why.text);
			return TOOL_USAGE;
		}
		if (p->once)
			return result == HELIX_DONE && p->n_failed == 0
			    ? TOOL_DONE
			    : TOOL_FAILED;
		now = now_ms();
		/* Somebody has set the clock back. */
		if (next > now)
			next = now;
		p->late += (now - next) / p->interval_ms;
		next += ((now - next) / p->interval_ms + 1) * p->interval_ms;
		do {
			sleep_until(p, next, p->interval_ms);
			reload(p);
		} while (!p->end && now_ms() < next &&
		    next - now_ms() <= p->interval_ms);
	}
	return p->once ? TOOL_FAILED : TOOL_DONE;
}

/* Takes a URL from the environment, without a `/` at its end. */
static const char *
url_of(const char *name, const char *preset, struct buf *b)
{
	const char *s = collect_env(name);

	buf_str(b, str_of(s != NULL ? s : preset));
	while (b->len > 0 && b->p[b->len - 1] == '/')
		b->len--;
	if (!str_starts(buf_view(b), STR("https://")) &&
	    !str_starts(buf_view(b), STR("http://")))
		tool_wrong("%s: \"%s\" is no address; give https://host/path",
		    name, s);
	buf_byte(b, '\0');
	return b->p;
}

static void
credentials(struct helix_options *o, enum tool_words words)
{
	struct str id;

	o->client_id = collect_env("TW_CLIENT_ID");
	o->secret_file = collect_env("TW_CLIENT_SECRET_FILE");
	if (o->client_id == NULL || o->secret_file == NULL)
		tool_wrong(
		    "needs an application registered with Twitch: its id "
		    "in TW_CLIENT_ID, and in TW_CLIENT_SECRET_FILE the "
		    "name of a file with its secret");
	id = str_of(o->client_id);
	for (size_t i = 0; i < id.len; i++)
		if (id.p[i] <= ' ' || id.p[i] > '~')
			tool_wrong("TW_CLIENT_ID: that is no client id");
	tool_readable("TW_CLIENT_SECRET_FILE", o->secret_file);
	tool_secret(words, "TW_CLIENT_SECRET_FILE", o->secret_file);
}

static void
warn_of_interval(const struct poller *p)
{
	if (p->interval_ms < MS_PER_MIN && !p->once &&
	    p->source.words != TOOL_QUIET)
		warnx("--interval: Twitch's answers change about once a "
		      "minute; more polls than that bring nothing new");
}

int
main(int argc, char **argv)
{
	struct poller p = { .source.words = TOOL_NORMAL,
		.interval_ms = MS_PER_MIN };
	struct buf by = { 0 }, helix_url = { 0 }, auth_url = { 0 };
	struct buf cache = { 0 };
	enum tool_exit result;
	struct errmsg why;

	tool_begin();
	options(&p, argc, argv);
	if (p.source.n == 0 && p.source.file == NULL) {
		usage(stderr);
		return TOOL_USAGE;
	}
	credentials(&p.options, p.source.words);
	p.options.helix_url = url_of("TW_HELIX_URL", HELIX_URL, &helix_url);
	p.options.auth_url = url_of("TW_AUTH_URL", AUTH_URL, &auth_url);
	if (!collect_read(&p.wanted, &p.source, &why))
		tool_give_up("", &why);
	if (p.wanted.n == 0 && p.source.words != TOOL_QUIET)
		warnx("%s: no channel in it yet", p.source.file);
	warn_of_interval(&p);
	p.orders = collect_signals();
	p.options.http = http_new(collect_cafile(), &why);
	if (p.options.http == NULL)
		errx(TOOL_FAILED, "%s", why.text);
	if (token_path(&cache, p.options.auth_url, p.options.client_id))
		p.options.cache = cache.p;
	p.options.wake = p.orders;
	p.options.idle = idle;
	p.options.words = say;
	p.options.arg = &p;
	collect_by(&by);
	p.output.by = by.p;
	p.output.max_open = collect_max_open();
	p.record = record_new(&p.output, &why);
	if (p.record == NULL)
		errx(TOOL_FAILED, "%s", why.text);
	p.helix = helix_new(&p.options);
	result = poll_stream(&p);
	if (!record_finish(p.record, FINISH_MS, &why)) {
		warnx("%s: not all was written", why.text);
		result = tool_graver(result, TOOL_FAILED);
	}
	helix_free(p.helix);
	http_free(p.options.http);
	record_free(p.record);
	for (size_t i = 0; i < p.names.n; i++)
		buf_release(&p.channels[i].held);
	map_release(&p.names);
	map_release(&p.wanted);
	free(p.channels);
	free(p.asked);
	free(p.who);
	buf_release(&by);
	buf_release(&helix_url);
	buf_release(&auth_url);
	buf_release(&cache);
	return (int)result;
}
