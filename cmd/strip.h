/*
 * strip - lines without those of the users who opted out
 *
 * What tw-parse --strip does: the lines themselves pass, byte for byte, raw log,
 * events, stats, in any mixture. And --names, which only learns. See tw-parse(1).
 */
#ifndef TW_CMD_STRIP_H
#define TW_CMD_STRIP_H

#include "model/optout.h"
#include "tool.h"

/*
 * Write the lines of the `n` operands `paths`, one after the other, to standard
 * output, without those in which a user of `o` stands. Names are learned from all
 * regular files before the first line goes out. With `mask`, the users'
 * names in what others wrote are overwritten, too, and lines that cannot be
 * read go when an id or a name is in them.
 *
 * Returns TOOL_FAILED when one of them could not be read to its end, else
 * TOOL_DONE.
 */
enum tool_exit strip_files(struct optout *o, char *const *paths, size_t n,
    bool mask, enum tool_words words);

/*
 * Write to standard output the names that stand in the lines of the `n` operands
 * `paths` beside the ids of the users of `o`, one a line, each once.
 *
 * Returns as strip_files().
 */
enum tool_exit strip_names(
    struct optout *o, char *const *paths, size_t n, enum tool_words words);

#endif
