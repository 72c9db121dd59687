/* A broker without sockets: the tests play its clients, its workers and its clock. */
#ifndef HUDUR_TESTS_BROKER_STAGE_H
#define HUDUR_TESTS_BROKER_STAGE_H

#include "tests/harness.h"

#include "broker/core.h"
#include "broker/limits.h"
#include "schema/bundle.h"
#include "schema/message.h"

/* The stage's heartbeat and wall clock. */
enum { BEAT = 100 };
#define WALL INT64_C(1709200000000)

/* One message that the broker sent. */
struct sent {
	struct sent *next;
	enum side side;
	char peer[IDENTITY_MAX + 1];
	struct frames frames; /* into the bytes behind it */
};

struct stage {
	struct broker *broker;
	struct moment now;
	struct sent *first, **last, *shown;
	char full[16], gone[16]; /* peers that take nothing, that are not there */
	int64_t heartbeats;      /* sent to workers; they are not kept as messages */
	int64_t bundles;         /* the same: what is in them is kept as if each had come alone */
	bool hurried;            /* there is always more to be received: nothing is flushed */
	struct arena arena;
};

/* The stage of the running case; `role` NULL: clients have none. */
extern struct stage stage;
void stage_open(const char *role);
void stage_open_with(const char *role, const char *key);

/* cmocka's setup and teardown: a stage whose clients are desks. */
int stage_setup(void **state);
int stage_teardown(void **state);
#define CASE(name) cmocka_unit_test_setup_teardown(name, stage_setup, stage_teardown)

/* Lets time pass in small ticks; `stage_jump` in a single one. */
void stage_wait(int64_t ms);
void stage_jump(int64_t ms);

/* Frames, from literals or from views; count them. */
void stage_send(enum side side, const char *peer, uint32_t count, ...);

/* `id` is a character that stands for sixteen. */
void ask(const char *client, const char *service, char id, const char *body);
void ready(const char *worker, const char *service);
void offer(const char *worker, const char *service, int64_t credit);
void offer_without_bundles(const char *worker, const char *service, int64_t credit);
void offer_to_write(const char *worker, const char *service, int64_t credit, char file,
		    int64_t epoch);
void heartbeat(const char *worker);
void disconnect(const char *worker);

/* What the broker was told in a hurry has all come now. */
void stage_flush(void);

/* A worker's answer to a request it got. */
void partial(const char *worker, const struct sent *request, const char *body);
void answer_with(const char *worker, const struct sent *request, const char *body);

/* The same answer in a bundle that is sent with send_bundle. */
void answer_in(struct bundle *bundle, const struct sent *request, const char *body);
void send_bundle(const char *worker, const struct bundle *bundle);

/* The next message that the broker sent; fails when there is none. Valid until the case ends. */
struct sent *next_sent(void);
void nothing_sent(void);

/* The next message is this: a request with that id at a worker, a reply, a broker's own reply, a
 * DISCONNECT. */
struct sent *is_request(const char *worker, char id);
void is_reply(const char *client, char id, const char *body);
void is_told(const char *client, char id, enum error error);
void is_dismissed(const char *worker);

/* Reads a broker's own reply. */
struct reply reply_of(const struct sent *sent);

/* The address frame of a request. */
struct mdp_address address_of(const struct sent *request);

const struct broker_counters *counters(void);

#endif
