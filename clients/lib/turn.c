/* One turn of a handle: take what came, settle it in the spool, send what may go. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "clients/lib/dating.h"
#include "clients/lib/handle.h"

enum { OFFSET_KEEP_MS = 60000, OFFSET_JUMP_MS = 1000, RETRY_DEFAULT_MS = 250, RETRY_UNKNOWN_MS = 1000 };

/* The event whose service it is; absent for the service about events themselves. */
static struct text event_of(struct text service)
{
	const char *slash = memrchr(service.at, '/', service.size);

	if (!slash || text_is((struct text){slash, (uint32_t)(service.at + service.size - slash)}, "/events"))
		return (struct text){0};
	return (struct text){service.at, (uint32_t)(slash - service.at)};
}

/*
 * Not now. A broker that has just begun does not know an event whose worker is away; whoever had
 * answers from the event before knows better than to give a write up for that.
 */
static bool is_to_wait(struct hudur *handle, const struct arrival *arrival)
{
	const struct reply *reply = &arrival->reply;
	struct text event = event_of(arrival->parcel->service);

	if (!arrival->parcel->write || !arrival->final)
		return false;
	return reply->status == status_busy ||
	       (event.at && reply->status == status_error &&
		text_is(reply->reason, error_name(E_UNKNOWN_EVENT)) &&
		spool_has_heard_of(handle->spool, event));
}

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

/* An event whose worker had an answer, to a question or to a write, exists. */
static void note_event(struct hudur *handle, const struct arrival *arrival)
{
	enum status status = arrival->reply.status;
	struct text event = event_of(arrival->parcel->service);

	if ((status == status_ok || status == status_refused) && event.at)
		spool_heard_of(handle->spool, event);
}

/* Nobody waits for those of earlier requests to hear why; and none is no loss. */
static void keep_postponing(struct hudur *handle, const struct arrival *arrival)
{
	const struct parcel *parcel = arrival->parcel;

	if (memcmp(parcel->id, handle->latest, ID_SIZE) != 0)
		return;
	answers_release(&handle->postponing);
	answers_add(&handle->postponing, parcel->id, true, parcel->service, arrival->map);
}

static void put_off(struct hudur *handle, const struct arrival *arrival, int64_t now)
{
	int64_t wait =
		arrival->reply.retry_ms == ABSENT ? RETRY_DEFAULT_MS : arrival->reply.retry_ms;

	keep_postponing(handle, arrival);
	if (arrival->reply.status == status_error)
		wait = RETRY_UNKNOWN_MS;
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

	if (is_to_wait(handle, arrival)) {
		put_off(handle, arrival, now);
		return;
	}
	if (!answers_add(&handle->answers, parcel->id, arrival->final, parcel->service,
			 arrival->map))
		return;
	if (!arrival->final)
		return;
	note_event(handle, arrival);
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
		keep_offset(handle, now);
		dating_release(handle);
	} while (connection_step(&handle->connection, now));
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
