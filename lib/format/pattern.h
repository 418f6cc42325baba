/*
 * pattern - which names stand in a text
 *
 * A file of names and PCRE2 patterns, section MENTIONS of tw-parse(1). Patterns
 * are compiled once, with JIT; a match limit sees to it that none can hang the
 * pipe: a pattern that reaches it did not match, and that is counted.
 */
#ifndef TW_FORMAT_PATTERN_H
#define TW_FORMAT_PATTERN_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"

struct patterns; /* compiled, in the order of their file */

/*
 * Read and compile the patterns of the file `path`.
 *
 * Returns them; NULL with `why`, which names the line, when the file cannot be
 * read or one of them is no pattern. The caller gives them to patterns_free().
 */
struct patterns *patterns_load(const char *path, struct errmsg *why) MUST_USE;

/*
 * Append the names of the patterns that match `text` as a JSON list in our
 * spelling, each name once; nothing when none does.
 *
 * `text` is valid UTF-8.
 */
void patterns_match(struct patterns *p, struct str text, struct buf *list);

/*
 * Go through the patterns that gave up on a text: `i` begins at 0.
 *
 * Returns false after the last; `name` is borrowed, `n` is how many texts.
 */
bool patterns_gave_up(
    const struct patterns *p, size_t *i, struct str *name, int64_t *n);

/*
 * Free them. NULL is fine.
 */
void patterns_free(struct patterns *p);

#endif
