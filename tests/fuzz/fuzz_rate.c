/*
 * fuzz rate: any bytes as the lines of a header; what they say of the rate
 * limit is found line by line with nothing but libc.
 */
#include "fuzz.h"

#include <ctype.h>
#include <strings.h>

#include "remote/rate.h"

/* Finds the number of the header `name` in `line`, a C string. */
static void
slow(const char *line, const char *name, int64_t *n)
{
	const char *p;
	char *end;
	long long v;

	if (strncasecmp(line, name, strlen(name)) != 0)
		return;
	p = line + strlen(name);
	p += strspn(p, " \t");
	if (!isdigit((unsigned char)*p) || strspn(p, "0123456789") > 18)
		return;
	v = strtoll(p, &end, 10);
	if (end[strspn(end, " \t\r\n")] == '\0')
		*n = v;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf text;
	struct rate got = { -1, -1 }, want = got;
	struct str rest = fuzz_str(data, size), line;

	if (size > 0 && memchr(data, '\0', size) != NULL)
		return 0; /* libc cannot see what is behind it */
	while (fuzz_line(&rest, &line)) {
		buf_reset(&text);
		buf_str(&text, line);
		buf_byte(&text, '\0');
		slow(text.p, "Ratelimit-Remaining:", &want.remaining);
		slow(text.p, "Ratelimit-Reset:", &want.reset_s);
		rate_line(&got, line);
		must(got.remaining == want.remaining);
		must(got.reset_s == want.reset_s);
	}
	return 0;
}
