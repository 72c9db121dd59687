/* A door that is alone lets the holder of a blank in, flagged as one who is not in its list, also after a restart. */
#include "clients/scanner/snapshot_file.h"
#include "clients/scanner/verdict.h"

#include <stdlib.h>

#include "tests/harness.h"

static char code[BADGE_SIZE + 1];

static void learn(struct snapshot *snapshot, enum badge_state as)
{
	struct badge_line line;

	message_clear(&message_badge_line, &line);
	line.badge = text_of(code);
	line.state = as;
	assert_int_equal(snapshot_merge(snapshot, &(struct badges_changed){.badges = {&line, 1}, .next = 5}), E_OK);
}

static struct verdict judged(const struct snapshot *snapshot)
{
	const struct passing passing = {.badge = text_of(code), .session = TEXT("PLENARY"), .direction = direction_in,
					.at = 1709200800000};
	struct verdict verdict;

	verdict_alone(snapshot, &passing, &verdict);
	return verdict;
}

static void blank_is_let_in_and_flagged(void **state)
{
	struct snapshot snapshot, again;
	const char *why = "";
	struct text bytes;

	(void)state;
	badge_make(TEXT("e1"), (unsigned char[8]){[7] = 1}, code);
	snapshot_init(&snapshot, TEXT("e1"));
	learn(&snapshot, badge_state_blank);
	assert_true(judged(&snapshot).admitted);
	assert_int_equal(judged(&snapshot).flag, flag_unknown_badge);
	assert_int_equal(snapshot_encode(&snapshot, &bytes), E_OK);
	snapshot_init(&again, TEXT("e1"));
	if (snapshot_decode(&again, bytes, &why) != E_OK)
		fail_msg("%s", why);
	assert_int_equal(snapshot_find(&again, code)->state, badge_state_blank);
	assert_true(judged(&again).admitted);
	learn(&again, badge_state_revoked);
	assert_false(judged(&again).admitted);
	assert_int_equal(judged(&again).reason, E_REVOKED_BADGE);
	snapshot_free(&snapshot);
	snapshot_free(&again);
	free((char *)bytes.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blank_is_let_in_and_flagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
