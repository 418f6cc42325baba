#include "base/chance.h"

#include <sys/random.h>

#include "base/now.h"

uint64_t
chance(void)
{
	uint64_t v;

	/* It fails only on kernels that are older than the call. */
	if (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
		v = (uint64_t)now_mono_ms() * UINT64_C(0x9e3779b97f4a7c15);
	return v;
}
