/*
 * confine - gives up what a process does not need any more
 *
 * For programs that have opened what they need, and now read what strangers
 * wrote: should a mistake of ours let such a line take over, it finds no network,
 * starts no program, looks into no other process, types nothing into the
 * terminal, and makes, changes or removes no file. What is open stays so, and
 * reading files goes on. Linux only: seccomp(2) for calls, Landlock for files.
 */
#ifndef TW_BASE_CONFINE_H
#define TW_BASE_CONFINE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/errmsg.h"

/* What is still needed. */
struct confine {
	bool network;
	const char *folder; /* below which files are made, replaced and
	                     * removed; NULL = none */
};

/*
 * Give up, for good and for all processes that are started, what `c` does not
 * name. Calls that are given up fail with EPERM, files with EACCES.
 *
 * Returns true when all of it is given up. False, with `why`, when the kernel
 * (an old one, or a container's) or the machine has no means for a part; the rest
 * is given up, and the process works as before.
 * To be called while there is one thread.
 */
bool confine(const struct confine *c, struct errmsg *why) MUST_USE;

#endif
