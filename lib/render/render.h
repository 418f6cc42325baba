/*
 * render - a report in the forms that people and programs read
 *
 * The table of formats. Each form has a module of its own; all of them append
 * to a buf and know nothing of files.
 */
#ifndef TW_RENDER_RENDER_H
#define TW_RENDER_RENDER_H

#include "base/buf.h"
#include "model/mentions.h"
#include "model/report.h"

/* One stream, for a report of it alone. */
struct stream_view {
	struct report_stream stream;
	const char *tz; /* borrowed; name of the zone */
};

struct render {
	const char *name;      /* as in --format */
	const char *extension; /* as in -o, with its dot */
	void (*weekly)(struct buf *b, const struct weekly *w);
	void (*history)(struct buf *b, const struct history *h);
	void (*stream)(struct buf *b, const struct stream_view *v);
	void (*mentions)(struct buf *b, const struct mentions_report *m);
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

/*
 * Append the history of a channel: text, at most 100 columns wide; CSV and JSON
 * with all figures of each stream; a page.
 */
void render_text_history(struct buf *b, const struct history *h);
void render_csv_history(struct buf *b, const struct history *h);
void render_json_history(struct buf *b, const struct history *h);
void render_html_history(struct buf *b, const struct history *h);

/*
 * Append one stream: all its figures and how it went. CSV is its course alone, a
 * line for each bucket (model/course.h).
 */
void render_text_stream(struct buf *b, const struct stream_view *v);
void render_csv_stream(struct buf *b, const struct stream_view *v);
void render_json_stream(struct buf *b, const struct stream_view *v);
void render_html_stream(struct buf *b, const struct stream_view *v);

/*
 * Append the mentions, name by name.
 */
void render_text_mentions(struct buf *b, const struct mentions_report *m);
void render_csv_mentions(struct buf *b, const struct mentions_report *m);
void render_json_mentions(struct buf *b, const struct mentions_report *m);
void render_html_mentions(struct buf *b, const struct mentions_report *m);

#endif
