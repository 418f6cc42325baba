/*
 * spend - what a command cost
 *
 *   spend FILE NAME COMMAND [ARGUMENT...]
 *
 * Runs the command and appends `NAME WALL_S CPU_S PEAK_KIB` to FILE: CPU seconds
 * of the command and of all that it has waited for, user and system together; the
 * peak is that of the largest single process. Ends as the command ended,
 * which a SIGTERM is passed on to.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static pid_t pid;

static void
pass_on(int signal)
{
	if (pid > 0)
		(void)kill(pid, signal);
}

int
main(int argc, char **argv)
{
	struct rusage used;
	double begin;
	int status;
	FILE *f;

	if (argc < 4)
		errx(2, "usage: spend file name command [argument...]");
	begin = now_s();
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		execvp(argv[3], argv + 3);
		err(127, "%s", argv[3]);
	}
	(void)signal(SIGTERM, pass_on);
	if (wait4(pid, &status, 0, &used) != pid)
		err(1, "wait4");
	f = fopen(argv[1], "a");
	if (f == NULL ||
	    fprintf(f, "%s %.4f %.4f %ld\n", argv[2], now_s() - begin,
		seconds(used.ru_utime) + seconds(used.ru_stime),
		used.ru_maxrss) < 0 ||
	    fclose(f) != 0)
		err(1, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
