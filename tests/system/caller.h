/* A client without spool or patience of its own: the test says when to send, to whom and how often. */
#ifndef HUDUR_TESTS_SYSTEM_CALLER_H
#define HUDUR_TESTS_SYSTEM_CALLER_H

#include "schema/message.h"
#include "schema/wire.h"

enum { SERVICE_MAX = 100, MAP_MAX = 2048 };

/* A request as it goes out, however often. */
struct asked {
	char service[SERVICE_MAX], id[ID_SIZE], map[MAP_MAX];
	uint32_t map_size;
};

/* An answer; texts of `reply` are views that hold until the caller receives again. */
struct told {
	char id[ID_SIZE];
	struct reply reply;
	struct text map;
};

struct caller {
	void *context, *socket;
	struct wire *wire;
	struct arena arena;
};

void caller_open(struct caller *caller, const char *endpoint);
void caller_close(struct caller *caller);

/* Numbers requests of one device, as a spool would. */
struct device {
	char id[ID_SIZE];
	int64_t seq;
};

/* With an id of its own, now. Fields are JSON without the braces, with ' for ". */
void device_ask(struct device *device, struct asked *asked, const char *service, const char *op,
		const char *fields, ...) __attribute__((format(printf, 5, 6)));

void caller_send(struct caller *caller, const struct asked *asked);

/* The next answer within that time; false when none came. */
bool caller_receive(struct caller *caller, int64_t within_ms, struct told *told);

/* Sends it until it is answered with anything but busy: again after retry_ms, or after a second of silence. */
void caller_insist(struct caller *caller, const struct asked *asked, struct told *told);

/* The same, and it must end so: "ok", or a reason. */
void caller_do(struct caller *caller, const struct asked *asked, const char *ends);

/* Loads event `event`, opens it, registers and checks in one person, whose badge it returns (view into `badge`). */
void caller_prepare(struct caller *caller, struct device *device, const char *event, char badge[16]);

/* Ledger entries of an event so far. */
int64_t caller_ledger(struct caller *caller, const char *event);

/* An operation's fields of an answer. Fails the test when they are not there. */
void caller_result(struct caller *caller, const struct told *told, const struct message *message, void *result);

#endif
