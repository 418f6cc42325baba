/*
 * The file of a secret: what counts of it, and what is said without it.
 */
#include "tap.h"

#include "base/secret.h"
#include "folder.h"

int
main(void)
{
	struct folder_path dir = folder_new(), path = folder_at(dir, "token");
	struct errmsg why = { "" };
	struct secret s;
	bool wiped = true;

	ok(!secret_read(&s, path.p, "token", &why), "there is no file");
	ok(strstr(why.text, path.p) != NULL, "it is named: %s", why.text);
	secret_wipe(&s);
	folder_put(path, STR(" \r\n\n"));
	ok(!secret_read(&s, path.p, "token", &why), "nothing is in it");
	ok(strstr(why.text, "no token in it") != NULL, "and that is said");
	secret_wipe(&s);
	folder_put(path, STR("abc 1\t\r\n"));
	ok(secret_read(&s, path.p, "token", &why), "a secret");
	is(s.text, "abc 1", "without what stands behind it");
	secret_wipe(&s);
	for (size_t i = 0; i < sizeof(s.bytes); i++)
		wiped = wiped && s.bytes[i] == 0;
	ok(wiped && s.text.p == NULL, "wiped");
	folder_remove(dir);
	return tap_done();
}
