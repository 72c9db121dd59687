/* What goes into a bundle comes out of it, and damaged ones end where the damage is. */
#include "tests/harness.h"

#include <stdlib.h>

#include "schema/bundle.h"

static struct bundle bundle;

static int setup(void **state)
{
	(void)state;
	bundle.count = bundle.size = 0;
	return 0;
}

static struct mdp_worker_message answer_of(struct text map)
{
	return (struct mdp_worker_message){
		.command = MDP_FINAL, .address = TEXT("address"), .body = {TEXT("0123456789abcdef"), map}, .bodies = 2};
}

static void same(const struct mdp_worker_message *a, const struct mdp_worker_message *b)
{
	assert_int_equal(a->command, b->command);
	assert_true(text_equal(a->address, b->address));
	assert_int_equal(a->bodies, b->bodies);
	for (uint32_t i = 0; i < a->bodies; i++)
		assert_true(text_equal(a->body[i], b->body[i]));
}

static void messages_come_out_as_they_went_in(void **state)
{
	const struct mdp_worker_message in[] = {
		{.command = MDP_REQUEST, .address = TEXT("a"), .body = {TEXT("id"), TEXT("map")}, .bodies = 2},
		{.command = MDP_PARTIAL, .address = TEXT("b"), .body = {TEXT("")}, .bodies = 1},
		{.command = MDP_FINAL, .address = TEXT("c"),
		 .body = {TEXT("1"), TEXT(""), TEXT("3"), TEXT("4"), TEXT("5"), TEXT("6")}, .bodies = WORKER_BODIES_MAX},
	};
	struct mdp_worker_message out;
	struct text rest;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(bundle_add(&bundle, &in[i]));
	assert_int_equal(bundle.count, 3);
	rest = (struct text){bundle.bytes, bundle.size};
	for (int i = 0; i < 3; i++) {
		assert_true(bundle_next(&rest, &out));
		same(&out, &in[i]);
	}
	assert_false(bundle_next(&rest, &out));
	assert_int_equal(rest.size, 0);
}

static void a_full_one_takes_no_more_and_keeps_what_it_has(void **state)
{
	static char map[BUNDLE_BYTES];
	const struct mdp_worker_message large = answer_of((struct text){map, sizeof map}), small = answer_of(TEXT("x"));
	struct mdp_worker_message out;
	struct text rest;
	uint32_t count = 0;

	(void)state;
	assert_false(bundle_add(&bundle, &large));
	assert_int_equal(bundle.count, 0);
	while (bundle_add(&bundle, &small))
		count++;
	assert_int_equal(bundle.count, count);
	assert_true(bundle.size <= BUNDLE_BYTES && bundle.size > BUNDLE_BYTES - 64);
	rest = (struct text){bundle.bytes, bundle.size};
	while (bundle_next(&rest, &out)) {
		same(&out, &small);
		count--;
	}
	assert_int_equal(count, 0);
}

/* A copy of its exact size, so that a sanitizer sees a byte read beyond it. Returns how many come out. */
static uint32_t count_of(const char *bytes, uint32_t size)
{
	char *copy = malloc(size ? size : 1);
	struct mdp_worker_message out;
	struct text rest = {copy, size};
	uint32_t count = 0, sum = 0;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	while (bundle_next(&rest, &out)) {
		count++;
		assert_in_range(out.bodies, 1, WORKER_BODIES_MAX);
		for (uint32_t i = 0; i < out.bodies; i++)
			for (uint32_t n = 0; n < out.body[i].size; n++)
				sum += (unsigned char)out.body[i].at[n];
	}
	free(copy);
	return sum == UINT32_MAX ? 0 : count;
}

static void one_that_is_cut_short_ends_before_the_cut(void **state)
{
	const struct mdp_worker_message answer = answer_of(TEXT("map"));
	uint32_t each;

	(void)state;
	assert_true(bundle_add(&bundle, &answer));
	each = bundle.size;
	assert_true(bundle_add(&bundle, &answer));
	for (uint32_t size = 0; size <= bundle.size; size++)
		assert_int_equal(count_of(bundle.bytes, size), size / each);
}

static void nothing_is_read_beyond_a_damaged_one(void **state)
{
	const struct mdp_worker_message answer = answer_of(TEXT("map"));
	uint32_t all;

	(void)state;
	while (bundle.count < 3)
		assert_true(bundle_add(&bundle, &answer));
	all = bundle.size;
	for (uint32_t at = 0; at < all; at++)
		for (unsigned value = 0; value < 256; value++) {
			const char kept = bundle.bytes[at];

			bundle.bytes[at] = (char)value;
			count_of(bundle.bytes, all);
			bundle.bytes[at] = kept;
		}
}

static void what_is_no_request_or_answer_is_not_taken(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t size;
	} none[] = {
		{"\1\1\1\0\0\0\1\0\0\0ax", 12},                 /* READY */
		{"\5\1\1\0\0\0\1\0\0\0ax", 12},                 /* HEARTBEAT */
		{"\7\1\1\0\0\0\1\0\0\0ax", 12},                 /* a bundle */
		{"\2\0\1\0\0\0a", 7},                           /* without a body */
		{"\2\7\1\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "a", 35},
		{"\2\1\0\0\0\0\1\0\0\0x", 11},                  /* without an address */
		{"\2\1\1\0\0\0\xff\xff\xff\xff" "ax", 12},      /* larger than it is */
	};

	(void)state;
	assert_int_equal(count_of("\2\1\1\0\0\0\1\0\0\0ax", 12), 1);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_int_equal(count_of(none[i].bytes, none[i].size), 0);
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(messages_come_out_as_they_went_in),
		CASE(a_full_one_takes_no_more_and_keeps_what_it_has),
		CASE(one_that_is_cut_short_ends_before_the_cut),
		CASE(nothing_is_read_beyond_a_damaged_one),
		CASE(what_is_no_request_or_answer_is_not_taken),
	};

	return RUN_TESTS(tests);
}
