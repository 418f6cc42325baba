/*
 * rawlog - a line of the raw log, tw-raw(5)
 *
 * `<received>\t<source>\t<channel>\t<payload>`, or a bare line of IRC as public
 * chat loggers keep it.
 */
#ifndef TW_FORMAT_RAWLOG_H
#define TW_FORMAT_RAWLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

#define RAWLOG_NO_TIME INT64_MIN

enum rawlog_source {
	RAWLOG_BARE, /* no prefix: IRC */
	RAWLOG_IRC,
	RAWLOG_HELIX,
	RAWLOG_MARK,
	RAWLOG_OTHER, /* a word that we do not know */
};

struct rawlog {
	int64_t received; /* ms UTC; RAWLOG_NO_TIME for a bare line */
	enum rawlog_source source;
	struct str channel; /* empty for a bare line and for `-` */
	struct str payload; /* for a bare line all of it */
};

/*
 * Split `line`, which has no line end any more.
 *
 * Returns false when it has no readable prefix and does not look like IRC.
 * `line` is borrowed as long as `r` is looked at.
 */
bool rawlog_parse(struct rawlog *r, struct str line) MUST_USE;

#endif
