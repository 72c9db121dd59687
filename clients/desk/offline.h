/* How a desk works while nobody answers, and how it goes on afterwards. */
#ifndef HUDUR_CLIENTS_OFFLINE_H
#define HUDUR_CLIENTS_OFFLINE_H

#include "clients/desk/desk.h"

/* A roster that was whole once, from a file or from the server. */
bool offline_knows(const struct desk *desk);

/*
 * Nobody is there to do it: a broker whose worker is away answers busy by itself, and one that has not met the worker
 * since it began knows of no event, which a roster does.
 */
bool offline_is_absence(const struct desk *desk, const struct reply *reply);

/* "roster 3 min old" */
void offline_age(const struct desk *desk, char *text, size_t size);

/* Shows whom the roster has for what is typed: answers the search of that generation. */
void offline_search(struct desk *desk, uint32_t generation, struct text text, int64_t person);

/* Nobody answers; told once. */
void offline_begin(struct desk *desk);

/* Somebody does. */
void offline_end(struct desk *desk);

/* The ledger sequence from which on things happened meanwhile, for a request that is made now. */
int64_t offline_since(const struct desk *desk);

/* Remembers what an earlier run kept, so that its answers are told by name. Before anything is received. */
void offline_recall(struct desk *desk);

/* ---- what happened meanwhile, in meanwhile.c ---- */

/* Looks for doubles of a walk-in that was kept and now is #person, once the roster holds that ledger entry. */
void meanwhile_expect(struct desk *desk, const struct awaited *kept, int64_t person, int64_t ledger);
void meanwhile_look(struct desk *desk);

/* Asks whether somebody whose check-in was kept, and now is that ledger entry, was checked in elsewhere. */
void meanwhile_ask(struct desk *desk, const struct awaited *kept, int64_t person, int64_t ledger);

/* Tells an answer to either question. */
void meanwhile_answer(struct desk *desk, const struct awaited *awaited, struct text map, struct arena *arena);

#endif
