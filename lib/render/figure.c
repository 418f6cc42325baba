#include "render/figure.h"

#include <assert.h>
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

#define STREAM(name, value)                                                    \
	static double stream_##name(const struct stats *s)                     \
	{                                                                      \
		return (double)(value);                                        \
	}

STREAM(airtime, s->airtime_ms)
STREAM(viewers_avg, s->viewers_avg)
STREAM(viewers_max, s->viewers_max)
STREAM(viewer_s, s->viewer_ms)
STREAM(sampled_s, s->viewer_ms < 0 ? STATS_UNKNOWN : s->sampled_ms)
STREAM(hours_watched,
    s->viewer_ms < 0 ? STATS_UNKNOWN : (double)s->viewer_ms / MS_PER_HOUR)
STREAM(messages, s->n.messages)
STREAM(messages_avg, s->messages_avg)
STREAM(messages_max, s->messages_max)
STREAM(messages_shared, s->n.messages_shared)
STREAM(chatters, s->n.chatters)
STREAM(chatters_new, s->chatters_new)
STREAM(bits, s->n.bits)
STREAM(cheers, s->n.cheers)
STREAM(paid_messages, s->n.paid_messages)
STREAM(subs, s->n.subs)
STREAM(gifts, s->n.gifts)
STREAM(raids, s->n.raids)
STREAM(deleted, s->n.deleted)
STREAM(timeouts, s->n.timeouts)
STREAM(bans, s->n.bans)
STREAM(heard_s, s->heard_ms)
STREAM(windows, s->windows)

static double
stream_coverage(int64_t part_ms, const struct stats *s)
{
	if (part_ms < 0 || s->airtime_ms <= 0)
		return STATS_UNKNOWN;
	return part_ms < s->airtime_ms ? (double)part_ms / (double)s->airtime_ms
				       : 1;
}

STREAM(coverage_viewers,
    stream_coverage(s->viewer_ms < 0 ? STATS_UNKNOWN : s->sampled_ms, s))
STREAM(coverage_chat, stream_coverage(s->heard_ms, s))

static int64_t
stream_viewers_at(const struct stats *s)
{
	return s->viewers_max < 0 ? INT64_MIN : s->viewers_max_at;
}

static int64_t
stream_messages_at(const struct stats *s)
{
	return s->messages_max_at;
}

#define ROW(key, label, shown, per_window, form)                               \
	{                                                                      \
#key, label, shown, per_window, form, NULL, stream_##key, NULL \
	}

const struct stream_figure stream_figures[] = {
	{ "airtime_s", "airtime", true, false, FIGURE_TIME, NULL,
	    stream_airtime, NULL },
	ROW(viewers_avg, "average viewers", true, false, FIGURE_TENTHS),
	{ "viewers_max", "highest viewer count", true, false, FIGURE_COUNT,
	    "viewers_max_at", stream_viewers_max, stream_viewers_at },
	ROW(viewer_s, "viewer-seconds", false, false, FIGURE_TIME),
	ROW(sampled_s, "sampled", false, false, FIGURE_TIME),
	ROW(hours_watched, "hours watched", true, false, FIGURE_TENTHS),
	ROW(messages, "messages", true, false, FIGURE_COUNT),
	ROW(messages_avg, "average messages", true, true, FIGURE_CENTS),
	{ "messages_max", "highest message count", true, true, FIGURE_COUNT,
	    "messages_max_at", stream_messages_max, stream_messages_at },
	ROW(messages_shared, "copies from shared chat", true, false,
	    FIGURE_COUNT),
	ROW(chatters, "chatters", true, false, FIGURE_COUNT),
	ROW(chatters_new, "of these for the first time", true, false,
	    FIGURE_COUNT),
	ROW(bits, "bits", true, false, FIGURE_COUNT),
	ROW(cheers, "messages with bits", true, false, FIGURE_COUNT),
	ROW(paid_messages, "paid messages", true, false, FIGURE_COUNT),
	ROW(subs, "subs", true, false, FIGURE_COUNT),
	ROW(gifts, "of these gifts", true, false, FIGURE_COUNT),
	ROW(raids, "raids", true, false, FIGURE_COUNT),
	ROW(deleted, "deleted messages", true, false, FIGURE_COUNT),
	ROW(timeouts, "timeouts", true, false, FIGURE_COUNT),
	ROW(bans, "bans", true, false, FIGURE_COUNT),
	ROW(heard_s, "chat heard", false, false, FIGURE_TIME),
	ROW(windows, "windows", false, false, FIGURE_COUNT),
	ROW(coverage_viewers, "coverage of viewers", true, false, FIGURE_SHARE),
	ROW(coverage_chat, "coverage of chat", true, false, FIGURE_SHARE),
};

const size_t n_stream_figures =
    sizeof(stream_figures) / sizeof(*stream_figures);

const struct stream_figure *
stream_figure(const char *key)
{
	size_t i = 0;

	while (strcmp(stream_figures[i].key, key) != 0) {
		i++;
		assert(i < n_stream_figures);
	}
	return &stream_figures[i];
}

/* Cuts `v` to a whole number; the greatest where it is greater than that. */
static int64_t
whole(double v)
{
	return v < 9e18 ? (int64_t)v : INT64_MAX;
}

void
figure_number(struct buf *b, enum figure_form form, double v)
{
	switch (form) {
	case FIGURE_COUNT:
		num_add(b, whole(v));
		break;
	case FIGURE_TIME:
		num_add_ms(b, whole(v));
		break;
	case FIGURE_TENTHS:
	case FIGURE_CENTS:
	case FIGURE_SHARE:
		num_add_ratio(b, v);
		break;
	}
}

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
	double unit = pow(10, decimals);
	int64_t scaled = whole(floor(v * unit + 0.5));

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
		num_add_thousands(b, whole(round(v)));
		break;
	case FIGURE_TENTHS:
		add_decimals(b, v, 1);
		break;
	case FIGURE_CENTS:
		/* What is not 0 never reads as 0.00, as far as JSON tells it. */
		add_decimals(b, v, v > 0 && v < 0.005 ? 4 : 2);
		break;
	case FIGURE_TIME:
		minutes = whole(v / MS_PER_MIN + 0.5);
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
figure_clock(struct buf *b, int64_t ms)
{
	int64_t local = ms + zone_offset_s(ms) * MS_PER_S;
	int64_t minute =
	    (local % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY / MS_PER_MIN;

	buf_printf(b, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

void
figure_moment(struct buf *b, int64_t ms)
{
	if (ms >= MS_PER_MIN)
		return;
	buf_lit(b, " for ");
	num_add_ms(b, ms);
	buf_lit(b, " s");
}

void
figure_day(struct buf *b, int64_t ms)
{
	struct civil date = zone_date(ms);

	add_date(b, date);
	buf_printf(b, " %lld", (long long)date.year);
}

void
figure_when(struct buf *b, int64_t ms)
{
	add_date(b, zone_date(ms));
	buf_byte(b, ' ');
	figure_clock(b, ms);
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
