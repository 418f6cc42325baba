/*
 * fuzz text: any bytes as a time, a number, a week. What is read stays in its
 * range, and what is written of it is read as the same.
 */
#include "fuzz.h"

#include "base/num.h"
#include "base/timearg.h"
#include "base/tstamp.h"
#include "base/week.h"

#define NOW INT64_C(1763899200123)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf b;
	struct str s = fuzz_str(data, size);
	struct week w, same;
	struct civil date;
	int64_t ms, again;

	if (tstamp_parse(s, &ms)) {
		must(ms >= TSTAMP_MIN && ms <= TSTAMP_MAX);
		buf_reset(&b);
		tstamp_add(&b, ms);
		must(b.len == TSTAMP_LEN);
		must(tstamp_read(b.p, &again) && again == ms);
		must(tstamp_parse(buf_view(&b), &again) && again == ms);
	}
	if (s.len >= TSTAMP_LEN && tstamp_read(s.p, &ms)) {
		must(tstamp_parse((struct str){ s.p, TSTAMP_LEN }, &again));
		must(again == ms);
	}
	if (tstamp_parse_date(s, &date)) {
		struct civil back = tstamp_civil(tstamp_days(date));

		must(back.year == date.year && back.month == date.month &&
		    back.day == date.day);
	}
	ms = num_whole(s);
	must(ms >= -1);
	if (ms >= 0)
		must(s.len >= 1 && s.len <= 18);
	(void)!timearg_parse(s, NOW, &ms);
	if (timearg_parse_span(s, &ms))
		must(ms >= 0);
	if (week_parse(s, &w)) {
		buf_reset(&b);
		week_add(&b, w);
		must(str_eq(buf_view(&b), s));
		same = week_of(tstamp_civil(w.monday + 6));
		must(same.monday == w.monday);
		(void)week_start(w);
	}
	return 0;
}
