#include "remote/lease.h"

#include <sys/random.h>

#include "format/bsonr.h"
#include "format/bsonw.h"

#define NOBODY       "" /* the run that holds a free lease */
#define DUPLICATE    11000
#define UNAUTHORIZED 13
#define TAKE_TRIES   20 /* lost races */
#define WAIT_MS      30000

static void
app_name(const struct lease *l, struct str run, struct buf *app)
{
	buf_reset(app);
	buf_printf(app, "tw-load/%s.%s/", l->db, l->name);
	buf_str(app, run);
}

void
lease_begin(struct lease *l, struct buf *app)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[LEASE_RUN_LEN / 2];

	/* So few bytes always come whole. */
	(void)!getrandom(bytes, sizeof(bytes), 0);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		l->run[2 * i] = digits[bytes[i] >> 4];
		l->run[2 * i + 1] = digits[bytes[i] & 15];
	}
	l->run[LEASE_RUN_LEN] = '\0';
	l->held = false;
	app_name(l, str_of(l->run), app);
	buf_byte(app, '\0');
}

static void
add_concern(struct buf *b)
{
	size_t at = bsonw_begin_doc(b, STR("writeConcern"));

	bsonw_str(b, STR("w"), STR("majority"));
	bsonw_bool(b, STR("j"), true);
	bsonw_int(b, STR("wtimeout"), WAIT_MS);
	bsonw_end(b, at);
}

/* Appends `key: {_id: ..., run: ...}`. */
static void
add_filter(
    const struct lease *l, struct buf *b, const char *key, struct str run)
{
	size_t at = bsonw_begin_doc(b, str_of(key));

	bsonw_str(b, STR("_id"), str_of(l->name));
	bsonw_str(b, STR("run"), run);
	bsonw_end(b, at);
}

/* Appends `key: {$set: {run: ..., user: ..., want: ""}}`. */
static void
add_change(
    const struct lease *l, struct buf *b, const char *key, const char *run)
{
	size_t at = bsonw_begin_doc(b, str_of(key));
	size_t set = bsonw_begin_doc(b, STR("$set"));

	bsonw_str(b, STR("run"), str_of(run));
	bsonw_str(b, STR("user"), str_of(l->user));
	bsonw_str(b, STR("want"), STR(""));
	bsonw_end(b, set);
	bsonw_end(b, at);
}

/* Runs l->command and makes errors that stand in the answer errors. */
static bool
run(struct lease *l, struct mongo *m, struct mongo_error *why)
{
	struct bsonr_value v;
	struct str reply;

	if (!mongo_command(m, l->db, buf_view(&l->command), &l->reply, why))
		return false;
	reply = buf_view(&l->reply);
	if (bsonr_find(reply, "writeConcernError", &v)) {
		why->result = MONGO_UNKNOWN;
		why->code = 0;
		errmsg_set(&why->why, "the write did not reach the majority");
		return false;
	}
	if (!bsonr_find(reply, "writeErrors.0.code", &v))
		return true;
	why->result = MONGO_REFUSED;
	why->code = (int)v.num;
	if (bsonr_find(reply, "writeErrors.0.errmsg", &v))
		errmsg_set(&why->why, "%.*s", STR_ARGS(v.text));
	return false;
}

/* Writes the lease for the first time. 1; 0 when it is there; -1. */
static int
create(struct lease *l, struct mongo *m, struct mongo_error *why)
{
	struct buf *b = &l->command;
	size_t at, list, doc;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("insert"), STR(LEASE_COLLECTION));
	list = bsonw_begin_list(b, STR("documents"));
	doc = bsonw_begin_doc(b, STR("0"));
	bsonw_str(b, STR("_id"), str_of(l->name));
	bsonw_str(b, STR("run"), str_of(l->run));
	bsonw_str(b, STR("user"), str_of(l->user));
	bsonw_end(b, doc);
	bsonw_end(b, list);
	add_concern(b);
	bsonw_end(b, at);
	if (run(l, m, why))
		return 1;
	return why->code == DUPLICATE ? 0 : -1;
}

/* Puts `to` in the place of the run `from`. 1; 0 when it was not there; -1. */
static int
replace(struct lease *l, struct mongo *m, struct str from, const char *to,
    struct mongo_error *why)
{
	struct buf *b = &l->command;
	struct bsonr_value v;
	size_t at, list, doc;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("update"), STR(LEASE_COLLECTION));
	list = bsonw_begin_list(b, STR("updates"));
	doc = bsonw_begin_doc(b, STR("0"));
	add_filter(l, b, "q", from);
	add_change(l, b, "u", to);
	bsonw_end(b, doc);
	bsonw_end(b, list);
	add_concern(b);
	bsonw_end(b, at);
	if (!run(l, m, why))
		return -1;
	return bsonr_find(buf_view(&l->reply), "n", &v) && v.num == 1;
}

/* Lets the run `other` know that somebody waits; it does not matter when that
 * fails. */
static void
want(struct lease *l, struct mongo *m, struct str other)
{
	struct buf *b = &l->command;
	struct mongo_error why;
	size_t at, list, doc, u, set;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("update"), STR(LEASE_COLLECTION));
	list = bsonw_begin_list(b, STR("updates"));
	doc = bsonw_begin_doc(b, STR("0"));
	add_filter(l, b, "q", other);
	u = bsonw_begin_doc(b, STR("u"));
	set = bsonw_begin_doc(b, STR("$set"));
	bsonw_str(b, STR("want"), str_of(l->run));
	bsonw_end(b, set);
	bsonw_end(b, u);
	bsonw_end(b, doc);
	bsonw_end(b, list);
	bsonw_end(b, at);
	(void)run(l, m, &why);
}

/* Asks whether the server has connections of the run `other`: 1, 0, -1. */
static int
is_alive(struct lease *l, struct mongo *m, struct str other, bool all_users,
    struct mongo_error *why)
{
	struct buf *b = &l->command;
	struct buf app = { 0 };
	struct bsonr_value v;
	size_t at, list, stage, in;

	app_name(l, other, &app);
	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_int(b, STR("aggregate"), 1);
	list = bsonw_begin_list(b, STR("pipeline"));
	stage = bsonw_begin_doc(b, STR("0"));
	in = bsonw_begin_doc(b, STR("$currentOp"));
	bsonw_bool(b, STR("idleConnections"), true);
	bsonw_bool(b, STR("allUsers"), all_users);
	bsonw_end(b, in);
	bsonw_end(b, stage);
	stage = bsonw_begin_doc(b, STR("1"));
	in = bsonw_begin_doc(b, STR("$match"));
	bsonw_str(b, STR("appName"), buf_view(&app));
	bsonw_end(b, in);
	bsonw_end(b, stage);
	bsonw_end(b, list);
	in = bsonw_begin_doc(b, STR("cursor"));
	bsonw_end(b, in);
	bsonw_end(b, at);
	buf_release(&app);
	if (!mongo_command(m, "admin", buf_view(b), &l->reply, why))
		return -1;
	return bsonr_find(buf_view(&l->reply), "cursor.firstBatch.0", &v);
}

/* The same, with as much as the server lets us see. */
static int
look(struct lease *l, struct mongo *m, struct str other, struct str user,
    struct mongo_error *why)
{
	int alive = is_alive(l, m, other, true, why);

	if (alive >= 0 || why->code != UNAUTHORIZED)
		return alive;
	if (str_eq(user, str_of(l->user)))
		return is_alive(l, m, other, false, why);
	errmsg_set(&why->why,
	    "the lease is that of user %.*s, whose connections this user may "
	    "not see: load as the same user, or grant clusterMonitor",
	    STR_ARGS(user));
	return -1;
}

/* Reads the lease: 1 with who has it, 0 when there is none, -1. */
static int
read_lease(struct lease *l, struct mongo *m, struct buf *holder,
    struct buf *user, struct mongo_error *why)
{
	struct buf *b = &l->command;
	struct bsonr_value v;
	size_t at, in;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("find"), STR(LEASE_COLLECTION));
	in = bsonw_begin_doc(b, STR("filter"));
	bsonw_str(b, STR("_id"), str_of(l->name));
	bsonw_end(b, in);
	bsonw_int(b, STR("limit"), 1);
	bsonw_bool(b, STR("singleBatch"), true);
	bsonw_end(b, at);
	if (!run(l, m, why))
		return -1;
	buf_reset(holder);
	buf_reset(user);
	if (!bsonr_find(buf_view(&l->reply), "cursor.firstBatch.0", &v))
		return 0;
	if (bsonr_find(buf_view(&l->reply), "cursor.firstBatch.0.run", &v))
		buf_str(holder, v.text);
	if (bsonr_find(buf_view(&l->reply), "cursor.firstBatch.0.user", &v))
		buf_str(user, v.text);
	return 1;
}

/* One round: 1 when it is ours, 0 when a race was lost, 2 when another has it,
 * -1. */
static int
take_once(struct lease *l, struct mongo *m, struct buf *holder,
    struct buf *user, struct mongo_error *why)
{
	int there = read_lease(l, m, holder, user, why), alive;
	struct str other = buf_view(holder);

	if (there < 0)
		return -1;
	if (there == 0)
		return create(l, m, why);
	if (str_eq(other, str_of(l->run)))
		return 1;
	if (other.len > 0) {
		alive = look(l, m, other, buf_view(user), why);
		if (alive < 0)
			return -1;
		if (alive == 1) {
			want(l, m, other);
			return 2;
		}
	}
	return replace(l, m, other, l->run, why);
}

enum lease_result
lease_take(struct lease *l, struct mongo *m, struct mongo_error *why)
{
	struct buf holder = { 0 }, user = { 0 };
	int r = 0;

	for (int i = 0; i < TAKE_TRIES && r == 0; i++)
		r = take_once(l, m, &holder, &user, why);
	buf_release(&holder);
	buf_release(&user);
	l->held = r == 1;
	return r == 1 ? LEASE_HELD : r < 0 ? LEASE_FAILED : LEASE_BUSY;
}

bool
lease_touch(struct lease *l, struct mongo *m, struct mongo_error *why)
{
	struct buf *b = &l->command;
	struct bsonr_value v;
	size_t at, list, doc, u, inc;

	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("update"), STR(LEASE_COLLECTION));
	list = bsonw_begin_list(b, STR("updates"));
	doc = bsonw_begin_doc(b, STR("0"));
	add_filter(l, b, "q", str_of(l->run));
	u = bsonw_begin_doc(b, STR("u"));
	inc = bsonw_begin_doc(b, STR("$inc"));
	bsonw_int(b, STR("touched"), 1);
	bsonw_end(b, inc);
	bsonw_end(b, u);
	bsonw_end(b, doc);
	bsonw_end(b, list);
	add_concern(b);
	bsonw_end(b, at);
	if (!run(l, m, why))
		return false;
	if (bsonr_find(buf_view(&l->reply), "n", &v) && v.num == 1)
		return true;
	why->result = MONGO_UNKNOWN;
	errmsg_set(&why->why, "the lease is lost");
	return false;
}

bool
lease_wanted(
    struct lease *l, struct mongo *m, bool *wanted, struct mongo_error *why)
{
	struct buf holder = { 0 }, user = { 0 };
	struct bsonr_value v;
	int there = read_lease(l, m, &holder, &user, why);
	bool ours = there == 1 && str_eq(buf_view(&holder), str_of(l->run));

	*wanted = ours &&
	    bsonr_find(buf_view(&l->reply), "cursor.firstBatch.0.want", &v) &&
	    v.text.len > 0 && !str_eq(v.text, str_of(l->run));
	buf_release(&holder);
	buf_release(&user);
	if (there >= 0 && !ours) {
		why->result = MONGO_UNKNOWN;
		errmsg_set(&why->why, "the lease is lost");
	}
	return ours;
}

bool
lease_give(
    struct lease *l, struct mongo *m, bool *wanted, struct mongo_error *why)
{
	struct buf *b = &l->command;
	struct bsonr_value v;
	size_t at;

	*wanted = false;
	l->held = false;
	buf_reset(b);
	at = bsonw_begin(b);
	bsonw_str(b, STR("findAndModify"), STR(LEASE_COLLECTION));
	add_filter(l, b, "query", str_of(l->run));
	add_change(l, b, "update", NOBODY);
	add_concern(b);
	bsonw_end(b, at);
	if (!run(l, m, why))
		return false;
	if (bsonr_find(buf_view(&l->reply), "value.want", &v))
		*wanted = v.text.len > 0 && !str_eq(v.text, str_of(l->run));
	return true;
}

void
lease_release(struct lease *l)
{
	buf_release(&l->command);
	buf_release(&l->reply);
}
