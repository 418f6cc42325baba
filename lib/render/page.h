/*
 * page - the frame of every page
 *
 * One look for reports and for the site: calm, typographic, light or dark as the
 * reader has it, fit for a phone and for paper. A page alone has its style and
 * its script inside; one of the site takes them from two files at its root. No
 * page asks for anything from elsewhere, and all numbers are there without the
 * script, which only shows values under the pointer, switches light and dark and
 * makes the live page read itself again.
 */
#ifndef TW_RENDER_PAGE_H
#define TW_RENDER_PAGE_H

#include "base/buf.h"

struct page {
	const char *root;    /* way to the site's root, such as "../"; NULL = a
	                      * page alone */
	struct str channels; /* HTML of the channel picker, or empty */
	struct str weeks;    /* HTML of the week picker, or empty */
	const char *latest;  /* the newest week, for the links; or NULL */
	bool script;         /* of a page alone: it has use for the script */
};

extern const char page_style[];  /* style.css of a site */
extern const char page_script[]; /* script.js of a site */

/*
 * Append all up to the content. `title` is text.
 */
void page_begin(struct buf *b, const struct page *p, struct str title);

/*
 * Append all after the content.
 */
void page_end(struct buf *b, const struct page *p);

/*
 * Append the name of the file of a channel or a stream: the name itself where it
 * is one of letters, digits, `_` and `-`, else made of them and a hash.
 */
void page_file(struct buf *b, struct str name);

#endif
