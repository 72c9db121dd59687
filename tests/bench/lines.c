/* A greeting, a command, then frames: https://rfc.zeromq.org/spec/23/ */
#include "tests/bench/lines.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FLAG_MORE = 1, FLAG_LONG = 2, FLAG_COMMAND = 4 };
enum { HEAD_SHORT = 2, HEAD_LONG = 9, GREETING = 64, SILENCE_MS = 30000 };

/* ---- frames ---- */

static size_t write_frame(char *out, struct text frame, bool more)
{
	size_t head = frame.size > UINT8_MAX ? HEAD_LONG : HEAD_SHORT;

	out[0] = (char)((more ? FLAG_MORE : 0) | (head == HEAD_LONG ? FLAG_LONG : 0));
	for (size_t i = 1; i < head; i++)
		out[i] = (char)((uint64_t)frame.size >> (8 * (head - 1 - i)));
	if (frame.size)
		memcpy(out + head, frame.at, frame.size);
	return head + frame.size;
}

/* With its head; 0: it is not whole. */
static size_t read_frame(const char *at, size_t left, int *flags, struct text *frame)
{
	const unsigned char *head = (const unsigned char *)at;
	size_t head_size = left && head[0] & FLAG_LONG ? HEAD_LONG : HEAD_SHORT;
	uint64_t size = 0;

	if (left < head_size)
		return 0;
	for (size_t i = 1; i < head_size; i++)
		size = size << 8 | head[i];
	if (size > left - head_size)
		return 0;
	*flags = head[0];
	*frame = (struct text){at + head_size, (uint32_t)size};
	return head_size + size;
}

bool line_send(struct line *line, const struct frames *frames)
{
	static char out[LINE_IN];
	size_t size = 0;

	for (uint32_t i = 0; i < frames->count; i++) {
		if (size + HEAD_LONG + frames->at[i].size > sizeof out)
			return false;
		size += write_frame(out + size, frames->at[i], i + 1 < frames->count);
	}
	return send(line->fd, out, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static bool take(struct line *line, struct frames *frames)
{
	uint32_t at = line->begin;
	int flags = FLAG_MORE;

	for (frames->count = 0; flags & FLAG_MORE; frames->count++) {
		size_t size = frames->count == FRAMES_MAX ? 0 : read_frame(line->in + at, line->end - at, &flags,
									   &frames->at[frames->count]);

		if (!size)
			return false;
		at += (uint32_t)size;
	}
	line->begin = at;
	return true;
}

static bool fill(struct line *line)
{
	size_t kept = line->end - line->begin;
	ssize_t got;

	memmove(line->in, line->in + line->begin, kept);
	got = recv(line->fd, line->in + kept, LINE_IN - kept, MSG_DONTWAIT);
	line->emptied = got < (ssize_t)(LINE_IN - kept);
	line->begin = 0;
	line->end = (uint32_t)(kept + (got > 0 ? (size_t)got : 0));
	return got > 0;
}

bool line_receive(struct line *line, struct frames *frames)
{
	while (!take(line, frames)) {
		bool emptied = line->emptied; /* then another look now would find nothing */

		line->emptied = false;
		if (emptied || !fill(line))
			return false;
	}
	return true;
}

/* ---- connecting ---- */

static bool await(struct line *line)
{
	struct pollfd polled = {.fd = line->fd, .events = POLLIN};

	return poll(&polled, 1, SILENCE_MS) == 1 && fill(line);
}

static bool shake_hands(struct line *line)
{
	static const char greeting[GREETING] = {(char)0xFF, [9] = 0x7F, [10] = 3, [12] = 'N', 'U', 'L', 'L'};
	static const char ready[] = "\x04\x1C\x05READY\x0BSocket-Type\0\0\0\x06" "DEALER";
	struct text command;
	int flags = 0;
	size_t size = 0;

	if (send(line->fd, greeting, sizeof greeting, MSG_NOSIGNAL) < 0 ||
	    send(line->fd, ready, sizeof ready - 1, MSG_NOSIGNAL) < 0)
		return false;
	while (!size) {
		if (!await(line))
			return false;
		if (line->end > GREETING)
			size = read_frame(line->in + GREETING, line->end - GREETING, &flags, &command);
	}
	line->begin = (uint32_t)(GREETING + size);
	return flags & FLAG_COMMAND;
}

bool line_open(struct line *line, const char *endpoint)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char address[64];
	int port, yes = 1;

	*line = (struct line){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .in = malloc(LINE_IN)};
	if (!line->in || sscanf(endpoint, "tcp://%63[^:]:%d", address, &port) != 2 ||
	    inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return false;
	to.sin_port = htons((uint16_t)port);
	return connect(line->fd, (struct sockaddr *)&to, sizeof to) == 0 &&
	       setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0 && shake_hands(line);
}

void line_close(struct line *line)
{
	close(line->fd);
	free(line->in);
}
