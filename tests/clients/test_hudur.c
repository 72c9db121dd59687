/* hudur.h from outside: what a program that links libhudur relies on. */
#include "clients/hudur.h"
#include "clients/lib/spool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/clock.h"
#include "tests/clients/talk.h"
#include "tests/harness.h"

static void write_carries_what_every_request_does(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	write_scan(id);
	assert_int_equal(hudur_backlog(client), 1);
	taken = take();
	assert_memory_equal(taken.id, id, sizeof id);
	assert_int_equal(id[6] >> 4, 7);
	assert_int_equal(id[8] >> 6, 2);
	assert_string_equal(taken.service, "e/attendance");
	assert_true(text_is(taken.request.op, "scan"));
	assert_int_equal(taken.request.device.size, 16);
	assert_int_equal(taken.request.seq, 1);
	assert_int_equal(taken.request.at, 1709200000000);
	assert_int_equal(taken.request.backlog, 0);
	assert_true(text_is(taken.request.actor, "desk 1"));
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(1);
	assert_memory_equal(reply.id, id, sizeof id);
	assert_int_equal(hudur_backlog(client), 0);
	assert_true(hudur_is_online(client));
}

static void numbers_run_per_event(void **state)
{
	static const char load[] = "\x82\xa2op\xa4load\xa5"
				   "event\xa1"
				   "e";
	uint8_t id[HUDUR_ID_SIZE];

	(void)state;
	client = open_client(spool);
	write_scan(id);
	assert_int_equal(take().request.seq, 1);
	/* loading an event is a write of that event, whichever worker's service takes it */
	assert_int_equal(hudur_write(client, "main/events", load, sizeof load - 1, 0, id), 0);
	assert_int_equal(take().request.seq, 2);
	assert_int_equal(hudur_write(client, "f/attendance", scan_map.at, scan_map.size, 0, id), 0);
	assert_int_equal(take().request.seq, 1);
}

/* Written while nobody was there, by a clock a day behind; the first answer to it is lost with the program. */
static void what_was_written_before_the_first_measurement_goes_with_it(void **state)
{
	const struct hudur_options alone = {.endpoints = "ipc:///nonexistent/broker", .spool = spool};
	const int64_t day = 86400000;
	struct taken first, taken;
	uint8_t id[HUDUR_ID_SIZE];

	(void)state;
	assert_int_equal(hudur_new(&alone, &client), 0);
	write_scan(id);
	hudur_free(client);
	broker.clock_ahead = day;
	client = open_client(spool);
	first = take();
	assert_memory_equal(first.id, id, sizeof id);
	assert_in_range(first.request.offset, day - 400, day + 400);
	hudur_free(client);
	broker.clock_ahead = 2 * day; /* what is measured later changes nothing that was sent */
	client = open_client(spool);
	taken = take();
	assert_int_equal(taken.map_size, first.map_size);
	assert_memory_equal(taken.map, first.map, first.map_size);
}

/* Of fifteen pairs an offset makes sixteen, whose head is longer. */
static void what_has_hardly_room_for_an_offset_is_refused_or_goes(void **state)
{
	const struct hudur_options alone = {.endpoints = "ipc:///nonexistent/broker", .spool = spool};
	static char map[MESSAGE_MAX] = "\x8b\xa2op\xa4scan\xa1""a\x01\xa1""b\x01\xa1""c\x01\xa1""d\x01\xa1""e\x01\xa1""f"
				       "\x01\xa1""g\x01\xa1""h\x01\xa1""i\x01\xa1""j\xc5";
	const int64_t ahead = 100 * INT64_C(86400000); /* more than 32 bits tell */
	const size_t head = 1 + 3 + 5 + 9 * 3 + 3;
	size_t size = MESSAGE_MAX - 100;
	uint8_t id[HUDUR_ID_SIZE];
	int kept;

	(void)state;
	assert_int_equal(hudur_new(&alone, &client), 0);
	do {
		size_t body = ++size - head - 2;

		map[head] = (char)(body >> 8);
		map[head + 1] = (char)body;
		kept = hudur_write(client, "e/attendance", map, size, 1, id);
	} while (kept == 0);
	assert_non_null(strstr(hudur_error(client), "large"));
	assert_true(hudur_backlog(client) > 0);
	hudur_free(client);
	broker.clock_ahead = ahead;
	client = open_client(spool);
	for (int64_t left = hudur_backlog(client); left > 0; left--) {
		struct taken taken = take();

		assert_in_range(taken.request.offset, ahead - 400, ahead + 400);
		fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	}
}

static void change_spool(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(spool, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* It was sent without an offset before, and goes on so. */
static void what_does_not_wait_for_an_offset_goes_as_it_is(void **state)
{
	const struct hudur_options alone = {.endpoints = "ipc:///nonexistent/broker", .spool = spool};
	uint8_t id[HUDUR_ID_SIZE];

	(void)state;
	assert_int_equal(hudur_new(&alone, &client), 0);
	write_scan(id);
	hudur_free(client);
	change_spool("DELETE FROM undated");
	client = open_client(spool);
	assert_int_equal(take().request.offset, ABSENT);
}

static void what_was_sealed_before_the_first_measurement_goes_with_it(void **state)
{
	const struct hudur_options alone = {.endpoints = "ipc:///nonexistent/broker", .spool = spool};
	struct taken first, taken;
	uint8_t id[HUDUR_ID_SIZE];

	(void)state;
	assert_int_equal(hudur_new(&alone, &client), 0);
	assert_int_equal(hudur_seal(client, "sunflower", 9), 0);
	write_scan(id);
	hudur_free(client);
	broker.clock_ahead = 86400000;
	client = open_client(spool);
	write_scan(id); /* the clock is compared while the other is sealed */
	fake_broker_answer(&broker, (taken = take(), &taken), status_ok, ABSENT);
	await_handed(1);
	hudur_free(client);
	for (int i = 0; i < 2; i++) {
		client = open_client(spool);
		assert_int_equal(hudur_seal(client, "sunflower", 9), 0);
		taken = take();
		assert_int_equal(taken.request.seq, 1);
		assert_in_range(taken.request.offset, 86400000 - 400, 86400000 + 400);
		if (i == 0)
			first = taken;
		hudur_free(client);
	}
	assert_memory_equal(taken.map, first.map, first.map_size);
	client = NULL;
}

/* The program dies right after hudur_write returned; nobody ever connected. */
static void killed_program_goes_on_with_the_same_bytes(void **state)
{
	struct taken taken, again;
	uint8_t id[HUDUR_ID_SIZE];
	int status, told[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(told), 0);
	child = fork();
	if (child == 0) {
		struct hudur_options options = {.endpoints = "ipc:///nonexistent/broker",
						.spool = spool};

		if (hudur_new(&options, &client) ||
		    hudur_write(client, "e/attendance", scan_map.at, scan_map.size, 0, id) ||
		    write(told[1], id, sizeof id) != sizeof id)
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(read(told[0], id, sizeof id), sizeof id);
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	close(told[0]);
	close(told[1]);

	client = open_client(spool);
	assert_int_equal(hudur_backlog(client), 1);
	taken = take();
	assert_memory_equal(taken.id, id, sizeof id);
	hudur_free(client);
	client = open_client(spool);
	again = take();
	assert_memory_equal(again.id, id, sizeof id);
	assert_int_equal(again.map_size, taken.map_size);
	assert_memory_equal(again.map, taken.map, taken.map_size);
	fake_broker_answer(&broker, &again, status_refused, ABSENT);
	await_handed(1);
	hudur_free(client);
	client = open_client(spool);
	assert_int_equal(hudur_backlog(client), 0);
}

static void stay(void *unused)
{
	(void)unused;
}

/* Plays the broker that takes `count` requests and answers the last one first. */
static void play_in_reverse(unsigned count, int ready)
{
	struct fake_broker other;
	struct taken taken[8];

	fake_broker_open(&other, &folder, "other");
	if (write(ready, "r", 1) != 1)
		return;
	for (unsigned got = 0; got < count; got++)
		fake_broker_take(&other, ready, stay, NULL, &taken[got]);
	while (count--)
		fake_broker_answer(&other, &taken[count], status_ok, ABSENT);
	fake_broker_take(&other, ready, stay, NULL, &taken[0]);
}

/* In a process of its own, since hudur_call waits. Ends with the test, or by the alarm. */
static pid_t answer_in_reverse(unsigned count)
{
	int told[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(told), 0);
	child = fork();
	if (child == 0) {
		alarm(4); /* before fake_broker_take loses patience and the child would go on as a test */
		play_in_reverse(count, told[1]);
		_exit(1);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	close(told[0]);
	close(told[1]);
	return child;
}

static void call_keeps_other_answers(void **state)
{
	uint8_t first[HUDUR_ID_SIZE], id[HUDUR_ID_SIZE];
	char endpoint[128];
	struct hudur_options options = {.endpoints = endpoint, .spool = spool};
	pid_t child = answer_in_reverse(3);

	(void)state;
	snprintf(endpoint, sizeof endpoint, "ipc://%s/other", folder.path);
	assert_int_equal(hudur_new(&options, &client), 0);
	write_scan(first);
	write_scan(id);
	assert_int_equal(
		hudur_call(client, "e/people", scan_map.at, scan_map.size, false, 5000, &reply), 1);
	assert_string_equal(reply.service, "e/people");
	assert_int_equal(hudur_next(client, 5000, &reply), 1);
	assert_memory_equal(reply.id, id, sizeof id);
	assert_string_equal(reply.service, "e/attendance");
	assert_int_equal(hudur_next(client, 5000, &reply), 1);
	assert_memory_equal(reply.id, first, sizeof first);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void call_that_is_not_answered(void **state)
{
	struct taken taken;

	(void)state;
	client = open_client(spool);
	assert_int_equal(
		hudur_call(client, "e/people", scan_map.at, scan_map.size, false, 30, &reply), 0);
	assert_int_equal(
		hudur_call(client, "e/attendance", scan_map.at, scan_map.size, true, 30, &reply),
		0);
	assert_int_equal(hudur_backlog(client), 1);
	do
		taken = take();
	while (strcmp(taken.service, "e/attendance") != 0);
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(1);
	assert_int_equal(hudur_backlog(client), 0);
}

static void offset_is_measured_and_kept(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;
	int64_t offset;

	(void)state;
	broker.clock_ahead = -3600000;
	client = open_client(spool);
	assert_false(hudur_offset(client, &offset));
	write_scan(id); /* waits for a measurement that does not come; it is held until one does */
	taken = take();
	assert_in_range(-taken.request.offset, 3600000 - 400, 3600000 + 400);
	fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	await_handed(1);
	assert_true(hudur_offset(client, &offset));
	assert_in_range(-offset, 3600000 - 400, 3600000 + 400);
	hudur_free(client);
	client = open_client(spool);
	assert_true(hudur_offset(client, &offset));
	write_scan(id);
	taken = take();
	assert_in_range(-taken.request.offset, 3600000 - 400, 3600000 + 400);
}

static void first_write_measures(void **state)
{
	char endpoint[128];
	uint8_t id[HUDUR_ID_SIZE];
	int64_t offset;
	struct hudur_options options = {.endpoints = endpoint, .spool = spool};
	pid_t child = answer_in_reverse(8);

	(void)state;
	snprintf(endpoint, sizeof endpoint, "ipc://%s/other", folder.path);
	assert_int_equal(hudur_new(&options, &client), 0);
	write_scan(id);
	assert_true(hudur_offset(client, &offset));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void descriptor_says_when_to_call(void **state)
{
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken[3];
	struct pollfd poll_fd;

	(void)state;
	client = open_client(NULL);
	for (int i = 0; i < 3; i++)
		write_scan(id);
	for (int i = 0; i < 3; i++)
		taken[i] = take();
	for (int i = 0; i < 3; i++)
		fake_broker_answer(&broker, &taken[i], status_ok, ABSENT);
	/* one call each time, as a program with its own loop would */
	poll_fd = (struct pollfd){.fd = hudur_fd(client), .events = POLLIN};
	while (handed < 3) {
		assert_int_equal(poll(&poll_fd, 1, 5000), 1);
		handed += (unsigned)hudur_next(client, 0, &reply);
	}
}

static void refuse_new(const char *endpoints, const char *file, const char *part)
{
	struct hudur_options options = {.endpoints = endpoints, .spool = file};
	struct hudur *handle;
	uint8_t id[HUDUR_ID_SIZE];

	assert_int_equal(hudur_new(&options, &handle), -1);
	assert_non_null(handle);
	if (!strstr(hudur_error(handle), part))
		fail_msg("\"%s\" does not say \"%s\"", hudur_error(handle), part);
	assert_int_equal(hudur_write(handle, "e/attendance", scan_map.at, scan_map.size, 0, id),
			 -1);
	assert_int_equal(hudur_read(handle, "e/people", scan_map.at, scan_map.size, id), -1);
	assert_int_equal(hudur_next(handle, 0, &reply), -1);
	assert_non_null(strstr(hudur_error(handle), part));
	hudur_forget(handle, id);
	assert_false(hudur_is_online(handle));
	assert_int_equal(hudur_backlog(handle), 0);
	hudur_timeout(handle);
	hudur_fd(handle);
	hudur_free(handle);
}

static void wrong_options_are_refused(void **state)
{
	(void)state;
	client = open_client(spool);
	refuse_new("localhost:5570", NULL, "is not an endpoint");
	refuse_new("", NULL, "is not an endpoint");
	refuse_new(broker.endpoint, "/nonexistent/x.spool", "cannot be used");
	refuse_new(broker.endpoint, spool, "Another process");
}

static void actor_that_no_request_can_name_is_refused(void **state)
{
	static const char *const wrong[] = {"", "Jos\xe9", "a\nb",
		"12345678901234567890123456789012345678901234567890123456789012345"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct hudur_options options = {broker.endpoint, NULL, wrong[i]};

		assert_int_equal(hudur_new(&options, &client), -1);
		assert_non_null(strstr(hudur_error(client), "name of who acts"));
		hudur_free(client);
	}
	client = open_client(spool);
}

/* Somebody else wrote into the spool: the clock is compared as if it never was. */
static void offset_that_cannot_be_is_not_sent(void **state)
{
	struct complaint complaint;
	struct spool *file;
	uint8_t id[HUDUR_ID_SIZE];
	int64_t offset;

	(void)state;
	assert_true(spool_open(spool, &file, &complaint));
	spool_measured(file, INT64_MIN + 1);
	spool_close(file);
	client = open_client(spool);
	assert_false(hudur_offset(client, &offset));
	write_scan(id);
	assert_in_range(take().request.offset + 400, 0, 800);
}

static void offset_of_half_a_century_is_sent(void **state)
{
	const int64_t half = INT64_C(1709200000000);
	uint8_t id[HUDUR_ID_SIZE];

	(void)state;
	broker.clock_ahead = half;
	client = open_client(spool);
	write_scan(id);
	assert_in_range(take().request.offset, half - 400, half + 400);
}

/* The device's battery was empty since. */
static void offset_of_an_earlier_run_dates_nothing(void **state)
{
	const struct hudur_options alone = {.endpoints = "ipc:///nonexistent/broker", .spool = spool};
	struct complaint complaint;
	struct spool *file;
	uint8_t id[HUDUR_ID_SIZE];

	(void)state;
	assert_true(spool_open(spool, &file, &complaint));
	spool_measured(file, 1000);
	spool_close(file);
	assert_int_equal(hudur_new(&alone, &client), 0);
	write_scan(id);
	hudur_free(client);
	broker.clock_ahead = 86400000;
	client = open_client(spool);
	assert_in_range(take().request.offset, 86400000 - 400, 86400000 + 400);
}

static void wrong_maps_are_refused(void **state)
{
	static const struct text wrong[] = {
		{"", 0},
		{"\x80", 1},
		{"\x93\x01\x02\x03", 4},
		{"\x81\xa2op", 4},
		{"\x82\xa2op\xa4scan\xa3seq\x05", 14},
		{"\x81\xa2op\x05", 5},
		{"\xdf\xff\xff\xff\xff", 5},
	};
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;

	(void)state;
	client = open_client(spool);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (!hudur_write(client, "e/attendance", wrong[i].at, wrong[i].size, 0, id))
			fail_msg("map %zu was taken", i);
		assert_true(strlen(hudur_error(client)) > 10);
	}
	assert_int_equal(hudur_write(client, "", scan_map.at, scan_map.size, 0, id), -1);
	assert_int_equal(hudur_write(client, "e/attendance", scan_map.at, 65537, 0, id), -1);
	assert_int_equal(hudur_write(client, "e/attendance", scan_map.at, scan_map.size, -5, id),
			 -1);
	assert_int_equal(hudur_backlog(client), 0);
	write_scan(id); /* no number was used up */
	taken = take();
	assert_int_equal(taken.request.seq, 1);
}

/* A limit on the size of files stands for the full disk. */
static void full_disk_sends_nothing(void **state)
{
	struct rlimit small = {65536, RLIM_INFINITY}, before;
	uint8_t id[HUDUR_ID_SIZE];
	struct taken taken;
	int64_t kept = 0;

	(void)state;
	client = open_client(spool);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (hudur_write(client, "e/attendance", scan_map.at, scan_map.size, 0, id) == 0)
		kept++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(hudur_backlog(client), kept);
	for (int64_t i = 0; i < kept; i++) {
		taken = take();
		fake_broker_answer(&broker, &taken, status_ok, ABSENT);
	}
	await_handed((unsigned)kept);
	write_scan(id);
	assert_int_equal(take().request.seq, kept + 1);
}

static void simulated_clock_is_followed(void **state)
{
	const int64_t then = 1709200000123;
	char file[128];
	uint8_t id[HUDUR_ID_SIZE];
	int fd;

	(void)state;
	fd = open(folder_file(&folder, "clock", file, sizeof file), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, &then, sizeof then), sizeof then);
	close(fd);
	setenv("HUDUR_CLOCK", file, 1);
	client = open_client(NULL);
	unsetenv("HUDUR_CLOCK");
	assert_int_equal(hudur_now(client), then);
	assert_int_equal(hudur_write(client, "e/attendance", scan_map.at, scan_map.size, 0, id), 0);
	assert_int_equal(take().request.at, then);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(write_carries_what_every_request_does),
		CASE(numbers_run_per_event),
		CASE(killed_program_goes_on_with_the_same_bytes),
		CASE(call_keeps_other_answers),
		CASE(call_that_is_not_answered),
		CASE(offset_is_measured_and_kept),
		CASE(what_was_written_before_the_first_measurement_goes_with_it),
		CASE(what_has_hardly_room_for_an_offset_is_refused_or_goes),
		CASE(what_does_not_wait_for_an_offset_goes_as_it_is),
		CASE(what_was_sealed_before_the_first_measurement_goes_with_it),
		CASE(first_write_measures),
		CASE(descriptor_says_when_to_call),
		CASE(wrong_options_are_refused),
		CASE(actor_that_no_request_can_name_is_refused),
		CASE(offset_that_cannot_be_is_not_sent),
		CASE(offset_of_half_a_century_is_sent),
		CASE(offset_of_an_earlier_run_dates_nothing),
		CASE(wrong_maps_are_refused),
		CASE(full_disk_sends_nothing),
		CASE(simulated_clock_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
