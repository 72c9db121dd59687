/* Reads which run of the machine this is. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "workers/distrust.h"

bool boot_read(struct boot *boot)
{
	int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? -1 : read(file, boot->id, sizeof boot->id - 1);

	if (file >= 0)
		close(file);
	boot->id[sizeof boot->id - 1] = '\0';
	boot->process = (long)getpid();
	return size == (ssize_t)sizeof boot->id - 1;
}
