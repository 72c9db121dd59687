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

	if (!sent_as_it_is && has_no_offset(handle, parcel->map))
		outbox_hold(&handle->connection.outbox, parcel);
	else
		outbox_add(&handle->connection.outbox, parcel);
}

/* NULL: no memory. */
static struct parcel *dated_copy(struct hudur *handle, const struct parcel *parcel, int64_t offset)
{
	struct stamp stamp;
	struct parcel *copy;
	struct text added, map;

	arena_reset(&handle->arena);
	message_clear(&message_stamp, &stamp);
	stamp.offset = offset;
	if (message_encode(&message_stamp, &stamp, &handle->arena, &added) != E_OK ||
	    message_join(parcel->map, added, &handle->arena, &map) != E_OK)
		return NULL;
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
