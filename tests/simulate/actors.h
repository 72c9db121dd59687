/* The processes of a seed: what the real programs' main.c do around their cores. */
#ifndef HUDUR_TESTS_SIMULATE_ACTORS_H
#define HUDUR_TESTS_SIMULATE_ACTORS_H

#include "schema/message.h"
#include "tests/simulate/world.h"

enum { WORKERS_MAX = 2, CLIENTS_MAX = 3, BADGES_MAX = 8 };

/* Made once: the event as it is loaded, and a spool for each client. */
struct image {
	void *bytes;
	size_t size;
};
struct scenery {
	struct image event, spools[CLIENTS_MAX];
	char badges[BADGES_MAX][65];
	unsigned badge_count;
};
extern struct scenery scenery;
void scenery_make(void);
void scenery_free(void);

struct process *broker_actor(unsigned number, struct machine *machine);
/* Requests it has now, and an invariant of its lists. */
uint32_t broker_actor_waiting(const struct process *process);

/* `folder` is /MACHINE; it speaks to all brokers. */
struct process *worker_actor(unsigned number, struct machine *machine, unsigned brokers);

/* Its spool is /MACHINE/spool; it tries the brokers in an order of its own. */
struct process *client_actor(unsigned number, struct machine *machine, unsigned brokers);
/* The program writes one request. */
void client_actor_act(struct process *process);
int64_t client_actor_backlog(const struct process *process);

/* What goes wrong until the world is quiet; then all is mended. */
void faults_begin(int64_t until);
void faults_end(void);

/* One seed from beginning to end; false with world.failure. */
bool scenario_run(uint64_t seed, bool trace);

/* A defect that is switched on until NULL is given. False: there is none of that name. */
void mutant_begin(void);
void mutant_set_disk(void);
bool mutant_choose(const char *name);
extern const char *const mutant_names[];

#endif
