/* What goes wrong, chosen by the seed; and somebody who starts again what has ended, as hudur serve does. */
#include "tests/simulate/actors.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/network.h"

enum { SUPERVISE_MS = 150, FAULT_KINDS = 11 };

static const int64_t hour = INT64_C(3600000);

static struct process *some_process(void)
{
	return world.processes[pick(world.process_count)];
}

static struct machine *some_machine(void)
{
	return &world.machines[pick(world.machine_count)];
}

static void part(void)
{
	const struct machine *a = some_machine(), *b = some_machine();

	if (a != b)
		network_part(a, b, world.now + between(200, 9000));
}

static void set_clock(void)
{
	static const int64_t shifts[] = {-1, 1, 24, 24 * 366};
	struct machine *machine = some_machine();

	machine->wall_shift += shifts[pick(4)] * hour;
	note("clock is set", machine->name, machine->wall_shift, 0);
}

/* Somebody removed the lock's file: another writer locks a new one. Only the epoch keeps the first from storing. */
static void remove_lock(void)
{
	struct file *file = disk_find("/s0/m.lock");

	if (!file || !file->locked)
		return;
	note("lock is removed", file->locked->name, 0, 0);
	file->locked = NULL;
}

/* One chance after the other: the order within an expression is the compiler's. */
static void strike(void *context, int64_t kind)
{
	struct process *process;
	int64_t number;

	(void)context;
	if (world.quiet)
		return;
	switch (kind) {
	case 0:
	case 1:
		process_kill(some_process(), true);
		break;
	case 2:
	case 3:
		number = chance(2) ? between(50, 3000) : between(3000, 7000);
		process_pause(some_process(), world.now + number);
		break;
	case 4:
		process_stop(some_process());
		break;
	case 5:
		machine_crash(some_machine());
		break;
	case 6:
		part();
		break;
	case 7:
		network_break_one();
		break;
	case 8:
		process = some_process();
		process->writes_left = between(1, 40);
		break;
	case 9:
		set_clock();
		break;
	default:
		remove_lock();
	}
}

static void supervise(void *context, int64_t value)
{
	for (unsigned i = 0; i < world.machine_count; i++) {
		struct machine *machine = &world.machines[i];

		if (!machine->up && chance(8))
			machine_boot(machine);
	}
	for (unsigned i = 0; i < world.process_count; i++) {
		struct process *process = world.processes[i];

		if (!process->alive && !process->machine->reboots && chance(4))
			process_start(process);
	}
	if (!world.quiet)
		event_at(world.now + SUPERVISE_MS, NULL, supervise, context, value);
}

static void choose_disk(void)
{
	for (unsigned i = 0; i < world.machine_count; i++) {
		struct disk_faults *faults = &disk_faults[i];

		if (chance(8))
			faults->sync_fails = (uint64_t)between(20, 100);
		if (chance(8))
			faults->is_full = (uint64_t)between(5, 100);
	}
}

void faults_begin(int64_t until)
{
	int64_t count = chance(10) ? 0 : between(1, 10);

	choose_disk();
	while (count--) {
		int64_t kind = (int64_t)pick(FAULT_KINDS);

		event_at(between(0, until), NULL, strike, NULL, kind);
	}
	event_at(SUPERVISE_MS, NULL, supervise, NULL, 0);
}

void faults_end(void)
{
	world.quiet = true;
	for (unsigned a = 0; a < world.machine_count; a++) {
		for (unsigned b = 0; b < a; b++)
			network_part(&world.machines[a], &world.machines[b], world.now);
		if (world.machines[a].up && world.machines[a].reboots)
			machine_crash(&world.machines[a]);
		if (!world.machines[a].up)
			machine_boot(&world.machines[a]);
	}
	for (unsigned i = 0; i < world.process_count; i++) {
		world.processes[i]->paused_until = world.processes[i]->writes_left = 0;
		process_start(world.processes[i]);
	}
}
