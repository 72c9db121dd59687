/* A disk keeps what was synced, and may do anything of the kind that disks do with the rest. */
#include "tests/powerloss/rebuild.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/powerloss/calls.h"

enum { TRIES = 300, SECTOR = 512 };

struct scene {
	char base[80], live[96], left[96];
	struct record record;
};

static void path_in(const char *folder, const char *name, char path[160])
{
	snprintf(path, 160, "%s/%s", folder, name);
}

static int set_up(void **state)
{
	const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* each try syncs */
	struct scene *scene = calloc(1, sizeof *scene);

	if (!scene)
		return -1;
	*state = scene;
	snprintf(scene->base, sizeof scene->base, "%s/hudur-rebuild-XXXXXX", memory);
	if (!mkdtemp(scene->base))
		return -1;
	snprintf(scene->live, sizeof scene->live, "%s/live", scene->base);
	snprintf(scene->left, sizeof scene->left, "%s/left", scene->base);
	mkdir(scene->live, 0700);
	calls_watch(scene->live, &scene->record);
	return 0;
}

static void clear(const char *folder)
{
	static const char *const names[] = {"a", "b", "sub/c"};
	char path[160];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		path_in(folder, names[i], path);
		unlink(path);
	}
	path_in(folder, "sub", path);
	rmdir(path);
	rmdir(folder);
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	calls_unwatch();
	record_free(&scene->record);
	clear(scene->live);
	clear(scene->left);
	rmdir(scene->base);
	free(scene);
	return 0;
}

static int make(struct scene *scene, const char *name)
{
	char path[160];
	int fd;

	path_in(scene->live, name, path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	return fd;
}

static void fill(int fd, char with, off_t at, size_t size)
{
	char bytes[8 * SECTOR];

	memset(bytes, with, sizeof bytes);
	assert_int_equal(pwrite(fd, bytes, size, at), size);
}

static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(fsync(fd), 0);
	close(fd);
}

/* What is left of a file after that throw of the coins; -1: no such file. */
static ssize_t left_of(struct scene *scene, uint64_t seed, const char *name, char *bytes, size_t room)
{
	struct chance chance = {seed};
	char path[160];
	ssize_t size = -1;
	int fd;

	clear(scene->left);
	assert_int_equal(mkdir(scene->left, 0700), 0);
	rebuild(&scene->record, scene->record.count, DISK_HONEST, &chance, scene->left);
	path_in(scene->left, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		size = read(fd, bytes, room);
		close(fd);
	}
	return size;
}

static void what_was_synced_is_there(void **state)
{
	struct scene *scene = *state;
	char bytes[8 * SECTOR];
	int fd = make(scene, "a");

	fill(fd, 'x', 0, 3 * SECTOR);
	assert_int_equal(fdatasync(fd), 0);
	sync_folder(scene->live);
	close(fd);
	for (uint64_t seed = 0; seed < TRIES; seed++) {
		assert_int_equal(left_of(scene, seed, "a", bytes, sizeof bytes), 3 * SECTOR);
		for (int i = 0; i < 3 * SECTOR; i++)
			assert_int_equal(bytes[i], 'x');
	}
}

static void each_sector_is_old_or_new_on_its_own(void **state)
{
	struct scene *scene = *state;
	int fd = make(scene, "a"), seen[4] = {0};

	fill(fd, 'x', 0, 2 * SECTOR);
	assert_int_equal(fsync(fd), 0);
	sync_folder(scene->live);
	fill(fd, 'y', 0, 2 * SECTOR);
	close(fd);
	for (uint64_t seed = 0; seed < TRIES; seed++) {
		char bytes[8 * SECTOR];

		assert_int_equal(left_of(scene, seed, "a", bytes, sizeof bytes), 2 * SECTOR);
		for (int i = 0; i < 2 * SECTOR; i++)
			assert_int_equal(bytes[i], bytes[i / SECTOR * SECTOR]);
		seen[(bytes[0] == 'y') + 2 * (bytes[SECTOR] == 'y')]++;
	}
	for (int i = 0; i < 4; i++)
		assert_true(seen[i] > 0);
}

static void a_size_may_be_any_that_it_had(void **state)
{
	struct scene *scene = *state;
	int fd = make(scene, "a"), seen[4] = {0};

	fill(fd, 'x', 0, SECTOR);
	assert_int_equal(fsync(fd), 0);
	sync_folder(scene->live);
	fill(fd, 'y', SECTOR, 2 * SECTOR);
	assert_int_equal(ftruncate(fd, 2 * SECTOR), 0);
	close(fd);
	for (uint64_t seed = 0; seed < TRIES; seed++) {
		char bytes[8 * SECTOR];
		ssize_t size = left_of(scene, seed, "a", bytes, sizeof bytes);

		assert_in_range(size, SECTOR, 3 * SECTOR);
		assert_int_equal(bytes[0], 'x');
		for (ssize_t i = SECTOR; i < size; i++)
			assert_true(bytes[i] == 'y' || bytes[i] == 0);
		seen[size / SECTOR]++;
	}
	assert_true(seen[1] > 0 && seen[2] > 0 && seen[3] > 0);
}

static void a_name_lasts_when_its_folder_was_synced(void **state)
{
	struct scene *scene = *state;
	char bytes[8 * SECTOR], path[160];
	int fd, missing = 0;

	path_in(scene->live, "sub", path);
	assert_int_equal(mkdir(path, 0700), 0);
	sync_folder(scene->live);
	fd = make(scene, "sub/c");
	fill(fd, 'x', 0, SECTOR);
	assert_int_equal(fsync(fd), 0);
	close(fd);
	for (uint64_t seed = 0; seed < TRIES; seed++)
		missing += left_of(scene, seed, "sub/c", bytes, sizeof bytes) < 0;
	assert_in_range(missing, 1, TRIES - 1);
	sync_folder(path);
	for (uint64_t seed = 0; seed < TRIES; seed++)
		assert_int_equal(left_of(scene, seed, "sub/c", bytes, sizeof bytes), SECTOR);
}

static void a_renaming_leaves_one_of_the_two(void **state)
{
	struct scene *scene = *state;
	char from[160], to[160];
	int fd = make(scene, "a"), old = 0, new = 0;

	fill(fd, 'x', 0, SECTOR);
	assert_int_equal(fsync(fd), 0);
	close(fd);
	fd = make(scene, "b");
	fill(fd, 'y', 0, SECTOR);
	assert_int_equal(fsync(fd), 0);
	close(fd);
	sync_folder(scene->live);
	path_in(scene->live, "b", from);
	path_in(scene->live, "a", to);
	assert_int_equal(rename(from, to), 0);
	for (uint64_t seed = 0; seed < TRIES; seed++) {
		char bytes[8 * SECTOR];

		assert_int_equal(left_of(scene, seed, "a", bytes, sizeof bytes), SECTOR);
		old += bytes[0] == 'x';
		new += bytes[0] == 'y';
	}
	assert_int_equal(old + new, TRIES);
	assert_true(old > 0 && new > 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_synced_is_there),
		CASE(each_sector_is_old_or_new_on_its_own),
		CASE(a_size_may_be_any_that_it_had),
		CASE(a_name_lasts_when_its_folder_was_synced),
		CASE(a_renaming_leaves_one_of_the_two),
	};

	return RUN_TESTS(tests);
}
