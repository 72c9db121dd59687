/* A file that has no name any more goes with its last descriptor, in the thread that closes it. */
#include "workers/removal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "workers/event.h"

static void *close_last(void *context)
{
	close((int)(intptr_t)context);
	return NULL;
}

/* False: the file is still the caller's to close. */
static bool hand_over(int file)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, close_last, (void *)(intptr_t)file) != 0)
		return false;
	pthread_detach(thread);
	return true;
}

void removal_begin(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	unlink(path);
	if (file >= 0 && !hand_over(file))
		close(file);
}

void removal_begin_all(const char *path)
{
	static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
	char beside[EVENT_PATH_MAX];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		int size = snprintf(beside, sizeof beside, "%s%s", path, endings[i]);

		if (size > 0 && (size_t)size < sizeof beside)
			removal_begin(beside);
	}
}
