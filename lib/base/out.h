/*
 * out - the end of an output
 *
 * Data goes out through stdio, which keeps the first error; nobody has seen it
 * until the stream is flushed and asked.
 */
#ifndef TW_BASE_OUT_H
#define TW_BASE_OUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/str.h"

/*
 * Write slice `s` to `f`.
 *
 * Returns false, with errno, when `f` has failed.
 */
bool out_write(FILE *f, struct str s) MUST_USE;

/*
 * Flush and close `f`.
 *
 * Returns false, with errno, when anything that was written to it was lost.
 */
bool out_close(FILE *f) MUST_USE;

#endif
