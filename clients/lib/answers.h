/* Answers that came and were not handed out yet. */
#ifndef HUDUR_CLIENTS_ANSWERS_H
#define HUDUR_CLIENTS_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "schema/mdp.h"

/* More partials than this are dropped: nobody can be made to keep what he never asked for. */
enum { PARTIALS_MAX = 1024 };

struct kept_answer {
	TAILQ_ENTRY(kept_answer) link;
	uint8_t id[ID_SIZE];
	bool final;
	const char *service; /* NUL-terminated */
	struct text map;
	char bytes[];
};

TAILQ_HEAD(kept_answers, kept_answer);

/* TAILQ_INIT the list, zero the rest. */
struct answers {
	struct kept_answers list;
	unsigned partials;
};

/* Copies. False when memory is out or there are too many partials. */
bool answers_add(struct answers *answers, const uint8_t *id, bool final, struct text service,
		 struct text map);

/*
 * Owned by the caller, who frees it; NULL: none. With an id the final answer to that request
 * only.
 */
struct kept_answer *answers_take(struct answers *answers, const uint8_t *id);

void answers_release(struct answers *answers);

#endif
