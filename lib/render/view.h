/*
 * view - from a course to what is drawn
 *
 * The small steps that text, pages and JSON share: which points a line has,
 * where its holes are.
 */
#ifndef TW_RENDER_VIEW_H
#define TW_RENDER_VIEW_H

#include "model/report.h"
#include "render/chart.h"

#define VIEW_PEAKS    3
#define VIEW_APART_MS (10 * 60 * INT64_C(1000)) /* between two peaks */
#define VIEW_HOLES    32                        /* that are listed for people */

struct view_stretch {
	int64_t from, to; /* ms UTC, `to` exclusive */
};

/*
 * Make points of the messages a window, of the viewers, and of bits or paid
 * messages summed up so far, of the course `c`: `p` has room for all buckets.
 */
void view_messages(const struct course *c, struct chart_point *p);
void view_viewers(const struct course *c, struct chart_point *p);
void view_bits(const struct course *c, struct chart_point *p);
void view_paid(const struct course *c, struct chart_point *p);

/*
 * Find the stretches in which chat was not heard.
 *
 * Returns how many there are; `*holes` is the caller's, for free().
 */
size_t view_holes(const struct course *c, struct view_stretch **holes);

/*
 * Find the next stretch in which the stream `s` was on air. It may have been away and
 * come back: then no windows are its in between. Where its windows were not read it
 * is one. `*at` is 0 for the first, and kept for the others.
 *
 * Returns false when there are no more.
 */
bool view_on_air(
    const struct report_stream *s, size_t *at, struct view_stretch *to);

#endif
