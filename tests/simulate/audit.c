/* Opens the event file after all processes have ended, replays its ledger, and compares it with everything else. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulate/oracle.h"
#include "workers/event.h"
#include "workers/longest.h"
#include "workers/store.h"

enum { DEVICES_MAX = 16 };

static struct arena arena;

/* ---- the ledger against what was sent ---- */

/* `fact` has who sent it, `kept` what was kept of it. */
static void compare(struct sent *sent, const struct fact *fact, const struct fact *kept)
{
	if (sent->stored)
		world_fail("ledger row %" PRId64 " stores a request again", fact->seq);
	else if (memcmp(sent->digest, kept->digest.at, DIGEST_BYTES) != 0 || fact->number != sent->number ||
		 memcmp(sent->device, fact->device.at, ID_SIZE) != 0 || !text_is(fact->op, sent->operation->op))
		world_fail("ledger row %" PRId64 " is not what was sent under its id", fact->seq);
	else if (sent->answered && !text_equal(text_of(sent->reason), fact->reason.at ? fact->reason : TEXT("")))
		world_fail("ledger row %" PRId64 " was answered '%s' and says '%.*s'", fact->seq, sent->reason,
			   (int)fact->reason.size, fact->reason.at ? fact->reason.at : "");
	else if (sent->answered && !fact->reason.at &&
		 sent->result != hash_bytes(HASH_START, kept->answer.at, kept->answer.size))
		world_fail("ledger row %" PRId64 " has another result than was answered", fact->seq);
	sent->stored = true;
}

static enum error check_fact(void *store, const void *row)
{
	const struct fact *fact = row;
	struct fact kept;
	struct sent *sent;
	bool found;
	enum error e;

	if (!fact->id.at || memcmp(fact->device.at, "scenery", 8) == 0)
		return E_OK;
	sent = oracle_find(fact->id.at);
	if (!sent || !sent->seen) {
		world_fail("ledger row %" PRId64 " was never sent", fact->seq);
		return E_OK;
	}
	e = ledger_by_id(store, fact->id, &arena, &kept, &found);
	if (!e && found)
		compare(sent, fact, &kept);
	return e ? e : found ? E_OK : E_BAD_DATA;
}

static bool was_numbered(const struct sent *after)
{
	for (const struct sent *sent = oracle.sent; sent < oracle.sent + oracle.count; sent++)
		if (sent->seen && sent->number == after->number - 1 &&
		    memcmp(sent->device, after->device, ID_SIZE) == 0)
			return true;
	return false;
}

/* Numbers are without gaps; only what was answered `error` is missing in the file. */
static void check_sent(void)
{
	for (const struct sent *sent = oracle.sent; sent < oracle.sent + oracle.count; sent++) {
		if (sent->answered && !sent->stored)
			world_fail("number %" PRId64 " of %s was answered and is not in the file", sent->number,
				   sent->client->name);
		if (sent->kept && !sent->stored && !sent->rejected)
			world_fail("number %" PRId64 " of %s was kept in the spool and is lost", sent->number,
				   sent->client->name);
		if (sent->seen && sent->number > 1 && !was_numbered(sent))
			world_fail("number %" PRId64 " of %s is missing", sent->number - 1, sent->client->name);
	}
}

/* ---- figures against a recount: sums that do not depend on the order of rows ---- */

static uint64_t hash_row(const struct message *message, const void *row)
{
	struct text bytes;

	if (message_encode(message, row, &arena, &bytes))
		world_fail("a row of %s cannot be read", message->name);
	return world_failed() ? 0 : hash_bytes(HASH_START, bytes.at, bytes.size);
}

static uint64_t hash_counter(const struct counter_row *row)
{
	struct counter_row one = *row;

	one.persons = 1;
	return hash_row(&message_counter_row, &one) * (uint64_t)row->persons;
}

static enum error add_counter(void *context, const void *row)
{
	*(uint64_t *)context += hash_counter(row);
	return E_OK;
}

static struct text word(const struct vocabulary *vocabulary, unsigned value)
{
	const char *text = vocabulary_word(vocabulary, value);

	return text ? text_of(text) : TEXT("");
}

static uint64_t count_one(const struct state *state, const struct profile *who, enum qualifier qualifier, int64_t day)
{
	const struct counter_row row = {
		.qualifier = qualifier, .day = day, .persons = 1,
		.entity = who->entity ? state->entities[who->entity].plan.entity : TEXT(""),
		.also = who->also ? state->entities[who->also].plan.entity : TEXT(""),
		.category = word(&vocabulary_category, who->category), .level = word(&vocabulary_level, who->level),
		.gender = word(&vocabulary_gender, who->gender), .language = word(&vocabulary_language, who->language),
	};

	return hash_counter(&row);
}

static uint64_t recount_person(const struct state *state, const struct person *person)
{
	const struct profile who = state_profile(state, person);
	uint64_t sum = 0;

	for (unsigned q = 1; q < qualifier_count; q++)
		if (profile_is(&who, (enum qualifier)q))
			sum += count_one(state, &who, (enum qualifier)q, 0);
	if (who.first_day)
		sum += count_one(state, &who, qualifier_checked_in, who.first_day);
	if (who.seen)
		sum += count_one(state, &who, qualifier_seen, 0);
	for (int day = 1; day <= EVENT_DAYS_MAX; day++)
		if (who.seen >> (day - 1) & 1)
			sum += count_one(state, &who, qualifier_seen, day);
	return sum;
}

static void check_counters(struct event *event)
{
	uint64_t stored = 0, recounted = 0;

	for (unsigned q = 1; q < qualifier_count; q++)
		if (counter_of(event->store, (enum qualifier)q, add_counter, &stored))
			world_fail("the counters cannot be read");
	for (uint32_t p = 1; p <= event->state.person_count; p++)
		recounted += recount_person(&event->state, &event->state.persons[p]);
	if (stored != recounted)
		world_fail("the counters are not what a recount of the ledger gives");
}

static enum error add_attended(void *context, const void *given)
{
	struct attended_row row = *(const struct attended_row *)given;

	row.persons = 1;
	*(uint64_t *)context += hash_row(&message_attended_row, &row) * (uint64_t)((const struct attended_row *)given)->persons;
	return E_OK;
}

static void check_attended(struct event *event)
{
	const struct state *state = &event->state;
	uint64_t stored = 0, recounted = 0;

	if (attended_each(event->store, add_attended, &stored))
		world_fail("the counts of who attended cannot be read");
	for (uint32_t p = 1; p <= state->person_count; p++) {
		const struct profile who = state_profile(state, &state->persons[p]);
		struct visit visits[VISITS_MAX];
		const struct longest longest = longest_of(state, state->persons[p].remote, visits,
							  state_visits(state, &state->persons[p], visits));
		const struct attended_row row = {
			.minutes = longest.minutes, .half = longest.half, .persons = longest.minutes != NOWHERE,
			.entity = who.entity ? state->entities[who.entity].plan.entity : TEXT(""),
			.also = who.also ? state->entities[who.also].plan.entity : TEXT(""),
			.category = word(&vocabulary_category, who.category), .level = word(&vocabulary_level, who.level),
			.gender = word(&vocabulary_gender, who.gender), .language = word(&vocabulary_language, who.language),
		};

		if (row.persons)
			add_attended(&recounted, &row);
	}
	if (stored != recounted)
		world_fail("the counts of who attended are not what a recount of the ledger gives");
}

static enum error add_visit(void *context, const void *given)
{
	const struct visit_row *row = given;

	if (row->flags || row->settled_ms || row->since != ABSENT || row->entered != ABSENT)
		*(uint64_t *)context += hash_row(&message_visit_row, row);
	return E_OK;
}

static void check_visits(struct event *event)
{
	const struct state *state = &event->state;
	uint64_t stored = 0, recounted = 0;

	for (uint32_t s = 0; s < state->sessions.count; s++)
		visit_of_session(event->store, LIST_AT(state->sessions, session_row, s)->session, add_visit, &stored);
	for (uint32_t p = 1; p <= state->person_count; p++) {
		struct visit visits[VISITS_MAX];
		size_t count = state_visits(state, &state->persons[p], visits);

		for (size_t i = 0; i < count; i++) {
			const struct visit *v = &visits[i];
			const struct visit_row row = {
				.session = LIST_AT(state->sessions, session_row, v->session)->session, .person = p,
				.flags = v->flags, .settled_ms = v->settled_ms, .since = v->since, .until = v->until,
				.assumed = v->assumed, .carried = v->carried, .entered = v->entered,
			};

			add_visit(&recounted, &row);
		}
	}
	if (stored != recounted)
		world_fail("the visits are not what a replay of the ledger gives");
}

static enum error add_device(void *context, const void *given)
{
	struct device_row row = *(const struct device_row *)given;

	row.heard = row.backlog = 0; /* by a clock that may have been set back */
	*(uint64_t *)context += hash_row(&message_device_row, &row);
	return E_OK;
}

static void check_devices(struct event *event)
{
	uint64_t stored = 0, recounted = 0;

	if (device_all(event->store, add_device, &stored) ||
	    device_until(event->store, INT64_MAX, add_device, &recounted))
		world_fail("the devices cannot be read");
	if (stored != recounted)
		world_fail("the devices' numbers are not what the ledger tells");
}

static void check_integrity(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	const char *said = "nothing";

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		said = (const char *)sqlite3_column_text(statement, 0);
	if (strcmp(said, "ok") != 0)
		world_fail("integrity_check says %.100s", said);
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static void random_bytes(void *bytes, size_t size)
{
	memset(bytes, 0, size);
}

void audit(const char *folder, const char *name, bool thorough)
{
	bool distrusted = false;
	char why[256] = "";
	struct event *event;

	arena_reset(&arena);
	if (event_open(folder, text_of(name), false, random_bytes, &event, why, &distrusted)) {
		world_fail("the event cannot be opened in the end: %s", why);
		return;
	}
	if (event_reload(event) || ledger_since(event->store, 0, check_fact, event->store))
		world_fail("the ledger cannot be read: %s", driver_error(event->store));
	check_sent();
	if (!world_failed())
		check_counters(event);
	if (!world_failed())
		check_visits(event);
	if (!world_failed())
		check_attended(event);
	if (!world_failed())
		check_devices(event);
	if (thorough && !world_failed())
		check_integrity(event->path);
	event_close(event);
	arena_free(&arena);
}
