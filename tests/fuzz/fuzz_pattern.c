/*
 * fuzz pattern: any bytes as a file of patterns, matched with a fixed text.
 */
#include "fuzz.h"

#include "format/jsonscan.h"
#include "format/pattern.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf list, scratch;
	struct str text = STR("Grüße aus Köln, Kanal Eins! aaaaaaaaaaaaaaaaa");
	struct str rest, name;
	char path[64];
	int fd = fuzz_file(data, size, path);
	struct errmsg why;
	struct patterns *p = patterns_load(path, &why);
	int64_t n;
	size_t i = 0;

	close(fd);
	if (p == NULL) {
		must(why.text[0] != '\0');
		return 0;
	}
	buf_reset(&list);
	patterns_match(p, text, &list);
	rest = buf_view(&list);
	while (jsonscan_list_next(&rest, &scratch, &name))
		must(name.len > 0);
	must(list.len == 0 || rest.len == 1);
	while (patterns_gave_up(p, &i, &name, &n))
		must(n == 1);
	patterns_free(p);
	return 0;
}
