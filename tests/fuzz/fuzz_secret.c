/*
 * fuzz secret: any bytes as the file of a secret, and as that of the token from
 * the last run; a token that is read is written and read again as the same.
 */
#include "fuzz.h"

#include "base/secret.h"
#include "base/tstamp.h"
#include "remote/token.h"
#include "scratch.h"

static void
check_secret(const char *path, struct str bytes)
{
	struct secret s;
	struct errmsg why;
	size_t n = bytes.len < sizeof(s.bytes) ? bytes.len : sizeof(s.bytes);

	while (n > 0 && bytes.p[n - 1] != '\0' &&
	    strchr(" \t\r\n", bytes.p[n - 1]) != NULL)
		n--;
	must(secret_read(&s, path, "secret", &why) == (n > 0));
	must(n > 0 || why.text[0] != '\0');
	must(str_eq(s.text, (struct str){ bytes.p, n }));
	secret_wipe(&s);
	for (size_t i = 0; i < sizeof(s.bytes); i++)
		must(s.bytes[i] == 0);
}

static void
check_token(const char *path)
{
	struct token t, again;
	struct errmsg why;

	if (!token_load(&t, path)) {
		token_release(&t);
		return;
	}
	must(t.text.len > 0);
	must(t.renew_at >= TSTAMP_MIN && t.renew_at <= TSTAMP_MAX);
	must(t.validated_at >= TSTAMP_MIN && t.validated_at <= TSTAMP_MAX);
	must(token_save(&t, path, &why));
	/* A file that would be too long is as good as none. */
	if (token_load(&again, path)) {
		must(str_eq(buf_view(&t.text), buf_view(&again.text)));
		must(t.renew_at == again.renew_at);
		must(t.validated_at == again.validated_at);
	}
	token_release(&again);
	token_release(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/token", scratch());
	scratch_write(path, data, size);
	check_secret(path, fuzz_str(data, size));
	check_token(path);
	return 0;
}
