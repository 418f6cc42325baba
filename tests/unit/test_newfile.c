/* test_newfile - a file that becomes visible whole */
#include "folder.h"
#include "tap.h"

#include <sys/wait.h>

#include "base/newfile.h"

static struct folder_path dir;

static const char *
in_dir(const char *name)
{
	static struct folder_path path;

	path = folder_at(dir, name);
	return path.p;
}

static void
holds(const char *name, const char *want, const char *what)
{
	struct buf b = { 0 };

	is(folder_get(&b, folder_at(dir, name)), want, "%s", what);
	buf_release(&b);
}

static void
test_write(void)
{
	struct stat st;

	ok(newfile_write(in_dir("a"), STR("one"), NEWFILE_SYNC), "a new one");
	holds("a", "one", "holds what it was given");
	ok(newfile_write(in_dir("a"), STR("2"), 0), "in place of it");
	holds("a", "2", "it holds the other");
	ok(lstat(in_dir(".a.tmp"), &st) != 0, "nothing is left aside");
	ok(newfile_write(in_dir("p"), STR("x"), NEWFILE_PRIVATE) &&
		stat(in_dir("p"), &st) == 0 && (st.st_mode & 07777) == 0600,
	    "for nobody else");
	ok(!newfile_write(in_dir("none/a"), STR("x"), NEWFILE_SYNC) &&
		errno == ENOENT,
	    "a folder that is not there");
}

/* What a kill leaves behind, and what others may put there. */
static void
test_aside(void)
{
	struct stat st;

	folder_put(folder_at(dir, ".a.tmp"), STR("more than is written then"));
	ok(newfile_write(in_dir("a"), STR("three"), NEWFILE_SYNC),
	    "one was left");
	holds("a", "three", "nothing of it is in the new one");
	ok(lstat(in_dir(".a.tmp"), &st) != 0, "and it has gone");
	folder_put(folder_at(dir, ".p.tmp"), STR(""));
	if (chmod(in_dir(".p.tmp"), 0644) != 0)
		err(1, "%s", dir.p);
	ok(newfile_write(in_dir("p"), STR("x"), NEWFILE_PRIVATE) &&
		stat(in_dir("p"), &st) == 0 && (st.st_mode & 07777) == 0600,
	    "one that all may read was left: for nobody else all the same");
	if (symlink("a", in_dir(".a.tmp")) != 0)
		err(1, "%s", dir.p);
	ok(!newfile_write(in_dir("a"), STR("x"), NEWFILE_SYNC),
	    "a link is not followed");
	holds("a", "three", "what it names is as it was");
	if (unlink(in_dir(".a.tmp")) != 0 ||
	    mkfifo(in_dir(".a.tmp"), 0600) != 0)
		err(1, "%s", dir.p);
	ok(!newfile_write(in_dir("a"), STR("x"), NEWFILE_SYNC),
	    "nor is a FIFO waited for");
	if (unlink(in_dir(".a.tmp")) != 0)
		err(1, "%s", dir.p);
}

/* Many at once: each time somebody looks it is one of theirs, whole. */
static void
test_at_once(void)
{
	static char text[64 * 1024];
	pid_t pids[4];
	bool good = true;
	int status;

	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] != 0)
			continue;
		memset(text, 'a' + i, sizeof(text));
		for (int n = 0; n < 100; n++)
			if (!newfile_write(in_dir("b"),
				(struct str){ text, sizeof(text) }, 0))
				_exit(1);
		_exit(0);
	}
	for (int n = 0; n < 300; n++) {
		FILE *f = fopen(in_dir("b"), "re");
		size_t len;

		if (f == NULL)
			continue;
		len = fread(text, 1, sizeof(text), f);
		good = good && len == sizeof(text);
		for (size_t i = 1; i < len; i++)
			good = good && text[i] == text[0];
		fclose(f);
	}
	for (int i = 0; i < 4; i++)
		good = waitpid(pids[i], &status, 0) == pids[i] && status == 0 &&
		    good;
	ok(good, "four at once: it is always whole");
}

int
main(void)
{
	dir = folder_new();
	test_write();
	test_aside();
	test_at_once();
	folder_remove(dir);
	return tap_done();
}
