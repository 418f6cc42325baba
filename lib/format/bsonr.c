#include "format/bsonr.h"

#include <endian.h>

#include "base/num.h"
#include "base/tstamp.h"
#include "format/jsonw.h"

#define DEPTH_MAX 20 /* of documents inside of documents */

static int32_t
read_int32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return (int32_t)le32toh(v);
}

static int64_t
read_int64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return (int64_t)le64toh(v);
}

/* Measures the document at `p`, which ends before `end`; 0 = it is none. */
static size_t
doc_len(const char *p, const char *end)
{
	int32_t len;

	if (end - p < 5)
		return 0;
	len = read_int32(p);
	if (len < 5 || len > end - p || p[len - 1] != '\0')
		return 0;
	return (size_t)len;
}

bool
bsonr_init(struct bsonr *r, struct str doc)
{
	size_t len = doc_len(doc.p, doc.p + doc.len);

	*r = (struct bsonr){ doc.p, doc.p };
	if (len == 0)
		return false;
	*r = (struct bsonr){ doc.p + 4, doc.p + len - 1 };
	return true;
}

/* Tells how many bytes values of type `t` have; -1 = that depends. */
static int
fixed_size(int t)
{
	switch (t) {
	case 0x06: /* undefined */
	case 0x0a: /* null */
	case 0x7f: /* maxKey */
	case 0xff: /* minKey */
		return 0;
	case BSONW_BOOL:
		return 1;
	case BSONW_INT32:
		return 4;
	case BSONW_DOUBLE:
	case BSONW_DATE:
	case BSONW_INT64:
	case 0x11: /* timestamp */
		return 8;
	case BSONW_OID:
		return BSONW_OID_LEN;
	case 0x13: /* decimal128 */
		return 16;
	default:
		return -1;
	}
}

static void
read_fixed(struct bsonr_value *v, const char *p)
{
	uint64_t bits;

	switch (v->type) {
	case BSONW_BOOL:
		v->num = *p != 0;
		break;
	case BSONW_INT32:
		v->num = read_int32(p);
		v->real = (double)v->num;
		break;
	case BSONW_INT64:
	case BSONW_DATE:
		v->num = read_int64(p);
		v->real = (double)v->num;
		break;
	case BSONW_DOUBLE:
		bits = (uint64_t)read_int64(p);
		memcpy(&v->real, &bits, sizeof(bits));
		if (v->real > -9e18 && v->real < 9e18)
			v->num = (int64_t)v->real;
		break;
	case BSONW_OID:
		v->text = (struct str){ p, BSONW_OID_LEN };
		break;
	default:
		break;
	}
}

/* Reads a value whose length stands in it. Returns its size; 0 = broken. */
static size_t
read_sized(struct bsonr_value *v, const char *p, const char *end)
{
	int32_t len;
	size_t size;

	if (v->type == BSONW_DOC || v->type == BSONW_LIST) {
		size = doc_len(p, end);
		v->text = (struct str){ p, size };
		return size;
	}
	if (end - p < 4)
		return 0;
	len = read_int32(p);
	if (v->type == BSONW_STRING) {
		if (len < 1 || len > end - p - 4 || p[4 + len - 1] != '\0')
			return 0;
		v->text = (struct str){ p + 4, (size_t)len - 1 };
		return 4 + (size_t)len;
	}
	/* Binary; nothing else is ever sent to us. */
	if ((int)v->type != 0x05 || len < 0 || len > end - p - 5)
		return 0;
	return 5 + (size_t)len;
}

int
bsonr_next(struct bsonr *r, struct bsonr_value *v)
{
	const char *nul;
	int size;

	if (r->p == r->end)
		return 0;
	*v = (struct bsonr_value){ .type =
				       (enum bsonw_type)(unsigned char)*r->p };
	nul = memchr(r->p + 1, '\0', (size_t)(r->end - r->p - 1));
	if (nul == NULL)
		return -1;
	v->key = (struct str){ r->p + 1, (size_t)(nul - r->p - 1) };
	r->p = nul + 1;
	size = fixed_size((int)v->type);
	if (size < 0) {
		size_t len = read_sized(v, r->p, r->end);

		if (len == 0)
			return -1;
		r->p += len;
		return 1;
	}
	if (size > r->end - r->p ||
	    (v->type == BSONW_BOOL && *r->p != 0 && *r->p != 1))
		return -1;
	read_fixed(v, r->p);
	r->p += size;
	return 1;
}

bool
bsonr_find(struct str doc, const char *key, struct bsonr_value *v)
{
	const char *dot = strchr(key, '.');
	struct str first = { key,
		dot != NULL ? (size_t)(dot - key) : strlen(key) };
	struct bsonr r;

	if (!bsonr_init(&r, doc))
		return false;
	while (bsonr_next(&r, v) == 1) {
		if (!str_eq(v->key, first))
			continue;
		if (dot == NULL)
			return true;
		return (v->type == BSONW_DOC || v->type == BSONW_LIST) &&
		    bsonr_find(v->text, dot + 1, v);
	}
	return false;
}

static bool write_value(struct buf *b, const struct bsonr_value *v, int depth);

static bool
write_doc(struct buf *b, const struct bsonr_value *v, int depth)
{
	bool list = v->type == BSONW_LIST;
	const char *sep = "";
	struct bsonr_value in;
	struct bsonr r;
	int more;

	if (depth == DEPTH_MAX || !bsonr_init(&r, v->text))
		return false;
	buf_byte(b, list ? '[' : '{');
	while ((more = bsonr_next(&r, &in)) == 1) {
		buf_str(b, str_of(sep));
		sep = ",";
		if (!list) {
			jsonw_str(b, in.key);
			buf_byte(b, ':');
		}
		if (!write_value(b, &in, depth + 1))
			return false;
	}
	buf_byte(b, list ? ']' : '}');
	return more == 0;
}

static bool
write_value(struct buf *b, const struct bsonr_value *v, int depth)
{
	switch (v->type) {
	case BSONW_STRING:
		jsonw_str(b, v->text);
		return true;
	case BSONW_INT32:
	case BSONW_INT64:
		num_add(b, v->num);
		return true;
	case BSONW_DOUBLE:
		num_add_ratio(b, v->real);
		return true;
	case BSONW_BOOL:
		buf_str(b, v->num != 0 ? STR("true") : STR("false"));
		return true;
	case BSONW_DATE:
		if (v->num < TSTAMP_MIN || v->num > TSTAMP_MAX)
			return false;
		buf_byte(b, '"');
		tstamp_add(b, v->num);
		buf_byte(b, '"');
		return true;
	case BSONW_DOC:
	case BSONW_LIST:
		return write_doc(b, v, depth);
	case BSONW_OID:
	case BSONW_NULL:
		break;
	}
	return false;
}

bool
bsonr_json(struct buf *b, const struct bsonr_value *v)
{
	return write_value(b, v, 0);
}
