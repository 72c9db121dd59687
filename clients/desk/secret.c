/* Reads a passphrase from a file, the environment or the terminal. */
#include "clients/desk/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

static void trim(struct secret *secret)
{
	while (secret->size > 0 &&
	       (secret->bytes[secret->size - 1] == '\n' || secret->bytes[secret->size - 1] == '\r'))
		secret->size--;
}

/* To the end, however it comes: 1, 0 when it does not fit, -1 with errno. */
static int read_whole(int file, struct secret *secret)
{
	size_t left;
	ssize_t n;
	char more;

	do {
		left = sizeof secret->bytes - secret->size;
		n = left ? read(file, secret->bytes + secret->size, left) : read(file, &more, 1);
		if (n > 0 && !left && more != '\n' && more != '\r')
			return 0;
		if (n > 0 && left)
			secret->size += (uint32_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : 1;
}

static int from_file(const struct options *options, const char *path, struct secret *secret)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int result = file < 0 ? -1 : read_whole(file, secret);

	if (result < 0)
		cli_complain(options, "The key file %s cannot be read: %s.", path, strerror(errno));
	if (file >= 0)
		close(file);
	trim(secret);
	if (result == 0)
		cli_complain(options, "The key file %s has more than %d bytes; is it the right one?", path,
			     SEAL_SECRET_MAX);
	else if (result == 1 && secret->size == 0)
		cli_complain(options, "The key file %s is empty.", path);
	return result == 1 && secret->size > 0 ? 1 : -1;
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

/* False at the end of the input, and once a signal waits. */
static bool byte_read(int signals, char *byte)
{
	struct pollfd polled[2] = {{.fd = signals, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};

	for (;;) {
		int ready = poll(polled, 2, -1);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0 || polled[0].revents)
			return false;
		ssize_t n = read(STDIN_FILENO, byte, 1);
		if (n >= 0 || errno != EINTR)
			return n == 1;
	}
}

/* One line; what is too long is cut, the same each time. */
static void line_read(int signals, struct secret *secret)
{
	char byte;

	secret->size = 0;
	while (byte_read(signals, &byte) && byte != '\n' && byte != '\r')
		if (secret->size < sizeof secret->bytes)
			secret->bytes[secret->size++] = byte;
}

static void line_read_unseen(const char *question, int signals, struct secret *secret)
{
	struct termios before, unseen;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return;
	unseen = before;
	unseen.c_lflag = (unseen.c_lflag & ~(tcflag_t)ECHO) | ICANON | ISIG;
	unseen.c_iflag |= ICRNL;
	unseen.c_cc[VSUSP] = _POSIX_VDISABLE; /* the shell would be left without echo */
	tcsetattr(STDIN_FILENO, TCSADRAIN, &unseen);
	fprintf(stderr, "%s", question);
	line_read(signals, secret);
	fprintf(stderr, "\n");
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

/* Those that whoever started the program had it ignore, as nohup does, end nothing. */
static sigset_t signals_that_end(void)
{
	static const int numbers[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
	struct sigaction now;
	sigset_t ending;

	sigemptyset(&ending);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&ending, numbers[i]);
	return ending;
}

/* What would end the program waits until the terminal is as it was, and then does. */
static int line_asked(const char *question, struct secret *secret)
{
	sigset_t ending = signals_that_end(), before;

	secret->size = 0;
	if (!isatty(STDIN_FILENO))
		return -1;
	sigprocmask(SIG_BLOCK, &ending, &before);
	int signals = signalfd(-1, &ending, SFD_CLOEXEC);
	if (signals >= 0) {
		line_read_unseen(question, signals, secret);
		close(signals);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
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
