/* A program of libhudur: it scans, registers and checks in, and looks for answers when it should. */
#include <stdio.h>
#include <stdlib.h>

#include "clients/hudur.h"
#include "schema/arena.h"
#include "tests/simulate/actors.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/oracle.h"

enum { MAP_MAX = 1024, PERSONS = 6 };

struct client_process {
	struct process *process;
	char spool[32], endpoints[64];
	struct hudur *handle;
	int64_t timer;
	struct arena arena;
};

static void wake(struct process *process);

static void wake_in_time(void *context, int64_t timer)
{
	struct client_process *self = context;

	if (timer == self->timer)
		wake(self->process);
}

static void wake(struct process *process)
{
	struct client_process *self = process->actor;
	struct hudur_reply reply;
	int64_t wait;

	while (!process->dying && hudur_next(self->handle, 0, &reply) == 1)
		if (!process->dying)
			oracle_answered(process, &reply);
	wait = hudur_timeout(self->handle);
	event_at(world.now + process->ahead + (wait > 0 ? wait : 1), process, wake_in_time, self, ++self->timer);
}

static void start(struct process *process)
{
	struct client_process *self = process->actor;
	const struct hudur_options options = {.endpoints = self->endpoints, .spool = self->spool, .actor = process->name};

	if (hudur_new(&options, &self->handle) == 0) {
		wake(process);
		return;
	}
	if (world.trace)
		printf("%8lld %-4s says: %s\n", (long long)world.now, process->name, hudur_error(self->handle));
	if (world.quiet && !process->dying)
		world_fail("%s cannot use its spool: %s", process->name, hudur_error(self->handle));
	process->dying = true;
}

static void stop(struct process *process)
{
	(void)process; /* a client has nothing to say in the end; release is hudur_free */
}

static void release(struct process *process)
{
	struct client_process *self = process->actor;

	hudur_free(self->handle);
	self->handle = NULL;
	arena_free(&self->arena);
}

struct process *client_actor(unsigned number, struct machine *machine, unsigned brokers)
{
	static struct client_process all[CLIENTS_MAX];
	struct client_process *self = &all[number];
	struct process *process = process_new("c", number, machine, self);
	unsigned first = (unsigned)pick(brokers);

	*self = (struct client_process){.process = process};
	snprintf(self->spool, sizeof self->spool, "/%s/spool", machine->name);
	for (unsigned i = 0; i < brokers; i++)
		snprintf(self->endpoints + strlen(self->endpoints), sizeof self->endpoints - strlen(self->endpoints),
			 "%stcp://b%u:1", i ? "," : "", (first + i) % brokers % 10);
	process->start = start;
	process->wake = wake;
	process->stop = stop;
	process->release = release;
	return process;
}

int64_t client_actor_backlog(const struct process *process)
{
	const struct client_process *self = process->actor;

	return self->handle ? hudur_backlog(self->handle) : -1;
}

/* ---- what it writes ---- */

static struct text some_badge(void)
{
	if (chance(25))
		return TEXT("no such badge");
	return text_of(scenery.badges[pick(scenery.badge_count)]);
}

static struct text some_session(void)
{
	static const char *const codes[] = {"S1", "S2", "W1", "nowhere"};

	return text_of(codes[chance(30) ? 3 : pick(3)]);
}

static bool write_map(struct client_process *self, const char *service, const char *op, const void *fields,
		      uint8_t *id)
{
	const char *last = strrchr(service, '/') + 1;
	const struct operation *operation = operation_find(text_of(last), text_of(op));
	struct request request;
	struct text map;
	int result;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	if (!operation || message_encode_two(&message_request, &request, operation->request, fields, &self->arena, &map))
		abort();
	result = hudur_write(self->handle, service, map.at, map.size, 0, id);
	if (!self->process->dying && result == 0)
		oracle_kept(self->process, id);
	return result == 0;
}

static bool scan(struct client_process *self, struct scan *in, uint8_t *id)
{
	message_clear(&message_scan, in);
	in->badge = some_badge();
	in->session = some_session();
	in->direction = chance(3) ? direction_out : direction_in;
	return write_map(self, "m/attendance", "scan", in, id);
}

/* A door decides alone; the two may come in either order. */
static void decide(struct client_process *self)
{
	struct scan about;
	struct decided in;
	uint8_t id[ID_SIZE], own[ID_SIZE];

	if (!scan(self, &about, id))
		return;
	message_clear(&message_decided, &in);
	in.scan = (struct text){(const char *)id, ID_SIZE};
	in.badge = about.badge;
	in.session = about.session;
	in.direction = about.direction;
	in.admitted = !chance(3);
	write_map(self, "m/attendance", "decided", &in, own);
}

static void register_one(struct client_process *self, uint8_t *id)
{
	struct registration in;

	message_clear(&message_registration, &in);
	in.name = TEXT("Invented Sample");
	in.entity = TEXT("TR");
	in.category = (enum category)pick(category_count);
	in.walk_in = true;
	in.accredit = !chance(4);
	write_map(self, "m/registration", "register", &in, id);
}

static void at_the_desk(struct client_process *self, uint8_t *id)
{
	struct check_in in;
	struct reissue again;

	message_clear(&message_check_in, &in);
	message_clear(&message_reissue, &again);
	in.person = again.person = (int64_t)pick(PERSONS + 2) + 1;
	in.issue = chance(2);
	again.why = TEXT("lost");
	if (chance(4))
		write_map(self, "m/checkin", "reissue", &again, id);
	else
		write_map(self, "m/checkin", "check_in", &in, id);
}

static void gavel(struct client_process *self, uint8_t *id)
{
	struct gavel in;

	message_clear(&message_gavel, &in);
	in.session = some_session();
	write_map(self, "m/attendance", chance(2) ? "open_session" : "close_session", &in, id);
}

/* A read; nobody waits for its answer. */
static void ask(struct client_process *self, uint8_t *id)
{
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = TEXT("list_events");
	if (message_encode(&message_request, &request, &self->arena, &map) == E_OK &&
	    hudur_read(self->handle, "w0/events", map.at, map.size, id) == 0 && chance(2))
		hudur_forget(self->handle, id);
}

static void act(void *context, int64_t value)
{
	struct process *process = context;
	struct client_process *self = process->actor;
	uint8_t id[ID_SIZE];
	struct scan in;

	(void)value;
	arena_reset(&self->arena);
	switch (pick(12)) {
	case 0:
		decide(self);
		break;
	case 1:
		register_one(self, id);
		break;
	case 2:
		at_the_desk(self, id);
		break;
	case 3:
		if (chance(2))
			gavel(self, id);
		else
			ask(self, id);
		break;
	default:
		scan(self, &in, id);
	}
	if (!process->dying)
		wake(process);
}

void client_actor_act(struct process *process)
{
	if (process->alive)
		event_at(world.now, process, act, process, 0);
}
