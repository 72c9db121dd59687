/* A client of libhudur with a spool, and the broker that the test plays. */
#include "tests/clients/talk.h"

#include "schema/clock.h"
#include "tests/harness.h"

struct folder folder;
struct fake_broker broker;
char spool[128];
struct hudur *client;
struct hudur_reply reply;
unsigned handed;

const struct text scan_map = {"\x81\xa2op\xa4scan", 9};

struct hudur *open_client(const char *file)
{
	struct hudur_options options = {
		.endpoints = broker.endpoint, .spool = file, .actor = "desk 1"};
	struct hudur *handle;

	if (hudur_new(&options, &handle))
		fail_msg("%s", hudur_error(handle));
	return handle;
}

int set_up(void **state)
{
	(void)state;
	folder_make(&folder);
	folder_file(&folder, "desk.spool", spool, sizeof spool);
	fake_broker_open(&broker, &folder, "broker");
	client = NULL;
	handed = 0;
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	hudur_free(client);
	fake_broker_close(&broker);
	folder_remove(&folder);
	return 0;
}

static void turn(void *unused)
{
	int got;

	(void)unused;
	do {
		got = hudur_next(client, 0, &reply);
		assert_true(got >= 0);
		handed += (unsigned)got;
	} while (got);
}

struct taken take(void)
{
	struct taken taken;

	fake_broker_take(&broker, hudur_fd(client), turn, NULL, &taken);
	return taken;
}

void await_handed(unsigned count)
{
	struct taken taken;

	for (int64_t until = clock_monotonic_ms() + 5000; handed < count;) {
		assert_false(fake_broker_has(&broker, turn, NULL, &taken));
		assert_true(clock_monotonic_ms() < until);
	}
	assert_int_equal(handed, count);
}

void write_scan(uint8_t *id)
{
	if (hudur_write(client, "e/attendance", scan_map.at, scan_map.size, 1709200000000, id))
		fail_msg("%s", hudur_error(client));
}
