/* Compares what the kernel received on a connection with when it last delivered a message. */
#include "broker/guard.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DESCRIPTORS_MAX = 1 << 20 };

struct watch {
	uint64_t mark; /* bytes received when it was last seen to deliver */
	bool open, delivered;
};

struct guard {
	struct watch *watches; /* by descriptor */
	int count;
};

struct guard *guard_new(void)
{
	return calloc(1, sizeof(struct guard));
}

void guard_free(struct guard *guard)
{
	if (!guard)
		return;
	free(guard->watches);
	free(guard);
}

static bool grow(struct guard *guard, int fd)
{
	int count = (fd + 64) / 64 * 64 + 64;
	struct watch *watches;

	if (fd >= DESCRIPTORS_MAX)
		return false;
	watches = realloc(guard->watches, (size_t)count * sizeof *watches);
	if (!watches)
		return false;
	memset(watches + guard->count, 0, (size_t)(count - guard->count) * sizeof *watches);
	guard->watches = watches;
	guard->count = count;
	return true;
}

void guard_opened(struct guard *guard, int fd)
{
	if (fd >= 0 && (fd < guard->count || grow(guard, fd)))
		guard->watches[fd] = (struct watch){.open = true};
}

void guard_closed(struct guard *guard, int fd)
{
	if (fd >= 0 && fd < guard->count)
		guard->watches[fd].open = false;
}

void guard_delivered(struct guard *guard, int fd)
{
	if (fd >= 0 && fd < guard->count)
		guard->watches[fd].delivered = true;
}

/* Nothing is known of an ipc connection; only programs of this user have one. */
static bool received(int fd, uint64_t *bytes)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof info;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return false;
	*bytes = info.tcpi_bytes_received;
	return true;
}

static bool is_endless(struct watch *watch, int fd)
{
	uint64_t bytes;

	if (!watch->open || !received(fd, &bytes))
		return false;
	if (watch->delivered || bytes < watch->mark)
		watch->mark = bytes;
	watch->delivered = false;
	return bytes - watch->mark > GUARD_PATIENCE;
}

int guard_check(struct guard *guard)
{
	int cut = 0;

	for (int fd = 0; fd < guard->count; fd++) {
		if (!is_endless(&guard->watches[fd], fd))
			continue;
		/* its owner closes it then, and frees what it sent */
		shutdown(fd, SHUT_RDWR);
		guard->watches[fd].open = false;
		cut++;
	}
	return cut;
}
