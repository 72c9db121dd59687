/* Finds the folder in a path and syncs it. */
#include "clients/scanner/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int folder_sync_of(const char *path)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = file < 0 ? -1 : fsync(file);
	if (file >= 0)
		close(file);
	return result;
}
