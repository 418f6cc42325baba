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

/* Whether a tool watches that nothing is read beside what was allocated. */
#if defined(__SANITIZE_ADDRESS__)
#define READS_ARE_CHECKED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define READS_ARE_CHECKED true
#endif
#endif
#if !defined(READS_ARE_CHECKED)
#define READS_ARE_CHECKED false
#endif

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif
