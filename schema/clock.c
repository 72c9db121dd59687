/* Reads the machine's clocks, or the one that a demonstration steps. */
#include "schema/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int clock_open(struct clock *clock)
{
	const char *path = getenv("HUDUR_CLOCK");
	struct stat about;
	void *map = MAP_FAILED;
	int fd;

	clock->simulated = NULL;
	if (!path || !*path)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &about) == 0 && about.st_size >= (off_t)sizeof(int64_t))
		map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED) {
		fprintf(stderr, "HUDUR_CLOCK: %s is not a file of at least 8 bytes that can be read; "
				"unset HUDUR_CLOCK to use the machine's clock.\n", path);
		return -1;
	}
	clock->simulated = map;
	return 0;
}

void clock_close(struct clock *clock)
{
	if (clock->simulated)
		munmap((void *)(uintptr_t)clock->simulated, sizeof(int64_t));
	clock->simulated = NULL;
}

static int64_t read_us(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now(const struct clock *clock)
{
	return clock->simulated ? *clock->simulated : read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_boottime_ms(void)
{
	return read_us(CLOCK_BOOTTIME) / 1000;
}
