/* One connection to one SQLite file in WAL mode, guarded by a lock file of its own. */
#include "clients/lib/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/lib/ids.h"
#include "clients/lib/skew.h"
#include "schema/disk_full.h"
#include "schema/whole_file.h"

enum { SPOOL_VERSION = 1, PATH_SHOWN = 160 };

/* Pages of 4 KiB in SQLite's log before they are moved into the file. */
enum { LOG_PAGES_MAX = 1000 };

static const char schema[] =
	"CREATE TABLE device (device BLOB NOT NULL, offset INTEGER) STRICT;"
	"CREATE TABLE numbers (event TEXT PRIMARY KEY, last INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE queue (n INTEGER PRIMARY KEY, id BLOB NOT NULL, service TEXT NOT NULL,"
	" map BLOB NOT NULL) STRICT;"
	"CREATE TABLE rejected (n INTEGER PRIMARY KEY, id BLOB NOT NULL, service TEXT NOT NULL,"
	" map BLOB NOT NULL, reply BLOB NOT NULL, rejected_at INTEGER NOT NULL) STRICT;";

/* clang-format off */
enum statement { BEGIN, COMMIT, ROLLBACK, NUMBER, KEEP, ANSWERED, REJECT, MEASURED, EACH, HEARD, KNOWN,
		 WAIT, DATING, DATE, STATEMENTS };
/* clang-format on */

static const char *const sql[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[NUMBER] = ("INSERT INTO numbers (event, last) VALUES (:event, 1)"
		    " ON CONFLICT (event) DO UPDATE SET last = last + 1 RETURNING last"),
	[KEEP] = "INSERT INTO queue (id, service, map) VALUES (:id, :service, :map)",
	[ANSWERED] = "DELETE FROM queue WHERE n = :n",
	[REJECT] = ("INSERT INTO rejected (id, service, map, reply, rejected_at)"
		    " SELECT id, service, map, :reply, :now FROM queue WHERE n = :n"),
	[MEASURED] = "UPDATE device SET offset = :offset",
	[EACH] = "SELECT n, id, service, map FROM queue ORDER BY n",
	[HEARD] = "INSERT INTO known (event) VALUES (:event) ON CONFLICT DO NOTHING",
	[KNOWN] = "SELECT 1 FROM known WHERE event = :event",
	[WAIT] = "INSERT INTO undated (n) VALUES (last_insert_rowid())",
	[DATING] = "SELECT offset FROM undated WHERE n = :n",
	[DATE] = "UPDATE undated SET offset = :offset WHERE offset IS NULL",
};

struct spool {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	char *path; /* NULL: in memory */
	int lock;
	bool wal, synced;
	bool broken; /* a sync failed: what the file holds is not known until it is opened again */
	uint8_t device[ID_SIZE];
	bool measured;
	int64_t offset;
};

/* ---- what goes wrong ---- */

static const char *shown(const struct spool *spool)
{
	return spool->path ? spool->path : "(in memory)";
}

static bool complain(struct complaint *complaint, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool complain(struct complaint *complaint, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(complaint->sentence, sizeof complaint->sentence, format, list);
	va_end(list);
	return false;
}

bool spool_cannot_use(const char *path, const char *why, struct complaint *complaint)
{
	return complain(
		complaint,
		"The spool %.*s cannot be used: %s; name another file or set its permissions.",
		PATH_SHOWN, path, why);
}

/*
 * A failed sync may have lost the page for good, so no later success can be believed, and the log
 * is not touched any more.
 */
static void distrust(struct spool *spool, int code)
{
	if (code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC)
		return;
	spool->broken = true;
	sqlite3_db_config(spool->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
}

static bool failed(struct spool *spool, struct complaint *complaint)
{
	distrust(spool, sqlite3_extended_errcode(spool->db));
	if (disk_full_says(spool->db))
		return complain(complaint,
				"The disk is full: nothing was kept in the spool %.*s; make room "
				"and try again.",
				PATH_SHOWN, shown(spool));
	return complain(complaint,
			"Nothing was kept in the spool %.*s: %.60s; check the disk and try again.",
			PATH_SHOWN, shown(spool), sqlite3_errmsg(spool->db));
}

static bool opening_failed(struct spool *spool, struct complaint *complaint)
{
	if (disk_full_says(spool->db))
		return failed(spool, complaint);
	return spool_cannot_use(shown(spool), sqlite3_errmsg(spool->db), complaint);
}

/* ---- statements ---- */

static void bind_text(sqlite3_stmt *statement, const char *name, struct text text)
{
	sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, name), text.at,
			  (int)text.size, SQLITE_STATIC);
}

static void bind_bytes(sqlite3_stmt *statement, const char *name, struct text bytes)
{
	sqlite3_bind_blob(statement, sqlite3_bind_parameter_index(statement, name), bytes.at,
			  (int)bytes.size, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *statement, const char *name, int64_t number)
{
	sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, name), number);
}

/* Runs a statement that gives no rows. */
static bool run(struct spool *spool, enum statement which)
{
	int code = sqlite3_step(spool->statements[which]);

	sqlite3_reset(spool->statements[which]);
	return code == SQLITE_DONE;
}

static bool execute(struct spool *spool, const char *text)
{
	return sqlite3_exec(spool->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

/* One number of a PRAGMA. */
static bool ask_number(sqlite3 *db, const char *text, int64_t *number)
{
	sqlite3_stmt *statement;
	bool good;

	if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
		return false;
	good = sqlite3_step(statement) == SQLITE_ROW;
	if (good)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return good;
}

/*
 * In WAL mode a commit that is not synced can be lost but damages nothing; elsewhere every commit
 * is synced.
 */
static void sync_commits(struct spool *spool, bool wanted)
{
	if (!spool->wal || wanted == spool->synced)
		return;
	if (execute(spool, wanted ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"))
		spool->synced = wanted;
}

/* ---- opening ---- */

/* The file is made here once, so that nobody else can read the names in it. */
static bool make_private(const char *path, struct complaint *complaint)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST || spool_cannot_use(path, strerror(errno), complaint);
	close(fd);
	return true;
}

static bool lock_path(struct spool *spool, struct complaint *complaint)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s.lock", spool->path) >= sizeof name)
		return spool_cannot_use(spool->path, strerror(ENAMETOOLONG), complaint);
	spool->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (spool->lock < 0)
		return spool_cannot_use(spool->path, strerror(errno), complaint);
	if (flock(spool->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return spool_cannot_use(spool->path, strerror(errno), complaint);
	return complain(complaint,
			"Another process is using the spool %.*s; end it or name another file.",
			PATH_SHOWN, spool->path);
}

/* SQLite does the same when it has made the log, but keeps a failure to itself. */
static bool sync_name(const char *path, struct complaint *complaint)
{
	return folder_sync_of(path) == 0 || spool_cannot_use(path, strerror(errno), complaint);
}

/* SQLite's own hook does the same, but keeps a failed sync to itself. What was committed stays so. */
static int move_log(void *context, sqlite3 *db, const char *name, int pages)
{
	struct spool *spool = context;

	if (pages >= LOG_PAGES_MAX)
		distrust(spool, sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL));
	return SQLITE_OK;
}

static bool open_database(struct spool *spool, struct complaint *complaint)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(spool->path ? spool->path : ":memory:", &spool->db, flags, NULL) ==
		    SQLITE_OK &&
	    execute(spool,
		    "PRAGMA mmap_size=0; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL")) {
		spool->synced = true;
		sqlite3_extended_result_codes(spool->db, 1);
		sqlite3_wal_hook(spool->db, move_log, spool);
		if (sqlite3_db_readonly(spool->db, "main") == 0)
			return true;
		return spool_cannot_use(shown(spool), "it cannot be written", complaint);
	}
	return opening_failed(spool, complaint);
}

static bool make_tables(struct spool *spool, struct complaint *complaint)
{
	char text[200], hex[2 * ID_SIZE + 1];

	device_id_make(spool->device);
	for (int i = 0; i < ID_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", spool->device[i]);
	snprintf(text, sizeof text,
		 "INSERT INTO device (device) VALUES (x'%s');"
		 "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
		 hex, SPOOL_APPLICATION, SPOOL_VERSION);
	if (execute(spool, "BEGIN IMMEDIATE") && execute(spool, schema) && execute(spool, text))
		return true;
	opening_failed(spool, complaint); /* before SQLite has the next thing to say */
	execute(spool, "ROLLBACK");
	return false;
}

static bool check_version(struct spool *spool, struct complaint *complaint)
{
	int64_t version, application, tables;

	if (!ask_number(spool->db, "PRAGMA user_version", &version) ||
	    !ask_number(spool->db, "PRAGMA application_id", &application) ||
	    !ask_number(spool->db, "SELECT count(*) FROM sqlite_schema", &tables))
		return opening_failed(spool, complaint);
	if (version == 0 && application == 0 && tables == 0)
		return make_tables(spool, complaint);
	if (application != SPOOL_APPLICATION)
		return spool_cannot_use(shown(spool), "it is not a spool", complaint);
	if (version != SPOOL_VERSION)
		return complain(
			complaint,
			"The spool %.*s is of version %lld and this program knows version %d; "
			"use a newer program or name another file.",
			PATH_SHOWN, shown(spool), (long long)version, SPOOL_VERSION);
	return true;
}

/* Somebody else may have written into the file. */
static bool read_offset(sqlite3_stmt *statement, int column, int64_t *offset)
{
	*offset = sqlite3_column_int64(statement, column);
	return sqlite3_column_type(statement, column) == SQLITE_INTEGER && *offset <= SKEW_FAR && *offset >= -SKEW_FAR;
}

static bool read_device(struct spool *spool)
{
	sqlite3_stmt *statement;
	bool good = false;

	if (sqlite3_prepare_v2(spool->db, "SELECT device, offset FROM device", -1, &statement, NULL) != SQLITE_OK)
		return false;
	if (sqlite3_step(statement) == SQLITE_ROW &&
	    sqlite3_column_bytes(statement, 0) == ID_SIZE) {
		memcpy(spool->device, sqlite3_column_blob(statement, 0), ID_SIZE);
		spool->measured = read_offset(statement, 1, &spool->offset);
		good = true;
	}
	sqlite3_finalize(statement);
	return good;
}

static bool is_wal(struct spool *spool)
{
	sqlite3_stmt *statement;
	bool wal = false;

	if (sqlite3_prepare_v2(spool->db, "PRAGMA journal_mode", -1, &statement, NULL) != SQLITE_OK)
		return false;
	if (sqlite3_step(statement) == SQLITE_ROW)
		wal = strcmp((const char *)sqlite3_column_text(statement, 0), "wal") == 0;
	sqlite3_finalize(statement);
	return wal;
}

/*
 * A process that was killed between writing and syncing left a request that can be read and may still be lost with the
 * power, with its number: nothing is sent before it is on the disk. Moving the log begins with syncing it; what follows
 * may find no room.
 */
static bool settle_log(struct spool *spool, struct complaint *complaint)
{
	return !spool->wal || execute(spool, "PRAGMA wal_checkpoint") ||
	       (sqlite3_errcode(spool->db) & 0xff) == SQLITE_FULL || opening_failed(spool, complaint);
}

static bool prepare(struct spool *spool, struct complaint *complaint)
{
	if (!execute(spool, "CREATE TABLE IF NOT EXISTS known (event TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
			    "CREATE TABLE IF NOT EXISTS undated (n INTEGER PRIMARY KEY, offset INTEGER) STRICT;"
			    "CREATE TRIGGER IF NOT EXISTS answered AFTER DELETE ON queue"
			    " BEGIN DELETE FROM undated WHERE n = old.n; END"))
		return opening_failed(spool, complaint);
	for (int s = 0; s < STATEMENTS; s++)
		if (sqlite3_prepare_v3(spool->db, sql[s], -1, SQLITE_PREPARE_PERSISTENT,
				       &spool->statements[s], NULL) != SQLITE_OK)
			return opening_failed(spool, complaint);
	return true;
}

bool spool_open(const char *path, struct spool **out, struct complaint *complaint)
{
	struct spool *spool = calloc(1, sizeof *spool);

	*out = NULL;
	if (spool)
		spool->lock = -1;
	if (!spool || (path && !(spool->path = strdup(path)))) {
		free(spool);
		return complain(complaint, "Memory is short; try again.");
	}
	if ((path && !(lock_path(spool, complaint) && make_private(path, complaint))) ||
	    !open_database(spool, complaint) || !check_version(spool, complaint) ||
	    (path && !sync_name(path, complaint)))
		goto fail;
	spool->wal = is_wal(spool);
	if (!settle_log(spool, complaint) || !prepare(spool, complaint))
		goto fail;
	if (!read_device(spool)) {
		spool_cannot_use(shown(spool), "it is damaged", complaint);
		goto fail;
	}
	*out = spool;
	return true;
fail:
	spool_close(spool);
	return false;
}

void spool_close(struct spool *spool)
{
	if (!spool)
		return;
	for (int s = 0; s < STATEMENTS; s++)
		sqlite3_finalize(spool->statements[s]);
	sqlite3_close(spool->db);
	if (spool->lock >= 0)
		close(spool->lock); /* last: until now the file was ours */
	free(spool->path);
	free(spool);
}

/* ---- in use ---- */

const uint8_t *spool_device(const struct spool *spool)
{
	return spool->device;
}

bool spool_offset(const struct spool *spool, int64_t *offset)
{
	*offset = spool->offset;
	return spool->measured;
}

/* Of a spool that a sync failed of, what it holds is told by opening it anew. */
static bool is_sound(const struct spool *spool, struct complaint *complaint)
{
	return !spool->broken ||
	       complain(complaint,
			"The disk failed to keep the spool %.*s; start again, so that what it holds is sent, and then use "
			"another disk.",
			PATH_SHOWN, shown(spool));
}

void spool_measured(struct spool *spool, int64_t offset)
{
	sync_commits(spool, false);
	bind_number(spool->statements[MEASURED], ":offset", offset);
	if (!run(spool, MEASURED))
		failed(spool, &(struct complaint){""}); /* a new log is synced even so, and what follows lies behind it */
	spool->measured = true;
	spool->offset = offset;
}

enum dating spool_dating(struct spool *spool, int64_t n, int64_t *offset)
{
	sqlite3_stmt *statement = spool->statements[DATING];
	enum dating dating = DATING_DONE;

	bind_number(statement, ":n", n);
	if (sqlite3_step(statement) == SQLITE_ROW)
		dating = read_offset(statement, 0, offset) ? DATING_KNOWN : DATING_WAITS;
	sqlite3_reset(statement);
	return dating;
}

bool spool_date(struct spool *spool, int64_t offset, struct complaint *complaint)
{
	if (!is_sound(spool, complaint))
		return false;
	sync_commits(spool, true);
	bind_number(spool->statements[DATE], ":offset", offset);
	return run(spool, DATE) || failed(spool, complaint);
}

bool spool_number(struct spool *spool, struct text event, int64_t *seq, struct complaint *complaint)
{
	sqlite3_stmt *statement = spool->statements[NUMBER];
	bool good;

	if (!is_sound(spool, complaint))
		return false;
	sync_commits(spool, true);
	if (!run(spool, BEGIN))
		return failed(spool, complaint);
	bind_text(statement, ":event", event);
	good = sqlite3_step(statement) == SQLITE_ROW;
	*seq = sqlite3_column_int64(statement, 0);
	if (!good)
		failed(spool, complaint);
	sqlite3_reset(statement);
	if (!good)
		spool_abandon(spool);
	return good;
}

bool spool_keep(struct spool *spool, const uint8_t *id, struct text service, struct text map, bool dated,
		int64_t *n, struct complaint *complaint)
{
	sqlite3_stmt *statement = spool->statements[KEEP];

	bind_bytes(statement, ":id", (struct text){(const char *)id, ID_SIZE});
	bind_text(statement, ":service", service);
	bind_bytes(statement, ":map", map);
	if (run(spool, KEEP) && (dated || run(spool, WAIT)) && run(spool, COMMIT)) {
		*n = sqlite3_last_insert_rowid(spool->db);
		return true;
	}
	failed(spool, complaint);
	spool_abandon(spool);
	return false;
}

/* SQLite has rolled back by itself after some errors. */
void spool_abandon(struct spool *spool)
{
	if (!sqlite3_get_autocommit(spool->db))
		run(spool, ROLLBACK);
}

bool spool_answered(struct spool *spool, int64_t n, struct complaint *complaint)
{
	sync_commits(spool, false);
	bind_number(spool->statements[ANSWERED], ":n", n);
	return run(spool, ANSWERED) || failed(spool, complaint);
}

void spool_heard_of(struct spool *spool, struct text event)
{
	struct complaint untold = {""};

	if (spool_has_heard_of(spool, event))
		return;
	sync_commits(spool, false);
	bind_text(spool->statements[HEARD], ":event", event);
	if (!run(spool, HEARD))
		failed(spool, &untold); /* as in spool_measured */
}

bool spool_has_heard_of(struct spool *spool, struct text event)
{
	sqlite3_stmt *statement = spool->statements[KNOWN];
	bool known;

	bind_text(statement, ":event", event);
	known = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_reset(statement);
	return known;
}

bool spool_rejected(struct spool *spool, int64_t n, struct text reply, int64_t now,
		    struct complaint *complaint)
{
	sqlite3_stmt *statement = spool->statements[REJECT];

	sync_commits(spool, true);
	bind_number(statement, ":n", n);
	bind_bytes(statement, ":reply", reply);
	bind_number(statement, ":now", now);
	bind_number(spool->statements[ANSWERED], ":n", n);
	if (run(spool, BEGIN) && run(spool, REJECT) && run(spool, ANSWERED) && run(spool, COMMIT))
		return true;
	failed(spool, complaint);
	spool_abandon(spool);
	return false;
}

static struct text bytes_of(sqlite3_stmt *statement, int column)
{
	const char *at = sqlite3_column_blob(statement, column);

	return (struct text){at, (uint32_t)sqlite3_column_bytes(statement, column)};
}

bool spool_each(struct spool *spool, spool_visit *visit, void *context, struct complaint *complaint)
{
	sqlite3_stmt *statement = spool->statements[EACH];
	int code;

	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct text id = bytes_of(statement, 1);
		struct text service = bytes_of(statement, 2), map = bytes_of(statement, 3);

		if (id.size != ID_SIZE || !service.at || !map.at)
			continue;
		if (!visit(context, sqlite3_column_int64(statement, 0), (const uint8_t *)id.at,
			   service, map))
			break;
	}
	sqlite3_reset(statement);
	if (code == SQLITE_DONE)
		return true;
	return spool_cannot_use(shown(spool),
			  code == SQLITE_ROW ? "memory is short" : sqlite3_errmsg(spool->db),
			  complaint);
}
