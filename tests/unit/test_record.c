/*
 * test_record - what a collector heard, on its way to the raw log
 */
#include "tap.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>

#include "base/dayfiles.h"
#include "base/now.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "folder.h"
#include "rand.h"
#include "remote/record.h"

#define DAY1 "2023-11-23"
#define DAY2 "2023-11-24"
#define DAY3 "2023-11-25"
#define NOON INT64_C(1700740800000) /* 2023-11-23T12:00:00.000Z */

static struct record *
begin(struct folder_path *dir, bool sync)
{
	struct record_options o = { .dir = dir != NULL ? dir->p : NULL,
		.by = "test",
		.max_open = 2,
		.sync = sync };
	struct errmsg why;
	struct record *r = record_new(&o, &why);

	if (r == NULL)
		errx(1, "%s", why.text);
	return r;
}

static struct str
get(struct folder_path dir, const char *path)
{
	static struct buf b;

	return folder_get(&b, folder_at(dir, path));
}

/* The number behind `what` in `s`, -1 when it is not there. */
static int64_t
number_behind(struct str s, struct str what)
{
	for (; s.len > what.len; s.p++, s.len--)
		if (str_starts(s, what))
			return strtoll(s.p + what.len, NULL, 10);
	return -1;
}

/* Lets `ms` pass. */
static void
tick(struct record *r, int64_t wall, int64_t *mono, int64_t ms)
{
	*mono += ms;
	(void)record_tick(r, wall, *mono);
}

static void
test_few(void)
{
	struct folder_path dir = folder_new();
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms();
	struct record_counts c;
	struct errmsg why;
	struct pollfd p;
	size_t a, b;

	is_int(record_tick(r, NOON, mono), -1, "nothing to do");
	a = record_channel(r, STR("kanal"));
	b = record_channel(r, STR("other"));
	ok(a == 0 && b == 1 && record_channel(r, STR("kanal")) == a,
	    "channels have numbers");
	mono = now_mono_ms();
	record_line(r, a, NOON, STR("irc"), STR("PING :x"));
	record_mark(r, a, NOON + 1, STR("joined"), STR(",\"n\":5"));
	record_line(r, b, NOON + 2, STR("helix"), STR("{}"));
	is_int(record_tick(r, NOON, mono), RECORD_LINGER_MS,
	    "a line waits for others");
	ok(get(dir, "kanal/" DAY1 ".log").len == 0, "nothing is written");
	is_int(record_counts(r).waiting,
	    24 + 1 + 3 + 1 + 5 + 1 + 7 + 1 +      /* the line */
		24 + 1 + 4 + 1 + 5 + 1 + 35 + 1 + /* the mark */
		24 + 1 + 5 + 1 + 5 + 1 + 2 + 1,
	    "but counted");
	mono = now_mono_ms() + RECORD_LINGER_MS;
	is_int(record_tick(r, NOON, mono), -1, "when they have waited");
	is(get(dir, "kanal/" DAY1 ".log"),
	    DAY1 "T12:00:00.000Z\tirc\tkanal\tPING :x\n" DAY1
		 "T12:00:00.001Z\tmark\tkanal\t{\"mark\":\"joined\",\"by\":"
		 "\"test\",\"n\":5}\n",
	    "they are written");
	is(get(dir, "other/" DAY1 ".log"),
	    DAY1 "T12:00:00.002Z\thelix\tother\t{}\n", "each to its file");
	c = record_counts(r);
	is_int(c.lines, 2, "two lines");
	is_int(c.dropped, 0, "none lost");
	is_int(c.waiting, 0, "none waits");
	is_int((int64_t)c.files, 2, "two files");
	is_int(c.bytes, 43 + 72 + 40, "all bytes");
	record_poll(r, &p);
	ok(p.fd < 0, "no descriptor to wait for");
	ok(record_news(r, &why) == RECORD_QUIET, "no news");

	record_line(r, a, NOON + 3, STR("irc"), STR("PART"));
	record_leave(r, a);
	is_int((int64_t)record_counts(r).files, 1, "left: a file is closed");
	ok(str_eq(get(dir, "kanal/" DAY1 ".log"),
	       STR(DAY1 "T12:00:00.000Z\tirc\tkanal\tPING :x\n" DAY1
			"T12:00:00.001Z\tmark\tkanal\t{\"mark\":\"joined\","
			"\"by\":\"test\",\"n\":5}\n" DAY1
			"T12:00:00.003Z\tirc\tkanal\tPART\n")),
	    "its last line is written");
	record_line(r, b, NOON + 4, STR("helix"), STR("[]"));
	ok(record_finish(r, 1000, &why), "the end");
	is(get(dir, "other/" DAY1 ".log"),
	    DAY1 "T12:00:00.002Z\thelix\tother\t{}\n" DAY1
		 "T12:00:00.004Z\thelix\tother\t[]\n",
	    "is written, too");
	record_free(r);
	record_free(NULL);
	folder_remove(dir);
}

static void
test_days(void)
{
	const int64_t midnight = NOON + 12 * MS_PER_HOUR;
	struct folder_path dir = folder_new();
	struct record *r = begin(&dir, true);
	struct errmsg why;
	size_t a = record_channel(r, STR("k"));

	record_line(r, a, midnight - 1, STR("irc"), STR("A"));
	record_line(r, a, midnight, STR("irc"), STR("B"));
	record_line(r, a, midnight + 1, STR("irc"), STR("C"));
	record_line(r, a, midnight - 2, STR("irc"), STR("D"));
	record_line(r, a, midnight + 2, STR("irc"), STR("E"));
	ok(record_finish(r, 1000, &why), "lines around midnight");
	is(get(dir, "k/" DAY1 ".log"),
	    DAY1 "T23:59:59.999Z\tirc\tk\tA\n" DAY1
		 "T23:59:59.998Z\tirc\tk\tD\n",
	    "the first day's");
	is(get(dir, "k/" DAY2 ".log"),
	    DAY2 "T00:00:00.000Z\tirc\tk\tB\n" DAY2
		 "T00:00:00.001Z\tirc\tk\tC\n" DAY2
		 "T00:00:00.002Z\tirc\tk\tE\n",
	    "the second's");
	record_free(r);
	folder_remove(dir);
}

static void
test_torn(void)
{
	struct folder_path dir = folder_new();
	struct record *r = begin(&dir, false);
	struct errmsg why;
	size_t a;

	folder_put(folder_at(dir, "k/" DAY1 ".log"), STR("hal"));
	a = record_channel(r, STR("k"));
	ok(str_eq(get(dir, "k/" DAY1 ".log"), STR("hal\0\n")),
	    "a new channel's torn line is closed at once");
	record_line(r, a, NOON, STR("irc"), STR("A"));
	ok(record_finish(r, 1000, &why), "a line after it");
	ok(str_eq(get(dir, "k/" DAY1 ".log"),
	       STR("hal\0\n" DAY1 "T12:00:00.000Z\tirc\tk\tA\n")),
	    "is whole");
	record_free(r);
	folder_remove(dir);
}

/* Lines that were lost before they came here. */
static void
test_drop(void)
{
	struct folder_path dir = folder_new();
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms();
	struct errmsg why;
	size_t a = record_channel(r, STR("k"));

	record_drop(r, a, NOON + 7);
	record_drop(r, a, NOON + 5);
	record_drop(r, a, NOON + 6);
	tick(r, NOON + 10, &mono, 1);
	record_line(r, a, NOON + 11, STR("irc"), STR("A"));
	record_drop(r, a, NOON + 12);
	is_int(record_counts(r).dropped, 0,
	    "none of those that were given is dropped");
	ok(record_finish(r, 1000, &why), "the end tells the last");
	/* The last one is told now, in the file of today. */
	is(get(dir, "k/" DAY1 ".log"),
	    DAY1 "T12:00:00.010Z\tmark\tk\t{\"mark\":\"gap\",\"by\":"
		 "\"test\",\"from\":\"" DAY1 "T12:00:00.005Z\",\"to\":\"" DAY1
		 "T12:00:00.007Z\",\"lines\":3}\n" DAY1
		 "T12:00:00.011Z\tirc\tk\tA\n",
	    "the first and the last time, and how many");
	is_int(record_counts(r).bytes, 33 + 135 + 135, "and another");
	record_free(r);
	folder_remove(dir);
}

/* A folder that cannot be written for a while: 1036 bytes a line, so that 2024
 * of them fit under the ceiling of 2097152. */
static void
test_trouble(void)
{
	struct folder_path dir = folder_new(), k = folder_at(dir, "kanal");
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms();
	struct errmsg why = { .text = "" };
	struct str text, line;
	size_t a, b, n = 0;
	char payload[1001];
	int bad = 0;

	folder_put(k, STR("in the way"));
	a = record_channel(r, STR("kanal"));
	b = record_channel(r, STR("fine"));
	for (int i = 0; i < 3000; i++) {
		snprintf(payload, sizeof(payload), "%-1000d", i);
		record_line(r, a, NOON + i, STR("irc"), str_of(payload));
	}
	record_line(r, b, NOON, STR("irc"), STR("A"));
	is_int(record_counts(r).dropped, 976, "976 do not fit");
	is_int(record_counts(r).lines, 3001, "of all");
	tick(r, NOON + 3000, &mono, 100);
	ok(record_news(r, &why) == RECORD_TROUBLE, "there is news");
	ok(strstr(why.text, "kanal") != NULL &&
		strstr(why.text, "Not a directory") != NULL,
	    "what and why: %s", why.text);
	ok(record_news(r, &why) == RECORD_QUIET, "once");
	is(get(dir, "fine/" DAY1 ".log"), DAY1 "T12:00:00.000Z\tirc\tfine\tA\n",
	    "others are written");
	record_mark(r, a, NOON + 3001, STR("x"), STR(""));
	is_int(record_counts(r).waiting, 2024 * 1036 + 24 + 6 + 6 + 24 + 1,
	    "a mark is never dropped");
	if (unlink(k.p) != 0)
		err(1, "%s", k.p);
	tick(r, NOON + 3002, &mono, 800);
	ok(get(dir, "kanal/" DAY1 ".log").p == NULL, "it waits for a while");
	tick(r, NOON + 3003, &mono, 300);
	record_line(r, a, NOON + 3004, STR("irc"), STR("after"));
	tick(r, NOON + 3005, &mono, 1000);
	ok(record_news(r, &why) == RECORD_MENDED, "mended");
	ok(record_news(r, &why) == RECORD_QUIET, "told once");
	text = get(dir, "kanal/" DAY1 ".log");
	while (text.len > 1036 && n < 2024) {
		line = (struct str){ text.p, 1036 };
		snprintf(payload, sizeof(payload), "%-1000zu", n++);
		bad += memcmp(line.p + 35, payload, 1000) != 0 ||
		    line.p[1035] != '\n';
		text.p += 1036;
		text.len -= 1036;
	}
	is_int(bad, 0, "2024 lines in their order");
	is(text,
	    DAY1 "T12:00:03.001Z\tmark\tkanal\t{\"mark\":\"x\",\"by\":\"test\"}"
		 "\n" DAY1
		 "T12:00:03.003Z\tmark\tkanal\t{\"mark\":\"gap\",\"by\":"
		 "\"test\",\"from\":\"" DAY1 "T12:00:02.024Z\",\"to\":\"" DAY1
		 "T12:00:02.999Z\",\"lines\":976}\n" DAY1
		 "T12:00:03.004Z\tirc\tkanal\tafter\n",
	    "the mark, the gap, the next line");
	is_int(record_counts(r).waiting, 0, "nothing waits");
	record_free(r);
	folder_remove(dir);
}

/* While lines go on being dropped a gap is told at least once a minute. */
static void
test_long_gap(void)
{
	struct folder_path dir = folder_new(), k = folder_at(dir, "kanal");
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms(), last = -1, longest = 0, sum = 0;
	struct errmsg why;
	struct str rest, line;
	char payload[1001];
	size_t a;
	int gaps = 0;

	folder_put(k, STR("in the way"));
	a = record_channel(r, STR("kanal"));
	snprintf(payload, sizeof(payload), "%-1000d", 0);
	for (int s = 0; s < 400; s++) {
		for (int i = 0; i < 100; i++)
			record_line(r, a, NOON + s * MS_PER_S, STR("irc"),
			    str_of(payload));
		tick(r, NOON + s * MS_PER_S, &mono, 1000);
	}
	is_int(record_counts(r).dropped, 40000 - 2024, "for minutes");
	if (unlink(k.p) != 0)
		err(1, "%s", k.p);
	ok(record_finish(r, 2000, &why), "then all is written");
	rest = get(dir, "kanal/" DAY1 ".log");
	while (rest.len > 0) {
		const char *lf = memchr(rest.p, '\n', rest.len);
		int64_t at, n;

		line = (struct str){ rest.p, (size_t)(lf - rest.p) };
		rest.p = lf + 1;
		rest.len -= line.len + 1;
		n = number_behind(line, STR("\"lines\":"));
		if (n < 0)
			continue;
		sum += n;
		if (!tstamp_read(line.p, &at))
			errx(1, "no time");
		if (last >= 0 && at - last > longest)
			longest = at - last;
		last = at;
		gaps++;
	}
	/* The last one, at the end, is in the file of the real day. */
	ok(gaps >= 6, "%d gaps", gaps);
	ok(longest > 30000 && longest <= 60000, "a minute apart at most");
	ok(sum > 30000 && sum <= 40000 - 2024, "nearly all lines by then");
	record_free(r);
	folder_remove(dir);
}

/* What a collector that died wrote: a join at DAY1's noon, then `pad` bytes. */
static void
leave_behind(struct folder_path dir, const char *by, size_t pad)
{
	struct buf b = { 0 };

	buf_printf(&b,
	    DAY1 "T12:00:00.000Z\tmark\tk\t{\"mark\":\"join\",\"by\":\"%s\"}\n",
	    by);
	while (pad > 0) {
		size_t n = pad > 60000 ? 60000 : pad;

		buf_lit(&b, DAY1 "T12:00:00.500Z\tirc\tk\t:x!x@x PRIVMSG #k :");
		for (size_t i = 0; i < n; i++)
			buf_byte(&b, 'x');
		buf_byte(&b, '\n');
		pad -= n;
	}
	folder_put(folder_at(dir, "k/" DAY1 ".log"), buf_view(&b));
	buf_release(&b);
}

/* Buries whoever wrote that `later` ms after its noon. Tells whether. */
static bool
buries(struct folder_path *dir, const char *want, int64_t later)
{
	struct record_options o = {
		.dir = dir->p, .by = "h/1/1700740801", .max_open = 2
	};
	struct errmsg why;
	struct record *r = record_new(&o, &why);
	size_t a = record_channel(r, STR("k"));
	struct str got;
	bool found;

	record_bury(r, a, NOON + later);
	ok(record_finish(r, 2000, &why), "finished");
	record_free(r);
	got = get(*dir, "k/" DAY1 ".log");
	found = got.len > strlen(want) &&
	    memcmp(got.p + got.len - strlen(want), want, strlen(want)) == 0;
	return found;
}

/* The `lost` of a predecessor that was killed. */
static void
test_bury(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles_at at = { 0, STR("k"), DAY1 };
	struct dayfiles *other;
	struct errmsg why;

	leave_behind(dir, "h/1/1700740000", 0);
	ok(buries(&dir,
	       DAY1 "T12:00:02.000Z\tmark\tk\t{\"mark\":\"lost\","
		    "\"by\":\"h/1/1700740000\","
		    "\"since\":\"" DAY1 "T12:00:00.000Z\","
		    "\"why\":\"the collector died\"}\n",
	       2000),
	    "a join without an end: lost at it");
	ok(!buries(&dir, "\"why\":\"the collector died\"}\n" DAY1, 3000) &&
		number_behind(
		    get(dir, "k/" DAY1 ".log"), STR(DAY1 "T12:00:03.")) < 0,
	    "once");
	leave_behind(dir, "h/1/1700740000", 7 << 20);
	ok(buries(&dir,
	       "\"since\":\"" DAY1
	       "T12:00:00.500Z\",\"why\":\"the collector died\"}\n",
	       2000),
	    "7 MiB of lines later: lost at the last of them");
	leave_behind(dir, "h/1/1700740000", 9 << 20);
	ok(!buries(&dir, "died\"}\n", 2000), "not 9 MiB later");
	leave_behind(dir, "h/1/1700740000", 0);
	ok(!buries(&dir, "died\"}\n", 150001), "not when it was long ago");
	ok(buries(&dir, "died\"}\n", 150000), "as long as it matters");
	leave_behind(dir, "h/1/1700740000", 0);
	ok(!buries(&dir, "died\"}\n", -1), "not what is yet to come");
	leave_behind(dir, "g/1/1700740000", 0);
	ok(!buries(&dir, "died\"}\n", 2000), "nobody of another machine");
	leave_behind(dir, "h/1/1700740801", 0);
	ok(!buries(&dir, "died\"}\n", 2000), "not ourselves");

	leave_behind(dir, "h/1/1700740000", 0);
	other = dayfiles_new(dir.p, 1, false, &why);
	ok(dayfiles_write(other, &at, STR("x\n"), false) == 2, "others write");
	ok(!buries(&dir, "died\"}\n", 2000), "then nobody is dead for sure");
	dayfiles_free(other);
	ok(buries(&dir, "died\"}\n", 2000), "but later");
	folder_remove(dir);
}

/* Half a line, then no room, another day: its rest goes where it belongs. */
static void
test_partial(void)
{
	const int64_t midnight = NOON + 12 * MS_PER_HOUR;
	struct folder_path dir = folder_new();
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms();
	struct rlimit old, low;
	struct errmsg why;
	size_t a = record_channel(r, STR("k")), b, c;
	enum record_news news[3];

	fflush(stdout);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	low = old;
	low.rlim_cur = 50; /* 33 bytes a line */
	setrlimit(RLIMIT_FSIZE, &low);
	record_line(r, a, midnight - 3, STR("irc"), STR("A"));
	record_line(r, a, midnight - 2, STR("irc"), STR("B"));
	record_line(r, a, midnight, STR("irc"), STR("C"));
	tick(r, midnight, &mono, 50);
	news[0] = record_news(r, &why);
	/* Others take its place among the open files. */
	b = record_channel(r, STR("x"));
	c = record_channel(r, STR("y"));
	record_line(r, b, midnight, STR("irc"), STR("X"));
	record_line(r, c, midnight, STR("irc"), STR("Y"));
	tick(r, midnight, &mono, 100);
	record_leave(r, a);
	low.rlim_cur = 55;
	setrlimit(RLIMIT_FSIZE, &low);
	tick(r, midnight, &mono, 2000);
	news[1] = record_news(r, &why);
	setrlimit(RLIMIT_FSIZE, &old);
	ok(news[0] == RECORD_TROUBLE, "no room for the second line");
	ok(news[1] == RECORD_QUIET, "a few bytes more are no news");
	is(get(dir, "k/" DAY1 ".log"),
	    DAY1 "T23:59:59.997Z\tirc\tk\tA\n" DAY1 "T23:59:59.99",
	    "the half of it");
	record_line(r, a, midnight + 1, STR("irc"), STR("D"));
	tick(r, midnight, &mono, 2000);
	news[2] = record_news(r, &why);
	ok(news[2] == RECORD_MENDED, "there is room");
	is(get(dir, "k/" DAY1 ".log"),
	    DAY1 "T23:59:59.997Z\tirc\tk\tA\n" DAY1
		 "T23:59:59.998Z\tirc\tk\tB\n",
	    "it goes on in the middle");
	is(get(dir, "k/" DAY2 ".log"),
	    DAY2 "T00:00:00.000Z\tirc\tk\tC\n" DAY2
		 "T00:00:00.001Z\tirc\tk\tD\n",
	    "and in the next day's file");
	record_free(r);
	folder_remove(dir);
}

/*
 * Half a line, then no room, and somebody removes the file, or closes the line:
 * it is written whole, and so are those behind it.
 */
static void
test_part_gone(bool removed)
{
	struct folder_path dir = folder_new();
	struct folder_path path = folder_at(dir, "k/" DAY1 ".log");
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms();
	struct rlimit old, low;
	size_t a = record_channel(r, STR("k"));
	struct buf want = { 0 };

	fflush(stdout);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	low = old;
	low.rlim_cur = 55; /* 33 bytes a line */
	setrlimit(RLIMIT_FSIZE, &low);
	record_line(r, a, NOON, STR("irc"), STR("A"));
	record_line(r, a, NOON, STR("irc"), STR("B"));
	tick(r, NOON, &mono, 50);
	/* More than the queue had room for: it is moved. */
	for (int i = 0; i < 1000; i++)
		record_line(r, a, NOON, STR("irc"), STR("C"));
	/* Closed, it is opened again. */
	if (!removed)
		record_leave(r, a);
	setrlimit(RLIMIT_FSIZE, &old);
	is(get(dir, "k/" DAY1 ".log"),
	    DAY1 "T12:00:00.000Z\tirc\tk\tA\n" DAY1 "T12:00:00.00",
	    "half a line");
	if (removed) {
		if (unlink(path.p) != 0)
			err(1, "%s", path.p);
	} else {
		/* As another collector does that finds it torn. */
		folder_put(path, STR("x\0\n"));
		buf_lit(&want, "x\0\n");
	}
	tick(r, NOON, &mono, 2500);
	buf_lit(&want, DAY1 "T12:00:00.000Z\tirc\tk\tB\n");
	for (int i = 0; i < 1000; i++)
		buf_lit(&want, DAY1 "T12:00:00.000Z\tirc\tk\tC\n");
	ok(str_eq(get(dir, "k/" DAY1 ".log"), buf_view(&want)),
	    "it is written whole when its begin is gone");
	is_int(record_counts(r).waiting, 0, "nothing is left");
	is_int(record_counts(r).dropped, 0, "nor lost");
	buf_release(&want);
	record_free(r);
	folder_remove(dir);
}

/* A line that is larger than its whole queue. */
static void
test_giant(void)
{
	struct folder_path dir = folder_new();
	struct record *r = begin(&dir, false);
	int64_t mono = now_mono_ms();
	size_t a = record_channel(r, STR("k"));
	struct buf giant = { 0 };

	buf_room(&giant, RECORD_CHANNEL_MAX);
	memset(giant.p, 'x', RECORD_CHANNEL_MAX);
	giant.len = RECORD_CHANNEL_MAX;
	record_line(r, a, NOON, STR("irc"), buf_view(&giant));
	tick(r, NOON + 1, &mono, 50);
	record_line(r, a, NOON + 2, STR("irc"), STR("A"));
	tick(r, NOON + 3, &mono, 100);
	is(get(dir, "k/" DAY1 ".log"),
	    DAY1 "T12:00:00.001Z\tmark\tk\t{\"mark\":\"gap\",\"by\":\"test\","
		 "\"from\":\"" DAY1 "T12:00:00.000Z\",\"to\":\"" DAY1
		 "T12:00:00.000Z\",\"lines\":1}\n" DAY1
		 "T12:00:00.002Z\tirc\tk\tA\n",
	    "a line larger than the queue is a gap, and the next is not");
	buf_release(&giant);
	record_free(r);
	folder_remove(dir);
}

/* What is known of a channel's lines as they are read again. */
struct heard {
	int64_t next;    /* number of the next line */
	int64_t pending; /* lines of gaps since the last line */
	int64_t gaps;    /* lines of all gaps */
	int64_t marks;
	int64_t bytes;
	int wrong;
};

/*
 * Looks at whole lines: numbers go up, what is missing between two was told
 * there, no more and no less.
 */
static void
hear(struct heard *h, size_t n, struct str text)
{
	while (text.len > 0) {
		const char *lf = memchr(text.p, '\n', text.len), *at;
		struct str line, body;
		struct heard *c;
		size_t which;
		int tabs = 0;

		if (lf == NULL) {
			h->wrong++;
			return;
		}
		line = (struct str){ text.p, (size_t)(lf - text.p) };
		text.p += line.len + 1;
		text.len -= line.len + 1;
		at = line.p;
		for (const char *p = line.p; p < lf; p++)
			if (*p == '\t' && tabs++ < 3)
				at = p + 1;
		body = (struct str){ at, (size_t)(lf - at) };
		which = tabs >= 3 ? (size_t)(at[-2] - 'a') : n;
		if (which >= n) {
			h->wrong++;
			continue;
		}
		c = &h[which];
		c->bytes += (int64_t)line.len + 1;
		if (str_starts(body, STR("{\"mark\":\"gap\""))) {
			int64_t lines = number_behind(body, STR("\"lines\":"));

			c->wrong += lines <= 0 || body.p[body.len - 1] != '}';
			c->pending += lines;
			c->gaps += lines;
		} else if (*body.p == '{') {
			c->wrong += !str_eq(
			    body, STR("{\"mark\":\"m\",\"by\":\"test\"}"));
			c->marks++;
		} else {
			int64_t i = strtoll(body.p, NULL, 10);

			c->wrong += i != c->next + c->pending ||
			    body.p[body.len - 1] != '.';
			c->next = i + 1;
			c->pending = 0;
		}
	}
}

#define N_CHANNELS 3

static const char *const letters[N_CHANNELS] = { "a", "b", "c" };

/* A line of a random length, which begins with its number. */
static void
make_line(struct buf *b, uint64_t *r, int64_t i, size_t most)
{
	size_t len = rand_below(r, most);

	buf_reset(b);
	num_add(b, i);
	buf_byte(b, ' ');
	buf_room(b, len + 1);
	memset(b->p + b->len, 'x', len);
	b->len += len;
	buf_byte(b, '.');
}

/* Files that have room at times: whatever happens, a line is written whole and
 * in its place or told of in a gap. */
static void
test_files(void)
{
	const int64_t end = NOON + 2 * MS_PER_DAY;
	int wrong = 0, lost = 0, most_open = 0;
	int64_t dropped = 0, cut = 0;
	struct rlimit old, low;
	uint64_t r = 30;

	fflush(stdout);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	for (int round = 0; round < 2; round++) {
		struct folder_path dir = folder_new();
		struct record *rec = begin(&dir, false);
		int64_t mono = now_mono_ms(), wall = NOON,
			n[N_CHANNELS] = { 0 }, marks[N_CHANNELS] = { 0 },
			bytes = 0;
		struct heard h[N_CHANNELS] = { { 0 } };
		struct buf b = { 0 };
		struct errmsg why;
		struct record_counts c;

		for (size_t i = 0; i < N_CHANNELS; i++)
			(void)record_channel(rec, str_of(letters[i]));
		low = old;
		for (int i = 0; i < 7000 && wall < end; i++) {
			size_t ch = rand_below(&r, N_CHANNELS);

			make_line(&b, &r, n[ch]++, 9000);
			record_line(rec, ch, wall, STR("irc"), buf_view(&b));
			if (rand_below(&r, 40) == 0) {
				record_mark(rec, ch, wall, STR("m"), STR(""));
				marks[ch]++;
			}
			wall += rand_between(&r, 0, 40000);
			if (rand_below(&r, 20) == 0) {
				tick(rec, wall, &mono,
				    rand_between(&r, 0, 3000));
				c = record_counts(rec);
				if ((int)c.files > most_open)
					most_open = (int)c.files;
			}
			if (rand_below(&r, 300) == 0)
				record_leave(rec, ch);
			if (rand_below(&r, 1000) == 0) {
				low.rlim_cur = rand_below(&r, 3) == 0
				    ? old.rlim_cur
				    : (rlim_t)rand_below(&r, 1000000);
				cut += low.rlim_cur != old.rlim_cur;
				setrlimit(RLIMIT_FSIZE, &low);
			}
		}
		setrlimit(RLIMIT_FSIZE, &old);
		for (int i = 0; i < 3; i++)
			tick(rec, wall, &mono, 2000);
		lost += !record_finish(rec, 5000, &why);
		c = record_counts(rec);
		for (size_t i = 0; i < N_CHANNELS; i++) {
			static const char *const days[] = { DAY1, DAY2, DAY3 };

			for (int d = 0; d < 3; d++) {
				char name[32];

				snprintf(name, sizeof(name), "%s/%s.log",
				    letters[i], days[d]);
				hear(h, N_CHANNELS, get(dir, name));
			}
			wrong += h[i].wrong;
			lost += h[i].next + h[i].pending != n[i];
			lost += h[i].marks != marks[i];
			bytes += h[i].bytes;
			c.dropped -= h[i].gaps;
			dropped += h[i].gaps;
			c.lines -= n[i];
		}
		lost += c.dropped != 0 || c.lines != 0 || c.waiting != 0 ||
		    c.bytes != bytes;
		record_free(rec);
		buf_release(&b);
		folder_remove(dir);
	}
	is_int(wrong, 0, "lines are whole, and missing where a gap is");
	is_int(lost, 0, "all are there or counted, no mark is lost");
	ok(dropped > 100 && cut > 4, "there was no room for %" PRId64, dropped);
	ok(most_open == 2, "two files at once");
}

/* Standard output, put aside while a pipe stands there. */
static int kept_stdout = -1;

/* Puts the second of `ends` there. Returns the first, which does not wait. */
static int
output_begin(const int ends[2])
{
	fflush(stdout);
	if (kept_stdout < 0)
		kept_stdout = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	if (kept_stdout < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 ||
	    dup2(ends[1], STDOUT_FILENO) < 0)
		err(1, "standard output");
	close(ends[1]);
	return ends[0];
}

static int
pipe_begin(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		err(1, "pipe");
	return output_begin(ends);
}

static void
pipe_end(void)
{
	if (dup2(kept_stdout, STDOUT_FILENO) < 0)
		err(1, "dup2");
}

/* Reads at most `most` bytes of what is in the pipe. */
static size_t
pipe_read(int fd, struct buf *b, size_t most)
{
	ssize_t n;

	buf_room(b, most);
	n = read(fd, b->p + b->len, most);
	if (n > 0)
		b->len += (size_t)n;
	return n > 0 ? (size_t)n : 0;
}

/* A reader that stops at times: nothing waits for it (this process is that
 * reader, too: what waited would wait for ever). */
static void
test_pipe(void)
{
	int wrong = 0, lost = 0, over = 0;
	int64_t dropped = 0;
	uint64_t r = 31;

	for (int round = 0; round < 2; round++) {
		int fd = pipe_begin();
		struct record *rec = begin(NULL, false);
		int64_t mono = now_mono_ms(), wall = NOON,
			n[N_CHANNELS] = { 0 }, marks[N_CHANNELS] = { 0 };
		struct heard h[N_CHANNELS] = { { 0 } };
		struct buf b = { 0 }, got = { 0 };
		bool reads = true, away;
		struct record_counts c;
		struct errmsg why;

		for (size_t i = 0; i < N_CHANNELS; i++)
			(void)record_channel(rec, str_of(letters[i]));
		for (int i = 0; i < 6000; i++) {
			size_t ch = rand_below(&r, N_CHANNELS);

			make_line(&b, &r, n[ch]++,
			    rand_below(&r, 50) == 0 ? 60000 : 14000);
			record_line(rec, ch, wall, STR("irc"), buf_view(&b));
			if (rand_below(&r, 40) == 0) {
				record_mark(rec, ch, wall, STR("m"), STR(""));
				marks[ch]++;
			}
			over += record_counts(rec).waiting >
			    (int64_t)RECORD_PIPE_MAX + 200000;
			wall += rand_between(&r, 0, 100);
			if (rand_below(&r, 10) == 0)
				tick(
				    rec, wall, &mono, rand_between(&r, 0, 100));
			if (rand_below(&r, 300) == 0)
				reads = !reads;
			away = i > 800 && i < 4300; /* for 26 MB */
			for (int k = 0; k < 8 && reads && !away; k++) {
				pipe_read(fd, &got, 1 + rand_below(&r, 9000));
				tick(rec, wall, &mono, 1);
			}
		}
		while (record_counts(rec).waiting > 0) {
			tick(rec, wall, &mono, 1);
			while (pipe_read(fd, &got, 65536) > 0)
				continue;
		}
		while (!record_finish(rec, 0, &why))
			while (pipe_read(fd, &got, 65536) > 0)
				continue;
		while (pipe_read(fd, &got, 65536) > 0)
			continue;
		pipe_end();
		close(fd);
		c = record_counts(rec);
		hear(h, N_CHANNELS, buf_view(&got));
		for (size_t i = 0; i < N_CHANNELS; i++) {
			wrong += h[i].wrong;
			lost += h[i].next + h[i].pending != n[i];
			lost += h[i].marks != marks[i];
			c.dropped -= h[i].gaps;
			dropped += h[i].gaps;
			c.lines -= n[i];
		}
		lost += c.dropped != 0 || c.lines != 0 || c.waiting != 0 ||
		    c.bytes != (int64_t)got.len;
		record_free(rec);
		buf_release(&b);
		buf_release(&got);
	}
	is_int(wrong, 0, "a pipe: lines are whole, missing where a gap is");
	is_int(lost, 0, "all are there or counted, no mark is lost");
	is_int(over, 0, "no more waits than the ceiling");
	ok(dropped > 500, "the reader was too slow for %" PRId64, dropped);
}

static void
test_pipe_poll(void)
{
	int fd = pipe_begin();
	struct record *r = begin(NULL, false);
	int64_t mono = now_mono_ms(), wait[2], begun;
	size_t a = record_channel(r, STR("k"));
	struct pollfd p[4];
	enum record_news news[3];
	struct buf got = { 0 };
	char payload[4001];
	struct errmsg why = { .text = "" };
	bool finished[2];

	wait[0] = record_tick(r, NOON, mono);
	record_poll(r, &p[0]);
	record_line(r, a, NOON, STR("irc"), STR("A"));
	record_poll(r, &p[1]);
	wait[1] = record_tick(r, NOON, mono);
	record_poll(r, &p[2]);
	pipe_read(fd, &got, 1000);
	snprintf(payload, sizeof(payload), "%-4000d", 0);
	for (int i = 0; i < 100; i++)
		record_line(r, a, NOON, STR("irc"), str_of(payload));
	tick(r, NOON, &mono, 1);
	begun = now_mono_ms();
	finished[0] = record_finish(r, 60, &why);
	begun = now_mono_ms() - begun;
	news[0] = record_news(r, &(struct errmsg){ .text = "" });
	close(fd);
	record_poll(r, &p[3]);
	finished[1] = poll(&p[3], 1, 0) == 1;
	record_polled(r, &p[3]);
	news[1] = record_news(r, &why);
	pipe_end();
	is_int(wait[0], -1, "a pipe: nothing to do");
	ok(p[0].fd == STDOUT_FILENO && p[0].events == 0, "or to wait for");
	ok(p[1].fd == STDOUT_FILENO && p[1].events == POLLOUT,
	    "a line waits for the reader");
	is_int(wait[1], -1, "written");
	ok(p[2].events == 0, "at once");
	is(buf_view(&got), DAY1 "T12:00:00.000Z\tirc\tk\tA\n", "whole");
	ok(!finished[0] && begun >= 60 && begun < 1000,
	    "the end waits, but not for ever");
	ok(strstr(why.text, "standard output") != NULL, "and says so: %s",
	    why.text);
	ok(news[0] == RECORD_QUIET, "a slow reader is no news");
	ok(finished[1] && news[1] == RECORD_CLOSED,
	    "one that is gone is, before anything was written");
	record_free(r);
	buf_release(&got);

	/* Found out by writing. */
	signal(SIGPIPE, SIG_IGN);
	fd = pipe_begin();
	r = begin(NULL, false);
	a = record_channel(r, STR("k"));
	close(fd);
	record_line(r, a, NOON, STR("irc"), STR("A"));
	tick(r, NOON, &mono, 1);
	news[2] = record_news(r, &why);
	finished[0] = record_finish(r, 5000, &why);
	pipe_end();
	ok(news[2] == RECORD_CLOSED, "a write finds it out, too");
	ok(!finished[0], "the end does not wait then");
	record_free(r);
}

/* A socket whose other end is gone says so in other words than a pipe. */
static void
test_socket(void)
{
	enum record_news news;
	struct errmsg why;
	struct record *r;
	struct pollfd p;
	int ends[2], fd;
	bool woken;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		err(1, "socketpair");
	fd = output_begin(ends);
	r = begin(NULL, false);
	(void)record_channel(r, STR("k"));
	close(fd);
	record_poll(r, &p);
	woken = poll(&p, 1, 0) == 1;
	record_polled(r, &p);
	news = record_news(r, &why);
	pipe_end();
	ok(woken && news == RECORD_CLOSED, "a socket that is closed is, too");
	record_free(r);
}

/* A terminal whose other end does not read: it would be waited for, as poll()
 * does not tell how much it takes. */
static void
test_terminal(void)
{
	int ends[2], fd;
	int64_t mono = now_mono_ms();
	struct record_counts c[2];
	struct buf got = { 0 };
	struct termios raw;
	struct record *r;
	struct pollfd p;
	char payload[4001];
	size_t a;

	if (openpty(&ends[0], &ends[1], NULL, NULL, NULL) != 0 ||
	    tcgetattr(ends[1], &raw) != 0)
		err(1, "terminal");
	raw.c_oflag &= ~(tcflag_t)OPOST;
	if (tcsetattr(ends[1], TCSANOW, &raw) != 0)
		err(1, "terminal");
	fd = output_begin(ends);
	r = begin(NULL, false);
	a = record_channel(r, STR("k"));
	snprintf(payload, sizeof(payload), "%-4000d", 0);
	for (int i = 0; i < 100; i++)
		record_line(r, a, NOON, STR("irc"), str_of(payload));
	tick(r, NOON, &mono, 1);
	c[0] = record_counts(r);
	do {
		while (pipe_read(fd, &got, 65536) > 0)
			continue;
		tick(r, NOON, &mono, 1);
		c[1] = record_counts(r);
	} while (c[1].waiting > 0);
	p = (struct pollfd){ .fd = fd, .events = POLLIN };
	while ((int64_t)got.len < c[1].bytes && poll(&p, 1, 1000) == 1)
		(void)pipe_read(fd, &got, 65536);
	pipe_end();
	close(fd);
	ok(c[0].bytes > 0 && c[0].waiting > 0, "a terminal is not waited for");
	is_int((int64_t)got.len, c[1].bytes, "it gets all, later");
	record_free(r);
	buf_release(&got);
}

/* `--sync` is of files: with a pipe it gives nothing to do. */
static void
test_pipe_sync(void)
{
	int fd = pipe_begin();
	struct record *r = begin(NULL, true);
	int64_t mono = now_mono_ms(), wait[2];

	wait[0] = record_tick(r, NOON, mono);
	wait[1] = record_tick(r, NOON, mono + 5000);
	pipe_end();
	close(fd);
	ok(wait[0] != 0 && wait[1] != 0,
	    "sync and a pipe: no tick after 0 ms (%" PRId64 ", %" PRId64 ")",
	    wait[0], wait[1]);
	record_free(r);
}

/* Nearly all of 1 MB waits for 80 ms, as the reader sleeps. */
static void
test_late(void)
{
	int fd = pipe_begin();
	struct record *r = begin(NULL, false);
	size_t a = record_channel(r, STR("k"));
	struct buf got = { 0 };
	struct record_counts c;
	char payload[1001];

	snprintf(payload, sizeof(payload), "%-1000d", 0);
	for (int i = 0; i < 1000; i++)
		record_line(r, a, NOON, STR("irc"), str_of(payload));
	(void)record_tick(r, NOON, now_mono_ms());
	(void)poll(NULL, 0, 80);
	do {
		while (pipe_read(fd, &got, 65536) > 0)
			continue;
		(void)record_tick(r, NOON, now_mono_ms());
	} while (record_counts(r).waiting > 0);
	c = record_counts(r);
	pipe_end();
	close(fd);
	ok(c.late_max_ms >= 80 && c.late_max_ms < 500, "80 ms at most: %d",
	    (int)c.late_max_ms);
	ok(c.late_p99_ms >= 80 && c.late_p99_ms < 500, "and most of it: %d",
	    (int)c.late_p99_ms);
	record_free(r);
	buf_release(&got);
}

int
main(void)
{
	/* What blocks is killed. */
	alarm(30);
	test_few();
	test_days();
	test_torn();
	test_drop();
	test_trouble();
	test_long_gap();
	test_bury();
	test_partial();
	test_part_gone(true);
	test_part_gone(false);
	test_giant();
	test_files();
	test_pipe();
	test_pipe_poll();
	test_socket();
	test_terminal();
	test_pipe_sync();
	test_late();
	return tap_done();
}
