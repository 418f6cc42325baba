#include "model/lag.h"

#define LAG_EARLIEST_MS (-1000)
#define LAG_LATEST_MS   5000

void
lag_add(struct lag *l, int64_t received, int64_t sent)
{
	int64_t ms = received - sent;

	if (sent == INT64_MIN || received == INT64_MIN)
		return;
	l->n++;
	l->early += ms < LAG_EARLIEST_MS;
	l->late += ms > LAG_LATEST_MS;
	if (ms < -LAG_LIMIT_MS)
		ms = -LAG_LIMIT_MS;
	if (ms > LAG_LIMIT_MS)
		ms = LAG_LIMIT_MS;
	l->steps[(ms + LAG_LIMIT_MS) / LAG_STEP_MS]++;
}

bool
lag_is_odd(const struct lag *l, int64_t *median)
{
	int64_t below = 0, step = 0;

	if (l->early * 2 <= l->n && l->late * 2 <= l->n)
		return false;
	while (step < LAG_STEPS - 1 && (below + l->steps[step]) * 2 < l->n)
		below += l->steps[step++];
	*median = step * LAG_STEP_MS - LAG_LIMIT_MS;
	return true;
}
