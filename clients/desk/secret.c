/* Reads a passphrase from a file, the environment or the terminal. */
#include "clients/desk/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void trim(struct secret *secret)
{
	while (secret->size > 0 &&
	       (secret->bytes[secret->size - 1] == '\n' || secret->bytes[secret->size - 1] == '\r'))
		secret->size--;
}

static int from_file(const struct options *options, const char *path, struct secret *secret)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = file < 0 ? -1 : read(file, secret->bytes, sizeof secret->bytes);

	if (n < 0)
		cli_complain(options, "The key file %s cannot be read: %s.", path, strerror(errno));
	if (file >= 0)
		close(file);
	if (n < 0)
		return -1;
	secret->size = (uint32_t)n;
	trim(secret);
	if (secret->size > 0)
		return 1;
	cli_complain(options, "The key file %s is empty.", path);
	return -1;
}

int secret_given(const struct options *options, const char *key_file, struct secret *secret)
{
	const char *set = getenv("HUDUR_ROSTER_KEY");

	*secret = (struct secret){.size = 0};
	if (key_file)
		return from_file(options, key_file, secret);
	if (!set)
		return 0;
	if (!*set || strlen(set) > sizeof secret->bytes) {
		cli_complain(options, "HUDUR_ROSTER_KEY has %zu bytes; a key has 1 to %d.", strlen(set), SEAL_SECRET_MAX);
		return -1;
	}
	secret->size = (uint32_t)strlen(set);
	memcpy(secret->bytes, set, secret->size);
	return 1;
}

/* One line; what is too long is cut, the same each time. */
static void line_read(struct secret *secret)
{
	char byte;

	secret->size = 0;
	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n' && byte != '\r')
		if (secret->size < sizeof secret->bytes)
			secret->bytes[secret->size++] = byte;
}

static int line_asked(const char *question, struct secret *secret)
{
	struct termios before, unseen;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
		return -1;
	unseen = before;
	unseen.c_lflag = (unseen.c_lflag & ~(tcflag_t)ECHO) | ICANON | ISIG;
	unseen.c_iflag |= ICRNL;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &unseen);
	fprintf(stderr, "%s", question);
	line_read(secret);
	fprintf(stderr, "\n");
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return secret->size > 0;
}

int secret_asked(const char *path, bool fresh, struct secret *secret)
{
	struct secret again;
	int result;

	fprintf(stderr, fresh ? "A new roster, %s, is encrypted under a passphrase. Enter alone keeps it in memory only.\n"
			      : "%s is encrypted. Enter alone goes on without it.\n", path);
	result = line_asked("Passphrase: ", secret);
	while (result == 1 && fresh) {
		result = line_asked("The same again: ", &again);
		if (result == 1 && again.size == secret->size && memcmp(again.bytes, secret->bytes, again.size) == 0)
			break;
		fprintf(stderr, "They differ.\n");
		result = line_asked("Passphrase: ", secret);
	}
	secret_wipe(&again);
	return result;
}

void secret_wipe(struct secret *secret)
{
	sodium_memzero(secret, sizeof *secret);
}
