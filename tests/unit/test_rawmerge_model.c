/*
 * test_rawmerge_model - merges of many files against a stable sort
 *
 * 12 to 20 files, so that they are closed and opened again, plain and packed,
 * with bare lines and lines without a time. Cases by hand are in
 * test_rawmerge.c.
 */
#include "tap.h"

#include "base/tstamp.h"
#include "format/rawmerge.h"
#include "rand.h"
#include "temp.h"

#define FILES 20
#define LINES 40 /* of a file */

struct item {
	int64_t time; /* the latest of its file so far, ms */
	size_t file;
	int64_t number;
	char line[96];
};

static struct item items[FILES * LINES];
static const struct item *sorted[FILES * LINES];

static int
by_time(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a;
	const struct item *y = *(const struct item *const *)b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	/* Operands, then lines, lie in this order. */
	return x < y ? -1 : x > y;
}

/*
 * Makes a line of the time `ms`, of one of the kinds that there are.
 *
 * Returns false when it says no time.
 */
static bool
some_line(uint64_t *r, char *line, size_t size, int64_t ms)
{
	static const char *const sources[] = { "irc\tk\tPING", "helix\tk\tnull",
		"mark\t-\t{}", "irc\tk\tnonsense 1", "news\tk\t" };
	static const char *const timeless[] = { "PING :x", "nonsense", "",
		":s PRIVMSG #c :t", "@id=1 :s PRIVMSG #c :t",
		"@tmi-sent-ts=x PING", "2026-02-30T12:00:00.000Z\tirc\tk\tx" };
	char at[TSTAMP_LEN];

	switch (rand_below(r, 4)) {
	case 0:
		snprintf(line, size, "%s", timeless[rand_below(r, 7)]);
		return false;
	case 1:
		/* Only what Twitch says counts, where both are there. */
		snprintf(line, size, "@%stmi-sent-ts=%" PRId64 " PING",
		    rand_below(r, 2) == 0 ? "rm-received-ts=1;" : "", ms);
		return true;
	case 2:
		snprintf(line, size, "@rm-received-ts=%" PRId64 " PING", ms);
		return true;
	default:
		tstamp_write(at, ms);
		snprintf(line, size, "%.*s\t%s", TSTAMP_LEN, at,
		    sources[rand_below(r, 5)]);
		return true;
	}
}

/* Makes a file and its items. Returns its path. */
static char *
some_file(uint64_t *r, size_t file, size_t *n)
{
	struct buf plain = { 0 }, packed = { 0 };
	int64_t ms = INT64_C(1795435200000) + rand_between(r, 0, 60);
	int64_t latest = INT64_MIN, count = rand_between(r, 0, LINES);
	char *path;

	for (int64_t i = 1; i <= count; i++) {
		struct item *it = &items[*n];

		ms += rand_between(r, -3, 6);
		if (some_line(r, it->line, sizeof(it->line), ms) && ms > latest)
			latest = ms;
		it->time = latest;
		it->file = file;
		it->number = i;
		sorted[(*n)++] = it;
		buf_printf(&plain, "%s", it->line);
		/* A last line of nothing, without LF, would be no line. */
		if (i < count || it->line[0] == '\0' || rand_below(r, 2) == 0)
			buf_byte(&plain, '\n');
	}
	switch (rand_below(r, 4)) {
	case 0:
		temp_gzip(&packed, buf_view(&plain));
		path = temp_file(buf_view(&packed), ".gz");
		break;
	case 1:
		temp_zstd(&packed, buf_view(&plain));
		path = temp_file(buf_view(&packed), ".zst");
		break;
	default:
		path = temp_file(buf_view(&plain), ".log");
		break;
	}
	buf_release(&plain);
	buf_release(&packed);
	return path;
}

/* Holds a merge against the sorted items. Returns how many are wrong. */
static int
merge(char **paths, size_t n_files, size_t n, int errors)
{
	struct rawmerge *m = rawmerge_new(paths, n_files, NULL);
	const struct rawline *l;
	struct errmsg why;
	size_t i = 0;
	int bad = 0, more;

	while ((more = rawmerge_next(m, &l, &why)) != 0) {
		if (more < 0) {
			errors--;
			continue;
		}
		bad += i == n || !str_eq(l->line, str_of(sorted[i]->line)) ||
		    l->number != sorted[i]->number ||
		    strcmp(l->name, paths[sorted[i]->file]) != 0;
		if (bad > 0)
			break;
		i++;
	}
	bad += i != n || errors != 0;
	rawmerge_free(m);
	return bad;
}

static void
test_random(void)
{
	static char missing[] = "/nonexistent/x";
	uint64_t r = 91;
	int bad = 0;

	for (int round = 0; round < 100; round++) {
		size_t n_files = 12 + rand_below(&r, FILES - 11), n = 0;
		size_t none = rand_below(&r, FILES * 2);
		char *paths[FILES];

		for (size_t f = 0; f < n_files; f++)
			paths[f] = f == none ? missing : some_file(&r, f, &n);
		qsort(sorted, n, sizeof(*sorted), by_time);
		if (merge(paths, n_files, n, none < n_files) > 0 && bad++ == 0)
			printf("# round %d\n", round);
	}
	is_int(bad, 0, "100 merges of 12 to 20 files");
}

int
main(void)
{
	test_random();
	temp_end();
	return tap_done();
}
