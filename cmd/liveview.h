/*
 * liveview - the live view on a terminal
 */
#ifndef TW_CMD_LIVEVIEW_H
#define TW_CMD_LIVEVIEW_H

#include "model/live.h"
#include "intake.h"

/*
 * Show stats lines of the operand `path` as they come, until `q` or a signal.
 * With `once`, or without a terminal, one frame is printed at the end of the
 * input, in which "now" is the end of the last window. `in`, whose options say
 * which lines, is taken, and closed.
 *
 * Returns the graver of tool_each_line() and intake_close().
 */
enum tool_exit liveview_run(
    const char *path, const char *tz, bool once, struct intake in);

#endif
