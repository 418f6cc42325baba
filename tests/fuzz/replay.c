/*
 * replay - a main for the fuzz targets where there is no libFuzzer: feeds each
 * file, or each file in each folder, that is named to the target.
 */
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"

static int fed;

static void
feed(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t n;

	if (f == NULL || fstat(fileno(f), &st) != 0)
		err(1, "%s", path);
	/* Exactly as long as the input, so that ASan sees a step too far. */
	data = malloc((size_t)st.st_size);
	if (data == NULL && st.st_size > 0)
		err(1, "malloc");
	n = fread(data, 1, (size_t)st.st_size, f);
	if (ferror(f))
		err(1, "%s", path);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	fed++;
}

static void
feed_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	char name[4096];
	struct stat st;

	if (d == NULL)
		err(1, "%s", path);
	while ((entry = readdir(d)) != NULL) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
			feed(name);
	}
	closedir(d);
}

int
main(int argc, char **argv)
{
	struct stat st;

	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st) != 0)
			err(1, "%s", argv[i]);
		if (S_ISDIR(st.st_mode))
			feed_folder(argv[i]);
		else
			feed(argv[i]);
	}
	printf("%d fed\n", fed);
	return 0;
}
