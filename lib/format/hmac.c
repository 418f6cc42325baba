#include "format/hmac.h"

#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct hmac {
	struct hmac_sha256_ctx context;
};

static void
update(struct hmac *h, struct str s)
{
	if (s.len > 0)
		hmac_sha256_update(
		    &h->context, s.len, (const unsigned char *)s.p);
}

struct hmac *
hmac_new(struct str key)
{
	struct hmac *h = xcalloc(1, sizeof(*h));

	hmac_sha256_set_key(&h->context, key.len, (const unsigned char *)key.p);
	return h;
}

void
hmac_hex(struct hmac *h, struct str a, struct str b, size_t n, struct buf *to)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA256_DIGEST_SIZE];

	update(h, a);
	update(h, b);
	/* It begins anew with the same key, too. */
	hmac_sha256_digest(&h->context, sizeof(digest), digest);
	for (size_t i = 0; i < n && i < sizeof(digest); i++) {
		buf_byte(to, digits[digest[i] >> 4]);
		buf_byte(to, digits[digest[i] & 15]);
	}
}

void
hmac_free(struct hmac *h)
{
	if (h == NULL)
		return;
	explicit_bzero(h, sizeof(*h));
	free(h);
}
