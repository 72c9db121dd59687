/* A session's door: spools each scan, asks the server, decides alone when no answer comes in time. */
#ifndef HUDUR_CLIENTS_SCANNER_DOOR_H
#define HUDUR_CLIENTS_SCANNER_DOOR_H

#include "clients/hudur.h"
#include "clients/scanner/line.h"
#include "clients/scanner/refresh.h"
#include "clients/scanner/tell.h"

enum { DOOR_CODE_MAX = 32, DOOR_LATE_MAX = 1024 };

/* A scan that was decided here and whose answer by the server may still come. */
struct late {
	uint8_t id[HUDUR_ID_SIZE];
	bool waiting, admitted;
	char badge[BADGE_SIZE * 2 + 1];
};

struct door {
	struct hudur *hudur;
	struct snapshot *snapshot;
	struct refresh *refresh;
	struct teller teller;
	char service[SNAPSHOT_EVENT_MAX + 16];
	char session[DOOR_CODE_MAX + 1];
	const char *name; /* which door, for the record; NULL */
	enum direction direction;
	int patience_ms;
	bool answering;   /* the last scan was answered in time, or something was since */
	int64_t scans, alone, failed;
	int64_t unrecorded; /* scans of which the spool did not keep all: the scan, or what was decided here */
	struct late late[DOOR_LATE_MAX];
	uint32_t late_next;
};

/* `session` is at most DOOR_CODE_MAX bytes. The pointers are the caller's and must outlive the door. */
void door_start(struct door *door, struct hudur *hudur, struct snapshot *snapshot,
		struct refresh *refresh, const char *session);

/* Does what one line of the input asks, and answers it on standard output. */
void door_line(struct door *door, const struct line *line);

/* Takes what came from the server meanwhile, waiting at most `timeout_ms` for the first. */
void door_listen(struct door *door, int timeout_ms);

/* Corrected time, Unix ms. */
int64_t door_now(const struct door *door);

/* True when the programme is known and has no such session. */
bool door_session_is_unknown(const struct door *door, struct text code);

#endif
