/* Queues with times of arrival. A connection that breaks loses what was on its way; its ends may not hear of it. */
#include "tests/simulate/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 1 << 12, RETRY_MS = 100, PIPE_FULL = 400 };

enum way { TO_BROKER, TO_SOCKET };

struct line {
	unsigned number, broker, broker_life;
	enum side side;
	struct socket *near; /* NULL: it has gone, or given this one up */
	const struct machine *near_machine;
	bool far; /* the broker believes in it */
	struct packets queue[2];
	unsigned queued[2];
	int64_t last[2];
	bool moving[2];
};

struct socket {
	TAILQ_ENTRY(socket) link;
	struct process *owner;
	unsigned life, number;
	enum side side;
	bool hasty;
	unsigned broker;
	struct line *line;
	struct packets unsent, inbox;
	struct packet *shown;
	enum socket_news news[8];
	unsigned news_count;
	unsigned attempt; /* events of earlier attempts are void */
};

static struct line *lines[LINES_MAX];
static unsigned line_count, socket_count;
static TAILQ_HEAD(, socket) sockets = TAILQ_HEAD_INITIALIZER(sockets);
static struct listener {
	struct process *process;
	struct packets inbox[2];
} listeners[BROKERS_MAX];
static int64_t parted[MACHINES_MAX][MACHINES_MAX];

static void attempt(void *context, int64_t number);
static void move(void *context, int64_t way);

/* ---- packets ---- */

static struct packet *packet_new(const struct frames *frames, unsigned line)
{
	size_t size = 0;
	struct packet *packet;
	char *at;

	for (uint32_t i = 0; i < frames->count; i++)
		size += frames->at[i].size;
	packet = malloc(sizeof *packet + size);
	if (!packet)
		abort();
	*packet = (struct packet){.line = line, .frames.count = frames->count};
	at = packet->bytes;
	for (uint32_t i = 0; i < frames->count; i++) {
		if (frames->at[i].size)
			memcpy(at, frames->at[i].at, frames->at[i].size);
		packet->frames.at[i] = (struct text){at, frames->at[i].size};
		at += frames->at[i].size;
	}
	return packet;
}

static void drop_all(struct packets *packets)
{
	struct packet *packet;

	while ((packet = TAILQ_FIRST(packets))) {
		TAILQ_REMOVE(packets, packet, link);
		free(packet);
	}
}

static int64_t fingerprint(const struct packet *packet)
{
	uint64_t hash = HASH_START;

	for (uint32_t i = 0; i < packet->frames.count; i++)
		hash = hash_bytes(hash, packet->frames.at[i].at, packet->frames.at[i].size);
	return (int64_t)hash;
}

/* ---- lines ---- */

static struct process *broker_of(const struct line *line)
{
	struct process *process = listeners[line->broker].process;

	return process && process->alive && process->life == line->broker_life ? process : NULL;
}

static int64_t closed_until(const struct line *line)
{
	return parted[line->near_machine->number][listeners[line->broker].process->machine->number];
}

static int64_t delay(void)
{
	if (world.quiet || !chance(10))
		return between(0, 3);
	return chance(10) ? between(100, 2000) : between(5, 100);
}

static void schedule(struct line *line, enum way way)
{
	struct packet *first = TAILQ_FIRST(&line->queue[way]);

	if (!first || line->moving[way])
		return;
	line->moving[way] = true;
	event_at(first->arrives, NULL, move, line, way);
}

static void enqueue(struct line *line, enum way way, struct packet *packet, int64_t sent)
{
	packet->arrives = sent + delay();
	if (packet->arrives < line->last[way])
		packet->arrives = line->last[way];
	line->last[way] = packet->arrives;
	TAILQ_INSERT_TAIL(&line->queue[way], packet, link);
	line->queued[way]++;
	schedule(line, way);
}

static void end_way(struct line *line, enum way way)
{
	struct packet *packet = packet_new(&(struct frames){.count = 0}, line->number);

	packet->end = true;
	enqueue(line, way, packet, world.now);
}

static void tell(struct socket *socket, enum socket_news news)
{
	if (socket->news_count < 8)
		socket->news[socket->news_count++] = news;
	process_wake(socket->owner);
}

static void retry(struct socket *socket, int64_t after)
{
	event_at(world.now + after, socket->owner, attempt, socket, ++socket->attempt);
}

static void break_near(struct line *line)
{
	struct socket *socket = line->near;

	if (!socket)
		return;
	note("connection lost", socket->owner->name, line->number, 0);
	line->near = NULL;
	socket->line = NULL;
	tell(socket, SOCKET_LOST);
	retry(socket, RETRY_MS);
}

static void break_line(struct line *line, bool near, bool far)
{
	for (int way = 0; way < 2; way++) {
		drop_all(&line->queue[way]);
		line->queued[way] = 0;
	}
	if (near)
		break_near(line);
	if (far)
		line->far = false;
}

/* ---- moving ---- */

static void arrive_at_broker(struct line *line, struct packet *packet)
{
	struct process *process = broker_of(line);

	if (packet->end || !process || !line->far) {
		/* a machine that knows of no such connection says so */
		if (!packet->end && line->near && listeners[line->broker].process->machine->up)
			end_way(line, TO_SOCKET);
		line->far &= !packet->end;
		free(packet);
		return;
	}
	note("broker gets", process->name, line->number, fingerprint(packet));
	TAILQ_INSERT_TAIL(&listeners[line->broker].inbox[line->side], packet, link);
	process_wake(process);
}

static void arrive_at_socket(struct line *line, struct packet *packet)
{
	struct socket *socket = line->near;

	if (packet->end || !socket) {
		if (packet->end)
			break_near(line);
		else if (line->near_machine->up)
			end_way(line, TO_BROKER);
		free(packet);
		return;
	}
	note("gets", socket->owner->name, line->number, fingerprint(packet));
	TAILQ_INSERT_TAIL(&socket->inbox, packet, link);
	process_wake(socket->owner);
}

static void move(void *context, int64_t which)
{
	struct line *line = context;
	enum way way = (enum way)which;
	struct packet *packet = TAILQ_FIRST(&line->queue[way]);
	int64_t closed = closed_until(line);

	line->moving[way] = false;
	if (!packet)
		return;
	if (closed > world.now) {
		line->last[way] = packet->arrives = closed + between(0, 200);
	} else if (packet->arrives <= world.now) {
		TAILQ_REMOVE(&line->queue[way], packet, link);
		line->queued[way]--;
		if (way == TO_BROKER)
			arrive_at_broker(line, packet);
		else
			arrive_at_socket(line, packet);
	}
	schedule(line, way);
}

/* ---- sockets ---- */

struct socket *socket_new(struct process *owner, enum side side, bool hasty)
{
	struct socket *socket = calloc(1, sizeof *socket);

	if (!socket)
		abort();
	*socket = (struct socket){.owner = owner, .life = owner->life, .side = side, .hasty = hasty,
				  .number = socket_count++};
	TAILQ_INIT(&socket->unsent);
	TAILQ_INIT(&socket->inbox);
	TAILQ_INSERT_TAIL(&sockets, socket, link);
	return socket;
}

/* Kept until the seed's end, for events may name it. */
void socket_free(struct socket *socket)
{
	socket->attempt++;
	drop_all(&socket->inbox);
	drop_all(&socket->unsent);
	free(socket->shown);
	socket->shown = NULL;
	if (socket->line) {
		socket->line->near = NULL;
		if (!socket->owner->dying)
			end_way(socket->line, TO_BROKER);
	}
	socket->line = NULL;
}

static void connect_line(struct socket *socket, struct process *broker)
{
	struct line *line = calloc(1, sizeof *line);
	struct packet *packet;

	if (!line || line_count == LINES_MAX)
		abort();
	*line = (struct line){.number = line_count, .broker = socket->broker, .broker_life = broker->life,
			      .side = socket->side, .near = socket, .near_machine = socket->owner->machine,
			      .far = true};
	TAILQ_INIT(&line->queue[0]);
	TAILQ_INIT(&line->queue[1]);
	lines[line_count++] = line;
	socket->line = line;
	note("connected", socket->owner->name, line->number, socket->broker);
	while ((packet = TAILQ_FIRST(&socket->unsent))) {
		TAILQ_REMOVE(&socket->unsent, packet, link);
		packet->line = line->number;
		enqueue(line, TO_BROKER, packet, world.now);
	}
	process_wake(socket->owner);
}

/* A stopped broker's kernel takes the connection, but nobody greets us before it goes on. */
static void attempt(void *context, int64_t number)
{
	struct socket *socket = context;
	struct process *broker = listeners[socket->broker].process;

	if (socket->attempt != (unsigned)number || socket->line)
		return;
	if (parted[socket->owner->machine->number][broker->machine->number] > world.now || !broker->machine->up ||
	    (broker->alive && broker->paused_until > world.now)) {
		retry(socket, 2 * RETRY_MS);
	} else if (broker->alive) {
		connect_line(socket, broker);
	} else {
		tell(socket, SOCKET_REFUSED);
		retry(socket, between(RETRY_MS, 5 * RETRY_MS));
	}
}

void socket_connect(struct socket *socket, unsigned broker)
{
	socket->broker = broker;
	retry(socket, delay());
}

bool socket_send(struct socket *socket, const struct frames *frames)
{
	const struct process *owner = socket->owner;
	struct packet *packet;

	if (owner->dying || (socket->hasty && (!socket->line || socket->line->queued[TO_BROKER] > PIPE_FULL)))
		return false;
	packet = packet_new(frames, socket->line ? socket->line->number : 0);
	if (socket->line)
		enqueue(socket->line, TO_BROKER, packet, world.now + owner->ahead);
	else
		TAILQ_INSERT_TAIL(&socket->unsent, packet, link);
	return true;
}

bool socket_receive(struct socket *socket, struct frames *frames)
{
	free(socket->shown);
	socket->shown = TAILQ_FIRST(&socket->inbox);
	if (!socket->shown)
		return false;
	TAILQ_REMOVE(&socket->inbox, socket->shown, link);
	*frames = socket->shown->frames;
	return true;
}

bool socket_is_readable(const struct socket *socket)
{
	return !TAILQ_EMPTY(&socket->inbox);
}

bool socket_is_connected(const struct socket *socket)
{
	return !socket->owner->dying && socket->line && socket->line->queued[TO_BROKER] <= PIPE_FULL;
}

enum socket_news socket_news(struct socket *socket)
{
	enum socket_news news = socket->news[0];

	if (!socket->news_count)
		return SOCKET_QUIET;
	memmove(socket->news, socket->news + 1, --socket->news_count * sizeof news);
	return news;
}

/* ---- brokers ---- */

void network_listen(unsigned broker, struct process *process)
{
	listeners[broker].process = process;
	TAILQ_INIT(&listeners[broker].inbox[0]);
	TAILQ_INIT(&listeners[broker].inbox[1]);
}

struct packet *network_take(unsigned broker, enum side side)
{
	struct packet *packet = TAILQ_FIRST(&listeners[broker].inbox[side]);

	if (packet)
		TAILQ_REMOVE(&listeners[broker].inbox[side], packet, link);
	return packet;
}

struct text network_peer(const struct packet *packet, char buffer[8])
{
	memcpy(buffer, "peer", 4);
	memcpy(buffer + 4, &packet->line, 4);
	return (struct text){buffer, 8};
}

enum delivery network_route(unsigned broker, enum side side, struct text peer, const struct frames *frames)
{
	struct process *process = listeners[broker].process;
	unsigned number = LINES_MAX;
	struct line *line;

	if (peer.size == 8)
		memcpy(&number, peer.at + 4, 4);
	line = number < line_count ? lines[number] : NULL;
	if (!line || line->broker != broker || broker_of(line) != process || line->side != side || !line->far)
		return DELIVERY_GONE;
	if (line->queued[TO_SOCKET] > PIPE_FULL || (!world.quiet && chance(500)))
		return DELIVERY_FULL;
	if (!process->dying)
		enqueue(line, TO_SOCKET, packet_new(frames, number), world.now);
	return DELIVERY_SENT;
}

void network_end(struct process *process, bool told)
{
	struct socket *socket;

	for (unsigned i = 0; i < line_count; i++) {
		struct line *line = lines[i];

		if (broker_of(line) == process && line->far) {
			line->far = false;
			if (told)
				end_way(line, TO_SOCKET);
		}
		if (line->near && line->near->owner == process && told)
			end_way(line, TO_BROKER);
	}
	for (int b = 0; b < BROKERS_MAX; b++)
		for (int side = 0; listeners[b].process == process && side < 2; side++)
			drop_all(&listeners[b].inbox[side]);
	TAILQ_FOREACH(socket, &sockets, link)
		if (socket->owner == process && socket->line) {
			socket->line->near = NULL;
			socket->line = NULL;
		}
}

/* ---- what goes wrong ---- */

void network_part(const struct machine *a, const struct machine *b, int64_t until)
{
	note("parted", a->name, b->number, until - world.now);
	parted[a->number][b->number] = parted[b->number][a->number] = until;
}

void network_break_one(void)
{
	unsigned from = line_count ? (unsigned)pick(line_count) : 0;

	for (unsigned i = 0; i < line_count; i++) {
		struct line *line = lines[(from + i) % line_count];
		bool near = !chance(4), far = !near || !chance(4);

		if (!line->near || !line->far || !broker_of(line))
			continue;
		note("breaks", listeners[line->broker].process->name, line->number, near * 2 + far);
		break_line(line, near, far);
		return;
	}
}

void network_clear(void)
{
	struct socket *socket;

	for (unsigned i = 0; i < line_count; i++) {
		drop_all(&lines[i]->queue[0]);
		drop_all(&lines[i]->queue[1]);
		free(lines[i]);
	}
	line_count = socket_count = 0;
	while ((socket = TAILQ_FIRST(&sockets))) {
		TAILQ_REMOVE(&sockets, socket, link);
		drop_all(&socket->inbox);
		drop_all(&socket->unsent);
		free(socket->shown);
		free(socket);
	}
	for (int b = 0; b < BROKERS_MAX; b++) {
		for (int side = 0; listeners[b].process && side < 2; side++)
			drop_all(&listeners[b].inbox[side]);
		listeners[b].process = NULL;
	}
	memset(parted, 0, sizeof parted);
}
