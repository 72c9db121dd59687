/*
 * One event's file in the domain's own verbs. Nothing here says SQL, and no write returns anything that only the
 * database knows: numbers are given by the writer, so a driver may pipeline.
 *
 * All verbs return E_OK, E_DISK_FULL, E_STORAGE, E_BAD_DATA or E_NO_MEMORY; store_error says more for the log.
 * Rows read into an arena own their texts there; rows given to a row_fn are views for the call.
 */
#ifndef HUDUR_WORKERS_STORE_H
#define HUDUR_WORKERS_STORE_H

#include "workers/driver.h"

struct driver;

/* ---- identity ---- */
enum error store_epoch(struct driver *store, int64_t *epoch);
enum error store_instance(struct driver *store, struct arena *arena, struct text *instance);
/* A restored copy is a ledger of its own from now on. */
enum error store_renew(struct driver *store, struct text instance);
/* Makes the identity of a new file, or raises the epoch of one that has it. */
enum error store_claim(struct driver *store, struct text instance, struct arena *arena, struct identity *identity);

/* ---- the event and its programme ---- */
enum error event_put(struct driver *store, const struct load *event, int64_t ledger);
enum error event_set_state(struct driver *store, enum event_state state);
/* `found` is false before the first load. */
enum error event_read(struct driver *store, int64_t ledger, struct arena *arena, struct event_line *event, bool *found);
/* What is put holds from that ledger sequence on; *_all gives each as it stood at one: *_plan, INT64_MAX: now. */
enum error day_put(struct driver *store, const struct day_plan *day, int64_t ledger);
enum error day_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *days);
enum error entity_put(struct driver *store, const struct entity_plan *entity, int64_t ledger);
enum error entity_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *entities);
enum error standing_put(struct driver *store, const struct standing_plan *standing, int64_t ledger);
enum error standing_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *standings);
enum error room_put(struct driver *store, const struct room_plan *room);
enum error room_all(struct driver *store, struct arena *arena, struct list *rooms);
enum error session_put(struct driver *store, const struct session_row *session);
/* Each session's plan as it stood at that ledger sequence. */
enum error session_all(struct driver *store, int64_t ledger, struct arena *arena, struct list *sessions);
enum error agenda_put(struct driver *store, const struct agenda_item *item);
enum error role_put(struct driver *store, const struct role_plan *role);

/* ---- ledger ---- */
enum error ledger_append(struct driver *store, const struct fact *fact);
/* Half of a row's columns say nothing about a scan. */
enum error ledger_append_scans(struct driver *store, const struct fact *scans, size_t count);
enum error ledger_since(struct driver *store, int64_t seq, row_fn *each, void *context);
/* For who brings a state to what the ledger says: as ledger_since, but what the state does not ask of an entry may be missing. */
enum error ledger_replay(struct driver *store, int64_t seq, row_fn *each, void *context);
enum error ledger_last(struct driver *store, int64_t *seq);
/* The last row and when the server had received it; 0 and ABSENT when there is none. */
enum error ledger_end(struct driver *store, int64_t *seq, int64_t *received);
/* The last row that the server had received by then; 0 when there is none. */
enum error ledger_received(struct driver *store, int64_t as_of, int64_t *seq);
/* What was stored under a request's id. */
enum error ledger_by_id(struct driver *store, struct text id, struct arena *arena, struct fact *fact, bool *found);
/* The row of that sequence as a question (only its number, flag, person and resolution): without flag it is none. */
enum error question_find(struct driver *store, int64_t seq, struct arena *arena, struct question_row *question,
			 bool *found);
/* Supervisors' words on numbers that never came, up to a sequence: struct settlement, oldest first. */
enum error settlement_all(struct driver *store, int64_t until, struct arena *arena, struct list *settlements);
/* How many requests of its device with a higher number came after it, up to a sequence. */
enum error settlement_after(struct driver *store, const struct settlement *settlement, int64_t until, int64_t *requests);
/* A device's entry with the highest number, and how many there are of it. Reads the whole ledger once. */
enum error device_numbers(struct driver *store, struct text device, struct arena *arena, struct settlement *numbers,
			  bool *found);
enum error remark_put(struct driver *store, int64_t ledger, struct text text);
enum error announced_put(struct driver *store, const struct announced *announced);
enum error announced_find(struct driver *store, struct text scan, struct arena *arena, struct announced *announced,
			  bool *found);
enum error announced_each(struct driver *store, row_fn *each, void *context);

/* ---- names ---- */
enum error name_put(struct driver *store, const struct name_row *name);
enum error name_latest(struct driver *store, int64_t person, struct arena *arena, struct name_row *name, bool *found);
/* Rows with person, ledger and folded alone, beyond that ledger sequence and in its order. */
enum error name_since(struct driver *store, int64_t ledger, row_fn *each, void *context);
/* All versions of names that fold alike. */
enum error name_same(struct driver *store, struct text folded, struct arena *arena, struct list *names);

/* ---- projections ---- */
enum error person_put(struct driver *store, const struct person_row *persons, size_t count);
enum error badge_put(struct driver *store, const struct badge_row *badges, size_t count);
enum error visit_put(struct driver *store, const struct visit_row *visits, size_t count);
enum error counter_add(struct driver *store, const struct counter_row *counters, size_t count);
enum error attended_add(struct driver *store, const struct attended_row *rows, size_t count);
/* Takes the row out when nobody is left in it. */
enum error attended_drop(struct driver *store, const struct attended_row *row);
enum error gavel_put(struct driver *store, const struct gavel_row *gavel);
enum error device_put(struct driver *store, const struct device_row *devices, size_t count);

/* ---- questions of people.c and changes.c ---- */
enum error person_find(struct driver *store, const struct person_search *search, struct arena *arena,
		       struct list *people);
/* By number after page->cursor; who changed after the sequence page->since, 0: everybody. */
enum error roster_since(struct driver *store, const struct page *page, struct arena *arena, struct list *people);
enum error person_history(struct driver *store, const struct page *page, struct arena *arena, struct list *entries);
enum error change_since(struct driver *store, const struct page *page, struct arena *arena, struct list *changes);
enum error badge_since(struct driver *store, const struct page *page, struct arena *arena, struct list *badges);
enum error session_lines(struct driver *store, int64_t ledger, struct arena *arena, struct list *sessions);
enum error gavel_all(struct driver *store, struct arena *arena, struct list *gavels);

/* ---- questions of figures.c and unresolved.c ---- */
enum error person_all(struct driver *store, struct arena *arena, struct list *persons); /* struct person_row */
enum error visit_of_session(struct driver *store, struct text session, row_fn *each, void *context);
/* Cells that are not empty. */
enum error counter_of(struct driver *store, enum qualifier qualifier, row_fn *each, void *context);
enum error attended_each(struct driver *store, row_fn *each, void *context);
/* Whoever has a visit that ends by assumption, and all visits of those: both by person. */
enum error assumed_person(struct driver *store, struct arena *arena, struct list *persons); /* struct person_row */
enum error assumed_visit(struct driver *store, row_fn *each, void *context);
/* The name as of a ledger sequence. */
enum error name_until(struct driver *store, int64_t person, int64_t ledger, struct arena *arena,
		      struct name_row *name, bool *found);
/* Facts of attestations that hold the instant. */
enum error attested_at(struct driver *store, int64_t at, row_fn *each, void *context);
/* struct question_row up to a sequence: conflicts, and scans of badges unknown or revoked; with what settled them by then. */
enum error unresolved_ledger(struct driver *store, int64_t until, row_fn *each, void *context);
/* Visits with any of these flags (bits), or whose assumed end had come by then. */
enum error unresolved_visit(struct driver *store, uint32_t flags, int64_t by, row_fn *each, void *context);
/* Persons (number, state, first day) checked in and not accredited, or in a session and never checked in. */
enum error unresolved_person(struct driver *store, row_fn *each, void *context);
enum error device_all(struct driver *store, row_fn *each, void *context);
/* The same as heard.h tells, by SQL: for who holds the one against the other. */
enum error device_until(struct driver *store, int64_t ledger, row_fn *each, void *context);
/* ---- end of figures.c and unresolved.c ---- */

/* ---- what verify.c holds against a replay ---- */
enum error ledger_doubled(struct driver *store, row_fn *each, void *context);
enum error badge_each(struct driver *store, row_fn *each, void *context);
enum error person_each(struct driver *store, row_fn *each, void *context);
/* By person. */
enum error visit_each(struct driver *store, row_fn *each, void *context);
/* Those that are not 0. */
enum error counter_each(struct driver *store, row_fn *each, void *context);

#endif
