/*
 * libcurl does the part that is hard, from the name to the verified TLS, through
 * its socket interface: it says which descriptors it waits for, we wait. Then
 * the connection is ours (CURLOPT_CONNECT_ONLY), and curl_easy_send() and
 * curl_easy_recv() carry the bytes. The handle stays with the multi handle:
 * taking it out would close the connection.
 */
#include "remote/chat.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/now.h"
#include "base/xalloc.h"

#define CONNECT_MS 15000
#define OUT_MAX    ((size_t)1 << 20) /* bytes that wait to be sent */

struct chat {
	struct chat_net *net;
	struct chat *next, *prev;
	CURL *curl;
	curl_socket_t fd;
	enum chat_state state;
	bool readable;
	bool at_end; /* closed, and all was read */
	struct buf out;
	struct errmsg why;
	char error[CURL_ERROR_SIZE];
};

/* What libcurl waits for while it connects. */
struct watch {
	curl_socket_t fd;
	short events; /* of poll() */
};

struct chat_net {
	CURLM *multi;
	struct chat *chats;
	struct buf url; /* terminated; as libcurl wants it */
	struct buf where;
	const char *cafile;
	struct watch *watches;
	size_t n_watches, cap_watches;
	int64_t timer_ms; /* when libcurl wants to be called, mono; -1 = not */
	struct pollfd *polls;
	size_t cap_polls;
};

/* Called by libcurl: watch `fd` for `what` from now on. */
static int
on_socket(CURL *curl, curl_socket_t fd, int what, void *arg, void *mine)
{
	struct chat_net *net = arg;
	size_t i = 0;

	(void)curl;
	(void)mine;
	while (i < net->n_watches && net->watches[i].fd != fd)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < net->n_watches)
			net->watches[i] = net->watches[--net->n_watches];
		return 0;
	}
	if (i == net->n_watches) {
		net->watches = xgrow(
		    net->watches, i, &net->cap_watches, sizeof(*net->watches));
		net->watches[i].fd = fd;
		net->n_watches++;
	}
	net->watches[i].events =
	    (short)(((what & CURL_POLL_IN) != 0 ? POLLIN : 0) |
		((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0));
	return 0;
}

/* Called by libcurl: come back after that time. */
static int
on_timer(CURLM *multi, long wait_ms, void *arg)
{
	struct chat_net *net = arg;

	(void)multi;
	net->timer_ms = wait_ms < 0 ? -1 : now_mono_ms() + wait_ms;
	return 0;
}

/* Takes a part of a URL that was read. NULL when it is not there. */
static char *
url_part(CURLU *u, CURLUPart part)
{
	char *s = NULL;
	CURLUcode code = curl_url_get(u, part, &s, 0);

	if (code == CURLUE_OUT_OF_MEMORY)
		xalloc_failed();
	return code == CURLUE_OK ? s : NULL;
}

/* Turns `url` into what libcurl connects to. */
static bool
read_url(struct chat_net *net, const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL;
	bool tls, good = false;
	CURLUcode code = CURLUE_OUT_OF_MEMORY;

	if (u != NULL)
		code = curl_url_set(
		    u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
	if (code == CURLUE_OUT_OF_MEMORY)
		xalloc_failed();
	if (code != CURLUE_OK)
		goto out;
	scheme = url_part(u, CURLUPART_SCHEME);
	host = url_part(u, CURLUPART_HOST);
	port = url_part(u, CURLUPART_PORT);
	path = url_part(u, CURLUPART_PATH);
	if (scheme == NULL || host == NULL ||
	    (path != NULL && strcmp(path, "/") != 0))
		goto out;
	tls = strcmp(scheme, "ircs") == 0;
	if (!tls && strcmp(scheme, "irc") != 0)
		goto out;
	buf_printf(&net->where, "%s:%s", host,
	    port != NULL ? port
		: tls    ? "6697"
			 : "6667");
	buf_byte(&net->where, '\0');
	buf_printf(&net->url, "%s://%s/", tls ? "https" : "http", net->where.p);
	buf_byte(&net->url, '\0');
	good = true;
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_url_cleanup(u);
	return good;
}

struct chat_net *
chat_net_new(const char *url, const char *cafile, struct errmsg *why)
{
	struct chat_net *net = xcalloc(1, sizeof(*net));

	net->cafile = cafile;
	net->timer_ms = -1;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
		net->multi = curl_multi_init();
	if (net->multi == NULL) {
		errmsg_set(why, "libcurl does not start");
		why->passing = true;
	} else if (!read_url(net, url)) {
		errmsg_set(why,
		    "\"%s\" is no address; give ircs://host:port or "
		    "irc://host:port",
		    url);
	} else {
		curl_multi_setopt(
		    net->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
		curl_multi_setopt(net->multi, CURLMOPT_SOCKETDATA, net);
		curl_multi_setopt(net->multi, CURLMOPT_TIMERFUNCTION, on_timer);
		curl_multi_setopt(net->multi, CURLMOPT_TIMERDATA, net);
		/* All are in use: none is to be thrown out for another. */
		curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, 100000L);
		return net;
	}
	chat_net_free(net);
	return NULL;
}

void
chat_net_free(struct chat_net *net)
{
	if (net == NULL)
		return;
	for (struct chat *c = net->chats, *next; c != NULL; c = next) {
		next = c->next;
		chat_close(c);
	}
	if (net->multi != NULL) {
		curl_multi_cleanup(net->multi);
		curl_global_cleanup();
	}
	buf_release(&net->url);
	buf_release(&net->where);
	free(net->watches);
	free(net->polls);
	free(net);
}

const char *
chat_net_where(const struct chat_net *net)
{
	return net->where.p;
}

/* Notes the end of a connection. */
static void
end(struct chat *c, const char *why)
{
	if (c->state != CHAT_CLOSED)
		errmsg_set(&c->why, "%s", why);
	c->state = CHAT_CLOSED;
}

/* Notes the end of a connection by an error of libcurl's. */
static void
end_by(struct chat *c, CURLcode code)
{
	end(c, c->error[0] != '\0' ? c->error : curl_easy_strerror(code));
}

static void
set_options(struct chat *c)
{
	const struct chat_net *net = c->net;
	CURL *curl = c->curl;

	curl_easy_setopt(curl, CURLOPT_URL, net->url.p);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, c);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A name server that does not answer is not waited for at the end. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(
	    curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* What is spoken is not HTTP: neither to the server nor to a proxy. */
	curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	if (net->cafile != NULL) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, net->cafile);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
}

struct chat *
chat_open(struct chat_net *net)
{
	struct chat *c = xcalloc(1, sizeof(*c));

	c->net = net;
	c->fd = CURL_SOCKET_BAD;
	c->out.max = OUT_MAX;
	c->next = net->chats;
	if (net->chats != NULL)
		net->chats->prev = c;
	net->chats = c;
	c->curl = curl_easy_init();
	if (c->curl == NULL) {
		end(c, "out of memory");
		return c;
	}
	set_options(c);
	if (curl_multi_add_handle(net->multi, c->curl) != CURLM_OK)
		end(c, "libcurl does not take the connection");
	return c;
}

enum chat_state
chat_state(const struct chat *c)
{
	return c->state;
}

const char *
chat_why(const struct chat *c)
{
	return c->why.text;
}

bool
chat_readable(const struct chat *c)
{
	return c->readable || (c->state == CHAT_CLOSED && !c->at_end);
}

/* Sends what is queued, as far as it goes. */
static void
send_some(struct chat *c)
{
	size_t done = 0;
	CURLcode code = CURLE_OK;

	while (c->state == CHAT_OPEN && done < c->out.len) {
		size_t n = 0;

		code = curl_easy_send(
		    c->curl, c->out.p + done, c->out.len - done, &n);
		if (code != CURLE_OK)
			break;
		done += n;
	}
	if (done > 0) {
		memmove(c->out.p, c->out.p + done, c->out.len - done);
		c->out.len -= done;
		/* There may have been a token in it. */
		explicit_bzero(c->out.p + c->out.len, done);
	}
	/* An error comes again at the read, behind what had come before it. */
	if (code != CURLE_OK && code != CURLE_AGAIN)
		c->readable = true;
}

void
chat_send(struct chat *c, struct str bytes)
{
	buf_str(&c->out, bytes);
	if (buf_over(&c->out))
		end(c, "the server does not read what we send");
	else if (c->state == CHAT_OPEN)
		send_some(c);
}

ssize_t
chat_read(struct chat *c, char *p, size_t n)
{
	size_t got = 0;
	CURLcode code;

	if (c->state == CHAT_CLOSED) {
		c->at_end = true;
		return -1;
	}
	if (c->state != CHAT_OPEN)
		return 0;
	code = curl_easy_recv(c->curl, p, n, &got);
	if (code == CURLE_OK && got > 0)
		return (ssize_t)got;
	c->readable = false;
	if (code == CURLE_AGAIN)
		return 0;
	if (code == CURLE_OK)
		end(c, "closed by the server");
	else
		end_by(c, code);
	c->at_end = true;
	return -1;
}

void
chat_close(struct chat *c)
{
	if (c == NULL)
		return;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->net->chats = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	if (c->curl != NULL) {
		curl_multi_remove_handle(c->net->multi, c->curl);
		curl_easy_cleanup(c->curl);
	}
	if (c->out.p != NULL)
		explicit_bzero(c->out.p, c->out.cap);
	buf_release(&c->out);
	free(c);
}

/* Takes what libcurl has to tell of connections that were under way. */
static void
take_news(struct chat_net *net)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(net->multi, &left)) != NULL) {
		struct chat *c = NULL;

		if (m->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c) !=
			CURLE_OK)
			continue;
		if (m->data.result != CURLE_OK) {
			end_by(c, m->data.result);
			continue;
		}
		curl_easy_getinfo(c->curl, CURLINFO_ACTIVESOCKET, &c->fd);
		c->state = CHAT_OPEN;
		c->error[0] = '\0';
		c->readable = true;
		if (c->out.len > 0)
			send_some(c);
	}
}

/* Lays out what to wait for: `others`, libcurl's, the connections'. */
static size_t
lay_out(struct chat_net *net, const struct pollfd *others, size_t n)
{
	size_t want = n + net->n_watches;

	for (const struct chat *c = net->chats; c != NULL; c = c->next)
		want++;
	while (net->cap_polls < want)
		net->polls = xgrow(net->polls, net->cap_polls, &net->cap_polls,
		    sizeof(*net->polls));
	memcpy(net->polls, others, n * sizeof(*others));
	for (size_t i = 0; i < net->n_watches; i++)
		net->polls[n++] = (struct pollfd){ .fd = net->watches[i].fd,
			.events = net->watches[i].events };
	for (const struct chat *c = net->chats; c != NULL; c = c->next)
		if (c->state == CHAT_OPEN)
			net->polls[n++] = (struct pollfd){ .fd = c->fd,
				.events = (short)(POLLIN |
				    (c->out.len > 0 ? POLLOUT : 0)) };
	return n;
}

/* Lets libcurl go on with its `n` descriptors and its timer. */
static void
go_on(struct chat_net *net, const struct pollfd *polls, size_t n)
{
	int running;

	for (size_t i = 0; i < n; i++) {
		short got = polls[i].revents;
		int what = ((got & POLLIN) != 0 ? CURL_CSELECT_IN : 0) |
		    ((got & POLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
		    ((got & (POLLERR | POLLHUP | POLLNVAL)) != 0
			    ? CURL_CSELECT_ERR
			    : 0);

		if (what != 0)
			curl_multi_socket_action(
			    net->multi, polls[i].fd, what, &running);
	}
	if (net->timer_ms >= 0 && now_mono_ms() >= net->timer_ms) {
		net->timer_ms = -1;
		curl_multi_socket_action(
		    net->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	take_news(net);
}

void
chat_wait(
    struct chat_net *net, struct pollfd *others, size_t n, int64_t wait_ms)
{
	size_t n_watches = net->n_watches, i = n + n_watches, total;

	if (net->timer_ms >= 0) {
		int64_t timer = net->timer_ms - now_mono_ms();

		if (timer < wait_ms)
			wait_ms = timer;
	}
	for (const struct chat *c = net->chats; c != NULL; c = c->next)
		if (chat_readable(c))
			wait_ms = 0;
	total = lay_out(net, others, n);
	if (poll(net->polls, total, (int)(wait_ms > 0 ? wait_ms : 0)) <= 0)
		for (size_t k = 0; k < total; k++)
			net->polls[k].revents = 0;
	memcpy(others, net->polls, n * sizeof(*others));
	for (struct chat *c = net->chats; c != NULL; c = c->next) {
		short got;

		if (c->state != CHAT_OPEN)
			continue;
		got = net->polls[i++].revents;
		if ((got & (POLLIN | POLLERR | POLLHUP)) != 0)
			c->readable = true;
		if ((got & POLLOUT) != 0)
			send_some(c);
	}
	go_on(net, net->polls + n, n_watches);
}
