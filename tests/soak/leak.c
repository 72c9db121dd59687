/*
 * Preloaded to show that the soak would notice: in the program that HUDUR_LEAK names (PROGRAM:BYTES), so many bytes are
 * forgotten at every hundredth message that it receives, its memory being touched as a real leak's would be.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { MESSAGES = 100 };

struct zmq_msg_t;
typedef int receive_fn(struct zmq_msg_t *part, void *socket, int flags);
typedef int more_fn(const struct zmq_msg_t *part);

EXPORT int zmq_msg_recv(struct zmq_msg_t *part, void *socket, int flags);

static size_t bytes_here(void)
{
	const char *plan = getenv("HUDUR_LEAK"), *colon = plan ? strchr(plan, ':') : NULL;
	size_t name = colon ? (size_t)(colon - plan) : 0;

	if (!colon || strlen(program_invocation_short_name) != name ||
	    strncmp(program_invocation_short_name, plan, name) != 0)
		return 0;
	return (size_t)strtoul(colon + 1, NULL, 10);
}

static void *volatile forgotten; /* the compiler must not see that nobody ever looks */

static void forget(size_t bytes)
{
	void *memory = malloc(bytes);

	if (memory)
		memset(memory, 1, bytes);
	forgotten = memory;
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

int zmq_msg_recv(struct zmq_msg_t *part, void *socket, int flags)
{
	static _Atomic(receive_fn *) receive;
	static _Atomic(more_fn *) more;
	static atomic_uint messages;
	size_t bytes = bytes_here();
	void *found;
	int size;

	if (!receive) {
		found = next("zmq_msg_recv");
		memcpy((void *)&receive, &found, sizeof found);
		found = next("zmq_msg_more");
		memcpy((void *)&more, &found, sizeof found);
	}
	size = receive(part, socket, flags);
	if (size >= 0 && bytes && !more(part) && atomic_fetch_add(&messages, 1) % MESSAGES == MESSAGES - 1)
		forget(bytes);
	return size;
}
