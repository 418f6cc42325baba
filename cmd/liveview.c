/*
 * A frame is built whole and leaves with one write, over the one before: nothing
 * is erased that is not written in the same breath, so that nothing flickers.
 * Keys come from the terminal itself, as standard input is the pipe. The size is
 * asked for at each frame, so a resize needs no signal.
 */
#include "liveview.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/now.h"
#include "base/num.h"
#include "base/stop.h"
#include "base/tstamp.h"
#include "render/frame.h"

#define FRAME_MS  250  /* between two frames, at least */
#define IDLE_MS   1000 /* at most: ages grow */
#define READ_MS   50   /* of reading between two looks at the keys */
#define WAIT_MS   50
#define BEHIND_MS 1500 /* windows are on their way for so long */

#define COLUMNS_MIN 20

struct view {
	struct intake in;
	struct live *live;
	struct stats_reader *reader;
	struct frame frame;
	int tty; /* where keys come from; -1 = nowhere */
	int stop;
	struct termios before; /* of the terminal */
	bool changed, quit;
	struct buf out;
};

static const char *
take_line(void *arg, struct str line, struct errmsg *why)
{
	struct view *v = arg;
	struct stats s;

	if (!stats_read(v->reader, line, &s, why))
		return why->text;
	if (tool_has_channel(&v->in.filter, s.channel)) {
		live_add(v->live, &s);
		v->changed = true;
	}
	return NULL;
}

/* Asks for the size of the terminal. True when it has changed. */
static bool
measure(struct frame *f)
{
	size_t columns = f->columns, rows = f->rows;
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0) {
		f->columns = w.ws_col < COLUMNS_MIN ? COLUMNS_MIN : w.ws_col;
		f->rows = w.ws_row < 4 ? 4 : w.ws_row;
	}
	return f->columns != columns || f->rows != rows;
}

static void
put(const char *text)
{
	tool_output(str_of(text));
	fflush(stdout);
}

static void
draw(struct view *v)
{
	int64_t end = live_until(v->live);

	v->frame.now = now_ms() - BEHIND_MS;
	if (end != INT64_MIN && end > v->frame.now)
		v->frame.now = end;
	buf_reset(&v->out);
	/* Held back until it is whole, where the terminal knows that. */
	buf_lit(&v->out, "\033[?2026h\033[H");
	frame_render(&v->out, v->live, &v->frame);
	buf_lit(&v->out, "\033[K\033[J\033[?2026l");
	tool_output(buf_view(&v->out));
	if (fflush(stdout) != 0)
		err(TOOL_FAILED, "standard output");
	v->changed = false;
}

/* Moves by `n` channels, at most to the top. */
static void
scroll(struct view *v, long n)
{
	if (n < 0 && v->frame.top < (size_t)-n)
		v->frame.top = 0;
	else
		v->frame.top += (size_t)n;
	v->changed = true;
}

static void
take_key(struct view *v, const char *key, size_t len)
{
	long page = (long)v->frame.rows - 2;
	struct str k = { key, len };

	if (str_eq(k, STR("q")))
		v->quit = true;
	else if (str_eq(k, STR("j")) || str_eq(k, STR("\033[B")))
		scroll(v, 1);
	else if (str_eq(k, STR("k")) || str_eq(k, STR("\033[A")))
		scroll(v, -1);
	else if (str_eq(k, STR(" ")) || str_eq(k, STR("\033[6~")))
		scroll(v, page);
	else if (str_eq(k, STR("b")) || str_eq(k, STR("\033[5~")))
		scroll(v, -page);
	else if (str_eq(k, STR("g")) || str_eq(k, STR("\033[H")))
		scroll(v, -1000000);
	else if (str_eq(k, STR("G")) || str_eq(k, STR("\033[F")))
		scroll(v, 1000000);
}

/* Takes the keys and signals that have come, waiting at most `wait_ms`. */
static void
take_keys(struct view *v, int wait_ms)
{
	struct pollfd p[2] = { { v->tty, POLLIN, 0 }, { v->stop, POLLIN, 0 } };
	char keys[64];
	ssize_t n;

	if (poll(p, 2, wait_ms) <= 0)
		return;
	if ((p[1].revents & POLLIN) != 0 && stop_next(v->stop) == STOP_END)
		v->quit = true;
	if (p[0].revents == 0)
		return;
	n = read(v->tty, keys, sizeof(keys));
	if (n <= 0) {
		/* The terminal has gone. */
		v->quit = true;
		return;
	}
	for (ssize_t i = 0, len; i < n; i += len) {
		len = 1;
		if (keys[i] == '\033' && i + 2 < n && keys[i + 1] == '[') {
			len = 3;
			while (i + len < n && keys[i + len - 1] >= '0' &&
			    keys[i + len - 1] <= '9')
				len++;
		}
		take_key(v, keys + i, (size_t)len);
	}
}

/* Reads what is there, for a while. False at the end, or on an error. */
static bool
read_some(struct view *v, struct input *in, enum tool_exit *result)
{
	int64_t begin = now_mono_ms();
	struct errmsg why;
	struct str line;

	while (input_ready(in, 0) && now_mono_ms() - begin < READ_MS) {
		int more = input_next(in, &line, &why);

		if (more == 1) {
			intake_line(&v->in, in, line);
			continue;
		}
		if (more < 0) {
			warnx("%s: %s", in->name, why.text);
			*result = TOOL_FAILED;
		}
		return false;
	}
	return true;
}

static enum tool_exit
watch(struct view *v, const char *path)
{
	enum tool_exit result = TOOL_DONE;
	int64_t drawn = now_mono_ms() - IDLE_MS;
	struct errmsg why;
	struct input in;
	bool open = true;

	if (!input_open(&in, path, NULL, &why)) {
		warnx("%s: %s", in.name, why.text);
		return TOOL_FAILED;
	}
	put("\033[?1049h\033[?25l\033[?7l");
	while (!v->quit) {
		int64_t now;

		if (open && input_ready(&in, WAIT_MS))
			open = read_some(v, &in, &result);
		take_keys(v, open ? 0 : WAIT_MS);
		now = now_mono_ms();
		if (now - drawn < FRAME_MS)
			continue;
		v->changed |= measure(&v->frame);
		if (v->changed || now - drawn >= IDLE_MS) {
			draw(v);
			drawn = now;
		}
	}
	put("\033[?7h\033[?25h\033[?1049l");
	input_close(&in);
	return result;
}

static void
print_once(struct view *v)
{
	const char *columns = getenv("COLUMNS");
	int64_t n = columns != NULL ? num_whole(str_of(columns)) : -1;

	if (n > 0 && n < COLUMNS_MIN)
		n = COLUMNS_MIN;
	v->frame.columns = n > 0 && n <= 1000 ? (size_t)n : 80;
	if (isatty(STDOUT_FILENO))
		(void)measure(&v->frame);
	v->frame.rows = 0;
	v->frame.now = live_until(v->live);
	if (v->frame.now == INT64_MIN)
		v->frame.now = now_ms();
	frame_render(&v->out, v->live, &v->frame);
	buf_byte(&v->out, '\n');
	tool_output(buf_view(&v->out));
}

enum tool_exit
liveview_run(const char *path, const char *tz, bool once, struct intake in)
{
	const char *no_colour = getenv("NO_COLOR");
	enum tool_exit result;
	struct termios raw;
	struct view v = { .in = in,
		.live = live_new(),
		.reader = stats_reader_new(),
		.frame = { .columns = 80, .rows = 24, .tz = tz },
		.tty = -1 };

	v.in.take = take_line;
	v.in.arg = &v;
	once |= !isatty(STDOUT_FILENO);
	v.frame.colour = !once && (no_colour == NULL || *no_colour == '\0');
	v.frame.eol = once ? "\n" : "\033[K\r\n";
	if (!once) {
		/* What is refused would be over the picture. */
		v.in.rejects.quiet = true;
		v.tty = open("/dev/tty", O_RDONLY | O_CLOEXEC);
		v.stop = stop_init();
		if (v.stop < 0)
			err(TOOL_FAILED, "signals");
		if (v.tty >= 0 && tcgetattr(v.tty, &v.before) == 0) {
			raw = v.before;
			raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
			(void)tcsetattr(v.tty, TCSANOW, &raw);
		}
		result = watch(&v, path);
		if (v.tty >= 0)
			(void)tcsetattr(v.tty, TCSANOW, &v.before);
	} else {
		result = tool_each_line(
		    in.tool, path, TOOL_QUIET, NULL, intake_line, &v.in);
		print_once(&v);
	}
	buf_release(&v.out);
	live_free(v.live);
	stats_reader_free(v.reader);
	return tool_graver(result, intake_close(&v.in));
}
