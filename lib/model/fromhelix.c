#include "model/fromhelix.h"

#include <stddef.h>

#include "base/tstamp.h"

/* What of a stream object decides, beside what goes into the event. */
struct seen {
	struct str login;    /* user_login */
	bool internal_error; /* type is "" */
};

static void
take(struct event *e, struct seen *seen, const struct member *m)
{
	static const struct {
		struct str key;
		size_t at;
	} texts[] = {
#define TEXT(key, member)                                                      \
	{ { key, sizeof(key) - 1 }, offsetof(struct event, member) }
		TEXT("id", stream_id),
		TEXT("user_id", user_id),
		TEXT("user_name", name),
		TEXT("title", title),
		TEXT("game_name", category),
		TEXT("language", language),
#undef TEXT
	};

	if (m->kind == MEMBER_STRING) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			if (str_eq(texts[i].key, m->key))
				*(struct str *)((char *)e + texts[i].at) =
				    m->text;
		if (str_eq(m->key, STR("user_login")))
			seen->login = m->text;
		if (str_eq(m->key, STR("type")))
			seen->internal_error = m->text.len == 0;
		if (str_eq(m->key, STR("started_at")) &&
		    !tstamp_parse(m->text, &e->started_at))
			e->started_at = INT64_MIN;
	} else if (m->kind == MEMBER_INT &&
	    str_eq(m->key, STR("viewer_count"))) {
		e->viewers = m->num >= 0 ? m->num : EVENT_NO_NUMBER;
	} else if (m->kind == MEMBER_LIST && str_eq(m->key, STR("tags")) &&
	    !str_eq(m->text, STR("[]"))) {
		e->tags = m->text;
	}
}

/* Names what a stream object lacks. NULL when it has all that it needs. */
static const char *
defect(const struct event *e)
{
	if (e->channel.len == 0)
		return "a stream of no channel";
	if (e->stream_id.len == 0)
		return "a stream without id";
	if (e->started_at == INT64_MIN)
		return "a stream without a readable started_at";
	if (e->viewers == EVENT_NO_NUMBER)
		return "a stream without a viewer_count that is a count";
	return NULL;
}

enum from
fromhelix(struct event *e, const struct rawlog *raw, struct jsonr *r,
    struct str *what)
{
	struct seen seen = { 0 };
	struct errmsg why;
	struct member m;
	const char *bad;

	event_clear(e);
	e->ts = raw->received;
	e->channel = raw->channel;
	e->type = EVENT_OFFLINE;
	switch (jsonr_read(r, raw->payload, JSONR_REPAIR, &why)) {
	case JSONR_NULL:
		*what = STR("a miss of no channel");
		return e->channel.len > 0 ? FROM_EVENT : FROM_REFUSED;
	case JSONR_OBJECT:
		break;
	default:
		*what = STR("helix payload that is no JSON object");
		return FROM_REFUSED;
	}
	e->type = EVENT_VIEWERS;
	while (jsonr_next(r, &m) == 1)
		take(e, &seen, &m);
	if (seen.internal_error) {
		*what = STR("helix type \"\"");
		return FROM_SKIPPED;
	}
	if (seen.login.len > 0 && !str_eq(seen.login, e->channel)) {
		*what = STR("a stream of another channel than its prefix");
		return FROM_REFUSED;
	}
	bad = defect(e);
	if (bad == NULL)
		return FROM_EVENT;
	*what = str_of(bad);
	return FROM_REFUSED;
}
