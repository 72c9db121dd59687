/* A folder's files as people treat them: opened twice, copied, damaged, brought from a newer version. */
#include "tests/harness.h"
#include "tests/system/caller.h"
#include "tests/system/stage.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scene {
	struct stage *stage;
	struct broker broker;
	struct program *worker;
	struct caller caller;
	struct device device;
	char badge[16];
};

static void scene_open(struct scene *scene, struct stage *stage)
{
	*scene = (struct scene){.stage = stage};
	broker_start(stage, &scene->broker, "broker");
	scene->worker = worker_start(stage, "data", &scene->broker, NULL);
	caller_open(&scene->caller, scene->broker.clients);
	caller_prepare(&scene->caller, &scene->device, "e1", scene->badge);
}

static void scene_close(struct scene *scene)
{
	caller_close(&scene->caller);
	program_end(scene->broker.program);
}

/* Scans, and expects "ok" or a reason. */
static void scan(struct scene *scene, const char *service, const char *ends)
{
	struct asked asked;

	device_ask(&scene->device, &asked, service, "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
		   scene->badge);
	caller_do(&scene->caller, &asked, ends);
}

/* Sends it every few milliseconds until the answer has this status and holds these words. */
static void ask_until(struct scene *scene, const struct asked *asked, enum status status, const char *words)
{
	struct told told = {.reply = {.status = status_none}};

	for (int tries = 0; tries < 1000; tries++) {
		caller_send(&scene->caller, asked);
		assert_true(caller_receive(&scene->caller, PATIENCE_MS, &told));
		if (told.reply.status == status && (!*words ||
		    (told.reply.detail.at && memmem(told.reply.detail.at, told.reply.detail.size, words, strlen(words)))))
			return;
		/* nothing comes: this is the pause */
		caller_receive(&scene->caller, 10, &told);
	}
	fail_msg("the answer never became %s", words);
}

static void scan_until(struct scene *scene, enum status status, const char *words)
{
	struct asked asked;

	device_ask(&scene->device, &asked, "e1/attendance", "scan",
		   "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'", scene->badge);
	ask_until(scene, &asked, status, words);
}

static void read_until(struct scene *scene, enum status status, const char *words)
{
	struct asked asked;

	device_ask(&scene->device, &asked, "e1/people", "find", "'text': 'a'");
	ask_until(scene, &asked, status, words);
}

static void run_sql(const struct stage *stage, const char *file, const char *sql)
{
	char path[160];
	sqlite3 *database;

	assert_int_equal(sqlite3_open(stage_path(stage, file, path), &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

static struct program *start_on(struct scene *scene, const char *data)
{
	char path[160];

	return stage_start(scene->stage, "hudur-worker", "--data", stage_path(scene->stage, data, path), "--heartbeat",
			   "100", "--broker", scene->broker.workers, NULL);
}

static void second_worker_on_a_folder_is_kept_out(void **state)
{
	struct scene scene;
	struct program *second;

	scene_open(&scene, *state);
	second = start_on(&scene, "data");
	program_says(second, "another worker has this event");
	scan(&scene, "e1/attendance", "ok");
	program_kill(second);
	scan(&scene, "e1/attendance", "ok");
	scene_close(&scene);
}

/* The one that was kept out takes over when the first is gone, without being started again. */
static void second_worker_takes_over_when_the_first_is_gone(void **state)
{
	struct scene scene;
	struct program *second;

	scene_open(&scene, *state);
	second = start_on(&scene, "data");
	program_says(second, "another worker has this event");
	program_kill(scene.worker);
	scan(&scene, "e1/attendance", "ok");
	program_end(second);
	scene_close(&scene);
}

static void two_copies_of_a_file_close_the_service_until_one_goes(void **state)
{
	struct scene scene;
	struct program *copy;
	char path[160];

	scene_open(&scene, *state);
	program_end(scene.worker);
	mkdir(stage_path(scene.stage, "other", path), 0700);
	stage_copy(scene.stage, "data/e1.hudur", "other/e1.hudur");
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	scan(&scene, "e1/attendance", "ok");
	copy = start_on(&scene, "other");
	scan_until(&scene, status_busy, "Two files of this event");
	program_kill(copy);
	scan_until(&scene, status_ok, "");
	program_end(scene.worker);
	scene_close(&scene);
}

/* Each start raises the epoch in the file that it opens, so that of two copies either may have the higher one. */
static void a_copy_of_a_live_file_closes_the_service_whoever_starts_again(void **state)
{
	struct scene scene;
	struct program *copy;
	char path[160];

	scene_open(&scene, *state);
	read_until(&scene, status_ok, "");
	mkdir(stage_path(scene.stage, "other", path), 0700);
	stage_copy(scene.stage, "data/e1.hudur", "other/e1.hudur");
	stage_copy(scene.stage, "data/e1.hudur-wal", "other/e1.hudur-wal");
	copy = start_on(&scene, "other");
	for (int starts = 0; starts < 3; starts++) {
		scan_until(&scene, status_busy, "Two files of this event");
		read_until(&scene, status_busy, "Two files of this event");
		program_kill(starts ? scene.worker : copy);
		scan_until(&scene, status_ok, "");
		read_until(&scene, status_ok, "");
		*(starts ? &scene.worker : &copy) = start_on(&scene, starts ? "data" : "other");
	}
	scan_until(&scene, status_busy, "Two files of this event");
	program_end(copy);
	program_end(scene.worker);
	scene_close(&scene);
}

static void copied_file_is_offered_without_a_restart(void **state)
{
	struct scene scene;
	char path[160], other[160];

	scene_open(&scene, *state);
	program_end(scene.worker);
	rename(stage_path(scene.stage, "data/e1.hudur", path), stage_path(scene.stage, "e1.hudur", other));
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	scan_until(&scene, status_busy, "");
	stage_copy(scene.stage, "e1.hudur", "data/e1.hudur.part");
	rename(stage_path(scene.stage, "data/e1.hudur.part", other), path);
	scan_until(&scene, status_ok, "");
	assert_true(caller_ledger(&scene.caller, "e1") > 0);
	program_end(scene.worker);
	scene_close(&scene);
}

/* The damaged ones are named, each in a sentence, and the others are served. */
static void files_that_are_no_events_are_named_and_left_alone(void **state)
{
	static const char garbage[] = "This is not a database, although it is long enough to have been one.";
	struct scene scene;
	char half[4096] = "SQLite format 3";

	scene_open(&scene, *state);
	stage_write(scene.stage, "data/garbage.hudur", garbage, sizeof garbage);
	stage_write(scene.stage, "data/half.hudur", half, sizeof half);
	run_sql(scene.stage, "data/foreign.hudur", "CREATE TABLE cheese (name TEXT)");
	stage_write(scene.stage, "data/Bad Name.hudur", garbage, sizeof garbage);
	stage_write(scene.stage, "data/notes.txt", garbage, sizeof garbage);
	program_says(scene.worker, "event garbage is not offered: ");
	program_says(scene.worker, "event half is not offered: ");
	program_says(scene.worker, "event foreign is not offered: ");
	program_says(scene.worker, "event Bad Name is not offered: its name is none of an event");
	scan(&scene, "e1/attendance", "ok");
	program_end(scene.worker);
	assert_null(strstr(scene.worker->said, "notes"));
	scene_close(&scene);
}

static void a_file_under_another_events_name_is_not_offered(void **state)
{
	struct scene scene;

	scene_open(&scene, *state);
	program_end(scene.worker);
	stage_copy(scene.stage, "data/e1.hudur", "data/e2.hudur");
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	program_says(scene.worker, "event e2 is not offered: the file holds the event e1");
	scan_until(&scene, status_ok, "");
	program_end(scene.worker);
	scene_close(&scene);
}

/* https://www.sqlite.org/fileformat.html#user_version_number */
static unsigned version_of(const char *path)
{
	unsigned char bytes[4];
	int fd = open(path, O_RDONLY);

	assert_int_equal(pread(fd, bytes, sizeof bytes, 60), sizeof bytes);
	close(fd);
	return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

static void file_of_a_newer_version_is_named_and_left_alone(void **state)
{
	struct scene scene;
	unsigned version;
	char before[160], back[64];
	struct stat was, is;

	scene_open(&scene, *state);
	program_end(scene.worker);
	version = version_of(stage_path(scene.stage, "data/e1.hudur", before));
	run_sql(scene.stage, "data/e1.hudur", "PRAGMA user_version = 1000");
	stat(before, &was);
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	program_says(scene.worker, "event e1 is not offered: ");
	program_says(scene.worker, "newer");
	stat(before, &is);
	assert_int_equal(was.st_size, is.st_size);
	program_end(scene.worker);
	snprintf(back, sizeof back, "PRAGMA user_version = %u", version);
	run_sql(scene.stage, "data/e1.hudur", back);
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	scan(&scene, "e1/attendance", "ok");
	program_end(scene.worker);
	scene_close(&scene);
}

/* What is moved to another machine is the file, and nobody thinks of a log beside it. */
static void an_ended_worker_leaves_one_whole_file(void **state)
{
	struct scene scene;
	char log[160];

	scene_open(&scene, *state);
	scan(&scene, "e1/attendance", "ok");
	assert_in_range(caller_ledger(&scene.caller, "e1"), 1, 100); /* so that a reader has it open too */
	stage_path(scene.stage, "data/e1.hudur-wal", log);
	assert_int_equal(access(log, F_OK), 0);
	program_end(scene.worker);
	assert_int_not_equal(access(log, F_OK), 0);
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(second_worker_on_a_folder_is_kept_out),
		STAGE_CASE(second_worker_takes_over_when_the_first_is_gone),
		STAGE_CASE(two_copies_of_a_file_close_the_service_until_one_goes),
		STAGE_CASE(a_copy_of_a_live_file_closes_the_service_whoever_starts_again),
		STAGE_CASE(copied_file_is_offered_without_a_restart),
		STAGE_CASE(files_that_are_no_events_are_named_and_left_alone),
		STAGE_CASE(a_file_under_another_events_name_is_not_offered),
		STAGE_CASE(file_of_a_newer_version_is_named_and_left_alone),
		STAGE_CASE(an_ended_worker_leaves_one_whole_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
