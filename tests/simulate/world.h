/*
 * One seed's world: virtual time, chance, and processes on machines. No thread, no socket, no real time.
 *
 * The real cores run in it: the broker's (broker/core.h), the worker's (workers/link.h, intake.h, writer.h and all
 * below them) and the client's (clients/hudur.h and all below it). What they need of the system is given here:
 *
 *   world.c     time, events, processes that are paused and killed
 *   system.c    the functions of clocks, chance and files that the cores call
 *   disk.c      files whose unsynced bytes are lost when their machine loses power; vfs.c: the same for SQLite
 *   network.c   connections: delayed, cut, half-open, partitioned; sockets.c: dealer.h and ZeroMQ's functions over it
 *   broker.c, worker.c, client.c   what main.c and the threads do around the cores in the real programs
 *   faults.c    what goes wrong; scenario.c one seed from its beginning to its end
 *   oracle.c    what was sent and answered; audit.c: what must then stand in the file
 *   mutants.c   defects that can be switched on, so that the oracle is seen to find them
 */
#ifndef HUDUR_TESTS_SIMULATE_WORLD_H
#define HUDUR_TESTS_SIMULATE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MACHINES_MAX = 10, PROCESSES_MAX = 12 };

/* 29 February 2024, 10:00 in the zone of the event. */
#define WALL_START INT64_C(1709197200000)

struct machine {
	char name[8];
	unsigned number;
	bool up;
	int64_t wall_shift; /* its clock minus the true time */
	int64_t booted;     /* added to its monotonic clock */
	bool reboots;       /* a sync failed: it is about to be started anew, as the worker asks for */
};

struct process {
	char name[8];
	struct machine *machine;
	unsigned life;        /* raised by each start and end: events of an earlier one are void */
	bool alive, dying;    /* dying: killed inside a call; nothing that it does has an effect any more */
	int64_t paused_until; /* stopped, or waiting inside a call */
	int64_t ahead;        /* how long the call that runs has waited */
	int64_t writes_left;  /* it is killed inside this write; 0: it is not */
	bool woken;           /* a wake is on its way */
	void (*start)(struct process *process);
	void (*wake)(struct process *process);
	void (*stop)(struct process *process);                /* ends in an orderly way */
	void (*release)(struct process *process);             /* frees what the dead one held */
	void *actor;
};

typedef void event_fn(void *context, int64_t value);

struct world {
	uint64_t seed, random, hash;
	int64_t now;
	bool trace, quiet; /* quiet: nothing goes wrong any more */
	struct process *current;
	struct machine machines[MACHINES_MAX];
	unsigned machine_count;
	struct process *processes[PROCESSES_MAX];
	unsigned process_count;
	char failure[400]; /* the first invariant that did not hold */
};

extern struct world world;

void world_begin(uint64_t seed, bool trace);
void world_end(void);

/* The first breach is kept, and the world stops. */
void world_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline bool world_failed(void)
{
	return world.failure[0] != '\0';
}

/* Everything that happens goes into the seed's hash, and is told with TRACE=1. */
void note(const char *what, const char *who, int64_t a, int64_t b);
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);
#define HASH_START UINT64_C(14695981039346656037)

uint64_t pick(uint64_t below);
static inline bool chance(uint64_t in)
{
	return pick(in) == 0;
}
static inline int64_t between(int64_t low, int64_t high)
{
	return low + (int64_t)pick((uint64_t)(high - low + 1));
}

struct machine *machine_new(const char *name, unsigned number);
struct process *process_new(const char *name, unsigned number, struct machine *machine, void *actor);

/* Events of a process wait while it is paused and are void when it has ended; NULL: the world's own. */
void event_at(int64_t time, struct process *process, event_fn *fn, void *context, int64_t value);
void world_run(int64_t until);

void process_start(struct process *process);
/* Calls process->wake as soon as it runs. */
void process_wake(struct process *process);
/* `told`: its peers' kernels hear of it; false when the machine itself is gone. */
void process_kill(struct process *process, bool told);
void process_stop(struct process *process);
void process_pause(struct process *process, int64_t until);

/* Loses power: what was not synced may be lost, and nobody is told. */
void machine_crash(struct machine *machine);
void machine_boot(struct machine *machine);
/* Whoever runs it starts it anew, some time after a sync failed. */
void machine_restart(struct machine *machine);

#endif
