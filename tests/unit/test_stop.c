/*
 * test_stop - signals as a descriptor
 *
 * Each case runs in a child, which gives its orders as its exit status.
 */
#include "tap.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"

/* Tells whether an order is to be read within `ms`. */
static bool
comes(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1 && (p.revents & POLLIN) != 0;
}

/* Sends itself the signals and reads an order after each: digits of a number,
 * 9 where none came. */
static _Noreturn void
child(const int *signals)
{
	int fd, all = 0;

	/* Whoever runs the tests in the background has it ignored. */
	signal(SIGINT, SIG_DFL);
	fd = stop_init();
	if (fd < 0 || comes(fd, 0) || stop_next(fd) != STOP_NONE)
		_exit(99);
	for (; *signals != 0; signals++) {
		raise(*signals);
		all = all * 4 + (comes(fd, 0) ? (int)stop_next(fd) : 0);
		if (stop_next(fd) != STOP_NONE)
			_exit(98);
	}
	_exit(all);
}

/* Returns the exit status, or 1000 and the signal that ended the child. */
static int
run(const int *signals)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		child(signals);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

#define RUN(...) run((const int[]){ __VA_ARGS__, 0 })

static void
test_orders(void)
{
	/* STOP_END 1, STOP_RELOAD 2, STOP_STATUS 3, in fours. */
	is_int(RUN(SIGTERM), 1, "SIGTERM ends");
	is_int(RUN(SIGINT), 1, "SIGINT ends");
	is_int(RUN(SIGHUP), 2, "SIGHUP reloads");
	is_int(RUN(SIGUSR1), 3, "SIGUSR1 asks");
	is_int(RUN(SIGHUP, SIGUSR1, SIGHUP), 2 * 16 + 3 * 4 + 2,
	    "many, one after another");
	is_int(RUN(SIGHUP, SIGTERM, SIGHUP), 2 * 16 + 1 * 4 + 2,
	    "the others come after the end, too");
	is_int(RUN(SIGTERM, SIGUSR1), 1 * 4 + 3, "and do not kill");
}

static void
test_kill(void)
{
	is_int(RUN(SIGTERM, SIGTERM), 1000 + SIGTERM, "a second SIGTERM kills");
	is_int(RUN(SIGINT, SIGINT), 1000 + SIGINT, "a second SIGINT kills");
	is_int(RUN(SIGTERM, SIGINT), 1000 + SIGINT, "one of each, too");
	is_int(RUN(SIGINT, SIGHUP, SIGTERM), 1000 + SIGTERM,
	    "with another in between");
	is_int(RUN(SIGHUP, SIGHUP, SIGINT), 2 * 16 + 2 * 4 + 1,
	    "no other makes the first one kill");
}

/* What waited is told one by one; what was sent twice, once. */
static _Noreturn void
child_together(void)
{
	int fd = stop_init(), seen = 0;
	enum stop_order o;

	raise(SIGUSR1);
	raise(SIGTERM);
	raise(SIGHUP);
	raise(SIGUSR1);
	while (comes(fd, 0) && (o = stop_next(fd)) != STOP_NONE)
		seen += 1 << (2 * (int)o);
	_exit(seen);
}

static void
test_together(void)
{
	int status = -1, fd;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		child_together();
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "fork");
	is_int(status, ((1 << 2) + (1 << 4) + (1 << 6)) << 8,
	    "three at once, each told once");

	/* Last, as it blocks the signals here. */
	fd = stop_init();
	ok(fd >= 0, "a descriptor");
	ok((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "not for other programs");
	ok((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, "that does not block");
	is_int(stop_next(fd), STOP_NONE, "nothing has come");
	close(fd);
	is_int(stop_next(fd), STOP_NONE, "nor from one that is closed");
}

int
main(void)
{
	test_orders();
	test_kill();
	test_together();
	return tap_done();
}
