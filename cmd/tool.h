/*
 * tool - what the mains of all tools share
 *
 * Words for people, options that mean the same everywhere, and the file of the
 * lines that were refused. The only part of the tree, beside the mains, that
 * prints and exits.
 */
#ifndef TW_CMD_TOOL_H
#define TW_CMD_TOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/errmsg.h"
#include "base/map.h"
#include "base/progress.h"
#include "base/str.h"
#include "format/input.h"

/* How many lines pass between two looks at the clock. */
#define TOOL_PROGRESS_LINES 65536
#define TOOL_OUTPUT         ((size_t)64 * 1024) /* as much as a pipe holds */

enum tool_exit {
	TOOL_DONE = 0,
	TOOL_FAILED = 1,  /* may go well next time */
	TOOL_USAGE = 2,   /* the call is wrong; trying again is no use */
	TOOL_REFUSED = 3, /* done, but some input was refused */
};

/* How much a tool says on standard error. */
enum tool_words { TOOL_QUIET, TOOL_NORMAL, TOOL_VERBOSE };

/* What the options -c, --since, --until let through. */
struct tool_filter {
	struct map channels; /* none = all */
	bool *met;           /* owned; by channel: it was let through */
	size_t cap_met;
	int64_t since_ms; /* INT64_MIN = no limit */
	int64_t until_ms; /* exclusive; INT64_MAX = no limit */
};

/* Where refused lines go. */
struct tool_rejects {
	FILE *f;          /* owned; NULL = they are only named */
	const char *path; /* borrowed */
	struct stat st;   /* of it */
	bool quiet;       /* they are not named */
	int64_t n;        /* lines refused */
};

/*
 * See to it that descriptors 0 to 2 are in use: first of all, as else the next
 * file that is opened would take the place of one that was closed, and get what
 * is meant for people. Input and output fail all the same; words are lost.
 *
 * What goes to a pipe or a file leaves in pieces of TOOL_OUTPUT bytes.
 */
void tool_begin(void);

/*
 * Print `text`, then the version, the way -V does, and exit.
 */
_Noreturn void tool_version(const char *tool);

/*
 * Say the printf format `fmt` with its arguments; what of it is no text, as it may
 * be quoted from an input, is made harmless (base/errmsg.h).
 */
void tool_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * Exit with TOOL_USAGE, saying the printf format `fmt` with its arguments.
 */
_Noreturn void tool_wrong(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * Exit, saying `what` and `why`: with TOOL_FAILED when it may go well next time,
 * else with TOOL_USAGE. `what` may be empty.
 */
_Noreturn void tool_give_up(const char *what, const struct errmsg *why);

/*
 * Exit as tool_give_up() does unless the file `path` that `what` names can be
 * read.
 */
void tool_readable(const char *what, const char *path);

/*
 * Set up `f` to let everything through.
 */
void tool_filter_init(struct tool_filter *f);

/*
 * Add the channel `name`, of what is called `what`, such as -c; exits when it is none.
 */
void tool_filter_channel(
    struct tool_filter *f, const char *what, const char *name);

/*
 * Set one limit of `f` to the time `text` of option `name`; exits when it is
 * none.
 */
void tool_time(int64_t *ms, const char *name, const char *text);

/*
 * Take note that something of `channel` came by, see tool_filter_unmet().
 */
void tool_filter_meet(struct tool_filter *f, struct str channel);

/*
 * Tell whether `f` lets `channel` through, and take note of it if so.
 *
 * Returns true when it does.
 */
bool tool_has_channel(struct tool_filter *f, struct str channel);

/*
 * Tell whether `f` lets something of `channel` at `ts` (ms UTC) through.
 *
 * Returns true when it does.
 */
bool tool_passes(struct tool_filter *f, struct str channel, int64_t ts);

/*
 * Name the channels of -c of which nothing came by: mistyped, perhaps.
 */
void tool_filter_unmet(const struct tool_filter *f);

/*
 * Free what `f` holds.
 */
void tool_filter_release(struct tool_filter *f);

/*
 * Tell whether the operand `path` (`-` is standard input) is the file that `st`
 * describes.
 *
 * Returns true when it is; false for what is no regular file.
 */
bool tool_is_file(const char *path, const struct stat *st);

/*
 * Open the file `path` for refused lines, made with mode 0640 less the umask; exits
 * when that fails. What it holds stays until tool_rejects_begin().
 */
void tool_rejects_open(struct tool_rejects *r, const char *path);

/*
 * See to it that refused lines do not replace the file `path`, which is read: exits
 * with TOOL_USAGE when they would.
 */
void tool_rejects_spare(const struct tool_rejects *r, const char *path);

/*
 * Empty the file for refused lines; exits when that fails.
 */
void tool_rejects_begin(struct tool_rejects *r);

/*
 * Count, name and keep the refused line `line`, number `number` of input
 * `name`; `why` is the reason. `part` and `cont` are those of a piece of a long
 * line (base/lines.h), false for a whole one.
 */
void tool_refuse(struct tool_rejects *r, const char *name, int64_t number,
    const char *why, struct str line, bool part, bool cont);

/*
 * Close the file.
 *
 * Returns TOOL_FAILED when it is incomplete, TOOL_REFUSED when a line was
 * refused, else TOOL_DONE.
 */
enum tool_exit tool_rejects_close(struct tool_rejects *r);

/*
 * Find out which of two results is the graver.
 *
 * Returns it.
 */
enum tool_exit tool_graver(enum tool_exit a, enum tool_exit b);

/*
 * Begin to show the progress of `tool`, when somebody is there to see it.
 *
 * `total` is the bytes to do, 0 when unknown.
 */
struct progress tool_progress(
    const char *tool, enum tool_words words, int64_t total);

/* Flushes standard output. */
extern const struct unpack_tie tool_tie;

/* Does what there is to do about one line, or one piece of a long one, of `in`.
 * `line` is borrowed for the call. */
typedef void tool_line(void *arg, const struct input *in, struct str line);

/* Takes the next line of `in` if it need not be looked for, with lines_ahead() and
 * lines_take(). Returns false when it is to be given to the tool_line. */
typedef bool tool_ahead(void *arg, struct input *in);

/*
 * Read the operand `path` of `tool` (`-` is standard input) and give each line
 * that `ahead` does not take, which may be NULL, to `take`, both with `arg`.
 * Standard output is flushed before a wait.
 *
 * Returns TOOL_FAILED, having said why, when it cannot be read to its end, else
 * TOOL_DONE.
 */
enum tool_exit tool_each_line(const char *tool, const char *path,
    enum tool_words words, tool_ahead *ahead, tool_line *take, void *arg);

/*
 * Give up what a tool that reads strangers' lines does not need once its options
 * are read: with `network` false the network, and all files but those below
 * `folder`, if that is not NULL (base/confine.h). What this system has no means
 * for is told when more words are asked for.
 */
void tool_confine(enum tool_words words, bool network, const char *folder);

/*
 * Make ready for a secret, to be read from the file `path` that the variable `name`
 * names: see to the memory, and warn when everybody can read the file.
 */
void tool_secret(enum tool_words words, const char *name, const char *path);

/*
 * Write `s` to standard output; exits with TOOL_FAILED when that fails.
 */
void tool_output(struct str s);

/*
 * Flush and close standard output; exits with TOOL_FAILED when data was lost.
 */
void tool_close_output(void);

#endif
