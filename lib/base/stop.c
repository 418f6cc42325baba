#include "base/stop.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int
stop_init(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* The next one of these kills. */
static void
let_die(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

enum stop_order
stop_next(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return STOP_NONE;
	switch (info.ssi_signo) {
	case SIGHUP:
		return STOP_RELOAD;
	case SIGUSR1:
		return STOP_STATUS;
	default:
		let_die();
		return STOP_END;
	}
}
