#include "render/figure.h"

#include <math.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "base/zone.h"

#define GETTER(name, value)                                                    \
	static double get_##name(const struct weekly_figures *f)               \
	{                                                                      \
		return (double)(value);                                        \
	}

GETTER(viewers_max, f->viewers_max)
GETTER(messages_max, f->messages_max)
GETTER(viewers_avg, f->viewers_avg)
GETTER(messages_avg, f->messages_avg)
GETTER(streams, f->streams)
GETTER(airtime, f->airtime_ms)
GETTER(hours_watched,
    f->viewer_ms < 0 ? STATS_UNKNOWN : (double)f->viewer_ms / MS_PER_HOUR)
GETTER(messages, f->messages)
GETTER(chatters_sum, f->chatters_sum)
GETTER(bits, f->bits)
GETTER(paid_messages, f->paid_messages)
GETTER(subs, f->subs)
GETTER(coverage_viewers, f->coverage_viewers)
GETTER(coverage_chat, f->coverage_chat)

static int64_t
when_viewers(const struct weekly_figures *f)
{
	return f->viewers_max_at;
}

static int64_t
when_messages(const struct weekly_figures *f)
{
	return f->messages_max_at;
}

const struct figure figures[] = {
	{ "highest viewer count", false, false, FIGURE_COUNT, get_viewers_max,
	    when_viewers },
	{ "highest message count", true, false, FIGURE_COUNT, get_messages_max,
	    when_messages },
	{ "average viewer count", false, false, FIGURE_TENTHS, get_viewers_avg,
	    NULL },
	{ "average message count", true, false, FIGURE_CENTS, get_messages_avg,
	    NULL },
	{ "streams", false, false, FIGURE_COUNT, get_streams, NULL },
	{ "airtime", false, false, FIGURE_TIME, get_airtime, NULL },
	{ "hours watched", false, false, FIGURE_TENTHS, get_hours_watched,
	    NULL },
	{ "messages", false, false, FIGURE_COUNT, get_messages, NULL },
	{ "chatters (summed over streams)", false, false, FIGURE_COUNT,
	    get_chatters_sum, NULL },
	{ "bits", false, false, FIGURE_COUNT, get_bits, NULL },
	{ "paid messages", false, false, FIGURE_COUNT, get_paid_messages,
	    NULL },
	{ "subs", false, false, FIGURE_COUNT, get_subs, NULL },
	{ "coverage of viewers", false, true, FIGURE_SHARE,
	    get_coverage_viewers, NULL },
	{ "coverage of chat", false, true, FIGURE_SHARE, get_coverage_chat,
	    NULL },
};

const size_t n_figures = sizeof(figures) / sizeof(*figures);

void
figure_label(struct buf *b, const struct figure *f, int64_t seconds)
{
	buf_str(b, str_of(f->label));
	if (f->per_window)
		buf_printf(b, " in %lld s", (long long)seconds);
}

static void
add_decimals(struct buf *b, double v, int decimals)
{
	double unit = decimals == 1 ? 10 : 100;
	int64_t scaled = (int64_t)floor(v * unit + 0.5);

	num_add_thousands(b, scaled / (int64_t)unit);
	buf_printf(b, ".%0*d", decimals, (int)(scaled % (int64_t)unit));
}

void
figure_value(struct buf *b, enum figure_form form, double v)
{
	int64_t minutes;

	if (v < 0) {
		buf_lit(b, FIGURE_UNKNOWN);
		return;
	}
	switch (form) {
	case FIGURE_COUNT:
		num_add_thousands(b, (int64_t)v);
		break;
	case FIGURE_TENTHS:
		add_decimals(b, v, 1);
		break;
	case FIGURE_CENTS:
		add_decimals(b, v, 2);
		break;
	case FIGURE_TIME:
		minutes = (int64_t)(v / MS_PER_MIN + 0.5);
		num_add_thousands(b, minutes / 60);
		buf_printf(b, " h %02d min", (int)(minutes % 60));
		break;
	case FIGURE_SHARE:
		/* What is not whole never reads as 100 %. */
		buf_printf(b, "%.1f %%", v < 1 && v > 0.999 ? 99.9 : v * 100);
		break;
	}
}

void
figure_change(struct buf *b, double now, double before)
{
	double percent;

	if (now < 0 || before <= 0) {
		buf_lit(b, FIGURE_UNKNOWN);
		return;
	}
	percent = (now - before) / before * 100;
	if (percent > -0.05 && percent < 0.05)
		buf_lit(b, "0.0 %");
	else
		buf_printf(b, "%+.1f %%", percent);
}

static void
add_date(struct buf *b, struct civil date)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = ((tstamp_days(date) + 3) % 7 + 7) % 7;

	buf_printf(b, "%.3s %d %.3s", days + day * 3, date.day,
	    months + (date.month - 1) * 3);
}

void
figure_when(struct buf *b, int64_t ms)
{
	int64_t local = ms + zone_offset_s(ms) * MS_PER_S;
	int64_t minute =
	    (local % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY / MS_PER_MIN;

	add_date(b, zone_date(ms));
	buf_printf(b, " %02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

void
figure_week(struct buf *b, const struct weekly *w)
{
	struct civil last = zone_date(w->to - 1);

	add_date(b, zone_date(w->from));
	buf_lit(b, " " FIGURE_UNKNOWN " ");
	add_date(b, last);
	buf_printf(b, " %lld", (long long)last.year);
}
