/*
 * fuzz channels: any bytes as a list of channels, `-f`, against a slow reading
 * of tw-chat(1): one a line, `#` before the name, comments, blanks, any case.
 */
#include "fuzz.h"

#include <ctype.h>

#include "../../cmd/collect.h"
#include "base/login.h"
#include "format/hash.h"

/*
 * Finds the name in `line`, lower case.
 *
 * Returns its length; 0 when there is none.
 */
static size_t
slow_name(struct str line, char name[LOGIN_MAX])
{
	size_t from = 0, to = line.len, n = 0;

	/* A comment begins with the line or behind a blank. */
	for (size_t i = to; i-- > 0;)
		if (line.p[i] == '#' &&
		    (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			to = i;
	while (from < to && (line.p[from] == ' ' || line.p[from] == '\t'))
		from++;
	while (to > from && line.p[to - 1] != '\0' &&
	    strchr(" \t\r", line.p[to - 1]) != NULL)
		to--;
	for (; from < to; from++) {
		int c = (unsigned char)line.p[from];

		if (c >= 128 || !(isalnum(c) || c == '_') || n == LOGIN_MAX)
			return 0;
		name[n++] = (char)tolower(c);
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct map got = { 0 }, want = { 0 };
	struct collect_source source = { .words = TOOL_QUIET };
	struct str rest = fuzz_str(data, size), line;
	char path[64], name[LOGIN_MAX];
	int fd = fuzz_file(data, size, path);
	struct errmsg why;

	source.file = path;
	must(collect_read(&got, &source, &why));
	close(fd);
	/* What some editors put before a file is no part of it. */
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		rest = fuzz_str(data + 3, size - 3);
	while (fuzz_line(&rest, &line)) {
		struct str s = { name, slow_name(line, name) };

		if (s.len > 0)
			(void)map_number(&want, s, hash_str(s, 0));
	}
	must(got.n == want.n);
	for (size_t i = 0; i < got.n; i++) {
		must(login_is(map_name(&got, i)));
		must(str_eq(map_name(&got, i), map_name(&want, i)));
	}
	map_release(&got);
	map_release(&want);
	return 0;
}
