/* A magic word, then the sealed bytes. */
#include "clients/desk/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "schema/whole_file.h"

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
	char *file = whole_file_read(vault->path, FILE_MAX, &size);
	if (!file) {
		*why = errno == EINVAL || errno == EFBIG ? "it is not a file of a desk's" : strerror(errno);
		return -1;
	}
	int result = opened(vault, (struct text){file, size}, bytes, why);
	free(file);
	return result;
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
	int result = whole_file_write(vault->path, (const struct text[]){{magic, MAGIC_SIZE}, sealed}, 2);
	free((char *)sealed.at);
	return result;
}
