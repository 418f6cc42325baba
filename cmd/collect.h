/*
 * collect - what the mains of the two collectors share
 *
 * The list of channels, who we are in the marks, how many files may be open,
 * and what is said when the output fails. Like tool.h it prints and exits.
 */
#ifndef TW_CMD_COLLECT_H
#define TW_CMD_COLLECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "base/map.h"
#include "remote/record.h"
#include "tool.h"

/* Where the names of the channels come from. */
struct collect_source {
	char *const *names; /* borrowed; the operands */
	size_t n;
	const char *file; /* borrowed; one login a line; NULL = none */
	enum tool_words words;
};

/* The long options of both; those of one begin at COLLECT_OWN. */
enum { COLLECT_SYNC = 256, COLLECT_OWN };

/*
 * Take the option `o` of getopt_long(), with its optarg, if it is one that both
 * have: -f, -o, --sync, -q, -v, -V. `tool` is who we are, for -V.
 *
 * Returns false when it is not.
 */
bool collect_option(int o, const char *tool, struct collect_source *s,
    struct record_options *output) MUST_USE;

/* Does what there is to do for the channel `login`. */
typedef void collect_channel(void *arg, struct str login);

/*
 * Read the names of `s` into the empty `list`. Lines that are no login are
 * named and left out; exits when an operand is none.
 *
 * Returns false, with `why`, when the file cannot be read.
 */
bool collect_read(struct map *list, const struct collect_source *s,
    struct errmsg *why) MUST_USE;

/*
 * Read the names anew: `add` gets those that are new, `leave` those that are
 * not in the list any more. A file that cannot be read leaves the old list in
 * force, with a warning.
 *
 * Returns true when the list was read.
 */
bool collect_reload(struct map *list, const struct collect_source *s,
    collect_channel *add, collect_channel *leave, void *arg);

/*
 * Look up an environment variable; one that is empty is as good as none.
 *
 * Returns its value or NULL.
 */
const char *collect_env(const char *name);

/*
 * Find the file that TW_CAFILE names; exits when it cannot be read.
 *
 * Returns its path, NULL when there is none.
 */
const char *collect_cafile(void);

/*
 * Begin to catch the signals that are orders (base/stop.h); exits when that fails.
 * An output without reader, or a file that must not grow (ulimit -f), is found out
 * by its error, not by a signal.
 *
 * Returns the descriptor of the orders.
 */
int collect_signals(void);

/*
 * Append to `b` who this collector is, for the marks' `by`, terminated: host,
 * pid, and when it began.
 */
void collect_by(struct buf *b);

/*
 * Let as many files be open as the system allows.
 *
 * Returns how many of them the raw log may have.
 */
size_t collect_max_open(void);

/*
 * Tell a person what became of the output. When nobody reads standard output
 * any more, this ends the process as SIGPIPE does.
 */
void collect_output_news(struct record *r, enum tool_words words);

#endif
