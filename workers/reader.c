/* From a question's bytes to its answer, inside one snapshot. */
#include "workers/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "workers/batch.h"
#include "workers/call.h"
#include "workers/driver.h"
#include "workers/event.h"

enum { FILES_MAX = 16 };

/* Whoever asked has given up long before. */
enum { QUESTION_MS_MAX = 30000 };

/* An event file that is kept open; the one not asked for longest makes room. */
struct open_file {
	char id[EVENT_ID_MAX + 1];
	struct driver *store;
	struct namebook names;
	uint64_t used;
};

struct reader {
	const char *folder;
	struct open_file files[FILES_MAX];
	uint64_t questions;
	struct arena arena;
	void (*meanwhile)(void *context);
	void *context;
};

struct reader *reader_new(const char *folder)
{
	struct reader *reader = calloc(1, sizeof *reader);

	if (reader)
		reader->folder = folder;
	return reader;
}

static void file_close(struct open_file *file)
{
	driver_free(file->store);
	namebook_free(&file->names);
	*file = (struct open_file){.store = NULL};
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	for (size_t i = 0; i < FILES_MAX; i++)
		file_close(&reader->files[i]);
	arena_free(&reader->arena);
	free(reader);
}

void reader_meanwhile(struct reader *reader, void (*meanwhile)(void *context), void *context)
{
	reader->meanwhile = meanwhile;
	reader->context = context;
}

typedef enum error answer_fn(struct reading *reading, const void *in, void *out);

#define ANSWER_WRITE(service, op)
#define ANSWER_WRAP(service, op)
#define ANSWER_READ(service, op) \
	static enum error answer_##service##_##op(struct reading *reading, const void *in, void *out) \
	{ return read_##op(reading, in, out); }
#define ANSWER_WRITER_READ(service, op)
#define ANSWER_BROKER_READ(service, op)
#define OPERATION(service, op, request, result, access, roles, sentence) ANSWER_##access(service, op)
#include "schema/operations.def"

static answer_fn *const answers[OP_COUNT] = {
#define ROW_WRITE(service, op)
#define ROW_WRAP(service, op)
#define ROW_READ(service, op) [OP_##service##_##op] = answer_##service##_##op,
#define ROW_WRITER_READ(service, op)
#define ROW_BROKER_READ(service, op)
#define OPERATION(service, op, request, result, access, roles, sentence) ROW_##access(service, op)
#include "schema/operations.def"
};

static enum error open_file(struct reader *reader, struct text id, struct open_file **out, struct text *detail)
{
	struct open_file *file = &reader->files[0];
	char path[EVENT_PATH_MAX];
	enum error e;

	for (size_t i = 0; i < FILES_MAX; i++) {
		if (reader->files[i].store && text_is(id, reader->files[i].id)) {
			reader->files[i].used = reader->questions;
			*out = &reader->files[i];
			return E_OK;
		}
		if (reader->files[i].used < file->used)
			file = &reader->files[i];
	}
	if (!event_id_is_valid(id) || !event_path(reader->folder, id, path) || access(path, F_OK) != 0)
		return E_UNKNOWN_EVENT;
	file_close(file);
	file->used = reader->questions;
	snprintf(file->id, sizeof file->id, "%.*s", (int)id.size, id.at);
	e = driver_open(path, DRIVER_READ, &file->store);
	if (!e) {
		driver_be_patient(file->store, QUESTION_MS_MAX);
		driver_meanwhile(file->store, reader->meanwhile, reader->context);
		*out = file;
		return E_OK;
	}
	if (file->store)
		*detail = arena_printf(&reader->arena, "%s", driver_error(file->store));
	file_close(file);
	return e;
}

static enum error ask(struct reading *reading, const struct operation *operation, const void *in, void *out)
{
	enum error e = driver_begin(reading->store);

	if (e)
		return e;
	message_clear(operation->result, out);
	e = answers[operation->id](reading, in, out);
	driver_rollback(reading->store);
	return e;
}

/* The whole reply, or why there is none; `reading` then holds what it concerns. */
static enum error answer(struct reader *reader, const struct call *call, struct reading *reading, struct text *reply)
{
	const struct operation *operation = call->operation;
	void *out = arena_alloc(&reader->arena, operation->result->size);
	struct open_file *file = NULL;
	struct reply head;
	enum error e = out ? E_OK : E_NO_MEMORY;

	reading->event = call->owner;
	if (!e)
		e = open_file(reader, reading->event, &file, &reading->detail);
	if (e)
		return e;
	reading->store = file->store;
	reading->names = &file->names;
	if ((e = ask(reading, operation, call->fields, out)))
		return e;
	message_clear(&message_reply, &head);
	head.status = status_ok;
	head.now = reading->now;
	return message_encode_two(&message_reply, &head, operation->result, out, &reader->arena, reply);
}

struct text reader_answer(struct reader *reader, struct text address, struct text map, int64_t now)
{
	struct complaint complaint = {{0}};
	struct reading reading = {.arena = &reader->arena, .now = batch_time(now)};
	struct call call = {.operation = NULL};
	struct text reply;
	enum error e;

	arena_reset(&reader->arena);
	reader->questions++;
	e = call_read(address, map, &reader->arena, &call, &complaint);
	if (!e)
		e = answers[call.operation->id] ? answer(reader, &call, &reading, &reply) : E_UNSUPPORTED;
	if (!e)
		return reply;
	if (!reading.detail.at && *complaint.sentence)
		reading.detail = arena_text(&reader->arena, text_of(complaint.sentence));
	return batch_refusal(&reader->arena, e, reading.detail, reading.now);
}
