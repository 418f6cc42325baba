/*
 * helix - questions to Twitch's Helix API
 *
 * Asks for the streams or the users of many logins, a hundred a request, some
 * requests side by side; keeps the token fresh, obeys the rate headers, tries
 * again what may go well. Each login gets exactly one answer, and "not live" is
 * an answer only after the whole of it was read. twitch.md 3.
 */
#ifndef TW_REMOTE_HELIX_H
#define TW_REMOTE_HELIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/str.h"
#include "remote/http.h"

struct helix;

enum helix_kind {
	HELIX_FOUND,  /* a stream or a user: `object` */
	HELIX_ABSENT, /* asked and answered, and it was not there */
	HELIX_FAILED, /* no answer: `status` or `why` */
};

struct helix_answer {
	enum helix_kind kind;
	struct str object; /* on one line; borrowed for the call */
	struct str type;   /* its `type`, likewise; absent = no string */
	int64_t at;        /* when the answer had been read, ms UTC */
	int status;        /* of HTTP, of the last try; 0 = none has come */
	const char *why;   /* borrowed for the call; NULL = the status tells */
};

/* Takes the answer for the login with the number `i` in the list. */
typedef void helix_take(void *arg, size_t i, const struct helix_answer *a);

/* Called again and again while requests are under way. Returns false to give
 * up. */
typedef bool helix_idle(void *arg);

/* Says `text` to a person: a warning, or what only the curious ask for. */
typedef void helix_words(void *arg, bool warning, const char *text);

struct helix_options {
	struct http *http;       /* borrowed */
	const char *helix_url;   /* borrowed; without a `/` at its end */
	const char *auth_url;    /* likewise */
	const char *client_id;   /* borrowed */
	const char *secret_file; /* borrowed */
	const char *cache;       /* borrowed; the token's file; NULL = none */
	int wake;                /* a descriptor that ends a wait */
	helix_idle *idle;
	helix_words *words;
	void *arg; /* for both */
};

enum helix_result {
	HELIX_DONE,    /* each login has had its answer */
	HELIX_STOPPED, /* `idle` gave up: some have had none */
	HELIX_REFUSED, /* the client id or its secret are wrong: `why` */
};

struct helix_counts {
	int64_t requests;
	int64_t retries;
	int64_t tokens; /* asked for */
};

/* How long a question may take; by the clock now_mono_ms(). */
struct helix_times {
	int64_t until_ms; /* no request is tried again after it */
	/* What has no answer then has failed, requests under way are given up;
	 * INT64_MAX = never. */
	int64_t end_ms;
};

/*
 * Prepare to ask.
 *
 * Returns it, for helix_free().
 */
struct helix *helix_new(const struct helix_options *o) MUST_USE;

/*
 * Ask for the streams (`streams`) or else the users of `n` logins, all
 * different. What fails is tried again, as `times` allows.
 *
 * Returns when all have been answered, or why not; with HELIX_REFUSED all that
 * had no answer get HELIX_FAILED.
 * Blocks until then.
 */
enum helix_result helix_ask(struct helix *h, bool streams,
    const struct str *logins, size_t n, const struct helix_times *times,
    helix_take *take, void *arg, struct errmsg *why) MUST_USE;

/*
 * Look at the counters.
 *
 * Returns them as they are now.
 */
struct helix_counts helix_counts(const struct helix *h);

/*
 * Free the memory. NULL is fine.
 */
void helix_free(struct helix *h);

#endif
