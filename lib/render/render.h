/*
 * render - a report in the forms that people and programs read
 *
 * The table of formats. Each form has a module of its own; all of them append
 * to a buf and know nothing of files.
 */
#ifndef TW_RENDER_RENDER_H
#define TW_RENDER_RENDER_H

#include "base/buf.h"
#include "model/report.h"

struct render {
	const char *name;      /* as in --format */
	const char *extension; /* as in -o, with its dot */
	void (*weekly)(struct buf *b, const struct weekly *w);
};

/*
 * Find the format called `name`.
 *
 * Returns it; NULL when there is none.
 */
const struct render *render_by_name(const char *name);

/*
 * Find the format that the extension of `path` stands for.
 *
 * Returns it; NULL when there is none.
 */
const struct render *render_by_path(const char *path);

/*
 * Append the weekly report as text for a terminal or a mail, at most 100
 * columns wide.
 */
void render_text_weekly(struct buf *b, const struct weekly *w);

/*
 * Append the weekly report as CSV: a header, then a line a channel. Lines end
 * with LF alone, as all that goes through our pipes.
 */
void render_csv_weekly(struct buf *b, const struct weekly *w);

/*
 * Append the weekly report as one JSON object on one line.
 */
void render_json_weekly(struct buf *b, const struct weekly *w);

/*
 * Append the weekly report as one HTML page that needs nothing else.
 */
void render_html_weekly(struct buf *b, const struct weekly *w);

#endif
