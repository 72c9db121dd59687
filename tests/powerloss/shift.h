/* A desk and some doors at work: seeded requests through the real writer, in batches, and what was answered to each. */
#ifndef HUDUR_TESTS_POWERLOSS_SHIFT_H
#define HUDUR_TESTS_POWERLOSS_SHIFT_H

#include "schema/mdp.h"
#include "tests/powerloss/chance.h"
#include "workers/intake.h"
#include "workers/writer.h"

enum { SHIFT_EVENTS = 2, SHIFT_DEVICES = 4 };
extern const char *const shift_events[SHIFT_EVENTS]; /* their ids */

struct sent {
	char id[ID_SIZE];
	uint32_t event;      /* of shift_events */
	bool loads;          /* the event, first of all */
	const char *service; /* full name */
	struct text map;
	struct text reply;   /* the last one's map; absent: none yet */
	enum status status;
	bool repeated;
	bool question;       /* asks, and is none of the shift's own */
};

struct shift {
	struct arena arena, answers; /* requests; replies, until shift_forget */
	struct sent *all;            /* in the order in which they are sent */
	uint32_t count, room;
	int64_t now, numbers[SHIFT_EVENTS][SHIFT_DEVICES];
	struct writer *writer; /* NULL: none is open */
	struct intake intake;
	bool distrusted;       /* it could not be opened, because of a failed sync and not for want of memory */
	char log[512];         /* the last sentence that the writer wrote */
	void (*answered)(void *context, uint32_t sent); /* may be NULL */
	void *context;
	void (*outside)(bool); /* told when the shift itself works in the middle of the writer's; may be NULL */
};

/* How much there is to do in the first event; the second has an eighth of it, and begins in the middle of the scans. */
struct shift_size {
	uint32_t people, scans, events;
};

/* Zero-initialise. Makes the requests. */
void shift_plan(struct shift *shift, struct shift_size size, struct chance *chance);
void shift_free(struct shift *shift);

/* No answer was ever given. */
void shift_forget(struct shift *shift);

/* A writer over the folder, as when the worker starts. False when memory or the disk fails it. */
bool shift_open(struct shift *shift, const char *folder);
void shift_close(struct shift *shift);

/* Takes a request into the intake that gathers. False when memory was out: it is then answered busy. */
bool shift_take(struct shift *shift, uint32_t sent);

/* Runs the intake and gives out its answers. False when the writer must end. */
bool shift_run(struct shift *shift);

/*
 * Asks the writer for a copy of an event: 0 begins one or joins the one under way, a number asks after it. Texts live in
 * the shift until shift_forget. False when it was not answered ok.
 */
bool shift_back_up(struct shift *shift, uint32_t event, int64_t task, struct backup_state *state);

/*
 * Takes all from `first` until `end` that are not answered yet, and runs them, a batch at a time. What is for an event
 * that is not there, other than to load it, is left out.
 */
bool shift_send(struct shift *shift, uint32_t first, uint32_t end, uint32_t batch);

/* Done for good: ok, or refused. */
bool shift_is_done(const struct sent *sent);

/* Events that the writer has open and that are loaded. */
bool shift_offers(const struct shift *shift, uint32_t event);

#endif
