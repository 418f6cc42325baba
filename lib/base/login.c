#include "base/login.h"

#include <stdint.h>

#include "base/bytes.h"

/* Tells whether the first `len` of the 32 bytes at `p` are those of a login. */
static inline bool
all_fit(const char *p, size_t len)
{
	uint32_t fit = bytes_login(p) | bytes_login(p + BYTES_16) << BYTES_16;

	return (~fit & ((UINT32_C(1) << len) - 1)) == 0;
}

/* Looks at a copy of `s`, behind which nothing may be read. */
static NEVER_INLINE bool
copy_fits(struct str s)
{
	char copy[2 * BYTES_16] = { 0 };

	memcpy(copy, s.p, s.len);
	return all_fit(copy, s.len);
}

bool
login_is(struct str s)
{
	if (s.len == 0 || s.len > LOGIN_MAX)
		return false;
	/* Every raw line's channel is asked for: no loop over its bytes. */
	return LIKELY(bytes_can_read(s.p, 2 * BYTES_16)) ? all_fit(s.p, s.len)
							 : copy_fits(s);
}

bool
login_fold(struct str s, struct login *login)
{
	if (s.len > 0 && *s.p == '#') {
		s.p++;
		s.len--;
	}
	if (s.len > LOGIN_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		login->p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z'
		    ? (char)(s.p[i] | 32)
		    : s.p[i];
	login->p[s.len] = '\0';
	return login_is((struct str){ login->p, s.len });
}
