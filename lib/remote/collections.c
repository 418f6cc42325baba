#include "remote/collections.h"

#include "format/bsonr.h"
#include "format/bsonw.h"

#define NS_EXISTS   48
#define INDEX_NAMED 85 /* it exists with another name */

struct scratch {
	struct mongo *m; /* borrowed */
	const char *db;  /* borrowed */
	struct buf query, reply;
};

/* Looks for the collection `name`: 1 with what the server says of it in
 * s->reply, 0 when there is none, -1. */
static int
find_collection(struct scratch *s, const char *name, struct bsonr_value *v,
    struct mongo_error *why)
{
	struct buf *b = &s->query;
	size_t at, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_int(b, STR("listCollections"), 1);
	in = bsonw_begin_doc(b, STR("filter"));
	bsonw_str(b, STR("name"), str_of(name));
	bsonw_end(b, in);
	bsonw_end(b, at);
	if (!mongo_command(s->m, s->db, buf_view(b), &s->reply, why))
		return -1;
	return bsonr_find(buf_view(&s->reply), "cursor.firstBatch.0", v);
}

/* Tells whether the string at `path` in `doc` is `want`, and says what it is. */
static bool
has(struct str doc, const char *path, const char *want, struct buf *is)
{
	struct bsonr_value v;

	if (!bsonr_find(doc, path, &v) || v.type != BSONW_STRING)
		v.text = STR("nothing");
	else if (str_eq(v.text, str_of(want)))
		return true;
	buf_printf(is, "%s%s is %.*s, not %s", is->len > 0 ? "; " : "", path,
	    STR_ARGS(v.text), want);
	return false;
}

/* Compares chatLogs as it is with what it has to be. */
static bool
compare_logs(const struct scratch *s, int64_t retention_s, struct str doc,
    struct errmsg *why)
{
	struct bsonr_value v;
	struct buf is = { 0 };
	int64_t expire = 0;
	bool same;

	has(doc, "type", "timeseries", &is);
	if (is.len == 0) {
		has(doc, "options.timeseries.timeField", "ts", &is);
		has(doc, "options.timeseries.metaField", "meta", &is);
		has(doc, "options.timeseries.granularity", "seconds", &is);
		if (bsonr_find(doc, "options.expireAfterSeconds", &v))
			expire = v.num;
		if (retention_s > 0 && expire != retention_s)
			buf_printf(&is,
			    "%sexpireAfterSeconds is %lld, not %lld (the "
			    "command collMod changes it)",
			    is.len > 0 ? "; " : "", (long long)expire,
			    (long long)retention_s);
	}
	if (is.len > 0)
		errmsg_set(why,
		    "%s.%s exists with other options: %.*s; see tw-mongo(7)",
		    s->db, COLLECTION_LOGS, STR_ARGS(buf_view(&is)));
	same = is.len == 0;
	buf_release(&is);
	return same;
}

static bool
create_logs(struct scratch *s, int64_t retention_s, struct mongo_error *why)
{
	struct buf *b = &s->query;
	size_t at, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("create"), STR(COLLECTION_LOGS));
	in = bsonw_begin_doc(b, STR("timeseries"));
	bsonw_str(b, STR("timeField"), STR("ts"));
	bsonw_str(b, STR("metaField"), STR("meta"));
	bsonw_str(b, STR("granularity"), STR("seconds"));
	bsonw_end(b, in);
	if (retention_s > 0)
		bsonw_int(b, STR("expireAfterSeconds"), retention_s);
	bsonw_end(b, at);
	/* Another loader may have been faster: it is compared all the same. */
	return mongo_command(s->m, s->db, buf_view(b), &s->reply, why) ||
	    why->code == NS_EXISTS;
}

static bool
create_index(struct scratch *s, bool stats, struct mongo_error *why)
{
	struct buf *b = &s->query;
	size_t at, list, doc, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("createIndexes"),
	    stats ? STR(COLLECTION_STATS) : STR(COLLECTION_LOGS));
	list = bsonw_begin_list(b, STR("indexes"));
	doc = bsonw_begin_doc(b, STR("0"));
	in = bsonw_begin_doc(b, STR("key"));
	if (stats) {
		bsonw_int(b, STR("type"), 1);
		bsonw_int(b, STR("channel"), 1);
	} else {
		bsonw_int(b, STR("meta.channel"), 1);
	}
	bsonw_int(b, STR("ts"), 1);
	bsonw_end(b, in);
	bsonw_str(b, STR("name"),
	    stats ? STR("type_1_channel_1_ts_1") : STR("meta.channel_1_ts_1"));
	bsonw_end(b, doc);
	bsonw_end(b, list);
	bsonw_end(b, at);
	/* The same under another name does as well. */
	return mongo_command(s->m, s->db, buf_view(b), &s->reply, why) ||
	    why->code == INDEX_NAMED;
}

bool
collections_logs(struct mongo *m, const char *db, int64_t retention_s,
    bool only_look, struct mongo_error *why)
{
	struct scratch s = { .m = m, .db = db };
	struct bsonr_value v;
	int there = find_collection(&s, COLLECTION_LOGS, &v, why);
	bool done = there >= 0;

	if (there == 0 && !only_look) {
		done = create_logs(&s, retention_s, why);
		if (done)
			there = find_collection(&s, COLLECTION_LOGS, &v, why);
		if (done && there == 0) {
			why->result = MONGO_UNKNOWN;
			errmsg_set(&why->why, "%s.%s was dropped meanwhile", db,
			    COLLECTION_LOGS);
		}
		done &= there == 1;
	}
	if (done && there == 1 &&
	    !compare_logs(&s, retention_s, v.text, &why->why)) {
		why->result = MONGO_REFUSED;
		done = false;
	}
	if (done && !only_look)
		done = create_index(&s, false, why);
	buf_release(&s.query);
	buf_release(&s.reply);
	return done;
}

/* Compares chatStats as it is with what it has to be. */
static bool
compare_stats(const struct scratch *s, struct str doc, struct errmsg *why)
{
	struct bsonr_value v;
	struct buf is = { 0 };
	bool same = has(doc, "type", "collection", &is);

	if (same && bsonr_find(doc, "options.capped", &v) && v.num != 0) {
		buf_lit(&is, "it is capped");
		same = false;
	}
	if (!same)
		errmsg_set(why,
		    "%s.%s exists with other options: %.*s; see tw-mongo(7)",
		    s->db, COLLECTION_STATS, STR_ARGS(buf_view(&is)));
	buf_release(&is);
	return same;
}

bool
collections_stats(
    struct mongo *m, const char *db, bool only_look, struct mongo_error *why)
{
	struct scratch s = { .m = m, .db = db };
	struct bsonr_value v;
	int there = find_collection(&s, COLLECTION_STATS, &v, why);
	bool done = there >= 0;

	if (there == 1 && !compare_stats(&s, v.text, &why->why)) {
		why->result = MONGO_REFUSED;
		done = false;
	}
	if (done && !only_look)
		done = create_index(&s, true, why);
	buf_release(&s.query);
	buf_release(&s.reply);
	return done;
}
