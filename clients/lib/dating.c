/* Reads the kept map for want of an offset, and joins the first one that was measured. */
#include "clients/lib/dating.h"

static bool has_no_offset(struct hudur *handle, struct text map)
{
	struct request request;

	arena_reset(&handle->arena);
	return message_decode(&message_request, map, &handle->arena, &request, NULL) == E_OK && request.offset == ABSENT;
}

/* A spool that knows an offset and no first one has sent such writes as they are. */
void dating_add(struct hudur *handle, struct parcel *parcel)
{
	int64_t offset;
	bool sent_as_it_is = spool_offset(handle->spool, &offset) && !spool_first_offset(handle->spool, &offset);

	if (sent_as_it_is || !has_no_offset(handle, parcel->map)) {
		outbox_add(&handle->connection.outbox, parcel);
		return;
	}
	outbox_hold(&handle->connection.outbox, parcel);
	dating_release(handle);
}

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

void dating_release(struct hudur *handle)
{
	struct outbox *outbox = &handle->connection.outbox;
	struct parcel *parcel, *copy;
	int64_t offset;

	if (!spool_first_offset(handle->spool, &offset))
		return;
	while ((parcel = TAILQ_FIRST(&outbox->lists[PLACE_HELD])) && (copy = dated_copy(handle, parcel, offset))) {
		outbox_remove(outbox, parcel);
		outbox_add(outbox, copy);
	}
}
