/*
 * frame - one picture of the live view
 *
 * Lines of text for a terminal of a given size; every column keeps its place
 * whatever a name is made of. Where not all fit, the least important are left out;
 * the name stays.
 */
#ifndef TW_RENDER_FRAME_H
#define TW_RENDER_FRAME_H

#include "base/buf.h"
#include "model/live.h"

struct frame {
	size_t columns, rows; /* of the terminal, at least 20 and 4; rows 0 =
	                       * as many as there are channels */
	size_t top;           /* the first channel shown */
	int64_t now;          /* ms UTC */
	const char *tz;       /* borrowed; name of the zone */
	bool colour;
	const char *eol; /* between lines, such as LF */
};

/*
 * Append the frame. `f->top` is moved to where there is something to show.
 */
void frame_render(struct buf *b, const struct live *l, struct frame *f);

#endif
