#include "remote/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define CONNECT_MS 10000

struct request {
	struct request *next, *prev;
	struct http *http;
	CURL *curl;
	struct curl_slist *headers;
	struct buf body;
	struct rate rate;
	http_done *done;
	void *arg;
	char error[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct request *requests; /* under way */
	const char *cafile;
};

struct http *
http_new(const char *cafile, struct errmsg *why)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->cafile = cafile;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
		h->multi = curl_multi_init();
	if (h->multi != NULL)
		return h;
	errmsg_set(why, "libcurl does not start");
	free(h);
	return NULL;
}

/* Called by libcurl: more of the body. */
static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct request *r = arg;

	buf_add(&r->body, p, size * n);
	return buf_over(&r->body) ? 0 : size * n;
}

/* Called by libcurl: a line of the header. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct request *r = arg;
	struct str line = { p, size * n };

	rate_line(&r->rate, line);
	return size * n;
}

/* Looks at an option that libcurl copies: without memory it would go on without
 * it, without the secret for example. */
static void
copied(CURLcode code)
{
	if (code == CURLE_OUT_OF_MEMORY)
		xalloc_failed();
}

static void
add_header(struct request *r, const char *text)
{
	r->headers = curl_slist_append(r->headers, text);
	if (r->headers == NULL)
		xalloc_failed();
}

static void
set_options(struct request *r, const struct http_request *q)
{
	const char *cafile = r->http->cafile;
	CURL *curl = r->curl;

	for (size_t i = 0; i < sizeof(q->headers) / sizeof(*q->headers); i++)
		if (q->headers[i] != NULL)
			add_header(r, q->headers[i]);
	copied(curl_easy_setopt(curl, CURLOPT_URL, q->url));
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, r);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, r->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A name server that does not answer is not waited for at the end. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	curl_easy_setopt(
	    curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tw/" TW_VERSION);
	if (q->form.p != NULL) {
		curl_easy_setopt(
		    curl, CURLOPT_POSTFIELDSIZE, (long)q->form.len);
		copied(
		    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, q->form.p));
	}
	if (cafile != NULL) {
		copied(curl_easy_setopt(curl, CURLOPT_CAINFO, cafile));
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
}

static void
end(struct request *r)
{
	struct http *h = r->http;

	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		h->requests = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	curl_multi_remove_handle(h->multi, r->curl);
	curl_easy_cleanup(r->curl);
	for (struct curl_slist *s = r->headers; s != NULL; s = s->next)
		explicit_bzero(s->data, strlen(s->data));
	curl_slist_free_all(r->headers);
	/* There may have been a token in it. */
	if (r->body.p != NULL)
		explicit_bzero(r->body.p, r->body.cap);
	buf_release(&r->body);
	free(r);
}

void
http_start(struct http *h, const struct http_request *q)
{
	struct request *r = xcalloc(1, sizeof(*r));

	r->http = h;
	r->done = q->done;
	r->arg = q->arg;
	r->rate = (struct rate){ -1, -1 };
	r->body.max = HTTP_BODY_MAX;
	r->curl = curl_easy_init();
	if (r->curl == NULL)
		xalloc_failed();
	r->next = h->requests;
	if (h->requests != NULL)
		h->requests->prev = r;
	h->requests = r;
	set_options(r, q);
	if (curl_multi_add_handle(h->multi, r->curl) != CURLM_OK)
		xalloc_failed();
}

/* Gives the reply to whoever asked. */
static void
reply(struct request *r, CURLcode code)
{
	struct http_reply a = { .body = buf_view(&r->body), .rate = r->rate };
	long status = 0;

	if (code == CURLE_OK)
		curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &status);
	else if (buf_over(&r->body))
		errmsg_set(&a.why, "the answer is too long");
	else
		errmsg_set(&a.why, "%s",
		    r->error[0] != '\0' ? r->error : curl_easy_strerror(code));
	a.status = (int)status;
	r->done(r->arg, &a);
	end(r);
}

/* Gives the replies that have come. Returns how many. */
static int
take_replies(struct http *h)
{
	int left, n = 0;
	CURLMsg *m;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct request *r = NULL;

		if (m->msg == CURLMSG_DONE &&
		    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &r) ==
			CURLE_OK) {
			reply(r, m->data.result);
			n++;
		}
	}
	return n;
}

void
http_wait(struct http *h, int fd, int64_t wait_ms)
{
	struct curl_waitfd other = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int running;

	curl_multi_perform(h->multi, &running);
	/* What answers at once is not waited for. */
	if (take_replies(h) > 0)
		return;
	if (curl_multi_poll(h->multi, &other, 1,
		(int)(wait_ms > 0 ? wait_ms : 0), NULL) == CURLM_OK)
		curl_multi_perform(h->multi, &running);
	take_replies(h);
}

void
http_escape(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr("-._~", c) != NULL)) {
			buf_byte(b, (char)c);
		} else {
			buf_byte(b, '%');
			buf_byte(b, hex[c >> 4]);
			buf_byte(b, hex[c & 15]);
		}
	}
}

void
http_abort(struct http *h)
{
	for (struct request *r = h->requests, *next; r != NULL; r = next) {
		next = r->next;
		end(r);
	}
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	http_abort(h);
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
}
