/*
 * The windows that wait: in order, and what is packed comes back.
 */
#include "tap.h"

#include "model/windows.h"

static void
test_order(void)
{
	static const int64_t came[] = { 7, 3, 9, 5, -2, 9 };
	struct windows w = { 0 };

	for (size_t i = 0; i < sizeof(came) / sizeof(*came); i++)
		windows_get(&w, came[i])->tally.n.messages += came[i];
	is_int((int64_t)w.n, 5, "one that is there is not made again");
	for (size_t i = 1; i < w.n; i++)
		ok(w.p[i - 1].index < w.p[i].index, "in order: %zu", i);
	is_int(windows_get(&w, 9)->tally.n.messages, 18, "and found");
	is_int(windows_get(&w, -2)->tally.n.messages, -2, "also the first");

	w.n_fed = 3; /* -2, 3, 5 */
	(void)windows_get(&w, 4);
	is_int((int64_t)w.n_fed, 4, "one among those looked at is one of them");
	(void)windows_get(&w, 8);
	is_int((int64_t)w.n_fed, 4, "one behind them is not");
	windows_drop(&w, 3); /* -2, 3, 4 */
	is_int((int64_t)w.n_fed, 1, "dropped: one that was looked at is left");
	is_int(w.p[0].index, 5, "the first of the others");
	windows_drop(&w, 2);
	is_int((int64_t)w.n_fed, 0, "dropped: none of them");
	is_int((int64_t)w.n, 2, "two are left");
	windows_release(&w);
	is_int((int64_t)w.n, 0, "nothing is left");
}

static void
test_packed(void)
{
	struct windows w = { 0 };
	struct packing packing = { 0 };

	for (int64_t i = 0; i < 4; i++)
		windows_get(&w, i)->tally.n.bits = i + 1;
	for (size_t i = 0; i < 3; i++)
		windows_pack(&w, i, &packing);
	ok(w.p[1].open == NULL && w.p[1].packed != NULL, "packed");
	windows_pack(&w, 1, &packing);
	windows_fetch(&w, 1);
	windows_fetch(&w, 4);
	is_int(windows_open(&w, 1)->tally.n.bits, 2, "opened: as it was");
	is_int(windows_get(&w, 2)->tally.n.bits, 3, "found: opened, too");
	ok(w.p[2].packed == NULL, "and packed no longer");
	windows_empty(&w, 3);
	ok(w.p[3].open == NULL && w.p[3].packed == NULL, "emptied");
	is_int(windows_open(&w, 3)->tally.n.bits, 0, "nothing is left in it");
	/* One is packed, three are open. */
	windows_release(&w);
	packing_release(&packing);
}

int
main(void)
{
	test_order();
	test_packed();
	return tap_done();
}
