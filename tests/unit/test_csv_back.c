/*
 * test_csv_back - fields that are written read back (RFC 4180)
 *
 * Cases by hand are in test_csv.c.
 */
#include "tap.h"

#include "format/csv.h"
#include "rand.h"

#define FIELDS 5

/*
 * Reads the field at the begin of `rest`, and the comma or LF behind it.
 *
 * Returns false when it is no field of RFC 4180.
 */
static bool
read_field(struct str *rest, struct buf *out)
{
	const char *p = rest->p, *end = p + rest->len;
	bool quoted = p < end && *p == '"';

	buf_reset(out);
	for (p += quoted; p < end; p++) {
		if (quoted && *p == '"') {
			if (++p == end || *p != '"')
				break;
		} else if (!quoted && strchr(",\n", *p) != NULL && *p != '\0') {
			break;
		} else if (!quoted && (*p == '"' || *p == '\r')) {
			return false;
		}
		buf_byte(out, *p);
	}
	if (p == end || (*p != ',' && *p != '\n'))
		return false;
	p++;
	*rest = (struct str){ p, (size_t)(end - p) };
	return true;
}

static bool
is_formula(struct str s)
{
	return s.len > 0 && s.p[0] != '\0' &&
	    strchr("=+-@\t\r\n", s.p[0]) != NULL;
}

static void
some_field(uint64_t *r, struct buf *b)
{
	static const char *const odd[] = { ",", "\"", "\"\"", "\n", "\r\n",
		"\r", "=", "+", "-", "@", "\t", "'", ";", " ", "\xc3\xa4" };

	for (size_t n = rand_below(r, 6); n > 0; n--)
		if (rand_below(r, 2) == 0)
			rand_pick(r, b, odd, sizeof(odd) / sizeof(*odd));
		else
			rand_text(r, b, 5, false);
}

int
main(void)
{
	struct buf in[FIELDS] = { 0 }, row = { 0 }, got = { 0 };
	uint64_t r = 81;
	int bad = 0, quotes = 0;

	for (int round = 0; round < 20000; round++) {
		struct str rest;

		buf_reset(&row);
		for (int i = 0; i < FIELDS; i++) {
			buf_reset(&in[i]);
			some_field(&r, &in[i]);
			csv_text(&row, buf_view(&in[i]));
			buf_byte(&row, i == FIELDS - 1 ? '\n' : ',');
		}
		rest = buf_view(&row);
		for (int i = 0; i < FIELDS; i++) {
			struct str want = buf_view(&in[i]), s;

			quotes += rest.len > 0 && *rest.p == '"';
			if (!read_field(&rest, &got)) {
				bad++;
				break;
			}
			s = buf_view(&got);
			bad += is_formula(s);
			if (is_formula(want) && s.len > 0 && *s.p == '\'')
				s = (struct str){ s.p + 1, s.len - 1 };
			bad += !str_eq(s, want);
		}
		bad += rest.len != 0;
	}
	is_int(bad, 0, "20000 rows read back, none begins like a formula");
	ok(quotes > 10000, "%d fields had quotes", quotes);
	for (int i = 0; i < FIELDS; i++)
		buf_release(&in[i]);
	buf_release(&row);
	buf_release(&got);
	return tap_done();
}
