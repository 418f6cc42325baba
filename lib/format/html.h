/*
 * html - text in a page
 *
 * What is shown may be a stranger's: nothing of it may be taken for markup.
 */
#ifndef TW_FORMAT_HTML_H
#define TW_FORMAT_HTML_H

#include "base/buf.h"

/*
 * Append `s` as text, fit for an element or for an attribute in double quotes;
 * control characters become spaces.
 */
void html_text(struct buf *b, struct str s);

#endif
