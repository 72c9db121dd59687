/* The desk's stock of blank badges, in the order in which they were made and printed. */
#ifndef HUDUR_CLIENTS_STOCK_H
#define HUDUR_CLIENTS_STOCK_H

#include "clients/desk/vault.h"
#include "schema/badge.h"
#include "schema/message.h"

enum { STOCK_MAX = 2000 };

/* Zero-initialise, then give the vault; without a seal the stock is gone when the program ends. */
struct stock {
	struct vault vault;
	char event[65];
	uint32_t count, used;
	char codes[STOCK_MAX][BADGE_SIZE + 1]; /* the first `used` are given away */
};

/* What the file holds. 1, 0: there is none, -1 with why not. */
int stock_load(struct stock *stock, const char **why);

/* Adds what the server made; known ones and codes of another event are left out. 0, or -1 with errno: not on disk. */
int stock_add(struct stock *stock, const struct blanks *blanks);

uint32_t stock_left(const struct stock *stock);

/* Whether it is in this stock and was not taken. */
bool stock_has(const struct stock *stock, const char *code);

/*
 * Takes the next one, which is on the disk as taken before this returns: it is never given again, whatever becomes of
 * the process. NULL when none is left, or when that could not be written (errno; 0: none left). View, until the next stock_add.
 */
const char *stock_take(struct stock *stock);

#endif
