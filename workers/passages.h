/* Who passed which door, as the ledger tells it: state.c's part for scans and what doors decided. */
#ifndef HUDUR_WORKERS_PASSAGES_H
#define HUDUR_WORKERS_PASSAGES_H

#include "workers/state.h"

/*
 * Apply a ledger row that took effect. `person` is NULL for a badge that is nobody's: with a blank, the passage waits
 * for the badge's person. E_OK or E_NO_MEMORY.
 */

/* A scan that a door had decided before it came is recorded, and the decision stands. */
enum error passages_scan(struct state *state, const struct fact *fact, struct person *person);

/* What the door did is what happened: let in although refused here, or turned away although admitted here. */
enum error passages_decided(struct state *state, const struct fact *fact, struct person *person);

/* That scan of the person's, applied, would come behind all passages there are and leave them as they are. */
bool passages_only_grow(const struct person *person, const struct fact *scan);

/* The blank of that index in state->badges is this person's now, and so is what passed with it. */
enum error passages_claim_strays(struct state *state, uint32_t badge, struct person *person);

/* What passed with it stays unclaimed. */
void passages_drop_strays(struct state *state, uint32_t badge);

#endif
