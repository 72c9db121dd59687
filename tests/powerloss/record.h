/* What happened to the files of a folder, in order: enough to make the folder as a loss of power could have left it. */
#ifndef HUDUR_TESTS_POWERLOSS_RECORD_H
#define HUDUR_TESTS_POWERLOSS_RECORD_H

#include <stdint.h>

#include "schema/arena.h"

enum deed {
	DEED_LINK,        /* a name for a file, new or old */
	DEED_UNLINK,
	DEED_RENAME,
	DEED_WRITE,
	DEED_RESIZE,      /* to `at` bytes */
	DEED_SYNC,        /* a file's bytes and size */
	DEED_FOLDER_SYNC, /* names in it */
	DEED_MARK,        /* something that the one who drives the load wants to find again */
};

/* Names are within the folder; "" is the folder itself. */
struct entry {
	enum deed what;
	uint32_t file; /* RECORD_FOLDER: a name of a folder; a mark's kind */
	int64_t at;    /* a mark's number */
	struct text bytes;
	const char *name, *to;
};

#define RECORD_NONE UINT32_MAX
#define RECORD_FOLDER (UINT32_MAX - 1)
enum { RECORD_NAMES = 32 };

/* Zero-initialise. */
struct record {
	struct arena arena; /* of names and bytes */
	struct entry *entries;
	uint32_t count, room, files;
	struct {
		const char *name;
		uint32_t file;
	} names[RECORD_NAMES]; /* as they stand now */
	uint32_t name_count;
};

/* RECORD_NONE when there is none. */
uint32_t record_file(const struct record *record, const char *name);

/* A new file or folder under this name; returns which. */
uint32_t record_link(struct record *record, const char *name, bool folder);
/* One more name for the file of that name. */
void record_name(struct record *record, const char *name, const char *to);
void record_unlink(struct record *record, const char *name);
void record_rename(struct record *record, const char *name, const char *to);
void record_write(struct record *record, uint32_t file, int64_t at, struct text bytes);
void record_resize(struct record *record, uint32_t file, int64_t size);
void record_sync(struct record *record, uint32_t file);
void record_folder_sync(struct record *record, const char *name);
void record_mark(struct record *record, uint32_t kind, int64_t number);

void record_free(struct record *record);

#endif
