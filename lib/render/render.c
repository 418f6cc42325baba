#include "render/render.h"

static const struct render formats[] = {
	{ "text", ".txt", render_text_weekly, render_text_history,
	    render_text_stream, render_text_mentions },
	{ "csv", ".csv", render_csv_weekly, render_csv_history,
	    render_csv_stream, render_csv_mentions },
	{ "json", ".json", render_json_weekly, render_json_history,
	    render_json_stream, render_json_mentions },
	{ "html", ".html", render_html_weekly, render_html_history,
	    render_html_stream, render_html_mentions },
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
