/* Sends the desk's requests, remembers what they were about, and notices when answers stay away. */
#include "clients/desk/desk.h"

#include <inttypes.h>

/* A steward is told that the broker is slow before wondering. Monotonic ms. */
enum { SEARCH_PATIENCE_MS = 1500, WRITE_PATIENCE_MS = 700 };

static struct awaited *awaited_new(struct desk *desk)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		if (desk->awaited[i].kind == AWAITED_NOTHING)
			return &desk->awaited[i];
	return NULL;
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
	struct awaited *awaited = awaited_new(desk);
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
	*awaited = fresh;
	return awaited;
}

struct awaited *desk_ask(struct desk *desk, enum operation_id operation, const void *fields,
			 enum awaited_kind kind)
{
	int patience = SEARCH_PATIENCE_MS;

	if (desk->editor.lines && !desk->silent && desk->caller->options->timeout_ms > patience)
		patience = desk->caller->options->timeout_ms;
	return sent(desk, operation, fields, (struct awaited){.kind = kind, .deadline = patience});
}

struct awaited *desk_keep(struct desk *desk, enum operation_id operation, const void *fields,
			  enum awaited_kind kind, int64_t at)
{
	int patience = WRITE_PATIENCE_MS;

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
	message_clear(&message_find, &fields);
	if (action->person > 0)
		fields.person = action->person;
	else
		fields.text = action->text;
	fields.limit = EDITOR_MATCHES_MAX + 1;
	struct awaited *awaited = desk_ask(desk, OP_people_find, &fields, AWAITED_SEARCH);
	if (awaited)
		awaited->generation = action->generation;
}

void desk_check_in(struct desk *desk, int64_t person, struct text code, const char *label, int64_t at)
{
	struct check_in fields;

	message_clear(&message_check_in, &fields);
	fields.issue = true;
	if (person > 0)
		fields.person = person;
	else
		fields.badge = code;
	struct awaited *awaited = desk_keep(desk, OP_checkin_check_in, &fields, AWAITED_CHECK_IN, at);
	if (!awaited)
		return;
	awaited->named = label != NULL;
	if (label)
		snprintf(awaited->who, sizeof awaited->who, "%s", label);
	else if (person > 0)
		snprintf(awaited->who, sizeof awaited->who, "#%" PRId64, person);
	else
		snprintf(awaited->who, sizeof awaited->who, "badge %.*s", (int)code.size, code.at);
}

static const char *label_of(const struct desk *desk, int64_t person)
{
	for (uint32_t i = 0; i < EDITOR_MATCHES_MAX; i++)
		if (desk->labelled[i] == person)
			return desk->labels[i];
	return NULL;
}

static struct text answer_of(const struct desk *desk, enum form_step step)
{
	struct text text = text_of(desk->editor.form.answers[step]);

	return text.size > 0 ? text : (struct text){0};
}

static void register_walk_in(struct desk *desk)
{
	struct registration fields;

	message_clear(&message_registration, &fields);
	fields.name = answer_of(desk, FORM_NAME);
	fields.entity = answer_of(desk, FORM_ENTITY);
	fields.function = answer_of(desk, FORM_FUNCTION);
	fields.category = (enum category)vocabulary_value(&vocabulary_category, answer_of(desk, FORM_CATEGORY));
	fields.walk_in = true;
	fields.accredit = true;
	struct awaited *awaited = desk_keep(desk, OP_registration_register, &fields, AWAITED_WALK_IN, 0);
	if (awaited)
		snprintf(awaited->who, sizeof awaited->who, "%.*s (%.*s)", (int)fields.name.size, fields.name.at,
			 fields.entity.at ? (int)fields.entity.size : 17,
			 fields.entity.at ? fields.entity.at : "entity not stated");
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
		register_walk_in(desk);
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

/* A read is given up, a write stays in the spool. */
static void overdue_tell(struct desk *desk, struct awaited *awaited)
{
	if (awaited->kind == AWAITED_NAME) {
		screen_line(&desk->screen, "%s  %s%s", awaited->outcome, awaited->who, awaited->tail);
	} else if (awaited->kind == AWAITED_SEARCH || awaited->kind == AWAITED_CARD) {
		if (awaited->kind == AWAITED_SEARCH)
			editor_unanswered(&desk->editor, awaited->generation);
		screen_line(&desk->screen, "No answer from the broker. Scan a badge, or give #number and Enter twice: "
			    "check-ins are kept.");
	} else {
		awaited->told = true;
		screen_line(&desk->screen, "KEPT  %s: not yet confirmed, kept in the spool (%" PRId64 " waiting)",
			    awaited->who, hudur_backlog(desk->hudur));
	}
	desk->silent = true;
	if (awaited->told)
		return;
	hudur_forget(desk->hudur, awaited->id);
	awaited->kind = AWAITED_NOTHING;
}

static void overdue_check(struct desk *desk)
{
	int64_t now = clock_monotonic_ms();

	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		struct awaited *awaited = &desk->awaited[i];
		if (awaited->kind && !awaited->told && now >= awaited->deadline)
			overdue_tell(desk, awaited);
	}
}

void desk_listen(struct desk *desk, int timeout_ms)
{
	struct hudur_reply reply;

	while (hudur_next(desk->hudur, timeout_ms, &reply) == 1) {
		struct awaited *awaited = awaited_find(desk, reply.id);
		struct arena arena = {0};
		/* telling may ask again, which ends the library's hold on the bytes */
		struct text map = arena_text(&arena, (struct text){reply.map, (uint32_t)reply.size});
		desk->silent = false;
		timeout_ms = 0;
		if (awaited && map.at)
			desk_answer(desk, awaited, map);
		else if (map.at)
			desk_answer_unknown(desk, map);
		arena_free(&arena);
	}
	overdue_check(desk);
}

bool desk_is_waiting(const struct desk *desk)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		if (desk->awaited[i].kind && !desk->awaited[i].told)
			return true;
	return false;
}

int desk_wait(const struct desk *desk)
{
	int64_t first = INT64_MAX, now = clock_monotonic_ms();

	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		const struct awaited *awaited = &desk->awaited[i];
		if (awaited->kind && !awaited->told && awaited->deadline < first)
			first = awaited->deadline;
	}
	if (first == INT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}
