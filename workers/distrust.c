/* A line in the lock file: which run of the machine, which process. */
#include "workers/distrust.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 128 };

/* The process is for who reads it: another may have its number, in a container always. */
static const char format[] = "a sync failed in %.36s, process %ld\n";

void distrust_note(int lock)
{
	struct boot boot;
	char line[LINE_SIZE];
	int size;

	if (lock < 0 || !boot_read(&boot))
		return;
	size = snprintf(line, sizeof line, format, boot.id, boot.process);
	/* should even this fail, this worker ends all the same */
	if (pwrite(lock, line, (size_t)size, 0) != size)
		return;
}

bool distrust_is_noted(int lock)
{
	struct boot boot;
	char line[LINE_SIZE] = "", noted[LINE_SIZE];
	int size;

	if (pread(lock, line, sizeof line - 1, 0) <= 0 || !boot_read(&boot))
		return false;
	size = snprintf(noted, sizeof noted, "a sync failed in %.36s,", boot.id);
	return strncmp(line, noted, (size_t)size) == 0;
}
