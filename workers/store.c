/* The store's verbs: each is one named query with its record. */
#include "workers/store.h"

static const struct no_row none;

static enum error put(struct driver *store, enum query query, const struct message *message, const void *record)
{
	return driver_run(store, query, message, record, NULL);
}

static enum error all(struct driver *store, enum query query, const struct message *out, struct arena *arena,
		      struct list *rows)
{
	return driver_list(store, query, &message_no_row, &none, out, arena, rows);
}

static enum error take_epoch(void *context, const void *row)
{
	*(int64_t *)context = ((const struct identity *)row)->epoch;
	return E_OK;
}

enum error store_epoch(struct driver *store, int64_t *epoch)
{
	return driver_each(store, QUERY_meta_read, &message_no_row, &none, &message_identity, take_epoch, epoch);
}

enum error store_instance(struct driver *store, struct arena *arena, struct text *instance)
{
	struct identity identity;
	bool found;
	enum error e = driver_first(store, QUERY_meta_read, &message_no_row, &none, &message_identity, arena,
				    &identity, &found);

	*instance = !e && found ? identity.instance : (struct text){0};
	return e;
}

enum error store_renew(struct driver *store, struct text instance)
{
	const struct identity identity = {.instance = instance};

	return put(store, QUERY_meta_renew, &message_identity, &identity);
}

enum error store_claim(struct driver *store, struct text instance, struct arena *arena, struct identity *identity)
{
	bool found;
	enum error e = driver_first(store, QUERY_meta_read, &message_no_row, &none, &message_identity, arena,
				    identity, &found);

	if (e)
		return e;
	if (found) {
		identity->epoch++;
		return put(store, QUERY_meta_raise, &message_no_row, &none);
	}
	identity->instance = arena_text(arena, instance);
	identity->epoch = 1;
	return put(store, QUERY_meta_create, &message_identity, identity);
}

enum error event_put(struct driver *store, const struct load *event, int64_t ledger)
{
	const struct host_row row = {.ledger = ledger, .host = event->host};
	enum error e = put(store, QUERY_event_put, &message_load, event);

	return e || !event->host.at ? e : put(store, QUERY_host_put, &message_host_row, &row);
}

enum error event_set_state(struct driver *store, enum event_state state)
{
	struct event_state_row row = {.state = state};

	return put(store, QUERY_event_set_state, &message_event_state_row, &row);
}

enum error event_read(struct driver *store, int64_t ledger, struct arena *arena, struct event_line *event, bool *found)
{
	const struct ledger_ref ref = {.ledger = ledger};

	return driver_first(store, QUERY_event_read, &message_ledger_ref, &ref, &message_event_line, arena, event, found);
}

static enum error all_at(struct driver *store, enum query query, int64_t ledger, const struct message *out,
			struct arena *arena, struct list *rows)
{
	struct ledger_ref ref = {.ledger = ledger};

	return driver_list(store, query, &message_ledger_ref, &ref, out, arena, rows);
}

enum error day_put(struct driver *store, const struct day_plan *day, int64_t ledger)
{
	struct day_row row = {.day = day->day, .ledger = ledger, .date = day->date, .starts = day->starts,
			      .ends = day->ends};

	return put(store, QUERY_day_put, &message_day_row, &row);
}

enum error day_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *days)
{
	return all_at(store, QUERY_day_all, ledger, &message_day_plan, arena, days);
}

enum error entity_put(struct driver *store, const struct entity_plan *entity, int64_t ledger)
{
	struct entity_row row = {
		.entity = entity->entity, .ledger = ledger, .kind = entity->kind, .name_en = entity->name_en,
		.name_fr = entity->name_fr, .name_ar = entity->name_ar, .region = entity->region,
		.region_inferred = entity->region_inferred, .country = entity->country,
	};

	return put(store, QUERY_entity_put, &message_entity_row, &row);
}

enum error entity_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *entities)
{
	return all_at(store, QUERY_entity_all, ledger, &message_entity_plan, arena, entities);
}

enum error standing_put(struct driver *store, const struct standing_plan *standing, int64_t ledger)
{
	struct standing_row row = {.entity = standing->entity, .ledger = ledger, .standing = standing->standing,
				   .since = standing->since, .until = standing->until};

	return put(store, QUERY_standing_put, &message_standing_row, &row);
}

enum error standing_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *standings)
{
	return all_at(store, QUERY_standing_all, ledger, &message_standing_plan, arena, standings);
}

enum error room_put(struct driver *store, const struct room_plan *room)
{
	return put(store, QUERY_room_put, &message_room_plan, room);
}

enum error room_all(struct driver *store, struct arena *arena, struct list *rooms)
{
	return all(store, QUERY_room_all, &message_room_plan, arena, rooms);
}

enum error session_put(struct driver *store, const struct session_row *session)
{
	return put(store, QUERY_session_put, &message_session_row, session);
}

enum error session_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *sessions)
{
	return all_at(store, QUERY_session_all, ledger, &message_session_row, arena, sessions);
}

enum error agenda_put(struct driver *store, const struct agenda_item *item)
{
	return put(store, QUERY_agenda_put, &message_agenda_item, item);
}

enum error role_put(struct driver *store, const struct role_plan *role)
{
	return put(store, QUERY_role_put, &message_role_plan, role);
}

enum error ledger_append(struct driver *store, const struct fact *fact)
{
	return put(store, QUERY_ledger_append, &message_fact, fact);
}

enum error ledger_append_scans(struct driver *store, const struct fact *scans, size_t count)
{
	return driver_run_all(store, QUERY_ledger_append_scan, &message_fact, scans, count);
}

static enum error take_seq(void *context, const void *row)
{
	*(int64_t *)context = ((const struct fact *)row)->seq;
	return E_OK;
}

enum error ledger_last(struct driver *store, int64_t *seq)
{
	return driver_each(store, QUERY_ledger_last, &message_no_row, &none, &message_fact, take_seq, seq);
}

static enum error take_end(void *context, const void *row)
{
	struct fact *end = context;

	end->seq = ((const struct fact *)row)->seq;
	end->received = ((const struct fact *)row)->received;
	return E_OK;
}

enum error ledger_end(struct driver *store, int64_t *seq, int64_t *received)
{
	struct fact end = {.received = ABSENT};
	enum error e = driver_each(store, QUERY_ledger_end, &message_no_row, &none, &message_fact, take_end, &end);

	*seq = end.seq;
	*received = end.received;
	return e;
}

enum error ledger_received(struct driver *store, int64_t as_of, int64_t *seq)
{
	struct fact by = {.received = as_of};

	*seq = 0;
	return driver_each(store, QUERY_ledger_received, &message_fact, &by, &message_fact, take_seq, seq);
}

enum error ledger_by_id(struct driver *store, struct text id, struct arena *arena, struct fact *fact, bool *found)
{
	struct fact of = {.id = id};

	return driver_first(store, QUERY_ledger_by_id, &message_fact, &of, &message_fact, arena, fact, found);
}

enum error question_find(struct driver *store, int64_t seq, struct arena *arena, struct question_row *question,
			 bool *found)
{
	struct question_row of = {.seq = seq};

	return driver_first(store, QUERY_question_find, &message_question_row, &of, &message_question_row, arena,
			    question, found);
}

enum error settlement_all(struct driver *store, int64_t until, struct arena *arena, struct list *settlements)
{
	const struct settlement of = {.seq = until};

	return driver_list(store, QUERY_settlement_all, &message_settlement, &of, &message_settlement, arena, settlements);
}

static enum error take_requests(void *context, const void *row)
{
	*(int64_t *)context = ((const struct settlement *)row)->requests;
	return E_OK;
}

enum error settlement_after(struct driver *store, const struct settlement *settlement, int64_t until, int64_t *requests)
{
	struct settlement of = *settlement;

	of.until = until;
	return driver_each(store, QUERY_settlement_after, &message_settlement, &of, &message_settlement, take_requests,
			   requests);
}

enum error device_numbers(struct driver *store, struct text device, struct arena *arena, struct settlement *numbers,
			  bool *found)
{
	const struct settlement of = {.device = device};

	return driver_first(store, QUERY_device_numbers, &message_settlement, &of, &message_settlement, arena, numbers,
			    found);
}

enum error remark_put(struct driver *store, int64_t ledger, struct text text)
{
	struct remark remark = {.ledger = ledger, .text = text};

	return put(store, QUERY_remark_put, &message_remark, &remark);
}

enum error announced_put(struct driver *store, const struct announced *announced)
{
	return put(store, QUERY_announced_put, &message_announced, announced);
}

enum error announced_find(struct driver *store, struct text scan, struct arena *arena, struct announced *announced,
			  bool *found)
{
	struct announced of = {.scan = scan};

	return driver_first(store, QUERY_announced_find, &message_announced, &of, &message_announced, arena,
			    announced, found);
}

enum error announced_each(struct driver *store, row_fn *each, void *context)
{
	return driver_each(store, QUERY_announced_all, &message_no_row, &none, &message_announced, each, context);
}

enum error name_put(struct driver *store, const struct name_row *name)
{
	return put(store, QUERY_name_put, &message_name_row, name);
}

enum error name_latest(struct driver *store, int64_t person, struct arena *arena, struct name_row *name, bool *found)
{
	struct name_row of = {.person = person};

	return driver_first(store, QUERY_name_latest, &message_name_row, &of, &message_name_row, arena, name, found);
}

enum error name_since(struct driver *store, int64_t ledger, row_fn *each, void *context)
{
	struct name_row from = {.ledger = ledger};

	return driver_each(store, QUERY_name_since, &message_name_row, &from, &message_name_row, each, context);
}

enum error name_same(struct driver *store, struct text folded, struct arena *arena, struct list *names)
{
	struct name_row of = {.folded = folded};

	return driver_list(store, QUERY_name_same, &message_name_row, &of, &message_name_row, arena, names);
}

enum error person_put(struct driver *store, const struct person_row *persons, size_t count)
{
	return driver_run_all(store, QUERY_person_put, &message_person_row, persons, count);
}

enum error badge_put(struct driver *store, const struct badge_row *badges, size_t count)
{
	return driver_run_all(store, QUERY_badge_put, &message_badge_row, badges, count);
}

enum error visit_put(struct driver *store, const struct visit_row *visits, size_t count)
{
	return driver_run_all(store, QUERY_visit_put, &message_visit_row, visits, count);
}

enum error counter_add(struct driver *store, const struct counter_row *counters, size_t count)
{
	return driver_run_all(store, QUERY_counter_add, &message_counter_row, counters, count);
}

enum error attended_add(struct driver *store, const struct attended_row *rows, size_t count)
{
	return driver_run_all(store, QUERY_attended_add, &message_attended_row, rows, count);
}

enum error attended_drop(struct driver *store, const struct attended_row *row)
{
	return put(store, QUERY_attended_drop, &message_attended_row, row);
}

enum error gavel_put(struct driver *store, const struct gavel_row *gavel)
{
	return put(store, QUERY_gavel_put, &message_gavel_row, gavel);
}

enum error device_put(struct driver *store, const struct device_row *devices, size_t count)
{
	return driver_run_all(store, QUERY_device_put, &message_device_row, devices, count);
}

enum error person_find(struct driver *store, const struct person_search *search, struct arena *arena,
		       struct list *people)
{
	return driver_list(store, QUERY_person_find, &message_person_search, search, &message_person_line, arena,
			   people);
}

enum error roster_since(struct driver *store, const struct page *page, struct arena *arena, struct list *people)
{
	enum query query = page->since ? QUERY_roster_since : QUERY_roster_all;

	return driver_list(store, query, &message_page, page, &message_person_line, arena, people);
}

enum error person_history(struct driver *store, const struct page *page, struct arena *arena, struct list *entries)
{
	return driver_list(store, QUERY_person_history, &message_page, page, &message_history_entry, arena, entries);
}

enum error change_since(struct driver *store, const struct page *page, struct arena *arena, struct list *changes)
{
	return driver_list(store, QUERY_change_since, &message_page, page, &message_change, arena, changes);
}

enum error badge_since(struct driver *store, const struct page *page, struct arena *arena, struct list *badges)
{
	return driver_list(store, QUERY_badge_since, &message_page, page, &message_badge_change, arena, badges);
}

enum error session_lines(struct driver *store, int64_t ledger, struct arena *arena, struct list *sessions)
{
	return all_at(store, QUERY_session_lines, ledger, &message_session_line, arena, sessions);
}

enum error gavel_all(struct driver *store, struct arena *arena, struct list *gavels)
{
	return all(store, QUERY_gavel_all, &message_gavel_row, arena, gavels);
}

/* ---- questions of figures.c and unresolved.c ---- */

enum error person_all(struct driver *store, struct arena *arena, struct list *persons)
{
	return all(store, QUERY_person_all, &message_person_row, arena, persons);
}

enum error visit_of_session(struct driver *store, struct text session, row_fn *each, void *context)
{
	struct visit_row of = {.session = session};

	return driver_each(store, QUERY_visit_of_session, &message_visit_row, &of, &message_visit_row, each, context);
}

enum error counter_of(struct driver *store, enum qualifier qualifier, row_fn *each, void *context)
{
	struct counter_row of = {.qualifier = qualifier};

	return driver_each(store, QUERY_counter_of, &message_counter_row, &of, &message_counter_row, each, context);
}

enum error name_until(struct driver *store, int64_t person, int64_t ledger, struct arena *arena,
		      struct name_row *name, bool *found)
{
	struct name_row of = {.person = person, .ledger = ledger};

	return driver_first(store, QUERY_name_until, &message_name_row, &of, &message_name_row, arena, name, found);
}

enum error attested_at(struct driver *store, int64_t at, row_fn *each, void *context)
{
	struct fact of = {.since = at};

	return driver_each(store, QUERY_attested_at, &message_fact, &of, &message_fact, each, context);
}

enum error unresolved_ledger(struct driver *store, int64_t until, row_fn *each, void *context)
{
	struct question_row of = {.seq = until};

	return driver_each(store, QUERY_unresolved_ledger, &message_question_row, &of, &message_question_row, each,
			   context);
}

enum error unresolved_visit(struct driver *store, uint32_t flags, int64_t by, row_fn *each, void *context)
{
	struct visit_row of = {.flags = flags, .until = by};

	return driver_each(store, QUERY_unresolved_visit, &message_visit_row, &of, &message_visit_row, each, context);
}

enum error unresolved_person(struct driver *store, row_fn *each, void *context)
{
	return driver_each(store, QUERY_unresolved_person, &message_no_row, &none, &message_person_row, each,
			   context);
}

enum error device_all(struct driver *store, row_fn *each, void *context)
{
	return driver_each(store, QUERY_device_all, &message_no_row, &none, &message_device_row, each, context);
}

enum error device_until(struct driver *store, int64_t ledger, row_fn *each, void *context)
{
	struct ledger_ref until = {.ledger = ledger};

	return driver_each(store, QUERY_device_until, &message_ledger_ref, &until, &message_device_row, each,
			   context);
}

/* ---- what verify.c holds against a replay ---- */

static enum error each_of(struct driver *store, enum query query, const struct message *out, row_fn *each,
			  void *context)
{
	return driver_each(store, query, &message_no_row, &none, out, each, context);
}

enum error ledger_doubled(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_ledger_doubled, &message_fact, each, context);
}

enum error badge_each(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_badge_all, &message_badge_row, each, context);
}

enum error person_each(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_person_all, &message_person_row, each, context);
}

enum error visit_each(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_visit_all, &message_visit_row, each, context);
}

enum error counter_each(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_counter_all, &message_counter_row, each, context);
}

enum error attended_each(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_attended_all, &message_attended_row, each, context);
}

enum error assumed_person(struct driver *store, struct arena *arena, struct list *persons)
{
	return all(store, QUERY_assumed_person, &message_person_row, arena, persons);
}

enum error assumed_visit(struct driver *store, row_fn *each, void *context)
{
	return each_of(store, QUERY_assumed_visit, &message_visit_row, each, context);
}
