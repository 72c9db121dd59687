/* Prints answers page after page, in the format that was asked for. */
#include "clients/cli/print.h"

#include <jansson.h>
#include <stdlib.h>

#include "clients/cli/cell.h"
#include "clients/cli/listing.h"
#include "schema/message_field.h"
#include "schema/message_json.h"

enum { LISTS_MAX = 4 };

struct printer {
	const struct printing *printing;
	const struct message *message;
	const struct field *lists[LISTS_MAX];
	struct listing listings[LISTS_MAX];
	uint32_t count;
	bool begun, failed;
	json_t *whole;
};

struct printer *printer_new(const struct printing *printing, const struct message *message)
{
	struct printer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->printing = printing;
	p->message = message;
	for (uint32_t i = 0; i < message->count && p->count < LISTS_MAX; i++) {
		if (message->fields[i].type != TYPE_LIST)
			continue;
		p->lists[p->count] = &message->fields[i];
		listing_start(&p->listings[p->count++], printing, message->fields[i].record);
	}
	return p;
}

/* One person, one event: shown as a card, not as a table of one row. */
static bool is_card(const struct field *list)
{
	return list->max == 1;
}

/* ---- table ---- */

static const char *title_of(const struct printer *p, uint32_t i)
{
	return p->count > 1 ? p->lists[i]->name : NULL;
}

static void page_table(struct printer *p, const void *record)
{
	if (!p->begun) {
		print_clock(p->printing);
		for (uint32_t i = 0; i < p->count; i++) {
			const struct list *list = field_in(p->lists[i], record);

			if (is_card(p->lists[i]) && list->count)
				listing_card(p->printing, p->lists[i]->record, list->items);
		}
		listing_card(p->printing, p->message, record);
	}
	for (uint32_t i = 0; i < p->count; i++)
		if (!is_card(p->lists[i]) &&
		    !listing_add(&p->listings[i], field_in(p->lists[i], record), title_of(p, i)))
			p->failed = true;
}

static void end_table(struct printer *p)
{
	for (uint32_t i = 0; i < p->count; i++)
		listing_print(&p->listings[i], title_of(p, i));
	if (p->count == 1 && p->begun && !p->listings[0].begun)
		fputs("None.\n", p->printing->out);
}

/* ---- JSON ---- */

bool print_json(const struct printing *printing, json_t *json)
{
	return json_dumpf(json, printing->out, JSON_INDENT(1)) == 0 &&
	       fputc('\n', printing->out) != EOF;
}

/* Adds the lists of a later page to the first one's and keeps its other fields. */
static void join_pages(struct printer *p, json_t *page)
{
	json_t *next = json_object_get(page, "next");

	for (uint32_t i = 0; i < p->count; i++) {
		json_t *have = json_object_get(p->whole, p->lists[i]->name);
		json_t *more = json_object_get(page, p->lists[i]->name);

		if (is_card(p->lists[i]) || !more)
			continue;
		if (have ? json_array_extend(have, more)
			 : json_object_set(p->whole, p->lists[i]->name, more))
			p->failed = true;
	}
	if (next && json_object_set(p->whole, "next", next))
		p->failed = true;
}

static void page_json(struct printer *p, const void *record)
{
	json_t *page = message_to_json(p->message, record);

	if (!page)
		p->failed = true;
	if (!p->whole) {
		p->whole = page;
		return;
	}
	join_pages(p, page);
	json_decref(page);
}

/* Every list is there, empty ones too, so that a reader need not ask whether it is. */
static void end_json(struct printer *p)
{
	if (!p->whole)
		return;
	json_object_del(p->whole, "cursor");
	for (uint32_t i = 0; i < p->count; i++)
		if (!json_object_get(p->whole, p->lists[i]->name))
			json_object_set_new(p->whole, p->lists[i]->name, json_array());
	if (!print_json(p->printing, p->whole))
		p->failed = true;
}

/* ---- CSV ---- */

static void csv_header(const struct printing *printing, const struct message *record)
{
	for (uint32_t i = 0; i < record->count; i++)
		cell_csv(printing->out, text_of(record->fields[i].name), i + 1 == record->count);
}

static void csv_line(const struct printing *printing, const struct message *message,
		     const void *record)
{
	struct arena arena = {0};

	for (uint32_t i = 0; i < message->count; i++)
		cell_csv(printing->out,
			 printing_cell(printing, message, &message->fields[i], record, &arena),
			 i + 1 == message->count);
	arena_free(&arena);
}

static void page_csv(struct printer *p, const void *record)
{
	const struct field *main = p->count ? p->lists[p->count - 1] : NULL;
	const struct message *message = main ? main->record : p->message;
	const struct list *list = main ? field_in(main, record) : NULL;

	if (!p->begun)
		csv_header(p->printing, message);
	if (!main)
		csv_line(p->printing, message, record);
	for (uint32_t i = 0; list && i < list->count; i++)
		csv_line(p->printing, message, (const char *)list->items + i * message->size);
}

void printer_page(struct printer *p, const void *record)
{
	switch (p->printing->format) {
	case FORMAT_TABLE:
		page_table(p, record);
		break;
	case FORMAT_JSON:
		page_json(p, record);
		break;
	case FORMAT_CSV:
		page_csv(p, record);
		break;
	}
	p->begun = true;
}

bool printer_end(struct printer *p, bool whole)
{
	bool done;

	if (whole && p->printing->format == FORMAT_TABLE)
		end_table(p);
	if (whole && p->printing->format == FORMAT_JSON)
		end_json(p);
	done = !p->failed && fflush(p->printing->out) == 0 && !ferror(p->printing->out);
	json_decref(p->whole);
	for (uint32_t i = 0; i < p->count; i++)
		listing_free(&p->listings[i]);
	free(p);
	return done;
}
