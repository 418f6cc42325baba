#include "model/missing.h"

void
missing_add(struct missing *m, struct missing_line line)
{
	int64_t i = m->n++;

	if (i >= MISSING_FIRST) {
		i = MISSING_FIRST - 1;
		if (m->first[i].at < line.at)
			return;
	}
	for (; i > 0 && m->first[i - 1].at > line.at; i--)
		m->first[i] = m->first[i - 1];
	m->first[i] = line;
}
