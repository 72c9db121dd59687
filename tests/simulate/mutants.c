/* Defects, one at a time, put between two files by the linker: each must be found by the oracle. */
#include <stdlib.h>
#include <string.h>

#include "broker/service.h"
#include "broker/ticket.h"
#include "clients/lib/outbox.h"
#include "tests/simulate/actors.h"
#include "tests/simulate/disk.h"
#include "workers/distrust.h"
#include "workers/idset.h"
#include "workers/store.h"

enum mutant {
	NONE, EARLY_ANSWER, NO_DEDUPE, LOST_TICKET, LOST_REQUEST, NEW_ID, NO_EPOCH, LOST_COUNT, NO_DISTRUST, EVENT_UNSYNCED,
	SPOOL_UNSYNCED
};

const char *const mutant_names[] = {
	[EARLY_ANSWER - 1] = "early_answer",     /* replies are handed out before the commit */
	[NO_DEDUPE - 1] = "no_dedupe",           /* every id is taken for new */
	[LOST_TICKET - 1] = "lost_ticket",       /* a dead worker's requests are forgotten */
	[LOST_REQUEST - 1] = "lost_request",     /* a client forgets what was in flight when a connection broke */
	[NEW_ID - 1] = "new_id",                 /* a client sends again under another id */
	[NO_EPOCH - 1] = "no_epoch",             /* a writer that was superseded goes on */
	[LOST_COUNT - 1] = "lost_count",         /* a counter misses now and then */
	[NO_DISTRUST - 1] = "no_distrust",       /* another worker takes over on the machine whose sync failed */
	[EVENT_UNSYNCED - 1] = "event_unsynced", /* the event's log is not synced at a commit */
	[SPOOL_UNSYNCED - 1] = "spool_unsynced", /* nor the spools' */
	[SPOOL_UNSYNCED] = NULL,
};

static enum mutant mutant;

bool mutant_choose(const char *name)
{
	mutant = NONE;
	for (int i = 0; name && mutant_names[i]; i++)
		if (strcmp(mutant_names[i], name) == 0)
			mutant = (enum mutant)(i + 1);
	return !name || mutant != NONE;
}

static struct {
	const struct driver *store;
	int64_t epoch;
} claims[WORKERS_MAX];
static int64_t committed_epoch;

/* Of the writer that has this store open; 0: it has claimed nothing yet. A store may lie where a closed one lay. */
static int64_t claimed_epoch(const struct driver *store)
{
	int64_t epoch = 0;

	for (int i = 0; i < WORKERS_MAX; i++)
		if (claims[i].store == store && claims[i].epoch > epoch)
			epoch = claims[i].epoch;
	return epoch;
}

/* Whoever opened the file last is its writer; what an earlier one commits nobody would notice by the rows alone. */
static void judge_commit(const struct driver *store)
{
	int64_t epoch = claimed_epoch(store);

	if (epoch && epoch < committed_epoch)
		world_fail("a writer of epoch %d committed after one of epoch %d had begun", (int)epoch, (int)committed_epoch);
	if (epoch > committed_epoch)
		committed_epoch = epoch;
}

void mutant_begin(void)
{
	memset(claims, 0, sizeof claims);
	committed_epoch = 0;
}

void mutant_set_disk(void)
{
	for (unsigned i = 0; i < world.machine_count; i++) {
		if (mutant == NO_DISTRUST && world.machines[i].name[0] == 's')
			disk_faults[i].sync_fails = 20;
		disk_faults[i].sync_lies = (mutant == EVENT_UNSYNCED && world.machines[i].name[0] == 's') ||
					   (mutant == SPOOL_UNSYNCED && world.machines[i].name[0] == 'c');
	}
}

/* ---- the worker ---- */

static struct driver *uncommitted;

enum error __real_driver_commit(struct driver *driver);
enum error __wrap_driver_commit(struct driver *driver);
enum error __wrap_driver_commit(struct driver *driver)
{
	enum error e;

	if (mutant != EARLY_ANSWER) {
		e = __real_driver_commit(driver);
		if (!e)
			judge_commit(driver);
		return e;
	}
	uncommitted = driver;
	return E_OK;
}

enum error __real_driver_begin(struct driver *driver);
enum error __wrap_driver_begin(struct driver *driver);
enum error __wrap_driver_begin(struct driver *driver)
{
	if (uncommitted == driver)
		__real_driver_commit(driver);
	uncommitted = NULL;
	return __real_driver_begin(driver);
}

bool __real_idset_may_have(const struct idset *set, struct text id);
bool __wrap_idset_may_have(const struct idset *set, struct text id);
bool __wrap_idset_may_have(const struct idset *set, struct text id)
{
	return mutant != NO_DEDUPE && __real_idset_may_have(set, id);
}

enum error __real_counter_add(struct driver *store, const struct counter_row *counters, size_t count);
enum error __wrap_counter_add(struct driver *store, const struct counter_row *counters, size_t count);
enum error __wrap_counter_add(struct driver *store, const struct counter_row *counters, size_t count)
{
	return mutant == LOST_COUNT && chance(16) ? E_OK : __real_counter_add(store, counters, count);
}

bool __real_distrust_is_noted(int lock);
bool __wrap_distrust_is_noted(int lock);
bool __wrap_distrust_is_noted(int lock)
{
	return mutant != NO_DISTRUST && __real_distrust_is_noted(lock);
}

enum error __real_store_claim(struct driver *store, struct text instance, struct arena *arena,
			      struct identity *identity);
enum error __wrap_store_claim(struct driver *store, struct text instance, struct arena *arena,
			      struct identity *identity);
enum error __wrap_store_claim(struct driver *store, struct text instance, struct arena *arena,
			      struct identity *identity)
{
	enum error e = __real_store_claim(store, instance, arena, identity);
	unsigned i = world.current && world.current->name[1] == '1';

	claims[i].store = store;
	claims[i].epoch = identity->epoch;
	return e;
}

enum error __real_store_epoch(struct driver *store, int64_t *epoch);
enum error __wrap_store_epoch(struct driver *store, int64_t *epoch);
enum error __wrap_store_epoch(struct driver *store, int64_t *epoch)
{
	enum error e = __real_store_epoch(store, epoch);

	if (mutant == NO_EPOCH && claimed_epoch(store))
		*epoch = claimed_epoch(store);
	return e;
}

/* ---- the broker ---- */

void __real_service_requeue(struct service *service, struct ticket *ticket);
void __wrap_service_requeue(struct service *service, struct ticket *ticket);
void __wrap_service_requeue(struct service *service, struct ticket *ticket)
{
	if (mutant != LOST_TICKET)
		__real_service_requeue(service, ticket);
}

/* ---- the client ---- */

void __real_outbox_return(struct outbox *outbox);
void __wrap_outbox_return(struct outbox *outbox);
void __wrap_outbox_return(struct outbox *outbox)
{
	struct parcel *parcel, *next;

	for (parcel = TAILQ_FIRST(&outbox->lists[PLACE_FLIGHT]); parcel; parcel = next) {
		next = TAILQ_NEXT(parcel, link);
		if (mutant == NEW_ID)
			parcel->id[ID_SIZE - 1] ^= 1;
		else if (mutant == LOST_REQUEST)
			outbox_remove(outbox, parcel);
	}
	__real_outbox_return(outbox);
}
