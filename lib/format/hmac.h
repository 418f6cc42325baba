/*
 * hmac - fingerprints that only who has the key can make
 *
 * HMAC-SHA-256 (RFC 2104, RFC 6234), through nettle. The key, and what is made
 * of it, is wiped when it is done with.
 */
#ifndef TW_FORMAT_HMAC_H
#define TW_FORMAT_HMAC_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

struct hmac; /* a key, made ready */

/*
 * Make `key` ready; it may be wiped afterwards.
 *
 * Returns it; the caller gives it to hmac_free().
 */
struct hmac *hmac_new(struct str key) MUST_USE;

/*
 * Append the first `n` bytes, at most 32, of the fingerprint of `a` and `b`,
 * one behind the other, as hexadecimal digits in lower case.
 */
void hmac_hex(
    struct hmac *h, struct str a, struct str b, size_t n, struct buf *to);

/*
 * Wipe and free it. NULL is fine.
 */
void hmac_free(struct hmac *h);

#endif
