/*
 * workers/main.c's and storing.c's part around the worker's cores. Their threads are events: what was gathered is decided some
 * milliseconds later, while more is gathered, and half of the time stored some milliseconds after that, while the next may
 * be decided.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/clock.h"
#include "tests/simulate/actors.h"
#include "workers/link.h"
#include "workers/writer.h"

enum { INTAKES = 4, CREDIT = 64, HEARTBEAT_MS = 1000, REST_MS = 1000, BATCH_MAX = 1024, NOTICES_MAX = 4 };

struct worker_process {
	struct process *process;
	char folder[16], endpoints[3][16];
	const char *brokers[4];
	struct links *links;
	struct writer *writer;
	struct aside aside;
	struct run *run; /* given to be stored aside */
	struct intake intakes[INTAKES];
	struct intake *gathered, *storing, *stored[INTAKES], *spare[INTAKES];
	unsigned stored_count, spare_count;
	struct {
		char id[65], place[16];
		int64_t epoch;
	} notices[NOTICES_MAX];
	unsigned notice_count;
	bool distrusted, turning;
	int64_t scanned;
	int64_t timer; /* the wake by time that counts */
};

static void turn(void *context, int64_t value);

static void say(void *context, const char *sentence)
{
	const struct worker_process *self = context;

	if (world.trace)
		printf("%8lld %-4s says: %s\n", (long long)world.now, self->process->name, sentence);
}

static bool post(void *context, const struct event *event)
{
	struct worker_process *self = context;
	unsigned i = self->notice_count;

	if (i == NOTICES_MAX)
		return false;
	snprintf(self->notices[i].id, sizeof self->notices[i].id, "%s", event->id);
	memcpy(self->notices[i].place, event->place, sizeof event->place);
	self->notices[i].epoch = event->identity.epoch;
	self->notice_count++;
	note("offers", self->process->name, event->identity.epoch, 0);
	process_wake(self->process);
	return true;
}

static void offer(struct worker_process *self, const char *owner, const char *service, const void *file,
		  int64_t epoch)
{
	char name[96];
	int size = snprintf(name, sizeof name, "%s/%s", owner, service);

	links_offer(self->links, (struct text){name, (uint32_t)size},
		    (struct text){file, file ? 16 : 0}, epoch);
}

static void offer_posted(struct worker_process *self)
{
	static const char *const services[] = {"registration", "checkin", "attendance"};

	while (self->notice_count) {
		unsigned i = --self->notice_count;

		for (int s = 0; s < 3; s++)
			offer(self, self->notices[i].id, services[s], self->notices[i].place, self->notices[i].epoch);
	}
}

/* ---- gathering ---- */

static size_t gather(void *context, struct link *link, struct text address, struct text id, struct text map)
{
	struct worker_process *self = context;

	if (!intake_take(self->gathered, link, address, id, map, clock_now(NULL)))
		link_reply(link, address, id, intake_busy(self->gathered, clock_now(NULL)));
	return 1;
}

static void reply(void *context, void *origin, struct text address, struct text id, struct text map)
{
	(void)context;
	link_reply(origin, address, id, map);
}

static void hand_out_stored(struct worker_process *self)
{
	while (self->stored_count && !self->distrusted) {
		struct intake *intake = self->stored[0];

		self->stored_count--;
		memmove(self->stored, self->stored + 1, self->stored_count * sizeof *self->stored);
		intake_hand_out(intake, clock_now(NULL), reply, NULL);
		intake_reset(intake);
		self->spare[self->spare_count++] = intake;
	}
	links_send_replies(self->links);
}

static bool has_work(const struct worker_process *self)
{
	return !self->storing && self->gathered && self->gathered->count && self->spare_count;
}

static void press(struct worker_process *self)
{
	if (!has_work(self))
		return;
	self->storing = self->gathered;
	self->gathered = self->spare[--self->spare_count];
	event_at(world.now + between(0, chance(20) && !world.quiet ? 400 : 12), self->process, turn, self, 0);
}

static void wake_in_time(void *context, int64_t timer)
{
	struct worker_process *self = context;

	if (timer == self->timer)
		self->process->wake(self->process);
}

static void wake(struct process *process)
{
	struct worker_process *self = process->actor;

	offer_posted(self);
	hand_out_stored(self);
	if (self->distrusted) {
		process->dying = true; /* with the status that nobody starts again */
		return;
	}
	links_receive(self->links, BATCH_MAX);
	links_send_replies(self->links);
	press(self);
	event_at(world.now + HEARTBEAT_MS, process, wake_in_time, self, ++self->timer);
}

/* ---- the storing thread ---- */

static void give_back(void *context, struct intake *intake)
{
	struct worker_process *self = context;

	self->stored[self->stored_count++] = intake;
	process_wake(self->process);
}

static void check(struct worker_process *self, bool trusted)
{
	if (trusted)
		return;
	self->distrusted = true;
	process_wake(self->process);
}

static void store_given(void *context)
{
	struct worker_process *self = context;
	struct run *run = self->run;

	if (!run)
		return;
	self->run = NULL;
	if (run_store(run))
		give_back(self, run_intake(run));
	run_tidy(run);
}

static void store_in_time(void *context, int64_t value)
{
	struct worker_process *self = context;

	(void)value;
	if (!self->run || self->distrusted)
		return;
	store_given(self);
	check(self, writer_settle(self->writer));
}

static bool begin_aside(void *context, struct run *run)
{
	struct worker_process *self = context;

	if (chance(2))
		return false;
	self->run = run;
	event_at(world.now + between(0, 12), self->process, store_in_time, self, 0);
	return true;
}

/* One turn of storing.c's loop; without an intake it has waited long enough to rest. */
static void turn(void *context, int64_t resting)
{
	struct worker_process *self = context;
	struct intake *intake = self->storing;

	if (self->distrusted || (resting && intake))
		return;
	if (intake) {
		size_t count = intake->count;
		bool trusted = writer_run(self->writer, intake, clock_now(NULL));

		note(self->run ? "decides" : "stores", self->process->name, (int64_t)count, trusted);
		self->storing = NULL;
		check(self, trusted);
	}
	check(self, intake ? writer_tidy(self->writer) : writer_rest(self->writer));
	if (world.now - self->scanned >= REST_MS) {
		check(self, writer_scan(self->writer));
		self->scanned = world.now;
	}
}

static void rest(void *context, int64_t value)
{
	struct worker_process *self = context;

	turn(self, 1);
	event_at(world.now + REST_MS, self->process, rest, self, value);
}

/* ---- life ---- */

static void start(struct process *process)
{
	struct worker_process *self = process->actor;
	const struct links_settings links = {
		.zmq = self, .brokers = self->brokers, .credit = CREDIT, .heartbeat_ms = HEARTBEAT_MS,
		.request = gather, .context = self,
	};
	const struct writer_settings settings = {
		.folder = self->folder, .random = randombytes_buf, .event_added = post, .log = say, .context = self,
	};

	self->links = links_new(&links);
	self->writer = writer_new(&settings);
	if (!self->links || !self->writer)
		abort();
	self->aside = (struct aside){begin_aside, store_given, give_back, self};
	writer_use_aside(self->writer, &self->aside);
	self->gathered = &self->intakes[0];
	for (int i = 1; i < INTAKES; i++)
		self->spare[self->spare_count++] = &self->intakes[i];
	check(self, writer_scan(self->writer));
	self->scanned = world.now;
	offer(self, process->name, "events", NULL, 0);
	event_at(world.now + REST_MS, process, rest, self, 0);
	process_wake(process);
}

/* What was gathered is stored and answered first. */
static void stop(struct process *process)
{
	struct worker_process *self = process->actor;

	if (!self->storing && self->gathered->count) {
		self->storing = self->gathered;
		self->gathered = NULL;
	}
	turn(self, 0);
	check(self, writer_settle(self->writer));
	hand_out_stored(self);
	links_free(self->links);
	self->links = NULL;
}

static void release(struct process *process)
{
	struct worker_process *self = process->actor;

	links_free(self->links);
	writer_free(self->writer);
	for (int i = 0; i < INTAKES; i++)
		intake_free(&self->intakes[i]);
	self->links = NULL;
	self->writer = NULL;
	self->gathered = self->storing = NULL;
	self->run = NULL;
	self->stored_count = self->spare_count = self->notice_count = 0;
	self->distrusted = false;
}

struct process *worker_actor(unsigned number, struct machine *machine, unsigned brokers)
{
	static struct worker_process all[WORKERS_MAX];
	struct worker_process *self = &all[number];
	struct process *process = process_new("w", number, machine, self);

	*self = (struct worker_process){.process = process};
	snprintf(self->folder, sizeof self->folder, "/%s", machine->name);
	for (unsigned i = 0; i < brokers; i++) {
		snprintf(self->endpoints[i], sizeof self->endpoints[i], "tcp://b%u:2", i % 10);
		self->brokers[i] = self->endpoints[i];
	}
	process->start = start;
	process->wake = wake;
	process->stop = stop;
	process->release = release;
	return process;
}
