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

/* Where pages go. */
struct site_sink {
	/* Takes the page `content` of the path `path` from the site's root; both
	 * are borrowed for the call. `mark` stands for all that the page was
	 * made of; 0 = nobody asked. */
	void (*put)(
	    void *arg, const char *path, struct str content, uint64_t mark);
	/* Tells whether the page of that path, made of the same, is there
	 * already: then it need not be made. NULL = never. */
	bool (*known)(void *arg, const char *path, uint64_t mark);
	void *arg;        /* of both, borrowed */
	uint64_t version; /* of what makes pages: another makes all anew */
};

/*
 * Give all pages of the report, in the zone of this process, whose name is `tz`,
 * to `sink`; of the pages of streams those that it does not know.
 */
void site_render(
    const struct report *r, const char *tz, const struct site_sink *sink);

#endif
