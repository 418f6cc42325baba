#include "base/login.h"

bool
login_is(struct str s)
{
	/* Of each byte: every raw line's channel is asked for. */
	/* clang-format off */
	static const bool fits[256] = {
		['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		['_'] = 1,
		['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
			1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	};
	/* clang-format on */
	bool good = s.len > 0 && s.len <= LOGIN_MAX;

	for (size_t i = 0; i < s.len; i++)
		good &= fits[(unsigned char)s.p[i]];
	return good;
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
