/* One verification under way, for the files that do it: verify.c and verify_*.c. */
#ifndef HUDUR_WORKERS_VERIFICATION_H
#define HUDUR_WORKERS_VERIFICATION_H

#include "workers/heard.h"
#include "workers/verify.h"

struct verification {
	struct driver *store;
	difference_fn *differs;
	void *context;
	struct verdict *verdict;
	struct state state;
	struct arena arena; /* of what was heard */
	struct heard heard;
	struct list gavels; /* struct gavel_row */
	uint32_t gavel_room;
};

__attribute__((format(printf, 2, 3))) void verification_differ(struct verification *v, const char *format, ...);

/* Compares two records and tells what differs; `which` names the row: "person 7". */
void verification_compare(struct verification *v, const struct message *message, const void *stored,
			  const void *replayed, const char *which);

/* Notes what devices and gavels should be; before each fact is applied. */
enum error verification_note(struct verification *v, const struct fact *fact);

/* Each compares one table, after the whole ledger was applied. */
enum error verify_devices(struct verification *v);
enum error verify_gavels(struct verification *v);
enum error verify_persons(struct verification *v);
enum error verify_badges(struct verification *v);
enum error verify_visits(struct verification *v);
enum error verify_counters(struct verification *v);
enum error verify_attended(struct verification *v);

#endif
