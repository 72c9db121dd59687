/* Requests on their way: which goes next, which are in flight, which were put off. */
#ifndef HUDUR_CLIENTS_OUTBOX_H
#define HUDUR_CLIENTS_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "schema/mdp.h"

/*
 * At most FLIGHT_MAX requests are unanswered on a connection. Somebody waits for a request that
 * is younger than LIVE_MS; older ones are backlog and go after those. No sockets; time comes in
 * as monotonic milliseconds.
 */
enum { FLIGHT_MAX = 16, LIVE_MS = 5000, RESEND_MS = 5000, RETRY_FLOOR_MS = 20 };

/* Made by an earlier run: never live. */
#define MADE_LONG_AGO (INT64_MIN / 2)

/* PLACE_HELD: kept back until the device's clock was compared. */
enum place { PLACE_READS, PLACE_LIVE, PLACE_BACKLOG, PLACE_FLIGHT, PLACE_PUT_OFF, PLACE_HELD, PLACE_COUNT };

struct parcel {
	TAILQ_ENTRY(parcel) link;
	enum place place;
	bool write;
	unsigned sendings;         /* on this connection */
	int64_t n;                 /* order among its kind; a write's row in the spool */
	int64_t made, sent, until; /* until: put off till then */
	int64_t sent_wall;         /* the device's clock when it was sent */
	uint8_t id[ID_SIZE];
	struct text service, map;
	char bytes[];
};

TAILQ_HEAD(parcels, parcel);

struct outbox {
	struct parcels lists[PLACE_COUNT];
	unsigned counts[PLACE_COUNT];
};

/* Owned by the caller until outbox_add; copies what it is given. NULL: no memory. */
struct parcel *parcel_new(bool write, const uint8_t *id, struct text service, struct text map);

void outbox_init(struct outbox *outbox);
void outbox_release(struct outbox *outbox);

/* Takes the parcel over; n and made are set. */
void outbox_add(struct outbox *outbox, struct parcel *parcel);

/* The same for one that may not go yet: outbox_add replaces it by another when it may. */
void outbox_hold(struct outbox *outbox, struct parcel *parcel);

/*
 * What to send now, or NULL: writes that got no answer for RESEND_MS, then reads, live writes,
 * backlog. The same again until outbox_sent is called.
 */
struct parcel *outbox_next(struct outbox *outbox, int64_t now);
void outbox_sent(struct outbox *outbox, struct parcel *parcel, int64_t now, int64_t wall);

/* The parcel with that id that is not answered yet, or NULL. */
struct parcel *outbox_find(const struct outbox *outbox, const uint8_t *id);

/* It was answered busy: not before `until`. */
void outbox_put_off(struct outbox *outbox, struct parcel *parcel, int64_t until);

/* It was answered or given up: frees it. */
void outbox_remove(struct outbox *outbox, struct parcel *parcel);

/* The connection is gone: whatever was in flight waits again. */
void outbox_return(struct outbox *outbox);

/* True when an answer is due or something could be sent: silence means something then. */
bool outbox_is_waiting(const struct outbox *outbox);

/* The moment of the next resending or retry, INT64_MAX when there is none. */
int64_t outbox_due(const struct outbox *outbox);

#endif
