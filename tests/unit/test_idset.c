/*
 * test_idset - a set of numbers, held against a list
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "base/idset.h"
#include "rand.h"

static bool
list_add(uint64_t *list, uint32_t *n, uint64_t id)
{
	for (uint32_t i = 0; i < *n; i++)
		if (list[i] == id)
			return false;
	list[(*n)++] = id;
	return true;
}

/* `mask` says how far the numbers lie apart. */
static void
test_against_list(uint64_t mask, const char *name)
{
	static uint64_t list[2002];
	struct idset s = { 0 }, t = { 0 };
	uint64_t r = 5;
	uint32_t n = 0;
	int bad = 0;

	for (int i = 0; i < 2000; i++) {
		uint64_t id = (rand_next(&r) & mask) | (i % 5 == 0);

		if (id == 0)
			id = UINT64_MAX;
		bad += idset_add(&s, id) != list_add(list, &n, id);
		bad += s.n != n ||
		    s.n > (s.cap <= 1024 ? s.cap / 2 : s.cap / 4 * 3);
	}
	is_int(bad, 0, "%s: as a list says", name);
	idset_add(&t, 1);
	idset_add_all(&t, &s);
	idset_add_all(&t, &s);
	list_add(list, &n, 1);
	is_int(t.n, n, "%s: all of it in another", name);
	idset_add_all(&t, &t);
	is_int(t.n, n, "%s: added to itself it stays", name);
	/* As a list, and a list that is added to. */
	idset_copy(&s, list);
	n = s.n;
	idset_clear(&t);
	memcpy(idset_list(&t, n), list, n * sizeof(*list));
	bad = 0;
	for (uint32_t i = 0; i < n; i++)
		bad += !idset_has(&t, list[i]) || !idset_has(&s, list[i]);
	bad += idset_has(&t, UINT64_C(0x123456789)) !=
	    idset_has(&s, UINT64_C(0x123456789));
	is_int(bad, 0, "%s: a list has what the set has", name);
	for (uint32_t i = 0; i < n; i++)
		bad += idset_add(&t, list[i]);
	for (uint32_t i = 0; i < n; i++)
		bad += !idset_has(&t, list[i]);
	ok(bad == 0 && t.n == n, "%s: all are in it already", name);
	idset_clear(&t);
	memcpy(idset_list(&t, n), list, n * sizeof(*list));
	idset_clear(&s);
	idset_add_all(&s, &t);
	for (uint32_t i = 0; i < n; i++)
		bad += !idset_has(&s, list[i]);
	ok(bad == 0 && s.n == n, "%s: a list is added to a set", name);
	idset_clear(&t);
	for (uint32_t i = 0; i < n; i++)
		bad += !idset_add(&t, list[i]);
	ok(bad == 0 && t.n == n, "%s: a list that is emptied is a set", name);
	idset_release(&s);
	idset_release(&t);
	ok(s.n == 0 && s.ids == NULL, "%s: a release empties it", name);
}

int
main(void)
{
	struct idset empty = { 0 }, other = { 0 };

	idset_add_all(&other, &empty);
	ok(other.n == 0 && other.ids == NULL, "nothing adds nothing");
	test_against_list(0x3ff, "small numbers");
	test_against_list(UINT64_MAX, "wide numbers");
	test_against_list(UINT64_C(0xffff) << 48, "high bits only");
	test_against_list(UINT64_C(0xfff) << 20, "middle bits only");
	return tap_done();
}
