/*
 * fuzz helixapi: any bytes as what Helix answers, page after page, and what
 * HTTP does in between. Requests and the clock are our own.
 *
 * Whatever is answered: each login has exactly one answer when all is done; a
 * stream is that of the login that it is given for; what we ask for holds no
 * byte that would end a line or a URL; and it comes to an end.
 */
#include "fuzz.h"

#include "clock.h"

#include "base/login.h"
#include "base/tstamp.h"
#include "format/jsonr.h"
#include "remote/helix.h"

#define LOGINS 120 /* two requests */
#define ASKED  16  /* requests at a time, at most */

struct http {
	int nothing;
};

static struct fuzz_bytes in;
static struct http_request asked[ASKED];
static size_t n_asked;
static unsigned answers[LOGINS];
static struct str logins[LOGINS];
static char names[LOGINS][LOGIN_MAX + 1];
static bool was_page; /* an answer with 200 has come */

/* Seen: letters of our own, and what is escaped. */
static void
must_be_clean(const char *s, const char *also)
{
	for (; *s != '\0'; s++)
		must((*s > ' ' && *s < 0x7f) || strchr(also, *s) != NULL);
}

void
http_start(struct http *h, const struct http_request *q)
{
	(void)h;
	must(n_asked < ASKED);
	must_be_clean(q->url, "");
	for (int i = 0; i < 2; i++)
		if (q->headers[i] != NULL)
			must_be_clean(q->headers[i], " ");
	asked[n_asked++] = *q;
}

void
http_escape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_printf(b, "%%%02X", (unsigned char)s.p[i]);
}

void
http_abort(struct http *h)
{
	(void)h;
	n_asked = 0;
}

/* Appends a page with `n` objects, as Helix writes it, or nearly so. */
static void
write_page(struct buf *b, unsigned n)
{
	static const char *const more[] = { "", "a",
		"\\u0000\\\"&=", "eyJiIjp7" };

	buf_lit(b, "{\"data\":[");
	for (unsigned i = 0; i < n % 64; i++) {
		unsigned who = fuzz_byte(&in);

		buf_printf(b, "%s{\"id\":\"%u\",\"user_login\":\"%s\"}",
		    i > 0 ? "," : "", who,
		    who < LOGINS ? names[who] : "nobody_asked");
	}
	buf_printf(b, "],\"pagination\":{\"cursor\":\"%s\"}}", more[n >> 6]);
}

/* Answers one of the requests, or lets time pass. */
void
http_wait(struct http *h, int fd, int64_t wait_ms)
{
	static const int statuses[] = { 200, 200, 200, 200, 401, 429, 500, 404,
		0, 503, 302, 200 };
	static const int64_t numbers[] = { -1, 0, 1, 799, 1763899201,
		999999999999999999, 1763899260, 0 };
	static struct buf body;
	struct http_reply a = { 0 };
	struct http_request q;
	unsigned how, i;

	(void)h;
	(void)fd;
	clock_ms += wait_ms > 0 ? wait_ms : 1;
	if (n_asked == 0)
		return;
	how = fuzz_byte(&in);
	i = how % n_asked;
	q = asked[i];
	asked[i] = asked[--n_asked];
	if (in.left == 0) {
		a.status = 404;
		a.rate = (struct rate){ -1, -1 };
		q.done(q.arg, &a);
		return;
	}
	how = fuzz_byte(&in);
	a.status = statuses[how % 12];
	a.rate.remaining = numbers[fuzz_byte(&in) % 8];
	a.rate.reset_s = numbers[fuzz_byte(&in) % 8];
	buf_reset(&body);
	if (q.form.p != NULL && how < 128)
		buf_lit(
		    &body, "{\"access_token\":\"abc\",\"expires_in\":5000}");
	else if (how < 192)
		write_page(&body, fuzz_byte(&in));
	else
		buf_str(&body, fuzz_slice(&in, (size_t)fuzz_byte(&in) * 4));
	a.body = buf_view(&body);
	if (a.status == 0)
		errmsg_set(&a.why, "nobody answers");
	was_page |= a.status == 200;
	q.done(q.arg, &a);
}

static bool
idle(void *arg)
{
	(void)arg;
	return true;
}

static void
take(void *arg, size_t i, const struct helix_answer *a)
{
	static struct jsonr *r;
	struct errmsg why;
	struct member m;
	struct str type = STR_ABSENT;
	bool its = false;

	(void)arg;
	must(i < LOGINS);
	answers[i]++;
	must(a->at > 0);
	if (a->kind == HELIX_ABSENT)
		must(was_page);
	if (a->kind == HELIX_FAILED)
		must(a->status != 0 || a->why != NULL);
	if (a->kind != HELIX_FOUND)
		return;
	if (r == NULL)
		r = jsonr_new();
	must(jsonr_read(r, a->object, JSONR_STRICT, &why) == JSONR_OBJECT);
	while (jsonr_next(r, &m) == 1) {
		if (str_eq(m.key, STR("type")) && m.kind == MEMBER_STRING)
			type = m.text;
		if (str_eq(m.key, STR("user_login"))) {
			struct login login;

			its = login_fold(m.text, &login) &&
			    str_eq(str_of(login.p), logins[i]);
		}
	}
	must(its);
	must((type.p == NULL) == (a->type.p == NULL) && str_eq(type, a->type));
	must(memchr(a->object.p, '\n', a->object.len) == NULL);
}

static void
words(void *arg, bool warning, const char *text)
{
	(void)arg;
	(void)warning;
	(void)text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http http;
	char path[64];
	int fd = fuzz_file((const uint8_t *)"secret", 6, path);
	struct helix_options o = { .http = &http,
		.helix_url = "https://x/helix",
		.auth_url = "https://x/oauth2",
		.client_id = "id",
		.secret_file = path,
		.wake = -1,
		.idle = idle,
		.words = words };
	struct helix *h = helix_new(&o);
	/* One question in four has an end; no byte of the input tells. */
	struct helix_times times = { .until_ms = 60000,
		.end_ms = size % 4 == 0 ? 20000 : INT64_MAX };
	enum helix_result result;
	struct errmsg why;

	in = (struct fuzz_bytes){ data, size };
	n_asked = 0;
	clock_ms = 1;
	was_page = false;
	memset(answers, 0, sizeof(answers));
	for (size_t i = 0; i < LOGINS; i++) {
		snprintf(names[i], sizeof(names[i]), "kanal_%zu", i);
		logins[i] = str_of(names[i]);
	}
	result = helix_ask(h, true, logins, LOGINS, &times, take, NULL, &why);
	must(result != HELIX_STOPPED);
	must(result != HELIX_REFUSED || why.text[0] != '\0');
	for (size_t i = 0; i < LOGINS; i++)
		must(answers[i] == 1);
	must(n_asked == 0);
	/* Each page may be the last before a hold of a minute. */
	must(clock_ms < 3 * MS_PER_HOUR);
	must(clock_ms <= times.end_ms);
	helix_free(h);
	close(fd);
	return 0;
}
