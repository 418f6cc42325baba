#include "model/pseudonym.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "base/xalloc.h"
#include "format/hmac.h"

#define PSEUDONYM_BYTES 16 /* of 32: a collision among 2^40 is one in 2^48 */
#define PSEUDONYM_LEN   ((size_t)2 * PSEUDONYM_BYTES)
#define PER_EVENT       7 /* pseudonyms in one event, at most */

struct pseudonyms {
	struct hmac *key; /* owned */
	struct buf made;  /* those of the event at hand */
	struct buf badges;
};

/* Refuses a file that others may read. */
static bool
is_private(const char *path, struct errmsg *why)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		errmsg_system(why);
		errmsg_where(why, "%s", path);
		return false;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		errmsg_set(why,
		    "%s: others may read the key or change it; "
		    "chmod 600 and, if they did, another key",
		    path);
		return false;
	}
	return true;
}

struct pseudonyms *
pseudonyms_load(const char *path, struct errmsg *why)
{
	struct pseudonyms *p = NULL;
	struct secret secret;

	if (!is_private(path, why))
		return NULL;
	if (secret_read(&secret, path, "key", why)) {
		if (secret.text.len >= PSEUDONYM_KEY_MIN) {
			p = xcalloc(1, sizeof(*p));
			p->key = hmac_new(secret.text);
		} else {
			errmsg_set(why,
			    "%s: the key is shorter than %d bytes, without the "
			    "blanks and line ends behind it",
			    path, PSEUDONYM_KEY_MIN);
		}
	}
	secret_wipe(&secret);
	return p;
}

/* Puts its pseudonym in the place of `*s`, unless it is empty. The same value
 * has another one as another kind of thing. */
static void
replace(struct pseudonyms *p, const char *kind, struct str *s)
{
	size_t begin = p->made.len;

	if (s->len == 0)
		return;
	/* With its NUL, so that kind and value cannot run into each other. */
	hmac_hex(p->key, (struct str){ kind, strlen(kind) + 1 }, *s,
	    PSEUDONYM_BYTES, &p->made);
	*s = (struct str){ p->made.p + begin, p->made.len - begin };
}

/* Adds the badge `one` when it says what somebody is in the channel: mentions
 * are counted apart by that, whatever its version. */
static void
add_role(struct buf *b, struct str one)
{
	static const struct str roles[] = {
#define NAMED(s) { s, sizeof(s) - 1 }
		NAMED("broadcaster/"),
		NAMED("moderator/"),
		NAMED("lead_moderator/"),
#undef NAMED
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (str_starts(one, roles[i])) {
			if (b->len > 0)
				buf_byte(b, ',');
			buf_str(b, roles[i]);
			buf_byte(b, '1');
		}
}

static struct str
roles_of(struct buf *b, struct str badges)
{
	const char *comma;

	buf_reset(b);
	while (badges.len > 0 &&
	    (comma = memchr(badges.p, ',', badges.len)) != NULL) {
		size_t n = (size_t)(comma - badges.p);

		add_role(b, (struct str){ badges.p, n });
		badges.p += n + 1;
		badges.len -= n + 1;
	}
	add_role(b, badges);
	return b->len > 0 ? buf_view(b) : STR_ABSENT;
}

void
pseudonymize(struct pseudonyms *p, struct event *e)
{
	if (e->type == EVENT_VIEWERS) {
		e->title = STR_ABSENT;
		e->tags = STR_ABSENT;
	}
	if (!event_is_chat(e))
		return;
	buf_reset(&p->made);
	/* Nothing will move. */
	buf_room(&p->made, PER_EVENT * PSEUDONYM_LEN);
	replace(p, "user", &e->user_id);
	replace(p, "user", &e->recipient_id);
	replace(p, "login", &e->user);
	replace(p, "login", &e->recipient);
	replace(p, "message", &e->id);
	replace(p, "message", &e->reply_to);
	replace(p, "message", &e->target_id);
	e->badges = roles_of(&p->badges, e->badges);
	e->name = STR_ABSENT;
	e->badge_info = STR_ABSENT;
	e->params = STR_ABSENT;
	e->text = STR_ABSENT;
}

void
pseudonyms_free(struct pseudonyms *p)
{
	if (p == NULL)
		return;
	hmac_free(p->key);
	buf_release(&p->made);
	buf_release(&p->badges);
	free(p);
}
