/* Sends the desk's requests, remembers what they were about, and notices when answers stay away. */
#include <inttypes.h>
#include <stdlib.h>

#include "clients/desk/offline.h"

/* A steward is told that the broker is slow before wondering. Monotonic ms. */
enum { SEARCH_PATIENCE_MS = 1500, WRITE_PATIENCE_MS = 700 };

struct awaited *desk_awaited_new(struct desk *desk)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		if (desk->awaited[i].kind == AWAITED_NOTHING) {
			desk->awaited[i] = (struct awaited){0};
			return &desk->awaited[i];
		}
	return NULL;
}

void desk_awaited_free(struct awaited *awaited)
{
	free(awaited->form);
	awaited->form = NULL;
	awaited->kind = AWAITED_NOTHING;
}

static struct awaited *awaited_find(struct desk *desk, const uint8_t *id)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		if (desk->awaited[i].kind && memcmp(desk->awaited[i].id, id, HUDUR_ID_SIZE) == 0)
			return &desk->awaited[i];
	return NULL;
}

static bool encoded(enum operation_id operation, const void *fields, struct arena *arena, struct text *map)
{
	struct request request;

	message_clear(&message_request, &request);
	request.op = text_of(operations[operation].op);
	return message_encode_two(&message_request, &request, operations[operation].request, fields, arena,
				  map) == E_OK;
}

static struct awaited *sent(struct desk *desk, enum operation_id operation, const void *fields,
			    struct awaited fresh)
{
	bool write = operations[operation].access == ACCESS_WRITE;
	struct awaited *awaited = desk_awaited_new(desk);
	char service[SERVICE_MAX];
	struct arena arena = {0};
	struct text map;
	int result = -1;

	snprintf(service, sizeof service, "%s/%s", desk->event, operations[operation].service);
	if (awaited && encoded(operation, fields, &arena, &map))
		result = write ? hudur_write(desk->hudur, service, map.at, map.size, fresh.at, fresh.id)
			       : hudur_read(desk->hudur, service, map.at, map.size, fresh.id);
	arena_free(&arena);
	if (result != 0) {
		desk->failures++;
		screen_line(&desk->screen, "NOT RECORDED  %s: %s", operations[operation].op,
			    awaited ? hudur_error(desk->hudur)
				    : "too many requests wait for an answer; try again when the broker is back.");
		return NULL;
	}
	fresh.deadline += clock_monotonic_ms();
	fresh.since = offline_since(desk);
	*awaited = fresh;
	return awaited;
}

struct awaited *desk_ask(struct desk *desk, enum operation_id operation, const void *fields,
			 enum awaited_kind kind)
{
	int patience = offline_knows(desk) ? WRITE_PATIENCE_MS : SEARCH_PATIENCE_MS; /* then the roster answers */

	if (desk->editor.lines && !desk->silent && desk->caller->options->timeout_ms > patience)
		patience = desk->caller->options->timeout_ms;
	return sent(desk, operation, fields, (struct awaited){.kind = kind, .deadline = patience});
}

struct awaited *desk_keep(struct desk *desk, enum operation_id operation, const void *fields,
			  enum awaited_kind kind, int64_t at)
{
	int patience = desk->silent && offline_knows(desk) ? 0 : WRITE_PATIENCE_MS;

	if (desk->editor.lines && !desk->silent && desk->caller->options->timeout_ms > patience)
		patience = desk->caller->options->timeout_ms;
	if (at == 0)
		at = hudur_now(desk->hudur);
	return sent(desk, operation, fields, (struct awaited){.kind = kind, .at = at, .deadline = patience});
}

static void search_forget(struct desk *desk)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		struct awaited *awaited = &desk->awaited[i];
		if (awaited->kind != AWAITED_SEARCH)
			continue;
		hudur_forget(desk->hudur, awaited->id);
		awaited->kind = AWAITED_NOTHING;
	}
}

static void search(struct desk *desk, const struct action *action)
{
	struct find fields;

	search_forget(desk);
	if (desk->silent && offline_knows(desk)) {
		offline_search(desk, action->generation, action->text, action->person);
		return;
	}
	message_clear(&message_find, &fields);
	if (action->person > 0)
		fields.person = action->person;
	else
		fields.text = action->text;
	fields.limit = EDITOR_MATCHES_MAX + 1;
	struct awaited *awaited = desk_ask(desk, OP_people_find, &fields, AWAITED_SEARCH);
	if (!awaited)
		return;
	awaited->generation = action->generation;
	awaited->person = action->person;
	snprintf(awaited->who, sizeof awaited->who, "%.*s", (int)action->text.size, action->text.at);
}

static const char *label_of(const struct desk *desk, int64_t person)
{
	for (uint32_t i = 0; i < EDITOR_MATCHES_MAX; i++)
		if (desk->labelled[i] == person)
			return desk->labels[i];
	return NULL;
}

void desk_act(struct desk *desk, const struct action *action)
{
	switch (action->kind) {
	case ACTION_NONE:
		return;
	case ACTION_SEARCH:
		search(desk, action);
		return;
	case ACTION_CHECK_IN:
		desk_check_in(desk, action->person, (struct text){0}, label_of(desk, action->person), 0);
		return;
	case ACTION_CHECK_IN_BADGE:
		desk_check_in(desk, 0, action->text, NULL, 0);
		return;
	case ACTION_COMMAND:
		desk_command(desk, action->text);
		return;
	case ACTION_REGISTER:
		desk_register(desk);
		return;
	case ACTION_SAY:
		desk->failures++;
		screen_line(&desk->screen, "%s", action->sentence);
		return;
	case ACTION_QUIT:
		desk->quits = true;
		return;
	}
}

static bool is_from_a_worker(const struct desk *desk, const struct hudur_reply *from)
{
	struct arena arena = {0};
	struct reply reply;
	bool absent = message_decode(&message_reply, (struct text){from->map, (uint32_t)from->size}, &arena, &reply,
				     NULL) == E_OK && offline_is_absence(desk, &reply);

	arena_free(&arena);
	return !absent;
}

static void answer_take(struct desk *desk, const struct hudur_reply *reply)
{
	struct awaited *awaited = awaited_find(desk, reply->id);
	struct arena arena = {0};
	/* telling may ask again, which ends the library's hold on the bytes */
	struct text map = arena_text(&arena, (struct text){reply->map, (uint32_t)reply->size});

	if (awaited && map.at)
		desk_answer(desk, awaited, map);
	else if (map.at)
		desk_answer_unknown(desk, map);
	arena_free(&arena);
}

void desk_listen(struct desk *desk, int timeout_ms)
{
	struct hudur_reply reply;

	while (hudur_next(desk->hudur, timeout_ms, &reply) == 1) {
		timeout_ms = 0;
		if (is_from_a_worker(desk, &reply))
			offline_end(desk);
		else
			offline_begin(desk);
		if (!fetch_take(&desk->fetch, &reply))
			answer_take(desk, &reply);
		meanwhile_look(desk);
	}
	if (desk->fetch.hudur)
		fetch_run(&desk->fetch);
	if (fetch_is_silent(&desk->fetch))
		offline_begin(desk);
	desk_notice_silence(desk);
}
