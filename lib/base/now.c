#include "base/now.h"

#include <time.h>

static int64_t
ask(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
now_ms(void)
{
	return ask(CLOCK_REALTIME);
}

int64_t
now_mono_ms(void)
{
	return ask(CLOCK_MONOTONIC);
}
