/*
 * ledger - what a collector wrote against what the fake server sent it
 *
 *   ledger check [-gw] [-m MAX] [-r MS] LEDGER FILE|DIR|-...
 *   ledger joins [-s MS] LEDGER N/SECONDS
 *   ledger logins LEDGER
 *
 * LEDGER is what irc.c wrote; its records are described there.
 *
 * check reads raw logs (files, the *.log below folders, `-` stdin) and prints
 * one line of figures:
 *
 *   sent        lines that were handed over to at least one connection; one
 *               given to several connections counts once
 *   found       of these, lines that are in the files
 *   lost        lines that are not, and have no excuse
 *   dup         lines that are there more often than they were sent
 *   altered     lines that were never sent: their bytes not at all, or not to
 *               that channel, or they are in the folder of another one
 *   order       lines that come too late: behind one that was sent after them
 *   gap_lines   the sum of `lines` in the `gap` marks
 *   torn        lines that are no raw lines, and files that do not end in LF
 *   closed      torn lines that were closed with a NUL
 *   excused     lines that are missing and may be (-r)
 *   oversize    lines longer than MAX (-m), which must not be there
 *   protocol    answers of the protocol (JOIN, ROOMSTATE, 353 ...) in the
 *   unanswered  files, and those sent that are not: neither is ever wrong
 *   marks       marks in the files
 *   lag_ms      the longest time from handing a line over to its `received`
 *
 * Equal bytes sent twice are two lines. Order is asked for within a channel:
 * line A, sent before B, has to stand before it when every connection that
 * could bring B was sure to bring A. With a single connection that is the plain
 * order; with two it allows for all ways in which the two can be read.
 *
 * -r MS: a line handed over less than MS before the end of its connection
 * (other than by fin or freeze), or before the client's PART of its channel,
 * may be missing: whether it was read, the server cannot know. At first 0.
 * -g: in each channel what is missing has to be what its gap marks tell; they
 * may count excused lines and answers of the protocol, too.
 * -w: name up to 20 of the lines that are wrong, on stderr.
 *
 * joins prints the greatest number of channels in JOIN commands within any
 * SECONDS and fails when it is over N. As a clock of ours is not that of the
 * client, -s shortens the window by MS. logins prints login attempts, accepted
 * connections, and the least ms from one login attempt to the next.
 *
 * Exit: 0 all is well, 1 it is not, 2 wrong call or unreadable files.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/map.h"
#include "base/num.h"
#include "base/tstamp.h"
#include "base/xalloc.h"
#include "format/hash.h"

#define MAX_LINE   ((size_t)64 << 20)
#define MAX_NAMED  20
#define MAX_FIELDS 7
#define NO_SET     UINT32_MAX

/* One line, given to any number of connections. */
struct sent {
	uint64_t hash;
	int64_t handed_ms; /* first */
	uint32_t chan;
	uint32_t len;
	uint32_t all;  /* set: the connections that it was handed to */
	uint32_t sure; /* set: those of them that have no excuse; or NO_SET */
	char kind;     /* L, P; 0 = was never handed over */
};

/* One line, handed to one connection. */
struct delivery {
	int64_t ms;
	int64_t seq;
	uint32_t conn;
	uint32_t chan;
	bool excused;
};

/* A set of connections: ascending numbers. */
struct set {
	const uint32_t *conns; /* borrowed from the map */
	size_t n;
};

/* The last line found of those that went to the same set. */
struct latest {
	uint32_t set;
	int64_t seq;
};

struct channel {
	struct latest *latest; /* owned */
	size_t n_latest;
	size_t cap_latest;
	int64_t lost;
	int64_t optional; /* missing, and may be */
	int64_t gap_lines;
};

/* A command with its time: of `n` channels, or a login (1). */
struct attempt {
	int64_t ms;
	int64_t n;
};

struct ledger {
	struct map names;
	struct channel *channels; /* owned; by number of the name */
	size_t cap_channels;
	uint32_t *chan_numbers; /* owned; number of the name by CHAN */
	size_t n_chan_numbers;
	size_t cap_chan_numbers;
	struct sent *sent; /* owned; by seq */
	size_t n_sent;
	size_t cap_sent;
	struct delivery *deliveries; /* owned */
	size_t n_deliveries;
	size_t cap_deliveries;
	struct map sets;
	struct attempt *joins; /* owned */
	size_t n_joins;
	size_t cap_joins;
	struct attempt *logins; /* owned */
	size_t n_logins;
	size_t cap_logins;
	int64_t accepted;
	int64_t excuse_ms; /* -r */
};

/* What was sent, ordered by channel, hash, kind, seq: equal lines stand
 * together, and the first of them knows how many of them were found. */
struct place {
	uint64_t hash;
	int64_t seq;
	uint32_t chan;
	uint32_t used;
	char kind;
};

struct figures {
	int64_t sent, found, lost, dup, altered, order, gap_lines, torn, closed,
	    excused, oversize, protocol, unanswered, marks, lag_ms;
	bool gaps_differ;
};

struct check {
	struct ledger *l;     /* borrowed */
	struct place *places; /* owned */
	size_t n_places;
	int64_t max_len; /* -m; 0 = any */
	bool gaps;       /* -g */
	int to_name;     /* -w: so many more */
	struct figures f;
};

/* Where a raw line stands, for messages. */
struct where {
	const char *file; /* borrowed */
	int64_t line;
	struct str folder; /* the channel that it has to be; absent = any */
};

static ssize_t
read_fd(void *arg, char *p, size_t n)
{
	return read(*(int *)arg, p, n);
}

/* Reading the ledger. */

static size_t
split_fields(struct str line, struct str *fields)
{
	size_t n = 0;

	while (n < MAX_FIELDS) {
		const char *space =
		    line.len != 0 ? memchr(line.p, ' ', line.len) : NULL;

		fields[n] = line;
		if (space == NULL)
			return n + 1;
		fields[n].len = (size_t)(space - line.p);
		line.p = space + 1;
		line.len -= fields[n++].len + 1;
	}
	return n;
}

static bool
read_hex(struct str s, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= '0' && c <= '9')
			*v = *v << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*v = *v << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	return s.len == 16;
}

static bool
add_channel(struct ledger *l, int64_t number, struct str name)
{
	size_t i;

	if (number != (int64_t)l->n_chan_numbers)
		return false;
	l->channels = xgrow(
	    l->channels, l->names.n, &l->cap_channels, sizeof(*l->channels));
	i = map_number(&l->names, name, hash_str(name, 0));
	l->channels[i] = (struct channel){ 0 };
	l->chan_numbers = xgrow(l->chan_numbers, l->n_chan_numbers,
	    &l->cap_chan_numbers, sizeof(*l->chan_numbers));
	l->chan_numbers[l->n_chan_numbers++] = (uint32_t)i;
	return true;
}

/* Excuses what went to `conn` shortly before `ms`; NO_SET = in all channels. */
static void
excuse(struct ledger *l, int64_t ms, uint32_t conn, uint32_t chan)
{
	for (size_t i = l->n_deliveries; i > 0; i--) {
		struct delivery *d = &l->deliveries[i - 1];

		if (d->ms <= ms - l->excuse_ms)
			return;
		if (d->conn == conn && (chan == NO_SET || d->chan == chan))
			d->excused = true;
	}
}

static bool
add_delivery(struct ledger *l, const struct str *f, int64_t ms, int64_t conn)
{
	int64_t chan = num_whole(f[3]), seq = num_whole(f[4]);
	int64_t len = num_whole(f[5]);
	struct sent *sent;
	uint64_t hash;

	if (chan < 0 || chan >= (int64_t)l->n_chan_numbers || seq <= 0 ||
	    seq > (INT64_C(1) << 31) || len < 0 || !read_hex(f[6], &hash))
		return false;
	if (f[0].p[0] == 'U')
		return true;
	while (l->n_sent <= (size_t)seq) {
		l->sent =
		    xgrow(l->sent, l->n_sent, &l->cap_sent, sizeof(*l->sent));
		l->sent[l->n_sent++] = (struct sent){ 0 };
	}
	sent = &l->sent[seq];
	if (sent->kind == 0)
		*sent = (struct sent){ .hash = hash,
			.handed_ms = ms,
			.chan = l->chan_numbers[chan],
			.len = (uint32_t)len,
			.kind = f[0].p[0] };
	if (sent->hash != hash || sent->chan != l->chan_numbers[chan])
		return false;
	l->deliveries = xgrow(l->deliveries, l->n_deliveries,
	    &l->cap_deliveries, sizeof(*l->deliveries));
	l->deliveries[l->n_deliveries++] = (struct delivery){
		.ms = ms, .seq = seq, .conn = (uint32_t)conn, .chan = sent->chan
	};
	return true;
}

static bool
add_end(struct ledger *l, const struct str *f, int64_t ms, int64_t conn)
{
	/* The client gets all that was handed over before these two. */
	if (!str_eq(f[3], STR("fin")) && !str_eq(f[3], STR("freeze")))
		excuse(l, ms, (uint32_t)conn, NO_SET);
	return true;
}

static bool
add_part(struct ledger *l, const struct str *f, int64_t ms, int64_t conn)
{
	int64_t chan = num_whole(f[3]);

	if (chan < 0 || chan >= (int64_t)l->n_chan_numbers)
		return false;
	excuse(l, ms, (uint32_t)conn, l->chan_numbers[chan]);
	return true;
}

static bool
add_join(struct ledger *l, const struct str *f, int64_t ms)
{
	int64_t n = num_whole(f[3]);

	l->joins =
	    xgrow(l->joins, l->n_joins, &l->cap_joins, sizeof(*l->joins));
	l->joins[l->n_joins++] = (struct attempt){ ms, n };
	return n >= 0;
}

static bool
add_login(struct ledger *l, int64_t ms)
{
	l->logins =
	    xgrow(l->logins, l->n_logins, &l->cap_logins, sizeof(*l->logins));
	l->logins[l->n_logins++] = (struct attempt){ ms, 1 };
	return true;
}

static bool
add_record(struct ledger *l, struct str line)
{
	struct str f[MAX_FIELDS] = { 0 };
	size_t n = split_fields(line, f);
	int64_t ms = n > 1 ? num_whole(f[1]) : -1;
	int64_t conn = n > 2 ? num_whole(f[2]) : -1;

	if (f[0].len != 1)
		return false;
	if (f[0].p[0] == 'C' && n == 3)
		return add_channel(l, ms, f[2]);
	if (ms < 0 || conn < 0 || conn >= UINT32_MAX)
		return false;
	switch (f[0].p[0]) {
	case 'A':
		l->accepted++;
		return true;
	case 'G':
		return true;
	case 'J':
	case 'X':
		return n == 4;
	case 'M':
		return n == 6;
	case 'N':
		return n == 4 && add_login(l, ms);
	case 'R':
		return n == 4 && add_join(l, f, ms);
	case 'O':
		return n == 4 && add_part(l, f, ms, conn);
	case 'E':
		return n == 4 && add_end(l, f, ms, conn);
	case 'L':
	case 'P':
	case 'U':
		return n == 7 && add_delivery(l, f, ms, conn);
	default:
		return false;
	}
}

static void
read_ledger(struct ledger *l, const char *file)
{
	struct lines lines;
	struct str line;
	int fd = open(file, O_RDONLY), r;

	if (fd == -1)
		err(2, "%s", file);
	lines_init(&lines, read_fd, &fd, 4096);
	while ((r = lines_next(&lines, &line)) == 1)
		/* The server may be at work: its last record is not whole. */
		if (!lines.unended && !add_record(l, line))
			errx(2, "%s:%lld: no record", file,
			    (long long)lines.number);
	if (r < 0)
		err(2, "%s", file);
	lines_release(&lines);
	close(fd);
}

static void
release_ledger(struct ledger *l)
{
	for (size_t i = 0; i < l->names.n; i++)
		free(l->channels[i].latest);
	free(l->channels);
	free(l->chan_numbers);
	free(l->sent);
	free(l->deliveries);
	free(l->joins);
	free(l->logins);
	map_release(&l->names);
	map_release(&l->sets);
}

/* Sets of connections. */

static int
by_seq(const void *va, const void *vb)
{
	const struct delivery *a = va, *b = vb;

	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return a->conn < b->conn ? -1 : a->conn > b->conn;
}

/* Finds the number of the set of some deliveries of one line, ascending by
 * connection. Returns NO_SET when none is left. */
static uint32_t
set_of(struct ledger *l, const struct delivery *d, size_t n, bool sure,
    struct buf *scratch)
{
	struct str bytes;

	buf_reset(scratch);
	for (size_t i = 0; i < n; i++)
		if (!sure || !d[i].excused)
			buf_add(scratch, &d[i].conn, sizeof(d[i].conn));
	bytes = buf_view(scratch);
	if (bytes.len == 0)
		return NO_SET;
	return (uint32_t)map_number(&l->sets, bytes, hash_str(bytes, 0));
}

static void
find_sets(struct ledger *l)
{
	struct buf scratch = { 0 };
	size_t end;

	if (l->n_deliveries != 0)
		qsort(l->deliveries, l->n_deliveries, sizeof(*l->deliveries),
		    by_seq);
	for (size_t i = 0; i < l->n_deliveries; i = end) {
		struct delivery *d = &l->deliveries[i];
		struct sent *sent = &l->sent[d->seq];

		for (end = i;
		     end < l->n_deliveries && l->deliveries[end].seq == d->seq;)
			end++;
		sent->all = set_of(l, d, end - i, false, &scratch);
		sent->sure = set_of(l, d, end - i, true, &scratch);
	}
	buf_release(&scratch);
}

static struct set
get_set(const struct ledger *l, uint32_t i)
{
	struct str bytes = map_name(&l->sets, i);

	return (struct set){ (const uint32_t *)(const void *)bytes.p,
		bytes.len / sizeof(uint32_t) };
}

static bool
is_subset(const struct ledger *l, uint32_t a, uint32_t b)
{
	struct set sa = get_set(l, a), sb = get_set(l, b);
	size_t j = 0;

	if (a == b)
		return true;
	for (size_t i = 0; i < sa.n; i++) {
		while (j < sb.n && sb.conns[j] < sa.conns[i])
			j++;
		if (j == sb.n || sb.conns[j] != sa.conns[i])
			return false;
	}
	return true;
}

/* The lines that may be found. */

static int
by_place(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	if (a->chan != b->chan)
		return a->chan < b->chan ? -1 : 1;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static bool
same_line(const struct place *a, const struct place *b)
{
	return a->chan == b->chan && a->hash == b->hash && a->kind == b->kind;
}

static void
make_places(struct check *k)
{
	const struct ledger *l = k->l;

	k->places = xcalloc(l->n_sent + 1, sizeof(*k->places));
	for (size_t i = 0; i < l->n_sent; i++) {
		const struct sent *s = &l->sent[i];

		if (s->kind == 0)
			continue;
		if (k->max_len != 0 && s->len > k->max_len) {
			k->f.oversize++;
			continue;
		}
		k->places[k->n_places++] = (struct place){ .hash = s->hash,
			.seq = (int64_t)i,
			.chan = s->chan,
			.kind = s->kind };
	}
	if (k->n_places != 0)
		qsort(k->places, k->n_places, sizeof(*k->places), by_place);
}

/* Finds the first of the lines that equal `key`, NULL when there is none. */
static struct place *
find_place(const struct check *k, const struct place *key)
{
	size_t lo = 0, hi = k->n_places;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_place(&k->places[mid], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == k->n_places || !same_line(&k->places[lo], key))
		return NULL;
	return &k->places[lo];
}

/* Takes one of the equal lines at `first`. Returns NULL when all are taken. */
static struct place *
take_place(const struct check *k, struct place *first)
{
	struct place *p = first + first->used;

	if (p >= k->places + k->n_places || !same_line(p, first))
		return NULL;
	first->used++;
	return p;
}

/* Reading raw logs. */

static void complain(
    struct check *k, const struct where *w, struct str line, const char *what);

static void
complain(
    struct check *k, const struct where *w, struct str line, const char *what)
{
	if (k->to_name <= 0)
		return;
	k->to_name--;
	if (line.len > 600)
		line.len = 600;
	fprintf(stderr, "ledger: %s:%lld: %s: %.*s\n", w->file,
	    (long long)w->line, what, STR_ARGS(line));
}

/* Tells whether the line `s` has come behind one that it had to precede, and
 * remembers it. */
static bool
out_of_order(struct ledger *l, const struct sent *s, int64_t seq)
{
	struct channel *ch = &l->channels[s->chan];
	struct latest *mine = NULL;
	bool late = false;

	for (size_t i = 0; i < ch->n_latest; i++) {
		struct latest *o = &ch->latest[i];

		if (o->set == s->all)
			mine = o;
		if (o->seq > seq && s->sure != NO_SET &&
		    is_subset(l, o->set, s->sure))
			late = true;
	}
	if (mine == NULL) {
		ch->latest = xgrow(ch->latest, ch->n_latest, &ch->cap_latest,
		    sizeof(*ch->latest));
		mine = &ch->latest[ch->n_latest++];
		*mine = (struct latest){ s->all, seq };
	}
	if (mine->seq < seq)
		mine->seq = seq;
	return late;
}

static void
found(struct check *k, const struct where *w, struct str line,
    const struct place *p, int64_t received)
{
	const struct sent *s = &k->l->sent[p->seq];

	k->f.found++;
	if (received - s->handed_ms > k->f.lag_ms)
		k->f.lag_ms = received - s->handed_ms;
	if (!out_of_order(k->l, s, p->seq))
		return;
	k->f.order++;
	complain(k, w, line, "too late");
}

/* A line of IRC. Chat before protocol: a test may send the same bytes as chat
 * that the server says on its own. Returns false when it was never sent. */
static bool
match(struct check *k, const struct where *w, struct str line, size_t chan,
    struct str payload, int64_t received)
{
	struct place key = { .hash = hash_str(payload, 0),
		.chan = (uint32_t)chan };
	struct place *chat, *protocol, *p;

	if (chan == MAP_NONE)
		return false;
	key.kind = 'L';
	chat = find_place(k, &key);
	p = chat != NULL ? take_place(k, chat) : NULL;
	if (p != NULL) {
		found(k, w, line, p, received);
		return true;
	}
	key.kind = 'P';
	protocol = find_place(k, &key);
	if (protocol != NULL) {
		take_place(k, protocol);
		k->f.protocol++;
		return true;
	}
	if (chat == NULL)
		return false;
	k->f.dup++;
	complain(k, w, line, "more often than sent");
	return true;
}

/* Passes `s` over up to behind the first `what`. */
static bool
skip_past(struct str *s, struct str what)
{
	for (; s->len >= what.len; s->p++, s->len--) {
		if (!str_starts(*s, what))
			continue;
		s->p += what.len;
		s->len -= what.len;
		return true;
	}
	return false;
}

/* Reads the number of dropped lines out of a gap mark. */
static int64_t
gap_lines(struct str mark)
{
	struct str digits;
	int64_t n;

	if (!skip_past(&mark, STR("\"mark\":\"gap\"")) ||
	    !skip_past(&mark, STR("\"lines\":")))
		return 0;
	digits = (struct str){ mark.p, 0 };
	while (digits.len < mark.len && mark.p[digits.len] >= '0' &&
	    mark.p[digits.len] <= '9')
		digits.len++;
	n = num_whole(digits);
	return n > 0 ? n : 0;
}

static void
take_mark(struct check *k, size_t chan, struct str payload)
{
	int64_t n = gap_lines(payload);

	k->f.marks++;
	k->f.gap_lines += n;
	if (chan != MAP_NONE)
		k->l->channels[chan].gap_lines += n;
}

/* Takes a field up to a tab. */
static bool
take_field(struct str *rest, struct str *field)
{
	const char *tab =
	    rest->len != 0 ? memchr(rest->p, '\t', rest->len) : NULL;

	if (tab == NULL)
		return false;
	*field = (struct str){ rest->p, (size_t)(tab - rest->p) };
	rest->p = tab + 1;
	rest->len -= field->len + 1;
	return true;
}

static void
take_raw(struct check *k, const struct where *w, struct str line)
{
	struct str rest = line, received, source, channel;
	int64_t ms;
	size_t chan;
	bool nul = line.len != 0 && line.p[line.len - 1] == '\0';
	bool known = false;

	if (!take_field(&rest, &received) || received.len != TSTAMP_LEN ||
	    !tstamp_read(received.p, &ms) || !take_field(&rest, &source) ||
	    !take_field(&rest, &channel)) {
		k->f.closed += nul;
		k->f.torn += !nul;
		if (!nul)
			complain(k, w, line, "torn");
		return;
	}
	chan = map_find(&k->l->names, channel, hash_str(channel, 0));
	if (w->folder.p != NULL && !str_eq(w->folder, channel))
		known = false;
	else if (str_eq(source, STR("mark")) && !nul) {
		take_mark(k, chan, rest);
		known = true;
	} else if (str_eq(source, STR("irc")))
		known = match(k, w, line, chan, rest, ms);
	if (known)
		return;
	k->f.closed += nul;
	k->f.altered += !nul;
	if (!nul)
		complain(k, w, line, "was never sent");
}

static void
read_raw(struct check *k, int fd, const char *file, struct str folder)
{
	struct where w = { .file = file, .folder = folder };
	struct lines lines;
	struct str line;
	int r;

	lines_init(&lines, read_fd, &fd, MAX_LINE);
	while ((r = lines_next(&lines, &line)) == 1) {
		w.line = lines.number;
		if (!lines.unended) {
			take_raw(k, &w, line);
			continue;
		}
		k->f.torn++;
		complain(k, &w, line, "does not end in LF");
	}
	if (r < 0)
		err(2, "%s", file);
	lines_release(&lines);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
is_log(const FTSENT *e)
{
	const char *dot = strrchr(e->fts_name, '.');

	return e->fts_level == 0 || (dot != NULL && strcmp(dot, ".log") == 0);
}

static void
read_file(struct check *k, const FTSENT *e)
{
	int fd = open(e->fts_accpath, O_RDONLY);

	if (fd == -1)
		err(2, "%s", e->fts_path);
	/* DIR/<channel>/<date>.log holds that channel only. */
	read_raw(k, fd, e->fts_path,
	    e->fts_level >= 2 ? str_of(e->fts_parent->fts_name) : STR_ABSENT);
	close(fd);
}

static void
read_operand(struct check *k, char *path)
{
	char *paths[] = { path, NULL };
	FTS *walk;
	FTSENT *e;

	if (strcmp(path, "-") == 0) {
		read_raw(k, STDIN_FILENO, "-", STR_ABSENT);
		return;
	}
	walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (walk == NULL)
		err(2, "%s", path);
	while ((e = fts_read(walk)) != NULL) {
		if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR ||
		    e->fts_info == FTS_NS)
			errx(2, "%s: %s", e->fts_path, strerror(e->fts_errno));
		if ((e->fts_info == FTS_F || e->fts_info == FTS_DEFAULT) &&
		    is_log(e))
			read_file(k, e);
	}
	fts_close(walk);
}

/* The verdict. */

/* Counts the `n` equal lines at `first`, of which some were found. Any of them
 * may have been the ones: only what no excuse covers is lost. */
static void
count_group(struct check *k, const struct place *first, int64_t n)
{
	struct channel *ch = &k->l->channels[first->chan];
	int64_t used = first->used, sure = 0, lost;

	if (first->kind == 'P') {
		k->f.unanswered += n - used;
		ch->optional += n - used;
		return;
	}
	for (int64_t i = 0; i < n; i++)
		sure += k->l->sent[first[i].seq].sure != NO_SET;
	lost = sure > used ? sure - used : 0;
	k->f.sent += n;
	k->f.lost += lost;
	k->f.excused += n - used - lost;
	ch->lost += lost;
	ch->optional += n - used - lost;
	if (lost > 0 && k->to_name > 0) {
		k->to_name--;
		fprintf(stderr,
		    "ledger: lost: %.*s seq %lld, handed over %lld\n",
		    STR_ARGS(map_name(&k->l->names, first->chan)),
		    (long long)first->seq,
		    (long long)k->l->sent[first->seq].handed_ms);
	}
}

static void
count_all(struct check *k)
{
	size_t end;

	for (size_t i = 0; i < k->n_places; i = end) {
		for (end = i + 1; end < k->n_places &&
		     same_line(&k->places[end], &k->places[i]);)
			end++;
		count_group(k, &k->places[i], (int64_t)(end - i));
	}
	for (size_t i = 0; i < k->l->names.n; i++) {
		const struct channel *ch = &k->l->channels[i];

		if (ch->gap_lines >= ch->lost &&
		    ch->gap_lines <= ch->lost + ch->optional)
			continue;
		k->f.gaps_differ = true;
		if (k->gaps && k->to_name > 0)
			fprintf(stderr,
			    "ledger: %.*s: lost %lld, maybe %lld, gaps %lld\n",
			    STR_ARGS(map_name(&k->l->names, i)),
			    (long long)ch->lost, (long long)ch->optional,
			    (long long)ch->gap_lines);
	}
}

static void
print_figures(const struct figures *f)
{
	const struct {
		const char *name;
		int64_t n;
	} all[] = {
		{ "sent", f->sent },
		{ " found", f->found },
		{ " lost", f->lost },
		{ " dup", f->dup },
		{ " altered", f->altered },
		{ " order", f->order },
		{ " gap_lines", f->gap_lines },
		{ " torn", f->torn },
		{ " closed", f->closed },
		{ " excused", f->excused },
		{ " oversize", f->oversize },
		{ " protocol", f->protocol },
		{ " unanswered", f->unanswered },
		{ " marks", f->marks },
		{ " lag_ms", f->lag_ms },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		printf("%s=%lld", all[i].name, (long long)all[i].n);
	putchar('\n');
}

static bool
is_well(const struct check *k)
{
	const struct figures *f = &k->f;

	if (f->dup != 0 || f->altered != 0 || f->order != 0 || f->torn != 0)
		return false;
	return k->gaps ? !f->gaps_differ : f->lost == 0;
}

static void
usage(void)
{
	fputs(
	    "usage: ledger check [-gw] [-m max] [-r ms] ledger file|dir|-...\n"
	    "       ledger joins [-s ms] ledger n/seconds\n"
	    "       ledger logins ledger\n",
	    stderr);
	exit(2);
}

static int64_t
number_arg(const char *s)
{
	int64_t n = num_whole(str_of(s));

	if (n < 0)
		errx(2, "%s: no number", s);
	return n;
}

static int
check_main(int argc, char **argv, struct ledger *l)
{
	struct check k = { .l = l };
	int c;

	while ((c = getopt(argc, argv, "gm:r:w")) != -1) {
		switch (c) {
		case 'g':
			k.gaps = true;
			break;
		case 'm':
			k.max_len = number_arg(optarg);
			break;
		case 'r':
			l->excuse_ms = number_arg(optarg);
			break;
		case 'w':
			k.to_name = MAX_NAMED;
			break;
		default:
			usage();
		}
	}
	if (argc - optind < 2)
		usage();
	read_ledger(l, argv[optind]);
	find_sets(l);
	make_places(&k);
	for (int i = optind + 1; i < argc; i++)
		read_operand(&k, argv[i]);
	count_all(&k);
	print_figures(&k.f);
	free(k.places);
	return is_well(&k) ? 0 : 1;
}

/* Finds the greatest sum within any `window_ms`. */
static int64_t
most_within(const struct attempt *a, size_t n, int64_t window_ms)
{
	int64_t sum = 0, most = 0;
	size_t first = 0;

	for (size_t i = 0; i < n; i++) {
		sum += a[i].n;
		while (first < i && a[i].ms - a[first].ms >= window_ms)
			sum -= a[first++].n;
		if (sum > most)
			most = sum;
	}
	return most;
}

static int
joins_main(int argc, char **argv, struct ledger *l)
{
	int64_t slack = 0, allowed, seconds, most, all = 0;
	const char *slash;
	int c;

	while ((c = getopt(argc, argv, "s:")) != -1) {
		if (c != 's')
			usage();
		slack = number_arg(optarg);
	}
	if (argc - optind != 2)
		usage();
	slash = strchr(argv[optind + 1], '/');
	if (slash == NULL)
		usage();
	allowed = num_whole((struct str){
	    argv[optind + 1], (size_t)(slash - argv[optind + 1]) });
	seconds = num_whole(str_of(slash + 1));
	if (allowed < 0 || seconds <= 0)
		usage();
	read_ledger(l, argv[optind]);
	most = most_within(l->joins, l->n_joins, seconds * 1000 - slack);
	for (size_t i = 0; i < l->n_joins; i++)
		all += l->joins[i].n;
	printf("joins=%lld most=%lld allowed=%lld\n", (long long)all,
	    (long long)most, (long long)allowed);
	return most > allowed ? 1 : 0;
}

static int
logins_main(int argc, char **argv, struct ledger *l)
{
	int64_t gap = -1;

	if (argc != 2)
		usage();
	read_ledger(l, argv[1]);
	for (size_t i = 1; i < l->n_logins; i++) {
		int64_t d = l->logins[i].ms - l->logins[i - 1].ms;

		if (gap < 0 || d < gap)
			gap = d;
	}
	printf("logins=%zu accepted=%lld gap_ms=", l->n_logins,
	    (long long)l->accepted);
	if (gap < 0)
		puts("-");
	else
		printf("%lld\n", (long long)gap);
	return 0;
}

int
main(int argc, char **argv)
{
	struct ledger l = { 0 };
	int status = 2;

	if (argc < 2)
		usage();
	if (strcmp(argv[1], "check") == 0)
		status = check_main(argc - 1, argv + 1, &l);
	else if (strcmp(argv[1], "joins") == 0)
		status = joins_main(argc - 1, argv + 1, &l);
	else if (strcmp(argv[1], "logins") == 0)
		status = logins_main(argc - 1, argv + 1, &l);
	else
		usage();
	release_ledger(&l);
	return status;
}
