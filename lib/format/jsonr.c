#include "format/jsonr.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "format/jsonw.h"

struct jsonr {
	json_t *root;        /* owned; what was read, or NULL */
	void *iter;          /* the next member, or NULL */
	struct buf repaired; /* the text where it had to be changed */
	struct buf scratch;  /* lists and objects in our spelling */
	json_t *list;        /* borrowed from `root`; the one walked over */
	json_t *now;         /* borrowed; the item that was given */
	size_t at;           /* the next item */
	struct buf item;     /* the item as text */
};

struct jsonr *
jsonr_new(void)
{
	/* Else a text for which there is no memory would be one that is no
	 * JSON: refused, and lost. */
	json_set_alloc_funcs(xmalloc, free);
	return xcalloc(1, sizeof(struct jsonr));
}

/* Reads the four hex digits of the \u escape at `p`. -1 when it is none. */
static int
u_escape(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int c = (unsigned char)p[i];

		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			c = (c | 32) - 'a' + 10;
		else
			return -1;
		v = v * 16 + c;
	}
	return v;
}

/*
 * Copies one escape from `p`, a lone surrogate as U+FFFD.
 *
 * Returns its end.
 */
static const char *
copy_escape(struct buf *b, const char *p, const char *end, bool *changed)
{
	int v = u_escape(p, end);
	bool high = v >= 0xd800 && v <= 0xdbff;
	bool low = v >= 0xdc00 && v <= 0xdfff;
	int next = high ? u_escape(p + 6, end) : -1;
	size_t n = v >= 0 ? 6 : 2;

	if (high && next >= 0xdc00 && next <= 0xdfff) {
		n = 12;
	} else if (high || low) {
		buf_lit(b, "\\ufffd");
		*changed = true;
		return p + 6;
	}
	if (n > (size_t)(end - p))
		n = (size_t)(end - p);
	buf_add(b, p, n);
	return p + n;
}

/* Copies `text` to r->repaired with what jansson would not take replaced. */
static bool
repair(struct jsonr *r, struct str text, enum jsonr_bytes bytes)
{
	const char *p = text.p, *end = text.p + text.len;
	struct buf *b = &r->repaired;
	bool changed = false;

	buf_reset(b);
	while (p < end) {
		int n;

		if (*p == '\\') {
			p = copy_escape(b, p, end, &changed);
			continue;
		}
		n = utf8_step(
		    (const unsigned char *)p, (const unsigned char *)end);
		if (n > 0 || bytes == JSONR_STRICT) {
			n = n > 0 ? n : -n;
			buf_add(b, p, (size_t)n);
			p += n;
			continue;
		}
		buf_lit(b, UTF8_REPLACEMENT);
		p -= n;
		changed = true;
	}
	return changed;
}

/* Most texts need none, and are not looked at byte by byte. */
static bool
may_need_repair(struct str text)
{
	return !utf8_valid(text) ||
	    (text.len > 0 && memchr(text.p, '\\', text.len) != NULL);
}

enum jsonr_kind
jsonr_read(struct jsonr *r, struct str text, enum jsonr_bytes bytes,
    struct errmsg *why)
{
	json_error_t error;

	json_decref(r->root);
	r->root = NULL;
	r->iter = NULL;
	r->list = r->now = NULL;
	if (may_need_repair(text) && repair(r, text, bytes))
		text = buf_view(&r->repaired);
	r->root = json_loadb(
	    text.p, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (r->root == NULL) {
		errmsg_set(why, "no JSON: %s", error.text);
		return JSONR_BAD;
	}
	if (json_is_null(r->root))
		return JSONR_NULL;
	if (!json_is_object(r->root))
		return JSONR_OTHER;
	r->iter = json_object_iter(r->root);
	buf_reset(&r->scratch);
	/* Nothing that we write for a value is more than 8 times as long as
	 * what stood there, so that slices of it never move. */
	buf_room(&r->scratch, text.len * 8 + 64);
	return JSONR_OBJECT;
}

static struct str
string_of(const json_t *v)
{
	return (struct str){ json_string_value(v), json_string_length(v) };
}

/* Appends `v` in our spelling. */
static void
spell(struct buf *b, json_t *v)
{
	const char *key, *sep = "";
	json_t *inner;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_STRING:
		jsonw_str(b, string_of(v));
		break;
	case JSON_INTEGER:
		num_add(b, json_integer_value(v));
		break;
	case JSON_REAL:
		buf_printf(b, "%.17g", json_real_value(v));
		break;
	case JSON_ARRAY:
		buf_byte(b, '[');
		json_array_foreach(v, i, inner)
		{
			/* Our lists are of strings that are something. */
			if (json_string_length(inner) == 0)
				continue;
			buf_str(b, str_of(sep));
			spell(b, inner);
			sep = ",";
		}
		buf_byte(b, ']');
		break;
	case JSON_OBJECT:
		buf_byte(b, '{');
		json_object_foreach(v, key, inner)
		{
			buf_str(b, str_of(sep));
			jsonw_str(b, str_of(key));
			buf_byte(b, ':');
			spell(b, inner);
			sep = ",";
		}
		buf_byte(b, '}');
		break;
	case JSON_TRUE:
		buf_lit(b, "true");
		break;
	case JSON_FALSE:
		buf_lit(b, "false");
		break;
	case JSON_NULL:
		buf_lit(b, "null");
		break;
	}
}

static enum member_kind
kind_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		return MEMBER_STRING;
	case JSON_INTEGER:
		return MEMBER_INT;
	case JSON_REAL:
		return MEMBER_REAL;
	case JSON_ARRAY:
		return MEMBER_LIST;
	case JSON_OBJECT:
		return MEMBER_OBJECT;
	default:
		return MEMBER_TRUE;
	}
}

int
jsonr_next(struct jsonr *r, struct member *m)
{
	json_t *v = NULL;
	size_t begin;

	for (; r->iter != NULL;
	     r->iter = json_object_iter_next(r->root, r->iter)) {
		v = json_object_iter_value(r->iter);
		if (!json_is_null(v) && !json_is_false(v))
			break;
	}
	if (r->iter == NULL)
		return 0;
	m->key = str_of(json_object_iter_key(r->iter));
	m->kind = kind_of(v);
	m->num = json_is_integer(v) ? json_integer_value(v) : 0;
	if (m->kind == MEMBER_STRING) {
		m->text = string_of(v);
	} else {
		begin = r->scratch.len;
		spell(&r->scratch, v);
		m->text = (struct str){ r->scratch.p + begin,
			r->scratch.len - begin };
	}
	r->iter = json_object_iter_next(r->root, r->iter);
	return 1;
}

bool
jsonr_list(struct jsonr *r, const char *key)
{
	r->list = json_object_get(r->root, key);
	r->at = 0;
	return json_is_array(r->list);
}

int
jsonr_item(struct jsonr *r, struct str *text)
{
	const size_t flags = JSON_COMPACT;
	size_t len;

	if (r->at >= json_array_size(r->list))
		return 0;
	r->now = json_array_get(r->list, r->at++);
	if (!json_is_object(r->now))
		return -1;
	buf_reset(&r->item);
	/* Most fit where the one before did. */
	len = json_dumpb(r->now, r->item.p, r->item.cap, flags);
	if (len > r->item.cap) {
		(void)buf_room(&r->item, len);
		len = json_dumpb(r->now, r->item.p, len, flags);
	}
	r->item.len = len;
	*text = buf_view(&r->item);
	return 1;
}

struct str
jsonr_item_string(const struct jsonr *r, const char *key)
{
	const json_t *v = json_object_get(r->now, key);

	return json_is_string(v) ? string_of(v) : STR_ABSENT;
}

void
jsonr_free(struct jsonr *r)
{
	if (r == NULL)
		return;
	json_decref(r->root);
	buf_release(&r->repaired);
	buf_release(&r->scratch);
	buf_release(&r->item);
	free(r);
}
