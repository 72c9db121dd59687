/* Majordomo frames there and back, and hostile ones that are not taken for any. */
#include "tests/harness.h"

#include "schema/mdp.h"

static struct frames frames_of(uint32_t count, ...)
{
	struct frames frames = {.count = count};
	va_list args;

	va_start(args, count);
	for (uint32_t i = 0; i < count; i++)
		frames.at[i] = va_arg(args, struct text);
	va_end(args);
	return frames;
}

#define FRAMES(...)                                                                                \
	frames_of(sizeof((struct text[]){__VA_ARGS__}) / sizeof(struct text), __VA_ARGS__)

static void same_frames(const struct frames *a, const struct frames *b)
{
	assert_int_equal(a->count, b->count);
	for (uint32_t i = 0; i < a->count; i++)
		assert_true(text_equal(a->at[i], b->at[i]));
}

static void client_returns(struct frames frames, bool empty, bool version1, unsigned command,
			   uint32_t bodies)
{
	struct mdp_client_message message;
	struct frames again;

	assert_true(mdp_read_client(&frames, &message));
	assert_int_equal(message.dialect.empty, empty);
	assert_int_equal(message.dialect.version1, version1);
	assert_int_equal(message.command, command);
	assert_true(text_is(message.service, "echo"));
	assert_int_equal(message.bodies, bodies);
	mdp_write_client(&message, &again);
	same_frames(&again, &frames);
}

static void a_clients_frames_come_back_as_they_were(void **state)
{
	(void)state;
	client_returns(FRAMES(TEXT("MDPC02"), TEXT("\1"), TEXT("echo"), TEXT("id"), TEXT("map")),
		       false, false, 1, 2);
	client_returns(FRAMES(TEXT("MDPC02"), TEXT("\2"), TEXT("echo"), TEXT("")), false, false, 2,
		       1);
	client_returns(FRAMES(TEXT(""), TEXT("MDPC02"), TEXT("\3"), TEXT("echo"), TEXT("x")), true,
		       false, 3, 1);
	client_returns(FRAMES(TEXT(""), TEXT("MDPC01"), TEXT("echo"), TEXT("x"), TEXT("y")), true,
		       true, 1, 2);
	client_returns(FRAMES(TEXT("MDPC01"), TEXT("echo"), TEXT("\1")), false, true, 1, 1);
}

static void the_longest_message_fits(void **state)
{
	struct frames frames = FRAMES(TEXT("MDPC01"), TEXT("echo"), TEXT("1"), TEXT("2"), TEXT("3"),
				      TEXT("4"), TEXT("5"), TEXT("6"), TEXT("7"), TEXT("8"));

	(void)state;
	assert_int_equal(frames.count, FRAMES_MAX);
	client_returns(frames, false, true, 1, 8);
}

static void not_client(struct frames frames)
{
	struct mdp_client_message message;

	assert_false(mdp_read_client(&frames, &message));
}

static void other_frames_are_not_a_clients(void **state)
{
	(void)state;
	not_client((struct frames){.count = 0});
	not_client(FRAMES(TEXT("")));
	not_client(FRAMES(TEXT(""), TEXT("")));
	not_client(FRAMES(TEXT("MDPC02")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\1")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\1"), TEXT("echo")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\1"), TEXT(""), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT(""), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\0"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\4"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\xff"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC02"), TEXT("\1\0"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC0"), TEXT("\1"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPC022"), TEXT("\1"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("echo"), TEXT("x")));
	not_client(FRAMES(TEXT(""), TEXT("MDPC01"), TEXT("echo")));
	not_client(FRAMES(TEXT(""), TEXT("MDPC01"), TEXT(""), TEXT("x")));
}

static void worker_returns(struct frames frames, unsigned command)
{
	struct mdp_worker_message message;
	struct frames again;

	assert_true(mdp_read_worker(&frames, &message));
	assert_int_equal(message.command, command);
	mdp_write_worker(&message, &again);
	same_frames(&again, &frames);
}

static void a_workers_frames_come_back_as_they_were(void **state)
{
	(void)state;
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("echo")), MDP_READY);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("echo"), TEXT("offer")), MDP_READY);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\2"), TEXT("address"), TEXT(""), TEXT("id"),
			      TEXT("map")),
		       MDP_REQUEST);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\3"), TEXT("address"), TEXT(""), TEXT("")),
		       MDP_PARTIAL);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\4"), TEXT("address"), TEXT(""), TEXT("x")),
		       MDP_FINAL);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\5")), MDP_HEARTBEAT);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\7"), TEXT("bundle")), MDP_BUNDLE);
	worker_returns(FRAMES(TEXT("MDPW02"), TEXT("\6")), MDP_DISCONNECT);
}

static void a_foreign_ready_has_no_offer(void **state)
{
	struct frames frames = FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("echo"));
	struct mdp_worker_message message;

	(void)state;
	assert_true(mdp_read_worker(&frames, &message));
	assert_null(message.offer.at);
	assert_true(text_is(message.service, "echo"));
}

static void not_worker(struct frames frames)
{
	struct mdp_worker_message message;

	assert_false(mdp_read_worker(&frames, &message));
}

static void other_frames_are_not_a_workers(void **state)
{
	(void)state;
	not_worker((struct frames){.count = 0});
	not_worker(FRAMES(TEXT("MDPW02")));
	not_worker(FRAMES(TEXT("MDPW01"), TEXT("\5")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\0")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\7")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\1")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("echo"), TEXT("")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\1"), TEXT("echo"), TEXT("offer"), TEXT("more")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\4")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\4"), TEXT("address")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\4"), TEXT("address"), TEXT("")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\4"), TEXT(""), TEXT(""), TEXT("x")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\4"), TEXT("address"), TEXT("x"), TEXT("x")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\5"), TEXT("x")));
	not_worker(FRAMES(TEXT("MDPW02"), TEXT("\6"), TEXT("")));
}

/* ---- offer and address ---- */

/* A copy of the exact size, so that a sanitizer sees a byte read beyond it. */
static char *copy_of(struct text bytes)
{
	char *copy = malloc(bytes.size ? bytes.size : 1);

	assert_non_null(copy);
	if (bytes.size)
		memcpy(copy, bytes.at, bytes.size);
	return copy;
}

static bool is_offer(struct text bytes)
{
	char *copy = copy_of(bytes);
	struct mdp_offer offer;
	bool is = mdp_unpack_offer((struct text){copy, bytes.size}, &offer);

	free(copy);
	return is;
}

static bool is_address(struct text bytes)
{
	char *copy = copy_of(bytes);
	struct mdp_address address;
	bool is = mdp_unpack_address((struct text){copy, bytes.size}, &address);

	free(copy);
	return is;
}

static void offers_come_back_as_they_were(void **state)
{
	static const int64_t numbers[] = {0,   1,     127,   128,        255,
					  256, 65535, 65536, UINT32_MAX, INT64_MAX};
	char buffer[MDP_PACKED_MAX];
	struct mdp_offer before, after;

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		before = (struct mdp_offer){numbers[i], TEXT("a file: 16 bytes"), numbers[i], i % 3 == 0};
		if (i % 2)
			before.file = (struct text){0};
		assert_true(mdp_unpack_offer(mdp_pack_offer(&before, buffer), &after));
		assert_int_equal(after.credit, before.credit);
		assert_int_equal(after.epoch, before.epoch);
		assert_int_equal(after.bundles, before.bundles);
		assert_true(text_equal(after.file, before.file));
		assert_int_equal(after.file.at == NULL, before.file.at == NULL);
	}
}

static void addresses_come_back_as_they_were(void **state)
{
	static char service[256];
	char buffer[MDP_PACKED_MAX];
	struct mdp_address after;
	struct mdp_address before = {
		UINT64_MAX,
		TEXT("0123456789012345678901234567890123456789012345678901234567890123"),
		TEXT("administrator"),
		{service, 255},
	};

	(void)state;
	memset(service, 's', sizeof service);
	assert_true(mdp_unpack_address(mdp_pack_address(&before, buffer), &after));
	assert_true(after.ticket == UINT64_MAX);
	assert_true(text_equal(after.principal, before.principal));
	assert_true(text_equal(after.role, before.role));
	assert_true(text_equal(after.service, before.service));
}

static void every_cut_and_every_addition_is_refused(void **state)
{
	const struct mdp_offer offer = {500, TEXT("a file: 16 bytes"), 70000, true};
	const struct mdp_address address = {UINT64_C(1) << 40, TEXT("local"), TEXT("desk"),
					    TEXT("e/checkin")};
	char buffer[MDP_PACKED_MAX + 1];
	struct text bytes = mdp_pack_offer(&offer, buffer);

	(void)state;
	for (uint32_t size = 0; size < bytes.size; size++)
		assert_false(is_offer((struct text){buffer, size}));
	assert_true(is_offer(bytes));
	buffer[bytes.size] = '\0';
	assert_false(is_offer((struct text){buffer, bytes.size + 1}));
	bytes = mdp_pack_address(&address, buffer);
	for (uint32_t size = 0; size < bytes.size; size++)
		assert_false(is_address((struct text){buffer, size}));
	assert_true(is_address(bytes));
	buffer[bytes.size] = '\0';
	assert_false(is_address((struct text){buffer, bytes.size + 1}));
}

static void hostile_arrays_are_refused(void **state)
{
	(void)state;
	assert_false(is_offer(TEXT("\x92\1\xc0")));     /* too short */
	assert_false(is_offer(TEXT("\x95\1\xc0\1\xc3\1"))); /* too long */
	assert_false(is_offer(TEXT("\x94\1\xc0\1\1")));     /* a number, not true */
	assert_false(is_offer(TEXT("\x94\1\xc0\1\xc2")));   /* false is left out */
	assert_false(is_offer(TEXT("\x93\1\xc0\1\xc3")));   /* four, and says three */
	assert_false(is_offer(TEXT("\x93\xff\xc0\1"))); /* negative */
	assert_false(is_offer(
		TEXT("\x93\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xc0\1"))); /* beyond int64 */
	assert_false(is_offer(TEXT("\x93\1\xc4\x0f"
				   "123456789012345"
				   "\1"))); /* 15 bytes */
	assert_false(is_offer(TEXT("\x93\1\xc4\xff"
				   "1234567890123456"
				   "\1"))); /* says 255 */
	assert_false(is_offer(TEXT("\x93\1\xb0"
				   "1234567890123456"
				   "\1")));                           /* a string */
	assert_false(is_offer(TEXT("\x93\x93\x93\x93\x93\x93\x93"))); /* nested */
	assert_false(is_offer(TEXT("\xdd\xff\xff\xff\xff")));         /* four thousand million */
	assert_false(is_address(TEXT("\x94\1\xd9\xff"
				     "a\xa1"
				     "b\xa1"
				     "c")));
	assert_false(is_address(TEXT("\x94\1\xdb\xff\xff\xff\xff"
				     "a\xa1"
				     "b\xa1"
				     "c")));
	assert_false(is_address(TEXT("\x94\xc0\xa1"
				     "a\xa1"
				     "b\xa1"
				     "c")));
	assert_false(is_address(TEXT("\x93\1\xa1"
				     "a\xa1"
				     "b")));
	assert_true(is_address(TEXT("\x94\1\xa1"
				    "a\xa1"
				    "b\xa1"
				    "c")));
}

/* Any bytes at all: a sanitizer watches. */
static void random_bytes_do_no_harm(void **state)
{
	uint64_t seed = 20240301;
	char bytes[40];
	int taken = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		uint32_t size = (uint32_t)round % sizeof bytes;

		for (uint32_t i = 0; i < size; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			bytes[i] = (char)(seed >> 56);
		}
		if (size)
			bytes[0] = (char)(0x93 + round % 2);
		taken += is_offer((struct text){bytes, size}) +
			 is_address((struct text){bytes, size});
	}
	assert_true(taken < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clients_frames_come_back_as_they_were),
		cmocka_unit_test(the_longest_message_fits),
		cmocka_unit_test(other_frames_are_not_a_clients),
		cmocka_unit_test(a_workers_frames_come_back_as_they_were),
		cmocka_unit_test(a_foreign_ready_has_no_offer),
		cmocka_unit_test(other_frames_are_not_a_workers),
		cmocka_unit_test(offers_come_back_as_they_were),
		cmocka_unit_test(addresses_come_back_as_they_were),
		cmocka_unit_test(every_cut_and_every_addition_is_refused),
		cmocka_unit_test(hostile_arrays_are_refused),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
