/* Ends a reader's question in time: while its snapshot is held, the log cannot begin anew and grows with every write. */
#include "workers/driver_sqlite.h"

#include <stdio.h>
#include <sys/stat.h>

#include "schema/clock.h"

/* Steps of SQLite's machine between two looks: well under a millisecond. */
enum { STEPS = 4096 };

/* The file's size, not what of it is in use: the writer cuts it when the log begins anew. It is not opened by us. */
static int64_t log_size(const struct driver *driver)
{
	const char *file = sqlite3_db_filename(driver->db, "main");
	struct stat about;

	return file && stat(sqlite3_filename_wal(file), &about) == 0 ? (int64_t)about.st_size : 0;
}

/* Other than 0 interrupts. */
static int look(void *context)
{
	const struct driver *driver = context;
	int64_t size;

	if (driver->meanwhile)
		driver->meanwhile(driver->context);
	if (atomic_load(&driver->interrupted))
		return 1;
	if (driver->patience_ms && clock_monotonic_ms() - driver->begun > driver->patience_ms)
		return 1;
	size = log_size(driver);
	return size > DRIVER_LOG_HELD_MAX && size > driver->log_size;
}

bool driver_watch_begin(struct driver *driver)
{
	if (atomic_load(&driver->interrupted)) {
		snprintf(driver->error, sizeof driver->error, "it was interrupted before it began");
		return false;
	}
	driver->begun = clock_monotonic_ms();
	driver->log_size = log_size(driver);
	sqlite3_progress_handler(driver->db, STEPS, look, driver);
	return true;
}

void driver_be_patient(struct driver *driver, int64_t ms)
{
	driver->patience_ms = ms;
}

void driver_interrupt(struct driver *driver)
{
	atomic_store(&driver->interrupted, true);
	sqlite3_interrupt(driver->db);
}
