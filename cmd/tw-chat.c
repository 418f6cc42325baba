/*
 * tw-chat - Twitch chat to raw log
 *
 * The loop: let the listener and the record do what is due, sleep until a
 * connection, a signal or the output wakes us. See tw-chat(1).
 */
#include <err.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/login.h"
#include "base/now.h"
#include "base/num.h"
#include "base/secret.h"
#include "base/stop.h"
#include "base/tstamp.h"
#include "collect.h"
#include "remote/listen.h"
#include "tool.h"

#define DEFAULT_URL "ircs://irc.chat.twitch.tv:6697"

/* How long the last lines may take. */
#define FINISH_MS 3000

struct collector {
	struct collect_source source;
	struct map channels;
	struct record_options output;
	struct record *record;
	struct listen_options options;
	struct login login; /* ours, when it is not anonymous */
	struct listen *listen;
	int64_t status_ms; /* when -v says how it goes, mono */
};

static void
usage(FILE *f)
{
	fputs("usage: tw-chat [-hqVv] [--sync] [-f file] [-o dir] "
	      "[channel ...]\n",
	    f);
}

static void
help(void)
{
	usage(stdout);
	fputs(
	    "\n"
	    "Listens to the chat of channels and writes each line as it came, "
	    "with marks that\n"
	    "tell when it heard and when not: raw log lines (tw-raw(5)), on "
	    "standard output\n"
	    "or in a file for each channel and day. Anonymous unless told "
	    "otherwise.\n"
	    "\n"
	    "  -f file    channels, one a line; read again on SIGHUP\n"
	    "  -o dir     write to dir/channel/date.log\n"
	    "  --sync     bring the files to the disk once a second\n"
	    "  -q         say only what fails\n"
	    "  -v         say what happens, and once a minute how it goes\n"
	    "  -h, -V     this help; the version\n"
	    "\n"
	    "Environment: TW_IRC_URL (" DEFAULT_URL "),\n"
	    "TW_CHAT_LOGIN and TW_CHAT_TOKEN_FILE, TW_CHAT_JOIN_RATE (20/10: "
	    "JOINs per\n"
	    "seconds), TW_CAFILE. SIGUSR1 prints counters, SIGTERM ends.\n"
	    "\n"
	    "Example: messages of two channels as they come\n"
	    "  tw-chat kanal_eins kanal_zwei | tw-parse | grep "
	    "'\"type\":\"message\"'\n",
	    stdout);
	tool_close_output();
}

static void
say(void *arg, bool warning, const char *text)
{
	const struct collector *c = arg;

	if (warning ? c->source.words != TOOL_QUIET
		    : c->source.words == TOOL_VERBOSE)
		warnx("%s", text);
}

static void
add(void *arg, struct str login)
{
	listen_add(((struct collector *)arg)->listen, login);
}

static void
leave(void *arg, struct str login)
{
	listen_remove(((struct collector *)arg)->listen, login);
}

/* Reads TW_CHAT_JOIN_RATE: `20/10` is 20 JOINs in 10 seconds. */
static void
read_rate(struct listen_options *o)
{
	const char *text = collect_env("TW_CHAT_JOIN_RATE");
	struct str s = str_of(text != NULL ? text : "20/10");
	const char *slash = memchr(s.p, '/', s.len);
	int64_t joins = -1, seconds = -1;

	if (slash != NULL) {
		size_t len = (size_t)(slash - s.p);

		joins = num_whole((struct str){ s.p, len });
		seconds = num_whole((struct str){ slash + 1, s.len - len - 1 });
	}
	if (joins < 1 || joins > 100000 || seconds < 1 || seconds > 3600)
		tool_wrong("TW_CHAT_JOIN_RATE: \"%.*s\" is no rate; give "
			   "JOINs/seconds, as 20/10",
		    STR_ARGS(s));
	o->joins = (size_t)joins;
	o->joins_ms = seconds * MS_PER_S;
}

/* Sees to it that there is a token at all: later, a file that is just being written
 * is tried again. */
static void
check_token(const char *path)
{
	struct secret secret;
	struct errmsg why;
	bool good = secret_read(&secret, path, "token", &why);

	secret_wipe(&secret);
	if (!good)
		tool_give_up("TW_CHAT_TOKEN_FILE", &why);
}

static void
read_login(struct listen_options *o, struct login *login, enum tool_words words)
{
	o->login = collect_env("TW_CHAT_LOGIN");
	o->token_file = collect_env("TW_CHAT_TOKEN_FILE");
	if (o->login == NULL)
		return;
	if (!login_fold(str_of(o->login), login))
		tool_wrong("TW_CHAT_LOGIN: \"%s\" is no login", o->login);
	o->login = login->p;
	if (o->token_file == NULL)
		tool_wrong("TW_CHAT_LOGIN needs its token: name the file that "
			   "holds it in TW_CHAT_TOKEN_FILE");
	tool_secret(words, "TW_CHAT_TOKEN_FILE", o->token_file);
	check_token(o->token_file);
}

static void
options(struct collector *c, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
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
		default:
			if (collect_option(
				o, "tw-chat", &c->source, &c->output))
				break;
			usage(stderr);
			exit(TOOL_USAGE);
		}
	c->source.names = argv + optind;
	c->source.n = (size_t)(argc - optind);
}

/* Says how it goes. */
static void
status(const struct collector *c)
{
	struct listen_counts l = listen_counts(c->listen);
	struct record_counts r = record_counts(c->record);
	struct buf b = { 0 };

	buf_printf(&b,
	    "heard=%zu rooms=%zu refused=%zu connections=%zu lost=%lld "
	    "lines=%lld bytes=%lld overlong=%lld dropped=%lld written=%lld "
	    "waiting=%lld late_p99_ms=%lld late_max_ms=%lld files=%zu",
	    l.heard, l.rooms, l.refused, l.connections, (long long)l.lost,
	    (long long)l.lines, (long long)l.bytes, (long long)l.overlong,
	    (long long)r.dropped, (long long)r.bytes, (long long)r.waiting,
	    (long long)r.late_p99_ms, (long long)r.late_max_ms, r.files);
	warnx("%.*s", STR_ARGS(buf_view(&b)));
	buf_release(&b);
}

/* Does what the signals ask for. False when the end was ordered. */
static bool
obey(struct collector *c, int orders)
{
	enum stop_order order;

	while ((order = stop_next(orders)) != STOP_NONE)
		switch (order) {
		case STOP_RELOAD:
			(void)collect_reload(
			    &c->channels, &c->source, add, leave, c);
			break;
		case STOP_STATUS:
			status(c);
			break;
		default:
			return false;
		}
	return true;
}

/* Listens until it is told to end, or going on is no use. */
static enum tool_exit
collect(struct collector *c, int orders)
{
	struct errmsg why;

	while (obey(c, orders)) {
		struct pollfd others[2] = { { .fd = orders,
		    .events = POLLIN } };
		int64_t wait = listen_step(c->listen), now = now_mono_ms();
		int64_t due = record_tick(c->record, now_ms(), now);

		if (due >= 0 && due < wait)
			wait = due;
		collect_output_news(c->record, c->source.words);
		if (listen_is_refused(c->listen, &why)) {
			warnx("%s", why.text);
			return TOOL_USAGE;
		}
		if (c->source.words == TOOL_VERBOSE && now >= c->status_ms) {
			if (c->status_ms != 0)
				status(c);
			c->status_ms = now + MS_PER_MIN;
		}
		record_poll(c->record, &others[1]);
		chat_wait(c->options.net, others, 2, wait);
		record_polled(c->record, &others[1]);
	}
	return TOOL_DONE;
}

int
main(int argc, char **argv)
{
	struct collector c = { .source.words = TOOL_NORMAL };
	const char *url = collect_env("TW_IRC_URL");
	struct buf by = { 0 };
	enum tool_exit result;
	struct errmsg why;
	int orders;

	tool_begin();
	options(&c, argc, argv);
	if (c.source.n == 0 && c.source.file == NULL) {
		usage(stderr);
		return TOOL_USAGE;
	}
	read_rate(&c.options);
	read_login(&c.options, &c.login, c.source.words);
	if (!collect_read(&c.channels, &c.source, &why))
		tool_give_up("", &why);
	if (c.channels.n == 0 && c.source.words != TOOL_QUIET)
		warnx("%s: no channel in it yet", c.source.file);
	orders = collect_signals();
	c.options.net = chat_net_new(
	    url != NULL ? url : DEFAULT_URL, collect_cafile(), &why);
	if (c.options.net == NULL)
		tool_give_up("TW_IRC_URL", &why);
	collect_by(&by);
	c.output.by = by.p;
	c.output.max_open = collect_max_open();
	c.record = record_new(&c.output, &why);
	if (c.record == NULL)
		errx(TOOL_FAILED, "%s", why.text);
	c.options.record = c.record;
	c.options.words = say;
	c.options.arg = &c;
	c.listen = listen_new(&c.options);
	for (size_t i = 0; i < c.channels.n; i++)
		listen_add(c.listen, map_name(&c.channels, i));
	result = collect(&c, orders);
	listen_stop(c.listen);
	if (!record_finish(c.record, FINISH_MS, &why)) {
		warnx("%s: not all was written", why.text);
		result = tool_graver(result, TOOL_FAILED);
	}
	listen_free(c.listen);
	chat_net_free(c.options.net);
	record_free(c.record);
	map_release(&c.channels);
	buf_release(&by);
	return (int)result;
}
