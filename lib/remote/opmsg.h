/*
 * opmsg - messages of the MongoDB wire protocol, as bytes
 *
 * OP_MSG alone (opcode 2013), without compression and checksum, as the pages
 * "MongoDB Wire Protocol" of the server's manual have it: a command, and for an
 * insert its documents behind it.
 */
#ifndef TW_REMOTE_OPMSG_H
#define TW_REMOTE_OPMSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

#define OPMSG_HEAD 16       /* bytes, in which the length stands */
#define OPMSG_MAX  48000000 /* bytes of a message */

/*
 * Append the message number `id` with `command`, a document with `$db`; the `n`
 * documents `docs` are its field `documents`, 0 = it has none.
 */
void opmsg_write(struct buf *to, int32_t id, struct str command,
    const struct str *docs, size_t n);

/*
 * Tell from the OPMSG_HEAD bytes at `head` how long the message is.
 *
 * Returns the bytes in all; 0 when that cannot be an answer.
 */
size_t opmsg_length(const char *head);

/*
 * Find the document of the answer `message`, which is one to number `id`.
 *
 * Returns false when it is no such answer. `doc` is borrowed from `message`.
 */
bool opmsg_read(struct str message, int32_t id, struct str *doc) MUST_USE;

#endif
