/* One turn of a handle: take what came, settle it in the spool, send what may go. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "clients/lib/handle.h"

enum { OFFSET_KEEP_MS = 60000, OFFSET_JUMP_MS = 1000, RETRY_DEFAULT_MS = 250 };

/*
 * A write stays in the file when it cannot be taken out; then it is sent, and answered, once more
 * after a restart.
 */
static void settle_write(struct hudur *handle, const struct arrival *arrival)
{
	const struct parcel *parcel = arrival->parcel;

	if (arrival->reply.status == status_error)
		spool_rejected(handle->spool, parcel->n, arrival->map, clock_now(&handle->clock),
			       &handle->complaint);
	else
		spool_answered(handle->spool, parcel->n, &handle->complaint);
	handle->backlog--;
}

static void put_off(struct hudur *handle, const struct arrival *arrival, int64_t now)
{
	int64_t wait =
		arrival->reply.retry_ms == ABSENT ? RETRY_DEFAULT_MS : arrival->reply.retry_ms;

	if (wait < RETRY_FLOOR_MS)
		wait = RETRY_FLOOR_MS;
	outbox_put_off(&handle->connection.outbox, arrival->parcel, now + wait);
}

/*
 * An answer that memory cannot hold is left: the request stays, is sent again and answered again.
 */
static void settle(struct hudur *handle, const struct arrival *arrival, int64_t now)
{
	struct parcel *parcel = arrival->parcel;

	if (parcel->write && arrival->final && arrival->reply.status == status_busy) {
		put_off(handle, arrival, now);
		return;
	}
	if (!answers_add(&handle->answers, parcel->id, arrival->final, parcel->service,
			 arrival->map))
		return;
	if (!arrival->final)
		return;
	if (parcel->write)
		settle_write(handle, arrival);
	outbox_remove(&handle->connection.outbox, parcel);
}

/* Written seldom, since it costs a write to the disk and is measured anew at every start. */
static void keep_offset(struct hudur *handle, int64_t now)
{
	const struct skew *skew = &handle->connection.skew;
	int64_t kept;
	bool known = spool_offset(handle->spool, &kept);

	if (skew->count == 0 || (known && kept == skew->offset))
		return;
	if (known && now - handle->offset_kept_at < OFFSET_KEEP_MS &&
	    llabs(kept - skew->offset) < OFFSET_JUMP_MS)
		return;
	spool_measured(handle->spool, skew->offset);
	handle->offset_kept_at = now;
}

void handle_turn(struct hudur *handle)
{
	struct arrival arrival;
	int64_t now;

	do {
		now = clock_monotonic_ms();
		while (connection_receive(&handle->connection, now, &arrival))
			settle(handle, &arrival, now);
	} while (connection_step(&handle->connection, now));
	keep_offset(handle, now);
	dealer_ring(handle->connection.dealer, !TAILQ_EMPTY(&handle->answers.list));
}

bool handle_wait(struct hudur *handle, int64_t until)
{
	struct pollfd poll_fd = {.fd = dealer_fd(handle->connection.dealer), .events = POLLIN};
	int64_t now = clock_monotonic_ms(), wait = connection_timeout(&handle->connection, now);

	if (wait > until - now)
		wait = until - now;
	return poll(&poll_fd, 1, wait > 0 ? (int)wait : 0) >= 0 || errno != EINTR;
}
