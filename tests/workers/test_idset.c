/* The ids of an event: what was added is never called new, however the table grew. */
#include "tests/harness.h"

#include "workers/idset.h"

enum { IDS = 3 << 12 };

static struct text id_of(uint64_t number)
{
	static uint64_t bytes[2];

	bytes[1] = number;
	return (struct text){(const char *)bytes, sizeof bytes};
}

static void add_all(struct idset *set)
{
	for (uint64_t i = 0; i < IDS; i++)
		assert_true(idset_add(set, id_of(i)));
	for (uint64_t i = 0; i < IDS; i++)
		assert_true(idset_may_have(set, id_of(i)));
}

static void what_was_added_is_known(void **state)
{
	struct idset set = {0};
	int known = 0;

	(void)state;
	assert_false(idset_may_have(&set, id_of(1)));
	add_all(&set);
	for (uint64_t i = IDS; i < 2 * IDS; i++)
		known += idset_may_have(&set, id_of(i));
	assert_in_range(known, 0, 3);
	idset_free(&set);
}

static void what_was_reserved_is_room_enough_and_no_more(void **state)
{
	struct idset set = {0};

	(void)state;
	idset_reserve(&set, IDS);
	assert_int_equal(set.size, IDS / 3 * 4);
	idset_expect(&set, id_of(0));
	add_all(&set);
	assert_int_equal(set.size, IDS / 3 * 4);
	assert_true(idset_add(&set, id_of(IDS)));
	assert_int_equal(set.size, IDS / 3 * 8);
	idset_free(&set);
}

static void more_than_there_can_be_is_not_reserved(void **state)
{
	struct idset set = {0};

	(void)state;
	idset_reserve(&set, SIZE_MAX);
	add_all(&set);
	idset_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_known),
		cmocka_unit_test(what_was_reserved_is_room_enough_and_no_more),
		cmocka_unit_test(more_than_there_can_be_is_not_reserved),
	};

	return RUN_TESTS(tests);
}
