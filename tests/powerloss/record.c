/* Keeps the entries; running out of memory ends the test. */
#include "tests/powerloss/record.h"

#include <stdlib.h>

static struct entry *add(struct record *record, enum deed what)
{
	if (record->count == record->room) {
		record->room = record->room ? record->room * 2 : 4096;
		record->entries = realloc(record->entries, record->room * sizeof *record->entries);
		if (!record->entries)
			abort();
	}
	record->entries[record->count] = (struct entry){.what = what};
	return &record->entries[record->count++];
}

static const char *copy_name(struct record *record, const char *name)
{
	struct text copy = arena_printf(&record->arena, "%s%c", name, 0);

	if (!copy.at)
		abort();
	return copy.at;
}

static uint32_t place_of(const struct record *record, const char *name)
{
	uint32_t i = 0;

	while (i < record->name_count && strcmp(record->names[i].name, name) != 0)
		i++;
	return i;
}

static void set_name(struct record *record, const char *name, uint32_t file)
{
	uint32_t place = place_of(record, name);

	if (place == RECORD_NAMES)
		abort();
	record->names[place].name = name;
	record->names[place].file = file;
	if (place == record->name_count)
		record->name_count++;
}

static void clear_name(struct record *record, const char *name)
{
	uint32_t place = place_of(record, name);

	if (place < record->name_count)
		record->names[place] = record->names[--record->name_count];
}

uint32_t record_file(const struct record *record, const char *name)
{
	uint32_t place = place_of(record, name);

	return place < record->name_count ? record->names[place].file : RECORD_NONE;
}

uint32_t record_link(struct record *record, const char *name, bool folder)
{
	const char *kept = copy_name(record, name);
	struct entry *entry = add(record, DEED_LINK);

	entry->name = kept;
	entry->file = folder ? RECORD_FOLDER : record->files++;
	set_name(record, kept, entry->file);
	return entry->file;
}

void record_name(struct record *record, const char *name, const char *to)
{
	const char *kept = copy_name(record, to);
	uint32_t file = record_file(record, name);
	struct entry *entry = add(record, DEED_LINK);

	entry->name = kept;
	entry->file = file;
	set_name(record, kept, file);
}

void record_unlink(struct record *record, const char *name)
{
	struct entry *entry = add(record, DEED_UNLINK);

	entry->file = record_file(record, name);
	entry->name = copy_name(record, name);
	clear_name(record, name);
}

void record_rename(struct record *record, const char *name, const char *to)
{
	struct entry *entry = add(record, DEED_RENAME);

	entry->file = record_file(record, name);
	entry->name = copy_name(record, name);
	entry->to = copy_name(record, to);
	clear_name(record, name);
	set_name(record, entry->to, entry->file);
}

void record_write(struct record *record, uint32_t file, int64_t at, struct text bytes)
{
	struct entry *entry = add(record, DEED_WRITE);

	entry->file = file;
	entry->at = at;
	entry->bytes = arena_text(&record->arena, bytes);
	if (!entry->bytes.at)
		abort();
}

void record_resize(struct record *record, uint32_t file, int64_t size)
{
	struct entry *entry = add(record, DEED_RESIZE);

	entry->file = file;
	entry->at = size;
}

void record_sync(struct record *record, uint32_t file)
{
	add(record, DEED_SYNC)->file = file;
}

void record_folder_sync(struct record *record, const char *name)
{
	struct entry *entry = add(record, DEED_FOLDER_SYNC);

	entry->name = copy_name(record, name);
}

void record_mark(struct record *record, uint32_t kind, int64_t number)
{
	struct entry *entry = add(record, DEED_MARK);

	entry->file = kind;
	entry->at = number;
}

void record_free(struct record *record)
{
	arena_free(&record->arena);
	free(record->entries);
	*record = (struct record){.count = 0};
}
