/* Chooses what each round is about. */
#include "tests/powerloss/course.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/powerloss/list_round.h"
#include "tests/powerloss/restore_round.h"
#include "tests/powerloss/spool_round.h"
#include "tests/powerloss/writer_round.h"

enum { ROUNDS_A_RECORD = 40, WRITER_ROUNDS = 6, RESTORE_ROUNDS = 1, SPOOL_ROUNDS = 2, KINDS = 10 };

static void empty_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char inner[512];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		if (unlink(inner) != 0) {
			empty_folder(inner);
			rmdir(inner);
		}
	}
	if (folder)
		closedir(folder);
}

bool course_begin(struct course *course, uint64_t seed, enum honesty honesty)
{
	const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	*course = (struct course){.seed = seed, .honesty = honesty};
	snprintf(course->folder, sizeof course->folder, "%s/hudur-powerloss-XXXXXX", memory);
	if (!mkdtemp(course->folder)) {
		fprintf(stderr, "powerloss: %s cannot be made; make room there.\n", course->folder);
		return false;
	}
	if (checker_start(&course->checker))
		return true;
	fprintf(stderr, "powerloss: tests/powerloss/check.py cannot be started; run it from the top folder.\n");
	course_end(course);
	return false;
}

void course_end(struct course *course)
{
	checker_stop(&course->checker);
	empty_folder(course->folder);
	rmdir(course->folder);
}

void course_folder(const struct course *course, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", course->folder, name);
	if (mkdir(path, 0700) != 0)
		empty_folder(path);
}

void course_wrong(struct course *course, int64_t lost, const char *format, ...)
{
	va_list list;

	course->lost += lost;
	course->wrong++;
	if (course->quiet)
		return;
	fprintf(stderr, "powerloss: seed %llu, round %lld, %s cut at %u: ", (unsigned long long)course->seed,
		(long long)course->round, course->subject, course->cut);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}

struct chance course_chance(const struct course *course)
{
	struct chance chance = {course->seed * UINT64_C(1000003) + (uint64_t)course->round};

	chance_next(&chance);
	return chance;
}

static uint64_t seed_of_record(const struct course *course, int64_t number)
{
	struct chance chance = {course->seed ^ ((uint64_t)number << 32)};

	return chance_next(&chance);
}

static void run_record(struct course *course, int64_t number, int64_t first, int64_t end)
{
	struct writing writing;
	struct spooling spooling;
	struct listing listing;
	uint64_t seed = seed_of_record(course, number);

	writing_record(&writing, course, seed);
	spooling_record(&spooling, course, seed);
	listing_record(&listing, course, seed);
	for (course->round = first; course->round < end; course->round++, course->rounds++) {
		int64_t kind = course->round % KINDS;

		chance_seed_sodium(seed + (uint64_t)course->round);
		if (kind < WRITER_ROUNDS)
			writing_cut(&writing, course);
		else if (kind < WRITER_ROUNDS + RESTORE_ROUNDS)
			restoring_cut(&writing, course);
		else if (kind < WRITER_ROUNDS + RESTORE_ROUNDS + SPOOL_ROUNDS)
			spooling_cut(&spooling, course);
		else
			listing_cut(&listing, course);
	}
	writing_free(&writing);
	spooling_free(&spooling);
	listing_free(&listing);
}

void course_run(struct course *course, int64_t first, int64_t end)
{
	while (first < end) {
		int64_t number = first / ROUNDS_A_RECORD, next = (number + 1) * ROUNDS_A_RECORD;

		run_record(course, number, first, next < end ? next : end);
		first = next;
	}
}
