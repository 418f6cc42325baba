/*
 * gen - invented raw logs, always the same ones
 *
 *   gen week FOLDER [SEED]  two weeks of three channels, as the collectors
 *                           would have written them: FOLDER/{chat,poll}/...
 *   gen stats C W S         stats lines of C channels over W weeks, four
 *                           streams a week each, with windows of S seconds: for
 *                           what reads many of them; the last streams are open
 *   gen lines N [SEED]      N tagged chat lines of 50 channels on stdout, about
 *                           400 bytes each, for measuring
 *   gen evening N [SEED]    the same with what the collectors write beside
 *                           them: the channels are live, polled every minute
 *
 * Nobody in it is real. Accidents are part of it: a hole in the chat, Helix
 * saying "offline" now and then, a shared chat, gift bombs, raids, cheers.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tstamp.h"

#define DAYS      14
#define CHANNELS  3
#define USERS     400
#define MANY      50    /* channels of gen lines and gen evening */
#define FIRST_DAY 20766 /* 2026-11-09, a Monday, in days since 1970 */

static const char *const channels[CHANNELS] = { "kanal_eins", "kanal_zwei",
	"nordlicht" };

static const char *const words[] = { "hello", "nice", "Kappa", "gg", "wow",
	"\xf0\x9f\x94\xa5", "was", "f\xc3\xbcr", "ein", "Spiel", "cola", "lol",
	"again", "PogChamp", "today", "so", "good", "clip", "it", "that" };

struct gen {
	uint64_t state; /* of the random numbers */
	FILE *chat, *poll;
	int64_t day; /* the open files are of */
	const char *dir;
	int channel;
	int64_t id; /* of the next line */
};

static uint64_t
next(struct gen *g)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return g->state;
}

static int
below(struct gen *g, int n)
{
	return (int)(next(g) % (uint64_t)n);
}

static void
make_folders(const char *path)
{
	char part[512];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		errx(1, "%s: the name is too long", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			err(1, "%s", part);
	}
}

static FILE *
open_log(const struct gen *g, const char *kind)
{
	struct civil date = tstamp_civil(g->day);
	char path[600];
	FILE *f;

	snprintf(
	    path, sizeof(path), "%s/%s/%s", g->dir, kind, channels[g->channel]);
	make_folders(path);
	snprintf(path, sizeof(path), "%s/%s/%s/%04d-%02d-%02d.log", g->dir,
	    kind, channels[g->channel], (int)date.year, date.month, date.day);
	f = fopen(path, "w");
	if (f == NULL)
		err(1, "%s", path);
	return f;
}

static void
close_logs(struct gen *g)
{
	if (g->chat != NULL && (fclose(g->chat) != 0 || fclose(g->poll) != 0))
		err(1, "%s", g->dir);
	g->chat = g->poll = NULL;
}

static void
begin_line(const struct gen *g, FILE *f, int64_t ts, const char *source)
{
	char text[TSTAMP_LEN + 1] = "";

	tstamp_write(text, ts);
	fprintf(f, "%s\t%s\t%s\t", text, source, channels[g->channel]);
}

static void
mark(struct gen *g, FILE *f, int64_t ts, const char *name, const char *more)
{
	begin_line(g, f, ts, "mark");
	fprintf(f, "{\"mark\":\"%s\",\"by\":\"host-a/%d/1794182400\"%s}\n",
	    name, f == g->poll ? 77 : 42, more);
}

/* Opens the files of the day of `ts` when it has begun. */
static void
turn_day(struct gen *g, int64_t ts)
{
	int64_t day = ts / MS_PER_DAY;
	bool first = g->chat == NULL;

	if (!first && day == g->day)
		return;
	close_logs(g);
	g->day = day;
	g->chat = open_log(g, "chat");
	g->poll = open_log(g, "poll");
	mark(g, g->poll, ts, "poll", ",\"interval_s\":60");
	if (first)
		mark(g, g->chat, ts, "join", "");
}

/* Appends the tags that every chat line of user `u` begins with. */
static void
user_tags(struct gen *g, FILE *f, int u)
{
	int months = u % 7 == 0 ? u % 30 + 1 : 0;

	if (months > 0)
		fprintf(f, "@badge-info=subscriber/%d;badges=subscriber/%d;",
		    months, months / 3 * 3);
	else
		fputs("@badge-info=;badges=;", f);
	fprintf(f, "color=#1E90FF;display-name=User_%d;emotes=;", u);
	fprintf(f, "id=%08" PRIx64 "-0000-4000-8000-%012" PRIx64 ";",
	    next(g) & 0xffffffff, (uint64_t)g->id++);
}

static void
say(struct gen *g, FILE *f)
{
	int n = 1 + below(g, 9);

	for (int i = 0; i < n; i++)
		fprintf(f, "%s%s", i > 0 ? " " : "",
		    words[below(g, sizeof(words) / sizeof(*words))]);
}

/* Appends a PRIVMSG of user `u`; `tags` go between the others, sorted. */
static void
message(struct gen *g, FILE *f, const char *channel, int64_t ts, int u,
    const char *tags)
{
	user_tags(g, f, u);
	fprintf(f,
	    "mod=0;returning-chatter=0;room-id=50010020%d;%ssubscriber="
	    "%d;tmi-sent-ts=%" PRId64 ";turbo=0;user-id=9001%05d;user-type= "
	    ":user_%d!user_%d@user_%d.tmi.twitch.tv PRIVMSG #%s :",
	    g->channel, tags, u % 7 == 0, ts, u, u, u, u, channel);
	say(g, f);
	fputc('\n', f);
}

static void
chat(struct gen *g, int64_t ts, int u, const char *tags)
{
	begin_line(g, g->chat, ts + 150, "irc");
	message(g, g->chat, channels[g->channel], ts, u, tags);
}

/* Appends a USERNOTICE of user `u` with its msg-id and its params. */
static void
notice(struct gen *g, int64_t ts, int u, const char *id, const char *params)
{
	begin_line(g, g->chat, ts + 150, "irc");
	user_tags(g, g->chat, u);
	fprintf(g->chat,
	    "login=user_%d;mod=0;msg-id=%s;%sroom-id=50010020%d;"
	    "subscriber=0;system-msg=User_%d\\swas\\shere!;tmi-sent-ts=%" PRId64
	    ";user-id=9001%05d;user-type=;vip=0 :tmi.twitch.tv USERNOTICE "
	    "#%s\n",
	    u, id, params, g->channel, u, ts, u, channels[g->channel]);
}

static void
gift_bomb(struct gen *g, int64_t ts, int u)
{
	char params[200];

	notice(g, ts, u, "submysterygift",
	    "msg-param-mass-gift-count=5;msg-param-sub-plan=1000;");
	for (int i = 0; i < 5; i++) {
		int to = below(g, USERS);

		snprintf(params, sizeof(params),
		    "msg-param-gift-months=1;"
		    "msg-param-months=3;msg-param-recipient-id=9001%05d;"
		    "msg-param-recipient-user-name=user_%d;"
		    "msg-param-sender-count=0;msg-param-sub-plan=1000;",
		    to, to);
		notice(g, ts + 40 * i, u, "subgift", params);
	}
}

/* One moment of chat in a stream: mostly a message, now and then more. */
static void
moment(struct gen *g, int64_t ts, bool shared)
{
	int u = below(g, USERS) * below(g, USERS) / USERS;
	char tags[100];

	switch (below(g, 300)) {
	case 0:
		snprintf(tags, sizeof(tags), "bits=%d;", 100 * (1 + u % 9));
		chat(g, ts, u, tags);
		break;
	case 1:
		notice(g, ts, u, "resub",
		    "msg-param-cumulative-months=7;"
		    "msg-param-sub-plan=Prime;");
		break;
	case 2:
		begin_line(g, g->chat, ts + 150, "irc");
		fprintf(g->chat,
		    "@ban-duration=600;room-id=50010020%d;"
		    "target-user-id=9001%05d;tmi-sent-ts=%" PRId64
		    " :tmi.twitch.tv CLEARCHAT #%s :user_%d\n",
		    g->channel, u, ts, channels[g->channel], u);
		break;
	case 3:
		if (below(g, 4) == 0)
			gift_bomb(g, ts, u);
		break;
	case 4:
	case 5:
		chat(g, ts, u, "first-msg=1;");
		break;
	default:
		chat(g, ts, u,
		    shared && below(g, 3) == 0
			? "source-id=1;source-room-id=500100299;"
			: "");
		break;
	}
}

static void
hit(struct gen *g, int64_t ts, int64_t began, int number, int viewers)
{
	char text[TSTAMP_LEN + 1] = "";

	tstamp_write(text, began / MS_PER_S * MS_PER_S);
	begin_line(g, g->poll, ts, "helix");
	fprintf(g->poll,
	    "{\"id\":\"4100%d%05d\",\"user_id\":\"50010020%d\","
	    "\"user_login\":\"%s\",\"user_name\":\"%s\",\"game_name\":"
	    "\"Just Chatting\",\"type\":\"live\",\"title\":\"Evening %d \\u00fc "
	    "\\\"live\\\"\",\"tags\":[\"Deutsch\"],\"viewer_count\":%d,"
	    "\"started_at\":\"%.19sZ\",\"language\":\"de\"}\n",
	    g->channel, number, g->channel, channels[g->channel],
	    channels[g->channel], number, viewers, text);
}

/* What goes on in one minute. */
struct minute {
	int64_t ts;
	bool live;
	bool deaf;  /* a hole in the chat */
	bool blind; /* Helix says "offline" though it is not so */
	int into;   /* minutes since the stream began */
};

/* The streams: begin and length in minutes of the day, for each channel. The
 * third one crosses midnight, on Sundays the end of the week. */
static struct minute
look(const struct gen *g, int64_t ts)
{
	static const int begin[CHANNELS] = { 18 * 60 + 3, 12 * 60 + 31,
		22 * 60 + 47 };
	static const int length[CHANNELS] = { 150, 95, 130 };
	static const int every[CHANNELS] = { 2, 3, 3 };
	int64_t since = ts / MS_PER_MIN - FIRST_DAY * 1440 - begin[g->channel];
	int64_t day = since >= 0 ? since / 1440 : -1;
	struct minute m = { .ts = ts, .into = (int)(since - day * 1440) };

	m.live = day >= 0 && day % every[g->channel] == 0 &&
	    m.into < length[g->channel];
	m.deaf = m.live && g->channel == 0 && day % 4 == 2 && m.into >= 40 &&
	    m.into < 52;
	m.blind = m.live && (m.into == 1 || m.into == 61 || m.into == 62);
	return m;
}

static void
play_minute(struct gen *g, const struct minute *m)
{
	int busy = m->live ? 6 + 8 * (3 - g->channel) : below(g, 8) == 0;
	int crowd =
	    900 / (g->channel + 1) + m->into * 3 - m->into * m->into / 60;
	int64_t day = (m->ts / MS_PER_MIN - m->into) / 1440;
	char more[100], text[TSTAMP_LEN + 1] = "";

	if (m->deaf && m->into == 40) {
		tstamp_write(text, m->ts + 2000);
		snprintf(more, sizeof(more),
		    ",\"since\":\"%s\",\"why\":"
		    "\"connection reset\"",
		    text);
		mark(g, g->chat, m->ts + 2500, "lost", more);
	}
	if (!m->deaf)
		mark(g, g->chat, m->ts + 3000, "alive", "");
	if (m->live && !m->blind)
		hit(g, m->ts + 12000 + below(g, 900),
		    (m->ts / MS_PER_MIN - m->into) * MS_PER_MIN + 7000,
		    (int)(day - FIRST_DAY), crowd + below(g, 40));
	else {
		begin_line(g, g->poll, m->ts + 12000 + below(g, 900), "helix");
		fputs("null\n", g->poll);
	}
	if (m->deaf)
		return;
	for (int i = 0, at = 4000; i < busy; i++) {
		at += 1 + below(g, 110000 / (busy + 1));
		if (at >= 59000)
			break;
		moment(g, m->ts + at,
		    g->channel < 2 && m->into > 30 && m->into < 60 &&
			day % 2 == 0);
	}
	if (m->live && m->into == 20)
		notice(g, m->ts + 59500, below(g, USERS), "raid",
		    "msg-param-viewerCount=142;");
}

static void
week(struct gen *g, const char *dir)
{
	int64_t first = FIRST_DAY * MS_PER_DAY;

	g->dir = dir;
	for (g->channel = 0; g->channel < CHANNELS; g->channel++) {
		for (int64_t k = 0; k < DAYS * 1440; k++) {
			struct minute m = look(g, first + k * MS_PER_MIN);

			turn_day(g, m.ts);
			play_minute(g, &m);
		}
		mark(g, g->chat, first + DAYS * MS_PER_DAY - 200, "stop", "");
		close_logs(g);
	}
}

/* The marks and the poll of minute `minute` of MANY channels. */
static void
minute_of_many(struct gen *g, int64_t ts, int64_t minute)
{
	char text[TSTAMP_LEN + 1] = "", began[TSTAMP_LEN + 1] = "";

	tstamp_write(text, ts + 150);
	tstamp_write(began, FIRST_DAY * MS_PER_DAY);
	for (int c = 0; c < MANY; c++) {
		if (minute == 0)
			printf("%s\tmark\tkanal_%02d\t{\"mark\":\"poll\","
			       "\"by\":\"host-a/77/1794182400\",\"interval_s\":"
			       "60}\n",
			    text, c);
		printf("%s\tmark\tkanal_%02d\t{\"mark\":\"%s\",\"by\":"
		       "\"host-a/42/1794182400\"}\n",
		    text, c, minute == 0 ? "join" : "alive");
		printf("%s\thelix\tkanal_%02d\t{\"id\":\"4100%05d\","
		       "\"user_id\":\"500100200\",\"user_login\":"
		       "\"kanal_%02d\",\"user_name\":\"Kanal_%02d\","
		       "\"game_name\":\"Just Chatting\",\"type\":\"live\","
		       "\"title\":\"A long evening\",\"tags\":[\"Deutsch\"],"
		       "\"viewer_count\":%d,\"started_at\":\"%.19sZ\","
		       "\"language\":\"de\"}\n",
		    text, c, c, c, c, 100 + c * 7 + below(g, 100), began);
	}
}

/* Chat of MANY channels, 280 lines a second together: a million in an hour. */
static void
lines(struct gen *g, int64_t n, bool live)
{
	int64_t ts = FIRST_DAY * MS_PER_DAY, minute = -1;
	char text[TSTAMP_LEN + 1] = "", channel[20], tags[200];

	for (int64_t i = 0; i < n; i++) {
		ts += below(g, 8);
		if (live && ts / MS_PER_MIN - FIRST_DAY * 1440 > minute)
			minute_of_many(g, ts, ++minute);
		snprintf(
		    channel, sizeof(channel), "kanal_%02d", below(g, MANY));
		snprintf(tags, sizeof(tags),
		    "client-nonce=%016" PRIx64 "%016" PRIx64
		    ";first-msg=0;flags=;%s",
		    next(g), next(g), below(g, 100) == 0 ? "bits=100;" : "");
		tstamp_write(text, ts + 150);
		printf("%s\tirc\t%s\t", text, channel);
		message(g, stdout, channel, ts, below(g, 20000), tags);
	}
}

/* One stream of gen stats: what its windows and its line say is the same. */
static void
stats_stream(struct gen *g, int c, int64_t began, int seconds, bool open)
{
	static const char *const titles[] = { "Ranked until we win",
		"Cooking with friends \xf0\x9f\x8d\x9d",
		"<script>alert(1)</script> \\\"quoted\\\" & more",
		"\xe2\x80\xae"
		"gnp.exe \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
		"=cmd()|calc", "First look at the new map" };
	char ts[TSTAMP_LEN + 1] = "", end[TSTAMP_LEN + 1] = "";
	int windows = (int)(3600 * (2 + below(g, 3)) / seconds), hole = 0;
	int64_t messages = 0, bits = 0, paid = 0, max = -1, max_at = 0;
	int64_t heard = 0, crowd = 200 + c * 97 % 3000, viewers_max = 0;
	int64_t viewer_s = 0, viewers_at = 0, first = began / 1000;
	char id[32];

	snprintf(
	    id, sizeof(id), "%d%08d", 41 + c, (int)(first / 3600 % 1000000));
	if (below(g, 4) == 0)
		hole = windows / 3;
	for (int i = 0; i < windows; i++) {
		int64_t at = began + (int64_t)i * seconds * 1000;
		int64_t viewers = crowd + i * crowd / windows / 2 -
		    (int64_t)i * i * crowd / windows / windows / 3 +
		    below(g, (int)crowd / 20 + 1);
		bool deaf = hole > 0 && i > hole && i < hole + windows / 20;
		int64_t n = deaf ? 0
				 : below(g, seconds * (1 + (int)crowd / 400)) +
			(below(g, 200) == 0 ? seconds * 4 : 0);
		int64_t cheer = !deaf && below(g, 300) == 0 ? 100 : 0;

		messages += n;
		bits += cheer;
		paid += cheer > 0;
		heard += deaf ? 0 : seconds;
		viewer_s += viewers * seconds;
		if (n > max) {
			max = n;
			max_at = at;
		}
		if (viewers > viewers_max) {
			viewers_max = viewers;
			viewers_at = at;
		}
		tstamp_write(ts, at);
		printf("{\"ts\":\"%s\",\"channel\":\"kanal_%02d\",\"type\":"
		       "\"window\",\"seconds\":%d,\"stream_id\":\"%s\","
		       "\"viewers\":%" PRId64 ",\"viewers_max\":%" PRId64
		       ",\"messages\":%" PRId64,
		    ts, c, seconds, id, viewers, viewers, n);
		if (cheer > 0)
			printf(",\"bits\":%" PRId64
			       ",\"cheers\":1,\"paid_messages\":1",
			    cheer);
		if (i == windows / 4 && c % 2 == 0)
			printf(",\"raids\":1");
		printf(",\"heard_s\":%d}\n", deaf ? 0 : seconds);
	}
	tstamp_write(ts, began);
	tstamp_write(end, began + (int64_t)windows * seconds * 1000 - 1000);
	printf("{\"ts\":\"%s\",\"channel\":\"kanal_%02d\",\"type\":\"stream\","
	       "\"seconds\":%d,\"stream_id\":\"%s\",\"started_at\":\"%s\","
	       "\"ended_at\":\"%s\"%s,\"name\":\"Kanal %d\",\"title\":\"%s\","
	       "\"category\":\"Just Chatting\",\"language\":\"de\","
	       "\"airtime_s\":%d",
	    ts, c, seconds, id, ts, end, open ? ",\"open\":true" : "", c,
	    titles[below(g, 6)], windows * seconds - 1);
	tstamp_write(ts, viewers_at);
	printf(",\"viewers_avg\":%.4f,\"viewers_max\":%" PRId64
	       ",\"viewers_max_at\":\"%s\",\"viewer_s\":%" PRId64
	       ",\"sampled_s\":%d",
	    (double)viewer_s / (windows * seconds), viewers_max, ts, viewer_s,
	    windows * seconds - 1);
	tstamp_write(ts, max_at);
	printf(",\"messages\":%" PRId64 ",\"messages_avg\":%.4f,"
	       "\"messages_max\":%" PRId64 ",\"messages_max_at\":\"%s\","
	       "\"chatters\":%" PRId64,
	    messages, (double)messages * seconds / (double)heard, max, ts,
	    messages / 7 + 1);
	if (bits > 0)
		printf(",\"bits\":%" PRId64 ",\"cheers\":%" PRId64
		       ",\"paid_messages\":%" PRId64,
		    bits, paid, paid);
	printf(",\"subs\":%d,\"heard_s\":%" PRId64 ",\"windows\":%d}\n",
	    1 + below(g, 60), heard, windows);
}

/* Weeks up to the one of the other samples, channel by channel. */
static void
stats(struct gen *g, int n_channels, int n_weeks, int seconds)
{
	for (int c = 0; c < n_channels; c++)
		for (int w = n_weeks - 1; w >= 0; w--)
			for (int k = 0; k < 4; k++) {
				int64_t day = FIRST_DAY + 7 - w * 7 + k * 2 -
				    (k > 0 && c % 3 == 0);
				bool last = w == 0 && k == 3;
				int64_t minute = 17 * 60 + c * 37 % 240 +
				    (last ? 60 : below(g, 4) * 15);

				stats_stream(g, c,
				    day * MS_PER_DAY + minute * MS_PER_MIN +
					(last ? 0 : 60000),
				    seconds, last && c % 2 == 0);
			}
}

int
main(int argc, char **argv)
{
	struct gen g = { .state = UINT64_C(0x9e3779b97f4a7c15) };

	if (argc < 3)
		errx(2,
		    "usage: gen week folder [seed] | gen lines n [seed] | "
		    "gen evening n [seed] | gen stats channels weeks seconds");
	if (argc == 5 && strcmp(argv[1], "stats") == 0) {
		stats(&g, (int)strtol(argv[2], NULL, 10),
		    (int)strtol(argv[3], NULL, 10),
		    (int)strtol(argv[4], NULL, 10));
		return fflush(stdout) != 0;
	}
	if (argc > 3)
		g.state ^=
		    strtoull(argv[3], NULL, 10) * UINT64_C(0x2545f4914f6cdd1d);
	if (strcmp(argv[1], "week") == 0)
		week(&g, argv[2]);
	else
		lines(&g, strtoll(argv[2], NULL, 10),
		    strcmp(argv[1], "evening") == 0);
	if (fflush(stdout) != 0)
		err(1, "standard output");
	return 0;
}
