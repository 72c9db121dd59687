/* Sentences about a file: one that is verified, one that is restored. */
#include "workers/offline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workers/restore.h"

enum { TOLD_MAX = 100 };

static void tell(void *context, const char *sentence)
{
	int *told = context;

	if ((*told)++ < TOLD_MAX)
		printf("%s\n", sentence);
}

static void tell_end(const struct verdict *verdict)
{
	char stamp[32] = "";
	time_t seconds = (time_t)(verdict->received / 1000);
	struct tm utc;

	printf("%" PRId64 " %s, %" PRId64 " %s", verdict->ledger, verdict->ledger == 1 ? "entry" : "entries",
	       verdict->persons, verdict->persons == 1 ? "person" : "persons");
	if (verdict->received != ABSENT && gmtime_r(&seconds, &utc) &&
	    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc))
		printf(", the last received %s", stamp);
}

/* NULL, or why it is not one that can be looked into. */
static const char *file_problem(const char *file)
{
	struct stat about;

	if (stat(file, &about) != 0 || access(file, R_OK) != 0)
		return strerror(errno);
	if (S_ISDIR(about.st_mode))
		return "it is a folder; name an event's file in it, or a copy";
	return S_ISREG(about.st_mode) ? NULL : "it is no file";
}

int offline_verify(const char *file)
{
	struct verdict verdict;
	const char *problem = file_problem(file);
	int told = 0;
	enum error e;

	if (problem) {
		fprintf(stderr, "hudur-worker: %s cannot be read: %s.\n", file, problem);
		return EXIT_FAILURE;
	}
	e = verify_file(file, tell, &told, &verdict);
	if (e) {
		fprintf(stderr, "hudur-worker: %s could not be verified: %s\n", file, error_sentence(e));
		return EXIT_FAILURE;
	}
	printf("%s: event %s, ", file, *verdict.event ? verdict.event : "unknown");
	tell_end(&verdict);
	if (verdict.differences)
		printf("; NOT WHOLE: %" PRId64 " %s\n", verdict.differences,
		       verdict.differences == 1 ? "thing differs" : "things differ");
	else
		puts("; all is well");
	return verdict.differences ? EXIT_FAILURE : EXIT_SUCCESS;
}

int offline_restore(const char *file, const char *folder, bool replace, int64_t now)
{
	const char *problem = file_problem(file);
	struct restored restored;
	char why[RESTORE_WHY_MAX];
	int told = 0;

	if (problem) {
		fprintf(stderr, "hudur-worker: %s cannot be read: %s. Nothing was restored.\n", file, problem);
		return EXIT_FAILURE;
	}
	if (restore_file(file, folder, replace, now, tell, &told, &restored, why)) {
		fprintf(stderr, "hudur-worker: %s. Nothing was restored.\n", why);
		return EXIT_FAILURE;
	}
	printf("event %s is restored into %s: ", restored.verdict.event, folder);
	tell_end(&restored.verdict);
	puts("");
	if (*restored.kept)
		printf("what was there is kept as %s\n", restored.kept);
	puts("what was acknowledged after that entry is not in it; start the worker to serve it");
	return EXIT_SUCCESS;
}
