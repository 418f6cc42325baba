/*
 * attr - what the compiler should check for us
 *
 * One spelling for the function attributes that gcc and clang share.
 */
#ifndef TW_BASE_ATTR_H
#define TW_BASE_ATTR_H

/* The result tells of a failure and has to be looked at. */
#define MUST_USE __attribute__((warn_unused_result))

/* Argument `f` is a printf format for the arguments from `a` on. */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Worth it where an argument is a constant that decides what is left of it. */
#define ALWAYS_INLINE __attribute__((always_inline))

/* For what is seldom needed, so that its caller stays small. */
#define NEVER_INLINE __attribute__((noinline))

/* This function reads beside what it was given, on purpose and with care. */
#define NO_ADDRESS_CHECK __attribute__((no_sanitize("address")))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif
