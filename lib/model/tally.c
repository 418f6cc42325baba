#include "model/tally.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/xalloc.h"
#include "format/hash.h"
#include "format/jsonscan.h"
#include "format/jsonw.h"

#define HASHED (UINT64_C(1) << 63)
#define KEPT   1024 /* places of a set that is emptied and used again */

/*
 * Makes a number of a user id that is not 0: the id itself plus 1 where it is
 * written as a number, as Twitch's all are, so that nobody is mistaken for
 * another; else its hash, in the other half of the range.
 */
static uint64_t
user_number(struct str id)
{
	int64_t v = id.len > 1 && *id.p == '0' ? -1 : num_whole(id);

	return v >= 0 ? (uint64_t)v + 1 : hash_str(id, 0) | HASHED;
}

void
tally_mention(struct tally *t, uint32_t name, int64_t n)
{
	for (size_t i = 0; i < t->n_mentions; i++)
		if (t->mentions[i].name == name) {
			t->mentions[i].n += n;
			return;
		}
	t->mentions = xgrow(
	    t->mentions, t->n_mentions, &t->cap_mentions, sizeof(*t->mentions));
	t->mentions[t->n_mentions++] = (struct mention){ name, n };
}

/*
 * Counts each name of the list `json`, which is in our spelling, once. It is
 * read as what it is, a part of an object.
 */
static void
count_mentions(struct tally *t, struct str json, struct map *names)
{
	struct buf scratch = { 0 };
	struct str rest = json, name;
	uint32_t seen[64];
	size_t n = 0;

	while (jsonscan_list_next(&rest, &scratch, &name)) {
		uint32_t i;
		size_t k = 0;

		/* It becomes a key, which can hold no NUL; none of ours does. */
		if (memchr(name.p, '\0', name.len) != NULL)
			continue;
		i = (uint32_t)map_number(names, name, hash_str(name, 0));
		while (k < n && seen[k] != i)
			k++;
		if (k < n)
			continue;
		if (n < sizeof(seen) / sizeof(*seen))
			seen[n++] = i;
		tally_mention(t, i, 1);
	}
	buf_release(&scratch);
}

void
tally_names(struct tally *t, struct str json, struct map *names)
{
	count_mentions(t, json, names);
}

void
tally_user(struct tally *t, struct str user_id, bool first)
{
	if (user_id.len > 0)
		idset_add(
		    first ? &t->firsts : &t->chatters, user_number(user_id));
}

static void
add_message(struct tally *t, const struct event *e)
{
	bool cheer = e->bits > 0;

	t->n.messages++;
	if (cheer)
		t->n.bits = num_sum(t->n.bits, e->bits);
	t->n.cheers += cheer;
	t->n.paid_messages += cheer || e->paid_currency.len > 0;
	if (e->user_id.len == 0)
		return;
	idset_add(&t->chatters, user_number(e->user_id));
	if (e->first)
		idset_add(&t->firsts, user_number(e->user_id));
}

bool
tally_add(struct tally *t, const struct event *e, struct map *names)
{
	bool counted = true;

	if (e->shared_from.len > 0) {
		t->n.messages_shared += e->type == EVENT_MESSAGE;
		return e->type == EVENT_MESSAGE;
	}
	switch (e->type) {
	case EVENT_MESSAGE:
		add_message(t, e);
		break;
	case EVENT_SUBGIFT:
		t->n.gifts++;
		t->n.subs++;
		break;
	case EVENT_SUB:
	case EVENT_RESUB:
		t->n.subs++;
		break;
	case EVENT_NOTICE:
		counted = e->bits > 0;
		if (counted)
			t->n.bits = num_sum(t->n.bits, e->bits);
		break;
	case EVENT_RAID:
		t->n.raids++;
		break;
	case EVENT_DELETE:
		t->n.deleted++;
		break;
	case EVENT_TIMEOUT:
		t->n.timeouts++;
		break;
	case EVENT_BAN:
		t->n.bans++;
		break;
	default:
		counted = false;
		break;
	}
	if (e->mentions.len == 0)
		return counted;
	count_mentions(t, e->mentions, names);
	return true;
}

void
tally_merge(struct tally *t, const struct tally *from)
{
	struct counts *n = &t->n;

	n->messages += from->n.messages;
	n->messages_shared += from->n.messages_shared;
	n->bits = num_sum(n->bits, from->n.bits);
	n->cheers += from->n.cheers;
	n->paid_messages += from->n.paid_messages;
	n->subs += from->n.subs;
	n->gifts += from->n.gifts;
	n->raids += from->n.raids;
	n->deleted += from->n.deleted;
	n->timeouts += from->n.timeouts;
	n->bans += from->n.bans;
	for (size_t i = 0; i < from->n_mentions; i++)
		tally_mention(t, from->mentions[i].name, from->mentions[i].n);
	idset_add_all(&t->chatters, &from->chatters);
	idset_add_all(&t->firsts, &from->firsts);
}

struct counts
tally_counts(const struct tally *t)
{
	struct counts n = t->n;

	n.chatters = t->chatters.n;
	return n;
}

void
tally_mentions(const struct tally *t, const struct map *names, struct buf *json)
{
	struct str last = { NULL, 0 };

	/* Few names, each looked for in turn: the least after the last one. */
	for (size_t k = 0; k < t->n_mentions; k++) {
		const struct mention *next = NULL;
		struct str name = { NULL, 0 };

		for (size_t i = 0; i < t->n_mentions; i++) {
			struct str s = map_name(names, t->mentions[i].name);

			if ((k > 0 && str_cmp(s, last) <= 0) ||
			    (next != NULL && str_cmp(s, name) >= 0))
				continue;
			next = &t->mentions[i];
			name = s;
		}
		buf_byte(json, k == 0 ? '{' : ',');
		jsonw_str(json, name);
		buf_byte(json, ':');
		num_add(json, next->n);
		last = name;
	}
	if (t->n_mentions > 0)
		buf_byte(json, '}');
}

bool
tally_reset(struct tally *t)
{
	if (t->chatters.cap > KEPT || t->firsts.cap > KEPT ||
	    t->cap_mentions > KEPT)
		return false;
	t->n = (struct counts){ 0 };
	t->n_mentions = 0;
	idset_clear(&t->chatters);
	idset_clear(&t->firsts);
	return true;
}

void
tally_release(struct tally *t)
{
	free(t->mentions);
	idset_release(&t->chatters);
	idset_release(&t->firsts);
	*t = (struct tally){ 0 };
}
