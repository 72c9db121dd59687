/* Numbers that look random and are the same for the same seed. */
#ifndef HUDUR_TESTS_POWERLOSS_CHANCE_H
#define HUDUR_TESTS_POWERLOSS_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

/* https://prng.di.unimi.it/splitmix64.c */
static inline uint64_t chance_next(struct chance *chance)
{
	uint64_t z = (chance->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 to below - 1; 0 when that is none. */
static inline uint64_t chance_below(struct chance *chance, uint64_t below)
{
	return below ? chance_next(chance) % below : 0;
}

static inline bool chance_coin(struct chance *chance)
{
	return chance_next(chance) & 1;
}

/* libsodium's generator gives seeded bytes from now on, so that ids and badges are the same in each run. */
void chance_seed_sodium(uint64_t seed);

#endif
