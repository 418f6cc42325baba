#include "model/frommark.h"

/* Takes one member; those that every event has are not the mark's to say. */
static void
take(struct event *e, struct buf *rest, const struct member *m)
{
	bool text = m->kind == MEMBER_STRING;

	if (str_eq(m->key, STR("ts")) || str_eq(m->key, STR("channel")) ||
	    str_eq(m->key, STR("type")))
		return;
	if (text && str_eq(m->key, STR("mark")))
		e->mark = m->text;
	else if (text && str_eq(m->key, STR("by")))
		e->by = m->text;
	else if (text)
		event_mark_str(rest, m->key, m->text);
	else if (m->kind == MEMBER_INT && !str_eq(m->key, STR("mark")) &&
	    !str_eq(m->key, STR("by")))
		event_mark_json(rest, m->key, m->text);
}

enum from
frommark(struct event *e, const struct rawlog *raw, struct jsonr *r,
    struct scratch *scratch, struct str *what)
{
	struct errmsg why;
	struct member m;

	event_clear(e);
	e->ts = raw->received;
	e->channel = raw->channel;
	e->type = EVENT_MARK;
	*what = STR("mark payload that is no JSON object");
	if (jsonr_read(r, raw->payload, JSONR_REPAIR, &why) != JSONR_OBJECT)
		return FROM_REFUSED;
	buf_reset(&scratch->json);
	while (jsonr_next(r, &m) == 1)
		take(e, &scratch->json, &m);
	e->rest = buf_view(&scratch->json);
	*what = STR("a mark of no channel");
	if (e->channel.len == 0)
		return FROM_REFUSED;
	*what = STR("a mark without its name");
	return e->mark.len > 0 ? FROM_EVENT : FROM_REFUSED;
}
