/*
 * fuzz rawmerge: any bytes, cut at each NUL into the inputs, merged; held
 * against taking the input with the earliest line again and again.
 */
#include "fuzz.h"

#include "base/tstamp.h"
#include "format/rawmerge.h"

#define INPUTS 12 /* more than are kept open */

struct slow {
	struct str rest, line; /* what is left; the next line */
	int64_t time, number;
	bool there;
};

/* The time of a line that is whole and can be read; else that of before. */
static int64_t
time_of(struct str line, int64_t before)
{
	int64_t time = IRC_NO_TIME;
	struct rawlog raw;
	struct irc m = { 0 };

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (rawlog_parse(&raw, line)) {
		time = raw.received;
		if (raw.source == RAWLOG_BARE) {
			(void)!irc_parse(&m, raw.payload);
			time = irc_time(&m);
		}
	}
	return time != IRC_NO_TIME && time > before ? time : before;
}

static void
advance(struct slow *s)
{
	s->there = fuzz_line(&s->rest, &s->line);
	s->number++;
	if (s->there)
		s->time = time_of(s->line, s->time);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes left = { data, size };
	struct str all = fuzz_str(data, size);
	struct slow slow[INPUTS];
	char paths[INPUTS][64], *names[INPUTS];
	int fds[INPUTS];
	const struct rawline *line;
	struct rawmerge *m;
	struct errmsg why;
	size_t n = 0;
	int more;

	do {
		const char *nul =
		    n < INPUTS - 1 ? memchr(all.p, '\0', all.len) : NULL;
		struct str whole = { all.p,
			nul != NULL ? (size_t)(nul - all.p) : all.len };
		struct str one = whole;

		/* Those that look compressed are for fuzz_unpack. */
		if (one.len >= 2 &&
		    (memcmp(one.p, "\x1f\x8b", 2) == 0 ||
			memcmp(one.p, "\x28\xb5", 2) == 0 ||
			(one.p[0] & 0xf0) == 0x50))
			one.len = 0;
		fds[n] = fuzz_file((const uint8_t *)one.p, one.len, paths[n]);
		names[n] = paths[n];
		slow[n] = (struct slow){ .rest = one, .time = INT64_MIN };
		advance(&slow[n]);
		n++;
		(void)fuzz_slice(&left, whole.len + (nul != NULL));
		all = fuzz_str(left.p, left.left);
	} while (all.len > 0);
	m = rawmerge_new(names, n, NULL);
	while ((more = rawmerge_next(m, &line, &why)) == 1) {
		struct slow *first = NULL;

		for (size_t i = 0; i < n; i++)
			if (slow[i].there &&
			    (first == NULL || slow[i].time < first->time))
				first = &slow[i];
		must(first != NULL);
		must(line->name == names[first - slow]);
		must(line->number == first->number);
		must(str_eq(line->line, first->line));
		advance(first);
	}
	must(more == 0);
	for (size_t i = 0; i < n; i++) {
		must(!slow[i].there);
		close(fds[i]);
	}
	must(rawmerge_offset(m) == rawmerge_size(m));
	rawmerge_free(m);
	return 0;
}
