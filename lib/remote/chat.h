/*
 * chat - connections to an IRC server
 *
 * Plain TCP or TLS through libcurl, none of which waits for anything: bytes are
 * queued to be sent, and read when they have come. One chat_net is the event
 * loop of all its connections; chat_wait() is the only place where the program
 * sleeps. Knows nothing of IRC.
 */
#ifndef TW_REMOTE_CHAT_H
#define TW_REMOTE_CHAT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/str.h"

struct chat_net;
struct chat; /* one connection */

enum chat_state {
	CHAT_CONNECTING, /* name, TCP and TLS are under way */
	CHAT_OPEN,
	CHAT_CLOSED, /* by the other side, or by an error: chat_why() */
};

/*
 * Prepare to connect to `url`: `ircs://host[:port]` or, without TLS,
 * `irc://host[:port]`. `cafile` is a file of certificates to trust instead of
 * the system's, NULL for these.
 *
 * Returns the net, for chat_net_free(); NULL, with `why`, when `url` is none.
 */
struct chat_net *chat_net_new(
    const char *url, const char *cafile, struct errmsg *why) MUST_USE;

/*
 * Close all connections and free the memory. NULL is fine.
 */
void chat_net_free(struct chat_net *net);

/*
 * Look at the server's name and port, for people.
 *
 * Returns a C string, borrowed.
 */
const char *chat_net_where(const struct chat_net *net);

/*
 * Begin to connect.
 *
 * Returns the connection, for chat_close(); it may be closed already.
 */
struct chat *chat_open(struct chat_net *net) MUST_USE;

/*
 * Look at the state of a connection, and at why it is closed.
 */
enum chat_state chat_state(const struct chat *c);
const char *chat_why(const struct chat *c);

/*
 * Tell whether there may be something to read.
 *
 * Returns false when the last wait found nothing.
 */
bool chat_readable(const struct chat *c);

/*
 * Send `bytes`, as soon as the connection takes them.
 */
void chat_send(struct chat *c, struct str bytes);

/*
 * Read at most `n` bytes to `p`.
 *
 * Returns how many; 0 when there is nothing now; -1 when the connection is
 * closed and all that had come was read.
 */
ssize_t chat_read(struct chat *c, char *p, size_t n) MUST_USE;

/*
 * Close the connection and free it. What was not sent yet is lost. NULL is
 * fine.
 */
void chat_close(struct chat *c);

/*
 * Wait until a connection has something to read, can send, is open or closed,
 * or until one of the `n` descriptors `others` has what it waits for, but for
 * at most `wait_ms`.
 *
 * Blocks until then.
 */
void chat_wait(
    struct chat_net *net, struct pollfd *others, size_t n, int64_t wait_ms);

#endif
