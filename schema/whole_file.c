/* Written beside, synced, renamed over, the folder synced. */
#include "schema/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int file, struct text bytes)
{
	while (bytes.size > 0) {
		ssize_t n = write(file, bytes.at, bytes.size);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			bytes = (struct text){bytes.at + n, bytes.size - (uint32_t)n};
	}
	return 0;
}

static int write_parts(int file, const struct text *parts, size_t count)
{
	int result = fchmod(file, 0600); /* one that was left may have been anybody's to read */

	for (size_t i = 0; result == 0 && i < count; i++)
		result = write_all(file, parts[i]);
	return result == 0 ? fsync(file) : result;
}

int whole_file_write(const char *path, const struct text *parts, size_t count)
{
	char fresh[PATH_MAX];
	int file, result, why;

	if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh) {
		errno = ENAMETOOLONG;
		return -1;
	}
	file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0)
		return -1;
	result = write_parts(file, parts, count);
	why = errno;
	close(file);
	if (result == 0 && (result = rename(fresh, path)) != 0)
		why = errno;
	if (result == 0)
		return folder_sync_of(path);
	unlink(fresh); /* the disk may be full, and its room is needed */
	errno = why;
	return -1;
}

char *whole_file_read(const char *path, uint32_t max, uint32_t *size)
{
	struct stat about;
	int file = open(path, O_RDONLY | O_CLOEXEC), why;
	char *bytes = NULL;
	ssize_t n;

	*size = 0;
	if (file < 0)
		return NULL;
	if (fstat(file, &about) != 0)
		why = errno;
	else if (!S_ISREG(about.st_mode))
		why = EINVAL;
	else if (about.st_size > max)
		why = EFBIG;
	else
		why = (bytes = malloc((size_t)about.st_size + 1)) ? 0 : ENOMEM;
	while (bytes && *size < about.st_size && (n = read(file, bytes + *size, (size_t)about.st_size - *size)) > 0)
		*size += (uint32_t)n;
	close(file);
	errno = why;
	return bytes;
}

int folder_sync(const char *folder, bool *failed)
{
	int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result, why;

	*failed = false;
	if (file < 0)
		return -1;
	result = fsync(file);
	why = errno;
	*failed = result != 0;
	close(file);
	errno = why;
	return result;
}

int folder_sync_of(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	bool failed;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	return folder_sync(folder, &failed);
}
