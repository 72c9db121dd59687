/* libhudur: talk to a Hudur broker from any program; the one installed header. */
#ifndef HUDUR_H
#define HUDUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HUDUR_API __attribute__((visibility("default")))

/*
 * A connection to one of several brokers, with a spool for writes. One thread at a time.
 * Maps are MessagePack as schema/PROTOCOL.md describes them; the library never looks into a reply's result.
 */
struct hudur;

struct hudur_options {
	const char *endpoints; /* ZeroMQ endpoints separated by commas, tried in order; NULL: HUDUR_ENDPOINT, then
				  tcp://127.0.0.1:5570 */
	const char *spool;     /* file that keeps writes until they are answered; NULL: in memory only, lost on exit */
	const char *actor;     /* who acts, recorded by the server; may be NULL */
};

enum { HUDUR_ID_SIZE = 16 };

/* One answer, or one partial of it. `map` is valid until the next call with the same handle. */
struct hudur_reply {
	uint8_t id[HUDUR_ID_SIZE];
	const char *service;
	const void *map;
	size_t size;
};

/* 0, or -1 with a sentence in hudur_error. The handle is made in any case unless memory is out; free it with
 * hudur_free. Nothing is connected before the first call below. */
HUDUR_API int hudur_new(const struct hudur_options *options, struct hudur **handle);
HUDUR_API void hudur_free(struct hudur *handle);

/* What went wrong last, a sentence for a person. */
HUDUR_API const char *hudur_error(const struct hudur *handle);

/*
 * Asks `service` ("EVENT/people"). `map` holds op and its fields; the library adds what every request carries.
 * hudur_write spools the request, synced, before anything is sent, and sends it again until it is answered,
 * also after a restart with the same spool; `at` is when it happened (Unix ms, 0: now). Nothing is sent
 * before the device's clock was compared with a server's since hudur_new.
 * hudur_read is sent once and again after a reconnect, never spooled. `id` (16 bytes) receives the request's id.
 * 0, or -1: nothing was spooled or sent.
 */
HUDUR_API int hudur_write(struct hudur *handle, const char *service, const void *map, size_t size,
			  int64_t at, uint8_t *id);
HUDUR_API int hudur_read(struct hudur *handle, const char *service, const void *map, size_t size,
			 uint8_t *id);

/* What the last hudur_write put into its request; the number and the time are 0 when there was none. */
struct hudur_stamp {
	uint8_t device[HUDUR_ID_SIZE];
	int64_t number; /* of the device, for this event */
	int64_t at;     /* corrected by the offset as last measured; unless hudur_is_compared, the server will hear of another */
};
HUDUR_API void hudur_stamped(const struct hudur *handle, struct hudur_stamp *stamp);

/*
 * The caller knows that there is such an event: a broker that knows of none is then one whose worker is away, and a write
 * waits in the spool instead of being answered unknown_event. Whatever had an answer is expected without this.
 */
HUDUR_API void hudur_expect(struct hudur *handle, const char *event);

/* Gives a read up: its answer, should it come, is dropped. A write cannot be given up. */
HUDUR_API void hudur_forget(struct hudur *handle, const uint8_t *id);

/*
 * Waits up to timeout_ms (0: not at all, -1: for ever) for the next answer, sending, resending and moving to the
 * next broker meanwhile. 1: `reply` is filled; 0: none in time; -1: see hudur_error.
 * `busy` is not handed out for writes: the library waits and sends again.
 */
HUDUR_API int hudur_next(struct hudur *handle, int timeout_ms, struct hudur_reply *reply);

/* Sends one request and waits for its own answer, keeping others for hudur_next. `write` as above.
 * 1, 0 (not answered in time: a write stays spooled, a read is forgotten), -1. With 0 `reply` holds the answer, such as
 * `busy`, that has put the write off last; its size is 0 when there was none. */
HUDUR_API int hudur_call(struct hudur *handle, const char *service, const void *map, size_t size,
			 bool write, int timeout_ms, struct hudur_reply *reply);

/* A descriptor that polls readable when hudur_next with timeout 0 should be called; also call it at least every
 * hudur_timeout() milliseconds. */
HUDUR_API int hudur_fd(const struct hudur *handle);
HUDUR_API int hudur_timeout(const struct hudur *handle);

/* Writes not yet answered, in the spool. */
HUDUR_API int64_t hudur_backlog(const struct hudur *handle);

/*
 * From now on what is spooled is sealed under this secret (at most 1024 bytes), so that the disk alone tells nothing of
 * what was asked. What an earlier run had sealed with it is sent now; until then, and with another secret, it stays in
 * the spool, is not in the backlog, and hudur_sealed counts it. 0, or -1 with a sentence in hudur_error.
 */
HUDUR_API int hudur_seal(struct hudur *handle, const void *secret, size_t size);
HUDUR_API int64_t hudur_sealed(const struct hudur *handle);

/* A write that is not answered yet. Views, valid during the call; `service` has no NUL at its end. */
struct hudur_kept {
	const uint8_t *id;
	const char *service;
	size_t service_size;
	const void *map;
	size_t size;
};

/* Calls `visit` with each write that is not answered yet; before anything was sent, oldest first. */
HUDUR_API void hudur_each(const struct hudur *handle, void (*visit)(void *context, const struct hudur_kept *kept),
			  void *context);

/* Unix ms by the device's clock, and the server's clock minus it as last measured; false when never measured. */
HUDUR_API int64_t hudur_now(const struct hudur *handle);
HUDUR_API bool hudur_offset(const struct hudur *handle, int64_t *offset);

/* True once the two were compared since hudur_new: until then the offset may be of before the device's battery was empty. */
HUDUR_API bool hudur_is_compared(const struct hudur *handle);

/* True after an answer came and while the broker has not been silent for 3 s with a request outstanding. */
HUDUR_API bool hudur_is_online(const struct hudur *handle);

#ifdef __cplusplus
}
#endif

#endif
