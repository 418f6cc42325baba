#include "base/dayfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tstamp.h"
#include "base/xalloc.h"

#define NO_PLACE SIZE_MAX

struct open_file {
	size_t number; /* of the name */
	int fd;
	char date[DAYFILES_DATE];
	bool used;     /* since the hand came by */
	bool unsynced; /* written to since the last sync */
};

struct dayfiles {
	const char *dir;
	struct buf path;
	struct open_file *files; /* places, the first `n_open` are in use */
	size_t n_open;
	size_t max_open;
	size_t hand;    /* the next to be looked at when room is needed */
	size_t *places; /* by number: the place in `files` or NO_PLACE */
	/* By number: the day whose file was looked at for a torn line. */
	char (*met)[DAYFILES_DATE];
	size_t n_places; /* of both */
	bool sync;
};

/* Makes the folder `path` and those above it. */
static bool
make_folder(char *path)
{
	for (char *p = path; *p != '\0'; p++) {
		bool made;

		if (*p != '/' || p == path)
			continue;
		*p = '\0';
		made = mkdir(path, 0750) == 0 || errno == EEXIST;
		*p = '/';
		if (!made)
			return false;
	}
	return mkdir(path, 0750) == 0 || errno == EEXIST;
}

/* Sets d->path to the folder of `name`. */
static void
folder_path(struct dayfiles *d, struct str name)
{
	buf_reset(&d->path);
	buf_str(&d->path, str_of(d->dir));
	buf_byte(&d->path, '/');
	buf_str(&d->path, name);
}

struct dayfiles *
dayfiles_new(const char *dir, size_t max_open, bool sync, struct errmsg *why)
{
	struct dayfiles *d = xcalloc(1, sizeof(*d));
	bool made;

	d->dir = dir;
	d->max_open = max_open;
	d->sync = sync;
	d->files = xcalloc(max_open, sizeof(*d->files));
	buf_str(&d->path, str_of(dir));
	buf_byte(&d->path, '\0');
	made = make_folder(d->path.p);
	if (made) {
		/* A file of that name is there, too, and may be open to us. */
		d->path.len--;
		buf_add(&d->path, "/.", 3);
		made = access(d->path.p, W_OK | X_OK) == 0;
	}
	if (made)
		return d;
	errmsg_set(why, "%s: %s", dir, strerror(errno));
	dayfiles_free(d);
	return NULL;
}

/* Opens a file for writing at its end; `more` is O_CREAT or 0. What lies there in
 * its place, a link, a pipe that nobody reads, a device, is left alone. -1, with
 * errno. */
static int
open_log(const char *path, int more)
{
	int fd = open(path,
	    O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		more,
	    0640);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = ENOTSUP;
	return -1;
}

/*
 * Closes the torn last line of `fd`, unless somebody else is writing there.
 *
 * Returns as dayfiles_mend() does.
 */
static int
mend(int fd)
{
	struct stat st;
	char last;
	int r = 0;

	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return 0;
	if (fstat(fd, &st) != 0 ||
	    (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1))
		r = -1;
	else if (st.st_size > 0 && last != '\n')
		r = write(fd, "\0\n", 2) == 2 ? 1 : -1;
	(void)flock(fd, LOCK_UN);
	return r;
}

static bool
is_log(const char *name)
{
	struct civil date;

	return strlen(name) == DAYFILES_DATE + 4 &&
	    strcmp(name + DAYFILES_DATE, ".log") == 0 &&
	    tstamp_parse_date((struct str){ name, DAYFILES_DATE }, &date);
}

/* Appends the name of the newest file in d->path to it. 0 when there is none.
 */
static int
newest(struct dayfiles *d)
{
	char best[DAYFILES_DATE + 5] = "";
	struct dirent *e;
	DIR *dir;

	buf_byte(&d->path, '\0');
	dir = opendir(d->path.p);
	if (dir == NULL)
		return errno == ENOENT ? 0 : -1;
	while ((e = readdir(dir)) != NULL)
		if (is_log(e->d_name) && strcmp(e->d_name, best) > 0)
			memcpy(best, e->d_name, sizeof(best));
	closedir(dir);
	d->path.len--;
	buf_byte(&d->path, '/');
	buf_add(&d->path, best, sizeof(best));
	return best[0] != '\0';
}

/* Opens the newest file of `name`. -1, with errno; 0 there when it has none. */
static int
open_newest(struct dayfiles *d, struct str name)
{
	int r;

	folder_path(d, name);
	r = newest(d);
	if (r > 0)
		return open_log(d->path.p, 0);
	if (r == 0)
		errno = 0;
	return -1;
}

int
dayfiles_mend(struct dayfiles *d, struct str name)
{
	int fd = open_newest(d, name), r;

	if (fd < 0)
		return errno == 0 ? 0 : -1;
	r = mend(fd);
	close(fd);
	return r;
}

/* Sets `tail` to the end of `fd`. Returns as dayfiles_tail() does. */
static bool
read_tail(int fd, size_t len, struct buf *tail)
{
	const char *lf;
	struct stat st;
	off_t from;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return false;
	if (st.st_size < (off_t)len)
		len = (size_t)st.st_size;
	from = st.st_size - (off_t)len;
	(void)buf_room(tail, len);
	n = pread(fd, tail->p, len, from);
	if (n <= 0)
		return false;
	tail->len = (size_t)n;
	if (from == 0)
		return false;
	/* It begins inside a line. */
	lf = memchr(tail->p, '\n', tail->len);
	n = lf != NULL ? lf + 1 - tail->p : n;
	tail->len -= (size_t)n;
	memmove(tail->p, tail->p + n, tail->len);
	return true;
}

bool
dayfiles_tail(struct dayfiles *d, struct str name, size_t len, struct buf *tail)
{
	int fd = open_newest(d, name);
	bool more = false;

	buf_reset(tail);
	if (fd < 0)
		return false;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		more = read_tail(fd, len, tail);
	close(fd);
	return more;
}

static bool
sync_file(const struct dayfiles *d, struct open_file *f)
{
	bool good = !d->sync || !f->unsynced || fdatasync(f->fd) == 0;

	f->unsynced = false;
	return good;
}

/* Closes the file at `place`; the last one moves there. */
static void
close_place(struct dayfiles *d, size_t place)
{
	struct open_file *f = &d->files[place], *last;

	close(f->fd);
	d->places[f->number] = NO_PLACE;
	last = &d->files[--d->n_open];
	if (f != last) {
		*f = *last;
		d->places[f->number] = place;
	}
}

/* Makes room for one more: a file is spared once for each use. */
static void
close_one(struct dayfiles *d)
{
	for (;;) {
		struct open_file *f;

		if (d->hand >= d->n_open)
			d->hand = 0;
		f = &d->files[d->hand];
		if (!f->used) {
			(void)sync_file(d, f);
			close_place(d, d->hand);
			return;
		}
		f->used = false;
		d->hand++;
	}
}

static void
have_place(struct dayfiles *d, size_t number)
{
	size_t n = d->n_places;

	if (number < n)
		return;
	d->n_places = number + 1 > n * 2 ? number + 1 : n * 2;
	d->places = xreallocarray(d->places, d->n_places, sizeof(*d->places));
	d->met = xreallocarray(d->met, d->n_places, sizeof(*d->met));
	for (size_t i = n; i < d->n_places; i++) {
		d->places[i] = NO_PLACE;
		memset(d->met[i], 0, DAYFILES_DATE);
	}
}

/* Opens the file `at`. -1, with errno. */
static int
open_path(struct dayfiles *d, const struct dayfiles_at *at)
{
	size_t folder;
	int fd;

	folder_path(d, at->name);
	folder = d->path.len;
	buf_byte(&d->path, '/');
	buf_add(&d->path, at->date, DAYFILES_DATE);
	buf_add(&d->path, ".log", 5);
	fd = open_log(d->path.p, O_CREAT);
	if (fd < 0 && errno == ENOENT) {
		d->path.p[folder] = '\0';
		if (!make_folder(d->path.p))
			return -1;
		d->path.p[folder] = '/';
		fd = open_log(d->path.p, O_CREAT);
	}
	return fd;
}

/* Brings the names of a new file and of its folder to the disk. */
static void
sync_names(struct dayfiles *d, const struct dayfiles_at *at)
{
	struct str names[] = { at->name, STR("") };

	for (int i = 0; i < 2; i++) {
		int fd;

		folder_path(d, names[i]);
		buf_byte(&d->path, '\0');
		fd = open(d->path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		(void)fsync(fd);
		close(fd);
	}
}

/* Opens the file `at` and finds a place for it. NULL, with errno. */
static struct open_file *
open_file(struct dayfiles *d, const struct dayfiles_at *at, bool inside)
{
	struct open_file *f;
	int fd;

	if (d->n_open == d->max_open)
		close_one(d);
	fd = open_path(d, at);
	while (
	    fd < 0 && (errno == EMFILE || errno == ENFILE) && d->n_open > 0) {
		close_one(d);
		fd = open_path(d, at);
	}
	if (fd < 0)
		return NULL;
	if (memcmp(d->met[at->number], at->date, DAYFILES_DATE) != 0 &&
	    !inside && mend(fd) < 0) {
		int e = errno;

		close(fd);
		errno = e;
		return NULL;
	}
	/* Nobody is waited for: without the lock all is well, too, but for
	 * somebody who mends at this very moment. */
	(void)flock(fd, LOCK_SH | LOCK_NB);
	memcpy(d->met[at->number], at->date, DAYFILES_DATE);
	if (d->sync && lseek(fd, 0, SEEK_END) == 0)
		sync_names(d, at);
	f = &d->files[d->n_open];
	*f = (struct open_file){ .number = at->number, .fd = fd };
	memcpy(f->date, at->date, DAYFILES_DATE);
	d->places[at->number] = d->n_open++;
	return f;
}

/* Tells whether the file ends with a part of a line, as far as can be seen. */
static bool
ends_inside(int fd)
{
	struct stat st;
	char last;

	if (fstat(fd, &st) != 0)
		return true;
	if (st.st_size == 0)
		return false;
	return pread(fd, &last, 1, st.st_size - 1) != 1 || last != '\n';
}

ssize_t
dayfiles_write(struct dayfiles *d, const struct dayfiles_at *at,
    struct str bytes, bool inside)
{
	struct open_file *f = NULL;
	bool opened;
	ssize_t n;

	have_place(d, at->number);
	if (d->places[at->number] != NO_PLACE) {
		f = &d->files[d->places[at->number]];
		if (memcmp(f->date, at->date, DAYFILES_DATE) != 0) {
			dayfiles_leave(d, at->number);
			f = NULL;
		}
	}
	opened = f == NULL;
	/* Only a second use spares a file when room is needed. */
	if (!opened)
		f->used = true;
	else
		f = open_file(d, at, inside);
	if (f == NULL)
		return -1;
	/* One that stayed open is the one with the part, whatever its name. */
	if (opened && inside && !ends_inside(f->fd)) {
		errno = ESTALE;
		return -1;
	}
	f->unsynced = true;
	do
		n = write(f->fd, bytes.p, bytes.len);
	while (n < 0 && errno == EINTR);
	return n;
}

void
dayfiles_look(struct dayfiles *d)
{
	struct stat st;

	for (size_t i = d->n_open; i-- > 0;)
		if (fstat(d->files[i].fd, &st) == 0 && st.st_nlink == 0)
			close_place(d, i);
}

bool
dayfiles_sync(struct dayfiles *d)
{
	bool good = true;

	for (size_t i = 0; i < d->n_open; i++)
		good = sync_file(d, &d->files[i]) && good;
	return good;
}

void
dayfiles_leave(struct dayfiles *d, size_t number)
{
	size_t place = number < d->n_places ? d->places[number] : NO_PLACE;

	if (place == NO_PLACE)
		return;
	(void)sync_file(d, &d->files[place]);
	close_place(d, place);
}

size_t
dayfiles_open(const struct dayfiles *d)
{
	return d->n_open;
}

void
dayfiles_free(struct dayfiles *d)
{
	if (d == NULL)
		return;
	while (d->n_open > 0)
		dayfiles_leave(d, d->files[d->n_open - 1].number);
	buf_release(&d->path);
	free(d->files);
	free(d->places);
	free(d->met);
	free(d);
}
