/*
 * test_bury - the collector that died before us
 */
#include "tap.h"

#include <err.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/now.h"
#include "base/tstamp.h"
#include "remote/bury.h"

#define T0   INT64_C(1795435200000) /* 2026-11-23T12:00:00.000Z */
#define AT0  "2026-11-23T12:00:00.000Z\t"
#define AT1  "2026-11-23T12:00:01.500Z\t"
#define AT2  "2026-11-23T12:00:02.000Z\t"
#define JOIN "mark\tk\t{\"mark\":\"join\",\"by\":\"h/1/2\"}\n"

static struct bury b;

static void
test_read(void)
{
	bury_read(&b, STR(""));
	ok(!b.marked && !b.open && b.until == INT64_MIN, "nothing");
	bury_read(&b, STR(AT0 JOIN));
	ok(b.marked && b.open && b.until == T0, "a join opens");
	is(buf_view(&b.by), "h/1/2", "its collector");
	bury_read(&b, STR(AT0 JOIN AT1 "irc\tk\tPING :x\n"));
	ok(b.open && b.until == T0 + 1500, "a line is later evidence");
	bury_read(&b, STR(AT1 "irc\tk\tPING :x\n"));
	ok(!b.marked && !b.open && b.until == T0 + 1500, "no mark, a time");
	bury_read(&b,
	    STR(AT0 JOIN AT1
		"mark\tk\t{\"mark\":\"alive\",\"by\":\"g/3/4\"}\n"));
	ok(b.open && b.until == T0 + 1500, "the last mark counts");
	is(buf_view(&b.by), "g/3/4", "of another");
	bury_read(&b,
	    STR(AT0 JOIN AT1 "mark\tk\t{\"mark\":\"lost\",\"by\":\"h/1/2\","
			     "\"since\":\"2026-11-23T12:00:01.000Z\","
			     "\"why\":\"x\"}\n" AT2 "irc\tk\tPING :x\n"));
	ok(b.marked && !b.open, "lost: closed");
	bury_read(&b,
	    STR(AT0 JOIN AT1
		"mark\tk\t{\"mark\":\"stop\",\"by\":\"h/1/2\"}\n"));
	ok(b.marked && !b.open, "stop: closed");
	bury_read(&b,
	    STR(AT0 JOIN AT1 "mark\tk\t{\"mark\":\"refused\",\"by\":\"h/1/2\","
			     "\"why\":\"x\"}\n"));
	ok(b.marked && !b.open, "refused: closed");
	bury_read(&b,
	    STR(AT0 JOIN AT1 "mark\tk\t{\"mark\":\"gap\",\"by\":\"h/1/2\","
			     "\"from\":\"2026-11-23T12:00:00.000Z\","
			     "\"to\":\"2026-11-23T12:00:01.000Z\","
			     "\"lines\":5}\n"));
	ok(b.open && b.until == T0 + 1500, "a gap closes nothing");
	bury_read(
	    &b, STR(AT0 "mark\tk\t{\"mark\":\"poll\",\"by\":\"h/1/2\"}\n"));
	ok(!b.marked && b.until == T0, "a poll is no chat mark");
	bury_read(&b,
	    STR(AT0 JOIN "half of a li\0\n" AT2 "irc\tk\t\0\n" AT1
			 "mark\tk\tnull\n" AT2 "irc\tk\tnot whole"));
	ok(b.open && b.until == T0 + 1500,
	    "torn lines, others and a begin are passed over");
}

/* `by` of a process of this machine. */
static struct str
by_of(struct buf *s, const char *host, pid_t pid, int64_t start_s)
{
	buf_reset(s);
	buf_printf(s, "%s/%ld/%lld", host, (long)pid, (long long)start_s);
	return buf_view(s);
}

static void
test_gone(void)
{
	int64_t now_s = now_ms() / MS_PER_S;
	struct buf self = { 0 }, s = { 0 };
	struct str me = by_of(&self, "h", getpid(), now_s);
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	/* It has ended and nobody has asked it yet. */
	if (pid < 0 || waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT) != 0)
		err(1, "fork");
	ok(bury_is_gone(by_of(&s, "h", pid, now_s), me), "a zombie");
	ok(!bury_is_gone(by_of(&s, "g", pid, now_s), me), "of another host");
	if (waitpid(pid, NULL, 0) != pid)
		err(1, "wait");
	ok(bury_is_gone(by_of(&s, "h", pid, now_s), me), "gone");
	ok(!bury_is_gone(by_of(&s, "g", pid, now_s), me), "of another host");
	ok(!bury_is_gone(by_of(&s, "h", getppid(), now_s), me), "it lives");
	ok(bury_is_gone(by_of(&s, "h", getppid(), 1), me),
	    "started before the machine was");
	ok(bury_is_gone(by_of(&s, "h", getpid(), now_s - 1), me),
	    "our process id, another start");
	ok(!bury_is_gone(me, me), "not we");
	ok(!bury_is_gone(STR(""), me) && !bury_is_gone(STR("h"), me) &&
		!bury_is_gone(STR("h/x/1"), me) &&
		!bury_is_gone(STR("h/1"), me) &&
		!bury_is_gone(STR("h/0/1"), me) &&
		!bury_is_gone(STR("h/4294967297/1"), me) &&
		!bury_is_gone(STR("h/1/-1"), me),
	    "no collector's name");
	buf_release(&self);
	buf_release(&s);
}

int
main(void)
{
	test_read();
	test_gone();
	bury_release(&b);
	return tap_done();
}
