/* Judges the spelling of endpoints before ZeroMQ sees them: a typing error gets a sentence. */
#include "clients/lib/endpoints.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

static bool is_port(const char *at)
{
	char *end;
	long port = strtol(at, &end, 10);

	return at[0] >= '0' && at[0] <= '9' && *end == '\0' && port >= 1 && port <= 65535;
}

static bool is_host(const char *at, size_t size)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

	if (size >= 4 && at[0] == '[' && at[size - 1] == ']')
		return strspn(at + 1, "0123456789abcdefABCDEF:.") == size - 2;
	return size > 0 && strspn(at, plain) == size;
}

static bool is_endpoint(const char *at)
{
	const char *colon;

	if (strncmp(at, "ipc://", 6) == 0)
		return at[6] && strlen(at + 6) < sizeof((struct sockaddr_un *)0)->sun_path;
	if (strncmp(at, "tcp://", 6) != 0)
		return false;
	colon = strrchr(at, ':');
	return colon > at + 6 && is_host(at + 6, (size_t)(colon - at) - 6) && is_port(colon + 1);
}

static bool refuse(struct endpoints *endpoints, struct complaint *complaint, const char *at,
		   size_t size)
{
	endpoints->count = 0;
	snprintf(complaint->sentence, sizeof complaint->sentence,
		 "%.*s is not an endpoint; write tcp://HOST:PORT or ipc://PATH, several separated "
		 "by commas.",
		 (int)(size > 100 ? 100 : size), at);
	return false;
}

bool endpoints_read(const char *list, struct endpoints *endpoints, struct complaint *complaint)
{
	endpoints->count = 0;
	while (*list) {
		size_t size, skip = strspn(list, " \t,");
		char *place;

		list += skip;
		size = strcspn(list, " \t,");
		if (size == 0)
			break;
		if (endpoints->count == ENDPOINTS_MAX || size >= ENDPOINT_SIZE)
			return refuse(endpoints, complaint, list, size);
		place = endpoints->at[endpoints->count];
		memcpy(place, list, size);
		place[size] = '\0';
		if (!is_endpoint(place))
			return refuse(endpoints, complaint, list, size);
		endpoints->count++;
		list += size;
	}
	return endpoints->count > 0 || refuse(endpoints, complaint, "An empty list", 13);
}
