/*
 * now - the clock
 *
 * The only place that asks what time it is. Everything else is told.
 */
#ifndef TW_BASE_NOW_H
#define TW_BASE_NOW_H

#include <stdint.h>

/*
 * Ask for the time of day.
 *
 * Returns milliseconds since 1970, UTC.
 */
int64_t now_ms(void);

/*
 * Ask a clock that nobody sets, for measuring how long something takes.
 *
 * Returns milliseconds since an unnamed moment.
 */
int64_t now_mono_ms(void);

#endif
