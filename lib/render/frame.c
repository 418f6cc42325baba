#include "render/frame.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/width.h"
#include "base/zone.h"
#include "render/chart.h"
#include "render/figure.h"

#define SPARK_MAX LIVE_WINDOWS
#define NAME_MIN  10

enum column { RATE, CHATTERS, VIEWERS, AGE, BITS, PAID, SEEN, N_COLUMNS };

/* Of the figures, from left to right. */
static const struct {
	const char *label;
	size_t width; /* with the blank before it */
} table[N_COLUMNS] = {
	[RATE] = { "msg/s", 7 },
	[CHATTERS] = { "chat/min", 9 },
	[VIEWERS] = { "viewers", 8 },
	[AGE] = { "age", 5 },
	[BITS] = { "bits", 8 },
	[PAID] = { "paid", 5 },
	[SEEN] = { "seen", 5 },
};

/* Which goes first where not all fit. How much was seen stays for long: without
 * it a hole reads as a quiet chat. */
static const enum column least[N_COLUMNS] = { PAID, BITS, AGE, CHATTERS, SEEN,
	VIEWERS, RATE };

struct layout {
	size_t name, spark;
	bool shown[N_COLUMNS];
};

/* Leaves out figures until the name has room, then gives what is left to it and
 * to the sparkline. The last column of the terminal stays empty. */
static struct layout
lay_out(size_t columns)
{
	struct layout l = { .name = 18 };
	size_t left = columns - 1, used = 0, gone = 0;

	for (size_t i = 0; i < N_COLUMNS; i++) {
		l.shown[i] = true;
		used += table[i].width;
	}
	while (gone < N_COLUMNS && left < used + NAME_MIN) {
		used -= table[least[gone]].width;
		l.shown[least[gone++]] = false;
	}
	left -= used;
	if (gone > 0)
		l.name = left;
	else if (left < 22)
		l.name = NAME_MIN;
	else if (left > 60)
		l.name = 26;
	l.spark = left - l.name;
	if (l.spark > SPARK_MAX)
		l.spark = SPARK_MAX;
	return l;
}

static void
sgr(struct buf *b, const struct frame *f, const char *code)
{
	if (f->colour)
		buf_printf(b, "\033[%sm", code);
}

static void
right(struct buf *b, struct buf *cell, size_t columns)
{
	width_right(b, buf_view(cell), columns);
	buf_reset(cell);
}

static void
head(struct buf *b, const struct frame *f, const struct live_row *rows,
    size_t n, size_t shown)
{
	struct buf cell = { 0 };
	struct layout l = lay_out(f->columns);
	double all = 0;
	int64_t local = f->now + zone_offset_s(f->now) * MS_PER_S;

	for (size_t i = 0; i < n; i++)
		all += rows[i].messages_s > 0 ? rows[i].messages_s : 0;
	local = (local % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY / MS_PER_S;
	buf_printf(&cell, "%02d:%02d:%02d %s  %zu channels  ",
	    (int)(local / 3600), (int)(local / 60 % 60), (int)(local % 60),
	    f->tz, n);
	figure_value(&cell, FIGURE_TENTHS, all);
	buf_lit(&cell, " messages a second");
	if (shown < n)
		buf_printf(&cell, "  %zu\xe2\x80\x93%zu of %zu", f->top + 1,
		    f->top + shown, n);
	sgr(b, f, "1");
	width_left(b, buf_view(&cell), f->columns - 1);
	sgr(b, f, "0");
	buf_str(b, str_of(f->eol));
	buf_reset(&cell);
	sgr(b, f, "2");
	width_left(&cell, STR("channel"), l.name);
	if (l.spark > 0) {
		buf_byte(&cell, ' ');
		width_left(&cell,
		    l.spark > 19 ? STR("messages over time") : STR("messages"),
		    l.spark - 1);
	}
	for (size_t i = 0; i < N_COLUMNS; i++)
		if (l.shown[i])
			width_right(
			    &cell, str_of(table[i].label), table[i].width);
	width_left(b, buf_view(&cell), f->columns - 1);
	sgr(b, f, "0");
	buf_release(&cell);
}

static void
spark(struct buf *b, const struct live *l, const struct live_row *r,
    int64_t now, size_t columns)
{
	struct chart_point p[SPARK_MAX];
	double v[SPARK_MAX];

	live_messages(l, r->channel, now, v, columns);
	for (size_t i = 0; i < columns; i++)
		p[i].lo = p[i].hi = v[i];
	chart_text_spark(b, p, columns, columns);
}

static void
add_age(struct buf *b, int64_t ms)
{
	if (ms < 0)
		buf_lit(b, FIGURE_UNKNOWN);
	else if (ms < 100 * MS_PER_S)
		buf_printf(b, "%llds", (long long)(ms / MS_PER_S));
	else if (ms < 100 * MS_PER_MIN)
		buf_printf(b, "%lldm", (long long)(ms / MS_PER_MIN));
	else
		buf_printf(b, "%lldh", (long long)(ms / MS_PER_HOUR));
}

static void
add_share(struct buf *b, double share)
{
	if (share < 0)
		buf_lit(b, FIGURE_UNKNOWN);
	else
		/* What is not whole never reads as 100 %. */
		buf_printf(
		    b, "%.0f%%", share < 1 && share > 0.99 ? 99 : share * 100);
}

/* A number that has no room is told short: cut off it would be another one. */
static void
add_count(struct buf *b, double v, enum column column)
{
	figure_value(b, FIGURE_COUNT, v);
	if (v >= 0 && b->len >= table[column].width) {
		buf_reset(b);
		chart_short(b, v);
	}
}

/* `b` is empty. */
static void
add_figure(struct buf *b, const struct live_row *r, enum column column)
{
	switch (column) {
	case RATE:
		figure_value(b, FIGURE_TENTHS, r->messages_s);
		break;
	case CHATTERS:
		chart_short(b, (double)r->chatters_min);
		break;
	case VIEWERS:
		add_count(b, r->viewers, column);
		break;
	case AGE:
		add_age(b, r->viewers_age_ms);
		break;
	case BITS:
		add_count(b, (double)r->bits, column);
		break;
	case PAID:
		add_count(b, (double)r->paid_messages, column);
		break;
	case SEEN:
		add_share(b, r->coverage);
		break;
	case N_COLUMNS:
		break;
	}
}

static void
line(struct buf *b, const struct live *l, const struct frame *f,
    const struct live_row *r)
{
	struct layout lay = lay_out(f->columns);
	bool holes = r->coverage >= 0 && r->coverage < 0.95;
	struct buf cell = { 0 };

	sgr(b, f, r->on_air ? "1" : "0");
	width_left(b, r->name, lay.name);
	sgr(b, f, "0");
	if (lay.spark > 0) {
		buf_byte(b, ' ');
		sgr(b, f, "36");
		spark(b, l, r, f->now, lay.spark - 1);
		sgr(b, f, "0");
	}
	for (enum column i = 0; i < N_COLUMNS; i++) {
		if (!lay.shown[i])
			continue;
		add_figure(&cell, r, i);
		if (i == SEEN && holes)
			sgr(b, f, "33");
		right(b, &cell, table[i].width);
	}
	sgr(b, f, "0");
	buf_release(&cell);
}

void
frame_render(struct buf *b, const struct live *l, struct frame *f)
{
	struct live_row *rows;
	size_t n = live_rows(l, f->now, &rows), fit = n, shown;

	if (f->rows > 0)
		fit = f->rows > 3 ? f->rows - 2 : 1;
	if (f->top + fit > n)
		f->top = n > fit ? n - fit : 0;
	shown = n - f->top < fit ? n - f->top : fit;
	head(b, f, rows, n, shown);
	for (size_t i = f->top; i < f->top + shown; i++) {
		buf_str(b, str_of(f->eol));
		line(b, l, f, &rows[i]);
	}
	free(rows);
}
