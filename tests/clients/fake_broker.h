/* A broker that a test plays itself: a ROUTER socket over ipc, driven by hand. */
#ifndef HUDUR_TESTS_FAKE_BROKER_H
#define HUDUR_TESTS_FAKE_BROKER_H

#include "schema/message.h"
#include "schema/wire.h"

/* A folder of its own for each test. */
struct folder {
	char path[80];
};
void folder_make(struct folder *folder);
void folder_remove(struct folder *folder);
/* "FOLDER/name", valid until the next call with the same `name` buffer. */
const char *folder_file(const struct folder *folder, const char *name, char *buffer, size_t size);

struct fake_broker {
	void *context, *socket;
	struct wire *wire;
	struct arena arena;
	char endpoint[128];
	int64_t clock_ahead; /* of the device's, in what it answers */
};

void fake_broker_open(struct fake_broker *broker, const struct folder *folder, const char *name);
void fake_broker_close(struct fake_broker *broker);
/* The process died and another one listens at the same place. */
void fake_broker_restart(struct fake_broker *broker);

/* A request as it arrived; copies. */
struct taken {
	char peer[256], service[160], map[MESSAGE_MAX];
	uint32_t peer_size, map_size;
	uint8_t id[ID_SIZE];
	struct request request; /* views into map */
};

/*
 * Calls `turn(driven)` and waits on fd until a request is there; questions for the service
 * `broker` are answered on the way unless `silent`. Fails the test after five seconds.
 */
typedef void drive(void *driven);
void fake_broker_take(struct fake_broker *broker, int fd, drive *turn, void *driven,
		      struct taken *taken);
/* True when one is there at once, after `turn` had its turn. Pings are answered and not counted. */
bool fake_broker_has(struct fake_broker *broker, drive *turn, void *driven, struct taken *taken);

void fake_broker_answer(struct fake_broker *broker, const struct taken *taken, enum status status,
			int64_t retry_ms);
/* With status error and that reason. */
void fake_broker_refuse(struct fake_broker *broker, const struct taken *taken, enum error error);
/* Any frames. */
void fake_broker_send(struct fake_broker *broker, const struct taken *taken, const char *id,
		      struct text map, enum mdp_client_command command);

#endif
