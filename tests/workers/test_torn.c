/*
 * A log that was torn or damaged anywhere: what the real writer opens is the ledger as one of its commits left it, and
 * it is whole.
 */
#include "tests/harness.h"
#include "tests/workers/office.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workers/verify.h"

enum { COMMITS = 40, PLACES = 100 };

/* A folder in which each damaged copy is opened, and what the file and its log were. */
struct torn {
	struct office *office;
	char folder[80];
	char *file, *log;
	size_t file_size, log_size;
	int64_t ends[COMMITS + 1]; /* the ledger after each commit */
	struct text ids[4 * COMMITS];
	int commits;
};

static char *read_whole(const struct torn *torn, const char *name, size_t *size)
{
	char path[160], *bytes;
	struct stat about;
	int file;

	snprintf(path, sizeof path, "%s/%s", torn->office->folder, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(fstat(file, &about), 0);
	*size = (size_t)about.st_size;
	bytes = malloc(*size);
	assert_non_null(bytes);
	assert_int_equal(read(file, bytes, *size), *size);
	close(file);
	return bytes;
}

static enum error take_id(void *context, const void *row)
{
	struct torn *torn = context;
	const struct fact *fact = row;

	assert_in_range(fact->seq, 1, sizeof torn->ids / sizeof *torn->ids - 1);
	torn->ids[fact->seq] = arena_text(&torn->office->arena, fact->id);
	return E_OK;
}

/* Commits of one to three requests each, none of which was moved into the file but the first. */
static void play(struct torn *torn)
{
	struct office *office = torn->office;
	char badge[16];

	office_admit(office, "Invented Guest", badge);
	assert_true(writer_rest(office->writer));
	torn->ends[0] = office_ledger(office);
	for (torn->commits = 1; torn->commits <= COMMITS; torn->commits++) {
		for (int i = 0; i <= torn->commits % 3; i++) {
			struct office_request request = i == 1
				? office_request(office, "e1/registration", "register",
						 "'name': 'Invented Other', 'entity': 'MA', 'accredit': true")
				: office_request(office, "e1/attendance", "scan",
						 "'badge': '%s', 'session': 'PLENARY', 'direction': '%s'", badge,
						 torn->commits % 2 ? "in" : "out");

			office_take(office, office, &request);
		}
		office->now += 1000;
		assert_true(office_flush(office));
		torn->ends[torn->commits] = office_ledger(office);
	}
}

static int setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct torn *torn = calloc(1, sizeof *torn);
	struct driver *store;
	void *office = NULL;
	char path[160];

	if (!torn || office_setup(&office) != 0)
		return -1;
	torn->office = office;
	*state = torn;
	snprintf(torn->folder, sizeof torn->folder, "%.60s/torn-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(torn->folder))
		return -1;
	play(torn);
	snprintf(path, sizeof path, "%s/e1.hudur", torn->office->folder);
	assert_int_equal(driver_open(path, DRIVER_READ, &store), E_OK);
	assert_int_equal(ledger_since(store, 0, take_id, torn), E_OK);
	torn->log = read_whole(torn, "e1.hudur-wal", &torn->log_size);
	torn->file = read_whole(torn, "e1.hudur", &torn->file_size);
	driver_free(store);
	return 0;
}

static void remove_file(const struct torn *torn, const char *name)
{
	char path[160];

	snprintf(path, sizeof path, "%s/%s", torn->folder, name);
	unlink(path);
}

static int teardown(void **state)
{
	struct torn *torn = *state;
	void *office = torn->office;

	for (int i = 0; i < 4; i++)
		remove_file(torn, (const char *[]){"e1.hudur", "e1.hudur-wal", "e1.hudur-shm", "e1.lock"}[i]);
	rmdir(torn->folder);
	office_teardown(&office);
	free(torn->file);
	free(torn->log);
	free(torn);
	return 0;
}

static void write_file(const struct torn *torn, const char *name, const char *bytes, size_t size)
{
	char path[160];
	int file;

	snprintf(path, sizeof path, "%s/%s", torn->folder, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, size), size);
	close(file);
}

static void fail_with(void *context, const char *sentence)
{
	fail_msg("damaged at %zu: %s", *(const size_t *)context, sentence);
}

struct comparing {
	const struct torn *torn;
	size_t at;
};

static enum error same_id(void *context, const void *row)
{
	const struct comparing *c = context;
	const struct fact *fact = row;

	if (!text_equal(fact->id, c->torn->ids[fact->seq]))
		fail_msg("damaged at %zu: entry %lld is another one", c->at, (long long)fact->seq);
	return E_OK;
}

/* Opens them with the real writer; how many commits there are. */
static int open_and_check(const struct torn *torn, const char *log, size_t log_size, size_t at)
{
	struct comparing comparing = {torn, at};
	struct event *event = NULL;
	bool distrusted = false;
	struct verdict verdict;
	char why[256] = "";
	enum error e;
	int commits;

	remove_file(torn, "e1.hudur-shm"); /* memory, which the loss of power takes */
	write_file(torn, "e1.hudur", torn->file, torn->file_size);
	write_file(torn, "e1.hudur-wal", log, log_size);
	e = event_open(torn->folder, TEXT("e1"), false, randombytes_buf, &event, why, &distrusted);
	if (e)
		fail_msg("damaged at %zu: %s", at, why);
	assert_false(distrusted);
	assert_int_equal(event_reload(event), E_OK);
	for (commits = 0; commits <= COMMITS && torn->ends[commits] != event->state.last; commits++)
		;
	if (commits > COMMITS)
		fail_msg("damaged at %zu: the ledger ends with %lld, between two commits", at,
			 (long long)event->state.last);
	assert_int_equal(ledger_since(event->store, 0, same_id, &comparing), E_OK);
	assert_int_equal(verify_file(event->path, fail_with, &at, &verdict), E_OK);
	assert_int_equal(verdict.ledger, event->state.last);
	event_close(event);
	return commits;
}

static void whole_log_opens_to_everything(void **state)
{
	const struct torn *torn = *state;

	assert_in_range(torn->log_size, 100 * 4096, SIZE_MAX);
	assert_int_equal(open_and_check(torn, torn->log, torn->log_size, torn->log_size), COMMITS);
}

static void truncated_log_opens_to_a_committed_prefix(void **state)
{
	const struct torn *torn = *state;
	int last = 0, seen = 0;

	for (size_t i = 0; i <= PLACES; i++) {
		/* every other one a byte or so beside the place */
		size_t size = torn->log_size * i / PLACES;
		int commits;

		size = i % 2 && size + i < torn->log_size ? size + i : size;
		commits = open_and_check(torn, torn->log, size, size);
		assert_in_range(commits, last, COMMITS); /* more of the log is never less of the ledger */
		seen += commits != last;
		last = commits;
	}
	assert_int_equal(last, COMMITS);
	assert_in_range(seen, COMMITS / 2, COMMITS);
}

/* One bit, a sector of noise, or a sector that was never written. */
static void damage(char *log, size_t size, size_t at, size_t kind)
{
	size_t sector = at - at % 512, end = sector + 512 < size ? sector + 512 : size;

	if (kind == 0)
		log[at] = (char)(log[at] ^ 1 << at % 8);
	for (size_t i = sector; kind == 1 && i < end; i++)
		log[i] = (char)(log[i] ^ (int)(i * 37 + 11));
	if (kind == 2)
		memset(log + sector, 0, end - sector);
}

static void damaged_log_opens_to_a_committed_prefix(void **state)
{
	const struct torn *torn = *state;
	char *log = malloc(torn->log_size);
	int least = COMMITS, most = 0;

	assert_non_null(log);
	for (size_t i = 0; i < PLACES; i++) {
		size_t at = torn->log_size * i / PLACES + i % 7;
		int commits;

		memcpy(log, torn->log, torn->log_size);
		damage(log, torn->log_size, at, i % 3);
		commits = open_and_check(torn, log, torn->log_size, at);
		least = commits < least ? commits : least;
		most = commits > most ? commits : most;
	}
	free(log);
	assert_int_equal(least, 0);
	assert_in_range(most, COMMITS / 2, COMMITS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(whole_log_opens_to_everything),
		CASE(truncated_log_opens_to_a_committed_prefix),
		CASE(damaged_log_opens_to_a_committed_prefix),
	};

	return RUN_TESTS(tests);
}
