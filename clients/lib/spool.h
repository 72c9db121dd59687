/* The file that keeps writes until they are answered, whatever becomes of the process. */
#ifndef HUDUR_CLIENTS_SPOOL_H
#define HUDUR_CLIENTS_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/mdp.h"
#include "schema/message.h"

/*
 * An SQLite file: the device's id, the last number given per event, the last measured offset, the
 * queue, and what was answered `error`, which waits in the table `rejected` for a person to look
 * at. Functions that return bool fill the complaint when they return false.
 */
struct spool;

/*
 * Opens PATH, making it when it is not there; NULL: in memory. PATH.lock is held until
 * spool_close, so that no two processes send from one spool. False when it is held, cannot be
 * used, or is not a spool this program knows.
 */
bool spool_open(const char *path, struct spool **spool, struct complaint *complaint);
void spool_close(struct spool *spool);

/* ID_SIZE bytes, made with the spool. */
const uint8_t *spool_device(const struct spool *spool);

/* What spool_measured was last told, also by an earlier run; false when it never was. */
bool spool_offset(const struct spool *spool, int64_t *offset);

/* Lost without harm: it is measured again. */
void spool_measured(struct spool *spool, int64_t offset);

/*
 * A write is kept in two steps, since its number goes into its map: spool_number begins, then
 * spool_keep ends with the request synced to disk, or spool_abandon with nothing changed. When
 * spool_keep fails, nothing is kept. `dated`: its map has an offset, or needs none.
 */
bool spool_number(struct spool *spool, struct text event, int64_t *seq,
		  struct complaint *complaint);
bool spool_keep(struct spool *spool, const uint8_t *id, struct text service, struct text map, bool dated,
		int64_t *n, struct complaint *complaint);
void spool_abandon(struct spool *spool);

enum dating { DATING_DONE, DATING_WAITS, DATING_KNOWN };

/* Whether the map of row n is as it is to be sent, waits for an offset, or is to be given the one in `offset`. */
enum dating spool_dating(struct spool *spool, int64_t n, int64_t *offset);

/*
 * Gives this offset to all rows that wait for one. Synced: they are sent with it, and with the same after a restart.
 * False: they wait on.
 */
bool spool_date(struct spool *spool, int64_t offset, struct complaint *complaint);

/*
 * Row n was answered: removed. Not synced: what comes back after a loss of power is sent and
 * answered again.
 */
bool spool_answered(struct spool *spool, int64_t n, struct complaint *complaint);

/* Row n was answered `error` with this map: moved to `rejected`, with the time. */
bool spool_rejected(struct spool *spool, int64_t n, struct text reply, int64_t now,
		    struct complaint *complaint);

/*
 * Events that were answered for or are expected, so that they exist. Not synced: what is forgotten is heard of
 * again.
 */
void spool_heard_of(struct spool *spool, struct text event);
bool spool_has_heard_of(struct spool *spool, struct text event);

/*
 * Calls `visit` with each kept request, oldest first, until it returns false. Views, valid during
 * the call.
 */
typedef bool spool_visit(void *context, int64_t n, const uint8_t *id, struct text service,
			 struct text map);
bool spool_each(struct spool *spool, spool_visit *visit, void *context,
		struct complaint *complaint);

/* Fills the complaint of a file that is no spool, or cannot be read or written; false. */
bool spool_cannot_use(const char *path, const char *why, struct complaint *complaint);

enum { SPOOL_APPLICATION = 0x48647370 }; /* "Hdsp", by which SQLite's header tells a spool */

/* What was answered `error`. Views, valid during the call; the bytes are as they were sent and came. */
struct rejected {
	struct text service, map, reply;
	int64_t at; /* Unix ms by the device's clock */
};

/*
 * Calls `visit` with each rejected request of the spool at `path`, oldest first, until it returns
 * false. Reads only, so that the program which holds the spool need not end for it. False with a
 * complaint when there is no spool or it cannot be read.
 */
typedef bool rejected_visit(void *context, const struct rejected *rejected);
bool spool_each_rejected(const char *path, rejected_visit *visit, void *context,
			 struct complaint *complaint);

#endif
