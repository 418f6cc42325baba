/*
 * fault - runs a command in which one system call fails
 *
 *   fault -c CALL[,CALL...] [-n N] [-t] [-e ERROR|-s|-k|-g] [-P NAME[,NAME...]]
 *         [-l LOG] COMMAND [ARGUMENT...]
 *
 * Counts the system calls CALL of COMMAND and of all that it starts, one count
 * for all of them, and lets the Nth fail:
 *
 *   -e ERROR  with that: EIO, ENOSPC, EINTR, EMFILE, ...
 *   -s        a write takes only half of its bytes
 *   -k        the process is killed (SIGKILL) before it
 *   -g        the whole process group of COMMAND is
 *   -t        all that come after it fail, too; -n N,M: those up to the Mth
 *   -P NAME   only processes of that name (15 bytes of it) count
 *   -l LOG    gets `calls=N`, how many there were, and a line for each that
 *             failed: its number, the process, the call, and of what file
 *
 * Without -n nothing fails. What the dynamic loader reads does not count. The
 * exit status is that of COMMAND, 128 + its signal when one killed it.
 *
 * It is the kernel that stops these calls and asks us (seccomp, user
 * notification): so those that the C library makes inside are caught, too, and
 * those of shells.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CALLS 32
#define MAX_NAMES 16
#define MAX_WRITE ((size_t)1 << 20)

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "which architecture is this, for seccomp?"
#endif

/* What the first argument of a call is. */
enum what { FD, PATH, AT_PATH, NEITHER };

static const struct call {
	const char *name;
	int number;
	enum what what;
} known[] = {
	{ "read", SYS_read, FD },
	{ "readv", SYS_readv, FD },
	{ "pread", SYS_pread64, FD },
	{ "write", SYS_write, FD },
	{ "writev", SYS_writev, FD },
	{ "openat", SYS_openat, AT_PATH },
	{ "close", SYS_close, FD },
	{ "renameat", SYS_renameat, AT_PATH },
	{ "renameat2", SYS_renameat2, AT_PATH },
	{ "unlinkat", SYS_unlinkat, AT_PATH },
	{ "mkdirat", SYS_mkdirat, AT_PATH },
	{ "fsync", SYS_fsync, FD },
	{ "fdatasync", SYS_fdatasync, FD },
	{ "syncfs", SYS_syncfs, FD },
	{ "ftruncate", SYS_ftruncate, FD },
	{ "flock", SYS_flock, FD },
	{ "lseek", SYS_lseek, FD },
	{ "fstat", SYS_fstat, FD },
	{ "newfstatat", SYS_newfstatat, AT_PATH },
	{ "getdents", SYS_getdents64, FD },
	{ "socket", SYS_socket, NEITHER },
	{ "connect", SYS_connect, FD },
	{ "accept4", SYS_accept4, FD },
	{ "sendto", SYS_sendto, FD },
	{ "sendmsg", SYS_sendmsg, FD },
	{ "recvfrom", SYS_recvfrom, FD },
	{ "recvmsg", SYS_recvmsg, FD },
	{ "ppoll", SYS_ppoll, NEITHER },
	{ "pselect6", SYS_pselect6, NEITHER },
	{ "epoll_pwait", SYS_epoll_pwait, FD },
	{ "pipe2", SYS_pipe2, NEITHER },
	{ "eventfd2", SYS_eventfd2, NEITHER },
	{ "signalfd4", SYS_signalfd4, NEITHER },
	{ "fcntl", SYS_fcntl, FD },
#if defined(__x86_64__)
	{ "open", SYS_open, PATH },
	{ "rename", SYS_rename, PATH },
	{ "unlink", SYS_unlink, PATH },
	{ "mkdir", SYS_mkdir, PATH },
	{ "poll", SYS_poll, NEITHER },
	{ "select", SYS_select, NEITHER },
	{ "epoll_wait", SYS_epoll_wait, FD },
	{ "access", SYS_access, PATH },
#endif
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EIO", EIO },
	{ "ENOSPC", ENOSPC },
	{ "EINTR", EINTR },
	{ "EAGAIN", EAGAIN },
	{ "EMFILE", EMFILE },
	{ "ENFILE", ENFILE },
	{ "ENOMEM", ENOMEM },
	{ "EACCES", EACCES },
	{ "EROFS", EROFS },
	{ "EDQUOT", EDQUOT },
	{ "ECONNRESET", ECONNRESET },
	{ "ECONNREFUSED", ECONNREFUSED },
	{ "ETIMEDOUT", ETIMEDOUT },
};

enum how { FAIL, SHORT, KILL, KILL_GROUP };

struct job {
	const struct call *calls[MAX_CALLS];
	size_t n_calls;
	const char *names[MAX_NAMES]; /* none = all */
	size_t n_names;
	long from; /* the first that fails; 0 = none */
	long to;   /* the last */
	enum how how;
	int error;
	FILE *log; /* NULL = none */
	long count;
	pid_t child;
	int listener;
};

static void
usage(void)
{
	fputs("usage: fault -c call[,call...] [-n n[,m]] [-t] [-e error|-s|-k|"
	      "-g]\n"
	      "             [-P name[,name...]] [-l log] command [argument "
	      "...]\n",
	    stderr);
	exit(125);
}

static void
add_calls(struct job *j, char *list)
{
	for (char *s = strtok_r(list, ",", &list); s != NULL;
	     s = strtok_r(NULL, ",", &list)) {
		size_t i = 0, n = sizeof(known) / sizeof(*known);

		while (i < n && strcmp(known[i].name, s) != 0)
			i++;
		if (i == n || j->n_calls == MAX_CALLS)
			errx(125, "-c: %s: not known, or too many", s);
		j->calls[j->n_calls++] = &known[i];
	}
}

static void
add_names(struct job *j, char *list)
{
	for (char *s = strtok_r(list, ",", &list); s != NULL;
	     s = strtok_r(NULL, ",", &list)) {
		if (j->n_names == MAX_NAMES)
			errx(125, "-P: too many");
		j->names[j->n_names++] = s;
	}
}

static int
error_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	errx(125, "-e: %s: not known", name);
}

/* Has the kernel ask about the calls of this process. Returns where. */
static int
install(const struct job *j)
{
	struct sock_filter code[MAX_CALLS + 6];
	struct sock_fprog prog = { .filter = code };
	unsigned short n = 0, left = (unsigned short)j->n_calls;

	code[n++] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(
	    BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 0, left + 1);
	code[n++] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < j->n_calls; i++, left--)
		code[n++] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned)j->calls[i]->number, left, 0);
	code[n++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(
	    BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	prog.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

/*
 * Starts the command. The child shares our descriptors until it becomes the
 * command, so that what it gets from the kernel is ours at once, too.
 */
static void
start(struct job *j, char **argv)
{
	volatile int *listener = mmap(NULL, sizeof(*listener),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (listener == MAP_FAILED)
		err(125, "mmap");
	*listener = -2;
	j->child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (j->child < 0)
		err(125, "clone");
	if (j->child == 0) {
		int fd;

		(void)setsid();
		fd = install(j);
		*listener = fd >= 0 ? fd : -1 - 1000 * errno;
		if (fd < 0)
			_exit(125);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (*listener == -2)
		usleep(50);
	j->listener = *listener;
	if (j->listener < 0) {
		errno = -(j->listener + 1) / 1000;
		err(125, "seccomp");
	}
}

static bool
is_counted_process(const struct job *j, pid_t pid)
{
	char path[64], name[32] = "";
	int fd;
	ssize_t n;

	if (j->n_names == 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, name, sizeof(name) - 1);
	close(fd);
	if (n <= 0)
		return false;
	name[n - 1] = '\0';
	for (size_t i = 0; i < j->n_names; i++)
		if (strncmp(j->names[i], name, 15) == 0)
			return true;
	return false;
}

/* Reads a path of the process, as far as it is there. */
static void
read_path(pid_t pid, uint64_t address, char *to, size_t size)
{
	size_t n = 0;

	/* Piece by piece: the next page may not be there. */
	while (n < size - 1) {
		size_t piece = 256 - (address + n) % 256;
		struct iovec ours, theirs;
		ssize_t got;

		if (piece > size - 1 - n)
			piece = size - 1 - n;
		ours = (struct iovec){ to + n, piece };
		theirs =
		    (struct iovec){ (void *)(uintptr_t)(address + n), piece };
		got = process_vm_readv(pid, &ours, 1, &theirs, 1, 0);
		if (got <= 0)
			break;
		if (memchr(to + n, '\0', (size_t)got) != NULL)
			return;
		n += (size_t)got;
	}
	to[n] = '\0';
}

/* Finds out what file a call is about. */
static void
name_file(
    const struct call *c, const struct seccomp_notif *q, char *to, size_t size)
{
	pid_t pid = (pid_t)q->pid;
	char path[64];
	ssize_t n;

	*to = '\0';
	if (c->what == PATH)
		read_path(pid, q->data.args[0], to, size);
	else if (c->what == AT_PATH)
		read_path(pid, q->data.args[1], to, size);
	else if (c->what == FD) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid,
		    (int)q->data.args[0]);
		n = readlink(path, to, size - 1);
		to[n > 0 ? n : 0] = '\0';
	}
}

static bool
is_of_loader(const char *file)
{
	static const char *const folders[] = { "/lib/", "/lib64/", "/usr/lib",
		"/etc/ld.so", "/usr/bin/", "/bin/" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (strncmp(file, folders[i], strlen(folders[i])) == 0)
			return true;
	return strstr(file, ".so") != NULL || strstr(file, "libasan") != NULL;
}

/* Does half of a write in the place of the process. */
static int64_t
write_half(const struct seccomp_notif *q)
{
	int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)q->pid, 0), fd = -1;
	size_t half = (size_t)q->data.args[2] / 2;
	struct iovec ours, theirs;
	int64_t r = -EIO;
	char *bytes;

	if (half > MAX_WRITE)
		half = MAX_WRITE;
	bytes = malloc(half + 1);
	ours = (struct iovec){ bytes, half };
	theirs = (struct iovec){ (void *)(uintptr_t)q->data.args[1], half };
	if (pidfd >= 0)
		fd = (int)syscall(
		    SYS_pidfd_getfd, pidfd, (int)q->data.args[0], 0);
	if (fd >= 0 && bytes != NULL &&
	    process_vm_readv((pid_t)q->pid, &ours, 1, &theirs, 1, 0) ==
		(ssize_t)half) {
		r = write(fd, bytes, half);
		if (r < 0)
			r = -errno;
	}
	free(bytes);
	if (fd >= 0)
		close(fd);
	if (pidfd >= 0)
		close(pidfd);
	return r;
}

/* Closes the descriptor that the process wants to close, which Linux does also
 * where it says EIO: a lock on it would stay. What is there then is good for
 * nothing. */
static void
close_theirs(const struct job *j, const struct seccomp_notif *q)
{
	int nothing = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct seccomp_notif_addfd add = { .id = q->id,
		.flags = SECCOMP_ADDFD_FLAG_SETFD,
		.srcfd = (uint32_t)nothing,
		.newfd = (uint32_t)q->data.args[0],
		.newfd_flags = O_CLOEXEC };

	if (nothing < 0 ||
	    (ioctl(j->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 &&
		errno != ENOENT))
		err(125, "close");
	close(nothing);
}

static const struct call *
call_of(const struct job *j, int number)
{
	for (size_t i = 0; i < j->n_calls; i++)
		if (j->calls[i]->number == number)
			return j->calls[i];
	return NULL;
}

static void
decide(
    struct job *j, const struct seccomp_notif *q, struct seccomp_notif_resp *a)
{
	const struct call *c = call_of(j, q->data.nr);
	char file[4096];

	a->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (c == NULL || !is_counted_process(j, (pid_t)q->pid))
		return;
	name_file(c, q, file, sizeof(file));
	if (is_of_loader(file))
		return;
	/* Half of a byte is none; and that of a pipe or a socket does not fail. */
	if (j->how == SHORT && q->data.args[2] < 2)
		return;
	if (j->how == FAIL && c->number == SYS_close && *file != '/')
		return;
	j->count++;
	if (j->from == 0 || j->count < j->from || j->count > j->to)
		return;
	if (j->log != NULL)
		fprintf(
		    j->log, "%ld %u %s %s\n", j->count, q->pid, c->name, file);
	switch (j->how) {
	case FAIL:
		if (c->number == SYS_close)
			close_theirs(j, q);
		a->flags = 0;
		a->error = -j->error;
		break;
	case SHORT:
		a->flags = 0;
		a->val = write_half(q);
		if (a->val < 0) {
			a->error = (int)a->val;
			a->val = 0;
		}
		break;
	case KILL:
		kill((pid_t)q->pid, SIGKILL);
		break;
	case KILL_GROUP:
		kill(-j->child, SIGKILL);
		break;
	}
}

/* Answers the kernel until nobody is left who could ask. */
static void
answer(struct job *j)
{
	struct seccomp_notif q;
	struct seccomp_notif_resp a;
	struct pollfd p = { j->listener, POLLIN, 0 };

	for (;;) {
		p.revents = 0;
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			err(125, "poll");
		if ((p.revents & POLLIN) == 0 && (p.revents & POLLHUP) != 0)
			return;
		if ((p.revents & POLLIN) == 0)
			continue;
		memset(&q, 0, sizeof(q));
		memset(&a, 0, sizeof(a));
		/* It may be dead already. */
		if (ioctl(j->listener, SECCOMP_IOCTL_NOTIF_RECV, &q) != 0)
			continue;
		a.id = q.id;
		decide(j, &q, &a);
		(void)ioctl(j->listener, SECCOMP_IOCTL_NOTIF_SEND, &a);
	}
}

static void
set_range(struct job *j, const char *text)
{
	char *end;

	j->from = strtol(text, &end, 10);
	j->to = *end == ',' ? strtol(end + 1, &end, 10) : j->from;
	if (j->from < 0 || j->to < j->from || *end != '\0')
		usage();
}

int
main(int argc, char **argv)
{
	struct job j = { .error = EIO };
	bool to_end = false;
	int c, status;

	while ((c = getopt(argc, argv, "+c:e:gkl:n:P:st")) != -1)
		switch (c) {
		case 'c':
			add_calls(&j, optarg);
			break;
		case 'e':
			j.error = error_by_name(optarg);
			break;
		case 'g':
			j.how = KILL_GROUP;
			break;
		case 'k':
			j.how = KILL;
			break;
		case 'l':
			j.log = fopen(optarg, "we");
			if (j.log == NULL)
				err(125, "%s", optarg);
			break;
		case 'n':
			set_range(&j, optarg);
			break;
		case 'P':
			add_names(&j, optarg);
			break;
		case 's':
			j.how = SHORT;
			break;
		case 't':
			to_end = true;
			break;
		default:
			usage();
		}
	if (optind == argc || j.n_calls == 0)
		usage();
	if (to_end)
		j.to = INT32_MAX;
	start(&j, argv + optind);
	answer(&j);
	if (waitpid(j.child, &status, 0) != j.child)
		err(125, "wait");
	if (j.log != NULL) {
		fprintf(j.log, "calls=%ld\n", j.count);
		if (fclose(j.log) != 0)
			err(125, "log");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
