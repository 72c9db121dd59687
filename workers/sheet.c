/* Weighs each row by what it comes to on the wire. */
#include "workers/sheet.h"

#include "workers/records.h"

enum error sheet_init(struct sheet *sheet, const struct message *record, uint32_t most, struct arena *arena)
{
	*sheet = (struct sheet){.record = record, .arena = arena, .most = most};
	sheet->rows.items = arena_alloc(arena, most * record->size);
	return sheet->rows.items ? E_OK : E_NO_MEMORY;
}

enum error sheet_add(struct sheet *sheet, const void *row)
{
	void *copy = (char *)sheet->rows.items + sheet->rows.count * sheet->record->size;
	struct text wire;
	enum error e;

	if (sheet->full || sheet->rows.count == sheet->most) {
		sheet->full = true;
		return E_OK;
	}
	if ((e = message_encode(sheet->record, row, sheet->arena, &wire)))
		return e;
	if (sheet->bytes + wire.size > SHEET_BYTES) {
		sheet->full = true;
		return E_OK;
	}
	sheet->bytes += wire.size;
	memcpy(copy, row, sheet->record->size);
	sheet->rows.count++;
	return record_own(sheet->record, copy, sheet->arena);
}

enum error sheet_trim(const struct message *record, struct list *rows, uint32_t most, struct arena *arena,
		      size_t *budget)
{
	uint32_t fit = 0;

	for (; fit < rows->count && fit < most; fit++) {
		struct text wire;
		enum error e = message_encode(record, (const char *)rows->items + fit * record->size, arena, &wire);

		if (e)
			return e;
		if (wire.size > *budget)
			break;
		*budget -= wire.size;
	}
	rows->count = fit;
	return E_OK;
}
