/* Reads JSON written by hand. */
#include "clients/admin/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

bool source_blame(struct source *source, const char *where, const char *format, ...)
{
	char what[200];
	va_list list;

	if (source->wrong)
		return false;
	source->wrong = true;
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	snprintf(source->complaint, sizeof(source->complaint), "%.200s: %.80s%s%s", source->path,
		 where ? where : "", where ? ": " : "", what);
	return false;
}

/* Some editors begin a file with a byte-order mark, which is no JSON. False with errno when nothing
 * can be read, as of a folder. */
static bool skip_mark(FILE *file)
{
	int first = getc(file);

	/* what is no mark is no JSON either, and one byte put back is enough for that to be seen */
	if (first != 0xEF || getc(file) != 0xBB || getc(file) != 0xBF)
		ungetc(first, file);
	return !ferror(file);
}

bool source_open(struct source *source, const char *path, struct arena *arena)
{
	json_error_t error;
	FILE *file = fopen(path, "r");

	source->path = path;
	source->arena = arena;
	if (!file)
		return source_blame(source, NULL, "cannot be read: %s.", strerror(errno));
	if (!skip_mark(file)) {
		source_blame(source, NULL, "cannot be read: %s.", strerror(errno));
		fclose(file);
		return false;
	}
	source->root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
	fclose(file);
	if (!source->root)
		return source_blame(source, NULL, "line %d: not JSON: %s.", error.line, error.text);
	if (!json_is_object(source->root))
		return source_blame(source, NULL,
				    "line 1: an object that begins with { is expected.");
	return true;
}

void source_close(struct source *source)
{
	json_decref(source->root);
	source->root = NULL;
}

static const json_t *value_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

struct text source_text(struct source *source, const json_t *object, const char *where,
			const char *key)
{
	const json_t *value = value_of(object, key);

	if (!value)
		return (struct text){NULL, 0};
	if (!json_is_string(value)) {
		source_blame(source, where, "%s: a text or null is expected.", key);
		return (struct text){NULL, 0};
	}
	if (json_string_length(value) == 0)
		return (struct text){NULL, 0};
	return (struct text){json_string_value(value), (uint32_t)json_string_length(value)};
}

int64_t source_number(struct source *source, const json_t *object, const char *where,
		      const char *key)
{
	const json_t *value = value_of(object, key);

	if (!value)
		return ABSENT;
	if (!json_is_integer(value)) {
		source_blame(source, where, "%s: a whole number or null is expected.", key);
		return ABSENT;
	}
	return json_integer_value(value);
}

bool source_bool(struct source *source, const json_t *object, const char *where, const char *key)
{
	const json_t *value = value_of(object, key);

	if (value && !json_is_boolean(value))
		source_blame(source, where, "%s: true or false is expected.", key);
	return json_is_true(value);
}

const json_t *source_object(struct source *source, const json_t *object, const char *where,
			    const char *key)
{
	const json_t *value = value_of(object, key);

	if (!value || json_is_object(value))
		return value;
	source_blame(source, where, "%s: an object is expected.", key);
	return NULL;
}

const json_t *source_list(struct source *source, const json_t *object, const char *where,
			  const char *key)
{
	const json_t *value = value_of(object, key);

	if (!value || json_is_array(value))
		return value;
	source_blame(source, where, "%s: a list is expected.", key);
	return NULL;
}

bool source_check(struct source *source, const char *where, const struct message *message,
		  const void *record)
{
	struct complaint complaint;

	if (message_check(message, record, &complaint) == E_OK)
		return true;
	return source_blame(source, where, "%s.", complaint.sentence);
}

void *source_grow(struct source *source, struct list *list, const struct message *message,
		  size_t count)
{
	char *items = arena_alloc(source->arena, (list->count + count) * message->size + 1);

	if (!items) {
		source_blame(source, NULL, "memory is short.");
		return NULL;
	}
	if (list->count)
		memcpy(items, list->items, list->count * message->size);
	list->items = items;
	items += list->count * message->size;
	for (size_t i = 0; i < count; i++)
		message_clear(message, items + i * message->size);
	list->count += (uint32_t)count;
	return items;
}
