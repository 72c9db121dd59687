/* Makes the event by the real writer, which then ends. */
#include "tests/workers/shelf.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "tests/harness.h"

static void fail_with(void *context, const char *sentence)
{
	(void)context;
	fail_msg("%s", sentence);
}

static void ignore(void *context, const char *sentence)
{
	(void)context;
	(void)sentence;
}

int64_t shelf_ledger_of(const char *path)
{
	struct verdict verdict;

	assert_int_equal(verify_file(path, fail_with, NULL, &verdict), E_OK);
	return verdict.ledger;
}

static struct backup_state ask_backup(struct office *office)
{
	struct office_request request = office_request(office, "main/events", "backup", "'event': 'e1'");
	struct office_answer answer = office_ask(office, &request);
	struct backup_state state;

	office_result(office, &answer, &message_backup_state, &state);
	return state;
}

/* What is asked after must not begin another. */
static struct backup_state ask_again(struct office *office, int64_t task)
{
	struct office_request request = office_request(office, "main/events", "backup", "'event': 'e1', 'task': %lld",
						       (long long)task);
	struct office_answer answer = office_ask(office, &request);
	struct backup_state state;

	office_result(office, &answer, &message_backup_state, &state);
	return state;
}

struct backup_state shelf_back_up(struct office *office)
{
	struct backup_state state = ask_backup(office);

	while (state.stage == task_stage_copying || state.stage == task_stage_checking) {
		if (!writer_go_on(office->writer))
			sched_yield();
		state = ask_again(office, state.task);
	}
	return state;
}

void shelf_end_writer(struct office *office)
{
	writer_free(office->writer);
	office->writer = NULL;
}

int shelf_fill(struct shelf *shelf)
{
	struct backup_state state;
	void *office = NULL;

	if (office_setup(&office) != 0)
		return -1;
	shelf->office = office;
	office_admit(shelf->office, "Invented Guest", shelf->badge);
	state = shelf_back_up(shelf->office);
	assert_int_equal(state.stage, task_stage_done);
	shelf->then = state.ledger;
	snprintf(shelf->copy, sizeof shelf->copy, "%.*s", (int)state.file.size, state.file.at);
	office_do(shelf->office, "ok", "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
		  shelf->badge);
	shelf->now = office_ledger(shelf->office);
	snprintf(shelf->live, sizeof shelf->live, "%s/e1.hudur", shelf->office->folder);
	return 0;
}

int shelf_setup(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	*state = shelf;
	if (!shelf || shelf_fill(shelf) != 0)
		return -1;
	shelf_end_writer(shelf->office);
	return 0;
}

void shelf_empty_folder(const char *folder)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory)
		closedir(directory);
	rmdir(folder);
}

int shelf_teardown(void **state)
{
	struct shelf *shelf = *state;
	void *office = shelf->office;
	char backups[160];

	snprintf(backups, sizeof backups, "%s/backups", shelf->office->folder);
	shelf_empty_folder(backups);
	office_teardown(&office);
	free(shelf);
	return 0;
}

/* Files of the folder whose names hold this; one of their names. */
int shelf_count(const struct shelf *shelf, const char *part, char one[160])
{
	DIR *directory = opendir(shelf->office->folder);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(directory)))
		if (strstr(entry->d_name, part)) {
			count++;
			snprintf(one, 160, "%s/%.80s", shelf->office->folder, entry->d_name);
		}
	closedir(directory);
	return count;
}

enum error shelf_restore(const struct shelf *shelf, bool replace, char why[RESTORE_WHY_MAX])
{
	struct restored restored;

	return restore_file(shelf->copy, shelf->office->folder, replace, OFFICE_NOW, ignore, NULL, &restored, why);
}
