/*
 * html - the pages of the reports, alone or in a site
 *
 * What render.h gives without a site, with one: with links between the pages.
 */
#ifndef TW_RENDER_HTML_H
#define TW_RENDER_HTML_H

#include "render/page.h"
#include "render/render.h"

/*
 * Append text of a stranger's so that its direction of writing stays inside.
 */
void html_name(struct buf *b, struct str s);

/*
 * Append the link to the page of a stream, up to its text.
 */
void html_stream_link(struct buf *b, const struct page *page,
    struct str channel, struct str stream_id);

/*
 * Append the path of the page of a stream, from the site's root.
 */
void html_stream_path(struct buf *b, struct str channel, struct str stream_id);

/*
 * Append a whole page.
 */
void html_weekly(
    struct buf *b, const struct weekly *w, const struct page *page);
void html_history(
    struct buf *b, const struct history *h, const struct page *page);
void html_stream(
    struct buf *b, const struct stream_view *v, const struct page *page);

#endif
