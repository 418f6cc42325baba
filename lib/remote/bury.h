/*
 * bury - the collector that died before us
 *
 * A collector that was killed has written no `lost`, and tw-agg takes it for
 * one that hears until HEARING_DEAD_MS have passed (design.md, 3.3). Its
 * successor finds it at the end of the raw file, tw-raw(5), and can write the
 * `lost` in its place.
 */
#ifndef TW_REMOTE_BURY_H
#define TW_REMOTE_BURY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

struct bury {
	bool marked;   /* there is a chat mark */
	bool open;     /* the last of them leaves `by` hearing */
	struct buf by; /* owned; who wrote it */
	int64_t until; /* when the last line was written, ms UTC; INT64_MIN =
	                  there is none */
};

/*
 * Read `tail`, whole lines of a raw file in their order. What is no line of the
 * raw log is passed over.
 *
 * Sets `b` anew; its memory is the caller's to free, with bury_release().
 */
void bury_read(struct bury *b, struct str tail);

/*
 * Ask whether the process of the collector `by` is known to be gone. `self` is
 * who asks.
 *
 * Returns false for one of another host, one that lives, and one that cannot be
 * told from another process.
 */
bool bury_is_gone(struct str by, struct str self) MUST_USE;

/*
 * Free what `b` holds.
 */
void bury_release(struct bury *b);

#endif
