/*
 * fuzz mentions: any bytes as lines of events and of stats, for the report of
 * who spoke of what; held against counting name by name with no eye on speed.
 */
#include "fuzz.h"

#include "base/zone.h"
#include "format/jsonr.h"
#include "model/mentions.h"

#define NAMES 64

struct counted {
	char name[64];
	size_t len;
	int64_t n, first, last;
};

static struct counted list[NAMES];
static size_t n_list;
static bool too_many; /* for the list, or too long a name */

static void
count(struct str name, int64_t ts)
{
	struct counted *c = NULL;

	for (size_t i = 0; i < n_list; i++)
		if (str_eq(name, (struct str){ list[i].name, list[i].len }))
			c = &list[i];
	if (c == NULL) {
		if (n_list == NAMES || name.len > sizeof(c->name)) {
			too_many = true;
			return;
		}
		c = &list[n_list++];
		*c = (struct counted){
			.len = name.len, .first = ts, .last = ts
		};
		memcpy(c->name, name.p, name.len);
	}
	c->n++;
	c->first = ts < c->first ? ts : c->first;
	c->last = ts > c->last ? ts : c->last;
}

/* Counts each name of the list in `e` once. */
static void
count_event(const struct event *e)
{
	static struct jsonr *r;
	static struct buf object;
	struct errmsg why;
	struct member m;
	struct str names[NAMES], name, rest;
	static struct buf plain[NAMES];
	size_t n = 0;

	if (e->mentions.len == 0 || e->shared_from.len > 0)
		return;
	/* The full reader says what the list is. */
	if (r == NULL)
		r = jsonr_new();
	buf_reset(&object);
	buf_lit(&object, "{\"m\":");
	buf_str(&object, e->mentions);
	buf_byte(&object, '}');
	must(jsonr_read(r, buf_view(&object), JSONR_STRICT, &why) ==
	    JSONR_OBJECT);
	must(jsonr_next(r, &m) == 1 && m.kind == MEMBER_LIST);
	must(str_eq(m.text, e->mentions));
	rest = m.text;
	for (;;) {
		bool before = false;

		if (n == NAMES) {
			too_many = true;
			return;
		}
		buf_reset(&plain[n]);
		(void)buf_room(&plain[n], rest.len);
		/* One string: up to the quote that no backslash is before. */
		if (rest.len < 2 || rest.p[1] != '"')
			break;
		for (rest.p += 2, rest.len -= 2; *rest.p != '"';
		     rest.p++, rest.len--) {
			if (*rest.p == '\\') {
				rest.p++;
				rest.len--;
				if (*rest.p == 'u') {
					buf_byte(&plain[n],
					    (char)strtol((char[]){ rest.p[3],
							     rest.p[4], 0 },
						NULL, 16));
					rest.p += 4;
					rest.len -= 4;
					continue;
				}
				buf_byte(&plain[n],
				    *rest.p == 'n'       ? '\n'
					: *rest.p == 't' ? '\t'
					: *rest.p == 'r' ? '\r'
					: *rest.p == 'b' ? '\b'
					: *rest.p == 'f' ? '\f'
							 : *rest.p);
				continue;
			}
			buf_byte(&plain[n], *rest.p);
		}
		rest.p++;
		rest.len--;
		name = buf_view(&plain[n]);
		for (size_t i = 0; i < n; i++)
			before |= str_eq(names[i], name);
		if (!before) {
			count(name, e->ts);
			names[n++] = name;
		}
	}
}

static void
check(const struct mentions_report *m)
{
	for (size_t i = 0; i < m->n_names; i++) {
		const struct mentions_name *name = &m->names[i];
		const struct counted *c = NULL;
		double hours = 0;

		must(i == 0 || name->mentions <= m->names[i - 1].mentions);
		must(name->first <= name->last);
		must(name->busiest <= name->last &&
		    name->busiest + 60000 > name->first);
		must(name->busiest_mentions > 0 &&
		    name->busiest_mentions <= name->mentions);
		for (int k = 0; k < 24; k++)
			hours += name->hours[k];
		must(hours >= (double)name->mentions * 0.999 &&
		    hours <= (double)name->mentions * 1.001);
		if (!m->events)
			continue;
		must(name->people <= name->mentions);
		must(name->by[0] + name->by[1] + name->by[2] == name->mentions);
		for (size_t k = 0; k < n_list; k++)
			if (str_eq(name->name,
				(struct str){ list[k].name, list[k].len }))
				c = &list[k];
		must(too_many || c != NULL);
		if (c != NULL && !too_many)
			must(c->n == name->mentions &&
			    c->first == name->first && c->last == name->last);
	}
	must(!m->events || too_many || m->n_names == n_list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_reader *events;
	static struct stats_reader *stats;
	struct mentions *m = mentions_new(INT64_MIN, INT64_MAX);
	struct str rest = fuzz_str(data, size), line;
	struct mentions_report report;
	struct errmsg why;
	struct event e;
	struct stats s;

	if (events == NULL) {
		events = event_reader_new();
		stats = stats_reader_new();
		must(zone_set("UTC", &why));
	}
	n_list = 0;
	too_many = false;
	while (fuzz_line(&rest, &line))
		if (event_read(events, line, &e, &why)) {
			mentions_add_event(m, &e);
			count_event(&e);
		} else if (stats_read(stats, line, &s, &why)) {
			mentions_add_stats(m, &s);
		}
	mentions_sum(m, "UTC", &report);
	check(&report);
	mentions_report_release(&report);
	mentions_free(m);
	return 0;
}
