/*
 * test_secret - what a file holds that nobody else is to see
 */
#include "tap.h"

#include <sys/resource.h>
#include <sys/wait.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "base/secret.h"
#include "folder.h"

static void
test_read(void)
{
	struct folder_path dir = folder_new(), file = folder_at(dir, "secret");
	struct errmsg why = { .text = "" };
	struct secret s, none;
	char bytes[600];

	folder_put(file, STR("s3cret \t\r\n"));
	ok(secret_read(&s, file.p, "token", &why), "a file");
	is(s.text, "s3cret", "without what stands behind it");
	secret_wipe(&s);
	memset(&none, 0, sizeof(none));
	ok(memcmp(&s, &none, sizeof(s)) == 0, "nothing is left of it");
	folder_put(file, STR("\n"));
	ok(!secret_read(&s, file.p, "token", &why), "an empty one is none");
	ok(strstr(why.text, "no token in it") != NULL, "%s", why.text);
	memset(bytes, 'x', sizeof(bytes));
	folder_put(file, (struct str){ bytes, sizeof(bytes) });
	ok(secret_read(&s, file.p, "token", &why), "a long one");
	is_int((int64_t)s.text.len, sizeof(s.bytes), "stays in its place");
	ok(!secret_read(&s, folder_at(dir, "no").p, "token", &why), "none");
	ok(strstr(why.text, "No such file") != NULL, "%s", why.text);
	folder_remove(dir);
}

static void
test_open(void)
{
	static const struct {
		mode_t mode;
		bool want;
	} modes[] = { { 0600, false }, { 0400, false }, { 0640, false },
		{ 0644, true }, { 0604, true }, { 0602, true } };
	struct folder_path dir = folder_new(), file = folder_at(dir, "secret");

	folder_put(file, STR("x"));
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (chmod(file.p, modes[i].mode) != 0)
			err(1, "%s", file.p);
		is_int(secret_is_open(file.p), modes[i].want, "mode %o",
		    (unsigned)modes[i].mode);
	}
	ok(!secret_is_open(folder_at(dir, "no").p), "a file that is not there");
	folder_remove(dir);
}

/* In a process of its own, as it is for good. */
static int
guarded(void)
{
	struct rlimit limit;

	secret_guard();
	if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0 ||
	    limit.rlim_max != 0)
		return 1;
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 2;
#endif
	return 0;
}

static void
test_guard(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(guarded());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "a process");
	is_int(status, 0, "no core dump, and nobody looks into the memory");
}

int
main(void)
{
	test_read();
	test_open();
	test_guard();
	return tap_done();
}
