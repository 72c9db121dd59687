/*
 * The writer: requests go in, and after a batch of them is durable, replies come out. A plain state machine: no
 * socket, no clock of its own, and no thread where the settings do not allow it.
 *
 * A batch is whatever was taken into one intake. For each event it is one transaction; replies to it are made only
 * after the commit has returned. When a batch fails, everything in it is undone, in memory too, and each of its
 * requests is tried alone, so that one that cannot be stored does not keep the others out. When a second one fails the
 * cause is the disk or the machine: the rest are refused as busy, for each failure costs reading the whole event.
 *
 * When the disk is full, what was not stored is refused as busy, and the reserve is given up: check-ins and scans go on
 * in its room, and everything else stays busy until the reserve could be made again.
 *
 * A failed sync is final: after it nothing is stored, moved or acknowledged by this writer any more, but for what another
 * thread had been given by then, of other events.
 */
#ifndef HUDUR_WORKERS_WRITER_H
#define HUDUR_WORKERS_WRITER_H

#include "workers/folder.h"
#include "workers/intake.h"

struct writer_settings {
	const char *folder;
	int64_t reserve; /* bytes kept back on the disk for check-ins and scans; 0: none */
	void (*random)(void *bytes, size_t size); /* the system's generator, or a seeded one */
	bool (*event_added)(void *context, const struct event *event); /* is to be offered; false: tell again later */
	void (*log)(void *context, const char *sentence);
	void *context;
	bool read_ahead; /* threads may be begun, and ended before the call is over, to load a long ledger sooner */
};

struct writer;

/* NULL when memory is out. Settings are copied; what they point to must outlive the writer. */
struct writer *writer_new(const struct writer_settings *settings);
void writer_free(struct writer *writer);

/*
 * Opens event files that are new in the folder, and makes the reserve when there is room. Files that cannot be opened
 * are logged once. False when the disk can no longer be trusted.
 */
bool writer_scan(struct writer *writer);

/* Events that are open, in no order. */
const struct folder_event *writer_events(const struct writer *writer);

/*
 * Decides what the intake holds, stores it and makes the replies in it. False when the disk can no longer be trusted:
 * nothing of the intake may be handed out, and the process must end. `now`: server clock, Unix ms.
 */
bool writer_run(struct writer *writer, struct intake *intake, int64_t now);

/*
 * After each intake, once its replies are on their way: moves a log that has grown long into its file. False when the
 * disk can no longer be trusted.
 */
bool writer_tidy(struct writer *writer);

/*
 * Between intakes: a slice of what was begun to be done beside them, a copy for instance. True when there is more to do
 * at once. Whole files are looked through by threads of their own, see inspection.h; when a sync of theirs failed,
 * what is called next tells.
 */
bool writer_go_on(struct writer *writer);

/* Between intakes, when there is nothing else to do. False when the disk can no longer be trusted. */
bool writer_rest(struct writer *writer);

/*
 * ---- with a second thread ----
 *
 * Where there is one that stores, writer_run may return when an intake is decided, and the next is decided while it is
 * stored. So it is with new scans alone, which are decided without any file; all else waits until the files are the
 * writer's again.
 */

/* An intake that was decided. */
struct run;

struct aside {
	/* Has that thread call run_store and run_tidy. False: it is of no use now, store it yourself. */
	bool (*begin)(void *context, struct run *run);
	/* Returns when it has called both. */
	void (*await)(void *context);
	/* The intake's replies are made, and it was not run_store that said so. */
	void (*stored)(void *context, struct intake *intake);
	void *context;
};

/* NULL, as at first: there is none. Not while a run is aside. */
void writer_use_aside(struct writer *writer, const struct aside *aside);

/* True: all is durable, and the intake's replies can be handed out. Else the writer makes them. */
bool run_store(struct run *run);
struct intake *run_intake(const struct run *run);

/* Moves a log that has grown long into its file. The intake is not touched any more. */
void run_tidy(struct run *run);

/* Waits for what is stored aside. False when the disk can no longer be trusted. */
bool writer_settle(struct writer *writer);

#endif
