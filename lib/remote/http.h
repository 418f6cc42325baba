/*
 * http - requests that run side by side
 *
 * A thin layer over libcurl: connections are kept, certificates are verified,
 * redirects are not followed (they would carry the token elsewhere), a body is
 * bounded. A reply is given to whoever asked once it has come whole; anything
 * less is an error and no reply.
 */
#ifndef TW_REMOTE_HTTP_H
#define TW_REMOTE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "base/str.h"
#include "remote/rate.h"

#define HTTP_BODY_MAX ((size_t)16 << 20) /* bytes */

struct http;

struct http_reply {
	int status;       /* 0 = no whole answer has come: `why` */
	struct str body;  /* borrowed for the call */
	struct rate rate; /* what its header said */
	struct errmsg why;
};

/* Takes the reply to a request. */
typedef void http_done(void *arg, const struct http_reply *reply);

struct http_request {
	const char *url; /* borrowed for the call of http_start() */
	/* Lines of the header, each terminated; NULL = none. Wiped after use.
	 */
	const char *headers[2];
	struct str form;    /* a POST with this body; absent = a GET */
	int64_t timeout_ms; /* for all of it */
	http_done *done;
	void *arg; /* for `done` */
};

/*
 * Prepare for requests. `cafile` is a file of certificates to trust instead of
 * the system's, NULL for these.
 *
 * Returns it, for http_free(); NULL, with `why`.
 */
struct http *http_new(const char *cafile, struct errmsg *why) MUST_USE;

/*
 * Begin a request. Its `done` is called by http_wait(), always once, unless
 * http_abort() comes first.
 */
void http_start(struct http *h, const struct http_request *request);

/*
 * Wait until a request goes on, or `fd` is readable, but for at most `wait_ms`;
 * and take the replies that have come.
 *
 * Blocks until then.
 */
void http_wait(struct http *h, int fd, int64_t wait_ms);

/*
 * End all requests without a reply.
 */
void http_abort(struct http *h);

/*
 * Append `s` to `b` as it stands in a URL or a form.
 */
void http_escape(struct buf *b, struct str s);

/*
 * End all requests without a reply and free the memory. NULL is fine.
 */
void http_free(struct http *h);

#endif
