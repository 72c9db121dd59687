/* Keeps fresh what a door knows: asks what changed, page after page, and again when the server says so. */
#ifndef HUDUR_CLIENTS_SCANNER_REFRESH_H
#define HUDUR_CLIENTS_SCANNER_REFRESH_H

#include "clients/hudur.h"
#include "clients/scanner/saver.h"
#include "clients/scanner/snapshot.h"
#include "schema/instance.h"

enum refresh_asked { ASKED_NOTHING, ASKED_BADGES, ASKED_PROGRAMME, ASKED_CHANGES };

/*
 * The first round asks for everything into a list of its own and swaps it in when it is whole: what a file from
 * an earlier day said is good until then and no longer.
 */
struct refresh {
	struct hudur *hudur;
	struct snapshot *live;   /* what the door decides by; not ours */
	struct snapshot whole;   /* being fetched, while `first` */
	struct plan plan;        /* being fetched */
	char service[SNAPSHOT_EVENT_MAX + 16];
	const char *path;        /* file to keep it in; NULL: none */
	struct saver saver;
	uint8_t id[HUDUR_ID_SIZE];
	enum refresh_asked asked;
	bool first, changed, stale; /* stale: the programme has changed */
	int64_t due, planned_at, saved_at; /* monotonic ms; 0: never */
	int64_t patient_until;   /* monotonic ms; then what was asked is asked again */
	int64_t wait_ms;         /* until the next round, as the server asked */
	int64_t cursor;          /* of the programme's next page */
	int pages;               /* of changes, in this round */
	char instance[INSTANCE_SIZE]; /* of the event's file that answers; zeros: not known */
	int64_t fetched_at;      /* server time of the last page of badges */
	enum error refusal;      /* why the server does not give the list; E_OK when it does */
	bool unsaved;            /* the list is to be written once the saver is free */
	bool save_failed;        /* was told */
};

void refresh_start(struct refresh *refresh, struct hudur *hudur, struct snapshot *live, const char *path);

/* Asks when it is time to. Returns how many milliseconds may pass before the next call, at most 1000. */
int refresh_run(struct refresh *refresh);

/* Takes an answer if it is one to ours. */
bool refresh_take(struct refresh *refresh, const struct hudur_reply *reply);

/* True once the first round is complete: list and programme are the server's. */
bool refresh_is_whole(const struct refresh *refresh);

/* True when the last answer was the broker's own: it knows of no worker for the event now, so a scan finds nobody either. */
bool refresh_found_nobody(const struct refresh *refresh);

/* Saves the list, of which at least the time is newer, and gives everything back. */
void refresh_end(struct refresh *refresh);

#endif
