/* Counts what is missing above the highest number that was settled: a settled one that comes late hides nothing. */
#include "workers/missing.h"

/* The last one: it settles what those before it did, and more. */
static const struct settlement *settlement_of(const struct list *settlements, struct text device)
{
	for (uint32_t i = settlements->count; i > 0; i--)
		if (text_equal(LIST_AT(*settlements, settlement, i - 1)->device, device))
			return LIST_AT(*settlements, settlement, i - 1);
	return NULL;
}

enum error missing_count(struct driver *store, const struct list *settlements, const struct device_row *device,
			 int64_t ledger, int64_t *count)
{
	const struct settlement *settled = settlement_of(settlements, device->device);
	int64_t after = 0;
	enum error e;

	*count = device->highest - device->requests;
	if (!settled)
		return E_OK;
	e = settlement_after(store, settled, ledger, &after);
	*count = device->highest - settled->number - after;
	return e;
}
