/* Appends records to the file of what a door has seen, and reads them back up to the first that is torn. */
#include "clients/scanner/seen_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "clients/scanner/digest.h"
#include "schema/little.h"
#include "schema/whole_file.h"

static const char magic[] = "HUDURPS1";

/* LOG_MAX: appended so much, what is too old is left out. */
enum { MAGIC_SIZE = 8, RECORD_HEAD = 10, RECORD_MAX = 1024, LOG_MAX = 16 << 20 };

static void record_put(struct seen *seen, const struct change *change)
{
	struct change slim = *change;
	struct arena arena = {0};
	struct text bytes;
	char head[RECORD_HEAD];

	if (!seen->log)
		return;
	slim.badge = (struct text){0};
	if (!text_is(slim.op, "clear"))
		slim.room = (struct text){0};
	if (message_encode(&message_change, &slim, &arena, &bytes) == E_OK && bytes.size <= RECORD_MAX) {
		little_put(head, bytes.size, 2);
		little_put(head + 2, digest_of(bytes.at, bytes.size), 8);
		fwrite(head, 1, sizeof head, seen->log);
		fwrite(bytes.at, 1, bytes.size, seen->log);
		seen->logged += bytes.size;
	}
	arena_free(&arena);
}

/* One record; false at the end, or where it is torn. */
static bool record_read(FILE *file, struct arena *arena, struct change *change)
{
	char head[RECORD_HEAD], bytes[RECORD_MAX];
	size_t size;

	if (fread(head, 1, sizeof head, file) != sizeof head)
		return false;
	size = (size_t)little_get(head, 2);
	if (size > sizeof bytes || fread(bytes, 1, size, file) != size ||
	    little_get(head + 2, 8) != digest_of(bytes, size))
		return false;
	struct text copy = arena_text(arena, (struct text){bytes, (uint32_t)size});
	return copy.at && message_decode(&message_change, copy, arena, change, NULL) == E_OK;
}

/* Copies what is not too old, if there is a file for it, and applies it unless it is known already. */
static void records_read(struct seen *seen, FILE *file, FILE *fresh, bool known)
{
	struct arena arena = {0};
	struct change change;
	char mark[MAGIC_SIZE];
	FILE *log = seen->log;

	if (fread(mark, 1, sizeof mark, file) != sizeof mark || memcmp(mark, magic, sizeof mark) != 0)
		return;
	seen->log = fresh;
	while (record_read(file, &arena, &change)) {
		if (change.at >= seen->forget && (known || seen_replay(seen, &change) == E_OK))
			record_put(seen, &change);
		if (change.received != SEEN_OWN && change.ledger > seen->next)
			seen->next = change.ledger;
		arena_reset(&arena);
	}
	seen->log = log;
	arena_free(&arena);
}

static FILE *begun(const char *path)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");

	if (!file && descriptor >= 0)
		close(descriptor);
	if (file)
		fwrite(magic, 1, MAGIC_SIZE, file);
	return file;
}

static bool is_written(FILE *file)
{
	if (fflush(file) != 0)
		return false;
	if (ferror(file))
		errno = EIO;
	return !ferror(file);
}

/* The file beside takes the old one's place once the disk has it. */
static bool is_in_place(FILE *fresh, const char *beside, const char *path)
{
	return is_written(fresh) && fsync(fileno(fresh)) == 0 && rename(beside, path) == 0 &&
	       folder_sync_of(path) == 0;
}

/* NULL with errno; the old file then stays, and what is in it is known all the same. */
static FILE *written_anew(struct seen *seen, const char *path, bool known)
{
	char beside[4096];
	FILE *old = fopen(path, "rbe"), *fresh = NULL;
	int why = errno;

	if (!old && why != ENOENT)
		return NULL;
	if (snprintf(beside, sizeof beside, "%s.new", path) < (int)sizeof beside)
		fresh = begun(beside);
	else
		errno = ENAMETOOLONG;
	why = errno;
	if (old) {
		records_read(seen, old, fresh, known);
		fclose(old);
	}
	if (fresh && !is_in_place(fresh, beside, path)) {
		why = errno;
		fclose(fresh);
		unlink(beside); /* the disk may be full */
		fresh = NULL;
	}
	seen->logged = 0;
	errno = why;
	return fresh;
}

/* Said once, since there is no log from then on: what followed a record that is not whole could not be read. */
static void give_up(struct seen *seen)
{
	fprintf(stderr, "hudur-scan: who passes cannot be kept in %s (%s). The door goes on and every scan is safe in "
		"the spool, but started again without network it would not know who is inside. Make room on that disk, "
		"or give another file with --snapshot, and start the door again while the network is there.\n",
		seen->path, strerror(errno));
	if (seen->log)
		fclose(seen->log);
	seen->log = NULL;
}

bool seen_file_open(struct seen *seen, const char *path)
{
	seen->path = path;
	seen->log = written_anew(seen, path, false);
	if (!seen->log)
		give_up(seen);
	return seen->log != NULL;
}

static void write_anew(struct seen *seen, int64_t forget)
{
	fclose(seen->log);
	seen->forget = forget;
	seen->log = written_anew(seen, seen->path, true);
	if (!seen->log)
		give_up(seen);
}

void seen_file_append(struct seen *seen, const struct change *change)
{
	if (!seen->log)
		return;
	record_put(seen, change);
	if (!is_written(seen->log))
		give_up(seen);
	else if (seen->logged >= LOG_MAX)
		write_anew(seen, change->at - LATELY_MS);
}

void seen_file_own(struct seen *seen, const struct seen_passage *passage)
{
	struct change change;

	message_clear(&message_change, &change);
	change.ledger = passage->ledger == ABSENT ? SEEN_UNTOLD : passage->ledger;
	change.op = TEXT("scan");
	change.at = passage->at;
	change.received = SEEN_OWN;
	change.person = passage->person;
	change.session = text_of(passage->session);
	change.direction = passage->direction;
	change.number = passage->number;
	change.device = (struct text){(const char *)seen->device, sizeof seen->device};
	seen_file_append(seen, &change);
}

void seen_file_instance(struct seen *seen)
{
	struct change mark;

	if (!seen->log)
		return;
	message_clear(&message_change, &mark);
	mark.ledger = SEEN_UNTOLD;
	mark.op = TEXT(SEEN_INSTANCE);
	mark.at = TIME_MAX; /* never too old */
	mark.received = SEEN_OWN;
	mark.device = (struct text){seen->instance, sizeof seen->instance};
	record_put(seen, &mark);
	if (!is_written(seen->log) || fsync(fileno(seen->log)) != 0)
		give_up(seen);
}

void seen_file_clear(struct seen *seen)
{
	if (!seen->log)
		return;
	fclose(seen->log);
	seen->log = begun(seen->path);
	if (seen->log)
		seen_file_instance(seen);
	else
		give_up(seen);
}
