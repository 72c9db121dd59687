/* Shows records to people. */
#include "clients/cli/listing.h"

#include "clients/cli/cell.h"
#include "clients/cli/moment.h"
#include "schema/message_field.h"

enum { FLUSH_ROWS = 20000, WIDEST_CELL = 60, NARROWED_MAX = 15 };

static const struct {
	const struct message *record;
	const char *fields[NARROWED_MAX];
} narrowed[] = {
	{&message_person_line,
	 {"person", "name", "arabic", "entity", "also", "category", "state", "checked_in", "badge",
	  "walk_in", "remote", "low", "high"}},
	{&message_session_line,
	 {"session", "day", "starts", "ends", "opened", "closed", "room", "type", "counts",
	  "continues", "capacity", "admits", "invented", "title_en"}},
	{&message_event_line,
	 {"event", "state", "name_en", "city", "zone", "languages", "starts", "ends", "persons"}},
};

/* In a list of events each has its own zone. */
static struct text write_in_own_zone(const struct event_line *line, const struct field *field,
				     enum cell_style style, struct arena *arena)
{
	struct zone *zone = line->zone.at ? zone_open(arena_text(arena, line->zone).at) : NULL;
	struct text cell = cell_write(field, line, style, zone, arena);

	zone_close(zone);
	return cell;
}

struct text printing_cell(const struct printing *printing, const struct message *message,
			  const struct field *field, const void *record, struct arena *arena)
{
	enum cell_style style = printing->format == FORMAT_TABLE ? CELL_SHOWN : CELL_EXACT;

	if (field->type != TYPE_TIME || field_is_absent(field, field_in(field, record)))
		return cell_write(field, record, style, NULL, arena);
	if (message == &message_event_line)
		return write_in_own_zone(record, field, style, arena);
	return cell_write(field, record, style,
			  printing->zone ? printing->zone(printing->context) : NULL, arena);
}

void print_clock(const struct printing *printing)
{
	struct arena arena = {0};
	struct text shown;

	if (printing->simulated != ABSENT) {
		shown = moment_show(printing->zone ? printing->zone(printing->context) : NULL,
				    printing->simulated, &arena);
		fprintf(printing->out, "Simulated clock: %.*s\n", (int)shown.size, shown.at);
	}
	arena_free(&arena);
}

static void add_column(struct listing *l, const struct field *field)
{
	bool number = field->type == TYPE_INT || field->type == TYPE_LIST;
	/* what somebody must read to the end to know what to do */
	bool whole = strcmp(field->name, "detail") == 0 || strcmp(field->name, "note") == 0;

	if (l->count == GRID_COLUMNS_MAX)
		return;
	l->fields[l->count] = field;
	l->columns[l->count++] = (struct grid_column){cell_title(field, &l->arena), number,
						      whole ? 0 : WIDEST_CELL};
}

static bool add_narrowed(struct listing *l)
{
	for (size_t i = 0; i < sizeof(narrowed) / sizeof(*narrowed); i++) {
		if (narrowed[i].record != l->record)
			continue;
		for (size_t k = 0; k < NARROWED_MAX && narrowed[i].fields[k]; k++)
			add_column(l, field_find(l->record, text_of(narrowed[i].fields[k]), 0));
		return true;
	}
	return false;
}

void listing_start(struct listing *l, const struct printing *printing, const struct message *record)
{
	*l = (struct listing){.printing = printing, .record = record};
	for (uint32_t i = 0, all = !add_narrowed(l); all && i < record->count; i++)
		add_column(l, &record->fields[i]);
	grid_start(&l->grid, l->columns, l->count);
}

void listing_print(struct listing *l, const char *title)
{
	if (!l->grid.rows)
		return;
	if (!l->begun && title)
		fprintf(l->printing->out, "\n%s\n", title);
	l->begun = true;
	grid_print(&l->grid, l->printing->out);
}

bool listing_add(struct listing *l, const struct list *list, const char *title)
{
	struct arena arena = {0};
	bool kept = true;

	for (uint32_t i = 0; i < list->count; i++) {
		const void *record = (const char *)list->items + i * l->record->size;
		struct text cells[GRID_COLUMNS_MAX];

		for (uint32_t k = 0; k < l->count; k++)
			cells[k] =
				printing_cell(l->printing, l->record, l->fields[k], record, &arena);
		kept = grid_add(&l->grid, cells) && kept;
		arena_reset(&arena);
		if (l->grid.rows >= FLUSH_ROWS)
			listing_print(l, title);
	}
	arena_free(&arena);
	return kept;
}

void listing_free(struct listing *l)
{
	grid_free(&l->grid);
	arena_free(&l->arena);
}

void print_list(const struct printing *printing, const struct message *record,
		const struct list *list)
{
	struct listing listing;

	listing_start(&listing, printing, record);
	listing_add(&listing, list, NULL);
	listing_print(&listing, NULL);
	listing_free(&listing);
}

static bool is_for_paging(const struct field *field)
{
	return strcmp(field->name, "cursor") == 0 || strcmp(field->name, "after_ms") == 0;
}

void listing_card(const struct printing *printing, const struct message *message,
		  const void *record)
{
	struct arena arena = {0};
	int width = 0;

	for (uint32_t i = 0; i < message->count; i++)
		if (message->fields[i].type != TYPE_LIST &&
		    (int)strlen(message->fields[i].name) > width)
			width = (int)strlen(message->fields[i].name);
	for (uint32_t i = 0; i < message->count; i++) {
		const struct field *field = &message->fields[i];
		struct text cell;

		if (field->type == TYPE_LIST || is_for_paging(field))
			continue;
		cell = printing_cell(printing, message, field, record, &arena);
		if (cell.size)
			fprintf(printing->out, "%-*s  %.*s\n", width, cell_title(field, &arena),
				(int)cell.size, cell.at);
		arena_reset(&arena);
	}
	arena_free(&arena);
}
