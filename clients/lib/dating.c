/* Joins the offset that the spool keeps for a write to its kept map. */
#include "clients/lib/dating.h"

/* What has no room for an offset goes without, always: the same bytes again. */
static enum error date(struct hudur *handle, struct text map, int64_t offset, struct text *dated)
{
	struct stamp stamp;
	struct text added;
	enum error e;

	arena_reset(&handle->arena);
	message_clear(&message_stamp, &stamp);
	stamp.offset = offset;
	if ((e = message_encode(&message_stamp, &stamp, &handle->arena, &added)))
		return e;
	e = message_join(map, added, &handle->arena, dated);
	if (e == E_TOO_LARGE)
		*dated = map;
	return e == E_TOO_LARGE ? E_OK : e;
}

/* NULL: no memory. */
static struct parcel *dated_copy(struct hudur *handle, const struct parcel *parcel, int64_t offset)
{
	struct text map;
	struct parcel *copy = NULL;

	if (date(handle, parcel->map, offset, &map) == E_OK)
		copy = parcel_new(true, parcel->id, parcel->service, map);
	if (!copy)
		return NULL;
	copy->n = parcel->n;
	copy->made = parcel->made;
	return copy;
}

/* False: it is held on. */
static bool let_go(struct hudur *handle, struct parcel *parcel)
{
	struct outbox *outbox = &handle->connection.outbox;
	struct parcel *copy;
	int64_t offset;

	if (spool_dating(handle->spool, parcel->n, &offset) != DATING_KNOWN ||
	    !(copy = dated_copy(handle, parcel, offset)))
		return false;
	outbox_remove(outbox, parcel);
	outbox_add(outbox, copy);
	return true;
}

void dating_add(struct hudur *handle, struct parcel *parcel)
{
	int64_t offset;

	if (spool_dating(handle->spool, parcel->n, &offset) == DATING_DONE) {
		outbox_add(&handle->connection.outbox, parcel);
		return;
	}
	outbox_hold(&handle->connection.outbox, parcel);
	let_go(handle, parcel);
}

void dating_release(struct hudur *handle)
{
	const struct parcels *held = &handle->connection.outbox.lists[PLACE_HELD];

	if (TAILQ_EMPTY(held) || !dating_is_compared(handle) ||
	    !spool_date(handle->spool, handle->connection.skew.offset, &handle->complaint))
		return;
	while (!TAILQ_EMPTY(held) && let_go(handle, TAILQ_FIRST(held)))
		;
}
