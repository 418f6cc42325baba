/*
 * chance - random numbers
 *
 * The only place that asks for them. Good enough for a jitter and for names of
 * temporary things; whoever wants to test with them is told the number.
 */
#ifndef TW_BASE_CHANCE_H
#define TW_BASE_CHANCE_H

#include <stdint.h>

/*
 * Ask the kernel for a random number.
 *
 * Returns 64 bits, evenly spread.
 */
uint64_t chance(void);

#endif
