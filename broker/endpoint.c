/* Checks endpoints before they are bound, and says in words what is wrong with them. */
#include "broker/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool refuse(struct complaint *complaint, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct complaint *complaint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(complaint->sentence, sizeof complaint->sentence, format, args);
	va_end(args);
	return false;
}

static const char *after(const char *text, const char *prefix)
{
	size_t size = strlen(prefix);

	return strncmp(text, prefix, size) == 0 ? text + size : NULL;
}

/* The path of an ipc endpoint that names a file; NULL for others. */
static const char *path_of(const char *address)
{
	const char *path = after(address, "ipc://");

	return path && strcmp(path, "*") != 0 ? path : NULL;
}

static bool is_port(const char *port)
{
	unsigned value = 0;

	if (strcmp(port, "*") == 0)
		return true;
	if (!*port)
		return false;
	for (; *port; port++) {
		if (*port < '0' || *port > '9')
			return false;
		value = value * 10 + (unsigned)(*port - '0');
		if (value > 65535)
			return false;
	}
	return true;
}

static bool is_loopback4(const char *host)
{
	struct in_addr address;

	return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* ZeroMQ binds numbers and interfaces; it does not look names up, so localhost is written out. */
static bool read_tcp(const char *given, const char *rest, struct endpoint *endpoint,
		     struct complaint *complaint)
{
	const char *colon = strrchr(rest, ':');
	char host[64];

	if (!colon || (size_t)(colon - rest) >= sizeof host || !is_port(colon + 1))
		return refuse(complaint,
			      "%.100s is not an endpoint: write tcp://127.0.0.1:PORT, with "
			      "* for any free port.",
			      given);
	snprintf(host, sizeof host, "%.*s", (int)(colon - rest), rest);
	endpoint->ipv6 = strcmp(host, "[::1]") == 0;
	if (!endpoint->ipv6 && strcmp(host, "localhost") != 0 && !is_loopback4(host))
		return refuse(complaint,
			      "%.80s can be reached from other machines, which needs keys, and "
			      "keys are not available yet; use tcp://127.0.0.1:PORT or ipc://PATH.",
			      given);
	snprintf(endpoint->address, sizeof endpoint->address, "tcp://%s:%s",
		 strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, colon + 1);
	return true;
}

static bool read_ipc(const char *given, const char *path, struct endpoint *endpoint,
		     struct complaint *complaint)
{
	struct sockaddr_un name;

	if (!*path)
		return refuse(complaint,
			      "ipc:// lacks a path; write ipc:///run/hudur/clients, for instance.");
	if (*path == '@')
		return refuse(complaint,
			      "%.80s has no file whose permissions say who may connect; write "
			      "ipc:// and a path.",
			      given);
	if (strlen(path) >= sizeof name.sun_path)
		return refuse(
			complaint,
			"%.120s is too long: the path of an ipc endpoint has at most %zu bytes.",
			given, sizeof name.sun_path - 1);
	snprintf(endpoint->address, sizeof endpoint->address, "ipc://%s", path);
	endpoint->ipv6 = false;
	return true;
}

bool endpoint_for_clients(const char *given, struct endpoint *endpoint, struct complaint *complaint)
{
	const char *rest = after(given, "tcp://");

	if (rest)
		return read_tcp(given, rest, endpoint, complaint);
	rest = after(given, "ipc://");
	if (rest)
		return read_ipc(given, rest, endpoint, complaint);
	return refuse(complaint,
		      "%.100s is not an endpoint that can be used here; write "
		      "tcp://127.0.0.1:PORT or ipc://PATH.",
		      given);
}

bool endpoint_for_workers(const char *given, struct endpoint *endpoint, struct complaint *complaint)
{
	const char *path = after(given, "ipc://");

	if (path)
		return read_ipc(given, path, endpoint, complaint);
	return refuse(complaint,
		      "%.80s: workers are believed, so other endpoints than ipc:// need keys, and "
		      "keys are not available yet; use ipc://PATH.",
		      given);
}

static bool is_answered(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answered;

	if (fd < 0)
		return false;
	snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
	answered = connect(fd, (const struct sockaddr *)&name, sizeof name) == 0 || errno == EAGAIN;
	close(fd);
	return answered;
}

bool endpoint_is_free(const struct endpoint *endpoint, struct complaint *complaint)
{
	const char *path = path_of(endpoint->address);
	struct stat about;

	if (!path || lstat(path, &about) != 0)
		return true;
	if (!S_ISSOCK(about.st_mode))
		return refuse(complaint,
			      "%.150s: there is a file of another kind at this path; choose "
			      "another path.",
			      endpoint->address);
	if (is_answered(path))
		endpoint_explain(endpoint, EADDRINUSE, NULL, complaint);
	else
		return true;
	return false;
}

void endpoint_explain(const struct endpoint *endpoint, int error, const char *why,
		      struct complaint *complaint)
{
	const char *address = endpoint->address;

	switch (error) {
	case EADDRINUSE:
		refuse(complaint,
		       "%.120s is in use by another program; stop that one, or choose another "
		       "endpoint.",
		       address);
		return;
	case EACCES:
	case EROFS:
	case EPERM:
		refuse(complaint,
		       "%.120s may not be used by this user; choose another endpoint, or make its "
		       "folder writable.",
		       address);
		return;
	case ENOENT:
	case ENOTDIR:
		refuse(complaint,
		       "%.120s: there is no such folder; make it, or choose another path.",
		       address);
		return;
	default:
		refuse(complaint, "%.120s cannot be used: %.60s; choose another endpoint.", address,
		       why);
	}
}
