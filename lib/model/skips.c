#include "model/skips.h"

#include "base/num.h"
#include "format/hash.h"

void
skips_add(struct skips *s, struct str kind)
{
	uint64_t hash = hash_str(kind, 0);
	size_t i = s->kinds.n < SKIPS_KINDS ? map_number(&s->kinds, kind, hash)
					    : map_find(&s->kinds, kind, hash);

	s->n[i != MAP_NONE ? i : SKIPS_KINDS]++;
}

int64_t
skips_total(const struct skips *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i <= SKIPS_KINDS; i++)
		sum += s->n[i];
	return sum;
}

void
skips_describe(const struct skips *s, struct buf *b)
{
	const char *sep = " (";

	for (size_t i = 0; i <= SKIPS_KINDS; i++) {
		if (s->n[i] == 0)
			continue;
		buf_str(b, str_of(sep));
		buf_str(
		    b, i < SKIPS_KINDS ? map_name(&s->kinds, i) : STR("other"));
		buf_byte(b, ' ');
		num_add_thousands(b, s->n[i]);
		sep = ", ";
	}
	if (*sep == ',')
		buf_byte(b, ')');
}

void
skips_release(struct skips *s)
{
	map_release(&s->kinds);
}
