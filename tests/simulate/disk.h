/* Files on a machine's disk: what the kernel shows, and what is left of it when the power goes. */
#ifndef HUDUR_TESTS_SIMULATE_DISK_H
#define HUDUR_TESTS_SIMULATE_DISK_H

#include "tests/simulate/world.h"

enum { FILES_MAX = 24, SECTOR = 512, PATH_LENGTH = 64 };

/* A path is /MACHINE/NAME. */
struct file {
	char path[PATH_LENGTH];
	bool used, linked; /* linked: its name is on the disk for good */
	char *bytes, *kept; /* as shown, and as synced; of `room` bytes */
	char *dirty;        /* of each sector: written since */
	size_t size, kept_size, room;
	size_t dirty_low, dirty_high; /* sectors */
	unsigned syncs_failed;
	struct process *locked;       /* by flock */
	unsigned users;               /* SQLite's connections */
	char *shared[8];              /* -shm, 32 KiB each, while there are users */
	int shared_holders[8], writer; /* of SHM locks: readers, -1 one writer */
	int lock_shared, lock_level;  /* of the file's own lock */
};

/* NULL: there is none. */
struct file *disk_find(const char *path);
struct file *disk_make(const char *path);
void disk_remove(struct file *file);
/* The next one of a folder /MACHINE after `after` (NULL: the first). */
struct file *disk_next(const char *folder, struct file *after);

/* Puts bytes there that are synced. */
void disk_put(const char *path, const void *bytes, size_t size);

void disk_write(struct file *file, const void *bytes, size_t size, size_t at);
void disk_truncate(struct file *file, size_t size);
/* What was written is kept from now on, and the names in its folder are. */
void disk_sync(struct file *file);
/* The names in a folder /MACHINE are kept. */
void disk_sync_folder(const char *folder);
/* A failed sync: it will never be kept, though the kernel shows it and has nothing left to write. */
void disk_forget(struct file *file);

/* Unsynced sectors are old or new, each by itself. */
void disk_crash(const struct machine *machine);
/* Releases the locks of a process that has ended. */
void disk_end(struct process *process);
void disk_clear(void);

/* What goes wrong now and then: each is the machine's chance in so many calls, 0 never. */
struct disk_faults {
	uint64_t sync_fails, is_full;
	bool sync_lies; /* a mutant's: says of a log that it is synced */
};
extern struct disk_faults disk_faults[MACHINES_MAX];
struct machine *disk_machine(const char *path);

/* SQLite's files are these from now on. */
void vfs_install(void);

#endif
