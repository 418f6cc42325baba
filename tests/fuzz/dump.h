/*
 * dump - the same JSON in another spelling: that of jansson
 */
#ifndef TW_TESTS_DUMP_H
#define TW_TESTS_DUMP_H

#include <jansson.h>

#include "base/buf.h"
#include "base/str.h"

/* Spellings of jansson's, as flags of json_dumpb(). All keep the order. */
static const size_t dump_spellings[] = { JSON_COMPACT,
	JSON_INDENT(1) | JSON_ENSURE_ASCII, JSON_COMPACT | JSON_ESCAPE_SLASH };

#define DUMP_N (sizeof(dump_spellings) / sizeof(*dump_spellings))

/*
 * Reads `line` as jansson does, and sets `out` to what it writes of that.
 *
 * Returns false when it cannot read it.
 */
static inline bool
dump_line(struct str line, size_t flags, struct buf *out)
{
	json_t *root = json_loadb(
	    line.p, line.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	size_t len;

	if (root == NULL)
		return false;
	flags |= JSON_ENCODE_ANY;
	len = json_dumpb(root, NULL, 0, flags);
	buf_reset(out);
	(void)buf_room(out, len);
	out->len = json_dumpb(root, out->p, len, flags);
	json_decref(root);
	return true;
}

#endif
