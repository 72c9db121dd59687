/* A table of devices. */
#include "workers/heard.h"

#include <stdlib.h>

#include "workers/state.h"

struct heard_device *heard_find(const struct heard *heard, struct text device)
{
	struct heard_device *one = heard->heads[state_door(device) % HEARD_HEADS];

	while (one && !text_equal(one->row.device, device))
		one = one->next;
	return one;
}

static struct heard_device *add(struct heard *heard, struct text device, struct arena *arena)
{
	struct heard_device **head = &heard->heads[state_door(device) % HEARD_HEADS];
	struct heard_device *one = arena_alloc(arena, sizeof *one);

	if (!one || !(one->row.device = arena_text(arena, device)).at)
		return NULL;
	one->next = *head;
	heard->count++;
	return *head = one;
}

enum error heard_note(struct heard *heard, const struct fact *fact, struct arena *arena)
{
	struct heard_device *one;

	if (!fact->device.at)
		return E_OK;
	one = heard_find(heard, fact->device);
	if (!one && !(one = add(heard, fact->device, arena)))
		return E_NO_MEMORY;
	one->row.requests++;
	one->row.scans += text_is(fact->op, "scan") || text_is(fact->op, "decided");
	if (fact->number > one->row.highest)
		one->row.highest = fact->number;
	one->row.heard = fact->received;
	return E_OK;
}

static int by_device(const void *a, const void *b)
{
	const struct text one = ((const struct device_row *)a)->device, other = ((const struct device_row *)b)->device;
	int order = memcmp(one.at, other.at, one.size < other.size ? one.size : other.size);

	return order ? order : (one.size > other.size) - (one.size < other.size);
}

enum error heard_list(const struct heard *heard, struct arena *arena, struct list *devices)
{
	struct device_row *rows = arena_alloc(arena, (heard->count + 1) * sizeof *rows);

	*devices = (struct list){.items = rows};
	if (!rows)
		return E_NO_MEMORY;
	for (int i = 0; i < HEARD_HEADS; i++)
		for (const struct heard_device *one = heard->heads[i]; one; one = one->next)
			rows[devices->count++] = one->row;
	qsort(rows, devices->count, sizeof *rows, by_device);
	return E_OK;
}
