/*
 * First all channels, a line each, then each channel beside its week before. 100
 * columns, no colours: it is read in a terminal, in a mail and on paper.
 */
#include "base/tstamp.h"
#include "base/utf8.h"
#include "render/figure.h"
#include "render/render.h"

#define NAME_WIDTH  24
#define LABEL_WIDTH 36

/* Appends what stands in `cell`, right-aligned in `width` columns, and empties
 * it. */
static void
right(struct buf *b, struct buf *cell, size_t width)
{
	size_t n = utf8_count(buf_view(cell));

	for (; n < width; n++)
		buf_byte(b, ' ');
	buf_str(b, buf_view(cell));
	buf_reset(cell);
}

/* Appends `s`, left-aligned in `width` columns; a terminal's commands in it
 * become question marks, and what does not fit is cut with an ellipsis. */
static void
left(struct buf *b, struct str s, size_t width)
{
	size_t n = utf8_count(s), shown = n > width ? width - 1 : n, seen = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		seen += (c & 0xc0) != 0x80;
		if (seen > shown)
			break;
		buf_byte(b, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
	if (n > width)
		buf_lit(b, "\xe2\x80\xa6");
	for (; n < width; n++)
		buf_byte(b, ' ');
}

/* Appends the name of a channel with the signs of its footnotes. */
static void
add_name(struct buf *b, struct buf *cell, const struct weekly_channel *c,
    size_t width)
{
	buf_reset(cell);
	buf_str(cell, c->name);
	if (c->now.open > 0)
		buf_byte(cell, '*');
	if (c->now.inferred > 0)
		buf_lit(cell, "\xe2\x80\xa0");
	left(b, buf_view(cell), width);
	buf_reset(cell);
}

static void
overview(struct buf *b, struct buf *cell, const struct weekly *w)
{
	static const struct {
		const char *above, *head;
		enum figure_form form;
		int figure; /* in figures[] */
		size_t width;
	} columns[] = {
		{ "viewers", "highest", FIGURE_COUNT, 0, 12 },
		{ "", "average", FIGURE_TENTHS, 2, 13 },
		{ "messages", "highest", FIGURE_COUNT, 1, 12 },
		{ "", "average", FIGURE_CENTS, 3, 11 },
		{ "", "streams", FIGURE_COUNT, 4, 9 },
		{ "", "hours watched", FIGURE_TENTHS, 6, 18 },
	};
	size_t n = sizeof(columns) / sizeof(*columns);

	left(b, STR(""), NAME_WIDTH);
	for (size_t i = 0; i < 3; i++) {
		buf_str(cell, str_of(columns[i].above));
		if (i == 2)
			buf_printf(cell, " in %lld s", (long long)w->seconds);
		right(b, cell, columns[i].width);
	}
	buf_byte(b, '\n');
	left(b, STR("channel"), NAME_WIDTH);
	for (size_t i = 0; i < n; i++) {
		buf_str(cell, str_of(columns[i].head));
		right(b, cell, columns[i].width);
	}
	buf_byte(b, '\n');
	for (size_t k = 0; k < w->n_channels; k++) {
		add_name(b, cell, &w->channels[k], NAME_WIDTH);
		for (size_t i = 0; i < n; i++) {
			const struct figure *f = &figures[columns[i].figure];

			figure_value(
			    cell, columns[i].form, f->get(&w->channels[k].now));
			right(b, cell, columns[i].width);
		}
		buf_byte(b, '\n');
	}
	buf_byte(b, '\n');
}

static void
row(struct buf *b, struct buf *cell, const struct weekly_channel *c,
    const struct figure *f, int64_t seconds)
{
	double now = f->get(&c->now);
	double before = c->has_previous ? f->get(&c->previous) : STATS_UNKNOWN;

	buf_lit(cell, "  ");
	figure_label(cell, f, seconds);
	left(b, buf_view(cell), LABEL_WIDTH);
	buf_reset(cell);
	figure_value(cell, f->form, now);
	right(b, cell, 16);
	figure_value(cell, f->form, before);
	right(b, cell, 16);
	figure_change(cell, now, before);
	right(b, cell, 12);
	if (f->when != NULL && f->when(&c->now) != INT64_MIN) {
		buf_lit(b, "  ");
		figure_when(b, f->when(&c->now));
	}
	buf_byte(b, '\n');
}

/* Says how much of the airtime was seen, unless that is all of it. */
static void
coverage(struct buf *b, const struct weekly_figures *f)
{
	if (f->coverage_viewers >= 1 && f->coverage_chat >= 1)
		return;
	buf_lit(b, "  seen of the airtime: viewers ");
	figure_value(b, FIGURE_SHARE, f->coverage_viewers);
	buf_lit(b, ", chat ");
	figure_value(b, FIGURE_SHARE, f->coverage_chat);
	buf_byte(b, '\n');
}

static void
footnotes(struct buf *b, const struct weekly_figures *f)
{
	if (f->open > 0)
		buf_printf(b,
		    "  * %lld of the streams %s not over when the "
		    "data ended\n",
		    (long long)f->open, f->open == 1 ? "was" : "were");
	if (f->inferred > 0)
		buf_printf(b,
		    "  \xe2\x80\xa0 %lld of the streams %s known "
		    "from chat alone: first to last message\n",
		    (long long)f->inferred, f->inferred == 1 ? "is" : "are");
}

static void
channel(struct buf *b, struct buf *cell, const struct weekly *w,
    const struct weekly_channel *c)
{
	add_name(b, cell, c, LABEL_WIDTH);
	buf_str(cell, str_of(w->week));
	right(b, cell, 16);
	buf_str(cell, str_of(w->before));
	right(b, cell, 16);
	buf_lit(cell, "change");
	right(b, cell, 12);
	buf_byte(b, '\n');
	for (size_t i = 0; i < n_figures; i++)
		if (!figures[i].coverage)
			row(b, cell, c, &figures[i], w->seconds);
	coverage(b, &c->now);
	footnotes(b, &c->now);
}

void
render_text_weekly(struct buf *b, const struct weekly *w)
{
	struct buf cell = { 0 };

	buf_printf(b, "Week %s: ", w->week);
	figure_week(b, w);
	buf_printf(b, " (%s), beside %s\n\n", w->tz, w->before);
	if (w->n_channels == 0)
		buf_lit(b, FIGURE_UNKNOWN " no stream began in this week\n");
	if (w->n_channels > 1)
		overview(b, &cell, w);
	for (size_t i = 0; i < w->n_channels; i++) {
		if (i > 0)
			buf_byte(b, '\n');
		channel(b, &cell, w, &w->channels[i]);
	}
	buf_release(&cell);
}
