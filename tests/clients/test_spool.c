/* The spool keeps what it said it kept, and nothing else. */
#include "clients/lib/spool.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static struct folder folder;
static char path[128];
static struct complaint complaint;

static int set_up(void **state)
{
	(void)state;
	folder_make(&folder);
	folder_file(&folder, "door.spool", path, sizeof path);
	complaint.sentence[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove(&folder);
	return 0;
}

static struct spool *open_spool(void)
{
	struct spool *spool;

	if (!spool_open(path, &spool, &complaint))
		fail_msg("%s", complaint.sentence);
	return spool;
}

static bool keep(struct spool *spool, uint8_t mark, int64_t *seq, int64_t *n)
{
	uint8_t id[ID_SIZE] = {mark};

	return spool_number(spool, TEXT("e"), seq, &complaint) &&
	       spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x81\xa1x\x01"), true, n, &complaint);
}

struct seen {
	unsigned count;
	uint8_t marks[16];
	int64_t n[16];
};

static bool see(void *context, int64_t n, const uint8_t *id, struct text service, struct text map)
{
	struct seen *seen = context;

	assert_true(text_is(service, "e/attendance"));
	assert_true(text_is(map, "\x81\xa1x\x01"));
	seen->n[seen->count] = n;
	seen->marks[seen->count++] = id[0];
	return seen->count < 16;
}

static struct seen look(struct spool *spool)
{
	struct seen seen = {0};

	assert_true(spool_each(spool, see, &seen, &complaint));
	return seen;
}

static void numbers_have_no_gaps(void **state)
{
	struct spool *spool = open_spool();
	int64_t seq, n;

	(void)state;
	assert_true(keep(spool, 1, &seq, &n));
	assert_int_equal(seq, 1);
	assert_true(spool_number(spool, TEXT("e"), &seq, &complaint));
	assert_int_equal(seq, 2);
	spool_abandon(spool);
	assert_true(spool_number(spool, TEXT("other"), &seq, &complaint));
	assert_int_equal(seq, 1);
	spool_abandon(spool);
	assert_true(keep(spool, 2, &seq, &n));
	assert_int_equal(seq, 2);
	assert_true(spool_answered(spool, n, &complaint));
	spool_close(spool);
	spool = open_spool();
	assert_true(keep(spool, 3, &seq, &n));
	assert_int_equal(seq, 3);
	spool_close(spool);
}

static void device_and_offset_stay(void **state)
{
	struct spool *spool = open_spool();
	uint8_t device[ID_SIZE];
	int64_t offset;

	(void)state;
	memcpy(device, spool_device(spool), ID_SIZE);
	assert_false(spool_offset(spool, &offset));
	spool_measured(spool, 7);
	spool_measured(spool, -3600123);
	spool_close(spool);
	spool = open_spool();
	assert_memory_equal(device, spool_device(spool), ID_SIZE);
	assert_true(spool_offset(spool, &offset));
	assert_int_equal(offset, -3600123);
	spool_close(spool);
}

static void what_waits_for_an_offset_is_given_it_once(void **state)
{
	struct spool *spool = open_spool();
	const uint8_t id[ID_SIZE] = {9};
	int64_t seq, n[3], offset;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(spool_number(spool, TEXT("e"), &seq, &complaint));
		assert_true(spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x80"), i == 1, &n[i], &complaint));
	}
	assert_int_equal(spool_dating(spool, n[0], &offset), DATING_WAITS);
	assert_int_equal(spool_dating(spool, n[1], &offset), DATING_DONE);
	assert_true(spool_answered(spool, n[2], &complaint));
	assert_true(spool_date(spool, -5, &complaint));
	assert_true(spool_date(spool, 6, &complaint));
	spool_close(spool);
	spool = open_spool();
	assert_int_equal(spool_dating(spool, n[0], &offset), DATING_KNOWN);
	assert_int_equal(offset, -5);
	/* the place of what was answered last is given again */
	assert_true(spool_number(spool, TEXT("e"), &seq, &complaint));
	assert_true(spool_keep(spool, id, TEXT("e/attendance"), TEXT("\x80"), true, &n[1], &complaint));
	assert_int_equal(n[1], n[2]);
	assert_int_equal(spool_dating(spool, n[2], &offset), DATING_DONE);
	spool_close(spool);
}

static void answered_is_gone(void **state)
{
	struct spool *spool = open_spool();
	struct seen seen;
	int64_t seq, n[3];

	(void)state;
	for (uint8_t i = 0; i < 3; i++)
		assert_true(keep(spool, (uint8_t)(i + 1), &seq, &n[i]));
	assert_true(spool_answered(spool, n[1], &complaint));
	spool_close(spool);
	spool = open_spool();
	seen = look(spool);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.marks[0], 1);
	assert_int_equal(seen.marks[1], 3);
	spool_close(spool);
}

static int64_t ask(const char *question)
{
	sqlite3 *db;
	sqlite3_stmt *statement;
	int64_t answer;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, question, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return answer;
}

static void rejected_waits_for_a_person(void **state)
{
	struct spool *spool = open_spool();
	int64_t seq, n;

	(void)state;
	assert_true(keep(spool, 1, &seq, &n));
	assert_true(spool_rejected(spool, n, TEXT("reply"), 1709200000000, &complaint));
	assert_int_equal(look(spool).count, 0);
	spool_close(spool);
	assert_int_equal(ask("SELECT count(*) FROM rejected WHERE service = 'e/attendance'"
			     " AND reply = CAST('reply' AS BLOB) AND rejected_at = 1709200000000"),
			 1);
}

static void survives_kill(void **state)
{
	struct spool *spool;
	struct seen seen;
	int status, told[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(told), 0);
	child = fork();
	if (child == 0) {
		int64_t seq, n;

		spool = open_spool();
		for (uint8_t mark = 1; mark <= 3; mark++)
			if (!keep(spool, mark, &seq, &n))
				_exit(1);
		if (!spool_answered(spool, 1, &complaint) || write(told[1], "k", 1) != 1)
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	spool = open_spool();
	seen = look(spool);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.marks[0], 2);
	assert_int_equal(seen.marks[1], 3);
	spool_close(spool);
	close(told[0]);
	close(told[1]);
}

static void refuse(const char *part)
{
	struct spool *spool;

	assert_false(spool_open(path, &spool, &complaint));
	assert_null(spool);
	if (!strstr(complaint.sentence, part))
		fail_msg("\"%s\" does not say \"%s\"", complaint.sentence, part);
}

static void second_process_is_refused(void **state)
{
	struct spool *spool = open_spool();

	(void)state;
	refuse("Another process is using the spool");
	spool_close(spool);
	spool = open_spool();
	spool_close(spool);
}

static void execute(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static bool count_rejected(void *context, const struct rejected *rejected)
{
	unsigned *count = context;

	assert_true(text_is(rejected->service, "e/attendance"));
	assert_true(text_is(rejected->map, "\x81\xa1x\x01"));
	assert_true(text_is(rejected->reply, "reply"));
	assert_int_equal(rejected->at, 1709200000000);
	++*count;
	return true;
}

/* Also while a program holds the spool: a door need not stop for the question. */
static void rejected_is_read_beside_the_program(void **state)
{
	struct spool *spool = open_spool();
	unsigned count = 0;
	int64_t seq, n;

	(void)state;
	assert_true(spool_each_rejected(path, count_rejected, &count, &complaint));
	assert_int_equal(count, 0);
	for (uint8_t mark = 1; mark <= 2; mark++) {
		assert_true(keep(spool, mark, &seq, &n));
		assert_true(spool_rejected(spool, n, TEXT("reply"), 1709200000000, &complaint));
	}
	assert_true(spool_each_rejected(path, count_rejected, &count, &complaint));
	assert_int_equal(count, 2);
	spool_close(spool);
	assert_true(spool_each_rejected(path, count_rejected, &count, &complaint));
	assert_int_equal(count, 4);
	assert_false(spool_each_rejected("/nonexistent/x.spool", count_rejected, &count, &complaint));
	assert_non_null(strstr(complaint.sentence, "/nonexistent/x.spool cannot be used"));
	execute("PRAGMA application_id = 1");
	assert_false(spool_each_rejected(path, count_rejected, &count, &complaint));
	assert_non_null(strstr(complaint.sentence, "is not a spool"));
}

static void newer_version_is_refused(void **state)
{
	(void)state;
	spool_close(open_spool());
	execute("PRAGMA user_version = 2");
	refuse("is of version 2");
}

static void foreign_files_are_refused(void **state)
{
	FILE *file;

	(void)state;
	execute("CREATE TABLE t (x)");
	refuse("it is not a spool");
	assert_int_equal(unlink(path), 0);
	file = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("This is no database. ", file);
	fclose(file);
	refuse("cannot be used");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	refuse("cannot be used");
}

static void damaged_spool_is_refused(void **state)
{
	(void)state;
	spool_close(open_spool());
	execute("DELETE FROM device");
	refuse("it is damaged");
}

static void missing_folder_is_refused(void **state)
{
	(void)state;
	folder_file(&folder, "none/door.spool", path, sizeof path);
	refuse("No such file or directory");
}

static void only_the_owner_reads(void **state)
{
	struct stat about;
	char log[140];
	struct spool *spool = open_spool();
	int64_t seq, n;

	(void)state;
	assert_true(keep(spool, 1, &seq, &n));
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	snprintf(log, sizeof log, "%s-wal", path);
	assert_int_equal(stat(log, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	spool_close(spool);
}

/* A limit on the file's size stands for the full disk. */
static void full_disk_keeps_nothing(void **state)
{
	struct spool *spool = open_spool();
	struct rlimit small = {65536, RLIM_INFINITY}, before;
	int64_t seq, n, kept = 0;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (keep(spool, 1, &seq, &n))
		kept++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_non_null(strstr(complaint.sentence, "Nothing was kept in the spool"));
	assert_true(keep(spool, 2, &seq, &n));
	assert_int_equal(seq, kept + 1);
	spool_close(spool);
	assert_int_equal(ask("SELECT count(*) FROM queue"), kept + 1);
}

static void memory_needs_no_file(void **state)
{
	struct spool *spool;
	int64_t seq, n;

	(void)state;
	assert_true(spool_open(NULL, &spool, &complaint));
	assert_true(keep(spool, 1, &seq, &n));
	assert_int_equal(look(spool).count, 1);
	spool_close(spool);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(numbers_have_no_gaps),
		CASE(device_and_offset_stay),
		CASE(what_waits_for_an_offset_is_given_it_once),
		CASE(answered_is_gone),
		CASE(rejected_waits_for_a_person),
		CASE(rejected_is_read_beside_the_program),
		CASE(survives_kill),
		CASE(second_process_is_refused),
		CASE(newer_version_is_refused),
		CASE(foreign_files_are_refused),
		CASE(damaged_spool_is_refused),
		CASE(missing_folder_is_refused),
		CASE(only_the_owner_reads),
		CASE(full_disk_keeps_nothing),
		CASE(memory_needs_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
