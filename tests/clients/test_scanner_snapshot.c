/* The door's list: in memory, as a file, and as a file that somebody spoiled. */
#include "clients/scanner/snapshot_file.h"

#include <errno.h>
#include <unistd.h>

#include "tests/clients/disk_of.h"
#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static const char event[] = "meeting-1";

static struct known_badge badge_number(uint32_t number)
{
	unsigned char random[8] = {0};
	struct known_badge badge = {.person = number + 1, .state = badge_state_handed_over,
				    .registration = registration_state_accredited, .category = category_delegate};

	memcpy(random + 4, &number, sizeof number);
	badge_make(text_of(event), random, badge.code);
	return badge;
}

static void merge_one(struct snapshot *snapshot, const struct known_badge *badge, int64_t next)
{
	struct badge_line line = {.badge = text_of(badge->code), .person = badge->person, .state = badge->state,
				  .registration = badge->registration, .category = badge->category};
	struct badges_changed page = {.badges = {&line, 1}, .next = next};

	assert_int_equal(snapshot_merge(snapshot, &page), E_OK);
}

static struct plan plan_made(void)
{
	struct session_line sessions[2];
	struct day_plan day = {.day = 1, .date = TEXT("2024-02-29"), .starts = 1000, .ends = 90000000};
	struct programme page;
	struct plan plan = {0};
	struct arena arena = {0};
	struct text bytes;
	int64_t cursor;

	for (int i = 0; i < 2; i++)
		message_clear(&message_session_line, &sessions[i]);
	sessions[0].session = TEXT("D1-01");
	sessions[0].type = session_type_opening;
	sessions[0].room = TEXT("HALL");
	sessions[0].title_en = TEXT("Opening");
	sessions[0].admits = TEXT("head delegate");
	sessions[1].session = TEXT("D1-02");
	sessions[1].type = session_type_plenary;
	sessions[1].room = TEXT("HALL");
	sessions[1].continues = TEXT("D1-01");
	message_clear(&message_programme, &page);
	page.days = (struct list){&day, 1};
	page.sessions = (struct list){sessions, 2};
	page.ledger = 7;
	assert_int_equal(message_encode(&message_programme, &page, &arena, &bytes), E_OK);
	assert_int_equal(plan_add(&plan, bytes, &cursor), E_OK);
	assert_true(cursor == ABSENT);
	assert_int_equal(plan_finish(&plan), E_OK);
	arena_free(&arena);
	return plan;
}

static void filled(struct snapshot *snapshot, uint32_t count)
{
	struct plan plan = plan_made();

	snapshot_init(snapshot, text_of(event));
	for (uint32_t i = 0; i < count; i++) {
		struct known_badge badge = badge_number(i);
		merge_one(snapshot, &badge, i + 1);
	}
	snapshot_replan(snapshot, &plan);
	snapshot->as_of = 1709190000000;
}

static void newest_word_on_a_badge_stands(void **state)
{
	struct snapshot snapshot;
	struct known_badge badge = badge_number(5);

	(void)state;
	filled(&snapshot, 1000);
	assert_int_equal(snapshot.badge_count, 1000);
	badge.state = badge_state_revoked;
	merge_one(&snapshot, &badge, 2000);
	assert_int_equal(snapshot.badge_count, 1000);
	assert_int_equal(snapshot_find(&snapshot, badge.code)->state, badge_state_revoked);
	assert_int_equal(snapshot.next, 2000);
	badge = badge_number(1000);
	assert_null(snapshot_find(&snapshot, badge.code));
	snapshot_free(&snapshot);
}

static void foreign_codes_are_skipped(void **state)
{
	struct snapshot snapshot;
	struct known_badge badge = badge_number(1);
	unsigned char random[8] = {9};

	(void)state;
	snapshot_init(&snapshot, text_of(event));
	badge_make(TEXT("another-event"), random, badge.code);
	merge_one(&snapshot, &badge, 1);
	assert_int_equal(snapshot.badge_count, 0);
	snapshot_free(&snapshot);
}

static void programme_becomes_a_schedule(void **state)
{
	struct plan plan = plan_made();
	const struct sitting *sittings = plan.schedule.sittings;

	(void)state;
	assert_int_equal(plan.schedule.sitting_count, 2);
	assert_int_equal(plan.schedule.day_count, 1);
	assert_int_equal(sittings[0].room, sittings[1].room);
	assert_int_equal(sittings[1].continues, 0);
	assert_true(sittings[0].admits & 1u << category_delegate);
	assert_false(sittings[0].admits & 1u << category_press);
	assert_false(sittings[0].admits & 1u);
	assert_int_equal(sittings[1].admits, 0);
	plan_free(&plan);
}

static void file_gives_back_what_was_put_in(void **state)
{
	struct snapshot snapshot, again;
	struct known_badge badge = badge_number(450);
	char path[] = "/tmp/hudur-list-XXXXXX";
	const char *why;

	(void)state;
	int file = mkstemp(path);
	assert_true(file >= 0);
	close(file);
	filled(&snapshot, 451);
	assert_int_equal(snapshot_save(&snapshot, path), 0);
	snapshot_init(&again, text_of(event));
	assert_int_equal(snapshot_load(&again, path, &why), 1);
	assert_int_equal(again.badge_count, 451);
	assert_int_equal(again.next, snapshot.next);
	assert_int_equal(again.as_of, snapshot.as_of);
	assert_int_equal(snapshot_find(&again, badge.code)->person, 451);
	assert_true(again.plan.complete);
	assert_int_equal(schedule_find(&again.plan.schedule, TEXT("D1-02")), 1);
	snapshot_free(&again);
	snapshot_free(&snapshot);
	unlink(path);
}

static void full_disk_keeps_the_old_file_and_nothing_of_the_new(void **state)
{
	struct snapshot snapshot, again;
	struct folder folder;
	char path[128], fresh[136];
	const char *why;

	(void)state;
	folder_make(&folder);
	folder_file(&folder, "list", path, sizeof path);
	snprintf(fresh, sizeof fresh, "%s.new", path);
	filled(&snapshot, 10);
	assert_int_equal(snapshot_save(&snapshot, path), 0);
	snapshot_free(&snapshot);
	filled(&snapshot, 1000);
	disk_of(4096);
	assert_int_equal(snapshot_save(&snapshot, path), -1);
	assert_int_equal(errno, EFBIG);
	disk_of(RLIM_INFINITY);
	assert_int_not_equal(access(fresh, F_OK), 0);
	snapshot_init(&again, text_of(event));
	assert_int_equal(snapshot_load(&again, path, &why), 1);
	assert_int_equal(again.badge_count, 10);
	snapshot_free(&again);
	snapshot_free(&snapshot);
	folder_remove(&folder);
}

static void missing_file_is_no_error(void **state)
{
	struct snapshot snapshot;
	const char *why;

	(void)state;
	snapshot_init(&snapshot, text_of(event));
	assert_int_equal(snapshot_load(&snapshot, "/nowhere/at/all", &why), 0);
	assert_int_equal(snapshot_load(&snapshot, "/dev", &why), -1);
	snapshot_free(&snapshot);
}

static void every_truncation_and_flip_is_refused(void **state)
{
	struct snapshot snapshot, other;
	struct text bytes;
	const char *why;

	(void)state;
	filled(&snapshot, 3);
	assert_int_equal(snapshot_encode(&snapshot, &bytes), E_OK);
	char *copy = malloc(bytes.size);
	assert_non_null(copy);
	snapshot_init(&other, text_of(event));
	for (uint32_t size = 0; size < bytes.size; size++) {
		memcpy(copy, bytes.at, size);
		assert_int_equal(snapshot_decode(&other, (struct text){copy, size}, &why), E_MALFORMED);
	}
	memcpy(copy, bytes.at, bytes.size);
	for (uint32_t i = 0; i < bytes.size; i++) {
		copy[i] ^= 0x20;
		assert_int_equal(snapshot_decode(&other, (struct text){copy, bytes.size}, &why), E_MALFORMED);
		copy[i] ^= 0x20;
	}
	assert_int_equal(snapshot_decode(&other, (struct text){copy, bytes.size}, &why), E_OK);
	snapshot_free(&other);
	snapshot_free(&snapshot);
	free(copy);
	free((char *)bytes.at);
}

/* Somebody who knows the digest: the blocks themselves must hold. */
static struct text forged(char *buffer, const char *blocks, uint32_t size)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	memcpy(buffer, "HUDURSN1", 8);
	memcpy(buffer + 8, blocks, size);
	for (uint32_t i = 0; i < 8 + size; i++)
		hash = (hash ^ (unsigned char)buffer[i]) * UINT64_C(1099511628211);
	memcpy(buffer + 8 + size, "E\x08\0\0\0", 5);
	for (uint32_t i = 0; i < 8; i++)
		buffer[13 + size + i] = (char)(hash >> 8 * i & 0xFF);
	return (struct text){buffer, size + 21};
}

#define HEAD "H\x19\0\0\0" "\0\0\0\0\0\0\0\0" "\1\0\0\0\0\0\0\0" "meeting-1"
#define FORGED(buffer, literal) forged(buffer, literal, sizeof(literal) - 1)

static void forged_blocks_are_refused(void **state)
{
	struct snapshot snapshot;
	char buffer[256];
	const char *why;

	(void)state;
	snapshot_init(&snapshot, text_of(event));
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD), &why), E_OK);
	snapshot_free(&snapshot);
	snapshot_init(&snapshot, text_of(event));
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, ""), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD "B\xff\xff\xff\xff"), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD "B\1\0\0\0\xc0"), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD "P\1\0\0\0\xdf"), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD "Z\0\0\0\0"), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD HEAD), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, "B\1\0\0\0\x80"), &why), E_MALFORMED);
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, "H\3\0\0\0abc"), &why), E_MALFORMED);
	assert_int_equal(snapshot.badge_count, 0);
	assert_string_equal(snapshot.event, event);
	snapshot_free(&snapshot);
	snapshot_init(&snapshot, TEXT("another"));
	assert_int_equal(snapshot_decode(&snapshot, FORGED(buffer, HEAD), &why), E_OTHER_EVENT);
	snapshot_free(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_word_on_a_badge_stands),
		cmocka_unit_test(foreign_codes_are_skipped),
		cmocka_unit_test(programme_becomes_a_schedule),
		cmocka_unit_test(file_gives_back_what_was_put_in),
		cmocka_unit_test(full_disk_keeps_the_old_file_and_nothing_of_the_new),
		cmocka_unit_test(missing_file_is_no_error),
		cmocka_unit_test(every_truncation_and_flip_is_refused),
		cmocka_unit_test(forged_blocks_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
