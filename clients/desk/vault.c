/* A magic word, then the sealed bytes; a rename puts them in place. */
#include "clients/desk/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "HUDURDK1";

enum { MAGIC_SIZE = 8, FILE_MAX = 512 << 20 };

int vault_lock(const struct vault *vault, const char **why)
{
	char name[VAULT_PATH_MAX + 8];

	snprintf(name, sizeof name, "%s.lock", vault->path);
	int lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
		return lock;
	*why = errno == EWOULDBLOCK ? "another desk uses it; end that one" : strerror(errno);
	if (lock >= 0)
		close(lock);
	return -1;
}

static char *file_read(const char *path, uint32_t *size, const char **why)
{
	struct stat about;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = NULL;
	ssize_t n;

	*size = 0;
	*why = file < 0 ? strerror(errno) : "it is not a file of a desk's";
	if (file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= FILE_MAX)
		bytes = malloc((size_t)about.st_size + 1);
	while (bytes && *size < about.st_size &&
	       (n = read(file, bytes + *size, (size_t)about.st_size - *size)) > 0)
		*size += (uint32_t)n;
	if (file >= 0)
		close(file);
	return bytes;
}

static int opened(const struct vault *vault, struct text file, struct text *bytes, const char **why)
{
	if (file.size < MAGIC_SIZE || memcmp(file.at, magic, MAGIC_SIZE) != 0) {
		*why = "it is not a file of a desk's, or one of a newer version";
		return -1;
	}
	*why = "the passphrase is not the one it was written with, or the file is damaged";
	struct text sealed = {file.at + MAGIC_SIZE, file.size - MAGIC_SIZE};
	return seal_open(vault->seal, sealed, text_of(vault->what), bytes) ? 1 : -1;
}

int vault_read(const struct vault *vault, struct text *bytes, const char **why)
{
	uint32_t size;

	if (!vault->seal || (access(vault->path, F_OK) != 0 && errno == ENOENT))
		return 0;
	char *file = file_read(vault->path, &size, why);
	if (!file)
		return -1;
	int result = opened(vault, (struct text){file, size}, bytes, why);
	free(file);
	return result;
}

static int all_written(int file, struct text bytes)
{
	while (bytes.size > 0) {
		ssize_t n = write(file, bytes.at, bytes.size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = (struct text){bytes.at + n, bytes.size - (uint32_t)n};
	}
	return 0;
}

/* So that the new name is on the disk too. */
static int folder_synced(const char *path)
{
	char copy[VAULT_PATH_MAX];

	snprintf(copy, sizeof copy, "%s", path);
	int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = folder < 0 ? -1 : fsync(folder);
	if (folder >= 0)
		close(folder);
	return result;
}

/* What is not to be named is removed: the disk may be full, and its room is needed for what is typed. */
static int written(const char *fresh, struct text sealed)
{
	int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0)
		return -1;
	int result = fchmod(file, 0600);
	if (result == 0)
		result = all_written(file, (struct text){magic, MAGIC_SIZE});
	if (result == 0)
		result = all_written(file, sealed);
	if (result == 0)
		result = fsync(file);
	int why = errno;
	close(file);
	if (result != 0)
		unlink(fresh);
	errno = why;
	return result;
}

static int replaced(const char *path, struct text sealed)
{
	char fresh[VAULT_PATH_MAX + 8];

	snprintf(fresh, sizeof fresh, "%s.new", path);
	int result = written(fresh, sealed);
	if (result == 0)
		result = rename(fresh, path);
	return result == 0 ? folder_synced(path) : -1;
}

int vault_write(const struct vault *vault, struct text bytes)
{
	struct text sealed;

	if (!vault->seal)
		return 0;
	if (!seal_shut(vault->seal, bytes, text_of(vault->what), &sealed)) {
		errno = ENOMEM;
		return -1;
	}
	int result = replaced(vault->path, sealed);
	free((char *)sealed.at);
	return result;
}
