/* One seed: a few machines, some requests, some faults, then quiet, in which everything must come to its end. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

#include "tests/simulate/actors.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/network.h"
#include "tests/simulate/oracle.h"

enum { PATIENCE_MS = 60000, STEP_MS = 250 };

struct cast {
	struct process *brokers[BROKERS_MAX], *workers[WORKERS_MAX], *clients[CLIENTS_MAX];
	unsigned broker_count, worker_count, client_count;
};

static void add_brokers(struct cast *cast)
{
	cast->broker_count = 1 + (unsigned)pick(2);
	cast->broker_count += chance(8);
	for (unsigned i = 0; i < cast->broker_count; i++)
		cast->brokers[i] = broker_actor(i, machine_new("b", i));
}

/* Two on one folder: one of them has the event, the other waits for its lock. */
static void add_workers(struct cast *cast)
{
	struct machine *machine = machine_new("s", 0);

	cast->worker_count = 1 + (unsigned)pick(2);
	disk_put("/s0/m.hudur", scenery.event.bytes, scenery.event.size);
	for (unsigned i = 0; i < cast->worker_count; i++)
		cast->workers[i] = worker_actor(i, machine, cast->broker_count);
}

static void add_clients(struct cast *cast)
{
	char path[16];

	cast->client_count = 1 + (unsigned)pick(CLIENTS_MAX);
	for (unsigned i = 0; i < cast->client_count; i++) {
		struct machine *machine = machine_new("c", i);

		snprintf(path, sizeof path, "/c%u/spool", i % 10);
		if (!chance(8)) /* else it makes its own */
			disk_put(path, scenery.spools[i].bytes, scenery.spools[i].size);
		cast->clients[i] = client_actor(i, machine, cast->broker_count);
	}
}

static void act(void *context, int64_t value)
{
	(void)value;
	client_actor_act(context);
}

static void plan(struct cast *cast, int64_t until)
{
	for (unsigned i = 0; i < cast->client_count; i++)
		for (int64_t n = between(1, chance(10) ? 40 : 12); n > 0; n--)
			event_at(between(0, until), NULL, act, cast->clients[i], 0);
}

static bool is_settled(const struct cast *cast)
{
	bool settled = !oracle_untold();

	for (unsigned i = 0; i < cast->client_count; i++)
		settled &= client_actor_backlog(cast->clients[i]) == 0;
	for (unsigned i = 0; i < cast->broker_count; i++)
		settled &= broker_actor_waiting(cast->brokers[i]) == 0;
	return settled;
}

static void tell_unsettled(const struct cast *cast)
{
	const struct sent *untold = oracle_untold();

	for (unsigned i = 0; i < cast->client_count; i++)
		if (client_actor_backlog(cast->clients[i]))
			world_fail("%s has a backlog of %" PRId64 " after %d s of quiet", cast->clients[i]->name,
				   client_actor_backlog(cast->clients[i]), PATIENCE_MS / 1000);
	for (unsigned i = 0; i < cast->broker_count; i++)
		if (broker_actor_waiting(cast->brokers[i]))
			world_fail("%s still keeps %u requests after %d s of quiet", cast->brokers[i]->name,
				   broker_actor_waiting(cast->brokers[i]), PATIENCE_MS / 1000);
	if (untold)
		world_fail("%s was not told of number %" PRId64 " after %d s of quiet", untold->client->name,
			   untold->number, PATIENCE_MS / 1000);
}

static void look_into_spools(const struct cast *cast)
{
	char path[16];

	for (unsigned i = 0; i < cast->client_count && !world_failed(); i++) {
		snprintf(path, sizeof path, "/c%u/spool", i % 10);
		oracle_rejected(path);
	}
}

static void come_to_rest(const struct cast *cast)
{
	int64_t until = world.now + PATIENCE_MS;

	do
		world_run(world.now + STEP_MS);
	while (!world_failed() && !is_settled(cast) && world.now < until);
	if (!is_settled(cast))
		tell_unsettled(cast);
	note("rests", "", world.now, (int64_t)oracle.answers);
}

/* In an orderly way, by a kill, or by the loss of power of the machine that has the event. */
static void end_all(const struct cast *cast)
{
	unsigned how = (unsigned)pick(3);

	for (unsigned i = 0; how == 0 && i < world.process_count; i++)
		process_stop(world.processes[i]);
	for (unsigned i = 0; how != 2 && i < world.process_count; i++)
		process_kill(world.processes[i], true);
	if (how == 2)
		machine_crash(cast->workers[0]->machine);
}

bool scenario_run(uint64_t seed, bool trace)
{
	struct cast cast = {.broker_count = 0};
	int64_t until;

	world_begin(seed, trace);
	sqlite3_randomness(0, NULL); /* it begins anew with our chance */
	mutant_begin();
	oracle.count = oracle.answers = oracle.rejections = 0;
	add_brokers(&cast);
	add_workers(&cast);
	add_clients(&cast);
	until = between(1000, 12000);
	for (unsigned i = 0; i < world.process_count; i++)
		process_start(world.processes[i]);
	plan(&cast, until);
	faults_begin(until);
	mutant_set_disk();
	world_run(until);
	faults_end();
	come_to_rest(&cast);
	look_into_spools(&cast);
	end_all(&cast);
	if (!world_failed())
		audit("/s0", "m", chance(8));
	world_end();
	return !world_failed();
}
