/* Reads the states and institutions that may be represented. */
#include "clients/admin/reference.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "clients/admin/csv.h"

enum { ROWS_MAX = 2000, COLUMNS_MAX = 8 };

/* A whole small file: its cells by the names of the columns that are wanted. */
struct sheet {
	const char *names[COLUMNS_MAX]; /* ends with NULL */
	struct text (*rows)[COLUMNS_MAX];
	uint32_t count;
};

struct reference {
	const char *folder;
	struct zone *zone;
	struct arena *arena;
	struct list *entities, *standings;
	char *complaint;
};

static bool blame(struct reference *r, const char *file, const char *what)
{
	snprintf(r->complaint, 512, "%.300s/%s: %s", r->folder, file, what);
	return false;
}

static bool find_columns(const struct sheet *sheet, const struct csv_row *header,
			 uint32_t columns[COLUMNS_MAX])
{
	for (uint32_t k = 0; sheet->names[k]; k++) {
		uint32_t i = 0;

		while (i < header->count && !text_is(header->fields[i], sheet->names[k]))
			i++;
		if (i == header->count)
			return false;
		columns[k] = i;
	}
	return true;
}

static struct text cell_of(struct reference *r, const struct csv_row *row, uint32_t column)
{
	struct text cell = column < row->count ? row->fields[column] : (struct text){0};

	if (!cell.size || text_is(cell, "unconfirmed"))
		return (struct text){NULL, 0};
	return arena_text(r->arena, cell);
}

static bool read_rows(struct reference *r, const char *name, struct csv *csv, struct sheet *sheet)
{
	uint32_t columns[COLUMNS_MAX] = {0};
	struct csv_row row;
	int got;

	if (csv_next(csv, &row) != 1 || row.fault || !find_columns(sheet, &row, columns))
		return blame(r, name, "the first line does not name the columns that are needed.");
	while ((got = csv_next(csv, &row)) == 1) {
		if (row.fault || sheet->count == ROWS_MAX)
			return blame(r, name,
				     row.fault ? csv_fault_sentence(row.fault) : "too many rows.");
		for (uint32_t k = 0; sheet->names[k]; k++)
			sheet->rows[sheet->count][k] = cell_of(r, &row, columns[k]);
		sheet->count++;
	}
	return got == 0 || blame(r, name, strerror(errno));
}

static bool read_sheet(struct reference *r, const char *name, bool needed, struct sheet *sheet)
{
	struct text path = arena_printf(r->arena, "%.900s/%s", r->folder, name);
	FILE *file = path.at ? fopen(path.at, "r") : NULL;
	struct csv *csv;
	bool read;

	if (!file)
		return (!needed && errno == ENOENT) || blame(r, name, 
			"cannot be read; name its folder with --reference.");
	csv = malloc(sizeof(*csv));
	sheet->rows = arena_alloc(r->arena, ROWS_MAX * sizeof(*sheet->rows));
	if (csv && sheet->rows) {
		csv_start(csv, file);
		read = read_rows(r, name, csv, sheet);
	} else {
		read = blame(r, name, "memory is short.");
	}
	free(csv);
	fclose(file);
	return read;
}

/* Room for one more record; the lists were made large enough. */
static void *next_of(struct list *list, const struct message *message)
{
	void *record = (char *)list->items + list->count++ * message->size;

	message_clear(message, record);
	return record;
}

static bool make_room(struct reference *r, struct list *list, const struct message *message,
		      uint32_t more)
{
	char *items = arena_alloc(r->arena, (list->count + more) * message->size + 1);

	if (items && list->count)
		memcpy(items, list->items, list->count * message->size);
	list->items = items;
	return items || blame(r, "", "memory is short.");
}

/* An observer without an ISO code has a code of its own. */
static struct text code_of(struct text alpha2, struct text name)
{
	if (alpha2.at)
		return alpha2;
	return text_is(name, "Turkish Cypriot State") ? TEXT("OBS-TCS") : (struct text){NULL, 0};
}

static bool is_inferred(const struct sheet *sources, struct text alpha2)
{
	for (uint32_t i = 0; i < sources->count; i++)
		if (alpha2.at && sources->rows[i][0].at && text_equal(sources->rows[i][0], alpha2))
			return !text_is(sources->rows[i][1], "confirmed");
	return true;
}

static bool check_both(struct reference *r, const char *file, const struct entity_plan *entity,
		       const struct standing_plan *standing)
{
	struct complaint complaint;

	if (message_check(&message_entity_plan, entity, &complaint) ||
	    (standing && message_check(&message_standing_plan, standing, &complaint)))
		return blame(r, file, complaint.sentence);
	return true;
}

static bool read_members(struct reference *r)
{
	static const char file[] = "oic_members.csv";
	struct sheet members = {
		.names = {"alpha2", "name_en", "name_fr", "name_ar", "oic_status", "oic_group"}};
	struct sheet sources = {.names = {"alpha2", "group_evidence"}};

	if (!read_sheet(r, file, true, &members) ||
	    !read_sheet(r, "oic_members_sources.csv", false, &sources) ||
	    !make_room(r, r->entities, &message_entity_plan, members.count) ||
	    !make_room(r, r->standings, &message_standing_plan, members.count))
		return false;
	for (uint32_t i = 0; i < members.count; i++) {
		const struct text *row = members.rows[i];
		struct entity_plan *entity = next_of(r->entities, &message_entity_plan);
		struct standing_plan *standing = next_of(r->standings, &message_standing_plan);

		*entity = (struct entity_plan){.entity = code_of(row[0], row[1]),
					       .kind = entity_kind_state,
					       .name_en = row[1],
					       .name_fr = row[2],
					       .name_ar = row[3],
					       .region = row[5],
					       .region_inferred =
						       row[5].at && is_inferred(&sources, row[0])};
		standing->entity = entity->entity;
		standing->standing = vocabulary_value(&vocabulary_standing, row[4]);
		if (!check_both(r, file, entity, standing))
			return false;
	}
	return true;
}

static bool read_institutions(struct reference *r)
{
	static const char file[] = "oic_institutions.csv";
	struct sheet sheet = {.names = {"abbr", "name_en", "name_fr", "name_ar"}};

	if (!read_sheet(r, file, true, &sheet) ||
	    !make_room(r, r->entities, &message_entity_plan, sheet.count))
		return false;
	for (uint32_t i = 0; i < sheet.count; i++) {
		const struct text *row = sheet.rows[i];
		struct entity_plan *entity = next_of(r->entities, &message_entity_plan);
		struct text code = arena_printf(r->arena, "I-%.*s", (int)row[0].size,
						row[0].at ? row[0].at : "");
		char *letters = (char *)(uintptr_t)code.at;

		for (uint32_t k = 0; k < code.size; k++)
			letters[k] = (char)toupper((unsigned char)letters[k]);
		*entity = (struct entity_plan){.entity = code,
					       .kind = entity_kind_institution,
					       .name_en = row[1],
					       .name_fr = row[2],
					       .name_ar = row[3]};
		if (!check_both(r, file, entity, NULL))
			return false;
	}
	return true;
}

static bool read_moment(struct reference *r, struct text date, int64_t *ms)
{
	return !date.at || zone_to_utc(r->zone, date.at, NULL, ms) == E_OK;
}

static bool read_history(struct reference *r)
{
	static const char file[] = "oic_status_history.csv";
	struct sheet sheet = {.names = {"alpha2", "status", "from", "to"}};

	if (!read_sheet(r, file, false, &sheet) ||
	    !make_room(r, r->standings, &message_standing_plan, sheet.count))
		return false;
	for (uint32_t i = 0; i < sheet.count; i++) {
		const struct text *row = sheet.rows[i];
		struct standing_plan *standing = next_of(r->standings, &message_standing_plan);
		struct complaint complaint;

		standing->entity = row[0];
		standing->standing = vocabulary_value(&vocabulary_standing, row[1]);
		if (!read_moment(r, row[2], &standing->since) ||
		    !read_moment(r, row[3], &standing->until))
			return blame(r, file, "from and to are dates such as 2012-08-15.");
		if (message_check(&message_standing_plan, standing, &complaint))
			return blame(r, file, complaint.sentence);
	}
	return true;
}

bool reference_read(const char *folder, struct zone *zone, struct arena *arena,
		    struct list *entities, struct list *standings, char complaint[512])
{
	struct reference r = {folder, zone, arena, entities, standings, complaint};

	return read_members(&r) && read_institutions(&r) && read_history(&r);
}
