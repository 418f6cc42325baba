/*
 * intake - what the mains share that take lines of events and stats
 *
 * Their common options, and the way of a line from a file, a pipe or a database
 * to what takes it: what is refused is named, counted and kept. Like tool.h it
 * prints and exits.
 */
#ifndef TW_CMD_INTAKE_H
#define TW_CMD_INTAKE_H

#include "tool.h"

/*
 * Takes a line in.
 *
 * Returns NULL, or why the line is to be refused: `why`, when that is set, has
 * the words.
 */
typedef const char *intake_take(void *arg, struct str line, struct errmsg *why);

/*
 * Takes the line in that `ahead`, see lines_ahead(), begins with, if it can tell where
 * it ends.
 *
 * Returns its length; 0 when it is to be given to the intake_take. Where it is to
 * be refused, `*refused` says why.
 */
typedef size_t intake_ahead(void *arg, struct str ahead, const char **refused);

/* What can be said of a channel of which no line came. */
enum intake_from {
	INTAKE_FILES,    /* nothing, when they are empty */
	INTAKE_DATABASE, /* all that it has of the channels was asked for */
	INTAKE_PART      /* nothing: a stretch of time was, or it was lost */
};

struct intake {
	const char *tool;  /* borrowed; its name */
	const char *wants; /* borrowed; what it reads, for who gives it other */
	enum tool_words words;
	struct tool_filter filter;
	struct tool_rejects rejects;
	const char *uri;     /* borrowed; NULL = files */
	intake_take *take;   /* gets each line that is whole and not empty */
	intake_ahead *ahead; /* of files, may take them before; or NULL */
	void *arg;           /* borrowed; for both */
	int64_t lines;       /* read */
	enum intake_from from;
};

/* The long options; those of one tool begin at INTAKE_OWN. */
enum {
	INTAKE_REJECTS = 256,
	INTAKE_SINCE,
	INTAKE_UNTIL,
	INTAKE_URI,
	INTAKE_OWN
};

/*
 * Set up `in` for `tool`: all channels, all times, files. Pipes at standard input and
 * output are made to hold 256 KiB.
 */
void intake_init(struct intake *in, const char *tool);

/*
 * Take the option `o` of getopt_long(), with its optarg, if it is one of -c,
 * --rejects, --since, --until, --uri, -q, -v, -V; exits when its value is of no
 * use. A tool that does not have one of them leaves it out of its list.
 *
 * Returns false when it is another.
 */
bool intake_option(struct intake *in, int o) MUST_USE;

/*
 * Go to work, once all options are read, on the `n` operands `paths`; without any,
 * on standard input: the file of --rejects is emptied. Exits when it is one of them.
 */
void intake_begin(struct intake *in, char *const *paths, int n);

/*
 * Do what there is to do about one line, or one piece of a long one: a tool_line,
 * whose `arg` is the intake.
 */
void intake_line(void *arg, const struct input *file, struct str line);

/*
 * The same for a line of the collection `name` of a database.
 */
void intake_row(struct intake *in, const char *name, struct str line);

/*
 * Read the `n` operands `paths`, one after the other; without any, standard
 * input.
 *
 * Returns as tool_each_line().
 */
enum tool_exit intake_files(struct intake *in, char *const *paths, int n);

/*
 * Close what `in` holds, once all is read and written. Unless it is quiet, say what the
 * tool reads where every line was refused, as a stage of the chain was left out, perhaps;
 * and name the channels of which nothing was read.
 *
 * Returns as tool_rejects_close().
 */
enum tool_exit intake_close(struct intake *in);

#endif
