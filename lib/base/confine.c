/*
 * A list of what is refused, not of what is allowed: which calls the C library,
 * the sanitizers, valgrind or a preloaded library make differs from one version
 * to the next, and a filter that ends a report after an update is soon switched
 * off. What is on the list none of them needs. It is refused with EPERM rather
 * than by death, so that a library that only tries something goes on.
 *
 * Raw BPF and not libseccomp: that is a page of code against one more package for
 * whoever builds.
 */
#define _GNU_SOURCE /* O_PATH */
#include "base/confine.h"

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

/* Others, such as those where socketcall(2) is many calls in one, go without. */
#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH AUDIT_ARCH_RISCV64
#endif

#if defined(THIS_ARCH)

/* From here on numbers are those of x32: the same calls by other numbers. */
#define X32_FIRST 0x40000000U

/* Calls that the kernel may know before our headers do; the numbers are the same
 * on all machines. */
#define NR_FCHMODAT2  452
#define NR_SETXATTRAT 463

static const uint32_t network_calls[] = { __NR_socket, __NR_connect, __NR_bind,
	__NR_listen, __NR_accept, __NR_accept4 };

static const uint32_t calls[] = {
	__NR_execve,
	__NR_execveat,
#if !defined(WITH_ASAN)
	/* Its search for leaks is a thread that traces the others. */
	__NR_ptrace,
#endif
	__NR_process_vm_readv,
	__NR_process_vm_writev,
	__NR_pidfd_open,
	__NR_pidfd_getfd,
	/* No filter sees what is asked for through these. */
	__NR_io_uring_setup,
	__NR_io_uring_enter,
	__NR_io_uring_register,
	/* Landlock does not look at these. */
	__NR_fchmod,
	__NR_fchmodat,
	NR_FCHMODAT2,
	__NR_fchown,
	__NR_fchownat,
	__NR_setxattr,
	__NR_lsetxattr,
	__NR_fsetxattr,
	NR_SETXATTRAT,
#if defined(__NR_chmod)
	__NR_chmod,
	__NR_chown,
	__NR_lchown,
#endif
	/* Parts of the kernel in which mistakes have been found. */
	__NR_bpf,
	__NR_perf_event_open,
	__NR_userfaultfd,
	__NR_add_key,
	__NR_request_key,
	__NR_keyctl,
	__NR_unshare,
	__NR_setns,
	__NR_mount,
};

/* What would type on the terminal in the user's name. */
static const uint32_t typing[] = { TIOCSTI, TIOCLINUX };

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define REFUSE   (SECCOMP_RET_ERRNO | EPERM)

/* A filter under way, with room for all that there can be in it. */
struct filter {
	struct sock_filter code[2 * COUNT(network_calls) + 2 * COUNT(calls) +
	    2 * COUNT(typing) + 16];
	unsigned short n;
};

static void
add(struct filter *f, unsigned code, uint32_t k, unsigned no)
{
	f->code[f->n++] = (struct sock_filter){ (unsigned short)code, 0,
		(unsigned char)no, k };
}

/* Refuses when what was loaded compares to one of the `n` values. */
static void
refuse(struct filter *f, unsigned compare, const uint32_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add(f, BPF_JMP | compare | BPF_K, values[i], 1);
		add(f, BPF_RET | BPF_K, REFUSE, 0);
	}
}

static bool
filter_calls(bool network)
{
	static const uint32_t x32 = X32_FIRST, arch = THIS_ARCH;
	const unsigned load = BPF_LD | BPF_W | BPF_ABS;
	struct filter f = { .n = 0 };
	struct sock_fprog program;

	add(&f, load, offsetof(struct seccomp_data, arch), 0);
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, arch, 0);
	f.code[f.n - 1].jt = 1;
	add(&f, BPF_RET | BPF_K, REFUSE, 0);
	add(&f, load, offsetof(struct seccomp_data, nr), 0);
	refuse(&f, BPF_JGE, &x32, 1);
	refuse(&f, BPF_JEQ, calls, COUNT(calls));
	if (!network)
		refuse(&f, BPF_JEQ, network_calls, COUNT(network_calls));
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, __NR_ioctl, 0);
	f.code[f.n - 1].jt = 1;
	add(&f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	/* The kernel takes the lower half of the second argument alone. All three
	 * machines have it first. */
	add(&f, load, offsetof(struct seccomp_data, args[1]), 0);
	refuse(&f, BPF_JEQ, typing, COUNT(typing));
	add(&f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	program = (struct sock_fprog){ f.n, f.code };
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

static bool
filter_calls(bool network)
{
	(void)network;
	errno = ENOSYS;
	return false;
}

#endif

/* The rights of linux/landlock.h by number, as older headers lack the later ones:
 * all that changes a file or starts it, without reading. */
#define FS_EXECUTE     ((uint64_t)1 << 0)
#define FS_WRITE_FILE  ((uint64_t)1 << 1)
#define FS_REMOVE_DIR  ((uint64_t)1 << 4)
#define FS_REMOVE_FILE ((uint64_t)1 << 5)
#define FS_MAKE_DIR    ((uint64_t)1 << 7)
#define FS_MAKE_REG    ((uint64_t)1 << 8)
#define FS_MAKE_ANY    ((uint64_t)0x7f << 6)
#define FS_REFER       ((uint64_t)1 << 13) /* version 2 */
#define FS_TRUNCATE    ((uint64_t)1 << 14) /* version 3 */
#define SCOPE_SIGNAL   ((uint64_t)1 << 1)  /* version 6 */

/* What counts the lines that run writes files at the end. */
#if defined(TW_COVERAGE)
#define WITH_FILES false
#else
#define WITH_FILES true
#endif

/* As the kernel has it since version 6; older ones read its beginning, and mind
 * the rest only when it is not 0. */
struct ruleset {
	uint64_t files, network, scope;
};

/* Lets files be made, replaced and removed below `path`, if that is not NULL. */
static bool
allow_folder(int rules, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	bool good;

	if (path == NULL)
		return true;
	rule.parent_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* Who wants to write there will find out, and say so. */
	if (rule.parent_fd < 0)
		return true;
	good = syscall(__NR_landlock_add_rule, rules,
		   LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return good;
}

static bool
close_files(const char *folder)
{
	long version = syscall(__NR_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset r = { .files = FS_EXECUTE | FS_WRITE_FILE |
		    FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_ANY };
	uint64_t rights =
	    FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG;
	bool good;
	int rules;

	if (version < 1)
		return false;
	if (version >= 2)
		r.files |= FS_REFER;
	if (version >= 3) {
		r.files |= FS_TRUNCATE;
		rights |= FS_TRUNCATE;
	}
	if (version >= 6)
		r.scope = SCOPE_SIGNAL;
	rules = (int)syscall(__NR_landlock_create_ruleset, &r, sizeof(r), 0);
	if (rules < 0)
		return false;
	good = allow_folder(rules, folder, rights) &&
	    syscall(__NR_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return good;
}

bool
confine(const struct confine *c, struct errmsg *why)
{
	bool good = true;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		errmsg_set(why, "no_new_privs: %s", strerror(errno));
		return false;
	}
	if (WITH_FILES && !close_files(c->folder)) {
		errmsg_set(why, "Landlock: %s", strerror(errno));
		good = false;
	}
	if (!filter_calls(c->network)) {
		errmsg_set(why, "seccomp: %s", strerror(errno));
		good = false;
	}
	return good;
}

#else

bool
confine(const struct confine *c, struct errmsg *why)
{
	(void)c;
	errmsg_set(why, "not on this system");
	return false;
}

#endif
