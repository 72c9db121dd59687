/*
 * A meeting in a folder of its own, played through the real writer and asked through the real reader, by requests as
 * they come over the wire. The test steps the clock. Everything and everybody in it is invented.
 *
 * The event "m" has two days in a zone one hour ahead of UTC. Its programme:
 *
 *   hall    S1 10:00-11:30   S2 11:30-12:30   LUNCH (break) 12:30-14:00
 *           P1 14:00-15:30   COFFEE (break) 15:30-15:45   P1B 15:45-17:15 continues P1
 *   annex   W1 14:00-15:30
 *   none    BOARD (no times)   DINNER (social) 19:30
 *   hall    T1 09:30-11:00 on day 2   NIGHT 22:00-23:30 on day 1
 *
 * 57 states, MA the host, EG, TR, SN, AZ, and S06 to S56 members in the groups "north", "south" (inferred for AZ
 * alone) and "east"; SY suspended: 56 in good standing. OB is an observer, INST (of Turkey) an institution, BANK (of
 * Morocco) and PROJ (of no country) other organisations.
 */
#ifndef HUDUR_TESTS_WORKERS_MEETING_H
#define HUDUR_TESTS_WORKERS_MEETING_H

#include "schema/message.h"
#include "workers/intake.h"

struct writer;
struct reader;

enum { MEETING_DEVICES = 8 };

struct meeting {
	char folder[256];
	struct writer *writer;
	struct intake intake;   /* what was posted and not yet flushed */
	struct reader *reader;
	int64_t now;            /* server's clock */
	int64_t late;           /* what is asked now happened this long ago, and comes only now */
	int64_t skew, offset;   /* device's clock minus the server's, and what the device knows of it (ABSENT: nothing) */
	uint8_t device;         /* who asks, below MEETING_DEVICES */
	int64_t numbers[MEETING_DEVICES];
	uint64_t ids;           /* of requests */
	struct arena arena;     /* of results, until the meeting ends */
	struct text reply;      /* the last one's map */
	struct reply head;      /* and what it says */
	struct text request;    /* the last one's map */
	char id[16];            /* and its id */
};

/* An empty folder; no event is loaded. Assertions fail when it cannot be made. */
struct meeting *meeting_new(void);
/* With the event above, open, at 08:00 on day 1. */
struct meeting *meeting_begin(void);
void meeting_free(struct meeting *meeting);

/* Another writer takes over, which knows only what is in the file. */
void meeting_restart(struct meeting *meeting);

/* Unix ms of a local time of a day. */
int64_t meeting_time(int day, int hour, int minute);
void meeting_at(struct meeting *meeting, int day, int hour, int minute);

/*
 * Sends an operation with its fields and takes its result (NULL: not wanted), which lives as long as the meeting.
 * E_OK, or the reply's reason.
 */
enum error meeting_do(struct meeting *meeting, const char *service, const char *op, const void *fields, void *result);

/* Only takes it into the writer's batch: it is stored with the next one, or by meeting_flush. */
void meeting_post(struct meeting *meeting, const char *service, const char *op, const void *fields);
void meeting_flush(struct meeting *meeting);

/* Sends the last request again so many times, byte for byte, in one batch. */
enum error meeting_again(struct meeting *meeting, int times);

/* ---- what most tests do ---- */

/* A person accredited at once; `entity` NULL: not stated. Returns the number. */
int64_t meeting_register(struct meeting *meeting, const char *name, const char *entity, enum category category);
/* With a badge, whose code is returned. */
struct text meeting_check_in(struct meeting *meeting, int64_t person);
/* Both. */
struct text meeting_welcome(struct meeting *meeting, const char *name, const char *entity, enum category category);
enum error meeting_scan(struct meeting *meeting, struct text badge, const char *session, enum direction direction);
enum error meeting_gavel(struct meeting *meeting, const char *op, const char *session);

#endif
