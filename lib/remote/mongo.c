/*
 * All connections are made here and not by the library, for two reasons. A
 * sealed client must not connect again: the library would, without a word, and
 * the place in the queue that is held by a connection would be lost unnoticed.
 * And while the server works on a batch there is a next one to be made ready:
 * every stream is wrapped in one of ours (a tap), which calls `idle` as long as
 * no byte of the answer has come.
 */
#define _GNU_SOURCE /* memfd_create */
#include "remote/mongo.h"

#include <mongoc/mongoc.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "format/bsonr.h"
#include "remote/opmsg.h"

#define TAP_TYPE         1000 /* of our stream; the library's own are small */
#define CONNECT_MS       5000
#define SOCKET_MS        60000 /* without a byte of an answer */
#define WRITE_CONCERN_MS 30000
#define DOC_ALIGN        128 /* of a bson_t */
#define MONGO_WAIT_MAX   8

struct mongo_uri {
	mongoc_uri_t *uri; /* owned */
};

struct mongo {
	mongoc_client_t *client; /* owned */
	bool sealed;
	mongo_idle *idle;
	void *idle_arg;      /* borrowed */
	char *docs;          /* owned: room for bson_t, see DOC_ALIGN */
	const bson_t **list; /* owned: pointers to them */
	size_t cap;          /* of these */

	struct tap *taps;    /* borrowed; all that are open */
	struct tap *waiting; /* borrowed; on which an answer is to come */
	char server[BSON_HOST_NAME_MAX + 8]; /* host:port that is written to */
	int32_t wait_ms;                     /* without a byte of an answer */
	int32_t id;         /* of the last message that we sent */
	struct buf message; /* scratch */
};

struct mongo_cursor {
	mongoc_cursor_t *cursor;         /* owned */
	mongoc_collection_t *collection; /* owned */
};

struct tap {
	mongoc_stream_t stream;              /* first, for the library */
	mongoc_stream_t *base;               /* owned */
	struct mongo *m;                     /* borrowed */
	struct tap *next;                    /* borrowed; of m->taps */
	char server[BSON_HOST_NAME_MAX + 8]; /* host:port */
};

#if defined(__linux__)
/*
 * Before main() the library puts counters that nobody here reads into /dev/shm. One
 * that is killed leaves them there for ever, and when its process id comes again the
 * library speaks on standard error, of any tool that is linked with it. The program's
 * symbols come before those of the C library: here the counters get memory without a
 * name.
 */
int
shm_open(const char *name, int flags, mode_t mode)
{
	(void)flags;
	(void)mode;
	return memfd_create(name, MFD_CLOEXEC);
}

int
shm_unlink(const char *name)
{
	(void)name;
	return 0;
}
#endif

/*
 * Errors
 */

static enum mongo_result
classify(const bson_error_t *e)
{
	static const uint32_t passing[] = { 6, 7, 50, 64, 89, 91, 112, 189, 262,
		9001, 10058, 10107, 11600, 11602, 13435, 13436, 0 };

	switch (e->domain) {
	case MONGOC_ERROR_SERVER_SELECTION:
		return MONGO_UNREACHABLE;
	case MONGOC_ERROR_STREAM:
	case MONGOC_ERROR_WRITE_CONCERN:
		return MONGO_UNKNOWN;
	case MONGOC_ERROR_CLIENT:
		return e->code == MONGOC_ERROR_CLIENT_AUTHENTICATE
		    ? MONGO_DENIED
		    : MONGO_REFUSED;
	case MONGOC_ERROR_SASL:
	case MONGOC_ERROR_SCRAM:
		return MONGO_DENIED;
	default:
		break;
	}
	if (e->code == 13 || e->code == 18)
		return MONGO_DENIED;
	for (size_t i = 0; passing[i] != 0; i++)
		if (e->code == passing[i])
			return MONGO_UNKNOWN;
	return MONGO_REFUSED;
}

static void
set_error(struct mongo_error *why, const bson_error_t *e)
{
	static const char once[] = " (`serverSelectionTryOnce` set)";
	char *option;

	why->result = classify(e);
	why->code = e->domain == MONGOC_ERROR_SERVER ? (int)e->code : 0;
	errmsg_set(&why->why, "%s", e->message);
	/* An option that is ours, of no use to anybody. */
	option = strstr(why->why.text, once);
	if (option != NULL)
		memmove(option, option + strlen(once),
		    strlen(option + strlen(once)) + 1);
	/* One line. */
	for (char *p = why->why.text; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
}

/* The library's words: kept in `arg`, where somebody wants them. */
static void
hear(mongoc_log_level_t level, const char *domain, const char *text, void *arg)
{
	struct errmsg *why = arg;

	(void)domain;
	if (why != NULL && level <= MONGOC_LOG_LEVEL_WARNING &&
	    why->text[0] == '\0')
		errmsg_set(why, "%s", text);
}

/*
 * URIs
 */

struct mongo_uri *
mongo_uri_new(const char *text, struct errmsg *why)
{
	struct errmsg warning = { .text = "" };
	struct mongo_uri *u;
	bson_error_t error;

	mongoc_log_set_handler(hear, NULL);
	mongoc_init();
	mongoc_log_set_handler(hear, &warning);
	u = xcalloc(1, sizeof(*u));
	u->uri = mongoc_uri_new_with_error(text, &error);
	mongoc_log_set_handler(hear, NULL);
	if (u->uri == NULL) {
		/* The library may quote what it was given. */
		if (strchr(text, '@') != NULL)
			errmsg_set(why,
			    "it cannot be read (not shown: it may hold a "
			    "password); mind that : / @ %% in a name or "
			    "password are written %%3A %%2F %%40 %%25");
		else
			errmsg_set(why, "%s", error.message);
		goto fail;
	}
	if (warning.text[0] != '\0') {
		*why = warning;
		goto fail;
	}
	mongoc_uri_set_option_as_bool(u->uri, MONGOC_URI_RETRYWRITES, false);
	mongoc_uri_set_option_as_bool(u->uri, MONGOC_URI_RETRYREADS, false);
	mongoc_uri_set_option_as_bool(
	    u->uri, MONGOC_URI_SERVERSELECTIONTRYONCE, true);
	if (!mongoc_uri_has_option(u->uri, MONGOC_URI_CONNECTTIMEOUTMS))
		mongoc_uri_set_option_as_int32(
		    u->uri, MONGOC_URI_CONNECTTIMEOUTMS, CONNECT_MS);
	if (!mongoc_uri_has_option(u->uri, MONGOC_URI_SOCKETTIMEOUTMS))
		mongoc_uri_set_option_as_int32(
		    u->uri, MONGOC_URI_SOCKETTIMEOUTMS, SOCKET_MS);
#if !defined(__SANITIZE_ADDRESS__)
	/* No core, and nobody else looks into this process. */
	if (mongo_uri_has_password(u))
		(void)prctl(PR_SET_DUMPABLE, 0);
#endif
	return u;
fail:
	mongo_uri_free(u);
	return NULL;
}

const char *
mongo_uri_database(const struct mongo_uri *u)
{
	const char *db = mongoc_uri_get_database(u->uri);

	return db != NULL && *db != '\0' ? db : "twitch";
}

const char *
mongo_uri_user(const struct mongo_uri *u)
{
	const char *user = mongoc_uri_get_username(u->uri);

	return user != NULL ? user : "";
}

bool
mongo_uri_has_password(const struct mongo_uri *u)
{
	return mongoc_uri_get_password(u->uri) != NULL ||
	    mongoc_uri_has_option(
		u->uri, MONGOC_URI_TLSCERTIFICATEKEYFILEPASSWORD);
}

void
mongo_uri_free(struct mongo_uri *u)
{
	if (u == NULL)
		return;
	mongoc_uri_destroy(u->uri);
	free(u);
}

/*
 * Streams
 */

static struct tap *
tap_of(mongoc_stream_t *s)
{
	return (struct tap *)(void *)s;
}

static void
forget_tap(struct tap *t)
{
	struct tap **at = &t->m->taps;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	if (t->m->waiting == t)
		t->m->waiting = NULL;
}

static void
tap_destroy(mongoc_stream_t *s)
{
	forget_tap(tap_of(s));
	mongoc_stream_destroy(tap_of(s)->base);
	free(s);
}

static void
tap_failed(mongoc_stream_t *s)
{
	forget_tap(tap_of(s));
	mongoc_stream_failed(tap_of(s)->base);
	free(s);
}

static int
tap_close(mongoc_stream_t *s)
{
	return mongoc_stream_close(tap_of(s)->base);
}

static int
tap_flush(mongoc_stream_t *s)
{
	return mongoc_stream_flush(tap_of(s)->base);
}

static ssize_t
tap_writev(mongoc_stream_t *s, mongoc_iovec_t *iov, size_t n, int32_t wait_ms)
{
	return mongoc_stream_writev(tap_of(s)->base, iov, n, wait_ms);
}

static ssize_t
tap_readv(mongoc_stream_t *s, mongoc_iovec_t *iov, size_t n, size_t least,
    int32_t wait_ms)
{
	struct tap *t = tap_of(s);
	mongoc_stream_poll_t p = { t->base, POLLIN, 0 };

	while (t->m->idle != NULL && mongoc_stream_poll(&p, 1, 0) == 0)
		if (!t->m->idle(t->m->idle_arg))
			break;
	return mongoc_stream_readv(t->base, iov, n, least, wait_ms);
}

static int
tap_setsockopt(
    mongoc_stream_t *s, int level, int name, void *value, mongoc_socklen_t len)
{
	return mongoc_stream_setsockopt(
	    tap_of(s)->base, level, name, value, len);
}

static mongoc_stream_t *
tap_base(mongoc_stream_t *s)
{
	return tap_of(s)->base;
}

static bool
tap_check_closed(mongoc_stream_t *s)
{
	return mongoc_stream_check_closed(tap_of(s)->base);
}

static bool
tap_timed_out(mongoc_stream_t *s)
{
	return mongoc_stream_timed_out(tap_of(s)->base);
}

static bool
tap_should_retry(mongoc_stream_t *s)
{
	return mongoc_stream_should_retry(tap_of(s)->base);
}

static mongoc_stream_t *
tap_new(struct mongo *m, mongoc_stream_t *base, const char *server)
{
	struct tap *t = xcalloc(1, sizeof(*t));

	t->stream.type = TAP_TYPE;
	t->stream.destroy = tap_destroy;
	t->stream.failed = tap_failed;
	t->stream.close = tap_close;
	t->stream.flush = tap_flush;
	t->stream.writev = tap_writev;
	t->stream.readv = tap_readv;
	t->stream.setsockopt = tap_setsockopt;
	t->stream.get_base_stream = tap_base;
	t->stream.check_closed = tap_check_closed;
	t->stream.timed_out = tap_timed_out;
	t->stream.should_retry = tap_should_retry;
	t->base = base;
	t->m = m;
	t->next = m->taps;
	m->taps = t;
	snprintf(t->server, sizeof(t->server), "%s", server);
	return &t->stream;
}

/* Connects a socket to one address. NULL with errno. */
static mongoc_stream_t *
connect_socket(int family, int kind, int protocol, const struct sockaddr *to,
    socklen_t len, int32_t wait_ms)
{
	int64_t until = bson_get_monotonic_time() + (int64_t)wait_ms * 1000;
	mongoc_socket_t *s = mongoc_socket_new(family, kind, protocol);
	int saved;

	if (s == NULL)
		return NULL;
	if (mongoc_socket_connect(s, to, (mongoc_socklen_t)len, until) == 0)
		return mongoc_stream_socket_new(s);
	saved =
	    mongoc_socket_errno(s) != 0 ? mongoc_socket_errno(s) : ETIMEDOUT;
	mongoc_socket_destroy(s);
	errno = saved;
	return NULL;
}

static mongoc_stream_t *
connect_unix(const mongoc_host_list_t *host, int32_t wait_ms)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(host->host);

	if (len >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	memcpy(to.sun_path, host->host, len + 1);
	return connect_socket(AF_UNIX, SOCK_STREAM, 0,
	    (const struct sockaddr *)(const void *)&to, sizeof(to), wait_ms);
}

static mongoc_stream_t *
connect_host(
    const mongoc_host_list_t *host, int32_t wait_ms, bson_error_t *error)
{
	struct addrinfo hints = { .ai_family = host->family,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	mongoc_stream_t *s = NULL;
	char port[16];
	int e;

	if (host->family == AF_UNIX) {
		s = connect_unix(host, wait_ms);
		if (s == NULL)
			bson_set_error(error, MONGOC_ERROR_STREAM,
			    MONGOC_ERROR_STREAM_CONNECT, "%s: %s", host->host,
			    strerror(errno));
		return s;
	}
	snprintf(port, sizeof(port), "%u", (unsigned)host->port);
	e = getaddrinfo(host->host, port, &hints, &list);
	if (e != 0) {
		bson_set_error(error, MONGOC_ERROR_STREAM,
		    MONGOC_ERROR_STREAM_NAME_RESOLUTION, "%s: %s", host->host,
		    gai_strerror(e));
		return NULL;
	}
	for (const struct addrinfo *a = list; a != NULL && s == NULL;
	     a = a->ai_next)
		s = connect_socket(a->ai_family, a->ai_socktype, a->ai_protocol,
		    a->ai_addr, a->ai_addrlen, wait_ms);
	freeaddrinfo(list);
	if (s == NULL)
		bson_set_error(error, MONGOC_ERROR_STREAM,
		    MONGOC_ERROR_STREAM_CONNECT, "%s: %s", host->host_and_port,
		    strerror(errno));
	return s;
}

static mongoc_stream_t *
start_tls(const mongoc_uri_t *uri, const mongoc_host_list_t *host,
    mongoc_stream_t *base, int32_t wait_ms, bson_error_t *error)
{
	mongoc_ssl_opt_t opt = *mongoc_ssl_opt_get_default();
	bool insecure =
	    mongoc_uri_get_option_as_bool(uri, MONGOC_URI_TLSINSECURE, false);
	mongoc_stream_t *tls;

	opt.pem_file = mongoc_uri_get_option_as_utf8(
	    uri, MONGOC_URI_TLSCERTIFICATEKEYFILE, NULL);
	opt.pem_pwd = mongoc_uri_get_option_as_utf8(
	    uri, MONGOC_URI_TLSCERTIFICATEKEYFILEPASSWORD, NULL);
	opt.ca_file =
	    mongoc_uri_get_option_as_utf8(uri, MONGOC_URI_TLSCAFILE, NULL);
	opt.weak_cert_validation = insecure ||
	    mongoc_uri_get_option_as_bool(
		uri, MONGOC_URI_TLSALLOWINVALIDCERTIFICATES, false);
	opt.allow_invalid_hostname = insecure ||
	    mongoc_uri_get_option_as_bool(
		uri, MONGOC_URI_TLSALLOWINVALIDHOSTNAMES, false);
	tls = mongoc_stream_tls_new_with_hostname(base, host->host, &opt, 1);
	if (tls == NULL) {
		bson_set_error(error, MONGOC_ERROR_STREAM,
		    MONGOC_ERROR_STREAM_SOCKET,
		    "%s: TLS cannot be set up; look at the tls options of "
		    "the URI",
		    host->host_and_port);
		mongoc_stream_destroy(base);
		return NULL;
	}
	if (!mongoc_stream_tls_handshake_block(
		tls, host->host, wait_ms, error)) {
		mongoc_stream_destroy(tls);
		return NULL;
	}
	return tls;
}

/* Tells whether the library has heard from that server, and not yet that it is
 * gone. */
static bool
is_known(const mongoc_client_t *client, const mongoc_host_list_t *host)
{
	bool known = false;
	size_t n;
	mongoc_server_description_t **list =
	    mongoc_client_get_server_descriptions(client, &n);

	for (size_t i = 0; i < n; i++) {
		const mongoc_host_list_t *h =
		    mongoc_server_description_host(list[i]);

		known |= strcmp(h->host_and_port, host->host_and_port) == 0 &&
		    strcmp(mongoc_server_description_type(list[i]),
			"Unknown") != 0;
	}
	mongoc_server_descriptions_destroy_all(list, n);
	return known;
}

/*
 * Makes a connection that is lost from the beginning. When a server that it knew
 * does not answer, libmongoc (1.23) asks again out of the middle of taking note of
 * that, and where there is then no connection at once, takes note of this, too:
 * it waits for its own lock, for ever. One that fails by and by does not do that.
 */
static mongoc_stream_t *
connect_nowhere(const mongoc_host_list_t *host)
{
	mongoc_socket_t *s = mongoc_socket_new(
	    host->family == AF_UNIX ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	return s != NULL ? mongoc_stream_socket_new(s) : NULL;
}

/* Makes a connection for the library. */
static mongoc_stream_t *
initiate(const mongoc_uri_t *uri, const mongoc_host_list_t *host, void *arg,
    bson_error_t *error)
{
	struct mongo *m = arg;
	int32_t wait_ms = mongoc_uri_get_option_as_int32(
	    uri, MONGOC_URI_CONNECTTIMEOUTMS, CONNECT_MS);
	mongoc_stream_t *s = NULL;

	if (m->sealed)
		bson_set_error(error, MONGOC_ERROR_STREAM,
		    MONGOC_ERROR_STREAM_CONNECT, "the connection to %s is lost",
		    host->host_and_port);
	else
		s = connect_host(host, wait_ms, error);
	if (s != NULL && mongoc_uri_get_tls(uri))
		s = start_tls(uri, host, s, wait_ms, error);
	if (s == NULL && is_known(m->client, host))
		s = connect_nowhere(host);
	return s != NULL ? tap_new(m, s, host->host_and_port) : NULL;
}

/*
 * Clients
 */

/* Finds the connection to the server that can be written to. */
static struct tap *
find_tap(struct mongo *m, struct mongo_error *why)
{
	mongoc_server_description_t *d;
	bson_error_t error;

	d = mongoc_client_select_server(m->client, true, NULL, &error);
	if (d == NULL) {
		set_error(why, &error);
		return NULL;
	}
	snprintf(m->server, sizeof(m->server), "%s",
	    mongoc_server_description_host(d)->host_and_port);
	mongoc_server_description_destroy(d);
	for (struct tap *t = m->taps; t != NULL; t = t->next)
		if (strcmp(t->server, m->server) == 0)
			return t;
	why->result = MONGO_UNKNOWN;
	errmsg_set(&why->why, "the connection to %s is lost", m->server);
	return NULL;
}

struct mongo *
mongo_connect(
    const struct mongo_uri *u, const char *app, struct mongo_error *why)
{
	struct mongo *m = xcalloc(1, sizeof(*m));
	mongoc_uri_t *own;
	struct buf ping = { 0 }, reply = { 0 };
	bson_error_t error;
	size_t at;
	bool ok;

	/* The name is ours, whatever the URI says: a lease goes by it. */
	own = mongoc_uri_copy(u->uri);
	mongoc_uri_set_appname(own, app);
	m->wait_ms = mongoc_uri_get_option_as_int32(
	    own, MONGOC_URI_SOCKETTIMEOUTMS, SOCKET_MS);
	m->client = mongoc_client_new_from_uri_with_error(own, &error);
	mongoc_uri_destroy(own);
	if (m->client == NULL) {
		set_error(why, &error);
		why->result = MONGO_REFUSED;
		free(m);
		return NULL;
	}
	mongoc_client_set_error_api(m->client, MONGOC_ERROR_API_VERSION_2);
	mongoc_client_set_stream_initiator(m->client, initiate, m);
	at = bsonw_begin(&ping);
	bsonw_int(&ping, STR("ping"), 1);
	bsonw_end(&ping, at);
	ok = mongo_command(m, "admin", buf_view(&ping), &reply, why);
	buf_release(&ping);
	buf_release(&reply);
	if (ok && find_tap(m, why) != NULL)
		return m;
	mongo_free(m);
	return NULL;
}

void
mongo_seal(struct mongo *m)
{
	m->sealed = true;
}

void
mongo_on_idle(struct mongo *m, mongo_idle *idle, void *arg)
{
	m->idle = idle;
	m->idle_arg = arg;
}

int
mongo_wire_version(const struct mongo *m)
{
	mongoc_server_description_t *d;
	bson_error_t error;
	bson_iter_t iter;
	int version = 0;

	d = mongoc_client_select_server(m->client, true, NULL, &error);
	if (d == NULL)
		return 0;
	if (bson_iter_init_find(&iter,
		mongoc_server_description_hello_response(d), "maxWireVersion"))
		version = (int)bson_iter_as_int64(&iter);
	mongoc_server_description_destroy(d);
	return version;
}

void
mongo_free(struct mongo *m)
{
	if (m == NULL)
		return;
	m->idle = NULL;
	m->sealed = true;
	mongoc_client_destroy(m->client);
	buf_release(&m->message);
	free(m->docs);
	free(m->list);
	free(m);
}

void
mongo_cleanup(void)
{
	mongoc_cleanup();
}

/* Looks at the document `s` as the library's; false when it is none. */
static bool
view(bson_t *b, struct str s)
{
	return bson_init_static(b, (const uint8_t *)s.p, s.len);
}

static void
keep_reply(struct buf *to, const bson_t *reply)
{
	buf_reset(to);
	buf_add(to, bson_get_data(reply), reply->len);
}

bool
mongo_command(struct mongo *m, const char *db, struct str command,
    struct buf *reply, struct mongo_error *why)
{
	bson_t cmd, answer;
	bson_error_t error;
	bool ok;

	if (!view(&cmd, command)) {
		why->result = MONGO_REFUSED;
		errmsg_set(&why->why, "a command is no document");
		return false;
	}
	ok = mongoc_client_command_with_opts(
	    m->client, db, &cmd, NULL, NULL, &answer, &error);
	keep_reply(reply, &answer);
	bson_destroy(&answer);
	if (!ok)
		set_error(why, &error);
	return ok;
}

/*
 * Sending now, and reading the answer later
 *
 * The library has no such thing. On its connection, which has been greeted and
 * authenticated, our own messages go as well as its own; an answer comes as its
 * question went, without compression.
 */

static bool
lost(const struct mongo *m, struct mongo_error *why)
{
	why->result = MONGO_UNKNOWN;
	why->code = 0;
	errmsg_set(&why->why, "the connection to %s is lost", m->server);
	return false;
}

bool
mongo_send(struct mongo *m, struct str command, const struct str *docs,
    size_t n, struct mongo_error *why)
{
	struct tap *t = find_tap(m, why);
	mongoc_iovec_t iov;

	if (t == NULL)
		return false;
	buf_reset(&m->message);
	opmsg_write(&m->message, ++m->id, command, docs, n);
	iov.iov_base = m->message.p;
	iov.iov_len = m->message.len;
	if (mongoc_stream_writev(t->base, &iov, 1, m->wait_ms) !=
	    (ssize_t)m->message.len)
		return lost(m, why);
	m->waiting = t;
	return true;
}

int
mongo_wait(
    struct mongo *const *all, size_t n, bool now, mongo_idle *idle, void *arg)
{
	mongoc_stream_poll_t p[MONGO_WAIT_MAX];
	int32_t wait_ms = 0;
	ssize_t some;

	assert(n > 0 && n <= MONGO_WAIT_MAX);
	for (size_t i = 0; i < n; i++)
		p[i] =
		    (mongoc_stream_poll_t){ all[i]->waiting->base, POLLIN, 0 };
	for (;;) {
		some = mongoc_stream_poll(p, n, wait_ms);
		for (size_t i = 0; some > 0 && i < n; i++)
			if (p[i].revents != 0)
				return (int)i;
		if (some < 0 || now || wait_ms != 0)
			return -1;
		if (idle == NULL || !idle(arg))
			wait_ms = all[0]->wait_ms;
	}
}

/* Reads `n` bytes more of an answer. */
static bool
receive_bytes(struct mongo *m, size_t n)
{
	mongoc_iovec_t iov;

	(void)buf_room(&m->message, n);
	iov.iov_base = m->message.p + m->message.len;
	iov.iov_len = n;
	m->message.len += n;
	return mongoc_stream_readv(m->waiting->base, &iov, 1, n, m->wait_ms) ==
	    (ssize_t)n;
}

bool
mongo_receive(struct mongo *m, struct buf *reply, struct mongo_error *why)
{
	struct bsonr_value v, text;
	bson_error_t error;
	struct str doc;
	size_t len;

	buf_reset(&m->message);
	if (m->waiting == NULL || !receive_bytes(m, OPMSG_HEAD))
		return lost(m, why);
	len = opmsg_length(m->message.p);
	if (len == 0 || !receive_bytes(m, len - OPMSG_HEAD) ||
	    !opmsg_read(buf_view(&m->message), m->id, &doc))
		return lost(m, why);
	m->waiting = NULL;
	buf_reset(reply);
	buf_str(reply, doc);
	if (!bsonr_find(doc, "ok", &v))
		return lost(m, why);
	if (v.num == 1)
		return true;
	if (!bsonr_find(doc, "errmsg", &text))
		text.text = STR("the server said no");
	bson_set_error(&error, MONGOC_ERROR_SERVER,
	    bsonr_find(doc, "code", &v) ? (uint32_t)v.num : 0, "%.*s",
	    STR_ARGS(text.text));
	set_error(why, &error);
	return false;
}

bool
mongo_same_server(const struct mongo *a, const struct mongo *b)
{
	return strcmp(a->server, b->server) == 0;
}

/* Makes room for `n` documents at a time. */
static void
make_room(struct mongo *m, size_t n)
{
	uintptr_t first;

	if (n <= m->cap)
		return;
	free(m->docs);
	free(m->list);
	m->docs = xcalloc(n + 1, DOC_ALIGN);
	m->list = xcalloc(n, sizeof(*m->list));
	m->cap = n;
	first = ((uintptr_t)m->docs + DOC_ALIGN - 1) / DOC_ALIGN * DOC_ALIGN;
	for (size_t i = 0; i < n; i++)
		m->list[i] = (const bson_t *)(first + i * DOC_ALIGN);
}

static void
insert_options(bson_t *opts)
{
	bson_t concern;

	bson_init(opts);
	BSON_APPEND_BOOL(opts, "ordered", false);
	BSON_APPEND_BOOL(opts, "validate", false);
	BSON_APPEND_DOCUMENT_BEGIN(opts, "writeConcern", &concern);
	BSON_APPEND_UTF8(&concern, "w", "majority");
	BSON_APPEND_BOOL(&concern, "j", true);
	BSON_APPEND_INT32(&concern, "wtimeout", WRITE_CONCERN_MS);
	bson_append_document_end(opts, &concern);
}

bool
mongo_insert(struct mongo *m, const char *db, const char *collection,
    const struct str *docs, size_t n, struct buf *reply,
    struct mongo_error *why)
{
	mongoc_collection_t *c;
	bson_t opts, answer;
	bson_error_t error;
	bool ok = true;

	_Static_assert(
	    sizeof(bson_t) <= DOC_ALIGN, "documents fit where they are put");
	make_room(m, n);
	for (size_t i = 0; i < n && ok; i++)
		ok = view((bson_t *)(uintptr_t)m->list[i], docs[i]);
	if (!ok) {
		why->result = MONGO_REFUSED;
		errmsg_set(&why->why, "a document is none");
		return false;
	}
	c = mongoc_client_get_collection(m->client, db, collection);
	insert_options(&opts);
	ok = mongoc_collection_insert_many(
	    c, m->list, n, &opts, &answer, &error);
	keep_reply(reply, &answer);
	bson_destroy(&answer);
	bson_destroy(&opts);
	mongoc_collection_destroy(c);
	if (!ok)
		set_error(why, &error);
	return ok;
}

static struct mongo_cursor *
cursor_new(struct mongo *m, const char *db, const char *collection)
{
	struct mongo_cursor *c = xcalloc(1, sizeof(*c));

	c->collection = mongoc_client_get_collection(m->client, db, collection);
	return c;
}

struct mongo_cursor *
mongo_find(struct mongo *m, const char *db, const char *collection,
    struct str filter, struct str options)
{
	struct mongo_cursor *c = cursor_new(m, db, collection);
	bson_t f, o;

	if (view(&f, filter) && view(&o, options))
		c->cursor = mongoc_collection_find_with_opts(
		    c->collection, &f, &o, NULL);
	return c;
}

struct mongo_cursor *
mongo_aggregate(struct mongo *m, const char *db, const char *collection,
    struct str pipeline, struct str options)
{
	struct mongo_cursor *c = cursor_new(m, db, collection);
	bson_t p, o;

	if (view(&p, pipeline) && view(&o, options))
		c->cursor = mongoc_collection_aggregate(
		    c->collection, MONGOC_QUERY_NONE, &p, &o, NULL);
	return c;
}

int
mongo_cursor_next(
    struct mongo_cursor *c, struct str *doc, struct mongo_error *why)
{
	const bson_t *next;
	bson_error_t error;

	if (c->cursor == NULL) {
		why->result = MONGO_REFUSED;
		errmsg_set(&why->why, "a query is no document");
		return -1;
	}
	if (mongoc_cursor_next(c->cursor, &next)) {
		*doc = (struct str){ (const char *)bson_get_data(next),
			next->len };
		return 1;
	}
	if (!mongoc_cursor_error(c->cursor, &error))
		return 0;
	set_error(why, &error);
	return -1;
}

void
mongo_cursor_free(struct mongo_cursor *c)
{
	if (c == NULL)
		return;
	if (c->cursor != NULL)
		mongoc_cursor_destroy(c->cursor);
	mongoc_collection_destroy(c->collection);
	free(c);
}
