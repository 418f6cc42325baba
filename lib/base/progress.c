#include "base/progress.h"

#include "base/buf.h"
#include "base/num.h"

void
progress_show(struct progress *p, int64_t now, int64_t lines, int64_t bytes)
{
	struct buf b = { 0 };
	int64_t took = now - p->begin_ms;

	if (p->f == NULL || took < 2000 || now - p->shown_ms < 1000)
		return;
	p->shown_ms = now;
	buf_printf(&b, "\r%s: ", p->what);
	num_add_thousands(&b, lines);
	buf_lit(&b, " lines, ");
	num_add_thousands(&b, lines * 1000 / took);
	buf_printf(&b, "/s, %.1f MB", (double)bytes / 1e6);
	if (p->total > 0 && bytes <= p->total && bytes > 0) {
		double left = (double)took / 1000 *
		    ((double)p->total / (double)bytes - 1);

		buf_printf(&b, " of %.1f MB, %.0f s left",
		    (double)p->total / 1e6, left);
	}
	buf_lit(&b, "\033[K");
	fwrite(b.p, 1, b.len, p->f);
	fflush(p->f);
	buf_release(&b);
}

void
progress_end(struct progress *p)
{
	if (p->f == NULL || p->shown_ms == 0)
		return;
	fputs("\r\033[K", p->f);
	fflush(p->f);
}
