/*
 * A line waits in the queue as the bytes that will be written, so a queue needs
 * no other memory of it: a line's own first bytes tell the day of its file. A
 * write that took only a part of a line leaves the rest in the queue, and the
 * file's next bytes are that rest, whatever was dropped in between. Its begin is
 * kept until then: when somebody removes the file, the line is written whole.
 */
#include "remote/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dayfiles.h"
#include "base/map.h"
#include "base/now.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "format/jsonw.h"
#include "model/hearing.h"
#include "remote/bury.h"

#define WRITE_SOON   ((size_t)64 << 10) /* bytes that do not wait for others */
#define RETRY_MS     1000               /* after a write that failed */
#define GAP_TELL_MS  (55 * MS_PER_S)    /* at least every 60 s */
#define KEEP_MAX     ((size_t)8 << 10)  /* an empty queue keeps that much */
#define LOOK_MS      2000
#define TAIL_MIN     ((size_t)16 << 10) /* bytes of a file, to find a mark in */
#define TAIL_MAX     ((size_t)8 << 20)  /* a busy channel's minute */
#define LATE_SPAN_MS MS_PER_MIN
#define LATE_CLASSES 512 /* of a ms each; the last holds all above */

struct queue {
	struct buf bytes; /* whole lines */
	size_t done;      /* bytes of them that were written */
	int64_t since_ms; /* when the oldest of them came, mono */
	size_t part; /* of these, how many begin the line that comes next */
	int64_t retry_ms;         /* no write before, mono */
	bool failed;              /* the last write did */
	bool waits;               /* it is in the list of those to be written */
	bool dropping;            /* lines are dropped until there is room */
	char date[DAYFILES_DATE]; /* of the line that is half written */
};

struct channel {
	struct queue queue; /* with files */
	int64_t gap_lines;  /* dropped and not told yet; 0 = no gap */
	int64_t gap_from;   /* ms UTC, the first and the last of them */
	int64_t gap_to;
	int64_t gap_ms; /* when the first was dropped, mono */
	bool listed;    /* in the list of those that have a gap */
};

struct record {
	struct record_options o;
	struct map names;
	struct channel *channels; /* by number */
	size_t cap_channels;
	struct dayfiles *files; /* NULL = standard output */
	int fd;                 /* of that; ours when it is another */
	struct queue pipe;
	size_t *waiting; /* channels with something to write, oldest first */
	size_t n_waiting, cap_waiting;
	size_t all;   /* bytes in all queues */
	size_t *gaps; /* channels that have dropped lines not long ago */
	size_t n_gaps, cap_gaps;
	struct buf mark;
	int64_t mono;     /* of the last tick */
	int64_t sync_ms;  /* the next sync, mono */
	int64_t look_ms;  /* the next look for removed files, mono */
	size_t n_failed;  /* queues that cannot be written */
	size_t stuck;     /* bytes in these */
	bool sync_failed; /* the last sync did */
	bool told;        /* a person knows that something fails */
	bool closed;      /* standard output has no reader */
	struct errmsg where;
	struct record_counts counts;
	/* Bytes that waited so long, in this span and in the one before. */
	int64_t late[2][LATE_CLASSES];
	int64_t span_ms; /* when this span began */
};

static bool
is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/*
 * Finds where to write to standard output. A terminal that poll() finds writable
 * takes a few bytes, perhaps, and more would be waited for. So it is opened once
 * more, not to wait: on the one that was given to us that would be so for the
 * shell, too.
 */
static int
output_fd(void)
{
	int fd = -1;

	if (isatty(STDOUT_FILENO))
		fd = open("/proc/self/fd/1",
		    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 ? fd : STDOUT_FILENO;
}

struct record *
record_new(const struct record_options *o, struct errmsg *why)
{
	struct record *r = xcalloc(1, sizeof(*r));

	r->o = *o;
	r->fd = STDOUT_FILENO;
	r->mono = now_mono_ms();
	if (o->dir == NULL && is_writable(STDOUT_FILENO)) {
		r->fd = output_fd();
		return r;
	}
	if (o->dir == NULL) {
		errmsg_set(why, "standard output: cannot be written");
		record_free(r);
		return NULL;
	}
	r->files = dayfiles_new(o->dir, o->max_open, o->sync, why);
	if (r->files != NULL)
		return r;
	record_free(r);
	return NULL;
}

static size_t
queued(const struct queue *q)
{
	return q->bytes.len - q->done;
}

/* Notes that the queue cannot be written, for now. */
static void
fail(struct record *r, struct queue *q, const char *what, struct str name)
{
	errmsg_set(&r->where, "%s%s%.*s: %s", what, name.len > 0 ? "/" : "",
	    STR_ARGS(name), strerror(errno));
	r->n_failed += !q->failed;
	r->stuck += q->failed ? 0 : queued(q);
	q->failed = true;
	q->retry_ms = r->mono + RETRY_MS;
}

size_t
record_channel(struct record *r, struct str login)
{
	size_t n = r->names.n;
	size_t i = map_number(&r->names, login, hash_str(login, 0));

	if (i < n)
		return i;
	r->channels =
	    xgrow(r->channels, i, &r->cap_channels, sizeof(*r->channels));
	r->channels[i] = (struct channel){ 0 };
	/* What fails here fails again, and is told, at the first line. */
	if (r->files != NULL && dayfiles_mend(r->files, login) < 0)
		return i;
	return i;
}

static struct queue *
queue_of(struct record *r, size_t channel)
{
	return r->files != NULL ? &r->channels[channel].queue : &r->pipe;
}

static void
put_waiting(struct record *r, size_t channel)
{
	r->waiting = xgrow(
	    r->waiting, r->n_waiting, &r->cap_waiting, sizeof(*r->waiting));
	r->waiting[r->n_waiting++] = channel;
}

/* Sees to it that `len` bytes more fit into the queue. */
static void
make_room(struct queue *q, size_t len)
{
	size_t over = q->done - q->part;

	if (over > 0 && q->bytes.cap - q->bytes.len < len) {
		q->bytes.len -= over;
		memmove(q->bytes.p, q->bytes.p + over, q->bytes.len);
		q->done = q->part;
	}
	(void)buf_room(&q->bytes, len);
}

/* Bytes of a line with that payload. */
static size_t
line_len(const struct record *r, size_t channel, struct str source, size_t len)
{
	return TSTAMP_LEN + 1 + source.len + 1 +
	    map_name(&r->names, channel).len + 1 + len + 1;
}

/* Puts a line into its queue, whatever its ceiling. */
static void
put(struct record *r, size_t channel, int64_t wall, struct str source,
    struct str payload)
{
	struct queue *q = queue_of(r, channel);
	size_t len = line_len(r, channel, source, payload.len);
	struct buf *b = &q->bytes;

	if (queued(q) == 0)
		q->since_ms = now_mono_ms();
	make_room(q, len);
	tstamp_add(b, wall);
	buf_byte(b, '\t');
	buf_str(b, source);
	buf_byte(b, '\t');
	buf_str(b, map_name(&r->names, channel));
	buf_byte(b, '\t');
	buf_str(b, payload);
	buf_byte(b, '\n');
	r->all += len;
	r->stuck += q->failed ? len : 0;
	if (!q->waits && r->files != NULL) {
		q->waits = true;
		put_waiting(r, channel);
	}
}

void
record_drop(struct record *r, size_t channel, int64_t wall)
{
	struct channel *c = &r->channels[channel];

	if (c->gap_lines++ == 0) {
		c->gap_from = c->gap_to = wall;
		c->gap_ms = r->mono;
	}
	if (!c->listed) {
		c->listed = true;
		r->gaps =
		    xgrow(r->gaps, r->n_gaps, &r->cap_gaps, sizeof(*r->gaps));
		r->gaps[r->n_gaps++] = channel;
	}
	if (wall < c->gap_from)
		c->gap_from = wall;
	if (wall > c->gap_to)
		c->gap_to = wall;
}

static bool
has_room(const struct record *r, const struct queue *q, size_t len)
{
	if (r->files == NULL)
		return queued(q) + len <= RECORD_PIPE_MAX;
	return queued(q) + len <= RECORD_CHANNEL_MAX &&
	    (!q->failed || r->stuck + len <= RECORD_STUCK_MAX);
}

static void write_channel(struct record *r, size_t channel);

void
record_line(struct record *r, size_t channel, int64_t wall, struct str source,
    struct str payload)
{
	struct queue *q = queue_of(r, channel);

	r->counts.lines++;
	if (q->dropping ||
	    !has_room(r, q, line_len(r, channel, source, payload.len))) {
		q->dropping = true;
		r->counts.dropped++;
		record_drop(r, channel, wall);
		return;
	}
	put(r, channel, wall, source, payload);
	if (r->files != NULL && queued(q) >= WRITE_SOON && !q->failed)
		write_channel(r, channel);
}

/* Writes a mark of the collector `by`. */
static void
mark(struct record *r, size_t channel, int64_t wall, struct str name,
    struct str by, struct str rest)
{
	struct buf *b = &r->mark;

	buf_reset(b);
	buf_lit(b, "{\"mark\":");
	jsonw_str(b, name);
	jsonw_member(b, STR("by"), by);
	buf_str(b, rest);
	buf_byte(b, '}');
	put(r, channel, wall, STR("mark"), buf_view(b));
}

void
record_mark(struct record *r, size_t channel, int64_t wall, struct str name,
    struct str rest)
{
	mark(r, channel, wall, name, str_of(r->o.by), rest);
}

/* Reads the end of the channel's newest file, as far back as there is need. */
static void
read_end(struct record *r, size_t channel, int64_t wall, struct bury *dead)
{
	struct buf tail = { 0 };
	bool more = true;

	for (size_t len = TAIL_MIN; more && len <= TAIL_MAX; len *= 8) {
		more = dayfiles_tail(
		    r->files, map_name(&r->names, channel), len, &tail);
		bury_read(dead, buf_view(&tail));
		/* Without a whole line there is no time, either. */
		if (dead->marked ||
		    (dead->until != INT64_MIN &&
			dead->until < wall - HEARING_DEAD_MS))
			break;
	}
	buf_release(&tail);
}

void
record_bury(struct record *r, size_t channel, int64_t wall)
{
	struct bury dead = { .until = INT64_MIN };
	struct buf rest = { 0 };

	if (r->files == NULL)
		return;
	read_end(r, channel, wall, &dead);
	if (dead.open && dead.until <= wall &&
	    dead.until >= wall - HEARING_DEAD_MS &&
	    bury_is_gone(buf_view(&dead.by), str_of(r->o.by))) {
		jsonw_time(&rest, STR("since"), dead.until);
		jsonw_member(&rest, STR("why"), STR("the collector died"));
		mark(r, channel, wall, STR("lost"), buf_view(&dead.by),
		    buf_view(&rest));
	}
	buf_release(&rest);
	bury_release(&dead);
}

/* Tells the gap of a channel. */
static void
tell_gap(struct record *r, size_t channel, int64_t wall)
{
	struct channel *c = &r->channels[channel];
	struct buf rest = { 0 };

	jsonw_time(&rest, STR("from"), c->gap_from);
	jsonw_time(&rest, STR("to"), c->gap_to);
	jsonw_int(&rest, STR("lines"), c->gap_lines);
	c->gap_lines = 0;
	record_mark(r, channel, wall, STR("gap"), buf_view(&rest));
	buf_release(&rest);
}

/* Lets the queue take lines again when there is room. */
static void
recover(const struct record *r, struct queue *q)
{
	if (r->files == NULL ? queued(q) < RECORD_PIPE_MAX / 2
			     : queued(q) == 0 && !q->failed)
		q->dropping = false;
}

/* Tells the gaps that are over, and those that go on for long. */
static void
tell_gaps(struct record *r, int64_t wall, bool all)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n_gaps; i++) {
		size_t channel = r->gaps[i];
		struct channel *c = &r->channels[channel];
		struct queue *q = queue_of(r, channel);

		if (q->dropping)
			recover(r, q);
		if (c->gap_lines > 0 &&
		    (all || !q->dropping || r->mono - c->gap_ms >= GAP_TELL_MS))
			tell_gap(r, channel, wall);
		c->listed = q->dropping || c->gap_lines > 0;
		if (c->listed)
			r->gaps[kept++] = channel;
	}
	r->n_gaps = kept;
}

/* Takes `n` bytes, which were written, off the queue. */
static void
written(struct record *r, struct queue *q, size_t n)
{
	int64_t late = now_mono_ms() - q->since_ms;

	if (late < 0 || late >= LATE_CLASSES)
		late = LATE_CLASSES - 1;
	r->late[0][late] += (int64_t)n;
	r->n_failed -= q->failed;
	r->stuck -= q->failed ? queued(q) : 0;
	q->failed = false;
	r->all -= n;
	r->counts.bytes += (int64_t)n;
	q->done += n;
	q->part = 0;
	while (q->part < q->done && q->bytes.p[q->done - q->part - 1] != '\n')
		q->part++;
	/* The age of what is left is not known: it counts as the oldest's. */
	if (queued(q) > 0)
		return;
	q->done = 0;
	buf_reset(&q->bytes);
	if (q->bytes.cap > KEEP_MAX)
		buf_release(&q->bytes);
}

/* Finds the first bytes of the queue that belong to the file of one day. */
static struct str
same_day(const struct queue *q, const char *date)
{
	struct str s = { q->bytes.p + q->done, queued(q) };
	const char *end = s.p + s.len, *line = s.p;
	bool inside = q->part > 0;

	/* The usual case: its last line begins with the same date. */
	while (line < end) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));

		if (!inside && memcmp(line, date, DAYFILES_DATE) != 0)
			break;
		inside = false;
		line = lf != NULL ? lf + 1 : end;
	}
	s.len = (size_t)(line - s.p);
	return s;
}

/* Has the first line written from its begin: what was written of it is gone. */
static void
begin_anew(struct record *r, struct queue *q)
{
	q->done -= q->part;
	r->all += q->part;
	r->stuck += q->failed ? q->part : 0;
	q->part = 0;
}

/* Writes the queue of a channel to its file, as far as that takes it. */
static void
write_channel(struct record *r, size_t channel)
{
	struct queue *q = &r->channels[channel].queue;
	struct dayfiles_at at = { .number = channel,
		.name = map_name(&r->names, channel),
		.date = q->date };

	while (queued(q) > 0) {
		struct str part;
		ssize_t n;

		if (q->part == 0)
			memcpy(q->date, q->bytes.p + q->done, DAYFILES_DATE);
		part = same_day(q, q->date);
		n = dayfiles_write(r->files, &at, part, q->part > 0);
		if (n < 0 && errno == ESTALE && q->part > 0) {
			begin_anew(r, q);
			continue;
		}
		if (n < 0) {
			fail(r, q, r->o.dir, at.name);
			return;
		}
		written(r, q, (size_t)n);
	}
}

/* Tells whether it is time to write the queue. */
static bool
is_due(const struct record *r, const struct queue *q)
{
	if (q->failed)
		return r->mono >= q->retry_ms;
	return r->mono - q->since_ms >= RECORD_LINGER_MS;
}

/* Writes the queues of the channels that have waited for long enough. */
static void
write_files(struct record *r, bool all)
{
	size_t kept = 0, n = r->n_waiting;

	for (size_t i = 0; i < n; i++) {
		size_t channel = r->waiting[i];
		struct queue *q = &r->channels[channel].queue;

		if (queued(q) > 0 && (all || is_due(r, q)))
			write_channel(r, channel);
		q->waits = queued(q) > 0;
		if (q->waits)
			r->waiting[kept++] = channel;
	}
	r->n_waiting = kept;
}

/*
 * Writes to standard output what it takes without waiting: a pipe that poll()
 * finds writable takes PIPE_BUF bytes.
 */
static void
write_pipe(struct record *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLOUT };
	struct queue *q = &r->pipe;

	if (q->failed && r->mono < q->retry_ms)
		return;
	while (queued(q) > 0 && !r->closed) {
		size_t len = queued(q) < PIPE_BUF ? queued(q) : PIPE_BUF;
		ssize_t n;

		if (poll(&p, 1, 0) <= 0)
			break;
		n = write(r->fd, q->bytes.p + q->done, len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			break;
		if (n < 0) {
			r->closed = errno == EPIPE;
			fail(r, q, "standard output", STR(""));
			break;
		}
		written(r, q, (size_t)n);
	}
}

static void
flush(struct record *r, bool all)
{
	if (r->files != NULL)
		write_files(r, all);
	else
		write_pipe(r);
}

static void
sync_files(struct record *r)
{
	if (!r->o.sync || r->files == NULL || r->mono < r->sync_ms)
		return;
	r->sync_ms = r->mono + MS_PER_S;
	r->sync_failed = !dayfiles_sync(r->files);
	if (r->sync_failed)
		errmsg_set(&r->where, "%s: %s", r->o.dir, strerror(errno));
}

int64_t
record_tick(struct record *r, int64_t wall, int64_t mono)
{
	int64_t wait = -1;

	r->mono = mono;
	if (mono - r->span_ms >= LATE_SPAN_MS) {
		r->span_ms = mono;
		memcpy(r->late[1], r->late[0], sizeof(r->late[0]));
		memset(r->late[0], 0, sizeof(r->late[0]));
	}
	if (r->files != NULL && mono >= r->look_ms) {
		r->look_ms = mono + LOOK_MS;
		dayfiles_look(r->files);
	}
	flush(r, false);
	if (r->n_gaps > 0)
		tell_gaps(r, wall, false);
	sync_files(r);
	if (r->n_waiting > r->n_failed)
		wait = RECORD_LINGER_MS;
	else if (r->n_gaps > 0 || r->n_failed > 0)
		wait = RETRY_MS;
	if (r->o.sync && r->files != NULL &&
	    (wait < 0 || wait > r->sync_ms - mono))
		wait = r->sync_ms - mono;
	return wait < -1 ? 0 : wait;
}

void
record_poll(const struct record *r, struct pollfd *p)
{
	const struct queue *q = &r->pipe;

	*p = (struct pollfd){ .fd = -1 };
	if (r->files != NULL)
		return;
	p->fd = r->fd;
	if (queued(q) > 0 && !q->failed)
		p->events = POLLOUT;
}

void
record_polled(struct record *r, const struct pollfd *p)
{
	/* There is no reader any more. A pipe has the one, a socket the other,
	 * and poll() does not wait any more. */
	if (p->fd >= 0 && (p->revents & (POLLERR | POLLHUP)) != 0)
		r->closed = true;
}

enum record_news
record_news(struct record *r, struct errmsg *why)
{
	bool fails = r->n_failed > 0 || r->sync_failed;

	if (r->closed)
		return RECORD_CLOSED;
	if (fails == r->told)
		return RECORD_QUIET;
	r->told = fails;
	*why = r->where;
	return fails ? RECORD_TROUBLE : RECORD_MENDED;
}

/* Finds how long `percent` of the bytes waited at most, ms. */
static int64_t
late_quantile(const struct record *r, int percent)
{
	int64_t all = 0, sum = 0;
	int ms = 0;

	for (int i = 0; i < LATE_CLASSES; i++)
		all += r->late[0][i] + r->late[1][i];
	for (; ms < LATE_CLASSES - 1; ms++) {
		sum += r->late[0][ms] + r->late[1][ms];
		if (sum >= all / 100 * percent + all % 100 * percent / 100)
			break;
	}
	return ms;
}

struct record_counts
record_counts(const struct record *r)
{
	struct record_counts c = r->counts;

	c.waiting = (int64_t)r->all;
	c.late_p99_ms = late_quantile(r, 99);
	c.late_max_ms = late_quantile(r, 100);
	c.files = r->files != NULL ? dayfiles_open(r->files) : 0;
	return c;
}

void
record_leave(struct record *r, size_t channel)
{
	if (r->files == NULL)
		return;
	write_channel(r, channel);
	dayfiles_leave(r->files, channel);
}

bool
record_finish(struct record *r, int64_t wait_ms, struct errmsg *why)
{
	int64_t end = now_mono_ms() + wait_ms;

	tell_gaps(r, now_ms(), true);
	for (;;) {
		struct pollfd p = { .fd = r->fd, .events = POLLOUT };

		r->mono = now_mono_ms();
		flush(r, true);
		if (r->all == 0 || r->closed || r->mono >= end)
			break;
		if (r->files != NULL || r->pipe.failed)
			(void)poll(NULL, 0, 100);
		else
			(void)poll(&p, 1, (int)(end - r->mono));
	}
	r->sync_ms = r->mono;
	sync_files(r);
	if (r->all == 0 && !r->sync_failed)
		return true;
	*why = r->where;
	if (r->n_failed == 0 && !r->sync_failed)
		errmsg_set(why, "standard output: nobody reads it");
	return false;
}

void
record_free(struct record *r)
{
	if (r == NULL)
		return;
	if (r->fd != STDOUT_FILENO)
		close(r->fd);
	for (size_t i = 0; i < r->names.n; i++)
		buf_release(&r->channels[i].queue.bytes);
	map_release(&r->names);
	dayfiles_free(r->files);
	buf_release(&r->pipe.bytes);
	buf_release(&r->mark);
	free(r->channels);
	free(r->waiting);
	free(r->gaps);
	free(r);
}
