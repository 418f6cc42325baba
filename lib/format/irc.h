/*
 * irc - one line of IRCv3 as Twitch writes it
 *
 * Splits a line into tags, source, command and parameters without copying. Tag
 * values stay escaped until somebody wants one (irc_unescape). The tags that we
 * use are found in one pass and put into places of their own; the others are
 * passed over and can be walked with irc_tag_next(). The last of equal tags
 * wins. Twitch writes the tags of most lines in the same order: the pass learns
 * it, and only has to see that the next one is what it expects. Grammar: twitch.md
 * 1.8, IRCv3 message tags.
 */
#ifndef TW_FORMAT_IRC_H
#define TW_FORMAT_IRC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

enum irc_tag {
	IRC_BADGE_INFO,
	IRC_BADGES,
	IRC_BAN_DURATION,
	IRC_BITS,
	IRC_CUSTOM_REWARD_ID,
	IRC_DISPLAY_NAME,
	IRC_FIRST_MSG,
	IRC_ID,
	IRC_LOGIN,
	IRC_MSG_ID,
	IRC_BITS_SPENT,
	IRC_CUMULATIVE_MONTHS,
	IRC_GIFT_MONTHS,
	IRC_MASS_GIFT_COUNT,
	IRC_MONTHS,
	IRC_RECIPIENT_ID,
	IRC_RECIPIENT_USER_NAME,
	IRC_SUB_PLAN,
	IRC_VIEWER_COUNT,
	IRC_PAID_AMOUNT,
	IRC_PAID_CURRENCY,
	IRC_PAID_EXPONENT,
	IRC_REPLY_PARENT_MSG_ID,
	IRC_RETURNING_CHATTER,
	IRC_RM_RECEIVED_TS,
	IRC_ROOM_ID,
	IRC_SOURCE_MSG_ID,
	IRC_SOURCE_ROOM_ID,
	IRC_TARGET_MSG_ID,
	IRC_TARGET_USER_ID,
	IRC_TMI_SENT_TS,
	IRC_USER_ID,
	IRC_N_TAGS
};

#define IRC_BIT(tag) (UINT64_C(1) << (tag)) /* in `has` */
#define IRC_NO_TIME  INT64_MIN
#define IRC_N_PARAMS 2 /* as many as any command that we read has */

#define IRC_N_KEYS 64 /* of tags: at most what has a bit in `has` */

/* A zeroed one is fine, and may be used for one line after the other. */
struct irc {
	struct str tags; /* the whole section, without the `@` */
	/* The values: see irc_tag(). Begins and ends apart, and both what came
	 * after a key and its number: all are found without arithmetic. */
	const char *value[IRC_N_KEYS];
	const char *value_end[IRC_N_KEYS];
	uint64_t has; /* which of them are of this line */
	const struct irc_key *after[IRC_N_KEYS]; /* what last came after it */
	unsigned char after_number[IRC_N_KEYS];
	bool escaped;       /* there may be a `\` in a value */
	int64_t sent;       /* `tmi-sent-ts`, ms UTC; or IRC_NO_TIME */
	struct str nick;    /* the source up to its `!` or `@` */
	bool has_user;      /* there was a `!` or `@` */
	struct str command; /* letters, or three digits */
	struct str param[IRC_N_PARAMS];
	int n_params; /* at most IRC_N_PARAMS */
};

/*
 * Split `line`, which has no line end any more, into `m`, which was zeroed or
 * used before.
 *
 * Returns false when there is no command in it; the tags are read even so.
 * `line` is borrowed as long as `m` is looked at.
 */
bool irc_parse(struct irc *m, struct str line) MUST_USE;

/*
 * Look at the value of a tag.
 *
 * Returns it, still escaped; or absent.
 */
static inline struct str
irc_tag(const struct irc *m, enum irc_tag tag)
{
	return (m->has >> tag & 1) != 0 ? (struct str){ m->value[tag],
		(size_t)(m->value_end[tag] - m->value[tag]) }
					: STR_ABSENT;
}

/* What a collector has to know of a line, and nothing more. */
struct irc_head {
	struct str tags;    /* the whole section, without the `@` */
	struct str nick;    /* the source up to its `!` or `@` */
	struct str command; /* letters, or three digits */
	struct str room;    /* the channel it names, without `#`; or absent */
	struct str params;  /* all that follows the command */
};

/*
 * Find the command of `line`, which has no line end any more, and the channel
 * that it names: its first parameter, or that of a numeric's parameters which
 * is one.
 *
 * Returns false when there is no command in it.
 * `line` is borrowed as long as `h` is looked at.
 */
bool irc_head(struct irc_head *h, struct str line) MUST_USE;

/*
 * Walk over all tags of a section: `rest` begins as m->tags.
 *
 * Returns false after the last. `key` and `value` (escaped) are slices of it.
 */
bool irc_tag_next(
    struct str *rest, struct str *key, struct str *value) MUST_USE;

/*
 * Tell whether a tag of `m` begins with `reply-`, or may, as it is one that we do
 * not know: at once, without a look at the tags.
 *
 * Returns false when none does.
 */
bool irc_may_reply(const struct irc *m);

/*
 * Undo the escapes of a tag's value, in one pass.
 *
 * Returns `value` itself where there are none, else a slice of `scratch`, to
 * which it was appended; `scratch` has room for all of it, see buf_room().
 */
struct str irc_unescape(struct buf *scratch, struct str value);

/*
 * Read a tag as a whole number of 1 to 18 digits.
 *
 * Returns the number, or -1 when the tag is not there or anything else.
 */
int64_t irc_whole(const struct irc *m, enum irc_tag tag);

/*
 * Read the time of a line that nothing else tells the time of: that at which
 * Twitch sent it, else `rm-received-ts`, which history services add.
 *
 * Returns ms UTC, or IRC_NO_TIME.
 */
int64_t irc_time(const struct irc *m);

#endif
