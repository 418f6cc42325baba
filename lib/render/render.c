#include "render/render.h"

static const struct render formats[] = {
	{ "text", ".txt", render_text_weekly },
	{ "csv", ".csv", render_csv_weekly },
	{ "json", ".json", render_json_weekly },
	{ "html", ".html", render_html_weekly },
};

#define N_FORMATS (sizeof(formats) / sizeof(*formats))

const struct render *
render_by_name(const char *name)
{
	for (size_t i = 0; i < N_FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

const struct render *
render_by_path(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot == NULL)
		return NULL;
	for (size_t i = 0; i < N_FORMATS; i++)
		if (strcmp(formats[i].extension, dot) == 0)
			return &formats[i];
	return NULL;
}
