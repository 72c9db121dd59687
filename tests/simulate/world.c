/* A heap of events, a generator, and the life of processes. */
#include "tests/simulate/world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulate/disk.h"
#include "tests/simulate/network.h"

enum { EVENTS_MAX = 1 << 14, RESTART_MS = 3000 };

struct event {
	int64_t time;
	uint64_t order;
	struct process *process;
	unsigned life;
	event_fn *fn;
	void *context;
	int64_t value;
};

struct world world;
static struct event heap[EVENTS_MAX];
static unsigned heap_count;
static uint64_t heap_order;

/* ---- chance and trace ---- */

/* splitmix64: https://prng.di.unimi.it/splitmix64.c */
static uint64_t draw(void)
{
	uint64_t z = world.random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t pick(uint64_t below)
{
	return draw() % below;
}

/* FNV-1a over words, the rest by bytes: a trace wants speed, not secrecy. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t word;

	for (; size >= sizeof word; size -= sizeof word, at += sizeof word) {
		memcpy(&word, at, sizeof word);
		hash = (hash ^ word) * UINT64_C(1099511628211);
		hash ^= hash >> 29;
	}
	while (size--)
		hash = (hash ^ *at++) * UINT64_C(1099511628211);
	return hash;
}

void note(const char *what, const char *who, int64_t a, int64_t b)
{
	const int64_t words[] = {world.now, a, b};

	world.hash = hash_bytes(world.hash, words, sizeof words);
	world.hash = hash_bytes(world.hash, what, strlen(what));
	world.hash = hash_bytes(world.hash, who, strlen(who));
	if (world.trace)
		printf("%8" PRId64 " %-4s %-20s %" PRId64 " %" PRId64 "\n", world.now, who, what, a, b);
}

void world_fail(const char *format, ...)
{
	va_list list;

	if (world_failed())
		return;
	va_start(list, format);
	vsnprintf(world.failure, sizeof world.failure, format, list);
	va_end(list);
	if (world.trace)
		printf("%8" PRId64 " FAILED %s\n", world.now, world.failure);
}

/* ---- time ---- */

static bool before(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void swap(unsigned a, unsigned b)
{
	struct event held = heap[a];

	heap[a] = heap[b];
	heap[b] = held;
}

static void push(struct event event)
{
	unsigned at = heap_count++;

	if (heap_count == EVENTS_MAX)
		abort();
	heap[at] = event;
	for (; at && before(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2)
		swap(at, (at - 1) / 2);
}

static struct event pop(void)
{
	struct event first = heap[0];

	heap[0] = heap[--heap_count];
	for (unsigned at = 0, least = 0;; at = least) {
		for (unsigned child = 2 * at + 1; child <= 2 * at + 2 && child < heap_count; child++)
			if (before(&heap[child], &heap[least]))
				least = child;
		if (least == at)
			return first;
		swap(at, least);
	}
}

void event_at(int64_t time, struct process *process, event_fn *fn, void *context, int64_t value)
{
	push((struct event){.time = time < world.now ? world.now : time, .order = ++heap_order, .process = process,
			    .life = process ? process->life : 0, .fn = fn, .context = context, .value = value});
}

/* What a call waited for has passed for its process alone: until then it does nothing else. */
static void leave(struct process *process)
{
	if (process->dying)
		process_kill(process, true);
	else if (process->ahead && process->paused_until < world.now + process->ahead)
		process->paused_until = world.now + process->ahead;
	process->ahead = 0;
}

static void run_in(struct process *process, event_fn *fn, void *context, int64_t value)
{
	struct process *outer = world.current;

	world.current = process;
	fn(context, value);
	world.current = outer;
	if (process)
		leave(process);
}

void world_run(int64_t until)
{
	while (heap_count && heap[0].time <= until && !world_failed()) {
		struct event event = pop();
		struct process *process = event.process;

		world.now = event.time;
		if (process && (!process->alive || process->life != event.life))
			continue;
		if (process && process->paused_until > world.now) {
			event.time = process->paused_until;
			event.order = ++heap_order;
			push(event);
			continue;
		}
		run_in(process, event.fn, event.context, event.value);
	}
	if (world.now < until)
		world.now = until;
}

/* ---- processes ---- */

struct machine *machine_new(const char *name, unsigned number)
{
	struct machine *machine = &world.machines[world.machine_count];

	*machine = (struct machine){.number = world.machine_count++, .up = true, .booted = between(1000, 100000000)};
	snprintf(machine->name, sizeof machine->name, "%s%u", name, number % 10);
	return machine;
}

struct process *process_new(const char *name, unsigned number, struct machine *machine, void *actor)
{
	struct process *process = calloc(1, sizeof *process);

	if (!process)
		abort();
	process->machine = machine;
	process->actor = actor;
	snprintf(process->name, sizeof process->name, "%s%u", name, number % 10);
	world.processes[world.process_count++] = process;
	return process;
}

static void call_start(void *context, int64_t value)
{
	struct process *process = context;

	(void)value;
	process->start(process);
}

void process_start(struct process *process)
{
	if (process->alive || !process->machine->up)
		return;
	process->alive = true;
	process->dying = process->woken = false;
	process->paused_until = process->writes_left = 0;
	process->life++;
	note("starts", process->name, process->life, 0);
	run_in(process, call_start, process, 0);
}

static void call_wake(void *context, int64_t value)
{
	struct process *process = context;

	(void)value;
	process->woken = false;
	process->wake(process);
}

void process_wake(struct process *process)
{
	if (!process->alive || process->woken)
		return;
	process->woken = true;
	event_at(world.now, process, call_wake, process, 0);
}

static void call_release(void *context, int64_t value)
{
	struct process *process = context;

	(void)value;
	process->release(process);
}

void process_kill(struct process *process, bool told)
{
	struct process *outer = world.current;

	if (!process->alive)
		return;
	note("is killed", process->name, process->life, told);
	process->dying = true;
	network_end(process, told);
	world.current = process;
	call_release(process, 0);
	world.current = outer;
	disk_end(process);
	process->alive = process->dying = false;
	process->life++;
}

static void call_stop(void *context, int64_t value)
{
	struct process *process = context;

	(void)value;
	process->stop(process);
}

void process_stop(struct process *process)
{
	if (!process->alive || process->paused_until > world.now)
		return;
	note("stops", process->name, process->life, 0);
	run_in(process, call_stop, process, 0);
	process_kill(process, true);
}

void process_pause(struct process *process, int64_t until)
{
	if (process->alive && process->paused_until < until) {
		note("is paused", process->name, until - world.now, 0);
		process->paused_until = until;
	}
}

void machine_crash(struct machine *machine)
{
	note("loses power", machine->name, 0, 0);
	for (unsigned i = 0; i < world.process_count; i++)
		if (world.processes[i]->machine == machine)
			process_kill(world.processes[i], false);
	disk_crash(machine);
	machine->up = false;
}

void machine_boot(struct machine *machine)
{
	note("boots", machine->name, 0, 0);
	machine->up = true;
	machine->reboots = false;
	machine->booted = between(1000, 100000000);
}

static void restart(void *context, int64_t value)
{
	struct machine *machine = context;

	(void)value;
	if (machine->up && machine->reboots)
		machine_crash(machine);
}

void machine_restart(struct machine *machine)
{
	machine->reboots = true;
	event_at(world.now + between(0, RESTART_MS), NULL, restart, machine, 0);
}

void world_begin(uint64_t seed, bool trace)
{
	world = (struct world){.seed = seed, .trace = trace, .hash = HASH_START,
			       .random = seed * UINT64_C(0xd1342543de82ef95) + 1};
	heap_count = 0;
	heap_order = 0;
}

void world_end(void)
{
	for (unsigned i = 0; i < world.process_count; i++)
		process_kill(world.processes[i], false);
	for (unsigned i = 0; i < world.process_count; i++)
		free(world.processes[i]);
	world.process_count = 0;
	network_clear();
	disk_clear();
}
