/* A meeting as a file: what is printed of it as JSON, turned into what the service loads. */
#ifndef HUDUR_CLIENTS_EVENT_FILE_H
#define HUDUR_CLIENTS_EVENT_FILE_H

#include "clients/admin/source.h"
#include "schema/zone.h"

/* A file being read. The lists of `plan` may be longer than one `load` may carry. */
struct event_file {
	struct source source;
	struct load plan;
	struct zone *zone;
	const struct programme *standing; /* of the service; NULL: the file stands alone */
};

/*
 * Opens the file and reads its event object: `plan.event` is set. False with source.complaint
 * event_file_close in any case.
 */
bool event_file_open(struct event_file *file, const char *path, struct arena *arena);
void event_file_close(struct event_file *file);

/* A file without zone and days is a part of an event: what it leaves out is taken from the
 * programme as it stands. */
bool event_file_is_part(const struct event_file *file);

/*
 * Reads everything else into `plan`: days, rooms, entities, sessions, agenda items, roles. A part
 * needs `standing` (all its pages as one). Sessions that stand already are merged: what the file
 * says changes, the rest stays. Checks the programme as a whole: no session ends before it starts,
 * none twice, no two counting ones at one time in one room. False with source.complaint, which
 * names the session.
 */
bool event_file_read(struct event_file *file, const struct programme *standing);

/* Of event_sessions.c: sessions, their agenda and roles. */
bool event_sessions_read(struct event_file *file);

/* Of event_check.c. */
bool event_check(struct event_file *file);

#endif
