/*
 * test_dayfiles - a file for each name and UTC day, appended to
 */
#include "tap.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "base/dayfiles.h"
#include "folder.h"
#include "rand.h"

#define DAY1 "2026-11-23"
#define DAY2 "2026-11-24"

static struct dayfiles *
begin(struct folder_path dir, size_t max_open)
{
	static struct folder_path kept;
	struct errmsg why;
	struct dayfiles *d;

	kept = dir;
	d = dayfiles_new(kept.p, max_open, false, &why);
	if (d == NULL)
		errx(1, "%s", why.text);
	return d;
}

static bool
put(struct dayfiles *d, size_t number, const char *name, const char *date,
    struct str bytes)
{
	struct dayfiles_at at = { number, str_of(name), date };

	return dayfiles_write(d, &at, bytes, false) == (ssize_t)bytes.len;
}

/* The bytes of a file below `dir`, to be looked at once. */
static struct str
get(struct folder_path dir, const char *path)
{
	static struct buf b;

	return folder_get(&b, folder_at(dir, path));
}

static void
test_few(void)
{
	struct folder_path dir = folder_new();
	struct folder_path below = folder_at(dir, "new/raw");
	struct dayfiles *d = begin(below, 4);
	struct stat st;

	ok(stat(below.p, &st) == 0 && S_ISDIR(st.st_mode),
	    "the folder is made, with those above");
	is_int((int64_t)dayfiles_open(d), 0, "no file is open");
	ok(put(d, 0, "kanal", DAY1, STR("one\n")), "a line");
	ok(put(d, 0, "kanal", DAY1, STR("two\nthree\n")), "two more");
	ok(put(d, 1, "other", DAY1, STR("x\n")), "another name");
	is_int((int64_t)dayfiles_open(d), 2, "two files");
	is(get(below, "kanal/" DAY1 ".log"), "one\ntwo\nthree\n", "in a file");
	is(get(below, "other/" DAY1 ".log"), "x\n", "of its own");
	ok(put(d, 0, "kanal", DAY2, STR("four\n")), "the next day");
	is_int((int64_t)dayfiles_open(d), 2, "one file a name is open");
	is(get(below, "kanal/" DAY2 ".log"), "four\n", "has another file");
	ok(put(d, 0, "kanal", DAY1, STR("late\n")), "a day back");
	is(get(below, "kanal/" DAY1 ".log"), "one\ntwo\nthree\nlate\n",
	    "goes behind what was there");
	dayfiles_leave(d, 0);
	is_int((int64_t)dayfiles_open(d), 1, "left");
	dayfiles_leave(d, 0);
	dayfiles_leave(d, 77);
	is_int((int64_t)dayfiles_open(d), 1, "once is enough");
	ok(put(d, 0, "kanal", DAY1, STR("again\n")), "met again");
	is(get(below, "kanal/" DAY1 ".log"), "one\ntwo\nthree\nlate\nagain\n",
	    "appended");
	ok(dayfiles_sync(d), "nothing to bring to the disk");
	dayfiles_free(d);
	dayfiles_free(NULL);

	d = begin(below, 1);
	ok(put(d, 0, "kanal", DAY2, STR("five\n")), "another run");
	is(get(below, "kanal/" DAY2 ".log"), "four\nfive\n", "goes on");
	dayfiles_free(d);
	folder_remove(dir);
}

/* Where it cannot be. */
static void
test_new(void)
{
	struct folder_path dir = folder_new(), file = folder_at(dir, "file");
	struct folder_path below = folder_at(file, "x");
	struct folder_path slash = folder_at(dir, "a/b/");
	struct errmsg why = { .text = "" };
	struct dayfiles *d;
	struct stat st;
	int before = folder_descriptors();

	folder_put(file, STR("x"));
	ok(dayfiles_new(file.p, 1, false, &why) == NULL, "a file is no folder");
	ok(strstr(why.text, file.p) != NULL, "it says which: %s", why.text);
	ok(chmod(file.p, 0700) == 0 &&
		dayfiles_new(file.p, 1, false, &why) == NULL,
	    "nor is one that can be run");
	ok(strstr(why.text, "Not a directory") != NULL, "for no other reason");
	ok(dayfiles_new(below.p, 1, false, &why) == NULL, "nor is one below");
	ok(strstr(why.text, "Not a directory") != NULL, "and why");
	d = dayfiles_new(slash.p, 1, true, &why);
	ok(d != NULL && put(d, 0, "n", DAY1, STR("x\n")), "a slash at the end");
	is(get(dir, "a/b/n/" DAY1 ".log"), "x\n", "is fine");
	ok(dayfiles_sync(d), "brought to the disk");
	dayfiles_free(d);
	ok(stat(file.p, &st) == 0 && st.st_size == 1, "the file is as it was");
	is_int(folder_descriptors(), before, "nothing stays open");
	folder_remove(dir);
}

static int
mode_of(struct folder_path path)
{
	struct stat st;

	if (stat(path.p, &st) != 0)
		err(1, "%s", path.p);
	return (int)(st.st_mode & 07777);
}

/* Who may read it, and what is not written to. */
static void
test_private(void)
{
	struct folder_path dir = folder_new(), real = folder_at(dir, "real");
	struct folder_path data = folder_at(dir, "data");
	struct folder_path raw = folder_at(data, "raw");
	struct folder_path other = folder_at(dir, "other");
	struct folder_path link = folder_at(raw, "link/" DAY1 ".log");
	struct folder_path pipe = folder_at(raw, "pipe/" DAY1 ".log");
	mode_t before = umask(0);
	struct dayfiles *d;

	if (mkdir(real.p, 0700) != 0 || symlink("real", data.p) != 0)
		err(1, "%s", data.p);
	d = begin(raw, 4);
	ok(put(d, 0, "kanal", DAY1, STR("x\n")), "below a link to a folder");
	is(get(real, "raw/kanal/" DAY1 ".log"), "x\n", "is where it leads");
	is_int(mode_of(folder_at(raw, "kanal/" DAY1 ".log")), 0640, "a file");
	is_int(mode_of(folder_at(raw, "kanal")), 0750, "its folder");
	is_int(mode_of(raw), 0750, "and the one above");
	umask(077);
	ok(put(d, 0, "kanal", DAY2, STR("x\n")) &&
		put(d, 1, "link", DAY2, STR("x\n")) &&
		put(d, 2, "pipe", DAY2, STR("x\n")),
	    "more of them");
	is_int(mode_of(folder_at(raw, "kanal/" DAY2 ".log")), 0600,
	    "less the umask");
	is_int(mode_of(folder_at(raw, "link")), 0700, "the folder, too");

	folder_put(other, STR("torn"));
	if (symlink(other.p, link.p) != 0 || mkfifo(pipe.p, 0600) != 0)
		err(1, "%s", link.p);
	alarm(10);
	ok(!put(d, 1, "link", DAY1, STR("x\n")) && errno == ELOOP,
	    "a link is not written to");
	ok(!put(d, 2, "pipe", DAY1, STR("x\n")) && errno == ENOTSUP,
	    "nor a pipe");
	if (unlink(folder_at(raw, "link/" DAY2 ".log").p) != 0 ||
	    unlink(folder_at(raw, "pipe/" DAY2 ".log").p) != 0)
		err(1, "%s", raw.p);
	is_int(dayfiles_mend(d, STR("link")), -1, "a link is not mended");
	is_int(dayfiles_mend(d, STR("pipe")), -1, "nor a pipe");
	alarm(0);
	is(get(dir, "other"), "torn", "what it leads to is as it was");
	dayfiles_free(d);
	umask(before);
	folder_remove(dir);
}

/* A torn line is closed when its file is met for the first time, and once. */
static void
test_torn(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles *d;

	folder_put(folder_at(dir, "torn/" DAY1 ".log"), STR("a\nhal"));
	folder_put(folder_at(dir, "whole/" DAY1 ".log"), STR("a\nb\n"));
	folder_put(folder_at(dir, "empty/" DAY1 ".log"), STR(""));
	folder_put(folder_at(dir, "old/" DAY1 ".log"), STR("hal"));
	folder_put(folder_at(dir, "old/" DAY2 ".log"), STR("hal"));
	folder_put(folder_at(dir, "none/other.txt"), STR("hal"));
	d = begin(dir, 10);
	is_int(dayfiles_mend(d, STR("torn")), 1, "torn: a line is closed");
	ok(str_eq(get(dir, "torn/" DAY1 ".log"), STR("a\nhal\0\n")),
	    "with NUL LF");
	is_int(dayfiles_mend(d, STR("torn")), 0, "once");
	is_int(dayfiles_mend(d, STR("whole")), 0, "whole: none");
	is(get(dir, "whole/" DAY1 ".log"), "a\nb\n", "as it was");
	is_int(dayfiles_mend(d, STR("empty")), 0, "empty: none");
	is(get(dir, "empty/" DAY1 ".log"), "", "as it was");
	is_int(dayfiles_mend(d, STR("away")), 0, "no folder: none");
	ok(get(dir, "away").p == NULL, "and none is made");
	is_int(dayfiles_mend(d, STR("none")), 0, "no file of a day: none");
	is(get(dir, "none/other.txt"), "hal", "others are not touched");
	is_int(dayfiles_mend(d, STR("old")), 1, "of two days");
	is(get(dir, "old/" DAY1 ".log"), "hal", "not the older one");
	ok(str_eq(get(dir, "old/" DAY2 ".log"), STR("hal\0\n")), "the newest");
	is_int((int64_t)dayfiles_open(d), 0, "nothing stays open");

	ok(put(d, 0, "old", DAY1, STR("new\n")), "a write to an older one");
	ok(str_eq(get(dir, "old/" DAY1 ".log"), STR("hal\0\nnew\n")),
	    "closes its line, too");
	ok(put(d, 0, "old", DAY2, STR("x\n")), "and one to the newest");
	ok(str_eq(get(dir, "old/" DAY2 ".log"), STR("hal\0\nx\n")),
	    "finds it closed");
	ok(put(d, 1, "torn", DAY1, STR("x\n")) &&
		put(d, 1, "torn", DAY1, STR("y\n")),
	    "after the line that was closed");
	ok(str_eq(get(dir, "torn/" DAY1 ".log"), STR("a\nhal\0\nx\ny\n")),
	    "lines are whole");
	dayfiles_free(d);
	folder_remove(dir);
}

/* Half a line of our own is not torn, whatever happens to the file. */
static void
test_inside(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles_at a = { 0, STR("a"), DAY1 }, b = { 1, STR("b"), DAY1 };
	struct dayfiles *d = begin(dir, 1);

	ok(dayfiles_write(d, &a, STR("hal"), false) == 3, "half a line");
	is_int(dayfiles_mend(d, STR("a")), 0, "is not torn while it is open");
	ok(dayfiles_write(d, &b, STR("x\n"), false) == 2, "another file");
	is_int((int64_t)dayfiles_open(d), 1, "takes its place");
	ok(dayfiles_write(d, &a, STR("f\nnext\n"), true) == 7, "the rest");
	is(get(dir, "a/" DAY1 ".log"), "half\nnext\n", "the line is whole");
	ok(dayfiles_write(d, &a, STR("ha"), false) == 2, "another half");
	dayfiles_leave(d, 0);
	ok(dayfiles_write(d, &a, STR("lf\n"), true) == 3, "and its rest");
	is(get(dir, "a/" DAY1 ".log"), "half\nnext\nhalf\n", "after a leave");
	dayfiles_free(d);

	/* Of the run before, with a new set of files. */
	folder_put(folder_at(dir, "c/" DAY1 ".log"), STR("hal"));
	d = begin(dir, 1);
	a.name = STR("c");
	ok(dayfiles_write(d, &a, STR("f\n"), true) == 2, "a rest goes on");
	is(get(dir, "c/" DAY1 ".log"), "half\n", "where the line is known");
	dayfiles_free(d);

	/* Its begin is gone: with the file, or into a line of another's. */
	d = begin(dir, 1);
	a.name = STR("d");
	ok(dayfiles_write(d, &a, STR("hal"), false) == 3, "half a line");
	folder_remove(folder_at(dir, "d"));
	dayfiles_look(d);
	errno = 0;
	is_int(dayfiles_write(d, &a, STR("f\n"), true), -1, "is removed");
	is_int(errno, ESTALE, "so there is no going on");
	ok(put(d, 0, "d", DAY1, STR("half\n")), "but anew");
	is(get(dir, "d/" DAY1 ".log"), "half\n", "whole");
	ok(dayfiles_write(d, &a, STR("hal"), false) == 3, "half a line");
	dayfiles_leave(d, 0);
	folder_put(folder_at(dir, "d/" DAY1 ".log"), STR("hal\0\n"));
	errno = 0;
	is_int(dayfiles_write(d, &a, STR("f\n"), true), -1, "is closed");
	is_int(errno, ESTALE, "likewise");
	dayfiles_free(d);
	folder_remove(dir);
}

/* While another writes there, its half line is not torn. */
static void
test_lock(void)
{
	struct folder_path dir = folder_new();
	struct folder_path path = folder_at(dir, "n/" DAY1 ".log");
	struct dayfiles *d, *other;
	int fd;

	folder_put(path, STR("hal"));
	fd = open(path.p, O_RDWR);
	ok(fd >= 0 && flock(fd, LOCK_SH) == 0, "another one writes");
	d = begin(dir, 2);
	is_int(dayfiles_mend(d, STR("n")), 0, "no line is closed");
	is(get(dir, "n/" DAY1 ".log"), "hal", "the file is as it was");
	ok(lseek(fd, 0, SEEK_END) == 3 && write(fd, "f\n", 2) == 2, "the rest");
	ok(put(d, 0, "n", DAY1, STR("x\n")), "and a line of ours");
	is(get(dir, "n/" DAY1 ".log"), "half\nx\n", "both are whole");
	ok(flock(fd, LOCK_EX | LOCK_NB) != 0, "we hold a lock, too");
	ok(flock(fd, LOCK_SH | LOCK_NB) == 0, "a shared one");
	ok(flock(fd, LOCK_UN) == 0 && flock(fd, LOCK_EX | LOCK_NB) != 0,
	    "as long as it is open");
	dayfiles_leave(d, 0);
	ok(flock(fd, LOCK_EX | LOCK_NB) == 0, "not for longer");
	close(fd);

	/* The same between two of our own. */
	other = begin(dir, 2);
	ok(put(d, 0, "n", DAY1, STR("ha")), "half a line of the one");
	ok(put(other, 0, "n", DAY1, STR("")), "the other meets it");
	is(get(dir, "n/" DAY1 ".log"), "half\nx\nha", "not closed");
	dayfiles_free(d);
	dayfiles_free(other);
	other = begin(dir, 2);
	is_int(dayfiles_mend(other, STR("n")), 1, "the one is gone: closed");
	dayfiles_free(other);
	folder_remove(dir);
}

/* A name's file of a new day is met for the first time, though the one of the
 * day before had to make room. */
static void
test_torn_next_day(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles *d = begin(dir, 1);

	ok(put(d, 0, "a", DAY1, STR("one\n")), "a file");
	folder_put(folder_at(dir, "a/" DAY2 ".log"), STR("hal"));
	ok(put(d, 0, "a", DAY2, STR("two\n")), "the next day's, torn");
	ok(str_eq(get(dir, "a/" DAY2 ".log"), STR("hal\0\ntwo\n")),
	    "its line is closed");
	dayfiles_free(d);
	folder_remove(dir);

	dir = folder_new();
	d = begin(dir, 1);
	ok(put(d, 0, "a", DAY1, STR("one\n")), "a file");
	ok(put(d, 1, "b", DAY1, STR("one\n")), "that makes room");
	folder_put(folder_at(dir, "a/" DAY2 ".log"), STR("hal"));
	ok(put(d, 0, "a", DAY2, STR("two\n")), "the next day's, torn");
	ok(str_eq(get(dir, "a/" DAY2 ".log"), STR("hal\0\ntwo\n")),
	    "its line is closed, too");
	dayfiles_free(d);
	folder_remove(dir);

	dir = folder_new();
	d = begin(dir, 4);
	ok(put(d, 0, "a", DAY1, STR("one\n")), "a file");
	dayfiles_leave(d, 0);
	folder_put(folder_at(dir, "a/" DAY2 ".log"), STR("hal"));
	ok(put(d, 0, "a", DAY2, STR("two\n")), "that was left");
	ok(str_eq(get(dir, "a/" DAY2 ".log"), STR("hal\0\ntwo\n")),
	    "the line of the next day's is closed");
	dayfiles_free(d);
	folder_remove(dir);
}

/* What only looks like a file of a day is somebody else's. */
static void
test_strangers(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles *d = begin(dir, 2);

	folder_put(folder_at(dir, "n/" DAY1 ".log"), STR("hal"));
	folder_put(folder_at(dir, "n/everything.log"), STR("not ours"));
	is_int(dayfiles_mend(d, STR("n")), 1, "the newest day's line");
	ok(str_eq(get(dir, "n/" DAY1 ".log"), STR("hal\0\n")), "is closed");
	is(get(dir, "n/everything.log"), "not ours",
	    "a file of no day is not touched");
	dayfiles_free(d);
	folder_remove(dir);
}

static void
test_links(void)
{
	struct folder_path dir = folder_new();
	struct folder_path path = folder_at(dir, "n/" DAY1 ".log");
	struct folder_path aim = folder_at(dir, "n/aim");
	struct dayfiles *d = begin(dir, 2);

	folder_put(aim, STR("x"));
	ok(symlink(aim.p, path.p) == 0, "a link in its place");
	errno = 0;
	ok(!put(d, 0, "n", DAY1, STR("y\n")) && errno == ELOOP,
	    "is not followed");
	is_int(dayfiles_mend(d, STR("n")), -1, "nor mended");
	is(get(dir, "n/aim"), "x", "what it names is as it was");
	is_int((int64_t)dayfiles_open(d), 0, "nothing is open");
	dayfiles_free(d);
	folder_remove(dir);
}

/* Many names in few files: each keeps its lines and its order. */
static void
test_bound(void)
{
	struct folder_path dir = folder_new();
	int before = folder_descriptors(), most = 0, bad = 0, torn = 0;
	struct dayfiles *d = begin(dir, 3);
	struct buf want[20] = { { 0 } };
	uint64_t r = 14;

	for (int i = 0; i < 2000; i++) {
		size_t n = rand_below(&r, 4) == 0 ? rand_below(&r, 20)
						  : rand_below(&r, 3);
		char name[8], line[32];
		int open;

		snprintf(name, sizeof(name), "n%zu", n);
		snprintf(line, sizeof(line), "%d\n", i);
		bad += !put(d, n, name, DAY1, str_of(line));
		buf_str(&want[n], str_of(line));
		open = folder_descriptors() - before;
		most = open > most ? open : most;
		bad += open != (int)dayfiles_open(d);
		if (rand_below(&r, 50) == 0)
			dayfiles_leave(d, rand_below(&r, 20));
	}
	is_int(bad, 0, "2000 writes to 20 files");
	is_int(most, 3, "3 of them open at once");
	for (int n = 0; n < 20; n++) {
		char name[32];

		snprintf(name, sizeof(name), "n%d/" DAY1 ".log", n);
		torn += !str_eq(get(dir, name), buf_view(&want[n]));
		buf_release(&want[n]);
	}
	is_int(torn, 0, "all lines are there, in their order");
	dayfiles_free(d);
	is_int(folder_descriptors(), before, "none is open in the end");
	folder_remove(dir);
}

/* Who is written to all the time keeps its place: it is not reopened. */
static void
test_used(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles *d = begin(dir, 3);
	struct folder_path path = folder_at(dir, "hot/" DAY1 ".log");
	struct folder_path moved = folder_at(dir, "hot/moved");
	int bad = 0;

	bad += !put(d, 0, "hot", DAY1, STR("x\n"));
	/* A file that is open is written to under any name. */
	ok(rename(path.p, moved.p) == 0, "a busy file");
	for (size_t i = 1; i <= 60; i++) {
		char name[8];

		snprintf(name, sizeof(name), "n%zu", i);
		bad += !put(d, i, name, DAY1, STR("y\n"));
		bad += !put(d, 0, "hot", DAY1, STR("x\n"));
	}
	is_int(bad, 0, "60 others once");
	is_int((int64_t)get(dir, "hot/moved").len, 61 * 2, "is not closed");
	dayfiles_free(d);
	folder_remove(dir);
}

static void
test_many(void)
{
	struct folder_path dir = folder_new();
	int before = folder_descriptors(), bad = 0, lost = 0;
	struct dayfiles *d = begin(dir, 8);
	char name[32];

	/* The last first: the arrays by number grow at once. */
	for (int round = 0; round < 2; round++)
		for (size_t i = 4999; i < 5000; i -= 17) {
			snprintf(name, sizeof(name), "n%zu", i);
			bad += !put(
			    d, i, name, round == 0 ? DAY1 : DAY2, str_of(name));
			bad += folder_descriptors() - before > 8;
			bad += dayfiles_open(d) > 8;
		}
	is_int(bad, 0, "numbers up to 5000, two days, 8 files open");
	for (int i = 4999; i >= 0; i -= 17) {
		char want[32];

		snprintf(want, sizeof(want), "n%d", i);
		snprintf(name, sizeof(name), "n%d/" DAY1 ".log", i);
		lost += !str_eq(get(dir, name), str_of(want));
		snprintf(name, sizeof(name), "n%d/" DAY2 ".log", i);
		lost += !str_eq(get(dir, name), str_of(want));
	}
	is_int(lost, 0, "each has its file");
	dayfiles_free(d);
	folder_remove(dir);
}

/* A process that may not open as many as it thought. */
static void
test_no_descriptors(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles *d = begin(dir, 100);
	struct rlimit old, low;
	size_t room = 0;
	int bad = 0;

	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	for (low.rlim_cur = 0; room < 5; low.rlim_cur++)
		room += fcntl((int)low.rlim_cur, F_GETFD) < 0;
	setrlimit(RLIMIT_NOFILE, &low);
	for (size_t i = 0; i < 40; i++) {
		char name[8];

		snprintf(name, sizeof(name), "n%zu", i);
		bad += !put(d, i, name, DAY1, STR("x\n"));
	}
	setrlimit(RLIMIT_NOFILE, &old);
	is_int(bad, 0, "40 files with 5 descriptors");
	is_int((int64_t)dayfiles_open(d), 5, "as many as can be are open");
	dayfiles_free(d);
	folder_remove(dir);
}

/* A file that takes a part only, then nothing, then all. */
static void
test_full(void)
{
	struct folder_path dir = folder_new();
	struct dayfiles *d = begin(dir, 2);
	struct dayfiles_at at = { 0, STR("n"), DAY1 };
	struct rlimit old, low;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	low = old;
	low.rlim_cur = 10;
	setrlimit(RLIMIT_FSIZE, &low);
	is_int(dayfiles_write(d, &at, STR("12345\n789012\n"), false), 10,
	    "a part is written");
	errno = 0;
	is_int(dayfiles_write(d, &at, STR("12\n"), true), -1, "then none");
	is_int(errno, EFBIG, "with the reason");
	setrlimit(RLIMIT_FSIZE, &old);
	is_int(dayfiles_write(d, &at, STR("12\n"), true), 3, "then the rest");
	is(get(dir, "n/" DAY1 ".log"), "12345\n789012\n", "where it belongs");
	dayfiles_free(d);
	folder_remove(dir);
}

/* Last, as it may read past the name. */
static void
test_no_name(void)
{
	struct errmsg why;

	fflush(stdout);
	ok(dayfiles_new("", 1, false, &why) == NULL, "no name is no folder");
}

int
main(void)
{
	test_few();
	test_new();
	test_private();
	test_torn();
	test_inside();
	test_lock();
	test_torn_next_day();
	test_strangers();
	test_links();
	test_bound();
	test_used();
	test_many();
	test_no_descriptors();
	test_full();
	test_no_name();
	return tap_done();
}
