#include "remote/bury.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/now.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "format/jsonscan.h"
#include "format/rawlog.h"
#include "model/hearing.h"

/* Takes in what a mark, in our spelling, says of who wrote it. */
static void
take_mark(struct bury *b, struct str payload, struct buf *scratch)
{
	struct event e = { .type = EVENT_MARK };
	struct chat_mark mark;
	struct jsonscan s;
	struct member m;

	jsonscan_init(&s, payload, scratch);
	while (jsonscan_next(&s, &m) == 1)
		if (str_eq(m.key, STR("mark")))
			e.mark = m.text;
		else if (str_eq(m.key, STR("by")))
			e.by = m.text;
	mark = hearing_mark_of(&e, 0);
	/* A gap does not tell whether it hears. */
	if (mark.kind == CHAT_MARK_OTHER || mark.kind == CHAT_MARK_GAP)
		return;
	b->marked = true;
	b->open = mark.kind == CHAT_MARK_SIGN;
	buf_reset(&b->by);
	buf_str(&b->by, e.by);
}

void
bury_read(struct bury *b, struct str tail)
{
	const char *end = tail.p + tail.len, *lf;
	struct buf scratch = { 0 };

	b->marked = b->open = false;
	b->until = INT64_MIN;
	for (const char *p = tail.p; p < end; p = lf + 1) {
		struct rawlog raw;
		struct str line;

		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			break;
		line = (struct str){ p, (size_t)(lf - p) };
		if (memchr(p, '\0', line.len) != NULL ||
		    !rawlog_parse(&raw, line) || raw.received == RAWLOG_NO_TIME)
			continue;
		b->until = raw.received;
		if (raw.source == RAWLOG_MARK)
			take_mark(b, raw.payload, &scratch);
	}
	buf_release(&scratch);
}

/* Cuts the number behind the last slash off `s`. Returns it, -1 for none. */
static int64_t
cut_number(struct str *s)
{
	size_t slash = s->len;
	struct str number;

	while (slash > 0 && s->p[slash - 1] != '/')
		slash--;
	if (slash == 0)
		return -1;
	number = (struct str){ s->p + slash, s->len - slash };
	s->len = slash - 1;
	return num_whole(number);
}

/* When this machine was started, s UTC. */
static int64_t
boot_s(void)
{
	struct timespec up;

	if (clock_gettime(CLOCK_BOOTTIME, &up) != 0)
		return INT64_MIN;
	return now_ms() / MS_PER_S - up.tv_sec;
}

/* Tells whether a process has ended, though its parent may not know yet. */
static bool
has_ended(pid_t pid)
{
	char path[64], stat[512] = "";
	const char *name_end;
	FILE *f;

	if (kill(pid, 0) != 0)
		return errno == ESRCH;
	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	if (fgets(stat, sizeof(stat), f) == NULL)
		stat[0] = '\0';
	fclose(f);
	/* `42 (name) Z ...`, and the name may have parentheses, too. */
	name_end = strrchr(stat, ')');
	return name_end != NULL && strncmp(name_end, ") Z", 3) == 0;
}

bool
bury_is_gone(struct str by, struct str self)
{
	struct str host = by, own_host = self;
	int64_t start = cut_number(&host), pid = cut_number(&host);
	int64_t own_pid;

	(void)cut_number(&own_host);
	own_pid = cut_number(&own_host);
	if (start < 0 || pid < 1 || pid > INT32_MAX || str_eq(by, self) ||
	    !str_eq(host, own_host))
		return false;
	/* In a container our predecessor had the same process id; since the
	 * machine was started another process may have it. */
	return pid == own_pid || start < boot_s() || has_ended((pid_t)pid);
}

void
bury_release(struct bury *b)
{
	buf_release(&b->by);
}
