/*
 * fuzz json: what the fast reader reads to its end, the full one reads as the
 * same members, and so it reads what jansson writes of the line. Lines with a
 * key twice are for the callers to find: they leave those to the full reader
 * themselves.
 */
#include "fuzz.h"

#include "dump.h"
#include "format/jsonr.h"
#include "format/jsonscan.h"

#define MEMBERS 256 /* as many as are compared */

/* Fractions are compared as numbers: only one of the readers has a double. */
static void
must_be_same(const struct member *fast, const struct member *full)
{
	char a[64], b[64];

	must(str_eq(fast->key, full->key));
	must(fast->kind == full->kind);
	if (fast->kind == MEMBER_INT)
		must(fast->num == full->num);
	if (fast->kind != MEMBER_REAL) {
		must(str_eq(fast->text, full->text));
		return;
	}
	must(fast->text.len < sizeof(a) && full->text.len < sizeof(b));
	snprintf(a, sizeof(a), "%.*s", STR_ARGS(fast->text));
	snprintf(b, sizeof(b), "%.*s", STR_ARGS(full->text));
	must(strtod(a, NULL) == strtod(b, NULL));
}

static bool
has_key(const struct member *m, size_t n, struct str key)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(m[i].key, key))
			return true;
	return false;
}

/* What jansson writes of `line`, which it could read, has the same members. */
static void
other_spellings(struct jsonr *r, struct str line)
{
	static struct jsonr *other;
	static struct buf dump;
	struct errmsg why;
	struct member a, b;

	if (other == NULL)
		other = jsonr_new();
	for (size_t i = 0; i < DUMP_N; i++) {
		/* It does not read lone surrogates, which we repair. */
		if (!dump_line(line, dump_spellings[i], &dump))
			return;
		must(jsonr_read(r, line, JSONR_STRICT, &why) == JSONR_OBJECT);
		must(jsonr_read(other, buf_view(&dump), JSONR_STRICT, &why) ==
		    JSONR_OBJECT);
		while (jsonr_next(r, &a) == 1) {
			must(jsonr_next(other, &b) == 1);
			must(str_eq(a.key, b.key) && a.kind == b.kind);
			must(str_eq(a.text, b.text) && a.num == b.num);
		}
		must(jsonr_next(other, &b) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf scratch, list;
	static struct jsonr *r;
	struct member fast[MEMBERS], full;
	struct str line = fuzz_str(data, size), rest, s;
	struct jsonscan scan;
	struct errmsg why;
	enum jsonr_kind kind;
	size_t n = 0;
	int more;

	if (r == NULL)
		r = jsonr_new();
	/* The full reader has to get along with anything. */
	kind = jsonr_read(r, line, JSONR_REPAIR, &why);
	while (kind == JSONR_OBJECT && jsonr_next(r, &full) == 1)
		;
	if (kind == JSONR_OBJECT)
		other_spellings(r, line);
	jsonscan_init(&scan, line, &scratch);
	while ((more = jsonscan_next(&scan, &fast[n])) == 1) {
		if (has_key(fast, n, fast[n].key) || ++n == MEMBERS)
			return 0;
	}
	if (more < 0)
		return 0;
	must(jsonr_read(r, line, JSONR_STRICT, &why) == JSONR_OBJECT);
	for (size_t i = 0; i < n; i++) {
		must(jsonr_next(r, &full) == 1);
		must_be_same(&fast[i], &full);
		if (fast[i].kind != MEMBER_LIST)
			continue;
		rest = fast[i].text;
		while (jsonscan_list_next(&rest, &list, &s))
			;
		must(rest.len == 1);
	}
	must(jsonr_next(r, &full) == 0);
	return 0;
}
