/*
 * test_token - the app access token, from one run to the next
 */
#include "tap.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/tstamp.h"
#include "folder.h"
#include "remote/token.h"

#define URL "https://id.example/oauth2"

/* Sets or, with NULL, unsets a variable. */
static void
set(const char *name, const char *value)
{
	if ((value != NULL ? setenv(name, value, 1) : unsetenv(name)) != 0)
		err(1, "%s", name);
}

static bool
path_of(struct buf *b, const char *cache, const char *home)
{
	buf_reset(b);
	set("XDG_CACHE_HOME", cache);
	set("HOME", home);
	return token_path(b, URL, "client");
}

static void
test_path(void)
{
	struct buf b = { 0 }, other = { 0 };

	ok(path_of(&b, "/x/cache", "/home/a"), "a cache folder");
	ok(str_starts(buf_view(&b), STR("/x/cache/tw/")), "has it");
	ok(b.len > 0 && b.p[b.len - 1] == '\0' && strlen(b.p) == b.len - 1,
	    "terminated");
	ok(path_of(&b, NULL, "/home/a") &&
		str_starts(buf_view(&b), STR("/home/a/.cache/tw/")),
	    "none: below home");
	ok(path_of(&b, "", "/home/a") &&
		str_starts(buf_view(&b), STR("/home/a/.cache/tw/")),
	    "an empty one is none");
	ok(path_of(&b, "cache", "/home/a") &&
		str_starts(buf_view(&b), STR("/home/a/.cache/tw/")),
	    "nor is one that is not absolute");
	ok(!path_of(&b, NULL, NULL), "no home, no place");
	ok(!path_of(&b, "cache", "home"), "neither absolute");
	ok(!path_of(&b, "", ""), "both empty");
	ok(path_of(&b, "/c", NULL), "no home is needed then");

	set("XDG_CACHE_HOME", "/c");
	ok(token_path(&other, URL, "client") &&
		str_eq(buf_view(&b), buf_view(&other)),
	    "the same for the same");
	buf_reset(&other);
	ok(token_path(&other, URL, "client2") &&
		!str_eq(buf_view(&b), buf_view(&other)),
	    "another client, another file");
	buf_reset(&other);
	ok(token_path(&other, URL "x", "client") &&
		!str_eq(buf_view(&b), buf_view(&other)),
	    "another server, too");
	ok(strstr(other.p, "client") == NULL, "the client is not named");
	buf_reset(&other);
	buf_lit(&other, "at ");
	ok(token_path(&other, URL, "client") && other.len == b.len + 3 &&
		strcmp(other.p + 3, b.p) == 0,
	    "appended to what was there");
	buf_release(&b);
	buf_release(&other);
}

static bool
save(struct folder_path path, const char *text, struct errmsg *why)
{
	struct token t = { .renew_at = INT64_C(1800000000123),
		.validated_at = INT64_C(1700000000000) };
	bool good;

	buf_str(&t.text, str_of(text));
	good = token_save(&t, path.p, why);
	token_release(&t);
	return good;
}

/* Tells whether the file has the token `want`; NULL = none that is of use. */
static bool
has(struct folder_path path, const char *want)
{
	struct token t;
	bool good = token_load(&t, path.p);

	if (want == NULL)
		good = !good;
	else
		good = good && str_eq(buf_view(&t.text), str_of(want)) &&
		    t.renew_at == INT64_C(1800000000123) &&
		    t.validated_at == INT64_C(1700000000000);
	token_release(&t);
	return good;
}

static int
files_in(struct folder_path dir)
{
	DIR *d = opendir(dir.p);
	int n = 0;

	if (d == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
test_save(void)
{
	struct folder_path dir = folder_new(), tw = folder_at(dir, "c/tw");
	struct folder_path path = folder_at(tw, "t.json");
	int before = folder_descriptors(), fd;
	struct errmsg why = { .text = "" };
	struct stat st, old;
	mode_t mask = umask(0);

	ok(save(path, "abc123", &why), "saved: %s", why.text);
	ok(stat(path.p, &st) == 0 && (st.st_mode & 07777) == 0600,
	    "for nobody else, whatever the umask");
	ok(stat(tw.p, &st) == 0 && (st.st_mode & 07777) == 0700,
	    "nor is its folder");
	ok(has(path, "abc123"), "reads back, with its times");
	is_int(files_in(tw), 1, "nothing beside it");

	if (chmod(path.p, 0644) != 0 || (fd = open(path.p, O_RDONLY)) < 0)
		err(1, "%s", path.p);
	ok(fstat(fd, &old) == 0 && save(path, "second", &why), "once more");
	ok(stat(path.p, &st) == 0 && st.st_ino != old.st_ino,
	    "the old file is not written to");
	ok((st.st_mode & 07777) == 0600, "the new one has its own mode");
	ok(has(path, "second"), "and the new token");
	close(fd);
	ok(save(path, "\"\\\n\t\x01/\xc3\xa4", &why) &&
		has(path, "\"\\\n\t\x01/\xc3\xa4"),
	    "any bytes of text");
	is_int(folder_descriptors(), before, "nothing stays open");
	umask(mask);
	folder_remove(dir);
}

/* Where it cannot be saved the old one stays, and nothing is left aside. */
static void
test_no_save(void)
{
	struct folder_path dir = folder_new();
	struct folder_path path = folder_at(dir, "t.json");
	struct folder_path below = folder_at(path, "tw/t.json");
	struct folder_path taken = folder_at(dir, "taken");
	struct errmsg why = { .text = "" };
	struct rlimit old, low;

	ok(save(path, "old", &why), "a token");
	ok(!save(below, "new", &why), "a file is no folder");
	ok(strstr(why.text, below.p) != NULL, "it says which: %s", why.text);
	ok(strstr(why.text, "new") == NULL, "not the token");
	if (mkdir(taken.p, 0755) != 0)
		err(1, "%s", taken.p);
	ok(!save(taken, "new", &why), "a folder is no file");
	is_int(files_in(dir), 2, "nothing is left aside");

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	low = old;
	for (low.rlim_cur = 0; low.rlim_cur <= 30; low.rlim_cur += 30) {
		bool good;

		fflush(stdout);
		setrlimit(RLIMIT_FSIZE, &low);
		good = save(path, "new", &why);
		setrlimit(RLIMIT_FSIZE, &old);
		ok(!good, "no room after %d bytes", (int)low.rlim_cur);
		ok(strstr(why.text, "No such file") == NULL,
		    "the reason is another: %s", why.text);
		ok(has(path, "old"), "the old one stays");
		is_int(files_in(dir), 2, "nothing is left aside");
	}

	/* Who lays a link there shall not have it. */
	ok(symlink(taken.p, folder_at(dir, ".t.json.tmp").p) == 0 &&
		!save(path, "new", &why),
	    "a link lies where it is written");
	ok(has(path, "old"), "the old one stays");
	folder_remove(dir);
}

static void
test_others(void)
{
	struct folder_path dir = folder_new();
	struct folder_path path = folder_at(dir, "t.json");
	struct folder_path link = folder_at(dir, "link");
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
	struct errmsg why;

	ok(has(path, NULL), "no file, no token");
	ok(has(dir, NULL), "a folder is none");
	ok(save(path, "abc", &why) && has(path, "abc"), "ours");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		ok(chmod(path.p, modes[i]) == 0 && has(path, NULL),
		    "not with mode %04o", (unsigned)modes[i]);
	ok(chmod(path.p, 0400) == 0 && has(path, "abc"), "but with 0400");
	ok(symlink(path.p, link.p) == 0 && has(link, NULL), "a link is none");
	if (geteuid() == 0)
		ok(chown(path.p, 12345, 12345) == 0 && has(path, NULL),
		    "nor is somebody else's");
	folder_remove(dir);
}

static void
test_damaged(void)
{
	static const char *const none[] = { "", "x", "{", "[]", "null", "{}",
		"{\"access_token\":\"\"}", "{\"access_token\":5}",
		"{\"access_token\":null}", "{\"access_token\":[\"abc\"]}",
		"{\"access_token\":\"abc\"", "{\"token\":\"abc\"}",
		"{\"access_token\":\"abc\"} x" };
	struct folder_path dir = folder_new();
	struct folder_path path = folder_at(dir, "t.json");
	struct token t;

	umask(077);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		folder_put(path, str_of(none[i]));
		ok(has(path, NULL), "no token: %s", none[i]);
	}
	folder_put(path,
	    STR("{\"access_token\":\"abc\",\"renew_at\":\"soon\",\"more\":[1],"
		"\"validated_at\":5}"));
	ok(token_load(&t, path.p) && str_eq(buf_view(&t.text), STR("abc")),
	    "a token without times");
	is_int(t.renew_at, 0, "is due");
	is_int(t.validated_at, 0, "and was never looked at");
	token_release(&t);
	ok(t.text.len == 0 && t.text.p == NULL, "nothing is left of it");
	token_release(&t);
	folder_remove(dir);
}

int
main(void)
{
	test_path();
	test_save();
	test_no_save();
	test_others();
	test_damaged();
	return tap_done();
}
