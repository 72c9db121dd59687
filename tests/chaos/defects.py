"""One defect a build: where it is, what it does to the text, and which tests must notice."""

import collections

# `edits` are (file, the text as it stands there once, what stands there instead). `test` is the cheapest that notices, as
# (T, CASE) of `make test`. `chaos`: whether kills and stops show it; a kill loses nothing that the kernel was given, so
# what is not synced only a loss of power shows: that is what `powerloss` says.
Defect = collections.namedtuple("Defect", "name edits test chaos powerloss", defaults=(True, False))

ACKNOWLEDGED_FIRST = Defect("acknowledge before commit", [
    ("workers/driver.h", "enum error driver_commit(struct driver *driver);",
     "enum error driver_commit(struct driver *driver);\nenum error driver_finish(struct driver *driver);"),
    ("workers/driver_sqlite.c", 'enum error driver_commit(struct driver *driver)\n{\n\tenum error e = execute_prepared(driver, "COMMIT", &driver->commit);\n',
     "enum error driver_finish(struct driver *driver)\n{\n"
     '\treturn sqlite3_get_autocommit(driver->db) ? E_OK : execute(driver, "COMMIT");\n}\n\n'
     "enum error driver_commit(struct driver *driver)\n{\n\tenum error e = E_OK;\n"),
    ("workers/driver_sqlite.c", "enum error driver_begin(struct driver *driver)\n{\n",
     "enum error driver_begin(struct driver *driver)\n{\n\tdriver_finish(driver);\n"),
    ("workers/driver_sqlite.c", "\tif (driver->sync_failed)\n\t\treturn E_STORAGE;\n\tcode = sqlite3_wal_checkpoint_v2",
     "\tif (driver->sync_failed)\n\t\treturn E_STORAGE;\n\tdriver_finish(driver);\n\tcode = sqlite3_wal_checkpoint_v2"),
    # after the replies were handed over
    ("workers/writer.c", "bool writer_tidy(struct writer *writer)\n{\n",
     "bool writer_tidy(struct writer *writer)\n{\n"
     "\tfor (const struct folder_event *f = writer->folder.events; f; f = f->next)\n"
     "\t\tdriver_finish(f->event->store);\n"),
], ("workers/dedupe", "full_disk_gives_busy_and_work_goes_on_when_there_is_room"))

SYNC_OFF = ("workers/driver_sqlite.c", "PRAGMA synchronous = FULL;", "PRAGMA synchronous = OFF;")

DEFECTS = [
    ACKNOWLEDGED_FIRST,
    Defect("synchronous=OFF, checked at open", [SYNC_OFF], ("workers/driver", "a_new_file_is_made_and_opened_again"), True),
    Defect("synchronous=OFF", [
        SYNC_OFF, ("workers/driver_sqlite.c", 'if (synchronous != 2)',
                   'if (synchronous != 0)'),
    ], ("workers/writer", "a_failed_sync_is_final"), False, True),
    Defect("no dedupe", [
        ("workers/batch.c", "\tif (idset_may_have(&batch->event->ids, in->id))\n",
         "\tif (false && idset_may_have(&batch->event->ids, in->id))\n"),
        ("schema/sql/sqlite/001_event.sql", "CREATE UNIQUE INDEX ledger_id", "CREATE INDEX ledger_id"),
    ], ("workers/dedupe", "retry_after_success_gives_the_stored_answer")),
    Defect("counter outside the transaction", [
        ("workers/batch.c", "\tif (!e)\n\t\te = projection_write(&batch->projection, store);\n"
         "\treturn e ? e : write_devices(batch);\n", "\treturn e;\n"),
        ("workers/batch.c", "\tif (!(e = write_all(batch)))\n\t\treturn driver_commit(store);\n",
         "\tif (!(e = write_all(batch)) && (e = driver_commit(store)))\n\t\treturn e;\n"
         "\tif (!e)\n\t\te = projection_write(&batch->projection, store);\n"
         "\tif (!e)\n\t\treturn write_devices(batch);\n"),
    ], ("workers/batch", "what_is_counted_is_in_the_transaction_of_its_row")),
    Defect("what stood on a failed batch is kept", [
        ("workers/writer.c", "\t\trun_decide_again(run);\n", "\t\trun->is_void = false;\n"),
    ], ("workers/aside", "what_was_decided_on_a_failed_batch_is_decided_again"), False),
    Defect("spool not synced", [
        ("clients/lib/spool.c", "PRAGMA mmap_size=0; PRAGMA synchronous=FULL;", "PRAGMA mmap_size=0; PRAGMA synchronous=OFF;"),
        ("clients/lib/spool.c", 'wanted ? "PRAGMA synchronous=FULL"', 'wanted ? "PRAGMA synchronous=OFF"'),
    ], ("clients/spool_sync", "what_is_kept_was_synced"), False, True),
    Defect("replay with a new id", [
        ("clients/lib/handle.c", "\tstruct parcel *parcel = parcel_new(true, id, service, map);\n\n",
         "\tuint8_t other[ID_SIZE];\n\tstruct parcel *parcel;\n\n\t(void)id;\n"
         "\trequest_id_make(clock_now(&handle->clock), other);\n"
         "\tparcel = parcel_new(true, other, service, map);\n"),
    ], ("clients/hudur", "killed_program_goes_on_with_the_same_bytes")),
    Defect("lock ignored", [
        ("workers/event.c", "if (flock(*lock, LOCK_EX | LOCK_NB) == 0 && is_named(*lock, path))",
         "if (flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno == EWOULDBLOCK || is_named(*lock, path))"),
    ], ("workers/dedupe", "second_opener_is_kept_out_by_the_lock")),
]
