#include "base/login.h"

bool
login_is(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
			return false;
	}
	return s.len > 0 && s.len <= LOGIN_MAX;
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
