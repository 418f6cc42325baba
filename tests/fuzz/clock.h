/*
 * clock - the library's clock and its chance, in our hands
 *
 * The clock stands still until the test moves it; chance has no choice.
 */
#ifndef TW_TESTS_CLOCK_H
#define TW_TESTS_CLOCK_H

#include "base/chance.h"
#include "base/now.h"

static int64_t clock_ms; /* since the test began */

int64_t
now_ms(void)
{
	return INT64_C(1763899200123) + clock_ms;
}

int64_t
now_mono_ms(void)
{
	return clock_ms;
}

uint64_t
chance(void)
{
	return 4;
}

#endif
