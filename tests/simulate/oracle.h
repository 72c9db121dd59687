/* What clients sent and were answered: what must be true of it at any time, and of the event file in the end. */
#ifndef HUDUR_TESTS_SIMULATE_ORACLE_H
#define HUDUR_TESTS_SIMULATE_ORACLE_H

#include "clients/hudur.h"
#include "schema/mdp.h"
#include "schema/message.h"
#include "tests/simulate/world.h"

enum { SENT_MAX = 512, DIGEST_BYTES = 16 };

struct sent {
	uint8_t id[ID_SIZE], device[ID_SIZE], digest[DIGEST_BYTES];
	const struct operation *operation;
	const struct process *client;
	int64_t number;
	unsigned kept; /* the life of the client in which it was told that it is in the spool; 0: it was not */
	bool seen;     /* it went out */
	bool answered; /* ok or refused */
	bool rejected; /* error: told, or found in the spool for a person to look at */
	bool stored;   /* found in the file */
	char reason[33];
	uint64_t result; /* hash of its bytes */
};

struct oracle {
	struct sent sent[SENT_MAX];
	unsigned count, answers, rejections;
};
extern struct oracle oracle;

/* hudur_write said that it is kept. */
void oracle_kept(const struct process *client, const uint8_t *id);
/* A client's message went out. */
void oracle_sent(const struct process *client, const struct frames *frames);
/* The client's program was handed an answer. */
void oracle_answered(const struct process *client, const struct hudur_reply *reply);

struct sent *oracle_find(const void *id);
/* Looks into a spool after quiet: what was rejected there needs no other answer. */
void oracle_rejected(const char *spool);
/* A client that still lives was told of everything that it keeps; NULL, or what it was not told of. */
const struct sent *oracle_untold(void);

/* Opens the file as its writer after everything has ended, and compares. */
void audit(const char *folder, const char *event, bool thorough);

#endif
