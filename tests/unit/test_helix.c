/*
 * test_helix - how long questions wait and when they end
 *
 * Requests, the clock and chance are our own: a minute takes no time.
 */
#include "tap.h"

#include "../fuzz/clock.h"
#include "base/tstamp.h"
#include "folder.h"
#include "remote/helix.h"

#define TOKEN "{\"access_token\":\"abc\",\"expires_in\":5000000}"

/* What the server does with a request for streams. */
enum server { LIMITS, HANGS };

struct http {
	enum server server;
	int64_t reset_s;           /* Ratelimit-Reset */
	struct http_request asked; /* the one that waits; no `done` = none */
	int64_t at_ms[8];          /* when streams were asked for */
	size_t n;                  /* how often they were */
};

void
http_start(struct http *h, const struct http_request *q)
{
	h->asked = *q;
	if (q->form.p == NULL && h->n < 8)
		h->at_ms[h->n++] = clock_ms;
}

void
http_wait(struct http *h, int fd, int64_t wait_ms)
{
	struct http_request q = h->asked;
	struct http_reply a = { .status = 429,
		.rate = { .remaining = 0, .reset_s = h->reset_s } };

	(void)fd;
	clock_ms += wait_ms > 0 ? wait_ms : 1;
	if (q.done == NULL || (q.form.p == NULL && h->server == HANGS))
		return;
	if (q.form.p != NULL)
		a = (struct http_reply){
			.status = 200, .body = STR(TOKEN), .rate = { -1, -1 }
		};
	h->asked.done = NULL;
	q.done(q.arg, &a);
}

void
http_escape(struct buf *b, struct str s)
{
	buf_str(b, s);
}

void
http_abort(struct http *h)
{
	h->asked.done = NULL;
}

static bool
idle(void *arg)
{
	(void)arg;
	return true;
}

static void
words(void *arg, bool warning, const char *text)
{
	(void)arg;
	(void)warning;
	(void)text;
}

static void
take(void *arg, size_t i, const struct helix_answer *a)
{
	int *answers = arg;

	is_int(i, 0, "the only one");
	ok(a->kind == HELIX_FAILED, "has no answer");
	++*answers;
}

/* Asks for one login; it has to fail, once, and to leave nothing behind. */
static void
ask(struct http *http, int64_t end_ms)
{
	static const struct str login = STR("kanal_eins");
	struct folder_path dir = folder_new(), secret = folder_at(dir, "s");
	struct helix_options o = { .http = http,
		.helix_url = "https://x/helix",
		.auth_url = "https://x/oauth2",
		.client_id = "id",
		.secret_file = secret.p,
		.wake = -1,
		.idle = idle,
		.words = words };
	struct helix_times times = { .until_ms = 15 * MS_PER_S,
		.end_ms = end_ms };
	struct helix *h = helix_new(&o);
	struct errmsg why;
	int answers = 0;

	folder_put(secret, STR("secret"));
	clock_ms = 1;
	ok(helix_ask(h, true, &login, 1, &times, take, &answers, &why) ==
		HELIX_DONE,
	    "a question that fails");
	is_int(answers, 1, "once");
	ok(http->asked.done == NULL, "no request is left");
	helix_free(h);
	folder_remove(dir);
}

/* 429 with that reset: each wait between tries has to be `wait_ms`, nearly. */
static void
limited(int64_t reset_s, int64_t wait_ms)
{
	struct http http = { .server = LIMITS, .reset_s = reset_s };

	ask(&http, INT64_MAX);
	is_int(http.n, 4, "reset %" PRId64 ": four tries", reset_s);
	for (size_t i = 1; i < http.n; i++) {
		int64_t wait = http.at_ms[i] - http.at_ms[i - 1];

		ok(wait >= wait_ms && wait < wait_ms + 500,
		    "reset %" PRId64 ": waits %" PRId64 " ms", reset_s, wait);
	}
}

static void
test_end(void)
{
	struct http http = { .server = HANGS };

	ask(&http, 7000);
	is_int(clock_ms, 7000, "what hangs is given up at the end");
	http = (struct http){ .server = HANGS };
	ask(&http, 1);
	is_int(http.n, 0, "nothing is asked for after the end");
	http = (struct http){ .server = LIMITS, .reset_s = 999999999999 };
	ask(&http, 7000);
	is_int(clock_ms, 7000, "nor is a hold waited for");
	is_int(http.n, 1, "or tried again");
}

int
main(void)
{
	limited(0, MS_PER_S);
	limited(now_ms() / MS_PER_S + 3600, MS_PER_MIN);
	/* In milliseconds, and further than any time that we can write. */
	limited(now_ms() + 3000, MS_PER_MIN);
	limited(INT64_C(999999999999), MS_PER_MIN);
	limited(INT64_C(999999999999999999), MS_PER_MIN);
	test_end();
	return tap_done();
}
