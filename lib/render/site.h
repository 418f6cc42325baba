/*
 * site - all pages, linked to each other
 *
 * An overview (who is on air, the leaders of the newest week, all channels and
 * weeks), a live page, a page for each channel, each stream and each week. Knows
 * nothing of files: pages are given away one by one. "Now" is the end of what
 * was read, so the same lines give the same pages.
 */
#ifndef TW_RENDER_SITE_H
#define TW_RENDER_SITE_H

#include "model/report.h"

/* Take the page `content` of the path `path` from the site's root. Both are
 * borrowed for the call. */
typedef void site_put(void *arg, const char *path, struct str content);

/*
 * Give all pages of the report, in the zone of this process, whose name is `tz`,
 * to `put` with `arg`.
 */
void site_render(
    const struct report *r, const char *tz, site_put *put, void *arg);

#endif
