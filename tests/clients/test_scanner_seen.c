/* What a door has seen: kept across a restart, as far as it was written, and never more than was there. */
#include "clients/scanner/seen.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

#define HOUR INT64_C(3600000)
#define NOON INT64_C(1709200800000)

struct scene {
	struct folder folder;
	char path[128];
	struct seen seen;
	struct sitting sittings[2];
	struct schedule schedule;
};

static int open_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	assert_non_null(scene);
	folder_make(&scene->folder);
	folder_file(&scene->folder, "seen", scene->path, sizeof scene->path);
	scene->sittings[0].code = TEXT("S1");
	scene->sittings[1].code = TEXT("S2");
	scene->schedule = (struct schedule){.sittings = scene->sittings, .sitting_count = 2};
	schedule_join_rooms(&scene->schedule);
	assert_true(seen_open(&scene->seen, scene->path, NOON));
	memset(scene->seen.device, 'd', sizeof scene->seen.device);
	scene->seen.door = lately_door((struct text){(const char *)scene->seen.device, 16});
	*state = scene;
	return 0;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	seen_free(&scene->seen);
	folder_remove(&scene->folder);
	free(scene);
	return 0;
}

static void restart(struct scene *scene, int64_t now)
{
	seen_free(&scene->seen);
	assert_true(seen_open(&scene->seen, scene->path, now));
	memset(scene->seen.device, 'd', sizeof scene->seen.device);
	scene->seen.door = lately_door((struct text){(const char *)scene->seen.device, 16});
}

static size_t count(struct scene *scene, int64_t person)
{
	struct passage passages[LATELY_MAX];

	return seen_passages(&scene->seen, person, NOON, &scene->schedule, passages, LATELY_MAX);
}

static struct change scan_of(int64_t ledger, int64_t person, int64_t number)
{
	struct change change;

	message_clear(&message_change, &change);
	change.ledger = ledger;
	change.op = TEXT("scan");
	change.at = change.received = NOON - HOUR;
	change.person = person;
	change.session = TEXT("S1");
	change.direction = direction_in;
	change.badge = TEXT("BADGE");
	change.device = TEXT("dddddddddddddddd");
	change.number = number;
	return change;
}

static void own(struct scene *scene, int64_t person, int64_t number, int64_t ledger)
{
	assert_int_equal(seen_own(&scene->seen, person, TEXT("S1"), direction_in, number, NOON - HOUR, ledger), E_OK);
}

static void what_passed_is_known_after_a_restart(void **state)
{
	struct scene *scene = *state;
	struct change change = scan_of(7, 2, 3);

	own(scene, 1, 1, ABSENT);
	assert_int_equal(seen_take(&scene->seen, &change), E_OK);
	restart(scene, NOON);
	assert_int_equal(count(scene, 1), 1);
	assert_int_equal(count(scene, 2), 1);
	assert_int_equal(count(scene, 3), 0);
	assert_int_equal(scene->seen.next, 7);
}

/* Another door's passage may have a lower ledger sequence than our own, and not have been told yet. */
static void our_own_does_not_hide_another_doors(void **state)
{
	struct scene *scene = *state;
	struct change others = scan_of(8, 2, 1), ours = scan_of(9, 1, 1);

	others.device = TEXT("eeeeeeeeeeeeeeee");
	own(scene, 1, 1, 9);
	restart(scene, NOON);
	assert_int_equal(scene->seen.next, 0);
	assert_int_equal(seen_take(&scene->seen, &others), E_OK);
	assert_int_equal(seen_take(&scene->seen, &ours), E_OK);
	assert_int_equal(count(scene, 1), 1);
	assert_int_equal(count(scene, 2), 1);
	restart(scene, NOON + 40 * HOUR); /* too old to be kept, but told by the server */
	assert_int_equal(scene->seen.next, 9);
}

static void our_own_too_old_says_nothing_of_what_was_told(void **state)
{
	struct scene *scene = *state;

	own(scene, 1, 1, 9);
	restart(scene, NOON + 40 * HOUR);
	assert_int_equal(scene->seen.count, 0);
	assert_int_equal(scene->seen.next, 0);
}

/* The server tells what we let through ourselves, by the scan's number or by that of the decision after it. */
static void our_own_is_not_known_twice(void **state)
{
	struct scene *scene = *state;
	struct change one = scan_of(7, 1, 1), two = scan_of(9, 2, 4), three = scan_of(10, 3, 5);

	own(scene, 1, 1, ABSENT);
	own(scene, 2, 3, ABSENT);
	own(scene, 3, 5, 10);
	two.op = TEXT("decided");
	two.admitted = true;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(seen_take(&scene->seen, &one), E_OK);
		assert_int_equal(seen_take(&scene->seen, &two), E_OK);
		assert_int_equal(seen_take(&scene->seen, &three), E_OK);
		for (int64_t person = 1; person <= 3; person++)
			assert_int_equal(count(scene, person), 1);
		restart(scene, NOON);
	}
}

static void a_decision_takes_back_what_did_not_happen(void **state)
{
	struct scene *scene = *state;
	struct change scan = scan_of(7, 1, 1), decided = scan_of(8, 1, 2);

	decided.op = TEXT("decided");
	decided.corrects = 7;
	assert_int_equal(seen_take(&scene->seen, &scan), E_OK);
	assert_int_equal(seen_take(&scene->seen, &decided), E_OK);
	assert_int_equal(count(scene, 1), 0);
	restart(scene, NOON);
	assert_int_equal(count(scene, 1), 0);
}

static void what_is_too_old_is_forgotten(void **state)
{
	struct scene *scene = *state;
	struct change change = scan_of(7, 2, 3);

	own(scene, 1, 1, ABSENT);
	assert_int_equal(seen_take(&scene->seen, &change), E_OK);
	restart(scene, NOON + 40 * HOUR);
	assert_int_equal(scene->seen.count, 0);
	assert_int_equal(scene->seen.next, 7); /* and is not asked for again */
}

static off_t size_of(const char *path)
{
	struct stat about;

	assert_int_equal(stat(path, &about), 0);
	return about.st_size;
}

static void a_torn_end_is_cut_off(void **state)
{
	struct scene *scene = *state;
	off_t first, whole;

	own(scene, 1, 1, ABSENT);
	first = size_of(scene->path);
	own(scene, 2, 2, ABSENT);
	whole = size_of(scene->path);
	for (off_t cut = whole - 1; cut >= 0; cut -= 5) {
		assert_int_equal(truncate(scene->path, cut), 0);
		restart(scene, NOON);
		assert_int_equal(count(scene, 1), cut >= first);
		assert_int_equal(count(scene, 2), 0);
		own(scene, 3, 3, ABSENT); /* and it goes on */
		restart(scene, NOON);
		assert_int_equal(count(scene, 3), 1);
	}
}

/* Of so many the file is longer than any sentence, which the same disk takes. */
enum { MANY = 60 };

/* Writes beyond so many bytes of a file fail, as on a full disk. */
static void disk_of(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What standard error got since `was` was put aside, in `said`. */
static void said_since(int was, FILE *said, char text[2048])
{
	fflush(stderr);
	rewind(said);
	text[fread(text, 1, 2047, said)] = '\0';
	assert_int_equal(dup2(was, STDERR_FILENO), STDERR_FILENO);
	close(was);
	fclose(said);
}

static int said_begin(FILE **said)
{
	int was = dup(STDERR_FILENO);

	*said = tmpfile();
	assert_non_null(*said);
	dup2(fileno(*said), STDERR_FILENO);
	return was;
}

static void a_full_disk_is_told_once_and_the_door_goes_on(void **state)
{
	struct scene *scene = *state;
	char text[2048];
	FILE *said;

	for (int64_t person = 1; person <= MANY; person++)
		own(scene, person, person, ABSENT);
	int was = said_begin(&said);
	disk_of((rlim_t)size_of(scene->path) + 20);
	own(scene, MANY + 1, MANY + 1, ABSENT);
	own(scene, MANY + 2, MANY + 2, ABSENT);
	disk_of(RLIM_INFINITY);
	own(scene, MANY + 3, MANY + 3, ABSENT);
	said_since(was, said, text);
	assert_non_null(strstr(text, "cannot be kept in"));
	assert_non_null(strstr(text, scene->path));
	assert_null(strstr(strstr(text, "cannot be kept in") + 1, "cannot be kept in"));
	for (int64_t person = 1; person <= MANY + 3; person++)
		assert_int_equal(count(scene, person), 1);
	restart(scene, NOON);
	assert_int_equal(count(scene, MANY), 1);
	assert_int_equal(scene->seen.count, MANY); /* what was torn is not there, and nothing behind it */
}

static void what_cannot_be_written_anew_is_known_all_the_same(void **state)
{
	struct scene *scene = *state;
	char text[2048];
	FILE *said;

	for (int64_t person = 1; person <= MANY; person++)
		own(scene, person, person, ABSENT);
	off_t size = size_of(scene->path);
	seen_free(&scene->seen);
	int was = said_begin(&said);
	disk_of((rlim_t)size - 20);
	bool opened = seen_open(&scene->seen, scene->path, NOON);
	disk_of(RLIM_INFINITY);
	said_since(was, said, text);
	assert_false(opened);
	assert_non_null(strstr(text, "cannot be kept in"));
	assert_int_equal(scene->seen.count, MANY);
	own(scene, MANY + 1, MANY + 1, ABSENT);
	assert_int_equal(size_of(scene->path), size);
	restart(scene, NOON);
	assert_int_equal(scene->seen.count, MANY);
}

/* Nor where the folder takes no new file. */
static void a_file_without_its_folder_is_known_all_the_same(void **state)
{
	struct scene *scene = *state;
	char beside[160], text[2048];
	FILE *said;

	own(scene, 1, 1, ABSENT);
	seen_free(&scene->seen);
	snprintf(beside, sizeof beside, "%s.new", scene->path);
	assert_int_equal(mkdir(beside, 0700), 0);
	int was = said_begin(&said);
	assert_false(seen_open(&scene->seen, scene->path, NOON));
	said_since(was, said, text);
	assert_non_null(strstr(text, "cannot be kept in"));
	assert_int_equal(count(scene, 1), 1);
	assert_int_equal(rmdir(beside), 0);
}

static void anything_else_in_the_file_is_nothing(void **state)
{
	struct scene *scene = *state;
	FILE *file;
	int byte;

	own(scene, 1, 1, ABSENT);
	file = fopen(scene->path, "r+b");
	assert_non_null(file);
	fseek(file, 30, SEEK_SET);
	byte = fgetc(file);
	fseek(file, 30, SEEK_SET);
	fputc(byte ^ 1, file);
	fclose(file);
	restart(scene, NOON);
	assert_int_equal(scene->seen.count, 0);
}

/* Of another instance nothing holds; of the same all does, also after a restart. */
static void it_is_of_one_instance(void **state)
{
	struct scene *scene = *state;
	const struct text one = TEXT("aaaaaaaaaaaaaaaa"), other = TEXT("bbbbbbbbbbbbbbbb");
	struct change change = scan_of(7, 2, 3);

	own(scene, 1, 1, ABSENT);
	seen_follow(&scene->seen, one);
	assert_int_equal(seen_take(&scene->seen, &change), E_OK);
	for (int i = 0; i < 3; i++) {
		restart(scene, NOON);
		seen_follow(&scene->seen, one);
		assert_int_equal(count(scene, 1), 1);
		assert_int_equal(count(scene, 2), 1);
		assert_int_equal(scene->seen.next, 7);
	}
	for (int i = 0; i < 2; i++) {
		seen_follow(&scene->seen, other);
		assert_int_equal(scene->seen.count, 0);
		assert_int_equal(scene->seen.next, 0);
		restart(scene, NOON);
	}
	assert_memory_equal(scene->seen.instance, other.at, other.size);
}

static void the_older_half_goes_when_it_is_full(void **state)
{
	struct scene *scene = *state;

	seen_free(&scene->seen);
	assert_true(seen_open(&scene->seen, NULL, NOON));
	for (int64_t i = 1; i <= SEEN_MAX + 1; i++)
		own(scene, i, i, ABSENT);
	assert_int_equal(scene->seen.count, SEEN_MAX / 2 + 1);
	assert_int_equal(count(scene, 1), 0);
	assert_int_equal(count(scene, SEEN_MAX), 1);
	assert_int_equal(count(scene, SEEN_MAX + 1), 1);
}

/* Whoever comes and goes all day is not forgotten for having come early, and pushes nobody out. */
static void the_older_goes_though_one_passes_all_day(void **state)
{
	struct scene *scene = *state;

	seen_free(&scene->seen);
	assert_true(seen_open(&scene->seen, NULL, NOON));
	for (int64_t i = 1; i <= SEEN_EACH_MAX; i++)
		own(scene, 1, i, ABSENT);
	for (int64_t i = 2; i <= SEEN_MAX / 2; i++)
		own(scene, i, i, ABSENT);
	for (int64_t i = 1; i <= SEEN_EACH_MAX; i++)
		own(scene, 1, SEEN_MAX + i, ABSENT);
	assert_int_equal(count(scene, 2), 1);
	for (int64_t i = SEEN_MAX / 2 + 1; scene->seen.count < SEEN_MAX; i++)
		own(scene, i, i, ABSENT);
	own(scene, SEEN_MAX, SEEN_MAX, ABSENT);
	assert_int_equal(scene->seen.count, SEEN_MAX / 2 + 1);
	assert_int_equal(count(scene, 1), SEEN_EACH_MAX);
	assert_int_equal(count(scene, 2), 0);
	assert_int_equal(count(scene, SEEN_MAX / 2), 1);
}

static void few_who_pass_all_day_take_little_room(void **state)
{
	struct scene *scene = *state;

	for (int64_t i = 1; i <= 10000; i++)
		own(scene, 1 + i % 2, i, ABSENT);
	assert_int_equal(count(scene, 1), SEEN_EACH_MAX);
	assert_int_equal(count(scene, 2), SEEN_EACH_MAX);
	assert_in_range(scene->seen.room, 2 * SEEN_EACH_MAX, 8 * SEEN_EACH_MAX);
}

/* Of a door that runs for days; what is still of interest stays. */
static void the_file_does_not_grow_for_ever(void **state)
{
	struct scene *scene = *state;
	struct change change = scan_of(7, 1, 1);
	FILE *file;

	for (int64_t i = 0; i < 300000; i++) {
		change.ledger++;
		change.person = 1 + i % 4000;
		change.at += HOUR / 1000;
		assert_int_equal(seen_take(&scene->seen, &change), E_OK);
	}
	file = fopen(scene->path, "rb");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	assert_in_range(ftell(file), 1 << 20, 25 << 20);
	fclose(file);
	restart(scene, change.at);
	assert_int_equal(scene->seen.next, change.ledger);
	assert_int_equal(scene->seen.count, 30001);
}

#define SEEN_CASE(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

static void of_one_person_the_last_passages_are_kept(void **state)
{
	struct scene *scene = *state;
	struct passage passages[LATELY_MAX];
	struct change change;

	for (int64_t i = 1; i <= 3 * SEEN_EACH_MAX; i++) {
		change = scan_of(i, 1, i);
		change.at += i;
		assert_int_equal(seen_take(&scene->seen, &change), E_OK);
		change = scan_of(3 * SEEN_EACH_MAX + i, 1 + SEEN_HEADS, i);
		if (i == 1)
			assert_int_equal(seen_take(&scene->seen, &change), E_OK);
	}
	assert_int_equal(seen_passages(&scene->seen, 1, NOON, &scene->schedule, passages, LATELY_MAX), SEEN_EACH_MAX);
	assert_int_equal(passages[0].at, NOON - HOUR + 2 * SEEN_EACH_MAX + 1);
	assert_int_equal(passages[SEEN_EACH_MAX - 1].at, NOON - HOUR + 3 * SEEN_EACH_MAX);
	assert_int_equal(count(scene, 1 + SEEN_HEADS), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEEN_CASE(what_passed_is_known_after_a_restart),
		SEEN_CASE(our_own_does_not_hide_another_doors),
		SEEN_CASE(our_own_too_old_says_nothing_of_what_was_told),
		SEEN_CASE(our_own_is_not_known_twice),
		SEEN_CASE(a_decision_takes_back_what_did_not_happen),
		SEEN_CASE(what_is_too_old_is_forgotten),
		SEEN_CASE(a_torn_end_is_cut_off),
		SEEN_CASE(a_full_disk_is_told_once_and_the_door_goes_on),
		SEEN_CASE(what_cannot_be_written_anew_is_known_all_the_same),
		SEEN_CASE(a_file_without_its_folder_is_known_all_the_same),
		SEEN_CASE(anything_else_in_the_file_is_nothing),
		SEEN_CASE(it_is_of_one_instance),
		SEEN_CASE(the_older_half_goes_when_it_is_full),
		SEEN_CASE(few_who_pass_all_day_take_little_room),
		SEEN_CASE(the_older_goes_though_one_passes_all_day),
		SEEN_CASE(the_file_does_not_grow_for_ever),
		SEEN_CASE(of_one_person_the_last_passages_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
