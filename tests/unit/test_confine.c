/*
 * test_confine - what a process cannot do after it has given it up
 *
 * Each attempt is a process of its own, as nothing is ever given back.
 */
#define _GNU_SOURCE /* O_PATH, posix_openpt */
#include "tap.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "base/confine.h"
#include "folder.h"

extern char **environ;

static struct folder_path inside, outside; /* folders */
static int kept;                           /* a file of `outside` */
static int terminal;
static long landlock; /* its version; below 1 = this kernel has none */

/* An attempt: 0, or the errno with which it failed. */
typedef int attempt(void);

static int
result(long r)
{
	return r >= 0 ? 0 : errno;
}

static int
open_in(struct folder_path dir, const char *name, int flags)
{
	return result(open(folder_at(dir, name).p, flags | O_CLOEXEC, 0600));
}

static int
make_socket(void)
{
	return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int
make_unix_socket(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
use_socket(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	/* Of the kernel, not of a filter, is what it says to this. */
	return result(connect(kept, (struct sockaddr *)&to, sizeof(to)));
}

static int
run_program(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return result(execve("/bin/true", argv, environ));
}

static int
run_descriptor(void)
{
	char name[] = "true", *argv[] = { name, NULL };
	int fd = open("/bin/true", O_PATH | O_CLOEXEC);

	return result(syscall(
	    SYS_execveat, fd, "", argv, environ, 0x1000 /* AT_EMPTY_PATH */));
}

static int
run_by_shell(void)
{
	/* As popen() and its like do: a new process, and then. */
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(run_program());
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int
trace_parent(void)
{
	return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int
read_parent(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &kept, 1 };

	return result(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}

static int
signal_parent(void)
{
	return result(kill(getppid(), SIGURG));
}

static int
signal_self(void)
{
	return result(kill(getpid(), SIGURG));
}

static int
use_ring(void)
{
	char parameters[256] = { 0 };

	return result(syscall(SYS_io_uring_setup, 1, parameters));
}

static int
type_on_terminal(void)
{
	return result(ioctl(terminal, TIOCSTI, "x"));
}

static int
measure_terminal(void)
{
	struct winsize w;

	return result(ioctl(terminal, TIOCGWINSZ, &w));
}

static int
make_file(void)
{
	return open_in(outside, "new", O_WRONLY | O_CREAT);
}

static int
write_file(void)
{
	return open_in(outside, "file", O_WRONLY | O_APPEND);
}

static int
cut_file(void)
{
	return result(truncate(folder_at(outside, "file").p, 0));
}

static int
read_file(void)
{
	return open_in(outside, "file", O_RDONLY);
}

static int
write_open_file(void)
{
	return result(write(kept, "x", 1));
}

static int
remove_file(void)
{
	return result(unlink(folder_at(outside, "file").p));
}

static int
move_file(void)
{
	return result(
	    rename(folder_at(inside, "file").p, folder_at(outside, "b").p));
}

static int
link_file(void)
{
	return result(symlink("/etc/passwd", folder_at(outside, "link").p));
}

static int
make_dir(void)
{
	return result(mkdir(folder_at(outside, "dir").p, 0700));
}

static int
change_mode(void)
{
	return result(chmod(folder_at(outside, "file").p, 0777));
}

static int
change_open_mode(void)
{
	return result(fchmod(kept, 0777));
}

/* What a report does: a folder, a file aside, its name. */
static int
make_page(void)
{
	struct folder_path dir = folder_at(inside, "dir");
	struct folder_path aside = folder_at(dir, "aside");

	if (mkdir(dir.p, 0700) != 0)
		return errno;
	if (open_in(dir, "aside", O_WRONLY | O_CREAT | O_EXCL | O_TRUNC) != 0)
		return errno;
	return result(rename(aside.p, folder_at(dir, "page").p));
}

static int
remove_page(void)
{
	return result(unlink(folder_at(inside, "file").p));
}

/* Makes the attempt in a process of its own. -1 when a signal ended it. */
static int
alone(attempt *a)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(a());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "a process");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct confine *needed;
static attempt *attempted;

static int
confined(void)
{
	struct errmsg why;

	return confine(needed, &why) || landlock < 1 ? attempted() : 255;
}

/* Makes the attempt after all but `c` was given up, or, where there is no
 * Landlock, as much as can be. 255 when that was not possible. */
static int
after(const struct confine *c, attempt *a)
{
	needed = c;
	attempted = a;
	return alone(confined);
}

static void
refused(attempt *a, int want, const char *name)
{
	static const struct confine all = { false, NULL };

	is_int(after(&all, a), want, "%s", name);
}

static void
test_calls(void)
{
	static const struct confine network = { true, NULL };

	refused(make_socket, EPERM, "no socket");
	refused(make_unix_socket, EPERM, "no local one");
	refused(use_socket, EPERM, "nor is one used that was there");
	is_int(after(&network, make_socket), 0, "but where it is needed");
	is_int(after(&network, use_socket), ENOTSOCK, "it is used, too");
	refused(run_program, EPERM, "no program");
	is_int(after(&network, run_program), EPERM, "with a network neither");
	refused(run_descriptor, EPERM, "nor one that is open");
	refused(run_by_shell, EPERM, "nor in a new process");
	refused(read_parent, EPERM, "no memory of others");
#if !defined(__SANITIZE_ADDRESS__)
	refused(trace_parent, EPERM, "nobody is traced");
#else
	(void)trace_parent;
#endif
	refused(use_ring, EPERM, "no way round the filter");
	refused(type_on_terminal, EPERM, "nothing is typed");
	refused(measure_terminal, 0, "the terminal is asked all the same");
	refused(change_mode, EPERM, "no file is opened to others");
	refused(change_open_mode, EPERM, "nor one that is open");
	refused(signal_self, 0, "a signal to itself");
}

static void
test_files(void)
{
	const struct confine page = { false, inside.p };
	const struct folder_path no = folder_at(inside, "no");
	const struct confine nowhere = { false, no.p };
	int got;

	refused(make_file, EACCES, "no file is made");
	refused(write_file, EACCES, "none is written");
	refused(remove_file, EACCES, "none is removed");
	refused(make_dir, EACCES, "no folder");
	refused(link_file, EACCES, "no link");
	refused(make_page, EACCES, "anywhere");
	refused(read_file, 0, "files are read");
	refused(write_open_file, 0, "what is open is written");
	is_int(after(&page, make_page), 0, "in the folder of the pages");
	is_int(after(&page, make_file), EACCES, "and outside not");
	is_int(after(&page, remove_page), 0, "a page is removed");
	is_int(
	    after(&nowhere, make_file), EACCES, "a folder that is not there");
	folder_put(folder_at(inside, "file"), STR("x"));
	got = after(&page, move_file);
	ok(got == EACCES || got == EXDEV, "nothing leaves it: %d", got);
}

/* What only later kernels know: held where they do. */
static void
test_later(void)
{
	refused(cut_file, landlock >= 3 ? EACCES : 0, "no file is cut");
	refused(
	    signal_parent, landlock >= 6 ? EPERM : 0, "no signal to others");
}

/* Makes the kernel one that knows no Landlock, as far as we can see. */
static bool
hide_landlock(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset,
		    0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Where the kernel has not all of it, the rest holds, and it is told. */
static int
without_landlock(void)
{
	static const struct confine all = { false, NULL };
	struct errmsg why = { .text = "" };

	if (!hide_landlock() || confine(&all, &why))
		return 1;
	if (strstr(why.text, "Landlock: Function not implemented") == NULL)
		return 2;
	return make_socket() != EPERM ? 3 : make_file() != 0 ? 4 : 0;
}

/* All that is refused is possible without. */
static void
test_before(void)
{
	attempt *all[] = { make_socket, run_program, run_descriptor,
		run_by_shell, read_parent, signal_parent, make_file, write_file,
		make_dir, link_file, change_mode, change_open_mode };
	int bad = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		bad += alone(all[i]) != 0;
	is_int(bad, 0, "all of it is possible before");
}

int
main(void)
{
	struct folder_path dir = folder_new();

	inside = folder_at(dir, "in");
	outside = folder_at(dir, "out");
	folder_put(folder_at(inside, "file"), STR("x"));
	folder_put(folder_at(outside, "file"), STR("x"));
	kept = open(folder_at(outside, "file").p, O_WRONLY | O_CLOEXEC);
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (kept < 0 || terminal < 0)
		err(1, "a file and a terminal");
	landlock = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	test_calls();
#if defined(TW_COVERAGE)
	(void)test_files;
	(void)test_later;
	(void)without_landlock;
#else
	if (landlock >= 1) {
		test_files();
		test_later();
		is_int(alone(without_landlock), 0,
		    "without Landlock the rest holds, and it is said");
	} else {
		ok(true, "files # SKIP no Landlock in this kernel");
	}
#endif
	test_before();
	close(kept);
	close(terminal);
	folder_remove(dir);
	return tap_done();
}
