/* After a failed sync no process may have the event until the machine was started again. */
#include "tests/harness.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/workers/faulty.h"
#include "tests/workers/fork_alone.h"
#include "workers/distrust.h"
#include "workers/event.h"
#include "workers/store.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/hudur-distrust-XXXXXX");
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

static enum error open_event(struct event **event, char *why)
{
	bool distrusted = false;

	return event_open(folder, TEXT("e"), true, randombytes_buf, event, why, &distrusted);
}

/* Commits something while the disk fails; then a process of the same number tries again, as it would in a container. */
static int fail_once(void)
{
	struct event *event;
	char why[256] = "";
	enum error failed, again;

	if (open_event(&event, why) || event_begin(event) ||
	    store_claim(event->store, TEXT("0123456789abcdef"), &event->arena, &event->identity))
		return 1;
	faulty_syncs = 1;
	failed = driver_commit(event->store);
	if (!failed || event_is_trusted(event))
		return 2;
	event_close(event);
	again = open_event(&event, why);
	event_close(event);
	return again == E_STORAGE ? 0 : 3;
}

/* The folder cannot be synced while the file is opened. */
static int fail_to_open(void)
{
	struct event *event;
	char why[256] = "";

	faulty_folder_syncs = 1;
	return open_event(&event, why) == E_STORAGE && strstr(why, "cannot be synced") ? 0 : 1;
}

/* What was committed is moved into the file at the end. */
static int fail_to_close(void)
{
	struct event *event;
	char why[256] = "";

	if (open_event(&event, why))
		return 1;
	faulty_syncs = 1;
	event_close(event);
	return faulty_syncs;
}

static void let_another(int (*failing)(void))
{
	pid_t child = fork_alone();
	int status = -1;

	if (child == 0)
		_exit(failing());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void assert_kept_out(void)
{
	struct event *event;
	char why[256] = "";

	assert_int_equal(open_event(&event, why), E_STORAGE);
	assert_null(event);
	assert_non_null(strstr(why, "start the machine again"));
}

static void another_process_is_kept_out(void **state)
{
	(void)state;
	let_another(fail_once);
	assert_kept_out();
}

static void a_folder_that_was_not_synced_keeps_others_out_too(void **state)
{
	(void)state;
	let_another(fail_to_open);
	assert_kept_out();
}

static void a_sync_that_fails_at_the_end_keeps_others_out_too(void **state)
{
	(void)state;
	let_another(fail_to_close);
	assert_kept_out();
}

static void after_a_new_start_it_is_let_in(void **state)
{
	static const char earlier[] = "a sync failed in 00000000-0000-0000-0000-000000000000, process 7\n";
	struct event *event;
	char why[256] = "", path[128];
	int lock;

	(void)state;
	let_another(fail_once);
	snprintf(path, sizeof path, "%s/e.lock", folder);
	lock = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(lock, earlier, sizeof earlier - 1, 0), sizeof earlier - 1);
	close(lock);
	assert_int_equal(open_event(&event, why), E_OK);
	event_close(event);
}

static void without_a_failure_nobody_is_kept_out(void **state)
{
	struct event *event;
	char why[256] = "";

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(open_event(&event, why), E_OK);
		assert_true(event_is_trusted(event));
		assert_false(distrust_is_noted(event->lock));
		event_close(event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(another_process_is_kept_out, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_folder_that_was_not_synced_keeps_others_out_too, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_sync_that_fails_at_the_end_keeps_others_out_too, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(after_a_new_start_it_is_let_in, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(without_a_failure_nobody_is_kept_out, make_folder, remove_folder),
	};

	faulty_install();
	return RUN_TESTS(tests);
}
