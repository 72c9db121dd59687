/* Opening an event's file: what is no event is refused and left as it was. */
#include "tests/harness.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workers/event.h"
#include "workers/store.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/hudur-event-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"e.hudur", "e.lock", "e.hudur-wal", "e.hudur-shm"};
	int directory = open(folder, O_RDONLY | O_DIRECTORY);

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlinkat(directory, names[i], 0);
	close(directory);
	return rmdir(folder);
}

static void put(const char *bytes)
{
	char path[EVENT_PATH_MAX];
	FILE *file;

	assert_true(event_path(folder, TEXT("e"), path));
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(bytes, file);
	fclose(file);
}

static off_t size_now(void)
{
	char path[EVENT_PATH_MAX];
	struct stat about;

	assert_true(event_path(folder, TEXT("e"), path));
	assert_int_equal(stat(path, &about), 0);
	return about.st_size;
}

static enum error try_open(bool create, char *why)
{
	struct event *event = NULL;
	bool distrusted = false;
	enum error e = event_open(folder, TEXT("e"), create, randombytes_buf, &event, why, &distrusted);

	event_close(event);
	return e;
}

static void short_file_is_left_alone(void **state)
{
	char why[256] = "";

	(void)state;
	put("\n");
	assert_int_equal(try_open(false, why), E_BAD_DATA);
	assert_non_null(strstr(why, "too short"));
	assert_int_equal(try_open(true, why), E_BAD_DATA);
	assert_int_equal(size_now(), 1);
}

static void empty_file_becomes_an_event_only_when_one_is_made(void **state)
{
	char why[256] = "";

	(void)state;
	put("");
	assert_int_equal(try_open(false, why), E_BAD_DATA);
	assert_int_equal(size_now(), 0);
	assert_int_equal(try_open(true, why), E_OK);
}

static void foreign_file_is_told_in_words(void **state)
{
	char why[256] = "", text[200];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	put(text);
	assert_int_equal(try_open(false, why), E_BAD_DATA);
	assert_non_null(strstr(why, "no event file"));
	assert_null(strstr(why, "PRAGMA"));
	assert_int_equal(size_now(), (off_t)sizeof text - 1);
}

/* No writer numbers an entry so; the file may hold anything. */
static void ledger_of_negative_numbers_is_loaded_as_an_empty_one(void **state)
{
	const struct fact fact = {.seq = -5, .id = TEXT("0123456789abcdef"), .op = TEXT("scan"), .principal = TEXT("local"),
				  .role = TEXT("scanner"), .at = 1, .received = 1, .clock_offset = ABSENT, .person = ABSENT,
				  .number = ABSENT, .since = ABSENT, .until = ABSENT, .corrects = ABSENT, .cause = ABSENT};
	struct event *event = NULL;
	bool distrusted = false;
	char why[256];

	(void)state;
	assert_int_equal(event_open(folder, TEXT("e"), true, randombytes_buf, &event, why, &distrusted), E_OK);
	assert_int_equal(ledger_append(event->store, &fact), E_OK);
	assert_int_equal(event_reload(event), E_OK);
	assert_int_equal(event->ids.count, 0);
	event_close(event);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(short_file_is_left_alone),
		TEST(empty_file_becomes_an_event_only_when_one_is_made),
		TEST(foreign_file_is_told_in_words),
		TEST(ledger_of_negative_numbers_is_loaded_as_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
