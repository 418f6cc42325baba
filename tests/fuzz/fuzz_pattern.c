/*
 * fuzz pattern: any bytes as a file of patterns, up to a NUL; what is behind it
 * is the text that they are matched with.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "format/jsonscan.h"
#include "format/pattern.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf list, again, scratch, repaired;
	struct str text = STR("Grüße aus Köln, Kanal Eins! aaaaaaaaaaaaaaaaa");
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t file = nul != NULL ? (size_t)(nul - data) : size, i = 0;
	struct str rest, name;
	char path[64];
	int fd = fuzz_file(data, file, path);
	struct errmsg why;
	struct patterns *p = patterns_load(path, &why);
	int64_t n;

	close(fd);
	if (p == NULL) {
		must(why.text[0] != '\0');
		return 0;
	}
	if (nul != NULL) {
		buf_reset(&repaired);
		utf8_repair(&repaired, fuzz_str(nul + 1, size - file - 1));
		text = buf_view(&repaired);
	}
	buf_reset(&list);
	patterns_match(p, text, &list);
	rest = buf_view(&list);
	while (jsonscan_list_next(&rest, &scratch, &name))
		must(name.len > 0);
	must(list.len == 0 || rest.len == 1);
	while (patterns_gave_up(p, &i, &name, &n))
		must(n == 1);
	/* A match leaves nothing behind. */
	buf_reset(&again);
	patterns_match(p, text, &again);
	must(str_eq(buf_view(&again), buf_view(&list)));
	patterns_free(p);
	return 0;
}
