/* A thread, one file, and what was found. */
#include "workers/inspection.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/rename_new.h"
#include "schema/utf8.h"
#include "workers/driver.h"

struct inspection {
	pthread_t thread;
	pthread_mutex_t lock; /* of store, over and interrupted; the rest is the thread's until it is over */
	struct driver *store;
	bool over, interrupted, sync_failed;
	enum error error;
	char path[EVENT_PATH_MAX], name[EVENT_PATH_MAX], why[FINDING_SIZE];
	struct verdict verdict;
	struct finding findings[FINDINGS_MAX];
	uint32_t count;
};

/* A damaged file's words may be any bytes. */
static void keep(void *context, const char *sentence)
{
	struct inspection *inspection = context;
	char *kept;

	if (inspection->count == FINDINGS_MAX)
		return;
	kept = inspection->findings[inspection->count++].sentence;
	snprintf(kept, FINDING_SIZE, "%s", *sentence ? sentence : "?");
	if (utf8_check(text_of(kept)) != UTF8_CLEAN)
		for (char *c = kept; *c; c++)
			if (*c < ' ' || *c > '~')
				*c = '?';
}

static enum error fail(struct inspection *inspection, enum error e, const char *what)
{
	snprintf(inspection->why, sizeof inspection->why, "%s: %s", what, error_sentence(e));
	return e;
}

bool inspection_sync(const char *path, bool *failed)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool synced = file >= 0 && fsync(file) == 0;

	*failed |= file >= 0 && !synced;
	if (file >= 0)
		close(file);
	return synced;
}

/*
 * All of a copy at once would keep the writer's own syncs waiting behind it. What fails here is told only once, so that
 * a sync that follows would find nothing wrong.
 */
static bool write_by_pieces(const char *path, bool *failed)
{
	enum { PIECE = 1 << 20, ALL = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER };
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool written = file >= 0;
	struct stat about;

	if (written && fstat(file, &about) == 0)
		for (off_t at = 0; written && at < about.st_size; at += PIECE)
			written = sync_file_range(file, at, PIECE, ALL) == 0;
	*failed |= file >= 0 && !written;
	if (file >= 0)
		close(file);
	return written;
}

static enum error sync_name(struct inspection *inspection, const char *path)
{
	return inspection_sync(path, &inspection->sync_failed) ? E_OK
		: fail(inspection, E_STORAGE, "the folder of the copy could not be synced to the disk");
}

/* What is read below is then what the disk was given. */
static enum error seal(struct inspection *inspection)
{
	bool *failed = &inspection->sync_failed;
	enum error e;

	if (!write_by_pieces(inspection->path, failed))
		return fail(inspection, E_STORAGE, "the copy could not be written to the disk");
	e = driver_seal(inspection->path, failed);
	if (e)
		return fail(inspection, e, "the copy could not be finished");
	return inspection_sync(inspection->path, failed) ? E_OK
		: fail(inspection, E_STORAGE, "the copy could not be synced to the disk");
}

/* False when the end has come before the beginning. */
static bool lend(struct inspection *inspection, struct driver *store)
{
	bool goes_on;

	pthread_mutex_lock(&inspection->lock);
	goes_on = !inspection->interrupted;
	inspection->store = goes_on ? store : NULL;
	pthread_mutex_unlock(&inspection->lock);
	return goes_on;
}

static enum error look_through(struct inspection *inspection)
{
	struct driver *store = NULL;
	enum error e = driver_open(inspection->path, DRIVER_READ, &store);
	bool given_up = !e && !lend(inspection, store);

	if (given_up)
		e = fail(inspection, E_GIVEN_UP, "it was ended before it began");
	else if (!e)
		e = verify_store(store, keep, inspection, &inspection->verdict);
	if (e && !given_up)
		fail(inspection, e, store ? driver_error(store) : "the file could not be opened");
	pthread_mutex_lock(&inspection->lock);
	inspection->store = NULL;
	pthread_mutex_unlock(&inspection->lock);
	driver_free(store);
	return e;
}

/* Of a path that is within the folder. */
static void folder_of(const char *path, char folder[EVENT_PATH_MAX])
{
	char *slash;

	snprintf(folder, EVENT_PATH_MAX, "%s", path);
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	else
		snprintf(folder, EVENT_PATH_MAX, ".");
}

/* The folder for copies lasts before a copy has its name in it; a name that may not last is taken back. */
static enum error give_name(struct inspection *inspection)
{
	char folder[EVENT_PATH_MAX], outer[EVENT_PATH_MAX];
	enum error e;

	if (inspection->verdict.differences) {
		snprintf(inspection->why, sizeof inspection->why, "the copy is not whole: %.400s",
			 inspection->count ? inspection->findings[0].sentence : "");
		return E_BAD_DATA;
	}
	folder_of(inspection->name, folder);
	folder_of(folder, outer);
	if ((e = sync_name(inspection, outer)))
		return e;
	if (!rename_new(inspection->path, inspection->name)) {
		snprintf(inspection->why, sizeof inspection->why, "the copy could not be named %.300s: %.100s",
			 inspection->name, strerror(errno));
		return E_STORAGE;
	}
	if ((e = sync_name(inspection, folder)))
		unlink(inspection->name);
	return e;
}

static void *inspect(void *context)
{
	struct inspection *inspection = context;
	bool copy = *inspection->name;
	enum error e;

	setpriority(PRIO_PROCESS, (id_t)gettid(), 10); /* Linux's nice value is a thread's own */
	e = copy ? seal(inspection) : E_OK;
	if (!e)
		e = look_through(inspection);
	if (!e && copy)
		e = give_name(inspection);
	if (e && copy)
		unlink(inspection->path);
	pthread_mutex_lock(&inspection->lock);
	inspection->error = e;
	inspection->over = true;
	pthread_mutex_unlock(&inspection->lock);
	return NULL;
}

struct inspection *inspection_begin(const char *path, const char *name)
{
	struct inspection *inspection = calloc(1, sizeof *inspection);

	if (!inspection)
		return NULL;
	snprintf(inspection->path, sizeof inspection->path, "%s", path);
	snprintf(inspection->name, sizeof inspection->name, "%s", name ? name : "");
	if (pthread_mutex_init(&inspection->lock, NULL) == 0) {
		if (pthread_create(&inspection->thread, NULL, inspect, inspection) == 0)
			return inspection;
		pthread_mutex_destroy(&inspection->lock);
	}
	free(inspection);
	return NULL;
}

bool inspection_is_over(struct inspection *inspection)
{
	bool over;

	pthread_mutex_lock(&inspection->lock);
	over = inspection->over;
	pthread_mutex_unlock(&inspection->lock);
	return over;
}

enum error inspection_result(const struct inspection *inspection, const struct verdict **verdict, const char **why)
{
	*verdict = &inspection->verdict;
	*why = inspection->why;
	return inspection->error;
}

bool inspection_sync_failed(const struct inspection *inspection)
{
	return inspection->sync_failed;
}

uint32_t inspection_findings(const struct inspection *inspection, const struct finding **findings)
{
	*findings = inspection->findings;
	return inspection->count;
}

void inspection_interrupt(struct inspection *inspection)
{
	pthread_mutex_lock(&inspection->lock);
	inspection->interrupted = true;
	if (inspection->store)
		driver_interrupt(inspection->store);
	pthread_mutex_unlock(&inspection->lock);
}

void inspection_free(struct inspection *inspection)
{
	if (!inspection)
		return;
	inspection_interrupt(inspection);
	pthread_join(inspection->thread, NULL);
	pthread_mutex_destroy(&inspection->lock);
	free(inspection);
}
