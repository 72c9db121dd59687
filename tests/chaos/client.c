/*
 * A client that may be killed at any instant: it loads a broker through hudur.h alone, and its own
 * synced ledger says what it meant to send, what was spooled and what was answered.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/hudur.h"

/*
 * Lines of the ledger, each synced before the next step and ended by " .", so that one which was cut is known:
 * R ACTOR                  a run begins; its requests name this actor
 * I ACTOR/N SERVICE MAP    about to be given to hudur_write; the map in hexadecimal digits
 * N ACTOR/N ID             it was spooled under this id; "-": hudur_write said that it was not
 * A ID REPLY               its answer
 */
enum { PEOPLE_MAX = 1000, BADGE_SIZE = 24, MAP_SIZE = 512, LINE_SIZE = 4096, PACE_MS = 8 };

static const int64_t HOUR = 3600000;

struct person {
	int64_t number;
	char badge[BADGE_SIZE];
};

struct load {
	struct hudur *hudur;
	int ledger;
	const char *actor, *event;
	int64_t turn;   /* the instant at which one session of the hall follows the other */
	int64_t window; /* most requests that are unanswered */
	uint64_t random, made;
	struct person people[PEOPLE_MAX];
	size_t count;
};

/* A MessagePack map of a few texts and numbers. https://github.com/msgpack/msgpack/blob/master/spec.md */
struct map {
	unsigned char bytes[MAP_SIZE];
	size_t size;
};

/* ---- chance ---- */

/* SplitMix64, https://prng.di.unimi.it/splitmix64.c */
static uint64_t roll(struct load *load, uint64_t below)
{
	uint64_t z = load->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

static const char *choose(struct load *load, const char *const *words, size_t count)
{
	return words[roll(load, count)];
}
#define CHOOSE(load, words) choose(load, words, sizeof(words) / sizeof *(words))

/* ---- maps ---- */

static void put(struct map *map, const void *bytes, size_t size)
{
	if (size > MAP_SIZE - map->size)
		abort();
	memcpy(map->bytes + map->size, bytes, size);
	map->size += size;
}

static void put_text(struct map *map, const char *text)
{
	const unsigned char head[] = {0xd9, (unsigned char)strlen(text)};

	put(map, head, sizeof head);
	put(map, text, head[1]);
}

static void add_value(struct map *map, const char *key)
{
	map->bytes[0]++;
	put_text(map, key);
}

static void add_text(struct map *map, const char *key, const char *text)
{
	if (!text)
		return;
	add_value(map, key);
	put_text(map, text);
}

static void add_number(struct map *map, const char *key, int64_t number)
{
	unsigned char bytes[9] = {0xd3};

	add_value(map, key);
	for (int i = 0; i < 8; i++)
		bytes[8 - i] = (unsigned char)(number >> (8 * i));
	put(map, bytes, sizeof bytes);
}

static void add_truth(struct map *map, const char *key, bool truth)
{
	const unsigned char byte = truth ? 0xc3 : 0xc2;

	add_value(map, key);
	put(map, &byte, 1);
}

static void begin(struct map *map, const char *op)
{
	*map = (struct map){.bytes = {0x80}, .size = 1};
	add_text(map, "op", op);
}

/* ---- the ledger ---- */

static int fail(const char *what)
{
	fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void note(const struct load *load, const char *line, size_t size)
{
	if (write(load->ledger, line, size) != (ssize_t)size || fdatasync(load->ledger) != 0)
		fail("the ledger");
}

static size_t put_hex(char *at, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		unsigned byte = ((const unsigned char *)bytes)[i];

		at[2 * i] = digits[byte >> 4];
		at[2 * i + 1] = digits[byte & 15];
	}
	return 2 * size;
}

static void note_hex(const struct load *load, const char *head, const void *bytes, size_t size)
{
	char line[LINE_SIZE];
	size_t length = (size_t)snprintf(line, sizeof line, "%s", head);

	if (length + 2 * size + 3 > sizeof line)
		abort();
	length += put_hex(line + length, bytes, size);
	memcpy(line + length, " .\n", 3);
	note(load, line, length + 3);
}

static void begin_ledger(const struct load *load)
{
	char line[LINE_SIZE];

	/* what was killed while it wrote may have left half a line */
	note(load, line, (size_t)snprintf(line, sizeof line, "\nR %s .\n", load->actor));
}

static void note_answer(const struct load *load, const struct hudur_reply *reply)
{
	char head[2 * HUDUR_ID_SIZE + 4] = "A ";
	size_t length = 2 + put_hex(head + 2, reply->id, HUDUR_ID_SIZE);

	head[length] = ' ';
	head[length + 1] = '\0';
	note_hex(load, head, reply->map, reply->size);
}

/* ---- requests ---- */

static void send(struct load *load, const char *service, const struct map *map, int64_t at)
{
	char name[96], head[256];
	uint8_t id[HUDUR_ID_SIZE];
	int result;

	snprintf(name, sizeof name, "%s/%s", load->event, service);
	snprintf(head, sizeof head, "I %s/%" PRIu64 " %s ", load->actor, load->made, name);
	note_hex(load, head, map->bytes, map->size);
	result = hudur_write(load->hudur, name, map->bytes, map->size, at, id);
	snprintf(head, sizeof head, "N %s/%" PRIu64 " %s", load->actor, load->made, result ? "-" : "");
	note_hex(load, head, id, result ? 0 : sizeof id);
}

static const struct person *anybody(struct load *load)
{
	return &load->people[roll(load, load->count)];
}

/*
 * Half of the people pass this door a while after they really did, as with a door that was alone,
 * some on the day before. A door's time does not go back for the same person.
 */
static int64_t lately(const struct load *load, const struct person *person)
{
	uint64_t lag = (uint64_t)(unsigned char)load->actor[strcspn(load->actor, ".") - 1];

	lag = (lag * 131 + (uint64_t)person->number) * UINT64_C(0x9e3779b97f4a7c15);
	return hudur_now(load->hudur) - (int64_t)(lag >> 63 ? (lag >> 20) % (uint64_t)(4 * HOUR) : 0);
}

static void scan(struct load *load)
{
	const struct person *person = anybody(load);
	int64_t at = lately(load, person);
	static const char *const ways[] = {"in", "in", "out"};
	const char *hall = at < load->turn ? "FIRST" : "SECOND";
	char door[33];
	struct map map;

	snprintf(door, sizeof door, "%s/%" PRIu64, load->actor, load->made);
	begin(&map, "scan");
	add_text(&map, "badge", roll(load, 50) ? person->badge : "no badge");
	add_text(&map, "session", roll(load, 3) ? hall : "SIDE");
	add_text(&map, "direction", CHOOSE(load, ways));
	add_text(&map, "door", door);
	send(load, "attendance", &map, at);
}

static void check_in(struct load *load, int64_t at)
{
	struct map map;

	begin(&map, "check_in");
	add_text(&map, "badge", anybody(load)->badge);
	add_truth(&map, "identity_seen", roll(load, 2));
	send(load, "checkin", &map, at);
}

static void enrol(struct load *load, int64_t at)
{
	static const char *const entities[] = {"TR", "MA", "BANK", NULL};
	static const char *const categories[] = {"head", "delegate", "press", NULL};
	static const char *const levels[] = {"minister", "director", NULL}, *const genders[] = {"female", "male", NULL};
	static const char *const languages[] = {"en", "fr", "ar", NULL};
	char name[64];
	struct map map;

	snprintf(name, sizeof name, "Invented %s/%" PRIu64, load->actor, load->made);
	begin(&map, "register");
	add_text(&map, "name", name);
	add_text(&map, "entity", CHOOSE(load, entities));
	add_text(&map, "category", CHOOSE(load, categories));
	add_text(&map, "level", CHOOSE(load, levels));
	add_text(&map, "gender", CHOOSE(load, genders));
	add_text(&map, "language", CHOOSE(load, languages));
	add_truth(&map, "walk_in", roll(load, 2));
	add_truth(&map, "remote", roll(load, 10) == 0);
	add_truth(&map, "accredit", roll(load, 2));
	send(load, "registration", &map, at);
}

/* Something about a person that is known by number. */
static void correct(struct load *load, int64_t at)
{
	static const char *const ops[] = {"amend", "amend", "accredit", "undo_check_in", "cancel"};
	static const char *const entities[] = {"TR", "MA", "BANK"}, *const categories[] = {"head", "delegate", "press"};
	const char *op = CHOOSE(load, ops);
	struct map map;

	begin(&map, op);
	add_number(&map, "person", anybody(load)->number);
	if (strcmp(op, "accredit") != 0)
		add_text(&map, "why", load->actor);
	if (strcmp(op, "amend") == 0) {
		add_text(&map, "entity", CHOOSE(load, entities));
		add_text(&map, "category", CHOOSE(load, categories));
	}
	send(load, strcmp(op, "undo_check_in") == 0 ? "checkin" : "registration", &map, at);
}

static void send_any(struct load *load)
{
	uint64_t what = roll(load, 100);
	/* half of it happened a while ago, as with a door that was alone: before the first day's end, too */
	int64_t at = hudur_now(load->hudur) - (int64_t)(roll(load, 2) ? 0 : roll(load, (uint64_t)(4 * HOUR)));

	load->made++;
	if (what < 85)
		scan(load);
	else if (what < 92)
		check_in(load, at);
	else if (what < 95)
		enrol(load, at);
	else
		correct(load, at);
}

/* ---- running ---- */

static bool input_has_ended(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

/* Loads until the input ends, then waits for what was not answered. */
static void run(struct load *load)
{
	struct hudur_reply reply;
	bool over = false;

	while (!over || hudur_backlog(load->hudur) > 0) {
		over = over || input_has_ended();
		if (!over && hudur_backlog(load->hudur) < load->window)
			send_any(load);
		for (int wait = PACE_MS; hudur_next(load->hudur, wait, &reply) > 0; wait = 0)
			note_answer(load, &reply);
	}
}

static void read_people(struct load *load, const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		fail(path);
	while (load->count < PEOPLE_MAX && fscanf(file, "%" SCNd64 " %23s", &load->people[load->count].number,
						   load->people[load->count].badge) == 2)
		load->count++;
	fclose(file);
	if (!load->count)
		fail(path);
}

/* client ENDPOINTS SPOOL LEDGER ACTOR EVENT PEOPLE TURN WINDOW SEED */
int main(int argc, char **argv)
{
	struct load load = {0};

	if (argc != 10) {
		fputs("usage: client ENDPOINTS SPOOL LEDGER ACTOR EVENT PEOPLE TURN WINDOW SEED\n", stderr);
		return 2;
	}
	load.actor = argv[4];
	load.event = argv[5];
	load.turn = strtoll(argv[7], NULL, 10);
	load.window = strtoll(argv[8], NULL, 10);
	load.random = strtoull(argv[9], NULL, 10);
	load.ledger = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (load.ledger < 0)
		fail(argv[3]);
	read_people(&load, argv[6]);
	begin_ledger(&load);
	if (hudur_new(&(struct hudur_options){.endpoints = argv[1], .spool = argv[2], .actor = load.actor},
		      &load.hudur) != 0) {
		fprintf(stderr, "client: %s\n", hudur_error(load.hudur));
		return EXIT_FAILURE;
	}
	puts("ready");
	fflush(stdout);
	run(&load);
	hudur_free(load.hudur);
	return EXIT_SUCCESS;
}
