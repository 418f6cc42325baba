/*
 * A question is cut into jobs of a hundred logins. A job asks for its first
 * page, then for the one behind the cursor, until there is no cursor or nobody
 * left to look for. All jobs go through one loop, which lets a few run side by
 * side, holds all of them when the rate limit says so, and sees to the token
 * before any of them.
 */
#include "remote/helix.h"

#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/buf.h"
#include "base/chance.h"
#include "base/login.h"
#include "base/map.h"
#include "base/now.h"
#include "base/num.h"
#include "base/secret.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "format/jsonr.h"
#include "remote/token.h"

#define BATCH      100 /* logins a request */
#define AT_ONCE    6   /* requests side by side */
#define TRIES      4   /* of a request that fails */
#define PAGES      50  /* of one answer: more are no answer */
#define TIMEOUT_MS (15 * MS_PER_S)
#define IDLE_MS    200
#define HOLD_MAX   MS_PER_MIN
#define TOO_LATE   "no answer in time"
#define LIFE_LEFT  MS_PER_HOUR /* a token is renewed before its end */
#define LIFE_LEAST MS_PER_MIN  /* no token is asked for more often */
#define VALID_MS   MS_PER_HOUR /* how often Twitch wants it validated */

struct job {
	struct helix *h;
	size_t begin, n;   /* of the logins */
	bool found[BATCH]; /* which of them have had their answer */
	size_t n_found;
	struct buf cursor; /* of the next page; empty = the first */
	int pages;
	int tries;       /* of this page that failed */
	int status;      /* of the last try, if it has failed with one; 0 */
	int limited;     /* times that the rate limit stopped it */
	bool renewed;    /* the token was refused before */
	int64_t next_ms; /* not before, mono */
	int64_t token;   /* the number of the token that it was sent with */
	struct backoff backoff;
	bool running, done;
};

/* One question. */
struct question {
	bool streams;
	const struct str *logins;
	struct map names; /* their numbers */
	helix_take *take;
	void *arg;
	struct helix_times times; /* no try is allowed after its end, either */
};

struct helix {
	struct helix_options o;
	struct jsonr *page, *item;
	struct token token;
	bool token_loaded;
	int64_t token_number; /* how many we have had */
	int64_t hold_ms;      /* no request before, mono */
	size_t n_running;
	struct question q;
	struct errmsg why;
	struct buf url, header[2];
	struct helix_counts counts;
};

struct helix *
helix_new(const struct helix_options *o)
{
	struct helix *h = xcalloc(1, sizeof(*h));

	h->o = *o;
	h->page = jsonr_new();
	h->item = jsonr_new();
	return h;
}

struct helix_counts
helix_counts(const struct helix *h)
{
	return h->counts;
}

void
helix_free(struct helix *h)
{
	if (h == NULL)
		return;
	jsonr_free(h->page);
	jsonr_free(h->item);
	token_release(&h->token);
	buf_release(&h->url);
	for (int i = 0; i < 2; i++) {
		if (h->header[i].p != NULL)
			explicit_bzero(h->header[i].p, h->header[i].cap);
		buf_release(&h->header[i]);
	}
	free(h);
}

/* Holds all requests when the rate limit says that nothing is left. */
static void
note_rate(struct helix *h, const struct http_reply *a)
{
	int64_t wait;

	if (a->rate.remaining != 0 || a->rate.reset_s < 0)
		return;
	/* However far away it is, and be it in other units: there is a limit. */
	wait = num_product(a->rate.reset_s, MS_PER_S) - now_ms();
	if (wait < MS_PER_S)
		wait = MS_PER_S;
	if (wait > HOLD_MAX)
		wait = HOLD_MAX;
	h->hold_ms = now_mono_ms() + wait;
}

/* Appends the header that carries the token: `how` is Bearer or OAuth. */
static void
token_header(struct helix *h, const char *how)
{
	struct buf *b = &h->header[0];

	buf_reset(b);
	(void)buf_room(b, h->token.text.len + 64);
	buf_printf(b, "Authorization: %s ", how);
	buf_str(b, buf_view(&h->token.text));
	buf_byte(b, '\0');
}

static bool
is_over(const struct helix *h)
{
	return now_mono_ms() >= h->q.times.end_ms;
}

/* Waits for replies, but not past the end of the question. False when told to
 * give up. */
static bool
wait_a_while(struct helix *h)
{
	int64_t left = h->q.times.end_ms - now_mono_ms();

	if (left > 0)
		http_wait(
		    h->o.http, h->o.wake, left < IDLE_MS ? left : IDLE_MS);
	return h->o.idle(h->o.arg);
}

/* Single requests: the token's. */

struct single {
	bool done;
	int status;
	struct buf body;
	struct errmsg why;
};

static void
single_done(void *arg, const struct http_reply *a)
{
	struct single *s = arg;

	s->done = true;
	s->status = a->status;
	s->why = a->why;
	(void)buf_room(&s->body, a->body.len + 1);
	buf_str(&s->body, a->body);
}

/* Sends one request and waits for its reply; one that does not come in time
 * has the status 0. False when told to give up. */
static bool
single_ask(
    struct helix *h, const struct http_request *request, struct single *s)
{
	struct http_request q = *request;

	*s = (struct single){ 0 };
	q.done = single_done;
	q.arg = s;
	h->counts.requests++;
	http_start(h->o.http, &q);
	while (!s->done) {
		if (!wait_a_while(h)) {
			http_abort(h->o.http);
			return false;
		}
		if (!s->done && is_over(h)) {
			http_abort(h->o.http);
			errmsg_set(&s->why, TOO_LATE);
			break;
		}
	}
	return true;
}

static void
single_release(struct single *s)
{
	if (s->body.p != NULL)
		explicit_bzero(s->body.p, s->body.cap);
	buf_release(&s->body);
}

/* Appends the secret to `b` as it stands in a form. */
static bool
read_secret(const struct helix *h, struct buf *b, struct errmsg *why)
{
	struct secret secret;
	bool good = secret_read(&secret, h->o.secret_file, "secret", why);

	http_escape(b, secret.text);
	secret_wipe(&secret);
	return good;
}

/* Reads the server's answer: a new token, which takes the place of the old one. */
static bool
take_token(struct helix *h, struct str body)
{
	/* Without a word about it: a 401 will tell its end. */
	int64_t life_ms = MS_PER_DAY, now = now_ms();
	struct token fresh = { 0 };
	struct member m;
	struct errmsg why;

	if (jsonr_read(h->page, body, JSONR_REPAIR, &why) != JSONR_OBJECT)
		return false;
	while (jsonr_next(h->page, &m) == 1) {
		if (str_eq(m.key, STR("access_token")) &&
		    m.kind == MEMBER_STRING)
			buf_str(&fresh.text, m.text);
		else if (str_eq(m.key, STR("expires_in")) &&
		    m.kind == MEMBER_INT && m.num > 0)
			life_ms =
			    (m.num < INT32_MAX ? m.num : INT32_MAX) * MS_PER_S;
	}
	for (size_t i = 0; i < fresh.text.len; i++)
		if (fresh.text.p[i] <= ' ' || fresh.text.p[i] > '~')
			fresh.text.len = 0;
	if (fresh.text.len == 0) {
		token_release(&fresh);
		return false;
	}
	/* A token that lives shortly is not renewed at once. */
	life_ms = life_ms > 2 * LIFE_LEFT ? life_ms - LIFE_LEFT : life_ms / 2;
	fresh.renew_at = now + (life_ms > LIFE_LEAST ? life_ms : LIFE_LEAST);
	fresh.validated_at = now;
	token_release(&h->token);
	h->token = fresh;
	h->token_number++;
	return true;
}

static void
save_token(struct helix *h)
{
	struct errmsg why;

	if (h->o.cache != NULL && !token_save(&h->token, h->o.cache, &why))
		h->o.words(h->o.arg, true, why.text);
}

/* Returns what of an address may be told: one with a password in it only from the
 * host on. */
static const char *
tellable(const char *url)
{
	const char *host = strstr(url, "://"), *told = url;
	size_t len;

	if (host == NULL)
		return url;
	host += 3;
	len = strcspn(host, "/?#");
	for (size_t i = 0; i < len; i++)
		if (host[i] == '@')
			told = host + i + 1;
	return told;
}

enum got { GOT_IT, GOT_NOT, GOT_REFUSED, GOT_STOPPED };

/* Asks for a token once. */
static enum got
ask_token(struct helix *h)
{
	struct buf url = { 0 }, form = { 0 };
	struct http_request q = { .timeout_ms = TIMEOUT_MS };
	struct single s = { 0 };
	enum got got = GOT_REFUSED;
	const char *told;

	/* No growing: it would leave a copy of the secret behind. */
	(void)buf_room(&form, 4096);
	buf_lit(&form, "client_id=");
	http_escape(&form, str_of(h->o.client_id));
	buf_lit(&form, "&client_secret=");
	if (!read_secret(h, &form, &h->why)) {
		got = h->why.passing ? GOT_NOT : GOT_REFUSED;
		goto out;
	}
	buf_lit(&form, "&grant_type=client_credentials");
	buf_printf(&url, "%s/token", h->o.auth_url);
	buf_byte(&url, '\0');
	q.url = url.p;
	q.form = buf_view(&form);
	told = tellable(url.p);
	h->counts.tokens++;
	if (!single_ask(h, &q, &s)) {
		got = GOT_STOPPED;
	} else if (s.status == 200 && take_token(h, buf_view(&s.body))) {
		got = GOT_IT;
		save_token(h);
	} else if (s.status == 400 || s.status == 401 || s.status == 403) {
		errmsg_set(&h->why,
		    "%s: HTTP %d: the client id or its secret is refused", told,
		    s.status);
	} else {
		got = GOT_NOT;
		if (s.status == 0)
			errmsg_set(&h->why, "%s: %s", told, s.why.text);
		else
			errmsg_set(
			    &h->why, "%s: HTTP %d, no token", told, s.status);
	}
out:
	explicit_bzero(form.p, form.cap);
	buf_release(&form);
	buf_release(&url);
	single_release(&s);
	return got;
}

/* Lets the server say whether the token is still good. */
static enum got
validate_token(struct helix *h)
{
	struct http_request q = { .timeout_ms = TIMEOUT_MS };
	struct buf url = { 0 };
	struct single s = { 0 };
	enum got got = GOT_IT;

	buf_printf(&url, "%s/validate", h->o.auth_url);
	buf_byte(&url, '\0');
	token_header(h, "OAuth");
	q.url = url.p;
	q.headers[0] = h->header[0].p;
	if (!single_ask(h, &q, &s)) {
		got = GOT_STOPPED;
	} else if (s.status == 401) {
		token_release(&h->token);
		got = GOT_NOT;
	} else if (s.status == 200) {
		h->token.validated_at = now_ms();
		save_token(h);
	} else {
		/* It cannot say so now: the requests will show. */
		h->token.validated_at = now_ms();
	}
	buf_release(&url);
	single_release(&s);
	return got;
}

/* Sees to it that there is a token; tries as long as the question may. */
static enum got
have_token(struct helix *h)
{
	struct backoff backoff = { .first_ms = MS_PER_S,
		.max_ms = 8 * MS_PER_S };
	enum got got;

	if (!h->token_loaded) {
		h->token_loaded = true;
		if (h->o.cache != NULL && token_load(&h->token, h->o.cache))
			h->token_number++;
	}
	if (h->token.text.len > 0 && now_ms() < h->token.renew_at) {
		int64_t age = now_ms() - h->token.validated_at;

		if (age >= 0 && age < VALID_MS)
			return GOT_IT;
		got = validate_token(h);
		if (got != GOT_NOT)
			return got;
	}
	for (int tries = 1;; tries++) {
		int64_t wait, end;

		got = ask_token(h);
		/* The old one was not refused: for this there is an hour left. */
		if (got == GOT_NOT && h->token.text.len > 0) {
			h->token.renew_at = now_ms() + LIFE_LEAST;
			return GOT_IT;
		}
		wait = backoff_next(&backoff, chance());
		end = now_mono_ms() + wait;
		if (got != GOT_NOT || tries == TRIES ||
		    end > h->q.times.until_ms)
			return got;
		h->counts.retries++;
		while (now_mono_ms() < end)
			if (!wait_a_while(h))
				return GOT_STOPPED;
	}
}

/* Jobs */

/* Gives the login number `i` of the job its answer. */
static void
answer(struct job *j, size_t i, const struct helix_answer *a)
{
	j->found[i] = true;
	j->n_found++;
	j->h->q.take(j->h->q.arg, j->begin + i, a);
}

/* Ends the job: all that have had no answer get `a`. */
static void
finish(struct job *j, const struct helix_answer *a)
{
	j->done = true;
	for (size_t i = 0; i < j->n; i++)
		if (!j->found[i])
			answer(j, i, a);
}

static void
fail(struct job *j, int status, const char *why)
{
	struct helix_answer a = { .kind = HELIX_FAILED,
		.at = now_ms(),
		.status = status,
		.why = why };

	finish(j, &a);
}

/* Plans another try, if there may be one. */
static void
try_again(struct job *j, int status, const char *why)
{
	int64_t wait = backoff_next(&j->backoff, chance());

	j->next_ms = now_mono_ms() + wait;
	if (++j->tries >= TRIES || j->next_ms > j->h->q.times.until_ms)
		fail(j, status, why);
	else
		j->h->counts.retries++;
}

/* Takes one object of a page. False when it does not say whose it is. */
static bool
take_object(struct job *j, struct str object, int64_t at)
{
	struct helix *h = j->h;
	struct helix_answer a = { .kind = HELIX_FOUND,
		.object = object,
		.type = jsonr_item_string(h->page, "type"),
		.at = at };
	struct str name =
	    jsonr_item_string(h->page, h->q.streams ? "user_login" : "login");
	struct login login;
	struct str s;
	size_t i;

	if (!login_fold(name, &login))
		return false;
	s = str_of(login.p);
	i = map_find(&h->q.names, s, hash_str(s, 0));
	/* Not asked for, or on an earlier page, too. */
	if (i == MAP_NONE || i < j->begin || i >= j->begin + j->n ||
	    j->found[i - j->begin])
		return true;
	answer(j, i - j->begin, &a);
	return true;
}

/* Finds the cursor of the next page. */
static void
take_cursor(struct job *j)
{
	struct helix *h = j->h;
	struct member m, inner;
	struct errmsg why;

	buf_reset(&j->cursor);
	while (jsonr_next(h->page, &m) == 1) {
		if (!str_eq(m.key, STR("pagination")) ||
		    m.kind != MEMBER_OBJECT ||
		    jsonr_read(h->item, m.text, JSONR_REPAIR, &why) !=
			JSONR_OBJECT)
			continue;
		while (jsonr_next(h->item, &inner) == 1)
			if (str_eq(inner.key, STR("cursor")) &&
			    inner.kind == MEMBER_STRING)
				buf_str(&j->cursor, inner.text);
	}
}

/*
 * Takes a page.
 *
 * Returns NULL, or why it is no answer.
 */
static const char *
take_page(struct job *j, struct str body)
{
	struct helix_answer absent = { .kind = HELIX_ABSENT, .at = now_ms() };
	struct helix *h = j->h;
	struct errmsg why;
	struct str object;
	bool bad = false;
	int more;

	if (jsonr_read(h->page, body, JSONR_REPAIR, &why) != JSONR_OBJECT)
		return "the answer is no JSON object";
	if (!jsonr_list(h->page, "data"))
		return "the answer has no data";
	/* What is good is taken; the rest has no answer in such a page. */
	while ((more = jsonr_item(h->page, &object)) != 0)
		if (more < 0 || !take_object(j, object, absent.at))
			bad = true;
	if (bad)
		return "an object in the answer is nobody's";
	take_cursor(j);
	if (++j->pages > PAGES)
		return "the answer has no end";
	j->tries = 0;
	backoff_reset(&j->backoff);
	if (j->cursor.len == 0 || j->n_found == j->n)
		finish(j, &absent);
	return NULL;
}

/* The token was refused: once that may be its age. */
static void
on_unauthorized(struct job *j)
{
	struct helix *h = j->h;

	if (j->renewed && j->token == h->token_number) {
		fail(j, 401, NULL);
		return;
	}
	if (j->token == h->token_number) {
		token_release(&h->token);
		j->renewed = true;
	}
	j->next_ms = 0;
}

static void
on_limited(struct job *j, const struct http_reply *a)
{
	struct helix *h = j->h;

	if (++j->limited >= TRIES) {
		fail(j, 429, NULL);
	} else if (a->rate.reset_s < 0) {
		try_again(j, 429, NULL);
	} else if (a->rate.remaining != 0) {
		/* For another reason: the reset still is a time to wait for. */
		struct http_reply full = *a;

		full.rate.remaining = 0;
		note_rate(h, &full);
		h->counts.retries++;
	} else {
		h->counts.retries++;
	}
}

static void
job_done(void *arg, const struct http_reply *a)
{
	struct job *j = arg;
	const char *why;

	j->running = false;
	j->h->n_running--;
	j->status = a->status == 200 ? 0 : a->status;
	note_rate(j->h, a);
	if (a->status == 200) {
		why = take_page(j, a->body);
		if (why != NULL)
			try_again(j, 0, why);
	} else if (a->status == 401) {
		on_unauthorized(j);
	} else if (a->status == 429) {
		on_limited(j, a);
	} else if (a->status == 0) {
		try_again(j, 0, a->why.text);
	} else if (a->status >= 500 || a->status == 408) {
		try_again(j, a->status, NULL);
	} else {
		fail(j, a->status, NULL);
	}
}

static void
start(struct job *j)
{
	struct helix *h = j->h;
	struct http_request q = {
		.timeout_ms = TIMEOUT_MS, .done = job_done, .arg = j
	};
	struct buf *url = &h->url;

	buf_reset(url);
	buf_printf(url, "%s/%s", h->o.helix_url,
	    h->q.streams ? "streams?first=100" : "users");
	for (size_t i = 0; i < j->n; i++) {
		buf_byte(url, i == 0 && !h->q.streams ? '?' : '&');
		buf_str(url, h->q.streams ? STR("user_login=") : STR("login="));
		buf_str(url, h->q.logins[j->begin + i]);
	}
	if (j->cursor.len > 0) {
		buf_lit(url, "&after=");
		http_escape(url, buf_view(&j->cursor));
	}
	buf_byte(url, '\0');
	token_header(h, "Bearer");
	buf_reset(&h->header[1]);
	buf_printf(&h->header[1], "Client-Id: %s", h->o.client_id);
	buf_byte(&h->header[1], '\0');
	q.url = url->p;
	q.headers[0] = h->header[0].p;
	q.headers[1] = h->header[1].p;
	j->running = true;
	j->token = h->token_number;
	h->n_running++;
	h->counts.requests++;
	http_start(h->o.http, &q);
}

/* Starts what may start. Returns how many jobs are not done. */
static size_t
start_jobs(struct helix *h, struct job *jobs, size_t n)
{
	int64_t now = now_mono_ms();
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct job *j = &jobs[i];

		left += !j->done;
		if (!j->done && !j->running && j->next_ms <= now &&
		    h->hold_ms <= now && h->n_running < AT_ONCE &&
		    h->token.text.len > 0)
			start(j);
	}
	return left;
}

/* Tells whether there is something to be done about the token first. */
static bool
token_is_due(const struct helix *h)
{
	int64_t now = now_ms(), age = now - h->token.validated_at;

	return h->token.text.len == 0 || now >= h->token.renew_at || age < 0 ||
	    age >= VALID_MS;
}

static void
fail_all(struct job *jobs, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++)
		if (!jobs[i].done)
			fail(&jobs[i], 0, why);
}

static void
give_up(struct helix *h)
{
	http_abort(h->o.http);
	h->n_running = 0;
}

/* Ends the jobs that are left, with what they have last been told. */
static void
run_out(struct helix *h, struct job *jobs, size_t n)
{
	give_up(h);
	for (size_t i = 0; i < n; i++)
		if (!jobs[i].done)
			fail(&jobs[i], jobs[i].status,
			    jobs[i].status == 0 ? TOO_LATE : NULL);
}

/* Lets all jobs run to their end. */
static enum helix_result
run(struct helix *h, struct job *jobs, size_t n)
{
	for (;;) {
		if (is_over(h)) {
			run_out(h, jobs, n);
			return HELIX_DONE;
		}
		if (h->n_running == 0 && token_is_due(h))
			switch (have_token(h)) {
			case GOT_IT:
				break;
			case GOT_STOPPED:
				return HELIX_STOPPED;
			case GOT_NOT:
				fail_all(jobs, n, h->why.text);
				return HELIX_DONE;
			case GOT_REFUSED:
				fail_all(jobs, n, h->why.text);
				return HELIX_REFUSED;
			}
		if (start_jobs(h, jobs, n) == 0)
			return HELIX_DONE;
		if (!wait_a_while(h)) {
			give_up(h);
			return HELIX_STOPPED;
		}
	}
}

enum helix_result
helix_ask(struct helix *h, bool streams, const struct str *logins, size_t n,
    const struct helix_times *times, helix_take *take, void *arg,
    struct errmsg *why)
{
	size_t n_jobs = (n + BATCH - 1) / BATCH;
	enum helix_result result;
	struct job *jobs;

	if (n == 0)
		return HELIX_DONE;
	jobs = xcalloc(n_jobs, sizeof(*jobs));
	h->q = (struct question){ .streams = streams,
		.logins = logins,
		.take = take,
		.arg = arg,
		.times = *times };
	if (h->q.times.until_ms > times->end_ms)
		h->q.times.until_ms = times->end_ms;
	for (size_t i = 0; i < n; i++)
		map_number(&h->q.names, logins[i], hash_str(logins[i], 0));
	for (size_t i = 0; i < n_jobs; i++) {
		jobs[i].h = h;
		jobs[i].begin = i * BATCH;
		jobs[i].n = n - i * BATCH < BATCH ? n - i * BATCH : BATCH;
		jobs[i].backoff = (struct backoff){ .first_ms = MS_PER_S,
			.max_ms = 8 * MS_PER_S };
	}
	result = run(h, jobs, n_jobs);
	*why = h->why;
	for (size_t i = 0; i < n_jobs; i++)
		buf_release(&jobs[i].cursor);
	map_release(&h->q.names);
	free(jobs);
	return result;
}
