/*
 * test_map - names and their numbers
 */
#include "tap.h"

#include "base/map.h"

/* A poor hash, so that names meet. */
static uint64_t
poor(struct str s)
{
	return s.len % 3;
}

static void
test_few(void)
{
	struct map m = { 0 };
	char name[] = "anna";

	ok(map_find(&m, STR("anna"), 1) == MAP_NONE, "an empty map has none");
	is_int((int64_t)map_number(&m, str_of(name), 1), 0, "the first is 0");
	is_int((int64_t)map_number(&m, STR("bert"), 1), 1, "the next is 1");
	is_int((int64_t)map_number(&m, STR(""), 1), 2, "nothing is a name");
	is_int(
	    (int64_t)map_number(&m, STR("a\0b"), 1), 3, "so is one with NUL");
	name[0] = 'x';
	is(map_name(&m, 0), "anna", "names are copied");
	is_int((int64_t)map_number(&m, STR("anna"), 1), 0,
	    "the same name has the same number");
	is_int((int64_t)map_find(&m, STR(""), 1), 2, "and is found");
	is_int((int64_t)map_find(&m, STR("a\0b"), 1), 3, "with its NUL");
	ok(map_find(&m, STR("a"), 1) == MAP_NONE, "a prefix is another name");
	ok(map_find(&m, STR("anna"), 2) == MAP_NONE,
	    "and a name with another hash is not looked for");
	is_int((int64_t)m.n, 4, "four names");
	map_release(&m);
	ok(map_find(&m, STR("anna"), 1) == MAP_NONE, "a release empties it");
}

static void
test_many(void)
{
	struct map m = { 0 };
	char name[32];
	int bad = 0;

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 2000; i++) {
			struct str s;

			snprintf(
			    name, sizeof(name), "%.*s%d", i % 7, "xxxxxxx", i);
			s = str_of(name);
			bad += map_number(&m, s, poor(s)) != (size_t)i;
			bad += map_find(&m, s, poor(s)) != (size_t)i;
			bad += !str_eq(map_name(&m, (size_t)i), s);
		}
	is_int(bad, 0, "2000 names with three hashes keep their numbers");
	is_int((int64_t)m.n, 2000, "and there are no others");
	map_release(&m);
}

int
main(void)
{
	test_few();
	test_many();
	return tap_done();
}
