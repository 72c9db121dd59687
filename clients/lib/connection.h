/* Keeps requests going to whichever broker answers: sends, sends again, moves on. */
#ifndef HUDUR_CLIENTS_CONNECTION_H
#define HUDUR_CLIENTS_CONNECTION_H

#include "clients/lib/dealer.h"
#include "clients/lib/endpoints.h"
#include "clients/lib/outbox.h"
#include "clients/lib/skew.h"
#include "schema/clock.h"
#include "schema/message.h"

/*
 * Milliseconds. A broker that says nothing for SILENT_MS while an answer is due is given up;
 * before that, after PROBE_MS, it is asked for its status, which it answers itself, so that a
 * slow worker is not taken for it.
 */
enum { SILENT_MS = 3000, PROBE_MS = 1000, REFUSED_MS = 200 };

/*
 * The library's own question for the broker's status: shows that it lives, and measures the
 * clock.
 */
struct probe {
	enum { PROBE_NONE, PROBE_DUE, PROBE_OUT } state;
	uint8_t id[ID_SIZE];
	int64_t sent, sent_wall;
};

struct connection {
	const struct endpoints *endpoints;
	const struct clock *clock;
	struct dealer *dealer;
	unsigned current; /* endpoint */
	struct outbox outbox;
	struct skew skew;
	struct probe probe;
	struct arena arena;  /* one message */
	int64_t quiet_since; /* the last word from the broker, or when an answer became due */
	int64_t opened;      /* monotonic ms */
	bool waiting;        /* an answer is due */
	bool refused;        /* nobody listens at this endpoint */
	bool blocked;        /* something could not be sent yet */
	bool online;
};

/*
 * Both must outlive the connection. False when memory or descriptors are out; connection_release
 * in any case.
 */
bool connection_init(struct connection *connection, const struct endpoints *endpoints,
		     const struct clock *clock);
void connection_release(struct connection *connection);

/*
 * What came for a parcel of the outbox, which the caller settles with outbox_remove or
 * outbox_put_off.
 */
struct arrival {
	struct parcel *parcel;
	struct reply reply; /* views */
	struct text map;
	bool final; /* else a partial: more will come */
};

/*
 * The next one, false when there is none. `now` is monotonic ms, here and below. Views hold until
 * the next call.
 */
bool connection_receive(struct connection *connection, int64_t now, struct arrival *arrival);

/*
 * Connects, judges silence, sends what may go. Call after connection_receive has returned false,
 * since an answer may lie unread. True: there is something to receive or send at once; begin
 * again before waiting.
 */
bool connection_step(struct connection *connection, int64_t now);

/* Milliseconds until connection_step must be called even when the descriptor stays quiet. */
int64_t connection_timeout(const struct connection *connection, int64_t now);

/*
 * True after an answer came and while the broker has not been silent for SILENT_MS with an answer
 * due.
 */
bool connection_is_online(const struct connection *connection, int64_t now);

#endif
