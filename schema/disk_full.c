/* SQLite tells a full disk by SQLITE_FULL when it writes to one, and elsewhere only by what the system said. */
#include "schema/disk_full.h"

#include <errno.h>
#include <sqlite3.h>

/* Of a commit SQLite keeps the cause with the file that it wrote: its log, or where it has none its journal. */
static int cause_of(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	int cause = sqlite3_system_errno(db);

	if (sqlite3_extended_errcode(db) == SQLITE_IOERR_WRITE &&
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&file) == SQLITE_OK && file &&
	    file->pMethods)
		file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &cause);
	return cause;
}

bool disk_full_says(sqlite3 *db)
{
	int code = sqlite3_extended_errcode(db) & 0xff, cause;

	if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN)
		return code == SQLITE_FULL;
	cause = cause_of(db);
	return cause == ENOSPC || cause == EDQUOT;
}
