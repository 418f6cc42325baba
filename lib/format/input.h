/*
 * input - an operand, line by line
 *
 * What every tool reads: a file or standard input, compressed or not (unpack),
 * in lines (base/lines.h), with a name for messages.
 */
#ifndef TW_FORMAT_INPUT_H
#define TW_FORMAT_INPUT_H

#include "base/lines.h"
#include "format/unpack.h"

/*
 * The longest line that is read whole. Chat lines have up to 64 KiB, and JSON
 * can spell a byte with six.
 */
#define INPUT_LINE_MAX ((size_t)1024 * 1024)

struct input {
	const char *name; /* borrowed; for messages */
	struct unpack *u; /* owned; NULL = not open */
	struct lines lines;
};

/*
 * Open operand `path`; `-` is standard input.
 *
 * Returns false with `why`; `in` is then zeroed but for its name.
 * `path` and `tie` (see unpack_open()) are borrowed until the close.
 */
bool input_open(struct input *in, const char *path,
    const struct unpack_tie *tie, struct errmsg *why) MUST_USE;

/*
 * Read the next line: lines_next() with a reason.
 *
 * Returns 1; 0 at the end; -1 with `why`.
 */
int input_next(struct input *in, struct str *line, struct errmsg *why) MUST_USE;

/*
 * Wait until there is a line to read, or a part of one, at most `wait_ms`.
 *
 * Returns false when the time is over first.
 */
bool input_ready(const struct input *in, int wait_ms);

/*
 * Close it. A zeroed one is fine.
 */
void input_close(struct input *in);

#endif
