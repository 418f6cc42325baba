/*
 * tap - the Test Anything Protocol, for one small test program
 *
 * A test program calls ok() and is() and ends with `return tap_done();`. State
 * is this program's own.
 */
#ifndef TW_TESTS_TAP_H
#define TW_TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

static int tap_n, tap_failed;

/* Reports test number n: it passes when `good` holds. */
#define ok(good, ...) tap_ok((good), __FILE__, __LINE__, __VA_ARGS__)

/* Reports whether the bytes of `got` are those of the C string `want`. */
#define is(got, want, ...)                                                     \
	tap_is((got), str_of(want), __FILE__, __LINE__, __VA_ARGS__)

/* Reports whether two whole numbers are equal. */
#define is_int(got, want, ...)                                                 \
	tap_is_int((got), (want), __FILE__, __LINE__, __VA_ARGS__)

static inline bool
tap_report(bool good, const char *file, int line, const char *fmt, va_list ap)
{
	tap_n++;
	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_n);
	vprintf(fmt, ap);
	printf("\n");
	if (!good)
		printf("# at %s line %d\n", file, line);
	return good;
}

static inline bool __attribute__((format(printf, 4, 5)))
tap_ok(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_report(good, file, line, fmt, ap);
	va_end(ap);
	return good;
}

static inline bool __attribute__((format(printf, 5, 6))) tap_is(struct str got,
    struct str want, const char *file, int line, const char *fmt, ...)
{
	bool good = str_eq(got, want);
	va_list ap;

	va_start(ap, fmt);
	tap_report(good, file, line, fmt, ap);
	va_end(ap);
	if (!good)
		printf("#  got: %.*s\n# want: %.*s\n", STR_ARGS(got),
		    STR_ARGS(want));
	return good;
}

static inline bool __attribute__((format(printf, 5, 6))) tap_is_int(
    int64_t got, int64_t want, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_report(got == want, file, line, fmt, ap);
	va_end(ap);
	if (got != want)
		printf("#  got: %" PRId64 "\n# want: %" PRId64 "\n", got, want);
	return got == want;
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed > 0;
}

#endif
