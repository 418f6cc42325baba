#define PCRE2_CODE_UNIT_WIDTH 8
#include "format/pattern.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "format/input.h"
#include "format/jsonw.h"

/* Enough for any honest pattern on 500 characters; a millisecond at worst. */
#define PATTERN_MATCH_LIMIT 100000

struct pattern {
	char *name; /* owned */
	size_t name_len;
	pcre2_code *code; /* owned */
	bool hit;         /* it matched the text of this call */
	int64_t gave_up;  /* texts on which it reached the limit */
};

struct patterns {
	pcre2_general_context *memory; /* owned; ends the program without it */
	pcre2_compile_context *how;
	struct pattern *p; /* owned */
	size_t n, cap;
	pcre2_match_context *context;
	pcre2_match_data *match;
	pcre2_jit_stack *stack;
};

static void *
take_memory(size_t n, void *arg)
{
	(void)arg;
	return xmalloc(n);
}

static void
give_memory(void *p, void *arg)
{
	(void)arg;
	free(p);
}

static bool
compile(
    struct patterns *set, struct str name, struct str text, struct errmsg *why)
{
	struct pattern *p;
	PCRE2_UCHAR reason[256];
	PCRE2_SIZE at;
	pcre2_code *code;
	int error;

	code = pcre2_compile((PCRE2_SPTR)text.p, text.len,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &at, set->how);
	if (code == NULL) {
		pcre2_get_error_message(error, reason, sizeof(reason));
		errmsg_set(why, "pattern \"%.*s\", at its byte %zu: %s",
		    STR_ARGS(text), at, (const char *)reason);
		return false;
	}
	/* Where there is no JIT the interpreter does it. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	set->p = xgrow(set->p, set->n, &set->cap, sizeof(*set->p));
	p = &set->p[set->n++];
	*p = (struct pattern){ .name_len = name.len, .code = code };
	p->name = xcalloc(name.len, 1);
	memcpy(p->name, name.p, name.len);
	return true;
}

/* Reads one line of the file. */
static bool
add_line(struct patterns *set, struct str line, struct errmsg *why)
{
	struct str rest = str_trim(line), name, text;
	const char *tab;

	if (rest.len == 0 || *rest.p == '#')
		return true;
	tab = memchr(rest.p, '\t', rest.len);
	if (tab == NULL) {
		errmsg_set(why, "want a name, a tab and a pattern");
		return false;
	}
	name = str_trim((struct str){ rest.p, (size_t)(tab - rest.p) });
	text = str_trim((struct str){ tab, (size_t)(rest.p + rest.len - tab) });
	if (name.len == 0 || text.len == 0) {
		errmsg_set(why, "want a name, a tab and a pattern");
		return false;
	}
	if (!utf8_valid(name)) {
		errmsg_set(why, "the name is not UTF-8");
		return false;
	}
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.p[i] < 0x20) {
			errmsg_set(
			    why, "there is a control character in the name");
			return false;
		}
	return compile(set, name, text, why);
}

struct patterns *
patterns_load(const char *path, struct errmsg *why)
{
	struct patterns *set = xcalloc(1, sizeof(*set));
	struct input in;
	struct str line;
	int r = -1;

	set->memory =
	    pcre2_general_context_create(take_memory, give_memory, NULL);
	set->how = pcre2_compile_context_create(set->memory);
	if (!input_open(&in, path, NULL, why)) {
		errmsg_where(why, "%s", path);
		goto fail;
	}
	while ((r = input_next(&in, &line, why)) == 1) {
		if (in.lines.number == 1)
			line = utf8_without_mark(line);
		if (!add_line(set, line, why)) {
			errmsg_where(
			    why, "%s:%lld", path, (long long)in.lines.number);
			goto fail;
		}
	}
	if (r < 0) {
		errmsg_where(why, "%s", path);
		goto fail;
	}
	input_close(&in);
	set->context = pcre2_match_context_create(set->memory);
	set->match = pcre2_match_data_create(1, set->memory);
	set->stack = pcre2_jit_stack_create(32 * 1024, 512 * 1024, set->memory);
	pcre2_set_match_limit(set->context, PATTERN_MATCH_LIMIT);
	pcre2_set_depth_limit(set->context, PATTERN_MATCH_LIMIT);
	pcre2_jit_stack_assign(set->context, NULL, set->stack);
	return set;
fail:
	input_close(&in);
	patterns_free(set);
	return NULL;
}

/* Tells whether one of the patterns before `i` has the name of `i`. */
static bool
named_before(const struct patterns *set, size_t i)
{
	const struct pattern *p = &set->p[i];

	for (size_t j = 0; j < i; j++)
		if (set->p[j].hit && set->p[j].name_len == p->name_len &&
		    memcmp(set->p[j].name, p->name, p->name_len) == 0)
			return true;
	return false;
}

void
patterns_match(struct patterns *set, struct str text, struct buf *list)
{
	char sep = '[';

	for (size_t i = 0; i < set->n; i++) {
		struct pattern *p = &set->p[i];
		int r = pcre2_match(p->code, (PCRE2_SPTR)text.p, text.len, 0,
		    PCRE2_NO_UTF_CHECK, set->match, set->context);

		p->hit = r >= 0;
		p->gave_up += r < 0 && r != PCRE2_ERROR_NOMATCH;
		if (r < 0 || named_before(set, i))
			continue;
		buf_byte(list, sep);
		jsonw_str(list, (struct str){ p->name, p->name_len });
		sep = ',';
	}
	if (sep == ',')
		buf_byte(list, ']');
}

bool
patterns_gave_up(
    const struct patterns *set, size_t *i, struct str *name, int64_t *n)
{
	for (; *i < set->n; ++*i) {
		const struct pattern *p = &set->p[*i];

		if (p->gave_up == 0)
			continue;
		*name = (struct str){ p->name, p->name_len };
		*n = p->gave_up;
		++*i;
		return true;
	}
	return false;
}

void
patterns_free(struct patterns *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++) {
		free(set->p[i].name);
		pcre2_code_free(set->p[i].code);
	}
	free(set->p);
	pcre2_match_context_free(set->context);
	pcre2_match_data_free(set->match);
	pcre2_jit_stack_free(set->stack);
	pcre2_compile_context_free(set->how);
	pcre2_general_context_free(set->memory);
	free(set);
}
