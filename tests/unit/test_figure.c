/*
 * Figures as people read them, also those that nobody will ever have.
 */
#include "tap.h"

#include "render/figure.h"

static struct buf b;

static void
value(enum figure_form form, double v, const char *want)
{
	buf_reset(&b);
	figure_value(&b, form, v);
	is(buf_view(&b), want, "%g reads %s", v, want);
}

static void
number(enum figure_form form, double v, const char *want)
{
	buf_reset(&b);
	figure_number(&b, form, v);
	is(buf_view(&b), want, "%g is written %s", v, want);
}

static void
change(double now, double before, const char *want)
{
	buf_reset(&b);
	figure_change(&b, now, before);
	is(buf_view(&b), want, "from %g to %g", before, now);
}

int
main(void)
{
	value(FIGURE_COUNT, -1, FIGURE_UNKNOWN);
	value(FIGURE_COUNT, 1234567, "1,234,567");
	value(FIGURE_TENTHS, 1234.56, "1,234.6");
	value(FIGURE_CENTS, 0.005, "0.01");
	value(FIGURE_CENTS, 0.0014, "0.0014");
	value(FIGURE_CENTS, 0, "0.00");
	value(FIGURE_CENTS, 99.999, "100.00");
	value(FIGURE_TIME, 90 * 60000, "1 h 30 min");
	value(FIGURE_SHARE, 0.9996, "99.9 %");
	value(FIGURE_SHARE, 1, "100.0 %");
	/* 2^63 - 1: the greatest there is. */
	value(FIGURE_COUNT, 5e20, "9,223,372,036,854,775,807");
	value(FIGURE_CENTS, 5e18, "92,233,720,368,547,758.07");
	value(FIGURE_TIME, 5e25, "153,722,867,280,912,930 h 07 min");
	number(FIGURE_COUNT, 5e20, "9223372036854775807");
	number(FIGURE_TIME, 1500, "1.5");
	number(FIGURE_CENTS, 0.25, "0.25");
	change(150, 100, "+50.0 %");
	change(50, 100, "-50.0 %");
	change(100.01, 100, "0.0 %");
	change(1, 0, FIGURE_UNKNOWN);
	change(-1, 5, FIGURE_UNKNOWN);
	buf_release(&b);
	return tap_done();
}
